/* Moving elements: between any strides, between storage types and the compute type, and
 * past the cache. */
#include "loop.h"
#include "half.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* ---- One element --------------------------------------------------------- */

static inline real load_float16(const char *from)
{
    uint16_t half;
    memcpy(&half, from, sizeof half);
    return half_to_float(half);
}

static inline void store_float16(char *to, real number)
{
#if RELU_FAST_SINGLE
    const uint16_t half = half_from_float(number);
#else
    const uint16_t half = half_from_double(number);
#endif
    memcpy(to, &half, sizeof half);
}

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

/* ---- A run of elements --------------------------------------------------- */

typedef void run_mover(ptrdiff_t n, char *to, ptrdiff_t to_stride, const char *from,
                       ptrdiff_t from_stride);

/* Strides of 0, 1, 2 and -1 elements have loops of their own: where the compiler knows the
 * stride, it moves whole vectors and shuffles them. */
static inline void copy_run(ptrdiff_t n, char *to, ptrdiff_t to_stride, const char *from,
                            ptrdiff_t from_stride)
{
    const ptrdiff_t size = sizeof(real);
    real *t = (real *)to;
    const real *f = (const real *)from;
    if (to_stride == size && from_stride == size) {
        memcpy(t, f, (size_t)(n * size));
    }
    else if (to_stride == size && from_stride == 0) {
        for (ptrdiff_t i = 0; i < n; i++) t[i] = *f;
    }
    else if (to_stride == size && from_stride == 2 * size) {
        for (ptrdiff_t i = 0; i < n; i++) t[i] = f[2 * i];
    }
    else if (to_stride == size && from_stride == -size) {
        for (ptrdiff_t i = 0; i < n; i++) t[i] = f[-i];
    }
    else {
#pragma GCC unroll 4
        for (ptrdiff_t i = 0; i < n; i++) {
            *(real *)(to + i * to_stride) = *(const real *)(from + i * from_stride);
        }
    }
}

/* The same with a conversion. */
#define DTYPE(id, name, bytes, ...)                                                    \
    static inline void load_run_##name(ptrdiff_t n, char *to, ptrdiff_t to_stride,     \
                                       const char *from, ptrdiff_t from_stride)        \
    {                                                                                  \
        const ptrdiff_t size = sizeof(real);                                           \
        if (to_stride == size && from_stride == (bytes)) {                             \
            SIMD_LOOP (n) {                                                            \
                ((real *)to)[i] = load_##name(from + i * (bytes));                     \
            }                                                                          \
            return;                                                                    \
        }                                                                              \
        for (ptrdiff_t i = 0; i < n; i++) {                                            \
            *(real *)(to + i * to_stride) = load_##name(from + i * from_stride);       \
        }                                                                              \
    }                                                                                  \
    static inline void store_run_##name(ptrdiff_t n, char *to, ptrdiff_t to_stride,    \
                                        const char *from, ptrdiff_t from_stride)       \
    {                                                                                  \
        const ptrdiff_t size = sizeof(real);                                           \
        if (to_stride == (bytes) && from_stride == size) {                             \
            SIMD_LOOP (n) {                                                            \
                store_##name(to + i * (bytes), ((const real *)from)[i]);               \
            }                                                                          \
            return;                                                                    \
        }                                                                              \
        for (ptrdiff_t i = 0; i < n; i++) {                                            \
            store_##name(to + i * to_stride, *(const real *)(from + i * from_stride)); \
        }                                                                              \
    }
#include "../table/dtypes.def"

/* ---- Rows and columns ---------------------------------------------------- */

/* Whether the rows of the source lie closer together than its columns. */
static inline int is_transposed(relu_fast_place from)
{
    const ptrdiff_t across = ptrdiff_abs(from.row), along = ptrdiff_abs(from.column);
    return across && across < along;
}

/* The inner loop goes along a row, unless rows are short or the source is transposed. */
static inline __attribute__((always_inline)) void move(ptrdiff_t rows, ptrdiff_t columns,
                                                       relu_fast_place to, relu_fast_place from,
                                                       run_mover *move_run)
{
    if (is_transposed(from) || (rows > columns && columns < 8)) {
        for (ptrdiff_t j = 0; j < columns; j++) {
            move_run(rows, to.data + j * to.column, to.row, from.data + j * from.column, from.row);
        }
    }
    else {
        for (ptrdiff_t i = 0; i < rows; i++) {
            move_run(columns, to.data + i * to.row, to.column, from.data + i * from.row,
                     from.column);
        }
    }
}

#define DTYPE(id, name, bytes, ...)                                                         \
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

