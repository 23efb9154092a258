/* The team: threads that run the pieces of one job at a time.
 *
 * The threads are the members of one OpenMP region (region.c).  How they wait for work, and
 * who waits for whom, is decided here, because libgomp's waiting does not suit microsecond
 * calls: its idle threads spin for milliseconds, and a region ends only when every thread
 * of it has been there.  On two cores, beside the spinning threads of a BLAS, relu took
 * 3.8 to 7 ms that way instead of 10 microseconds (benchmarks/bench_threads.py,
 * TwoAgainstOne).  Here
 *
 * - idle members spin for SPIN, then park;
 * - nobody waits for a member that has not come: each thread starts with pieces
 *   of its own part of the job, always the same part, so that its core's cache
 *   knows the data, and then steals work from the others' parts.  The caller
 *   computes everything itself if no member comes in time;
 * - parked members are woken only for a job that is worth it, each by the one before it in
 *   a binary tree, because waking one takes as long as a small job.
 */
#include "team.h"

#include "../include/relu_fast.h"
#include "placement.h"
#include "region.h"
#include "thread_limit.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Nanoseconds, set according to benchmarks/bench_threads.py on two virtual Zen 4 cores, where
 * handing a job to a spinning member takes 0.1 microseconds, and waking a parked one costs
 * the waker 5 to 12. */

/* The least work for each thread when the members are awake.  According to it, 8192
 * elements are always serial. */
#define PER_THREAD 2100
/* The least work that is taken at once, because taking it costs about 10; and the number
 * of pieces that larger work is cut into, so that no thread waits long for the last. */
#define PIECE 400
#define PIECES 32
/* The least work for which parked members are woken: waking them takes a tenth of it,
 * which is lost where every core is busy.  The work of one job counts, or that of a loop
 * of jobs since the members were last woken. */
#define WAKE 100000
/* How long a member waits for the next job before it parks, and a caller for
 * the last member.  Calls that follow each other faster than this are a loop. */
#define SPIN 50000
/* A member that loses its CPU in the middle of a piece makes the caller wait for the
 * member's next time slice, which is 1 to 4 ms away.  After a wait that long, jobs do
 * without members for QUIET times as long, if they end by then; twice as long as the last
 * time where that is at most SOON times as long ago, and LONGEST_QUIET at most.  Shorter
 * waits mean nothing: interrupts and migrations cause them on a quiet machine, too.
 * SOON, and not only the next one: beside another process that computes, some jobs go well
 * between two such waits (benchmarks/compare_threads.py, processes: 0.93 instead of 0.87 of
 * one thread).  Longer quiet would be bad luck for a loop on a quiet machine. */
#define LOST_SLICE 1000000
#define QUIET 8
#define SOON 4
#define LONGEST_QUIET 100000000
/* Callers that compute at the same time have a CPU each before anybody has a second one; for
 * so long after they were last seen together. */
#define TOGETHER 10000000

/* Members of so small a team are kept away from their waker's CPU (placement.c); for more there
 * are enough CPUs for the kernel to find an idle one. */
#define FEW 8

#define CACHE_LINE 128 /* two lines: the prefetcher fetches them in pairs */

/* A thread's place in the team; the caller's is the first. */
typedef struct {
    /* What the thread starts with of the job: next..end. */
    alignas(CACHE_LINE) _Atomic ptrdiff_t next;
    ptrdiff_t end;
    alignas(CACHE_LINE) atomic_int is_parked;
    pthread_mutex_t mutex;
    pthread_cond_t woken;
    placement where;
} place;

enum { OPEN = 1 << 30, CALLER_SLEEPS = 1 << 29, INSIDE = CALLER_SLEEPS - 1 };

static struct {
    atomic_flag taken; /* by the caller whose job this is */
    /* The job. */
    void (*work)(void *context, ptrdiff_t begin, ptrdiff_t end);
    void *context;
    ptrdiff_t piece;
    int threads, wakes;
    place *places; /* never moved, because members park in them */
    int capacity;  /* of them */

    /* Written by the caller to start a job. */
    alignas(CACHE_LINE) atomic_uint generation;
    /* Whether the job may still be joined, and the number of members in it. */
    alignas(CACHE_LINE) atomic_int state;
    alignas(CACHE_LINE) atomic_int awake;
    atomic_int is_dismissed;
    pthread_mutex_t mutex; /* for `left` */
    pthread_cond_t left;
    /* Callers with work for a team: now, and at the most, until when that counts. */
    alignas(CACHE_LINE) atomic_int callers;
    atomic_int together;
    atomic_llong together_until;

