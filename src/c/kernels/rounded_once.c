/* Loops over floats that are on their way to a half type, for formulas whose exact results have
 * more bits than a float: a half times a parameter has 35, and to round it to float, then to half,
 * is wrong where the float lies in the middle between two halves.  So it is rounded to odd: the
 * last bit is set if anything was cut off, and tells on which side of the middle the number is.
 *
 * Compiled once per ISA, with RELU_FAST_SINGLE = 1 (loop.h). */
#define PRODUCT(a, b) odd_product(a, b)
#define DIFFERENCE(a, b) odd_difference(a, b)

#include <stdint.h>
#include <string.h>

/* ---- Rounding to odd ----------------------------------------------------- */

/* A float that is the nearest to the exact result, and how far that lies beyond it. */
static inline float to_odd(float nearest, float beyond)
{
    uint32_t bits, sign;
    memcpy(&bits, &nearest, sizeof bits);
    memcpy(&sign, &beyond, sizeof sign);
    /* Cut off instead of rounded.  No comparison holds for NaN, which comes of infinities. */
    const uint32_t cut = (bits - ((bits ^ sign) >> 31)) | 1;
    const int is_inexact = (beyond < 0) | (beyond > 0);
    bits = is_inexact ? cut : bits;
    memcpy(&nearest, &bits, sizeof bits);
    return nearest;
}

/* Of a half, and a float.  Where the product is below 2^-100, what lies beyond it may be lost. */
static inline float odd_product(float half, float number)
{
    const float product = half * number;
#if defined(__FMA__) || defined(__aarch64__)
    return to_odd(product, __builtin_fmaf(half, number, -product));
#else
    /* The upper 12 bits of the number and the rest: times the 11 bits of the half both are exact.
     * Of infinities what lies beyond is NaN. */
    uint32_t bits;
    float upper;
    memcpy(&bits, &number, sizeof bits);
    bits &= 0xfffff000;
    memcpy(&upper, &bits, sizeof upper);
    const float large = half * upper, small = half * (number - upper);
    return to_odd(product, small - (product - large));
#endif
}

/* D. E. Knuth, The Art of Computer Programming 2, 4.2.2: the error of a sum is a float. */
static inline float odd_difference(float a, float b)
{
    const float difference = a - b, of_b = difference - a;
    return to_odd(difference, (a - (difference - of_b)) - (b + of_b));
}

#include "loop.h"
#include "half.h"

/* ---- Tiny results, which only bfloat16 has ------------------------------- */

ALWAYS_INLINE int is_any_tiny(ptrdiff_t n, const float *numbers)
{
    uint32_t smallest = UINT32_MAX; /* of the bits, zeros wrapping around */
    n &= -BLOCK;
    _Pragma("omp simd reduction(min : smallest)") for (ptrdiff_t i = 0; i < n; i++)
    {
        uint32_t bits;
        memcpy(&bits, numbers + i, sizeof bits);
        bits = (bits & 0x7fffffff) - 1;
        smallest = bits < smallest ? bits : smallest;
    }
    return smallest < 0x0d7fffff; /* 0 < abs < 2^-100 */
}

#define PIECE 256

/* Operands before `arrays` have n elements, those after it and before `outputs` have one. */
static void again_in_double(ptrdiff_t n, void *const *operands, relu_fast_loop *loop, int arrays,
                            int outputs, int end)
{
    double buffers[RELU_FAST_MAX_OPERANDS][PIECE];
    void *in_double[RELU_FAST_MAX_OPERANDS];
    for (ptrdiff_t begin = 0; begin < n; begin += PIECE) {
        const ptrdiff_t count = ptrdiff_min(n - begin, PIECE);
        for (int k = 0; k < end; k++) {
            const float *const from = (const float *)operands[k] + (k < arrays ? begin : 0);
            const ptrdiff_t numbers = k < arrays ? count : k < outputs;
            in_double[k] = buffers[k];
            for (ptrdiff_t i = 0; i < numbers; i++) buffers[k][i] = (double)from[i];
        }
        loop(count, in_double);
        for (int k = outputs; k < end; k++) {
            float *const to = (float *)operands[k] + begin;
            for (ptrdiff_t i = 0; i < count; i++) to[i] = float_for_bfloat16(buffers[k][i]);
        }
    }
}

/* Then all are computed again, in double. */
ALWAYS_INLINE void with_tiny_results(ptrdiff_t n, void *const *operands, relu_fast_loop *odd,
                                     relu_fast_loop *in_double, int arrays, int outputs, int end)
{
    int is_tiny = 0;
    odd(n, operands);
    for (int k = outputs; k < end; k++) is_tiny |= is_any_tiny(n, operands[k]);
    if (is_tiny) again_in_double(n, operands, in_double, arrays, outputs, end);
}

