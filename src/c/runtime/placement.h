/* Where a member of the team runs when it is woken (placement.c). */
#ifndef RELU_FAST_PLACEMENT_H
#define RELU_FAST_PLACEMENT_H

#if defined(__linux__)
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* cpu_set_t */
#endif
#include <sched.h>

typedef struct {
    pid_t thread;
    int is_kept_away;
    cpu_set_t allowed; /* otherwise */
} placement;
#else
typedef struct {
    int unused;
} placement;
#endif

/* By the member, before it waits. */
void relu_fast_note_thread(placement *p);
/* By the thread that wakes the member: not on the CPU of the caller of this. */
void relu_fast_keep_away_from_own_cpu(placement *p);
/* By the member, once it runs. */
void relu_fast_run_anywhere(placement *p);

#endif
