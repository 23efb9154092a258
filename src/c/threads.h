/* Running one piece of work on several threads (workers.c). */
#ifndef RELU_FAST_THREADS_H
#define RELU_FAST_THREADS_H

#include "relu_fast.h"

/* Calls work(context, begin, end) for pieces that together make 0..count, on
 * as many threads as the work is worth.  `nanoseconds`: about what all of it
 * takes one thread. */
void relu_fast_parallel(long long nanoseconds, ptrdiff_t count,
                        void (*work)(void *context, ptrdiff_t begin, ptrdiff_t end), void *context);

/* The time of an operation of this cost that writes so many bytes. */
long long relu_fast_nanoseconds(enum relu_fast_cost cost, ptrdiff_t bytes);

#endif
