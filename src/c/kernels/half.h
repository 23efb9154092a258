/* float16 and bfloat16 to and from the compute type, in integers, which vectorise on every ISA;
 * GCC 12 makes scalar code of _Float16, and calls of libgcc at the baseline. */
#ifndef RELU_FAST_HALF_H
#define RELU_FAST_HALF_H

#include <stdint.h>
#include <string.h>

#define HALF_SIGN 0x8000u
#define HALF_INFINITY 0x7c00u
#define HALF_NAN 0x7e00u

static inline float half_to_float(uint16_t half)
{
    /* The significand is in its place, and the exponent too small by 127 - 15; a product
     * corrects it, for subnormals as well. */
    uint32_t magnitude = half & ~HALF_SIGN & 0xffffu, wide = magnitude << 13;
    float number;
    memcpy(&number, &wide, sizeof number);
    number *= 0x1p112f;
    memcpy(&wide, &number, sizeof wide);
    wide |= magnitude >= HALF_INFINITY ? 0x7f800000u : 0;
    wide |= (uint32_t)(half & HALF_SIGN) << 16;
    memcpy(&number, &wide, sizeof number);
    return number;
}

/* Rounded to nearest, ties to even. */
static inline uint16_t half_from_float(float number)
{
    uint32_t wide, subnormal;
    memcpy(&wide, &number, sizeof wide);
    const uint32_t sign = wide >> 16 & HALF_SIGN, magnitude = wide & 0x7fffffffu;
    /* Adds just less than half of the last bit that stays, and that bit itself, which breaks
     * ties; a carry goes into the exponent, in the end to infinity. */
    const uint32_t normal = (magnitude - ((127u - 15) << 23) + 0xfff + (magnitude >> 13 & 1)) >> 13;
    /* The last bit of 0.5 + x is that of the smallest half: the addition rounds. */
    float small;
    memcpy(&small, &magnitude, sizeof small);
    small += 0.5f;
    memcpy(&subnormal, &small, sizeof subnormal);
    subnormal -= 0x3f000000u;
    uint32_t rounded = magnitude < (127u - 14) << 23 ? subnormal : normal;
    rounded = magnitude >= (127u + 16) << 23 ? HALF_INFINITY : rounded;
    rounded = magnitude > 0x7f800000u ? HALF_NAN : rounded;
    return (uint16_t)(rounded | sign);
}

/* Narrowed on the way to a half, so that it is rounded once in effect: a float has at least two
 * bits more than a half, and is rounded to odd, so that it tells on which side of a tie the
 * double lies. */
static inline float odd_float_from_double(double number)
{
    uint64_t wide;
    memcpy(&wide, &number, sizeof wide);
    const uint64_t dropped = (1u << 29) - 1;
    wide = (wide & ~dropped) | (uint64_t)((wide & dropped) != 0) << 29;
    memcpy(&number, &wide, sizeof number);
    return (float)number;
}

static inline uint16_t half_from_double(double number)
{
    return half_from_float(odd_float_from_double(number));
}

/* ---- bfloat16: the upper half of a float ---------------------------------- */

#define BFLOAT16_QUIET 0x40u

static inline float bfloat16_to_float(uint16_t upper)
{
    const uint32_t wide = (uint32_t)upper << 16;
    float number;
    memcpy(&number, &wide, sizeof number);
    return number;
}

/* Rounded to nearest, ties to even. */
static inline uint16_t bfloat16_from_float(float number)
{
    uint32_t wide;
    memcpy(&wide, &number, sizeof wide);
    const uint32_t rounded = (wide + 0x7fff + (wide >> 16 & 1)) >> 16;
    const uint32_t is_nan = (wide & 0x7fffffffu) > 0x7f800000u;
    return (uint16_t)(is_nan ? wide >> 16 | BFLOAT16_QUIET : rounded);
}

/* Narrowed on the way to a bfloat16.  Below 2^-126 floats, too, are subnormal, and the double is
 * rounded at once to a multiple of the smallest bfloat16, 2^-133, by adding what has that for
 * its last bit. */
static inline float float_for_bfloat16(double number)
{
    const double step = 0x1.8p-81;
    const double magnitude = number < 0 ? -number : number;
    const double rounded = (magnitude + step) - step;
    const float odd = odd_float_from_double(number), small = (float)rounded;
    uint32_t of_odd, of_small;
    memcpy(&of_odd, &odd, sizeof of_odd);
    memcpy(&of_small, &small, sizeof of_small);
    of_small |= of_odd & 0x80000000u;
    of_odd = magnitude < 0x1p-126 ? of_small : of_odd;
    float narrowed;
    memcpy(&narrowed, &of_odd, sizeof narrowed);
    return narrowed;
}

static inline uint16_t bfloat16_from_double(double number)
{
    return bfloat16_from_float(float_for_bfloat16(number));
}

#endif
