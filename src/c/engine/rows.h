/* Rows of g and x, wherever they lie in memory, for the kernels that sum.
 * Knows nothing of what is summed over; that is reduce.c. */
#ifndef RELU_FAST_ROWS_H
#define RELU_FAST_ROWS_H

#include "layout.h"

#include "../kernels/kernels.h"

/* The arrays of the layouts here: strides of g and x are in bytes, of the sums in elements. */
enum { G, X, SUMS, ARRAYS };

typedef struct {
    relu_fast_mover *load;
    relu_fast_row_sum *kernel;
    ptrdiff_t size;      /* of an element */
    const char *data[2]; /* g and x */
    layout row;          /* what rows are cut from: columns are runs of this */
} relu_fast_source;

/* Rows of equal length: `count` to be added to the same sums, in the order of
 * relu_fast_row_sum; and such rows of a batch of adjacent outer indices, each of which has sums
 * of its own. */
typedef struct {
    ptrdiff_t count, interleave, stride[ARRAYS];
    ptrdiff_t batch, batch_stride[ARRAYS];
    ptrdiff_t offset[ARRAYS]; /* of the first */
} relu_fast_rows;

/* The most rows in one call. */
#define RELU_FAST_MAX_ROWS 128

/* A tile of g and one of x, half an L1 cache of 32 KiB each. */
enum { TILE_BYTES = 16384 };
typedef struct {
    _Alignas(64) char of[2][TILE_BYTES];
} relu_fast_tiles;

/* Whether these strides are shorter, in g or x, than those along a row. */
int relu_fast_is_closer(const relu_fast_source *source, const ptrdiff_t *strides);

/* Whether to add interleaved rows in one call; else one by one. */
int relu_fast_can_interleave(const relu_fast_source *source, const relu_fast_rows *rows,
                             ptrdiff_t begin, ptrdiff_t columns);

/* Adds the elements begin..begin + columns of each row to sums, which have room for whole
 * vectors; `width` from the sums of one batch index to the next.  The tiles are scratch. */
void relu_fast_add_rows(const relu_fast_source *source, const relu_fast_rows *rows, ptrdiff_t begin,
                        ptrdiff_t columns, double *sums, ptrdiff_t width, relu_fast_tiles *tiles);

#endif
