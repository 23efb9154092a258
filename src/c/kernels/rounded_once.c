/* Loops over floats that are on their way to a half type, for formulas whose exact results have
 * more bits than a float: a half times a parameter has 35, and to round it to float, then to half,
 * is wrong where the float lies in the middle between two halves.  So it is rounded to odd: the
 * last bit is set if anything was cut off, and tells on which side of the middle the number is.
 *
 * Compiled once per ISA, after RELU_FAST_SINGLE = 1 of loop.h. */
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
#if defined(__FMA__) || defined(__aarch64__)
    const float product = half * number;
    return to_odd(product, __builtin_fmaf(half, number, -product));
#else
    /* The upper 12 bits of the number and the rest: times the 11 bits of the half both are exact. */
    uint32_t bits;
    float upper;
    memcpy(&bits, &number, sizeof bits);
    bits &= 0xfffff000;
    memcpy(&upper, &bits, sizeof upper);
    const float large = half * upper, small = half * (number - upper);
    const float product = large + small;
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

/* ---- Tiny results -------------------------------------------------------- */

/* Only bfloat16 has such numbers that matter; then all of a piece is computed again, in double. */
#define PIECE 256

static int is_any_tiny(ptrdiff_t n, const float *numbers)
{
    int32_t found = 0;
    _Pragma("omp simd reduction(| : found)") for (ptrdiff_t i = 0; i < n; i++)
    {
        uint32_t bits;
        memcpy(&bits, numbers + i, sizeof bits);
        found |= ((bits & 0x7fffffff) - 1) < 0x0d7fffff; /* 0 < abs < 2^-100 */
    }
    return found;
}

extern const relu_fast_elementwise JOIN(relu_fast_elementwise, float64, RELU_FAST_ISA);

/* `varying` as of the parameters; those before `outputs` are inputs and parameters. */
static void again_in_double(ptrdiff_t n, void *const *operands, relu_fast_loop *loop, int arrays,
                            int outputs, int end)
{
    double buffers[RELU_FAST_MAX_OPERANDS][PIECE];
    void *in_double[RELU_FAST_MAX_OPERANDS];
    for (int k = 0; k < end; k++) {
        in_double[k] = buffers[k];
        const float *const from = operands[k];
        const ptrdiff_t count = k < arrays ? n : k < outputs ? 1 : 0;
        for (ptrdiff_t i = 0; i < count; i++) buffers[k][i] = (double)from[i];
    }
    loop(n, in_double);
    for (int k = outputs; k < end; k++) {
        float *const to = operands[k];
        for (ptrdiff_t i = 0; i < n; i++) to[i] = float_for_bfloat16(buffers[k][i]);
    }
}

/* In pieces; outputs are apart from all inputs. */
ALWAYS_INLINE void in_pieces(ptrdiff_t n, void *const *operands, relu_fast_loop *odd,
                             relu_fast_loop *in_double, int arrays, int outputs, int end)
{
    for (ptrdiff_t begin = 0; begin < n; begin += PIECE) {
        const ptrdiff_t count = ptrdiff_min(n - begin, PIECE);
        void *at[RELU_FAST_MAX_OPERANDS];
        int is_tiny = 0;
        for (int k = 0; k < end; k++) {
            const int advances = k < arrays || k >= outputs;
            at[k] = (float *)operands[k] + (advances ? begin : 0);
        }
        odd(count, at);
        for (int k = outputs; k < end; k++) is_tiny |= is_any_tiny(count, at[k]);
        if (is_tiny) again_in_double(count, at, in_double, arrays, outputs, end);
    }
}

/* ---- The loops ----------------------------------------------------------- */

