/* How many threads a call may use (thread_limit.c). */
#ifndef RELU_FAST_THREAD_LIMIT_H
#define RELU_FAST_THREAD_LIMIT_H

/* What the process may use, according to settings and the machine, whether or not OpenMP
 * can give as many. */
int relu_fast_wanted_threads(void);

#endif
