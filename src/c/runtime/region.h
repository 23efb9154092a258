/* The OpenMP region whose threads are the team (region.c). */
#ifndef RELU_FAST_REGION_H
#define RELU_FAST_REGION_H

/* Has the region opened with `threads` threads, the caller of a job counted as one, unless
 * it has as many.  Returns at once: the members come when they come. */
void relu_fast_region_request(int threads);

/* Whether calls made now from this thread may have other threads: not in a child process
 * after a fork, nor in a parallel region of the same OpenMP runtime, nor in a build without
 * OpenMP. */
int relu_fast_region_is_possible(void);
/* How many of `threads` they can have: fewer where OpenMP gave fewer when last asked. */
int relu_fast_region_limit(int threads);

/* Whether OpenMP binds threads to places. */
int relu_fast_region_binds(void);

/* Implemented by the team.  What member `number`, 1, 2, ..., does in the region: returns
 * once all members are dismissed. */
void relu_fast_team_serve(int number);
/* Asks members 1 to `count` to return. */
void relu_fast_team_dismiss(int count);
/* Before the region opens again. */
void relu_fast_team_readmit(void);

/* Reads what the environment says of OpenMP's threads, as OpenMP itself has. */
void relu_fast_region_init(void);

#endif
