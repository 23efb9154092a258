/* Formulas on the bits of elements as they are stored: of integers, and of half types, whose
 * order is that of their codes. */
#ifndef RELU_FAST_FORMULAS_BITS_H
#define RELU_FAST_FORMULAS_BITS_H

#include <stdint.h>

/* ---- Integers ------------------------------------------------------------ */

/* Macros, because a formula is the same for all integer types. */
#define relu_value_of_integer(x) ((x) > 0 ? (x) : 0)
#define relu6_value_of_integer(x) ((x) > 6 ? 6 : (x) > 0 ? (x) : 0)

/* ---- Half types ---------------------------------------------------------- */

/* The codes of some numbers. */
typedef struct {
    uint16_t one, six, infinity;
} half_type;

static const half_type float16_type = {0x3c00, 0x4600, 0x7c00};
static const half_type bfloat16_type = {0x3f80, 0x40c0, 0x7f80};

/* All bits set or none: what is chosen by masks has no branches, which a compiler might thread
 * through a loop instead of making vectors of it. */
static inline uint16_t mask(int condition)
{
    return (uint16_t)-condition;
}

/* Whether a code is one of `first` ... `last`: one comparison, because others wrap around. */
static inline uint16_t is_among(uint16_t code, unsigned first, unsigned last)
{
    return mask((uint16_t)(code - first) <= (uint16_t)(last - first));
}

/* -0 ... -inf */
static inline uint16_t is_negative(uint16_t code, half_type t)
{
    return is_among(code, 0x8000, 0x8000u + t.infinity);
}

static inline uint16_t is_positive(uint16_t code, half_type t)
{
    return is_among(code, 1, t.infinity);
}

static inline uint16_t is_nan(uint16_t code, half_type t)
{
    return mask((code & 0x7fff) > t.infinity);
}

static inline uint16_t relu_value_of_half(uint16_t x, half_type t)
{
    return x & ~is_negative(x, t);
}

static inline uint16_t relu_backward_of_half(uint16_t g, uint16_t x, half_type t)
{
    return (g & is_positive(x, t)) | (x & is_nan(x, t));
}

static inline uint16_t relu6_value_of_half(uint16_t x, half_type t)
{
    const uint16_t is_above = is_among(x, t.six, t.infinity);
    return (x & ~is_negative(x, t) & ~is_above) | (t.six & is_above);
}

static inline uint16_t relu6_backward_of_half(uint16_t g, uint16_t x, half_type t)
{
    return (g & is_among(x, 1, t.six - 1u)) | (x & is_nan(x, t));
}

#endif
