/* Exponentials for the kernels: branch-free scalar C that a compiler turns
 * into SIMD code by itself.  Compiled once per compute type, after formulas/real.h.
 *
 * All functions take x <= 0 only, because rectifiers need no more: they leave
 * positive arguments alone, and the smooth members of the family can be written
 * with e^-|x|.  For x > 0 and NaN the result is some number or NaN, without a
 * trap; the caller selects.
 *
 * The reduction: x = k ln2 + r with integer k, r in an interval of length ln2
 * around 0, and
 *
 *     e^r - 1 = r + r^2/2 + r^3 c(r).
 *
 * - k comes from adding 1.5 * 2^(p-1) (p: bits of the significand), which
 *   rounds x/ln2 to an integer and leaves that integer in the low bits of the
 *   sum, so there is no conversion instruction.
 * - x - k LN2_HIGH is exact: both terms are multiples of 2^(-p-1) as soon as
 *   k != 0 (then |x| > 1/4), and the difference is below 1/2, so the difference
 *   fits in p bits; fma rounds nothing before the subtraction.
 * - 2^k is the integer k shifted into the exponent field.
 */
#ifndef RELU_FAST_EXP_H
#define RELU_FAST_EXP_H

#include "coefficients.h"

#if RELU_FAST_SINGLE
#define MANTISSA 23
#define BIAS 127
#define ROUND_TO_INT 0x1.8p23f
/* e^x - 1 rounds to -1 below ln 2^-25 = -17.33. */
#define EXPM1_FLOOR -17.5f
/* 2^128 e^x (the largest factor) rounds to 0 below ln 2^-278 = -192.7. */
#define EXP_FLOOR -194.0f
#else
#define MANTISSA 52
#define BIAS 1023
#define ROUND_TO_INT 0x1.8p52
/* ln 2^-54 = -37.43 */
#define EXPM1_FLOOR -37.5
/* ln 2^-2099 = -1454.9 */
#define EXP_FLOOR -1456.0
#endif

static inline bits as_bits(real x)
{
    bits b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static inline real as_real(bits b)
{
    real x;
    memcpy(&x, &b, sizeof x);
    return x;
}

/* The greater of x and `floor`, for x <= 0 and floor < 0 (x > 0 stays as it is).
 * Among negative floats the one with the smaller bits is the greater, and an
 * integer minimum is one instruction where a comparison and a choice are two;
 * for doubles only AVX-512 has such an instruction, and AVX2 would need four. */
static inline real at_least(real x, real floor)
{
#if RELU_FAST_SINGLE
    bits b = as_bits(x), f = as_bits(floor);
    return as_real(b < f ? b : f);
#else
    return x < floor ? floor : x;
#endif
}

/* e^(x + low) - 1 for x < 0, where `low` is at most half an ULP of x, and is_exact tells that it is 0:
 *
 *     e^x - 1 = 2^k (e^r - 1) + (2^k - 1)
 *
 * where 2^k - 1 is exact down to k = -p and only rounds to -1 after that.
 *
 * r lies in [ln(5/8), ln(5/4)], not within ln(2)/2 of 0, because the error would then
 * be 0.88 ULP in float: with k = -1 and r near ln(2)/2, the result has the spacing of
 * e^r - 1, whose rounding counts half as much as the final rounding.  Up to ln(5/4),
 * e^r - 1 is below 1/4, where its rounding counts an eighth.  For k = 0, r is x itself
 * and exact, so a longer interval on that side costs less: 0.73 ULP. */
static inline real expm1_of_sum(real x, real low, int is_exact)
{
    x = at_least(x, EXPM1_FLOOR);
    real shifted = FMA(x, LOG2E, EXPM1_OFFSET) + (ROUND_TO_INT + BIAS);
    real k = shifted - (ROUND_TO_INT + BIAS);
    real scale = as_real(as_bits(shifted) << MANTISSA);
    real r = FMA(k, -LN2_HIGH, x);
    real q = FMA(expm1_tail(r), r, HALF);
#if RELU_FAST_SINGLE
    /* The term left out here, 2^k k LN2_LOW, is at most 0.03 ULP of the result. */
    real expm1_r = is_exact ? FMA(r * r, q, r) : r + FMA(r * r, q, FMA(low, r, low));
#else
    /* Here that term would be 0.2 ULP.  It is added to the smaller summand, so that r
     * itself need not be rounded. */
    real tail = k * -LN2_LOW;
    if (!is_exact) tail += FMA(low, r, low);
    real expm1_r = r + FMA(r * r, q, tail);
#endif
    return FMA(scale, expm1_r, scale - 1);
}

/* e^x - 1 for x < 0; -inf gives exactly -1. */
static inline real expm1_nonpositive(real x)
{
    return expm1_of_sum(x, 0, 1);
}

/* e^x = scale (head + tail) 2^rest scale, with the exponent `rest` in its field. */
typedef struct {
    real scale, head, tail;
    bits rest;
} exp_parts;

/* For x + low <= 0, as for expm1_of_sum; not NaN. */
static inline exp_parts exp_in_parts(real x, real low, int is_exact)
{
    x = at_least(x, EXP_FLOOR);
    real shifted = FMA(x, LOG2E, ROUND_TO_INT + 2 * BIAS);
    real k = shifted - (ROUND_TO_INT + 2 * BIAS);
    real shifted_part = FMA(k, THREE_EIGHTHS, ROUND_TO_INT + BIAS);
    bits part = as_bits(shifted_part) << MANTISSA;

    real r_high = FMA(k, -LN2_HIGH, x);
    real r_low = k * -LN2_LOW;
    if (!is_exact) r_low += low;
    real r = r_high + r_low;
    /* 1 + r_high in two parts (Dekker's fast sum), so that its rounding is not lost. */
    real head = 1 + r_high;
    real rest_of_head = r_high - (head - 1);
    real tail = FMA(r * r, FMA(exp_tail(r), r, HALF), r_low + rest_of_head);

    /* The two biases of `shifted` cancel those of `part`, subtracted twice. */
    bits rest = (as_bits(shifted) << MANTISSA) - part - part;
    return (exp_parts){as_real(part), head, tail, rest};
}

/* factor * e^x, for e^x in parts and any factor; `mantissa` stands for head + tail.
 *
 * The power of two comes last, so that the result is rounded at its own
 * magnitude however small e^x is by itself.  One float holds 2^k for k >= -126
 * only, and a large factor needs k down to -278 (double: -1022, -2099), so 2^k
 * is applied as s q s: s = 2^(3k/8), rounded to an integer power, and the rest,
 * about 2^(k/4), is added to the exponent of e^r to make q.  In this order a
 * factor near the largest number does not overflow on the way. */
static inline real times_power(real factor, real mantissa, exp_parts e)
{
    return factor * e.scale * as_real(as_bits(mantissa) + e.rest) * e.scale;
}

/* factor * e^x for x <= 0, not NaN, and any factor. */
static inline real times_exp(real factor, real x)
{
    const exp_parts e = exp_in_parts(x, 0, 1);
    return times_power(factor, e.head + e.tail, e);
}

#endif
