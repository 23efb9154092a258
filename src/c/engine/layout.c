/* Dimensions of several arrays: their order, and whether arrays overlap. */
#include "layout.h"

#include "../kernels/kernels.h"

void relu_fast_layout_sort(int count, int *dims, const ptrdiff_t *strides)
{
    for (int i = 1; i < count; i++) { /* insertion: there are few */
        const int d = dims[i];
        int place = i;
        for (; place > 0; place--) {
            if (ptrdiff_abs(strides[dims[place - 1]]) <= ptrdiff_abs(strides[d])) break;
            dims[place] = dims[place - 1];
        }
        dims[place] = d;
    }
}

/* ---- Overlap ------------------------------------------------------------- */

/* It does not if each stride goes past everything that the shorter strides reach. */
int relu_fast_layout_overlaps_itself(int dims, const ptrdiff_t *shape, const ptrdiff_t *strides,
                                     ptrdiff_t size)
{
    int order[RELU_FAST_MAX_DIMS], count = 0;
    ptrdiff_t reached = size;
    if (dims == 1 && ptrdiff_abs(strides[0]) >= size) return 0;
    for (int d = 0; d < dims; d++) {
        if (shape[d] != 1) order[count++] = d;
    }
    relu_fast_layout_sort(count, order, strides);
    for (int i = 0; i < count; i++) {
        const ptrdiff_t stride = ptrdiff_abs(strides[order[i]]);
        if (stride < reached) return 1;
        reached += stride * (shape[order[i]] - 1);
    }
    return 0;
}

typedef struct {
    const char *low, *high;
} extent;

static extent extent_of(int dims, const ptrdiff_t *shape, relu_fast_operand array)
{
    extent bytes = {array.data, array.data + relu_fast_size(array.dtype)};
    for (int d = 0; d < dims; d++) {
        const ptrdiff_t reach = (shape[d] - 1) * array.strides[d];
        *(reach < 0 ? &bytes.low : &bytes.high) += reach;
    }
    return bytes;
}

int relu_fast_layout_meet(int dims, const ptrdiff_t *shape, relu_fast_operand a,
                          relu_fast_operand b)
{
    const extent of_a = extent_of(dims, shape, a), of_b = extent_of(dims, shape, b);
    return of_a.low < of_b.high && of_b.low < of_a.high;
}

int relu_fast_layout_same(int dims, const ptrdiff_t *shape, relu_fast_operand a,
                          relu_fast_operand b)
{
    if (a.data != b.data || a.dtype != b.dtype) return 0;
    for (int d = 0; d < dims; d++) {
        if (shape[d] != 1 && a.strides[d] != b.strides[d]) return 0;
    }
    return 1;
}
