/* Rows of g and x for the kernels that sum: where they lie if they are contiguous, else
 * gathered in tiles.
 *
 * The choice changes nothing in the sums, because each place of a row has its own sum
 * and the rows keep their order. */
#include "rows.h"

#include <string.h>

#define LANES RELU_FAST_LANES

/* Elements of a tile where g and x are both read sequentially: they alternate so
 * quickly that the CPU keeps prefetching both. */
#define SMALL_TILE 512

/* Where neighbours in memory belong to different rows, a tile has enough rows for runs
 * of this length, because scattered single cache lines wait for memory
 * (benchmarks/bench_alpha_gradient.py, layout F). */
#define RUN_BYTES 512

int relu_fast_is_closer(const relu_fast_source *source, const ptrdiff_t *strides)
{
    for (int k = G; k <= X && source->row.dims; k++) {
        const ptrdiff_t stride = ptrdiff_abs(strides[k]);
        if (stride && stride < ptrdiff_abs(source->row.strides[0][k])) return 1;
    }
    return 0;
}

/* ---- Tiles --------------------------------------------------------------- */

/* Whether these columns of g or x can be read where they are. */
static int is_direct(const relu_fast_source *s, int k, ptrdiff_t begin, ptrdiff_t columns)
{
    return s->row.dims && s->row.strides[0][k] == s->size &&
           begin % s->row.shape[0] + columns <= s->row.shape[0];
}

/* Copies a box of four dimensions, strides in bytes, in the order of the source's memory. */
static void gather_box(const relu_fast_source *s, const ptrdiff_t *shape, char *to,
                       const ptrdiff_t *to_strides, const char *from, const ptrdiff_t *from_strides)
{
    enum { TO, FROM };
    static const ptrdiff_t none[2] = {0};
    layout box;
    int order[4], count = 0;
    for (int k = 0; k < 4; k++) {
        if (shape[k] != 1) order[count++] = k;
    }
    relu_fast_layout_sort(count, order, from_strides);
    layout_init(&box, 2);
    for (int i = 0; i < count; i++) {
        const int k = order[i];
        layout_join(&box, shape[k], (ptrdiff_t[]){to_strides[k], from_strides[k]});
    }
    while (box.dims < 4) layout_append(&box, 1, none);

    /* If neighbours in memory belong to different rows, the copy goes along them. */
    const int transposed = box.strides[0][TO] != s->size && box.strides[1][TO] == s->size;
    const int row = transposed ? 0 : 1, column = transposed ? 1 : 0;
    const ptrdiff_t *t = box.strides[row], *c = box.strides[column];
    for (ptrdiff_t i = 0; i < box.shape[3] * box.shape[2]; i++) {
        const ptrdiff_t a = i / box.shape[2], b = i % box.shape[2];
        char *f = (char *)from + a * box.strides[3][FROM] + b * box.strides[2][FROM];
        s->load(
            box.shape[row], box.shape[column],
            (relu_fast_place){to + a * box.strides[3][TO] + b * box.strides[2][TO], t[TO], c[TO]},
            (relu_fast_place){f, t[FROM], c[FROM]});
    }
}

/* The columns begin..begin + n of g or x into a tile of rows of `width`: box
 * after box of the two innermost dimensions. */
static void gather(const relu_fast_source *s, int k, const relu_fast_rows *rows, ptrdiff_t begin,
                   ptrdiff_t n, ptrdiff_t width, char *tile)
{
    const layout *row = &s->row;
    const ptrdiff_t length = row->dims ? row->shape[0] : 1, size = s->size;
    ptrdiff_t shape[4] = {rows->count, rows->batch, 1, 1};
    ptrdiff_t strides[4] = {rows->stride[k], rows->batch_stride[k], 0, 0};
    const ptrdiff_t to_strides[4] = {rows->batch * width * size, width * size, length * size, size};
    for (int d = 0; d < 2 && d < row->dims; d++) strides[3 - d] = row->strides[d][k];

    while (n > 0) {
        ptrdiff_t offset[ARRAYS] = {0};
        shape[2] = 1;
        shape[3] = ptrdiff_min(n, length - begin % length);
        if (shape[3] == length && row->dims > 1) {
            shape[2] = ptrdiff_min(n / length, row->shape[1] - begin / length % row->shape[1]);
        }
        layout_offset(row, begin, offset);
        gather_box(s, shape, tile, to_strides, s->data[k] + rows->offset[k] + offset[k], strides);
        tile += shape[2] * shape[3] * size;
        begin += shape[2] * shape[3];
        n -= shape[2] * shape[3];
    }
}

