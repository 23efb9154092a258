/* Moving elements: between storage types and the compute type, and as they are. */
#include "loop.h"
#include "half.h"

typedef real element;
#define ELEMENT_BITS (RELU_FAST_SINGLE ? 32 : 64)
#include "copy.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

/* ---- One element --------------------------------------------------------- */

#define BY_CODE(name, to_float, from_float, from_double)                                \
    static inline real load_##name(const char *from)                                    \
    {                                                                                   \
        uint16_t code;                                                                  \
        memcpy(&code, from, sizeof code);                                               \
        return to_float(code);                                                          \
    }                                                                                   \
    static inline void store_##name(char *to, real number)                              \
    {                                                                                   \
        const uint16_t code =                                                           \
            RELU_FAST_SINGLE ? from_float((float)number) : from_double((double)number); \
        memcpy(to, &code, sizeof code);                                                 \
    }
BY_CODE(float16, half_to_float, half_from_float, half_from_double)
BY_CODE(bfloat16, bfloat16_to_float, bfloat16_from_float, bfloat16_from_double)

static inline real load_float32(const char *from)
{
    return (real) * (const float *)from;
}

static inline void store_float32(char *to, real number)
{
    *(float *)to = (float)number;
}

static inline real load_float64(const char *from)
{
    return (real) * (const double *)from;
}

static inline void store_float64(char *to, real number)
{
    *(double *)to = (double)number;
}

/* ---- Contiguous elements -------------------------------------------------- */

/* Where the CPU converts, one instruction does what takes a dozen in integers: the same bits but
 * for NaNs'. */
#if defined(__AVX512F__)
#define HALVES 16
static inline void halves_to_floats(float *to, const char *from)
{
    _mm512_storeu_ps(to, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from)));
}

static inline void halves_from_floats(char *to, const float *from)
{
    _mm256_storeu_si256((__m256i *)to,
                        _mm512_cvtps_ph(_mm512_loadu_ps(from), _MM_FROUND_TO_NEAREST_INT));
}
#elif defined(__F16C__)
#define HALVES 8
static inline void halves_to_floats(float *to, const char *from)
{
    _mm256_storeu_ps(to, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from)));
}

static inline void halves_from_floats(char *to, const float *from)
{
    _mm_storeu_si128((__m128i *)to,
                     _mm256_cvtps_ph(_mm256_loadu_ps(from), _MM_FROUND_TO_NEAREST_INT));
}
#elif defined(__aarch64__)
#define HALVES 4
static inline void halves_to_floats(float *to, const char *from)
{
    vst1q_f32(to, vcvt_f32_f16(vld1_f16((const float16_t *)from)));
}

static inline void halves_from_floats(char *to, const float *from)
{
    vst1_f16((float16_t *)to, vcvt_f16_f32(vld1q_f32(from)));
}
#endif

static inline void float16_to_floats(ptrdiff_t n, float *to, const char *from)
{
    ptrdiff_t done = 0;
#if defined(HALVES)
    for (; done + HALVES <= n; done += HALVES) halves_to_floats(to + done, from + 2 * done);
#endif
    to += done;
    from += 2 * done;
    SIMD_LOOP (n - done) {
        to[i] = half_to_float(((const uint16_t *)from)[i]);
    }
}

static inline void float16_from_floats(ptrdiff_t n, char *to, const float *from)
{
    ptrdiff_t done = 0;
#if defined(HALVES)
    for (; done + HALVES <= n; done += HALVES) halves_from_floats(to + 2 * done, from + done);
#endif
    to += 2 * done;
    from += done;
    SIMD_LOOP (n - done) {
        ((uint16_t *)to)[i] = half_from_float(from[i]);
    }
}

static inline void bfloat16_to_floats(ptrdiff_t n, float *to, const char *from)
{
    SIMD_LOOP (n) {
        to[i] = bfloat16_to_float(((const uint16_t *)from)[i]);
    }
}

static inline void bfloat16_from_floats(ptrdiff_t n, char *to, const float *from)
{
    SIMD_LOOP (n) {
        ((uint16_t *)to)[i] = bfloat16_from_float(from[i]);
    }
}

/* By way of floats, whatever is computed in; of doubles some at a time, in the L1 cache. */
#define SOME 256
#if RELU_FAST_SINGLE
#define BY_FLOATS(name, narrow)                                                  \
    static inline void load_all_##name(ptrdiff_t n, real *to, const char *from)  \
    {                                                                            \
        name##_to_floats(n, to, from);                                           \
    }                                                                            \
    static inline void store_all_##name(ptrdiff_t n, char *to, const real *from) \
    {                                                                            \
        name##_from_floats(n, to, from);                                         \
    }
