/* Table x form -> loops.  Compiled once per ISA and element type, with
 * RELU_FAST_ISA and RELU_FAST_SINGLE (1: float, 0: double) defined; the flags of
 * each ISA stand in meson.build.  The loops are plain C: `omp simd` says that
 * iterations are independent, and the compiler vectorises. */
#include "kernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#define JOIN_(a, b, c) a##_##b##_##c
#define JOIN(a, b, c) JOIN_(a, b, c)
/* Loops carry their element type and ISA in their names, for profilers and for
 * the test that disassembles them. */
#define SYMBOL(name) JOIN(name, DTYPE, RELU_FAST_ISA)
#if RELU_FAST_SINGLE
#define DTYPE float32
typedef float real;
typedef uint32_t bits;
#define FMA(a, b, c) fmaf(a, b, c)
#define HALF 0.5f
#define THREE_EIGHTHS 0.375f
#else
#define DTYPE float64
typedef double real;
typedef uint64_t bits;
#define FMA(a, b, c) fma(a, b, c)
#define HALF 0.5
#define THREE_EIGHTHS 0.375
#endif

#include "vecmath.h"

#define BLOCK RELU_FAST_BLOCK(sizeof(real))

/* The two choices of the table.  Functions, so that both sides are computed
 * before the choice and as they stand: given ?:, the compiler folds the outer
 * condition into a clamp inside, and the lanes that are thrown away run
 * through the slow subnormal tail (measured: four times the time for elu'). */
static inline real choose(int condition, real yes, real no)
{
    return condition ? yes : no;
}
/* By the sign of x; NaN gives NaN. */
static inline real by_sign(real x, real positive, real nonpositive)
{
    return choose(x <= 0, nonpositive, choose(x > 0, positive, x));
}

#define SIMD_LOOP(n) _Pragma("omp simd") for (ptrdiff_t i = 0; i < (n); i++)

/* One loop.  The mask tells the compiler that the length is a whole number of
 * vectors, so that it leaves out the scalar remainder. */
