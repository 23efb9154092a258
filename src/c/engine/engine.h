/* Operations on whole arrays: what the bridge calls. */
#ifndef RELU_FAST_ENGINE_H
#define RELU_FAST_ENGINE_H

#include "../table/catalog.h"

#define RELU_FAST_MAX_DIMS 64

/* One operand of an operation: the address of its first element, a stride in bytes for each
 * dimension, 0 where it is broadcast, and the type of its elements, which are native and
 * aligned. */
typedef struct {
    char *data;
    const ptrdiff_t *strides;
    enum relu_fast_dtype dtype;
} relu_fast_operand;

/* Where outputs overlap inputs or each other, other than element on element, the order in
 * which elements are computed shows.  What to do then: */
enum relu_fast_overlap {
    RELU_FAST_NO_OVERLAP,       /* it is known that they do not: do not ask */
    RELU_FAST_OVERLAP_IN_ORDER, /* one element at a time, first dimension outermost, as the
                                   plain C loop would */
    RELU_FAST_OVERLAP_REFUSE,   /* nothing */
};

/* Computes the operation for each element of `shape`.  Returns 0 if it has refused. */
int relu_fast_apply(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                    const relu_fast_operand *operands, enum relu_fast_overlap overlap);

/* The gradient of a learned parameter: sums g df/dparameter(x) over those dimensions of
 * `shape` along which `kept` is 0, into `result`, a C-contiguous array over the other
 * dimensions, rounded once to its dtype, float32 or float64.  g and x are of the compute
 * type of the operation.  Returns 0, or -1 if memory ran out.  The bits depend on the shape
 * alone: not on the ISA, the number of threads or the strides. */
int relu_fast_sum_gradient(const relu_fast_operation *operation, int parameter, int dims,
                           const ptrdiff_t *shape, const char *kept, relu_fast_operand g,
                           relu_fast_operand x, enum relu_fast_dtype result_dtype, void *result);

#endif