    /* Times: of the last job, when members were woken, and see QUIET. */
    long long ended, woken, quiet, quiet_until;
} team = {
    .taken = ATOMIC_FLAG_INIT,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .left = PTHREAD_COND_INITIALIZER,
};

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Waits for SPIN at most until `happened` returns true; returns whether it did. */
static inline int spin(int (*happened)(unsigned), unsigned argument)
{
    long long began = 0;
    for (int i = 1;; i++) {
        if (happened(argument)) return 1;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("isb");
#endif
        if (i % 16) continue; /* the clock takes as long as a pause */
        long long time = now();
        if (!began) began = time;
        if (time - began >= SPIN) return 0;
    }
}

/* Takes pieces of its own part, then steals from the others', until none is left. */
static void take_pieces(int own)
{
    for (int i = 0; i < team.threads; i++) {
        place *p = &team.places[(own + i) % team.threads];
        /* Looked at first, because looking does not take the cache line from the others. */
        while (atomic_load_explicit(&p->next, memory_order_relaxed) < p->end) {
            ptrdiff_t begin = atomic_fetch_add_explicit(&p->next, team.piece, memory_order_relaxed);
            if (begin >= p->end) break;
            ptrdiff_t end = begin + team.piece;
            team.work(team.context, begin, end < p->end ? end : p->end);
        }
    }
}

/* ---- Parking and waking -------------------------------------------------- */

static int has_job(unsigned seen)
{
    return atomic_load(&team.generation) != seen;
}

static void park(place *p, unsigned seen)
{
    atomic_fetch_sub(&team.awake, 1);
    pthread_mutex_lock(&p->mutex);
    atomic_store(&p->is_parked, 1);
    while (!has_job(seen)) pthread_cond_wait(&p->woken, &p->mutex);
    atomic_store(&p->is_parked, 0);
    relu_fast_run_anywhere(&p->where);
    pthread_mutex_unlock(&p->mutex);
    atomic_fetch_add(&team.awake, 1);
}

/* After `generation` has changed: either the member sees that before it parks, or it is
 * seen to be parked here.  `elsewhere`: not on this CPU. */
static void wake(int number, int elsewhere)
{
    place *p = &team.places[number];
    if (!atomic_load(&p->is_parked)) return;
    pthread_mutex_lock(&p->mutex);
    if (elsewhere) relu_fast_keep_away_from_own_cpu(&p->where);
    pthread_cond_signal(&p->woken);
    pthread_mutex_unlock(&p->mutex);
}

static void wake_next(int own)
{
    const int elsewhere = team.threads <= FEW && !relu_fast_region_binds();
    for (int i = 2 * own + 1; i <= 2 * own + 2 && i < team.threads; i++) wake(i, elsewhere);
}

/* ---- A member ------------------------------------------------------------ */

static void leave(void)
{
    if (atomic_fetch_sub(&team.state, 1) - 1 == CALLER_SLEEPS) {
        pthread_mutex_lock(&team.mutex);
        pthread_cond_signal(&team.left);
        pthread_mutex_unlock(&team.mutex);
    }
}

void relu_fast_team_serve(int number)
{
    place *p = &team.places[number];
    relu_fast_note_thread(&p->where);
    atomic_fetch_add(&team.awake, 1);
    for (unsigned seen = 0; !atomic_load(&team.is_dismissed);) {
        if (!spin(has_job, seen)) park(p, seen);
        seen = atomic_load(&team.generation);
        int state = atomic_fetch_add(&team.state, 1);
        if (state & OPEN && (state & INSIDE) < team.threads - 1) {
            if (team.wakes) wake_next(number);
            take_pieces(number % team.threads);
        }
        leave();
    }
    atomic_fetch_sub(&team.awake, 1);
}

void relu_fast_team_dismiss(int count)
{
    atomic_store(&team.is_dismissed, 1);
    atomic_fetch_add(&team.generation, 1);
    for (int i = 1; i <= count; i++) wake(i, 0);
}

void relu_fast_team_readmit(void)
{
    atomic_store(&team.is_dismissed, 0);
}

/* ---- The caller ---------------------------------------------------------- */

/* Places for as many threads as users can ask for, and more for tests; returns whether there
 * are. */
static int make_places(void)
{
    if (team.places) return 1;
    const int most = relu_fast_max_threads(), capacity = most < 64 ? 64 : most;
    place *places = aligned_alloc(CACHE_LINE, (size_t)capacity * sizeof *places);
    if (!places) return 0;
    memset(places, 0, (size_t)capacity * sizeof *places);
    for (int i = 0; i < capacity; i++) {
        pthread_mutex_init(&places[i].mutex, NULL);
        pthread_cond_init(&places[i].woken, NULL);
    }
    team.places = places;
    team.capacity = capacity;
    return 1;
}