#define LOOP(name, form, mode, PREPARE, ...)                                       \
    static void SYMBOL(name##_##form##_##mode)(ptrdiff_t n, void *const *operands) \
    {                                                                              \
        n &= -BLOCK;                                                               \
        PREPARE;                                                                   \
        SIMD_LOOP (n) {                                                            \
            __VA_ARGS__;                                                           \
        }                                                                          \
    }
#define IN(k) ((const real *)operands[k])[i]
#define OUT(k) ((real *)operands[k])[i]
/* A uniform parameter is read before the loop: the compiler cannot know that
 * no output is stored over it. */
#define uniform(k) const real alpha = *(const real *)operands[k]
#define varying(k) const real *alphas = operands[k]
#define ALPHA_uniform alpha
#define ALPHA_varying alphas[i]

/* The loops of an activation with 0 or 1 parameters. */
#define LOOPS_0(name)                                                     \
    LOOP(name, value, uniform, , OUT(1) = name##_value(IN(0)))            \
    LOOP(name, derivative, uniform, , OUT(1) = name##_backward(1, IN(0))) \
    LOOP(name, backward, uniform, , OUT(2) = name##_backward(IN(0), IN(1)))
#define LOOPS_1_MODE(name, mode)                                                            \
    LOOP(name, value, mode, mode(1), OUT(2) = name##_value(IN(0), ALPHA_##mode))            \
    LOOP(name, derivative, mode, mode(1), OUT(2) = name##_backward(1, IN(0), ALPHA_##mode)) \
    LOOP(name, backward, mode, mode(2), OUT(3) = name##_backward(IN(0), IN(1), ALPHA_##mode))
#define LOOPS_1(name)           \
    LOOPS_1_MODE(name, uniform) \
    LOOPS_1_MODE(name, varying)
#define SIGNATURE_0(...) (__VA_ARGS__)
#define SIGNATURE_1(...) (__VA_ARGS__, real alpha)

#define ACTIVATION(name, parameters, cost, value_of, backward_of, ...)        \
    static inline real name##_value SIGNATURE_##parameters(real x)            \
    {                                                                         \
        return value_of;                                                      \
    }                                                                         \
    static inline real name##_backward SIGNATURE_##parameters(real g, real x) \
    {                                                                         \
        return backward_of;                                                   \
    }                                                                         \
    LOOPS_##parameters(name)
#define BACKWARD_FROM_RESULT(name, backward_of)                                                    \
    static inline real name##_from_result(real g, real y, real alpha)                              \
    {                                                                                              \
        return backward_of;                                                                        \
    }                                                                                              \
    LOOP(name, from_result, uniform, uniform(2), OUT(3) = name##_from_result(IN(0), IN(1), alpha)) \
    LOOP(name, from_result, varying, varying(2),                                                   \
         OUT(3) = name##_from_result(IN(0), IN(1), alphas[i]))
/* Of several rows at once, so many sums that they wait in the L1 cache. */
#define SUMS_IN_L1 64
/* Terms are added in double: for float their products are exact.  g is
 * selected away where the derivative is 0 by definition (x > 0, and +-0 from
 * the branch x <= 0), so that g = inf adds nothing there. */
#define ALPHA_DERIVATIVE(name, derivative_of)                                                    \
    static inline double name##_alpha_term(real g, real x)                                       \
    {                                                                                            \
        real derivative = derivative_of;                                                         \
        return derivative == 0 ? 0 : (double)g * (double)derivative;                             \
    }                                                                                            \
    static inline void name##_add_row(ptrdiff_t n, const char *gs, const char *xs, double *sums) \
    {                                                                                            \
        const real *g = (const real *)gs, *x = (const real *)xs;                                 \
        n &= -RELU_FAST_LANES;                                                                   \
        SIMD_LOOP (n) {                                                                          \
            sums[i] += name##_alpha_term(g[i], x[i]);                                            \
        }                                                                                        \
    }                                                                                            \
    static void SYMBOL(name##_row_sum)(ptrdiff_t rows, ptrdiff_t apart, ptrdiff_t columns,       \
                                       const char *g, ptrdiff_t g_step, const char *x,           \
                                       ptrdiff_t x_step, double *sums)                           \
    {                                                                                            \
        for (ptrdiff_t r = 0; r < apart; r++) {                                                  \
            for (ptrdiff_t c = 0; c < columns; c += SUMS_IN_L1) {                                \
                const ptrdiff_t n = columns - c < SUMS_IN_L1 ? columns - c : SUMS_IN_L1;         \
                const ptrdiff_t at = c * (ptrdiff_t)sizeof(real);                                \
                for (ptrdiff_t k = r; k < RELU_FAST_STREAMS * apart; k += apart) {               \
                    name##_add_row(n, g + k * g_step + at, x + k * x_step + at, sums + c);       \
                }                                                                                \
            }                                                                                    \
        }                                                                                        \
        for (ptrdiff_t r = RELU_FAST_STREAMS * apart; r < rows; r++) {                           \
            name##_add_row(columns, g + r * g_step, x + r * x_step, sums);                       \
        }                                                                                        \
    }
#include "activations.h"
#undef ACTIVATION
#undef BACKWARD_FROM_RESULT
#undef ALPHA_DERIVATIVE

/* Steps of none, one, two and minus one element are worth a loop of their own:
 * with the step known, the compiler moves whole vectors and shuffles. */
static inline void copy_run(ptrdiff_t n, char *to, ptrdiff_t to_step, const char *from,
                            ptrdiff_t from_step)
{
    const ptrdiff_t size = sizeof(real);
    real *t = (real *)to;
    const real *f = (const real *)from;
    if (to_step == size && from_step == size) {
        memcpy(t, f, (size_t)(n * size));
    }
    else if (to_step == size && from_step == 0) {
        for (ptrdiff_t i = 0; i < n; i++) t[i] = *f;
    }
    else if (to_step == size && from_step == 2 * size) {
        for (ptrdiff_t i = 0; i < n; i++) t[i] = f[2 * i];
    }
    else if (to_step == size && from_step == -size) {
        for (ptrdiff_t i = 0; i < n; i++) t[i] = f[-i];
    }
    else {
#pragma GCC unroll 4
        for (ptrdiff_t i = 0; i < n; i++) {
            *(real *)(to + i * to_step) = *(const real *)(from + i * from_step);
        }
    }
}

/* A square of elements in 16-byte vectors: loaded along the columns of the
 * source, which run down, and stored along the rows. */
#define SQUARE (16 / (ptrdiff_t)sizeof(real))
typedef real vector __attribute__((vector_size(16)));

static inline void transpose_square(char *to, ptrdiff_t to_row, const char *from,
                                    ptrdiff_t from_column)
{
    vector in[SQUARE], out[SQUARE];
    for (int j = 0; j < SQUARE; j++) memcpy(&in[j], from + j * from_column, sizeof in[j]);
#if RELU_FAST_SINGLE
    vector low01 = __builtin_shufflevector(in[0], in[1], 0, 4, 1, 5);
    vector low23 = __builtin_shufflevector(in[2], in[3], 0, 4, 1, 5);
    vector high01 = __builtin_shufflevector(in[0], in[1], 2, 6, 3, 7);
    vector high23 = __builtin_shufflevector(in[2], in[3], 2, 6, 3, 7);
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

/* The inner loop goes along columns, unless these are few or the rows of the
 * source lie closer together: that is a transposed one. */
static void copy(ptrdiff_t rows, ptrdiff_t columns, char *to, ptrdiff_t to_row, ptrdiff_t to_column,
                 const char *from, ptrdiff_t from_row, ptrdiff_t from_column)
{
    const ptrdiff_t size = sizeof(real);
    const ptrdiff_t across = magnitude(from_row);
    const ptrdiff_t along = magnitude(from_column);
    int transposed = across && across < along;
    if (transposed && from_row == size && to_column == size) {
        transpose(rows, columns, to, to_row, from, from_column);
    }
    else if (transposed || (rows > columns && columns < 8)) {
        for (ptrdiff_t j = 0; j < columns; j++) {
            copy_run(rows, to + j * to_column, to_row, from + j * from_column, from_row);
        }
    }
    else {
        for (ptrdiff_t i = 0; i < rows; i++) {
            copy_run(columns, to + i * to_row, to_column, from + i * from_row, from_column);
        }
    }
}

typedef struct {
    ptrdiff_t n, to, from;
} loop;

static void gather_box(const ptrdiff_t *shape, void *to, const ptrdiff_t *to_steps,
                       const char *from, const ptrdiff_t *from_steps)
{
    const loop once = {1, 0, 0};
    loop loops[4] = {once, once, once, once}; /* innermost first: by the step in memory */
    int count = 0;
    for (int k = 0; k < 4; k++) {
        if (shape[k] == 1) continue;
        int at = count++;
        for (; at > 0 && magnitude(loops[at - 1].from) > magnitude(from_steps[k]); at--) {
            loops[at] = loops[at - 1];
        }
        loops[at] = (loop){shape[k], to_steps[k], from_steps[k]};
    }
    for (int k = count - 1; k > 0; k--) { /* two that are one */
        loop *in = &loops[k - 1], *out = &loops[k];
        if (out->from != in->n * in->from || out->to != in->n * in->to) continue;
        in->n *= out->n;
        for (int l = k; l < 3; l++) loops[l] = loops[l + 1];
        loops[3] = once;
    }
    const ptrdiff_t size = sizeof(real);
    /* Rows of the copy are the neighbours in memory, if these end up apart. */
    const loop in = loops[0], next = loops[1];
    for (ptrdiff_t i = 0; i < loops[3].n * loops[2].n; i++) {
        const ptrdiff_t a = i / loops[2].n, b = i % loops[2].n;
        const char *f = from + a * loops[3].from + b * loops[2].from;
        char *t = (char *)to + (a * loops[3].to + b * loops[2].to) * size;
        if (in.to != 1 && next.to == 1) {
            copy(in.n, next.n, t, in.to * size, size, f, in.from, next.from);
        }
        else {
            copy(next.n, in.n, t, next.to * size, in.to * size, f, next.from, in.from);
        }
    }
}

/* Non-temporal stores, the widest there are: four of 16 bytes instead of one of
 * 64 take 1.15 times as long (one thread, benchmarks/compare_peers.py). */
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

#define ENTRY_0(name, form) {SYMBOL(name##_##form##_uniform), SYMBOL(name##_##form##_uniform)}
#define ENTRY_1(name, form) {SYMBOL(name##_##form##_uniform), SYMBOL(name##_##form##_varying)}

const relu_fast_kernels SYMBOL(relu_fast_kernels) = {
    .copy = copy,
    .stream = stream,
    .finish_stream = finish_stream,
    .gather_box = gather_box,
    .loops =
        {
#define ACTIVATION(name, parameters, ...)                                               \
    [RELU_FAST_ID_##name][RELU_FAST_VALUE] = ENTRY_##parameters(name, value),           \
    [RELU_FAST_ID_##name][RELU_FAST_DERIVATIVE] = ENTRY_##parameters(name, derivative), \
    [RELU_FAST_ID_##name][RELU_FAST_BACKWARD] = ENTRY_##parameters(name, backward),
#define BACKWARD_FROM_RESULT(name, ...) \
    [RELU_FAST_ID_##name][RELU_FAST_BACKWARD_FROM_RESULT] = ENTRY_1(name, from_result),
#define ALPHA_DERIVATIVE(...)
#include "activations.h"
#undef ACTIVATION
#undef BACKWARD_FROM_RESULT
        },
#define ACTIVATION(...)
#define BACKWARD_FROM_RESULT(...)
#undef ALPHA_DERIVATIVE
#define ALPHA_DERIVATIVE(name, ...) [RELU_FAST_ID_##name] = SYMBOL(name##_row_sum),
    .row_sums =
        {
#include "activations.h"
        },
};
