/* Rows of g and x, wherever they lie in memory, for the kernels that sum.
 * Knows nothing of what is summed over; that is reduce.c. */
#ifndef RELU_FAST_ROWS_H
#define RELU_FAST_ROWS_H

#include "kernels.h"

enum { G, X, SUMS, STRIDES };

/* Dimensions, innermost first, with their strides in g, x (bytes) and the sums
 * (elements). */
typedef struct {
    int dims;
    ptrdiff_t elements, shape[RELU_FAST_MAX_DIMS], strides[RELU_FAST_MAX_DIMS][STRIDES];
} relu_fast_axes;

/* Adds a dimension outside of all others; one that continues the last joins it. */
void relu_fast_prepend(relu_fast_axes *axes, ptrdiff_t shape, ptrdiff_t g, ptrdiff_t x,
                       ptrdiff_t sums);
/* Adds to offsets where the element of this index lies. */
void relu_fast_locate(const relu_fast_axes *axes, ptrdiff_t index, ptrdiff_t *offsets);

typedef struct {
    const relu_fast_kernels *kernels;
    relu_fast_row_sum *kernel;
    ptrdiff_t size;      /* of an element */
    const char *data[2]; /* g and x */
    relu_fast_axes row;  /* what rows are cut from: columns are runs of this */
} relu_fast_source;

/* Rows of equal length: `count` to be added to the same sums, in the order of
 * relu_fast_row_sum, at each of `together` places side by side. */
typedef struct {
    ptrdiff_t count, apart, step[STRIDES];
    ptrdiff_t together, aside[STRIDES];
    ptrdiff_t offset[STRIDES]; /* of the first */
} relu_fast_rows;

/* The most rows in one call. */
#define RELU_FAST_MAX_ROWS 128

/* Whether steps like these are shorter, in g or x, than those along a row. */
int relu_fast_closer(const relu_fast_source *source, const ptrdiff_t *strides);

/* Whether to add these rows in one call, if apart is not 0; else one by one. */
int relu_fast_at_once(const relu_fast_source *source, const relu_fast_rows *rows, ptrdiff_t begin,
                      ptrdiff_t columns);

/* Adds the elements begin..begin + columns of each row to sums, which have room
 * for whole vectors; `width` from the sums of one place to the next. */
void relu_fast_add_rows(const relu_fast_source *source, const relu_fast_rows *rows, ptrdiff_t begin,
                        ptrdiff_t columns, double *sums, ptrdiff_t width);

#endif
