/* Vectors, for formulas with tables.
 *
 * A compiler turns loops over formulas of numbers into vector code by itself, but makes a
 * lookup in a table a gather, one memory access for each element.  Formulas with tables are
 * therefore written in vectors: with the operators of C (GCC's and clang's vector
 * extensions), and with the functions below where those have none.  Each is exact or rounds
 * once, so that all ISAs give the same bits.
 *
 * Compiled once per ISA and compute type, after formulas/real.h. */
#ifndef RELU_FAST_VECTOR_H
#define RELU_FAST_VECTOR_H

#if defined __AVX512F__
#include <immintrin.h>
#define VECTOR_BYTES 64
#elif defined __AVX2__
#include <immintrin.h>
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#if defined __SSE2__
#include <emmintrin.h>
#elif defined __aarch64__
#include <arm_neon.h>
#endif
#endif

/* Inlined whatever its size: loops take formulas as arguments. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* The loop that follows is written out: at most 16 turns, as many as a constant says once the
 * function is inlined.  clang has another name for it, and without it would keep a loop over
 * the words of a table. */
#if defined __clang__
#define WRITTEN_OUT _Pragma("clang loop unroll(full)")
#else
#define WRITTEN_OUT _Pragma("GCC unroll 16")
#endif

typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
typedef bits vector_bits __attribute__((vector_size(VECTOR_BYTES)));
typedef signed_bits vector_signed __attribute__((vector_size(VECTOR_BYTES)));

#define LANES (VECTOR_BYTES / (ptrdiff_t)sizeof(real))
#define SIGN_BIT ((bits)1 << (8 * sizeof(real) - 1))

/* ---- Memory and bits ----------------------------------------------------- */

ALWAYS_INLINE vector load(const real *from)
{
    vector x;
    memcpy(&x, from, sizeof x);
    return x;
}

ALWAYS_INLINE void store(real *to, vector x)
{
    memcpy(to, &x, sizeof x);
}

/* x in all lanes; less +0, because + 0 would turn -0 into +0. */
ALWAYS_INLINE vector splat(real x)
{
    return x - (vector){0};
}

/* With AVX-512 as operations on floats: GCC loads a constant of integers again in each turn of
 * a loop, from a general register, which takes turns away from the lookups. */
ALWAYS_INLINE vector magnitude(vector x)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    return _mm512_andnot_ps(splat(-0.0f), x);
#elif defined __AVX512F__
    return _mm512_andnot_pd(splat(-0.0), x);
#else
    return (vector)((vector_bits)x & ~SIGN_BIT);
#endif
}

ALWAYS_INLINE vector sign_of(vector x)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    return _mm512_and_ps(splat(-0.0f), x);
#elif defined __AVX512F__
    return _mm512_and_pd(splat(-0.0), x);
#else
    return (vector)((vector_bits)x & SIGN_BIT);
#endif
}

/* x, which is not negative where the other number is not, with the sign of that. */
ALWAYS_INLINE vector with_sign(vector x, vector of)
{
    return (vector)((vector_bits)x | (vector_bits)sign_of(of));
}

/* x, of either sign, negated where another number is negative. */
ALWAYS_INLINE vector times_sign(vector x, vector of)
{
    return (vector)((vector_bits)x ^ (vector_bits)sign_of(of));
}

/* The same where it is not; one instruction less than the negative of that. */
ALWAYS_INLINE vector times_opposite_sign(vector x, vector of)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    const vector opposite = _mm512_andnot_ps(of, splat(-0.0f));
#elif defined __AVX512F__
    const vector opposite = _mm512_andnot_pd(of, splat(-0.0));
#else
    const vector_bits opposite = ~(vector_bits)of & SIGN_BIT;
#endif
    return (vector)((vector_bits)x ^ (vector_bits)opposite);
}

/* ---- Comparisons and choices --------------------------------------------- */

/* Lane by lane; NaN compares as false. */
#if defined __AVX512F__ && RELU_FAST_SINGLE
typedef __mmask16 mask;
#define COMPARE(a, b, predicate) _mm512_cmp_ps_mask(a, b, predicate)
#elif defined __AVX512F__
typedef __mmask8 mask;
#define COMPARE(a, b, predicate) _mm512_cmp_pd_mask(a, b, predicate)
#else
typedef vector_bits mask;
#endif