extern const relu_fast_elementwise JOIN(relu_fast_elementwise, float64, RELU_FAST_ISA);

/* ---- The loops ----------------------------------------------------------- */

#define IN_DOUBLE(name, form, mode) \
    JOIN(relu_fast_elementwise, float64, RELU_FAST_ISA)[RELU_FAST_ID_##name][form].mode

#define TINY_TOO(kernel, name, form, mode, arrays, outputs, end)                             \
    static void SYMBOL(kernel##_tiny_too_##mode)(ptrdiff_t n, void *const *operands)         \
    {                                                                                        \
        with_tiny_results(n, operands, SYMBOL(kernel##_##mode), IN_DOUBLE(name, form, mode), \
                          arrays, outputs, end);                                             \
    }
#define TINY_TOO_0(kernel, name, form, inputs, outputs) \
    TINY_TOO(kernel, name, form, uniform, inputs, inputs, (inputs) + (outputs))
#define TINY_TOO_1(kernel, name, form, inputs, outputs)                                   \
    TINY_TOO(kernel, name, form, uniform, inputs, (inputs) + 1, (inputs) + 1 + (outputs)) \
    TINY_TOO(kernel, name, form, varying, (inputs) + 1, (inputs) + 1, (inputs) + 1 + (outputs))

/* clang-format off */
#define ROUNDED_ONCE(name, P)                                                                      \
    LOOPS_##P(name##_half_value, 1, OUT(1 + P) = CALL_##P(name##_value, IN(0)))                    \
    LOOPS_##P(name##_half_backward, 2, OUT(2 + P) = CALL_##P(name##_backward, IN(0), IN(1)))       \
    LOOPS_##P(name##_half_value_and_grad, 1, const real x = IN(0);                                 \
              OUT(1 + P) = CALL_##P(name##_value, x);                                              \
              OUT(2 + P) = CALL_##P(name##_backward, 1, x))                                        \
    TINY_TOO_##P(name##_half_value, name, RELU_FAST_VALUE, 1, 1)                                   \
    TINY_TOO_##P(name##_half_backward, name, RELU_FAST_BACKWARD, 2, 1)                             \
    TINY_TOO_##P(name##_half_value_and_grad, name, RELU_FAST_VALUE_AND_GRAD, 1, 2)
#define ROUNDED_ONCE_GATED(name)                                                                   \
    LOOPS_0(name##_half_value, 0, OUT(2) = name##_value(IN(0), IN(1)))                             \
    LOOPS_0(name##_half_backward, 0,                                                               \
            const gated_gradients both = name##_backward(IN(0), IN(1), IN(2));                     \
            OUT(3) = both.gate; OUT(4) = both.up)                                                  \
    TINY_TOO_0(name##_half_value, name, RELU_FAST_GATED_VALUE, 2, 1)                               \
    TINY_TOO_0(name##_half_backward, name, RELU_FAST_GATED_BACKWARD, 3, 2)
#include "../table/activations.def"

/* For float16, and for bfloat16. */
#define LOOPS_OF_0(kernel) {SYMBOL(kernel##_uniform), SYMBOL(kernel##_uniform)}
#define LOOPS_OF_1(kernel) {SYMBOL(kernel##_uniform), SYMBOL(kernel##_varying)}
#define OF_FLOAT16(row, form, P, kernel) [0][row][form] = LOOPS_OF_##P(kernel)
#define OF_BFLOAT16(row, form, P, kernel) [1][row][form] = LOOPS_OF_##P(kernel##_tiny_too)
#define OF_BOTH(...) OF_FLOAT16(__VA_ARGS__), OF_BFLOAT16(__VA_ARGS__)

extern const relu_fast_rounded_once JOIN(relu_fast_rounded_once, float32, RELU_FAST_ISA);
const relu_fast_rounded_once JOIN(relu_fast_rounded_once, float32, RELU_FAST_ISA) = {
#define ROUNDED_ONCE(name, P)                                                              \
    OF_BOTH(RELU_FAST_ROUNDED_ONCE_##name, RELU_FAST_VALUE, P, name##_half_value),         \
    OF_BOTH(RELU_FAST_ROUNDED_ONCE_##name, RELU_FAST_BACKWARD, P, name##_half_backward),   \
    OF_BOTH(RELU_FAST_ROUNDED_ONCE_##name, RELU_FAST_VALUE_AND_GRAD, P,                    \
            name##_half_value_and_grad),
#define ROUNDED_ONCE_GATED(name)                                                               \
    OF_BOTH(RELU_FAST_ROUNDED_ONCE_##name, RELU_FAST_GATED_VALUE, 0, name##_half_value),       \
    OF_BOTH(RELU_FAST_ROUNDED_ONCE_##name, RELU_FAST_GATED_BACKWARD, 0, name##_half_backward),
#include "../table/activations.def"
};
/* clang-format on */
