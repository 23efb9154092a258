/* What kernels.c offers for one ISA and one element type.
 *
 * A kernel sees only contiguous arrays whose length is a multiple of the
 * vector block, and knows nothing of shapes, strides, threads or Python. */
#ifndef RELU_FAST_KERNELS_H
#define RELU_FAST_KERNELS_H

#include "relu_fast.h"

/* Elements per vector block: 64 bytes, the widest vector of any ISA here.  All
 * ISAs share it, so that all see the same blocks. */
#define RELU_FAST_BLOCK(size) (64 / (ptrdiff_t)(size))

/* What a reduction adds side by side: the float elements of a vector block. */
#define RELU_FAST_LANES 16

static inline ptrdiff_t relu_fast_size(enum relu_fast_dtype dtype)
{
    return dtype == RELU_FAST_FLOAT32 ? 4 : 8;
}

static inline ptrdiff_t least(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static inline ptrdiff_t magnitude(ptrdiff_t step)
{
    return step < 0 ? -step : step;
}

enum relu_fast_activation_id {
#define ACTIVATION(name, ...) RELU_FAST_ID_##name,
#define BACKWARD_FROM_RESULT(...)
#define ALPHA_DERIVATIVE(...)
#include "activations.h"
#undef ACTIVATION
#undef BACKWARD_FROM_RESULT
#undef ALPHA_DERIVATIVE
    RELU_FAST_ACTIVATIONS
};

/* `n` is a multiple of RELU_FAST_BLOCK; `operands` are contiguous.  An output
 * may be the very array of an input, but not overlap one otherwise. */
typedef void relu_fast_loop(ptrdiff_t n, void *const *operands);

typedef struct {
    relu_fast_loop *uniform; /* parameters: one value each for all elements */
    relu_fast_loop *varying; /* parameters: arrays, one value per element */
} relu_fast_loops;

/* sums[i] += g[i] * df/dalpha(x[i]) for i < columns, a multiple of
 * RELU_FAST_LANES, and each row; steps in bytes.
 *
 * If apart is 0, one row after another.  Sums of long rows leave the L1 cache
 * meanwhile; so apart = rows / 4 takes four at once, 0, apart, 2 apart, 3 apart,
 * then 1, 1 + apart, ...; not four neighbours, for these would be read in runs
 * of one row, and memory is fast by long runs.  At most three rows are left. */
#define RELU_FAST_STREAMS 4
#define RELU_FAST_NTH_ROW(i, apart)                                    \
    ((i) < RELU_FAST_STREAMS * (apart)                                 \
         ? (i) / RELU_FAST_STREAMS + (i) % RELU_FAST_STREAMS * (apart) \
         : (i))
typedef void relu_fast_row_sum(ptrdiff_t rows, ptrdiff_t apart, ptrdiff_t columns, const char *g,
                               ptrdiff_t g_step, const char *x, ptrdiff_t x_step, double *sums);

typedef struct {
    /* Copies rows x columns elements, which do not overlap, between any steps. */
    void (*copy)(ptrdiff_t rows, ptrdiff_t columns, char *to, ptrdiff_t to_row, ptrdiff_t to_column,
                 const char *from, ptrdiff_t from_row, ptrdiff_t from_column);
    /* A box of four dimensions: steps in bytes of `from`, in elements of `to`. */
    void (*gather_box)(const ptrdiff_t *shape, void *to, const ptrdiff_t *to_steps,
                       const char *from, const ptrdiff_t *from_steps);
    /* Copies `bytes`, a multiple of 64, to aligned memory without reading it into
     * the cache first; other threads see it after finish_stream. */
    void (*stream)(void *to, const void *from, ptrdiff_t bytes);
    void (*finish_stream)(void);
    relu_fast_loops loops[RELU_FAST_ACTIVATIONS][RELU_FAST_FORMS];
    relu_fast_row_sum *row_sums[RELU_FAST_ACTIVATIONS];
} relu_fast_kernels;

#endif