int relu_fast_can_interleave(const relu_fast_source *s, const relu_fast_rows *rows, ptrdiff_t begin,
                             ptrdiff_t columns)
{
    return relu_fast_is_closer(s, rows->stride) ||
           (is_direct(s, G, begin, columns) && is_direct(s, X, begin, columns));
}

void relu_fast_add_rows(const relu_fast_source *s, const relu_fast_rows *rows, ptrdiff_t begin,
                        ptrdiff_t columns, double *sums, ptrdiff_t width, relu_fast_tiles *tiles)
{
    const ptrdiff_t batch = rows->batch;
    const int direct[2] = {is_direct(s, G, begin, columns), is_direct(s, X, begin, columns)};
    ptrdiff_t offset[ARRAYS] = {0}, done = 0;
    layout_offset(&s->row, begin, offset);
    for (int k = G; k <= X; k++) offset[k] += rows->offset[k];

    if (direct[G] && direct[X] && batch == 1 && columns >= LANES) {
        done = columns & -(ptrdiff_t)LANES; /* the remainder passes through a tile */
        s->kernel(rows->count, rows->interleave, done, s->data[G] + offset[G], rows->stride[G],
                  s->data[X] + offset[X], rows->stride[X], sums);
    }

    const int transposed = rows->count > 1 && relu_fast_is_closer(s, rows->stride);
    const int sequential = !transposed && batch == 1 &&
                           (s->row.dims < 2 || !relu_fast_is_closer(s, s->row.strides[1]));
    const ptrdiff_t bytes = sequential ? SMALL_TILE * s->size : TILE_BYTES;
    ptrdiff_t longest = bytes / (s->size * batch) & -(ptrdiff_t)LANES;
    if (transposed) longest = ptrdiff_min(longest, TILE_BYTES / RUN_BYTES);
    if (rows->interleave) longest = TILE_BYTES / (RELU_FAST_MAX_ROWS * s->size); /* all in one */

    for (ptrdiff_t n; done < columns; done += n) {
        n = ptrdiff_min(columns - done, longest);
        const ptrdiff_t padded = (n + LANES - 1) & -(ptrdiff_t)LANES;
        const ptrdiff_t in_tile =
            (rows->interleave ? TILE_BYTES : bytes) / (s->size * batch * padded);
        relu_fast_rows part = *rows;
        for (ptrdiff_t first = 0; first < rows->count; first += part.count) {
            const char *data[2];
            ptrdiff_t stride[2], batch_stride[2];
            part.count = ptrdiff_min(rows->count - first, in_tile);
            for (int k = G; k <= X; k++) {
                part.offset[k] = rows->offset[k] + first * rows->stride[k];
                if (direct[k] && n == padded) {
                    data[k] = s->data[k] + offset[k] + first * rows->stride[k] + done * s->size;
                    stride[k] = rows->stride[k];
                    batch_stride[k] = rows->batch_stride[k];
                    continue;
                }
                data[k] = tiles->of[k];
                batch_stride[k] = padded * s->size;
                stride[k] = batch * batch_stride[k];
                if (n < padded)
                    memset(tiles->of[k], 0, (size_t)(part.count * stride[k])); /* adds 0 */
                gather(s, k, &part, begin + done, n, padded, tiles->of[k]);
            }
            for (ptrdiff_t i = 0; i < batch; i++) {
                s->kernel(part.count, part.interleave, padded, data[G] + i * batch_stride[G],
                          stride[G], data[X] + i * batch_stride[X], stride[X],
                          sums + i * width + done);
            }
        }
    }
}