ALWAYS_INLINE mask equal(vector a, vector b)
{
#if defined __AVX512F__
    return COMPARE(a, b, _CMP_EQ_OQ);
#else
    return (mask)(a == b);
#endif
}

ALWAYS_INLINE mask greater(vector a, vector b)
{
#if defined __AVX512F__
    return COMPARE(a, b, _CMP_GT_OQ);
#else
    return (mask)(a > b);
#endif
}

ALWAYS_INLINE mask not_less(vector a, vector b)
{
#if defined __AVX512F__
    return COMPARE(a, b, _CMP_GE_OQ);
#else
    return (mask)(a >= b);
#endif
}

/* Lane by lane, the greater of two integers; whether one is less than another. */
ALWAYS_INLINE mask less_signed(vector_signed a, vector_signed b)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    return _mm512_cmplt_epi32_mask((__m512i)a, (__m512i)b);
#elif defined __AVX512F__
    return _mm512_cmplt_epi64_mask((__m512i)a, (__m512i)b);
#else
    return (mask)(a < b);
#endif
}

ALWAYS_INLINE vector_signed max_signed(vector_signed a, vector_signed b)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    return (vector_signed)_mm512_max_epi32((__m512i)a, (__m512i)b);
#elif defined __AVX512F__
    return (vector_signed)_mm512_max_epi64((__m512i)a, (__m512i)b);
#elif defined __AVX2__ && RELU_FAST_SINGLE
    return (vector_signed)_mm256_max_epi32((__m256i)a, (__m256i)b);
#else
    const vector_signed greater = a > b;
    return (greater & a) | (~greater & b);
#endif
}

ALWAYS_INLINE vector choose_lanes(mask condition, vector yes, vector no)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    return _mm512_mask_blend_ps(condition, no, yes);
#elif defined __AVX512F__
    return _mm512_mask_blend_pd(condition, no, yes);
#elif defined __AVX2__ && RELU_FAST_SINGLE
    return _mm256_blendv_ps(no, yes, (__m256)condition);
#elif defined __AVX2__
    return _mm256_blendv_pd(no, yes, (__m256d)condition);
#else
    return (vector)((condition & (mask)yes) | (~condition & (mask)no));
#endif
}

/* The lesser of a number and x; NaN if x is. */
ALWAYS_INLINE vector at_most(real limit, vector x)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    return _mm512_min_ps(splat(limit), x);
#elif defined __AVX512F__
    return _mm512_min_pd(splat(limit), x);
#elif defined __AVX2__ && RELU_FAST_SINGLE
    return _mm256_min_ps(splat(limit), x);
#elif defined __AVX2__
    return _mm256_min_pd(splat(limit), x);
#elif defined __aarch64__ && RELU_FAST_SINGLE
    return vminq_f32(splat(limit), x);
#elif defined __aarch64__
    return vminq_f64(splat(limit), x);
#else
    return choose_lanes((mask)(x > splat(limit)), splat(limit), x);
#endif
}

/* By the sign, that of zero and of NaN, too. */
ALWAYS_INLINE vector by_sign_bit(vector x, vector negative, vector positive)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    return _mm512_mask_blend_ps(_mm512_movepi32_mask((__m512i)x), positive, negative);
#elif defined __AVX512F__
    return _mm512_mask_blend_pd(_mm512_movepi64_mask((__m512i)x), positive, negative);
#elif defined __AVX2__
    return choose_lanes((mask)x, negative, positive); /* which looks at the sign alone */
#else
    return choose_lanes((mask)((vector_signed)x < 0), negative, positive);
#endif
}

#if defined __AVX512F__

/* The chosen lanes, moved together to the first ones; and back to their places among others. */
ALWAYS_INLINE vector packed(mask chosen, vector x)
{
#if RELU_FAST_SINGLE
    return _mm512_maskz_compress_ps(chosen, x);
#else
    return _mm512_maskz_compress_pd(chosen, x);
#endif
}

ALWAYS_INLINE vector unpacked(mask chosen, vector packed, vector others)
{
#if RELU_FAST_SINGLE
    return _mm512_mask_expand_ps(others, chosen, packed);
#else
    return _mm512_mask_expand_pd(others, chosen, packed);
#endif
}

#endif