static int all_left(unsigned unused)
{
    (void)unused;
    return !(atomic_load_explicit(&team.state, memory_order_acquire) & INSIDE);
}

static void wait_for_members(void)
{
    atomic_fetch_and(&team.state, ~OPEN);
    if (spin(all_left, 0)) return;
    const long long began = now();
    pthread_mutex_lock(&team.mutex);
    atomic_fetch_or(&team.state, CALLER_SLEEPS);
    while (!all_left(0)) pthread_cond_wait(&team.left, &team.mutex);
    atomic_fetch_and(&team.state, ~CALLER_SLEEPS);
    pthread_mutex_unlock(&team.mutex);
    const long long time = now(), waited = time - began;
    if (waited < LOST_SLICE) return;
    const int is_soon = time - team.quiet_until < SOON * team.quiet;
    team.quiet = is_soon ? 2 * team.quiet : QUIET * waited;
    if (team.quiet > LONGEST_QUIET) team.quiet = LONGEST_QUIET;
    team.quiet_until = time + team.quiet;
}

/* How many threads take part in a job that is worth `worth` of them, if there may be `most`
 * in the process; 1 if more than one is not worth it. */
static int choose_threads(int most, long long worth, long long nanoseconds)
{
    const long long time = now();
    const int awake = atomic_load(&team.awake);
    team.wakes = 0;
    if (time + nanoseconds < team.quiet_until) return 1;
    if (time < atomic_load(&team.together_until)) most -= atomic_load(&team.together) - 1;
    if (most > team.capacity) most = team.capacity;
    const int wanted = worth < most ? (int)worth : most;
    if (wanted < 2) return 1;
    if (awake < wanted - 1) {
        const int in_loop = time - team.ended < SPIN;
        team.wakes = nanoseconds >= WAKE || (in_loop && time - team.woken >= WAKE);
    }
    if (team.wakes) {
        team.woken = time;
        relu_fast_region_request(wanted);
        return relu_fast_region_limit(wanted);
    }
    return awake + 1 < wanted ? awake + 1 : wanted;
}

/* With the team taken. */
static void run_job(int most, long long nanoseconds, ptrdiff_t count,
                    void (*work)(void *context, ptrdiff_t begin, ptrdiff_t end), void *context)
{
    const long long worth = nanoseconds / PER_THREAD < count ? nanoseconds / PER_THREAD : count;
    const int threads = make_places() ? choose_threads(most, worth, nanoseconds) : 1;
    if (threads < 2) {
        work(context, 0, count);
        return;
    }
    long long pieces = nanoseconds / PIECE;
    if (pieces > PIECES * threads) pieces = PIECES * threads;
    for (int i = 0; i < threads; i++) {
        place *p = &team.places[i];
        atomic_store_explicit(&p->next, count / threads * i, memory_order_relaxed);
        p->end = i + 1 < threads ? count / threads * (i + 1) : count;
    }
    team.work = work;
    team.context = context;
    team.piece = count / pieces + 1;
    team.threads = threads;
    atomic_fetch_or(&team.state, OPEN);
    atomic_fetch_add(&team.generation, 1);
    if (team.wakes) wake_next(0);
    take_pieces(0);
    wait_for_members();
}

static void run_together(long long nanoseconds, ptrdiff_t count,
                         void (*work)(void *context, ptrdiff_t begin, ptrdiff_t end), void *context)
{
    const int most = relu_fast_region_is_possible() ? relu_fast_wanted_threads() : 1;
    if (most < 2) {
        work(context, 0, count);
        return;
    }
    const int callers = atomic_fetch_add(&team.callers, 1) + 1;
    if (callers > 1) {
        atomic_store(&team.together, callers);
        atomic_store(&team.together_until, now() + TOGETHER);
    }
    /* One job at a time: where several Python threads compute at once, the
     * cores have enough to do. */
    if (atomic_flag_test_and_set_explicit(&team.taken, memory_order_acquire)) {
        work(context, 0, count);
    }
    else {
        run_job(most, nanoseconds, count, work, context);
        team.ended = now();
        atomic_flag_clear_explicit(&team.taken, memory_order_release);
    }
    atomic_fetch_sub(&team.callers, 1);
}

void relu_fast_parallel(long long nanoseconds, ptrdiff_t count,
                        void (*work)(void *context, ptrdiff_t begin, ptrdiff_t end), void *context)
{
    int before;
    if (nanoseconds < 2 * PER_THREAD || count < 2) {
        work(context, 0, count);
        return;
    }
    /* A caller that is cancelled meanwhile would keep the team, whose members use its stack. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    run_together(nanoseconds, count, work, context);
    pthread_setcancelstate(before, &before);
}
