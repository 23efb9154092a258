/* Functions by polynomials whose coefficients are looked up in registers.
 *
 * A function of t is given in 8 or 16 intervals about the multiples of a spacing w by a
 * polynomial each: of k = round(t / w), which adding 1.5 * 2^p' rounds and leaves in the low
 * bits of the sum, and of r = t - k w, which is exact.  The sixteen values of a coefficient
 * are one register or two, in which permutations find those of all lanes at once, without
 * memory; but that for doubles, unless registers have 64 bytes, it is faster to fetch the
 * polynomial of each lane and to transpose.
 *
 * The value comes as a sum, high + low, so that what is done to it next is the first
 * rounding that counts: `high` is the coefficient of degree 0, and what that lacks of the
 * value at the centre is in the lower half of the last coefficient's word.  The coefficients
 * of highest degrees need few bits, too: doubles may have pairs of them in a word, the one of
 * the higher degree with the other in its lower half. */
#ifndef RELU_FAST_REGISTER_TABLE_H
#define RELU_FAST_REGISTER_TABLE_H

#include "exp.h"
#include "vector.h"

#if !RELU_FAST_SINGLE && !defined __AVX512F__
#define LOOKUP_BY_ROWS 1
#else
#define LOOKUP_BY_ROWS 0
#endif
#define ROW 16 /* words of an interval, if by rows */

#define IN_LINES __attribute__((aligned(64)))

typedef struct {
    const real *words; /* by coefficients: those of all intervals, then the next */
    int intervals, first, degree, pairs;
    real spacing, inverse;
    real low, high; /* the range; if `first` is 0 the function is of |t| < high */
} register_table;

typedef struct {
    vector high, low;
} vector_parts;

/* ---- Lookups --------------------------------------------------------------- */

ALWAYS_INLINE int last_word(const register_table *table)
{
    return table->degree - table->pairs;
}

/* Which interval each lane is in: the low bits of `shifted`. */
#if LOOKUP_BY_ROWS

typedef struct {
    const real *row[LANES];
} places;

ALWAYS_INLINE places places_of(const register_table *table, vector shifted)
{
    const vector_bits at = ((vector_bits)shifted & (bits)(table->intervals - 1)) * ROW;
    places found;
    for (int lane = 0; lane < LANES; lane++) found.row[lane] = table->words + at[lane];
    return found;
}

/* Word j; they are asked for from the last to the first, and fetched two at a time. */
ALWAYS_INLINE vector lookup(const register_table *table, const places *of, vector_pair *fetched,
                            int j)
{
    if (j % 2 == 1 || j == last_word(table)) *fetched = transposed(of->row, j & ~1);
    return j % 2 == 1 ? fetched->odd : fetched->even;
}

#else

typedef vector places;

ALWAYS_INLINE places places_of(const register_table *table, vector shifted)
{
    (void)table;
    return shifted;
}

ALWAYS_INLINE vector lookup(const register_table *table, const places *of, vector_pair *fetched,
                            int j)
{
    (void)fetched;
    const real *const words = table->words + j * table->intervals;
    return table->intervals == 8 ? lookup_of_8(words, *of) : lookup_of_16(words, *of);
}

#endif

/* ---- Polynomials ----------------------------------------------------------- */

ALWAYS_INLINE vector lower_half(vector word)
{
    return (vector)((vector_bits)word << (4 * sizeof(real)));
}

/* Of t + low, `low` being at most an ULP of t, and none if not `has_low`.
 *
 * The last steps are not those of Horner: the linear term, which may be half of the value, is
 * then rounded once only.  `exactly`, for what is multiplied by another number and so has
 * less room for errors, it is not rounded at all. */
ALWAYS_INLINE vector_parts evaluate(const register_table *table, vector t, vector low, int has_low,
                                    int exactly)
{
    const vector magic = splat(ROUND_TO_INT - table->first);
    const vector shifted = fused(t, splat(table->inverse), magic);
    vector r = fused(shifted - magic, splat(-table->spacing), t);
    if (has_low) r += low;
    const places at = places_of(table, shifted);

#define WORD(j) lookup(table, &at, &fetched, j)
    vector_pair fetched = {splat(0), splat(0)};
    const int top = last_word(table), single = table->degree - 2 * table->pairs;
    const vector last = WORD(top);
    vector q = last;
    WRITTEN_OUT
    for (int j = top - 1; j >= single; j--) {
        const vector two = WORD(j);
        q = fused(fused(q, r, two), r, lower_half(two));
    }
    WRITTEN_OUT
    for (int j = single - 1; j > 1; j--) q = fused(q, r, WORD(j));
    const vector slope = WORD(1), value = WORD(0);
#undef WORD
    const vector higher = fused(q * r, r, lower_half(last));
    if (!exactly) return (vector_parts){value, fused(slope, r, higher)};
    const vector linear = slope * r, sum = value + linear;
    const vector lost = (linear - (sum - value)) + fused(slope, r, -linear);
    return (vector_parts){sum, lost + higher};
}

#endif
