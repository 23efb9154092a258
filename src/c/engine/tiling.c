/* The shape of tiles. */
#include "tiling.h"

#include "../kernels/kernels.h"

/* Contiguous rows from this length on are not gathered in a buffer, because calling the kernel
 * once for each costs less (benchmarks/bench_layouts.py). */
#define LONG_ROW_BYTES 2048

/* Long strided rows are copied in pieces of a whole buffer, because each costs about 25 ns
 * beside its elements: relu of x[::2] and x[::-1] in the L2 cache takes 0.8 of the time of
 * pieces of 1024 bytes.  Past the cache in pieces of this size, so that the operands
 * alternate quickly and the CPU keeps prefetching all of them: relu_backward takes 0.4 of the
 * time it takes with pieces of 4096 bytes (benchmarks/compare_peers.py). */
#define UNCACHED_STRIDED_BYTES 1024

/* Rows of a tile where an operand is transposed: whole cache lines of it. */
#define TRANSPOSED_ROWS_BYTES 128

static int is_parameter(const roles *r, int k)
{
    return k >= r->parameters && k < r->outputs;
}

/* The dimension in which some input has its smallest stride, if that is not the output's
 * innermost dimension; -1 if none. */
static int find_transposed(const roles *r, const layout *l)
{
    for (int k = 0; k < r->outputs; k++) {
        int shortest = COLUMN;
        for (int d = l->dims - 1; d > COLUMN; d--) {
            const ptrdiff_t stride = l->strides[d][k];
            if (l->shape[d] > 1 && stride &&
                ptrdiff_abs(stride) < ptrdiff_abs(l->strides[shortest][k])) {
                shortest = d;
            }
        }
        if (shortest != COLUMN) return shortest;
    }
    return -1;
}

static void swap_dims(layout *l, int a, int b)
{
    const ptrdiff_t length = l->shape[a];
    l->shape[a] = l->shape[b];
    l->shape[b] = length;
    for (int k = 0; k < l->arrays; k++) {
        const ptrdiff_t stride = l->strides[a][k];
        l->strides[a][k] = l->strides[b][k];
        l->strides[b][k] = stride;
    }
}

static enum access access_of(const tiling *t, const roles *r, const layout *l, int k)
{
    const ptrdiff_t *tile = t->tile;
    if (is_parameter(r, k) && !t->varying) return UNIFORM;
    if (r->storage[k] != r->compute) return CONVERTED;
    if (tile[COLUMN] > 1 && l->strides[COLUMN][k] != r->size) return CONVERTED;
    if (tile[ROW] == 1) return DIRECT;
    return tile[COLUMN] == l->shape[COLUMN] && l->strides[ROW][k] == tile[COLUMN] * r->size
               ? DIRECT
               : CONVERTED;
}

void relu_fast_tiling_update(tiling *t, const roles *r, const layout *l)
{
    t->count = 1;
    for (int d = 0; d < l->dims; d++) {
        t->tiles[d] = (l->shape[d] + t->tile[d] - 1) / t->tile[d];
        t->count *= t->tiles[d];
    }
    t->varying = 0;
    for (int k = r->parameters; k < r->outputs; k++) {
        if ((t->tile[ROW] > 1 && l->strides[ROW][k]) ||
            (t->tile[COLUMN] > 1 && l->strides[COLUMN][k])) {
            t->varying = 1;
        }
    }
    t->any_converted = 0;
    for (int k = 0; k < r->end; k++) {
        t->access[k] = access_of(t, r, l, k);
        if (t->access[k] == CONVERTED || r->storage[k] != r->compute) t->any_converted = 1;
    }
}

void relu_fast_tiling_of_elements(tiling *t, const roles *r, const layout *l)
{
    for (int d = 0; d < l->dims; d++) t->tile[d] = 1;
    relu_fast_tiling_update(t, r, l);
}

void relu_fast_tiling_choose(tiling *t, const roles *r, layout *l, int is_uncached)
{
    const ptrdiff_t buffer = BUFFER_BYTES / r->size, length = l->shape[COLUMN];
    int contiguous = 1;
    for (int k = 0; k < r->end; k++) {
        const ptrdiff_t stride = l->strides[COLUMN][k];
        if (is_parameter(r, k) && stride == 0) continue;
        if (stride != r->size || r->storage[k] != r->compute) contiguous = 0;
    }
    const int is_long = length * r->size >= LONG_ROW_BYTES;
    const int transposed = contiguous && is_long ? -1 : find_transposed(r, l);
    ptrdiff_t rows = 1, columns = ptrdiff_min(length, buffer);
    if (transposed >= 0) {
        swap_dims(l, ROW, transposed);
        rows = ptrdiff_min(l->shape[ROW], TRANSPOSED_ROWS_BYTES / r->size);
        columns = ptrdiff_min(length, buffer / rows);
    }
    else if (!is_long) {
        /* Whole blocks, if there is more than one tile. */
        rows = ptrdiff_min(l->shape[ROW], buffer / columns);
        if (rows < l->shape[ROW] && rows > r->block) rows &= -r->block;
    }
    else if (!contiguous && is_uncached) {
        columns = UNCACHED_STRIDED_BYTES / r->size;
    }
    for (int d = 0; d < l->dims; d++) t->tile[d] = 1;
    t->tile[ROW] = rows;
    t->tile[COLUMN] = columns;
    relu_fast_tiling_update(t, r, l);
}
