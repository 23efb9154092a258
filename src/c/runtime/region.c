/* One OpenMP region, opened by a thread of ours and kept, whose members are the team.
 *
 * So OpenMP decides what threads are like and where they lie (OMP_PROC_BIND, OMP_PLACES,
 * OMP_STACKSIZE, OMP_DYNAMIC, OMP_THREAD_LIMIT), but no call of ours opens or ends a region:
 * a region per call stalls for milliseconds while the spinning threads of a BLAS have the
 * CPUs (docs/inside/design.md).  The region has a thread more than there are members: one that
 * lies where the caller does stands in for it, and sleeps, so that members lie where they
 * would in a region of the caller's own.  For a larger team the region ends and is opened
 * again.
 *
 * libgomp ends the process where a thread cannot be created.  So, before the region is
 * opened, as many plain threads with as large stacks as it will need are created and joined;
 * where one cannot be had, the region is that much smaller. */
#if defined(__linux__)
#define _GNU_SOURCE /* names of threads, affinity */
#include <sched.h>
#include <unistd.h>
#endif
#include "region.h"

#include "../include/relu_fast.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef _OPENMP
#include <omp.h>

/* Enough for the leader, who computes nothing, and for what OpenMP does in its name. */
#define LEADER_STACK ((size_t)256 << 10)
/* Enough for members: the buffers of a tile are 24 KiB, and with 48 KiB every function works
 * (tests/threads/test_stacks.py). */
#define MEMBER_STACK ((size_t)64 << 10)
/* What OpenMP may allocate beside stacks when it opens a region; about 1 KiB a thread. */
#define RESERVE ((size_t)1 << 20)
/* Names of threads, for debuggers and profilers. */
#define LEADER "relu_fast lead"
#define MEMBER "relu_fast"
/* A team that came out smaller than asked for is asked for again after this. */
#define RETRY_SECONDS 1

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_t leader;
    int has_leader, ends;
    int requests, handled; /* their numbers */
    /* Threads, the caller included: as asked for, and as there are. */
    atomic_int asked, size;
    atomic_int is_settled; /* no request is on its way */
    atomic_llong asked_at;
    int caller_place; /* in OpenMP's list; -1: the caller is not bound */
} region = {
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .changed = PTHREAD_COND_INITIALIZER,
    .asked = 1,
    .size = 1,
    .is_settled = 1,
};
static atomic_int forked;
static size_t stack_size; /* of members; 0: the system's default */

static long long seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* ---- Whether there can be threads ---------------------------------------- */

/* Bytes, according to a value of OMP_STACKSIZE: a number and B, K (the default), M or G. */
static size_t parse_size(const char *text)
{
    char *rest;
    const unsigned long long number = strtoull(text, &rest, 10);
    if (rest == text) return 0;
    rest += strspn(rest, " \t");
    const char unit = *rest ? *rest : 'K';
    const char *const units = "bBkKmMgG", *const found = strchr(units, unit);
    if (!found) return 0;
    const int shift = 10 * (int)((found - units) / 2);
    return number > SIZE_MAX >> shift ? 0 : (size_t)number << shift;
}

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t counted;
    int done;
} gate;

static void *wait_at(void *argument)
{
    gate *g = argument;
    pthread_mutex_lock(&g->mutex);
    while (!g->done) pthread_cond_wait(&g->counted, &g->mutex);
    pthread_mutex_unlock(&g->mutex);
    return NULL;
}

/* How many of `wanted` threads can be had at once. */
static int count_possible(int wanted)
{
    if (wanted <= 0) return 0;
    gate g = {.mutex = PTHREAD_MUTEX_INITIALIZER, .counted = PTHREAD_COND_INITIALIZER};
    pthread_t *threads = malloc((size_t)wanted * sizeof *threads);
    void *reserve = malloc(RESERVE);
    pthread_attr_t attributes;
    int count = 0;
    if (threads && reserve && !pthread_attr_init(&attributes)) {
        /* What the system refuses, OpenMP ignores. */
        if (stack_size) pthread_attr_setstacksize(&attributes, stack_size);
        while (count < wanted && !pthread_create(&threads[count], &attributes, wait_at, &g)) {
            count++;
        }
        pthread_attr_destroy(&attributes);
    }
    pthread_mutex_lock(&g.mutex);
    g.done = 1;
    pthread_cond_broadcast(&g.counted);
    pthread_mutex_unlock(&g.mutex);
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
    /* Linux still counts a joined thread against the user's limit for a moment. */
    if (count && count < wanted) nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    free(reserve);
    free(threads);
    return count;
}

/* ---- The leader ---------------------------------------------------------- */

static void settle(int size)
{
    atomic_store(&region.size, size);
    atomic_store(&region.is_settled, region.handled == region.requests);
}

/* Waits until more threads than `size` are asked for and can be had; how many that are, or 0
 * at the end.  Threads of a region that has ended stay with OpenMP for its next one, so that
 * only the further ones are created, and a team that cannot grow goes on as it is. */
static int wait_for_larger(int size)
{
    int larger = size;
    pthread_mutex_lock(&region.mutex);
    while (larger <= size) {
        settle(size);
        while (region.handled == region.requests && !region.ends) {
            pthread_cond_wait(&region.changed, &region.mutex);
        }
        if (region.ends) break;
        region.handled = region.requests;
        const int asked = atomic_load(&region.asked);
        pthread_mutex_unlock(&region.mutex);
        larger = size + count_possible(asked - size);
        pthread_mutex_lock(&region.mutex);
    }
    pthread_mutex_unlock(&region.mutex);
    return larger > size ? larger : 0;
}

