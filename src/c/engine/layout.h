/* Layouts: how the elements of several arrays of one broadcast shape lie in memory.
 *
 * The one place that knows how to order, join and walk dimensions and what overlaps,
 * for element-wise operations and for sums alike.  It knows nothing of kernels. */
#ifndef RELU_FAST_LAYOUT_H
#define RELU_FAST_LAYOUT_H

#include "../table/catalog.h"

enum { LAYOUT_DIMS = RELU_FAST_MAX_DIMS + 2 }; /* tiles add a row and a column */

/* Dimensions innermost first.  Strides are in any unit, one for each array. */
typedef struct {
    int dims, arrays;
    ptrdiff_t shape[LAYOUT_DIMS];
    ptrdiff_t strides[LAYOUT_DIMS][RELU_FAST_MAX_OPERANDS];
} layout;

static inline void layout_init(layout *l, int arrays)
{
    l->dims = 0;
    l->arrays = arrays;
}

/* Adds a dimension outside of all others.  Inline, as the next two are, because gathering rows
 * makes a layout for each tile. */
static inline void layout_append(layout *l, ptrdiff_t length, const ptrdiff_t *strides)
{
    l->shape[l->dims] = length;
    for (int k = 0; k < l->arrays; k++) l->strides[l->dims][k] = strides[k];
    l->dims++;
}

/* The same, but leaves out dimensions of length 1 and coalesces: a dimension becomes part of
 * the outermost one if every array continues from one to the other without a gap. */
static inline void layout_join(layout *l, ptrdiff_t length, const ptrdiff_t *strides)
{
    const int last = l->dims - 1;
    int joins = l->dims > 0;
    if (length == 1) return;
    for (int k = 0; k < l->arrays && joins; k++) {
        joins = strides[k] == l->strides[last][k] * l->shape[last];
    }
    if (joins) {
        l->shape[last] *= length;
    }
    else {
        layout_append(l, length, strides);
    }
}

/* Sorts the indices of dimensions by the length of their strides in one array, shortest first;
 * equal ones keep their order. */
void relu_fast_layout_sort(int count, int *dims, const ptrdiff_t *strides);

static inline ptrdiff_t layout_elements(const layout *l)
{
    ptrdiff_t elements = 1;
    for (int d = 0; d < l->dims; d++) elements *= l->shape[d];
    return elements;
}

/* Adds to offsets, one for each array, where the element of this index lies. */
static inline void layout_offset(const layout *l, ptrdiff_t index, ptrdiff_t *offsets)
{
    for (int d = 0; d < l->dims && index; d++) {
        const ptrdiff_t i = index % l->shape[d];
        index /= l->shape[d];
        for (int k = 0; k < l->arrays; k++) offsets[k] += i * l->strides[d][k];
    }
}

/* Whether several elements of this array may share a byte. */
int relu_fast_layout_overlaps_itself(int dims, const ptrdiff_t *shape, const ptrdiff_t *strides,
                                     ptrdiff_t size);

/* Whether two arrays have a byte in common, or may: the ranges that they span meet. */
int relu_fast_layout_meet(int dims, const ptrdiff_t *shape, relu_fast_operand a,
                          relu_fast_operand b);

/* Whether two arrays are the same, element on element. */
int relu_fast_layout_same(int dims, const ptrdiff_t *shape, relu_fast_operand a,
                          relu_fast_operand b);

#endif
