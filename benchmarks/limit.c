/* What the machine allows: plain AVX loops that only move memory.  Compiled and
 * called by compare_peers.py; no part of the package. */
#include <immintrin.h>
#include <stddef.h>
#include <time.h>

typedef void Loop(float *to, const float *a, const float *b, ptrdiff_t length);

/* `length` is a multiple of 32, and for a streaming store `to` of 32 bytes. */
#define LOOP(name, value, store)                                                               \
    __attribute__((target("avx"))) static void name(float *to, const float *a, const float *b, \
                                                    ptrdiff_t length)                          \
    {                                                                                          \
        (void)b;                                                                               \
        for (ptrdiff_t block = 0; block < length; block += 32) {                               \
            for (ptrdiff_t i = block; i < block + 32; i += 8) {                                \
                store(to + i, value);                                                          \
            }                                                                                  \
        }                                                                                      \
        _mm_sfence();                                                                          \
    }

#define COPY _mm256_loadu_ps(a + i)
#define UPDATE _mm256_max_ps(_mm256_loadu_ps(to + i), _mm256_setzero_ps())
#define COMBINE _mm256_and_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i))

LOOP(copy, COPY, _mm256_storeu_ps)
LOOP(copy_streaming, COPY, _mm256_stream_ps)
LOOP(update, UPDATE, _mm256_storeu_ps)
LOOP(update_streaming, UPDATE, _mm256_stream_ps)
LOOP(combine, COMBINE, _mm256_storeu_ps)
LOOP(combine_streaming, COMBINE, _mm256_stream_ps)

static Loop *const LOOPS[][2] = {
    {copy, copy_streaming},       /* out of place */
    {update, update_streaming},   /* in place */
    {combine, combine_streaming}, /* backward: two arrays in, one out */
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The time of all repeats.  A short rest that does not fill the threads' blocks is left:
 * at most 0.6 % of 10,000 floats on two threads. */
double move(int kind, int streaming, int threads, ptrdiff_t repeats, float *to, const float *a,
            const float *b, ptrdiff_t bytes)
{
    Loop *loop = LOOPS[kind][streaming];
    ptrdiff_t part = bytes / 128 / threads * 32;
    double start = seconds();
    for (ptrdiff_t repeat = 0; repeat < repeats; repeat++) {
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
        for (int thread = 0; thread < threads; thread++) {
            ptrdiff_t first = thread * part;
            loop(to + first, a + first, b + first, part);
        }
    }
    return seconds() - start;
}

/* A chain of dependent integer multiplications: 3 cycles each on every x86-64
 * CPU since 2011. */
unsigned long dependent_chain(ptrdiff_t length)
{
    unsigned long x = 1;
    for (ptrdiff_t i = 0; i < length; i++) {
        __asm__ volatile("imul %0, %0" : "+r"(x));
    }
    return x;
}
