/* Running one piece of work on several threads. */
#ifndef RELU_FAST_THREADS_H
#define RELU_FAST_THREADS_H

#include "relu_fast.h"

/* How many threads `elements` elements of this cost are worth. */
int relu_fast_threads_for(enum relu_fast_cost cost, ptrdiff_t elements);

/* Calls work(context, part, parts) for each part, on up to `threads` threads;
 * `parts` may be fewer. */
void relu_fast_parallel(int threads, void (*work)(void *context, int part, int parts),
                        void *context);

#endif
