/* What formulas are written with: `real`, the compute type, and the choices between
 * numbers.
 *
 * Rules for formulas.  NaN x gives NaN: test x < 0 or x <= 0, so that NaN takes the side
 * that returns x, and use by_sign for derivatives.  Derivatives are selected, never
 * multiplied by 0, because g may be inf or NaN.  choose and by_sign instead of ?:, | and &
 * instead of || and &&: both sides are computed, which is what makes the loop a vector
 * loop.  Constants are integers or defined below, so that float is not promoted. */
#ifndef RELU_FAST_FORMULAS_REAL_H
#define RELU_FAST_FORMULAS_REAL_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* The last to notice: meson.build has undone such flags, or refused them. */
#if defined __FAST_MATH__ || __FINITE_MATH_ONLY__ || (FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16)
#error "a flag changes arithmetic, as -ffast-math does: the kernels would compute wrong numbers"
#endif

/* Kernels carry their compute type and ISA in their names, for profilers and for the
 * test that disassembles them. */
#define JOIN_(a, b, c) a##_##b##_##c
#define JOIN(a, b, c) JOIN_(a, b, c)
#define SYMBOL(name) JOIN(name, COMPUTE_NAME, RELU_FAST_ISA)

#if RELU_FAST_SINGLE
#define COMPUTE_NAME float32
#define COMPUTE_DTYPE RELU_FAST_FLOAT32
typedef float real;
typedef uint32_t bits;
typedef int32_t signed_bits;
#define FMA(a, b, c) fmaf(a, b, c)
#define ABS(a) fabsf(a)
#define HALF 0.5f
#define THREE_EIGHTHS 0.375f
#define SEVEN_EIGHTHS 0.875f
#define SMALLEST 0x1p-149f
#define LARGEST 0x1.fffffep127f
#else
#define COMPUTE_NAME float64
#define COMPUTE_DTYPE RELU_FAST_FLOAT64
typedef double real;
typedef uint64_t bits;
typedef int64_t signed_bits;
#define FMA(a, b, c) fma(a, b, c)
#define ABS(a) fabs(a)
#define HALF 0.5
#define THREE_EIGHTHS 0.375
#define SEVEN_EIGHTHS 0.875
#define SMALLEST 0x1p-1074
#define LARGEST 0x1.fffffffffffffp1023
#endif

/* Where half types need a product or a difference rounded once, kernels/rounded_once.c defines
 * these so that it is; the first factor, and what is subtracted from, are then halves. */
#ifndef PRODUCT
#define PRODUCT(a, b) ((a) * (b))
#define DIFFERENCE(a, b) ((a) - (b))
#endif

/* f(x) and f'(x), from a formula that shares work between them. */
typedef struct {
    real value, grad;
} pair;

/* The two choices.  Functions, so that both sides are computed before the choice and as
 * they stand: given ?:, the compiler folds the outer condition into a clamp inside, and
 * the lanes that are thrown away run through the slow subnormal tail (measured: four
 * times the time for elu'). */
static inline real choose(int condition, real yes, real no)
{
    return condition ? yes : no;
}

/* By the sign of x; NaN gives NaN. */
static inline real by_sign(real x, real positive, real nonpositive)
{
    return choose(x <= 0, nonpositive, choose(x > 0, positive, x));
}

/* NaN outside of a domain.  A condition in the parameters alone is taken out of the loop. */
static inline real within(int domain, real y)
{
    return choose(domain, y, NAN);
}

#endif
