/* e^x in vectors, by a table of powers of two.
 *
 * x / ln2 = k + r, k a multiple of 1/8, -1/16 <= r <= 1/16.  Adding 1.5 * 2^(p-4) (p: bits of
 * the significand) rounds to eighths and leaves k in the low bits of the sum: three bits for
 * the table, the others for the exponent. */
#ifndef RELU_FAST_EXP_BY_TABLE_H
#define RELU_FAST_EXP_BY_TABLE_H

#include "exp.h"
#include "tables.h"
#include "vector.h"

/* e^x = (high + low) * 2^exponent for x <= 0.  `high` is an entry of the table, which reaches
 * from 2^(-7/8) to 1, and `low` below 5 % of it. */
typedef struct {
    vector high, low;
    vector_bits exponent; /* biased */
} exponential;

/* The same of x + x_low, which is at most an ULP of x, and left out if not `has_low`. */
ALWAYS_INLINE exponential exp_by_table_of_sum(vector x, vector x_low, int has_low)
{
    const vector eighths = splat(ROUND_TO_INT / 8 + SEVEN_EIGHTHS);
    const vector shifted = fused(x, splat(LOG2E_HIGH), eighths), k = shifted - eighths;
    vector r = fused(x, splat(LOG2E_LOW), fused(x, splat(LOG2E_HIGH), -k));
    if (has_low) r = fused(x_low, splat(LOG2E_HIGH), r);
    const vector high = lookup_of_8(EXP2_HIGH, shifted);
    const vector low = fused(high, exp2m1(r), lookup_of_8(EXP2_LOW, shifted));
    const bits bias = BIAS - (as_bits(ROUND_TO_INT / 8) >> 3);
    return (exponential){high, low, ((vector_bits)shifted >> 3) + bias};
}

ALWAYS_INLINE exponential exp_by_table(vector x)
{
    return exp_by_table_of_sum(x, splat(0), 0);
}

/* factor * scale * (high + low), rounded once: the product with `high` is exact within fma.
 * An infinite factor times `low` could be the opposite infinity, or NaN; and the sum of two
 * zeros is +0 if their signs differ. */
ALWAYS_INLINE vector times_parts(vector factor, vector scale, exponential e)
{
    const vector_bits sign = (vector_bits)factor & SIGN_BIT;
    const mask is_finite = greater(splat(INFINITY), magnitude(factor));
    factor *= scale;
    const vector rest = choose_lanes(is_finite, factor * e.low, e.low);
    return (vector)((vector_bits)fused(factor, e.high, rest) | sign);
}

/* From here up to 0, e^x is a normal number. */
#if RELU_FAST_SINGLE
#define EXP_NORMAL -87.0f /* ln 2^-126 = -87.34 */
#else
#define EXP_NORMAL -708.0 /* ln 2^-1022 = -708.4 */
#endif

/* factor * e^x for EXP_NORMAL <= x <= 0; some number elsewhere.  Scaled first, a factor near
 * the largest number does not overflow on the way. */
ALWAYS_INLINE vector times_exp_normal(vector factor, vector x)
{
    const exponential e = exp_by_table(x);
    return times_parts(factor, (vector)(e.exponent << MANTISSA), e);
}

/* significand * 2^scale, for any significand of at least 2^least, or 0 with a scale so small
 * that nothing is left.
 *
 * Without arithmetic on subnormal numbers, which takes processors a hundred cycles: what will
 * be one is rounded as a number of units, the units of its last place.  Vectors where no number
 * comes near that are spared it. */
ALWAYS_INLINE vector scaled(vector significand, vector_bits scale, int least)
{
    const vector normal = (vector)((vector_bits)significand + (scale << MANTISSA));
    const vector_signed safe = (vector_signed){0} + (1 - BIAS - least);
    if (__builtin_expect(!is_anywhere(less_signed((vector_signed)scale, safe)), 1)) return normal;

    const vector_bits size = (vector_bits)magnitude(significand);
    const vector_signed exponent = (vector_signed)((size >> MANTISSA) + scale);
    const mask is_subnormal = less_signed(exponent, (vector_signed){0} + 1);
    const vector_signed of_units = exponent + (BIAS + MANTISSA - 1);
    const vector_bits some = (vector_bits)(of_units > 1); /* else they round to 0 */
    const vector_bits field = (some & (vector_bits)of_units) | (~some & 1);
    const vector one = splat((real)((bits)1 << MANTISSA));
    const vector units = (vector)((size & (((bits)1 << MANTISSA) - 1)) | field << MANTISSA) + one;
    const vector subnormal = (vector)((vector_bits)units - (vector_bits)one);
    return choose_lanes(is_subnormal, with_sign(subnormal, significand), normal);
}

/* factor * e^x for x < EXP_NORMAL, and for NaN. */
ALWAYS_INLINE vector times_exp_far(vector factor, vector x)
{
    const vector floor = splat(EXP_FLOOR);
    const exponential e = exp_by_table(choose_lanes(greater(floor, x), floor, x));
    const vector significand = times_parts(factor, splat(HALF), e);
    const mask is_finite = greater(splat(INFINITY), magnitude(significand));
    return choose_lanes(is_finite, scaled(significand, e.exponent - (BIAS - 1), -BIAS),
                        significand);
}

#endif
