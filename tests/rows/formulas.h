/* The formulas of the rows in activations.def, which formulas/formulas.h includes in a test
 * build. */
#ifndef RELU_FAST_TEST_FORMULAS_H
#define RELU_FAST_TEST_FORMULAS_H

/* ---- test_two: two parameters --------------------------------------------- */

/* A slope of 0 makes slope * x a zero also where x is infinite. */
static inline real test_two_value(real x, real slope, real offset)
{
    const real finite = choose((slope == 0) & (x < -1), -1, x);
    return choose(x <= 0, FMA(slope, finite, offset), x);
}

static inline real test_two_backward(real g, real x, real slope, real offset)
{
    (void)offset;
    return by_sign(x, g, choose(slope == 0, slope, g * slope));
}

static inline real test_two_by_slope(real x)
{
    return by_sign(x, 0, x);
}

/* ---- test_shared: a pair ---------------------------------------------------- */

static inline real test_shared_value(real x)
{
    return by_sign(x, 1, times_exp(1, x));
}

/* e^-inf is 0 by definition, where g may be inf. */
static inline real test_shared_backward(real g, real x)
{
    return by_sign(x, 0, times_exp(choose(x <= -INFINITY, 0, g), x));
}

static inline pair test_shared_value_and_grad(real x)
{
    const real e = times_exp(1, x);
    return (pair){by_sign(x, 1, e), by_sign(x, 0, e)};
}

/* ---- test_blocks: whole vectors -------------------------------------------- */

static inline real test_blocks_value(real x, real top)
{
    return by_sign(x, choose(x < top, x, top), 0);
}

static inline real test_blocks_backward(real g, real x, real top)
{
    return by_sign(x, choose(x < top, g, 0), 0);
}

/* For each element, a few blocks at a time, as functions are written that keep intermediate
 * results; `top` is that of the element.  Two loops: where one has a choice, clang loads
 * from both, for `omp simd` tells it that it may. */
#define WITH_TOP(number, ...)           \
    SIMD_LOOP (count) {                 \
        const ptrdiff_t at = begin + i; \
        const real top = (number);      \
        __VA_ARGS__;                    \
    }
#define BY_BLOCKS(tops, ...)                                                     \
    const real *const all_tops = (tops);                                         \
    const real one_top = varying ? 0 : *all_tops; /* n may be 0, at their end */ \
    for (ptrdiff_t begin = 0, count; begin < n; begin += count) {                \
        count = ptrdiff_min(n - begin, 4 * BLOCK) & -BLOCK; /* no scalar tail */ \
        if (varying) {                                                           \
            WITH_TOP(all_tops[at], __VA_ARGS__)                                  \
        }                                                                        \
        else {                                                                   \
            WITH_TOP(one_top, __VA_ARGS__)                                       \
        }                                                                        \
    }

static inline void test_blocks_value_blocks(ptrdiff_t n, void *const *operands, int varying)
{
    const real *const x = operands[0];
    real *const y = operands[2];
    BY_BLOCKS(operands[1], y[at] = test_blocks_value(x[at], top))
}

static inline void test_blocks_grad_blocks(ptrdiff_t n, void *const *operands, int varying)
{
    const real *const x = operands[0];
    real *const dy = operands[2];
    BY_BLOCKS(operands[1], dy[at] = test_blocks_backward(1, x[at], top))
}

static inline void test_blocks_backward_blocks(ptrdiff_t n, void *const *operands, int varying)
{
    const real *const g = operands[0], *const x = operands[1];
    real *const dx = operands[3];
    BY_BLOCKS(operands[2], dx[at] = test_blocks_backward(g[at], x[at], top))
}

static inline void test_blocks_value_and_grad_blocks(ptrdiff_t n, void *const *operands,
                                                     int varying)
{
    const real *const x = operands[0];
    real *const y = operands[2], *const dy = operands[3];
    BY_BLOCKS(operands[1], const real here = x[at]; y[at] = test_blocks_value(here, top);
              dy[at] = test_blocks_backward(1, here, top))
}

#undef BY_BLOCKS
#undef WITH_TOP

#endif
