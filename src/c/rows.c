/* Rows of g and x for the kernels that sum: as they lie in memory where they
 * are contiguous, else gathered in tiles.
 *
 * Which way it goes changes nothing in the sums: each place of a row has its
 * own, and the rows keep their order. */
#include "rows.h"

#include <string.h>

#define LANES RELU_FAST_LANES

/* A tile of g and one of x, half an L1 cache of 32 KiB each. */
#define TILE_BYTES 16384

/* Elements of a tile where g and x are both read straight on: they take turns so
 * quickly that the CPU goes on prefetching both. */
#define SMALL_TILE 512

/* Where neighbours in memory belong to different rows, a tile takes as many as
 * make runs of this length, for single cache lines here and there wait for memory
 * (bench_alpha_gradient.py, layout F). */
#define RUN_BYTES 512

/* ---- Dimensions ---------------------------------------------------------- */

void relu_fast_prepend(relu_fast_axes *axes, ptrdiff_t shape, ptrdiff_t g, ptrdiff_t x,
                       ptrdiff_t sums)
{
    const ptrdiff_t strides[STRIDES] = {g, x, sums};
    const int last = axes->dims - 1;
    int joins = axes->dims > 0;
    if (shape == 1) return;
    axes->elements *= shape;
    for (int k = 0; k < STRIDES && joins; k++) {
        joins = strides[k] == axes->strides[last][k] * axes->shape[last];
    }
    if (joins) {
        axes->shape[last] *= shape;
        return;
    }
    axes->shape[axes->dims] = shape;
    memcpy(axes->strides[axes->dims++], strides, sizeof strides);
}

void relu_fast_locate(const relu_fast_axes *axes, ptrdiff_t index, ptrdiff_t *offsets)
{
    for (int d = 0; d < axes->dims && index; d++) {
        const ptrdiff_t i = index % axes->shape[d];
        index /= axes->shape[d];
        for (int k = 0; k < STRIDES; k++) offsets[k] += i * axes->strides[d][k];
    }
}

int relu_fast_closer(const relu_fast_source *source, const ptrdiff_t *strides)
{
    for (int k = G; k <= X && source->row.dims; k++) {
        const ptrdiff_t step = magnitude(strides[k]);
        if (step && step < magnitude(source->row.strides[0][k])) return 1;
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

/* The columns begin..begin + n of g or x into a tile of rows of `width`: box
 * after box of the two innermost dimensions. */
static void gather(const relu_fast_source *s, int k, const relu_fast_rows *rows, ptrdiff_t begin,
                   ptrdiff_t n, ptrdiff_t width, char *tile)
{
    const relu_fast_axes *row = &s->row;
    const ptrdiff_t length = row->dims ? row->shape[0] : 1;
    ptrdiff_t shape[4] = {rows->count, rows->together, 1, 1};
    ptrdiff_t steps[4] = {rows->step[k], rows->aside[k], 0, 0};
    const ptrdiff_t to_steps[4] = {rows->together * width, width, length, 1};
    for (int d = 0; d < 2 && d < row->dims; d++) steps[3 - d] = row->strides[d][k];

    while (n > 0) {
        ptrdiff_t offset[STRIDES] = {0};
        shape[2] = 1;
        shape[3] = least(n, length - begin % length);
        if (shape[3] == length && row->dims > 1) {
            shape[2] = least(n / length, row->shape[1] - begin / length % row->shape[1]);
        }
        relu_fast_locate(row, begin, offset);
        s->kernels->gather_box(shape, tile, to_steps, s->data[k] + rows->offset[k] + offset[k],
                               steps);
        tile += shape[2] * shape[3] * s->size;
        begin += shape[2] * shape[3];
        n -= shape[2] * shape[3];
    }
}

int relu_fast_at_once(const relu_fast_source *s, const relu_fast_rows *rows, ptrdiff_t begin,
                      ptrdiff_t columns)
{
    return relu_fast_closer(s, rows->step) ||
           (is_direct(s, G, begin, columns) && is_direct(s, X, begin, columns));
}

void relu_fast_add_rows(const relu_fast_source *s, const relu_fast_rows *rows, ptrdiff_t begin,
                        ptrdiff_t columns, double *sums, ptrdiff_t width)
{
    _Alignas(64) char tiles[2][TILE_BYTES];
    const ptrdiff_t together = rows->together;
    const int direct[2] = {is_direct(s, G, begin, columns), is_direct(s, X, begin, columns)};
    ptrdiff_t offset[STRIDES] = {0}, done = 0;
    relu_fast_locate(&s->row, begin, offset);
    for (int k = G; k <= X; k++) offset[k] += rows->offset[k];

    if (direct[G] && direct[X] && together == 1 && columns >= LANES) {
        done = columns & -(ptrdiff_t)LANES; /* what is left passes through a tile */
        s->kernel(rows->count, rows->apart, done, s->data[G] + offset[G], rows->step[G],
                  s->data[X] + offset[X], rows->step[X], sums);
    }

    const int tall = rows->count > 1 && relu_fast_closer(s, rows->step);
    const int straight =
        !tall && together == 1 && (s->row.dims < 2 || !relu_fast_closer(s, s->row.strides[1]));
    const ptrdiff_t bytes = straight ? SMALL_TILE * s->size : TILE_BYTES;
    ptrdiff_t longest = bytes / (s->size * together) & -(ptrdiff_t)LANES;
    if (tall) longest = least(longest, TILE_BYTES / RUN_BYTES);
    if (rows->apart) longest = TILE_BYTES / (RELU_FAST_MAX_ROWS * s->size); /* all in one */

    for (ptrdiff_t n; done < columns; done += n) {
        n = least(columns - done, longest);
        const ptrdiff_t padded = (n + LANES - 1) & -(ptrdiff_t)LANES;
        const ptrdiff_t in_tile =
            (rows->apart ? TILE_BYTES : bytes) / (s->size * together * padded);
        relu_fast_rows part = *rows;
        for (ptrdiff_t first = 0; first < rows->count; first += part.count) {
            const char *data[2];
            ptrdiff_t step[2], aside[2];
            part.count = least(rows->count - first, in_tile);
            for (int k = G; k <= X; k++) {
                part.offset[k] = rows->offset[k] + first * rows->step[k];
                if (direct[k] && n == padded) {
                    data[k] = s->data[k] + offset[k] + first * rows->step[k] + done * s->size;
                    step[k] = rows->step[k];
                    aside[k] = rows->aside[k];
                    continue;
                }
                data[k] = tiles[k];
                aside[k] = padded * s->size;
                step[k] = together * aside[k];
                if (n < padded) memset(tiles[k], 0, (size_t)(part.count * step[k])); /* adds 0 */
                gather(s, k, &part, begin + done, n, padded, tiles[k]);
            }
            for (ptrdiff_t i = 0; i < together; i++) {
                s->kernel(part.count, part.apart, padded, data[G] + i * aside[G], step[G],
                          data[X] + i * aside[X], step[X], sums + i * width + done);
            }
        }
    }
}