ALWAYS_INLINE int is_everywhere(mask condition)
{
#if defined __AVX512F__
    return condition == (mask)-1;
#elif defined __AVX2__ && RELU_FAST_SINGLE
    return _mm256_movemask_ps((__m256)condition) == 0xff;
#elif defined __AVX2__
    return _mm256_movemask_pd((__m256d)condition) == 0xf;
#elif defined __aarch64__
    return vminvq_u32((uint32x4_t)condition) != 0;
#elif defined __SSE2__
    return _mm_movemask_epi8((__m128i)condition) == 0xffff;
#else
    bits all = condition[0];
    for (int i = 1; i < LANES; i++) all &= condition[i];
    return all != 0;
#endif
}

ALWAYS_INLINE int is_anywhere(mask condition)
{
#if defined __AVX512F__
    return condition != 0;
#elif defined __AVX2__ && RELU_FAST_SINGLE
    return _mm256_movemask_ps((__m256)condition) != 0;
#elif defined __AVX2__
    return _mm256_movemask_pd((__m256d)condition) != 0;
#elif defined __aarch64__
    return vmaxvq_u32((uint32x4_t)condition) != 0;
#elif defined __SSE2__
    return _mm_movemask_epi8((__m128i)condition) != 0;
#else
    bits any = condition[0];
    for (int i = 1; i < LANES; i++) any |= condition[i];
    return any != 0;
#endif
}

/* ---- fma ----------------------------------------------------------------- */

#if defined __SSE2__ && !defined __AVX2__ && RELU_FAST_SINGLE
/* In double, where the product is exact.  Rounded to float, the sum is wrong only if its own
 * rounding took it half-way between two floats; and maybe where they are subnormal, or 0 but
 * for an exact one, because half-way is elsewhere there.  Such vectors are computed again. */
static __attribute__((noinline)) vector fused_in_double(vector a, vector b, vector c)
{
#define UPPER(v) _mm_cvtps_pd(_mm_movehl_ps(v, v))
#define EVEN_WORDS(lower, upper) \
    (vector_bits) _mm_shuffle_ps((__m128)(lower), (__m128)(upper), _MM_SHUFFLE(2, 0, 2, 0))
    const __m128d lower = _mm_cvtps_pd(a) * _mm_cvtps_pd(b) + _mm_cvtps_pd(c);
    const __m128d upper = UPPER(a) * UPPER(b) + UPPER(c);
    const vector sum = _mm_movelh_ps(_mm_cvtpd_ps(lower), _mm_cvtpd_ps(upper));
    const vector_bits is_half = (vector_bits)((EVEN_WORDS(lower, upper) << 3) == 0x80000000);
    const vector_bits is_small = (vector_bits)(magnitude(sum) <= 0x1p-126f);
    if (__builtin_expect(_mm_movemask_ps((__m128)(is_half | is_small)) == 0, 1)) return sum;

    const vector_bits is_zero = EVEN_WORDS(lower == 0, upper == 0);
    if (_mm_movemask_ps((__m128)(is_half | (is_small & ~is_zero))) == 0) return sum;
    for (int i = 0; i < LANES; i++) a[i] = FMA(a[i], b[i], c[i]);
    return a;
#undef UPPER
#undef EVEN_WORDS
}
#endif

/* a * b + c, rounded once. */
ALWAYS_INLINE vector fused(vector a, vector b, vector c)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    return _mm512_fmadd_ps(a, b, c);
#elif defined __AVX512F__
    return _mm512_fmadd_pd(a, b, c);
#elif defined __AVX2__ && RELU_FAST_SINGLE
    return _mm256_fmadd_ps(a, b, c);
#elif defined __AVX2__
    return _mm256_fmadd_pd(a, b, c);
#elif defined __aarch64__ && RELU_FAST_SINGLE
    return vfmaq_f32(c, a, b);
#elif defined __aarch64__
    return vfmaq_f64(c, a, b);
#elif defined __SSE2__ && RELU_FAST_SINGLE
    return fused_in_double(a, b, c);
#else
    for (int i = 0; i < LANES; i++) a[i] = FMA(a[i], b[i], c[i]);
    return a;
#endif
}

/* ---- Lookups ------------------------------------------------------------- */