/* ---- The same type: transposing in registers ----------------------------- */

/* A square of elements in 16-byte vectors, loaded along the columns of the source and stored
 * along the rows of the result. */
#define SQUARE (16 / (ptrdiff_t)sizeof(real))
typedef real square_row __attribute__((vector_size(16)));

static inline void transpose_square(char *to, ptrdiff_t to_row, const char *from,
                                    ptrdiff_t from_column)
{
    square_row in[SQUARE], out[SQUARE];
    for (int j = 0; j < SQUARE; j++) memcpy(&in[j], from + j * from_column, sizeof in[j]);
#if RELU_FAST_SINGLE
    square_row low01 = __builtin_shufflevector(in[0], in[1], 0, 4, 1, 5);
    square_row low23 = __builtin_shufflevector(in[2], in[3], 0, 4, 1, 5);
    square_row high01 = __builtin_shufflevector(in[0], in[1], 2, 6, 3, 7);
    square_row high23 = __builtin_shufflevector(in[2], in[3], 2, 6, 3, 7);
    out[0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
    out[1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
    out[2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
    out[3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
#else
    out[0] = __builtin_shufflevector(in[0], in[1], 0, 2);
    out[1] = __builtin_shufflevector(in[0], in[1], 1, 3);
#endif
    for (int i = 0; i < SQUARE; i++) memcpy(to + i * to_row, &out[i], sizeof out[i]);
}

/* Rows of the result are contiguous, and columns of the source. */
static void transpose(ptrdiff_t rows, ptrdiff_t columns, char *to, ptrdiff_t to_row,
                      const char *from, ptrdiff_t from_column)
{
    const ptrdiff_t size = sizeof(real);
    const ptrdiff_t whole_rows = rows & -SQUARE, whole_columns = columns & -SQUARE;
    for (ptrdiff_t j = 0; j < whole_columns; j += SQUARE) {
        for (ptrdiff_t i = 0; i < whole_rows; i += SQUARE) {
            transpose_square(to + i * to_row + j * size, to_row, from + i * size + j * from_column,
                             from_column);
        }
    }
    for (ptrdiff_t j = 0; j < columns; j++) {
        ptrdiff_t i = j < whole_columns ? whole_rows : 0;
        copy_run(rows - i, to + i * to_row + j * size, to_row, from + i * size + j * from_column,
                 size);
    }
}

static void copy_place(ptrdiff_t rows, ptrdiff_t columns, relu_fast_place to, relu_fast_place from)
{
    const ptrdiff_t size = sizeof(real);
    if (is_transposed(from) && from.row == size && to.column == size) {
        transpose(rows, columns, to.data, to.row, from.data, from.column);
    }
    else {
        move(rows, columns, to, from, copy_run);
    }
}

/* ---- Past the cache ------------------------------------------------------ */

/* Non-temporal stores, the widest of the ISA: four of 16 bytes instead of one of 64 take
 * 1.15 times as long (one thread, benchmarks/compare_peers.py). */
static void stream(void *to, const void *from, ptrdiff_t bytes)
{
    char *t = to;
    const char *f = from;
    for (ptrdiff_t i = 0; i < bytes; i += 64) {
#if defined(__AVX512F__)
        _mm512_stream_si512((__m512i *)(t + i), _mm512_load_si512(f + i));
#elif defined(__AVX__)
        for (int j = 0; j < 64; j += 32) {
            _mm256_stream_si256((__m256i *)(t + i + j),
                                _mm256_load_si256((const __m256i *)(f + i + j)));
        }
#elif defined(__SSE2__)
        for (int j = 0; j < 64; j += 16) {
            _mm_stream_si128((__m128i *)(t + i + j), _mm_load_si128((const __m128i *)(f + i + j)));
        }
#else
        memcpy(t + i, f + i, 64);
#endif
    }
}

static void finish_stream(void)
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

extern const relu_fast_moves SYMBOL(relu_fast_moves);
const relu_fast_moves SYMBOL(relu_fast_moves) = {
    .load =
        {
#define DTYPE(id, name, ...) \
    [RELU_FAST_##id] = RELU_FAST_##id == COMPUTE_DTYPE ? copy_place : load_##name##_place,
#include "../table/dtypes.def"
        },
    .store =
        {
#define DTYPE(id, name, ...) \
    [RELU_FAST_##id] = RELU_FAST_##id == COMPUTE_DTYPE ? copy_place : store_##name##_place,
#include "../table/dtypes.def"
        },
    .stream = stream,
    .finish_stream = finish_stream,
};
