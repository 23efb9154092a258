/* Gradients of learned parameters, summed over rows. */
#include "loop.h"

/* As many sums of several rows as stay in the L1 cache meanwhile. */
#define SUMS_IN_L1 64

/* Terms are added in double: for float their products are exact.  g is selected away
 * where the derivative is 0 by definition (x > 0, and +-0 from the branch x <= 0), so that
 * g = inf adds nothing there. */
static inline double term(real derivative, real g)
{
    /* Multiplied before the choice, so that g is loaded as a whole vector, not by a mask:
     * that takes 1.2 times as long. */
    const double product = (double)g * (double)derivative;
    return derivative == 0 ? 0 : product;
}

#define PARAMETER_GRADIENT(name, parameter)                                                      \
    static inline void name##_add_row(ptrdiff_t n, const char *gs, const char *xs, double *sums) \
    {                                                                                            \
        const real *g = (const real *)gs, *x = (const real *)xs;                                 \
        n &= -RELU_FAST_LANES;                                                                   \
        SIMD_LOOP (n) {                                                                          \
            sums[i] += term(name##_by_##parameter(x[i]), g[i]);                                  \
        }                                                                                        \
    }                                                                                            \
    static void SYMBOL(name##_row_sum)(ptrdiff_t rows, ptrdiff_t interleave, ptrdiff_t columns,  \
                                       const char *g, ptrdiff_t g_stride, const char *x,         \
                                       ptrdiff_t x_stride, double *sums)                         \
    {                                                                                            \
        for (ptrdiff_t r = 0; r < interleave; r++) {                                             \
            for (ptrdiff_t c = 0; c < columns; c += SUMS_IN_L1) {                                \
                const ptrdiff_t n = ptrdiff_min(columns - c, SUMS_IN_L1);                        \
                const ptrdiff_t at = c * (ptrdiff_t)sizeof(real);                                \
                for (ptrdiff_t k = r; k < RELU_FAST_STREAMS * interleave; k += interleave) {     \
                    name##_add_row(n, g + k * g_stride + at, x + k * x_stride + at, sums + c);   \
                }                                                                                \
            }                                                                                    \
        }                                                                                        \
        for (ptrdiff_t r = RELU_FAST_STREAMS * interleave; r < rows; r++) {                      \
            name##_add_row(columns, g + r * g_stride, x + r * x_stride, sums);                   \
        }                                                                                        \
    }
#include "../table/activations.def"

extern const relu_fast_row_sums SYMBOL(relu_fast_row_sums);
const relu_fast_row_sums SYMBOL(relu_fast_row_sums) = {
#define PARAMETER_GRADIENT(name, parameter) [RELU_FAST_ID_##name][0] = SYMBOL(name##_row_sum),
#include "../table/activations.def"
};