/* table[i], i from the three lowest bits of `index`. */
ALWAYS_INLINE vector lookup_of_8(const real table[8], vector index)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    return _mm512_permutexvar_ps((__m512i)index, _mm512_broadcast_f32x8(_mm256_loadu_ps(table)));
#elif defined __AVX512F__
    return _mm512_permutexvar_pd((__m512i)index, _mm512_loadu_pd(table));
#elif defined __AVX2__ && RELU_FAST_SINGLE
    return _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), (__m256i)index);
#elif defined __aarch64__ && RELU_FAST_SINGLE
    /* Bytes 4 i to 4 i + 3 of the two registers that the table fills. */
    const vector_bits bytes = ((vector_bits)index & 7) * 0x04040404 + 0x03020100;
    return (vector)vqtbl2q_u8(vld1q_u8_x2((const uint8_t *)table), (uint8x16_t)bytes);
#else
    vector found;
    const vector_bits i = (vector_bits)index & 7;
    for (int lane = 0; lane < LANES; lane++) found[lane] = table[i[lane]];
    return found;
#endif
}

#if defined __aarch64__ && RELU_FAST_SINGLE
ALWAYS_INLINE uint8x16x4_t four_registers(const uint8_t *from)
{
#if defined __clang__ || __GNUC__ > 10
    return vld1q_u8_x4(from);
#else /* has it from 10.3 on */
    return (uint8x16x4_t){
        {vld1q_u8(from), vld1q_u8(from + 16), vld1q_u8(from + 32), vld1q_u8(from + 48)}};
#endif
}
#endif

/* The same with four bits. */
ALWAYS_INLINE vector lookup_of_16(const real table[16], vector index)
{
#if defined __AVX512F__ && RELU_FAST_SINGLE
    return _mm512_permutexvar_ps((__m512i)index, _mm512_loadu_ps(table));
#elif defined __AVX512F__
    return _mm512_permutex2var_pd(_mm512_loadu_pd(table), (__m512i)index,
                                  _mm512_loadu_pd(table + 8));
#elif defined __AVX2__ && RELU_FAST_SINGLE
    const vector fourth_bit = (vector)((vector_bits)index << 28); /* as a sign */
    return _mm256_blendv_ps(lookup_of_8(table, index), lookup_of_8(table + 8, index), fourth_bit);
#elif defined __aarch64__ && RELU_FAST_SINGLE
    const vector_bits bytes = ((vector_bits)index & 15) * 0x04040404 + 0x03020100;
    return (vector)vqtbl4q_u8(four_registers((const uint8_t *)table), (uint8x16_t)bytes);
#else
    vector found;
    const vector_bits i = (vector_bits)index & 15;
    for (int lane = 0; lane < LANES; lane++) found[lane] = table[i[lane]];
    return found;
#endif
}

/* Two columns of a table in which each lane has a row. */
typedef struct {
    vector even, odd;
} vector_pair;

ALWAYS_INLINE vector_pair transposed(const real *const rows[LANES], int column)
{
#if defined __AVX2__ && !defined __AVX512F__ && !RELU_FAST_SINGLE
#define TWO_OF(lane) _mm_loadu_pd(rows[lane] + column)
    const __m256d first = _mm256_set_m128d(TWO_OF(2), TWO_OF(0));
    const __m256d second = _mm256_set_m128d(TWO_OF(3), TWO_OF(1));
#undef TWO_OF
    return (vector_pair){_mm256_unpacklo_pd(first, second), _mm256_unpackhi_pd(first, second)};
#elif defined __aarch64__ && !RELU_FAST_SINGLE
    const float64x2_t first = vld1q_f64(rows[0] + column), second = vld1q_f64(rows[1] + column);
    return (vector_pair){vzip1q_f64(first, second), vzip2q_f64(first, second)};
#elif defined __SSE2__ && !RELU_FAST_SINGLE && VECTOR_BYTES == 16
    const __m128d first = _mm_loadu_pd(rows[0] + column), second = _mm_loadu_pd(rows[1] + column);
    return (vector_pair){_mm_unpacklo_pd(first, second), _mm_unpackhi_pd(first, second)};
#else
    vector_pair found = {{0}, {0}};
    for (int lane = 0; lane < LANES; lane++) {
        found.even[lane] = rows[lane][column];
        found.odd[lane] = rows[lane][column + 1];
    }
    return found;
#endif
}

#endif