static void set_name(pthread_t thread, const char *name)
{
#if defined(__linux__)
    pthread_setname_np(thread, name);
#else
    (void)thread;
    (void)name;
#endif
}

/* The team computes for all callers, so it must not stay on the CPUs of the one that came first. */
static void run_where_the_process_may(void)
{
#if defined(__linux__)
    cpu_set_t allowed, own;
    const size_t size = sizeof own;
    if (relu_fast_region_binds()) return;
    if (sched_getaffinity(getpid(), size, &allowed) || sched_getaffinity(0, size, &own)) return;
    /* Only if they differ, because a mask that was set does not grow with the process's cpuset. */
    if (!CPU_EQUAL(&own, &allowed)) sched_setaffinity(0, size, &allowed);
#endif
}

/* Returns the size of the region to come, or 0 at the end. */
static int open_region(int threads)
{
    pthread_mutex_lock(&region.mutex);
    const int caller_place = region.caller_place;
    pthread_mutex_unlock(&region.mutex);
    /* The first thread at the caller's place.  libgomp has the region's thread 0 there, libomp
     * another one. */
    atomic_int sleeper = threads;
    int next = 0;
#pragma omp parallel num_threads(threads)
    {
        const int number = omp_get_thread_num(), size = omp_get_num_threads();
        if (omp_get_place_num() == caller_place) {
            int first = atomic_load(&sleeper);
            while (number < first && !atomic_compare_exchange_weak(&sleeper, &first, number)) {
            }
        }
#pragma omp barrier
        const int found = atomic_load(&sleeper), chosen = found < size ? found : 0;
        if (number == chosen) {
            set_name(pthread_self(), LEADER);
            next = wait_for_larger(size);
            relu_fast_team_dismiss(size - 1);
        }
        else {
            set_name(pthread_self(), MEMBER);
            relu_fast_team_serve(number < chosen ? number + 1 : number);
        }
    }
    relu_fast_team_readmit();
    return next;
}

static void *lead(void *unused)
{
    (void)unused;
    run_where_the_process_may();
    for (int size = wait_for_larger(1); size; size = open_region(size)) {
    }
    return NULL;
}

/* Signals are blocked in threads of ours, and in those that they make, because they are for the
 * program's own; but for those that an instruction raises, which end a program that blocks them
 * whatever handler it has. */
static int start_leader(void)
{
    static const int raised[] = {SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP};
    pthread_attr_t attributes;
    sigset_t blocked, before;
    if (pthread_attr_init(&attributes)) return 0;
    pthread_attr_setstacksize(&attributes, LEADER_STACK);
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof raised / sizeof *raised; i++) sigdelset(&blocked, raised[i]);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    const int failed = pthread_create(&region.leader, &attributes, lead, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (!failed) set_name(region.leader, LEADER);
    return !failed;
}

/* ---- The callers --------------------------------------------------------- */

/* Threads do not survive a fork. */
static void after_fork_in_child(void)
{
    atomic_store(&forked, 1);
}

void relu_fast_region_init(void)
{
    static const char *const names[] = {"KMP_STACKSIZE", "OMP_STACKSIZE", "GOMP_STACKSIZE"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !stack_size; i++) {
        const char *text = getenv(names[i]);
        if (text) stack_size = parse_size(text);
    }
    pthread_atfork(NULL, NULL, after_fork_in_child);
}

void relu_fast_region_request(int threads)
{
    const int asked = atomic_load(&region.asked);
    if (threads <= atomic_load(&region.size)) return;
    if (threads <= asked && seconds() - atomic_load(&region.asked_at) < RETRY_SECONDS) return;
    pthread_mutex_lock(&region.mutex);
    atomic_store(&region.is_settled, 0);
    atomic_store(&region.asked_at, seconds());
    atomic_store(&region.asked, threads > asked ? threads : asked);
    region.caller_place = omp_get_place_num();
    if (!region.has_leader) region.has_leader = start_leader();
    if (region.has_leader) {
        region.requests++;
        pthread_cond_signal(&region.changed);
    }
    else {
        atomic_store(&region.is_settled, 1);
    }
    pthread_mutex_unlock(&region.mutex);
}

int relu_fast_region_binds(void)
{
    return omp_get_proc_bind() != omp_proc_bind_false;
}

int relu_fast_region_is_possible(void)
{
    const int has_room = !stack_size || stack_size >= MEMBER_STACK;
    return has_room && !atomic_load(&forked) && !omp_in_parallel();
}

int relu_fast_region_limit(int threads)
{
    if (!relu_fast_region_is_possible()) return 1;
    const int size = atomic_load(&region.size);
    const int is_refused = atomic_load(&region.is_settled) && size < atomic_load(&region.asked);
    return is_refused && size < threads ? size : threads;
}

void relu_fast_shutdown(void)
{
    if (atomic_load(&forked)) return;
    pthread_mutex_lock(&region.mutex);
    const int had_leader = region.has_leader;
    region.has_leader = 0;
    region.ends = 1;
    pthread_cond_signal(&region.changed);
    pthread_mutex_unlock(&region.mutex);
    if (had_leader) pthread_join(region.leader, NULL);
    region.ends = 0;
    region.handled = region.requests;
    atomic_store(&region.asked, 1);
    settle(1);
}
#else
void relu_fast_region_init(void)
{
}

void relu_fast_region_request(int threads)
{
    (void)threads;
}

int relu_fast_region_binds(void)
{
    return 0;
}

int relu_fast_region_is_possible(void)
{
    return 0;
}

int relu_fast_region_limit(int threads)
{
    (void)threads;
    return 1;
}

void relu_fast_shutdown(void)
{
}
#endif