#define IN_DOUBLE(name, form, mode) \
    JOIN(relu_fast_elementwise, float64, RELU_FAST_ISA)[RELU_FAST_ID_##name][form].mode

#define PIECES(kernel, name, form, mode, arrays, outputs, end)                               \
    static void SYMBOL(kernel##_odd_##mode)(ptrdiff_t n, void *const *operands)              \
    {                                                                                        \
        in_pieces(n, operands, SYMBOL(kernel##_##mode), IN_DOUBLE(name, form, mode), arrays, \
                  outputs, end);                                                             \
    }
#define PIECES_0(kernel, name, form, inputs, outputs) \
    PIECES(kernel, name, form, uniform, inputs, inputs, (inputs) + (outputs))
#define PIECES_1(kernel, name, form, inputs, outputs)                                   \
    PIECES(kernel, name, form, uniform, inputs, (inputs) + 1, (inputs) + 1 + (outputs)) \
    PIECES(kernel, name, form, varying, (inputs) + 1, (inputs) + 1, (inputs) + 1 + (outputs))

/* clang-format off: one line for each loop */
#define ROUNDED_ONCE(name, P)                                                                    \
    LOOPS_##P(name##_half_value, 1, OUT(1 + P) = CALL_##P(name##_value, IN(0)))                  \
        LOOPS_##P(name##_half_backward, 2, OUT(2 + P) = CALL_##P(name##_backward, IN(0), IN(1))) \
            LOOPS_##P(name##_half_value_and_grad, 1, const real x = IN(0);                       \
                      OUT(1 + P) = CALL_##P(name##_value, x);                                    \
                      OUT(2 + P) = CALL_##P(name##_backward, 1, x))                              \
                PIECES_##P(name##_half_value, name, RELU_FAST_VALUE, 1,                          \
                           1) PIECES_##P(name##_half_backward, name, RELU_FAST_BACKWARD, 2, 1)   \
                    PIECES_##P(name##_half_value_and_grad, name, RELU_FAST_VALUE_AND_GRAD, 1, 2)
#define ROUNDED_ONCE_GATED(name)                                               \
    LOOPS_0(name##_half_value, 0, OUT(2) = name##_value(IN(0), IN(1)))         \
    LOOPS_0(name##_half_backward, 0,                                           \
            const gated_gradients both = name##_backward(IN(0), IN(1), IN(2)); \
            OUT(3) = both.gate; OUT(4) = both.up)                              \
    PIECES_0(name##_half_value, name, RELU_FAST_GATED_VALUE, 2, 1)             \
    PIECES_0(name##_half_backward, name, RELU_FAST_GATED_BACKWARD, 3, 2)
#include "../table/activations.def"

#define ODD_0(kernel) {SYMBOL(kernel##_odd_uniform), SYMBOL(kernel##_odd_uniform)}
#define ODD_1(kernel) {SYMBOL(kernel##_odd_uniform), SYMBOL(kernel##_odd_varying)}

extern const relu_fast_rounded_once JOIN(relu_fast_rounded_once, float32, RELU_FAST_ISA);
const relu_fast_rounded_once JOIN(relu_fast_rounded_once, float32, RELU_FAST_ISA) = {
#define ROUNDED_ONCE(name, P)                                                            \
    [RELU_FAST_ROUNDED_ONCE_##name][RELU_FAST_VALUE] = ODD_##P(name##_half_value),       \
    [RELU_FAST_ROUNDED_ONCE_##name][RELU_FAST_BACKWARD] = ODD_##P(name##_half_backward), \
    [RELU_FAST_ROUNDED_ONCE_##name][RELU_FAST_VALUE_AND_GRAD] =                          \
        ODD_##P(name##_half_value_and_grad),
#define ROUNDED_ONCE_GATED(name)                                                       \
    [RELU_FAST_ROUNDED_ONCE_##name][RELU_FAST_GATED_VALUE] = ODD_0(name##_half_value), \
    [RELU_FAST_ROUNDED_ONCE_##name][RELU_FAST_GATED_BACKWARD] = ODD_0(name##_half_backward),
#include "../table/activations.def"
};
/* clang-format on */