#else
#define BY_FLOATS(name, narrow)                                                  \
    static inline void load_all_##name(ptrdiff_t n, real *to, const char *from)  \
    {                                                                            \
        float some[SOME];                                                        \
        for (ptrdiff_t begin = 0, count; begin < n; begin += count) {            \
            count = ptrdiff_min(n - begin, SOME);                                \
            name##_to_floats(count, some, from + 2 * begin);                     \
            SIMD_LOOP (count) {                                                  \
                to[begin + i] = (real)some[i];                                   \
            }                                                                    \
        }                                                                        \
    }                                                                            \
    static inline void store_all_##name(ptrdiff_t n, char *to, const real *from) \
    {                                                                            \
        float some[SOME];                                                        \
        for (ptrdiff_t begin = 0, count; begin < n; begin += count) {            \
            count = ptrdiff_min(n - begin, SOME);                                \
            SIMD_LOOP (count) {                                                  \
                some[i] = narrow(from[begin + i]);                               \
            }                                                                    \
            name##_from_floats(count, to + 2 * begin, some);                     \
        }                                                                        \
    }
#endif
BY_FLOATS(float16, odd_float_from_double)
BY_FLOATS(bfloat16, float_for_bfloat16)

/* Of the compute types. */
#define BY_CASTS(name, type)                                                     \
    static inline void load_all_##name(ptrdiff_t n, real *to, const char *from)  \
    {                                                                            \
        SIMD_LOOP (n) {                                                          \
            to[i] = (real)((const type *)from)[i];                               \
        }                                                                        \
    }                                                                            \
    static inline void store_all_##name(ptrdiff_t n, char *to, const real *from) \
    {                                                                            \
        SIMD_LOOP (n) {                                                          \
            ((type *)to)[i] = (type)from[i];                                     \
        }                                                                        \
    }
#define COMPUTE(id, name, type) BY_CASTS(name, type)
#include "../table/dtypes.def"

/* ---- A run of elements --------------------------------------------------- */

#define FLOATING(id, name, bytes, ...)                                                 \
    static inline void load_run_##name(ptrdiff_t n, char *to, ptrdiff_t to_stride,     \
                                       const char *from, ptrdiff_t from_stride)        \
    {                                                                                  \
        if (to_stride == (ptrdiff_t)sizeof(real) && from_stride == (bytes)) {          \
            load_all_##name(n, (real *)to, from);                                      \
            return;                                                                    \
        }                                                                              \
        for (ptrdiff_t i = 0; i < n; i++) {                                            \
            *(real *)(to + i * to_stride) = load_##name(from + i * from_stride);       \
        }                                                                              \
    }                                                                                  \
    static inline void store_run_##name(ptrdiff_t n, char *to, ptrdiff_t to_stride,    \
                                        const char *from, ptrdiff_t from_stride)       \
    {                                                                                  \
        if (to_stride == (bytes) && from_stride == (ptrdiff_t)sizeof(real)) {          \
            store_all_##name(n, to, (const real *)from);                               \
            return;                                                                    \
        }                                                                              \
        for (ptrdiff_t i = 0; i < n; i++) {                                            \
            store_##name(to + i * to_stride, *(const real *)(from + i * from_stride)); \
        }                                                                              \
    }
#include "../table/dtypes.def"

/* ---- Rows and columns ---------------------------------------------------- */

#define FLOATING(id, name, bytes, ...)                                                      \
    static void load_##name##_place(ptrdiff_t rows, ptrdiff_t columns, relu_fast_place to,  \
                                    relu_fast_place from)                                   \
    {                                                                                       \
        move(rows, columns, to, from, load_run_##name);                                     \
    }                                                                                       \
    static void store_##name##_place(ptrdiff_t rows, ptrdiff_t columns, relu_fast_place to, \
                                     relu_fast_place from)                                  \
    {                                                                                       \
        move(rows, columns, to, from, store_run_##name);                                    \
    }
#include "../table/dtypes.def"

extern const relu_fast_moves SYMBOL(relu_fast_moves);
const relu_fast_moves SYMBOL(relu_fast_moves) = {
    .load =
        {
#define FLOATING(id, name, ...) \
    [RELU_FAST_##id] = RELU_FAST_##id == COMPUTE_DTYPE ? copy_place : load_##name##_place,
#include "../table/dtypes.def"
        },
    .store =
        {
#define FLOATING(id, name, ...) \
    [RELU_FAST_##id] = RELU_FAST_##id == COMPUTE_DTYPE ? copy_place : store_##name##_place,
#include "../table/dtypes.def"
        },
    .stream = stream,
    .finish_stream = finish_stream,
};
