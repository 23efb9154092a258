/* Running one piece of work on several threads (team.c). */
#ifndef RELU_FAST_TEAM_H
#define RELU_FAST_TEAM_H

#include <stddef.h>

/* Calls work(context, begin, end) for pieces that together make 0..count, on
 * as many threads as the work is worth.  `nanoseconds`: about what all of it
 * takes one thread. */
void relu_fast_parallel(long long nanoseconds, ptrdiff_t count,
                        void (*work)(void *context, ptrdiff_t begin, ptrdiff_t end), void *context);

/* What moving a byte takes one thread from the third-level cache on, and the size of arrays
 * that a second-level cache does not hold.  relu of 3 * 10^5 to 10^6 float32 numbers, which
 * reads and writes 8 bytes for each, takes 15 to 16 a byte
 * (benchmarks/compare_threads.py, loop). */
#define PICOSECONDS_A_BYTE 16
#define UNCACHED_BYTES ((long long)1 << 20)

/* The time of elements that take so much to compute and so many bytes each. */
static inline long long relu_fast_nanoseconds(int picoseconds, ptrdiff_t elements, ptrdiff_t bytes)
{
    const long long moving = bytes * PICOSECONDS_A_BYTE, computing = picoseconds;
    const int is_moving = moving > computing && elements * bytes > UNCACHED_BYTES;
    return elements * (is_moving ? moving : computing) / 1000;
}

#endif
