/* The last-level cache, and stores that go past it. */
#ifndef RELU_FAST_CACHE_H
#define RELU_FAST_CACHE_H

#include "relu_fast.h"

#include <string.h>

/* The bytes that stay in the last-level cache of this machine. */
ptrdiff_t relu_fast_cache_bytes(void);

/* Copies `bytes` from a buffer to memory that is not read soon: whole cache
 * lines are written without being read first. */
static inline void relu_fast_stream(char *to, const char *from, size_t bytes);

/* To be called by the thread that streamed, before others look. */
static inline void relu_fast_stream_end(void);

#if defined(__x86_64__)
#include <emmintrin.h>
#include <stdint.h>

static inline void relu_fast_stream(char *to, const char *from, size_t bytes)
{
    size_t head = -(uintptr_t)to & 63;
    if (head > bytes) head = bytes;
    memcpy(to, from, head);
    size_t lines = (bytes - head) / 64;
    to += head;
    from += head;
    for (; lines > 0; lines--, to += 64, from += 64) {
        for (int i = 0; i < 4; i++) {
            _mm_stream_si128((__m128i *)to + i, _mm_loadu_si128((const __m128i *)from + i));
        }
    }
    memcpy(to, from, (bytes - head) % 64);
}

static inline void relu_fast_stream_end(void)
{
    _mm_sfence();
}
#else
static inline void relu_fast_stream(char *to, const char *from, size_t bytes)
{
    memcpy(to, from, bytes);
}

static inline void relu_fast_stream_end(void) {}
#endif

#endif
