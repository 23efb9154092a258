/* What the machine allows: a plain AVX copy of the same arrays.  Built and
 * called by against_copy.py; no part of the package. */
#include <immintrin.h>
#include <stddef.h>
#include <string.h>

/* `bytes` is a multiple of 128. */
__attribute__((target("avx"))) void copy_avx(void *to, const void *from, ptrdiff_t bytes)
{
    for (ptrdiff_t i = 0; i < bytes; i += 128) {
        for (int part = 0; part < 128; part += 32) {
            const float *source = (const float *)((const char *)from + i + part);
            _mm256_storeu_ps((float *)((char *)to + i + part), _mm256_loadu_ps(source));
        }
    }
}

/* A chain of dependent multiplications: 4 cycles each on the CPUs since 2016. */
double dependent_chain(ptrdiff_t length)
{
    double x = 1.0;
    for (ptrdiff_t i = 0; i < length; i++) {
        x *= 1.0000000001;
        __asm__ volatile("" : "+x"(x));
    }
    return x;
}
