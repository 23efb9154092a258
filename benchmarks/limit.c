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
