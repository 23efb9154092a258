/* Moving elements that stay as they are: between any strides, and past the cache.
 *
 * For one type, which the including file names: `element`, of ELEMENT_BITS bits. */
#ifndef RELU_FAST_COPY_H
#define RELU_FAST_COPY_H

#include "kernels.h"

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* ---- A run of elements --------------------------------------------------- */

typedef void run_mover(ptrdiff_t n, char *to, ptrdiff_t to_stride, const char *from,
                       ptrdiff_t from_stride);

/* Strides of 0, 1, 2 and -1 elements have loops of their own: where the compiler knows the
 * stride, it moves whole vectors and shuffles them. */
static inline void copy_run(ptrdiff_t n, char *to, ptrdiff_t to_stride, const char *from,
                            ptrdiff_t from_stride)
{
    const ptrdiff_t size = sizeof(element);
    element *t = (element *)to;
    const element *f = (const element *)from;
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
            *(element *)(to + i * to_stride) = *(const element *)(from + i * from_stride);
        }
    }
}

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

/* ---- Transposing in registers -------------------------------------------- */

/* A square of elements in 16-byte vectors, loaded along the columns of the source and stored
 * along the rows of the result. */
#define SQUARE (128 / ELEMENT_BITS)
typedef element square_row __attribute__((vector_size(16)));

/* The lower halves of two vectors in turn, and the upper ones. */
#if ELEMENT_BITS == 8
typedef int8_t lane_number;
#define LOWER_IN_TURN 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UPPER_IN_TURN 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif ELEMENT_BITS == 16
typedef int16_t lane_number;
#define LOWER_IN_TURN 0, 8, 1, 9, 2, 10, 3, 11
#define UPPER_IN_TURN 4, 12, 5, 13, 6, 14, 7, 15
#elif ELEMENT_BITS == 32
typedef int32_t lane_number;
#define LOWER_IN_TURN 0, 4, 1, 5
#define UPPER_IN_TURN 2, 6, 3, 7
#else
typedef int64_t lane_number;
#define LOWER_IN_TURN 0, 2
#define UPPER_IN_TURN 1, 3
#endif

/* GCC knows this name from 12 on; before, one that takes a vector of numbers. */
#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef lane_number lane_numbers __attribute__((vector_size(16)));
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (lane_numbers){__VA_ARGS__})
#endif

/* Rows that are dealt like cards: after log2(SQUARE) times all is transposed. */
static inline void transpose_square(char *to, ptrdiff_t to_row, const char *from,
                                    ptrdiff_t from_column)
{
    square_row rows[SQUARE], dealt[SQUARE];
#pragma GCC unroll 16
    for (int j = 0; j < SQUARE; j++) memcpy(&rows[j], from + j * from_column, sizeof rows[j]);
#pragma GCC unroll 4
    for (int times = 1; times < SQUARE; times *= 2) {
#pragma GCC unroll 8
        for (int j = 0; j < SQUARE / 2; j++) {
            const square_row a = rows[j], b = rows[j + SQUARE / 2];
            dealt[2 * j] = SHUFFLE(a, b, LOWER_IN_TURN);
            dealt[2 * j + 1] = SHUFFLE(a, b, UPPER_IN_TURN);
        }
#pragma GCC unroll 16
        for (int j = 0; j < SQUARE; j++) rows[j] = dealt[j];
    }
#pragma GCC unroll 16
    for (int i = 0; i < SQUARE; i++) memcpy(to + i * to_row, &rows[i], sizeof rows[i]);
}

/* Rows of the result are contiguous, and columns of the source. */
static void transpose(ptrdiff_t rows, ptrdiff_t columns, char *to, ptrdiff_t to_row,
                      const char *from, ptrdiff_t from_column)
{
    const ptrdiff_t size = sizeof(element);
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
    const ptrdiff_t size = sizeof(element);
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

#endif
