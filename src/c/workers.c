/* A pool of threads that run the pieces of one job at a time.
 *
 * Not OpenMP's parallel regions, because they wait wrongly for calls of
 * microseconds: libgomp's idle workers spin for milliseconds, and a region ends
 * only when every thread of the team has been there.  On two cores, beside the
 * spinning threads of a BLAS, relu took 3.8 to 7 ms on such a team instead of
 * 10 microseconds (benchmarks/bench_threads.py, TwoAgainstOne).  Here
 *
 * - idle workers spin for SPIN, then park;
 * - nobody waits for a worker that has not come: each thread starts with pieces
 *   of its own part of the job, always the same part, so that its core's cache
 *   knows the data, and then takes pieces of the others' parts.  The caller
 *   computes everything itself if no worker comes in time;
 * - parked workers are woken only for a job that is worth it.
 */
#if defined(__linux__)
#define _GNU_SOURCE /* CPU affinity, names of threads */
#endif
#include "threads.h"

#include <pthread.h>
#if defined(__linux__)
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* Nanoseconds.  All are set by benchmarks/bench_threads.py on two virtual Zen 4
 * cores, where handing a job to a spinning worker takes 0.1 microseconds, and
 * waking a parked one costs the caller 5 to 12. */

/* The least work for each thread when the workers are awake.  By it 8192
 * elements are always serial. */
#define PER_THREAD 2100
/* The least work that is taken at once, for taking it costs about 10; and in how
 * many pieces more work is taken, so that no thread waits long for the last. */
#define PIECE 400
#define PIECES 32
/* The least work for which parked workers are woken: the waking is a tenth of
 * it, which is what it may lose where every core is busy.  That is one job, or
 * what has been done in a loop since they were woken last. */
#define WAKE 100000
/* How long a worker waits for the next job before it parks, and a caller for
 * the last worker.  Calls that follow each other faster than this are a loop. */
#define SPIN 50000
/* A worker that loses its CPU in the middle of a piece makes the caller wait for
 * its next time slice.  After such a wait jobs do without workers for so many
 * times as long, if they are done by then.  On two CPUs, one of them busy, two
 * threads took 1.4 times as long as one without this. */
#define QUIET 8
#define CACHE_LINE 128 /* two lines: the prefetcher fetches them in pairs */

/* A part of the job, the own part of one thread: the pieces next..end. */
typedef struct {
    alignas(CACHE_LINE) _Atomic ptrdiff_t next;
    ptrdiff_t end;
} part;

typedef struct worker {
    struct worker *next;
    int number;
    int is_parked;
#if defined(__linux__)
    pid_t thread;
    int is_kept_away;
    cpu_set_t allowed; /* otherwise */
#endif
} worker;

enum { OPEN = 1 << 30, CALLER_SLEEPS = 1 << 29, INSIDE = CALLER_SLEEPS - 1 };

static struct {
    atomic_flag taken; /* by the caller whose job this is */
    /* The job. */
    void (*work)(void *context, ptrdiff_t begin, ptrdiff_t end);
    void *context;
    ptrdiff_t piece;
    int threads;
    part *parts;
    int capacity;
    int workers;
    worker *first;

    /* Written by the caller to start a job. */
    alignas(CACHE_LINE) atomic_uint generation;
    /* Whether the job may still be joined, and the number of workers in it. */
    alignas(CACHE_LINE) atomic_int state;
    alignas(CACHE_LINE) atomic_int awake, parked;
    pthread_mutex_t mutex; /* for the two conditions, and what workers are at */
    pthread_cond_t started, left;

    /* Times: of the last job, when workers were woken, and see QUIET. */
    long long ended, woken, quiet_until;
} pool = {
    .taken = ATOMIC_FLAG_INIT,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .started = PTHREAD_COND_INITIALIZER,
    .left = PTHREAD_COND_INITIALIZER,
};

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Looks for what may `happen` for as long as SPIN; returns whether it did. */
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

/* Pieces of the own part, then of the others', until none is left. */
static void take_pieces(int own)
{
    for (int i = 0; i < pool.threads; i++) {
        part *p = &pool.parts[(own + i) % pool.threads];
        for (;;) {
            ptrdiff_t begin = atomic_fetch_add_explicit(&p->next, pool.piece, memory_order_relaxed);
            if (begin >= p->end) break;
            ptrdiff_t end = begin + pool.piece;
            pool.work(pool.context, begin, end < p->end ? end : p->end);
        }
    }
}

/* ---- Where a worker runs ------------------------------------------------- */

/* The kernel may wake a thread on the CPU of the one that wakes it, where it waits
 * for a time slice, for milliseconds, while another CPU is idle: on two virtual
 * CPUs, Linux 6.18, every second time.  So while it is woken, a worker may run
 * on any CPU but that of the caller.  Where there are many workers, there are
 * CPUs enough for the kernel to find an idle one. */
#define FEW 8
#if defined(__linux__)
static int without_own_cpu(cpu_set_t *set)
{
    int cpu = sched_getcpu();
    if (cpu < 0 || cpu >= CPU_SETSIZE) return 0;
    CPU_CLR(cpu, set);
    return CPU_COUNT(set) > 0;
}

static void keep_away_from_own_cpu(worker *w)
{
    if (!w->is_kept_away && sched_getaffinity(w->thread, sizeof w->allowed, &w->allowed)) return;
    cpu_set_t others = w->allowed;
    if (without_own_cpu(&others) && !sched_setaffinity(w->thread, sizeof others, &others)) {
        w->is_kept_away = 1;
    }
}

static void start_away_from_own_cpu(worker *w, pthread_attr_t *attributes)
{
    if (sched_getaffinity(0, sizeof w->allowed, &w->allowed)) return;
    cpu_set_t others = w->allowed;
    w->is_kept_away = without_own_cpu(&others) &&
                      !pthread_attr_setaffinity_np(attributes, sizeof others, &others);
}

static void note_thread(worker *w)
{
    w->thread = (pid_t)syscall(SYS_gettid);
}

static void run_anywhere(worker *w)
{
    if (w->is_kept_away) sched_setaffinity(0, sizeof w->allowed, &w->allowed);
    w->is_kept_away = 0;
}
#else
static void keep_away_from_own_cpu(worker *w)
{
    (void)w;
}

static void start_away_from_own_cpu(worker *w, pthread_attr_t *attributes)
{
    (void)w;
    (void)attributes;
}

static void note_thread(worker *w)
{
    (void)w;
}

static void run_anywhere(worker *w)
{
    (void)w;
}
#endif

/* ---- A worker ------------------------------------------------------------ */

static void leave(void)
{
    if (atomic_fetch_sub(&pool.state, 1) - 1 == CALLER_SLEEPS) {
        pthread_mutex_lock(&pool.mutex);
        pthread_cond_signal(&pool.left);
        pthread_mutex_unlock(&pool.mutex);
    }
}

static int has_job(unsigned seen)
{
    return atomic_load_explicit(&pool.generation, memory_order_acquire) != seen;
}

static void park(worker *w, unsigned seen)
{
    atomic_fetch_sub(&pool.awake, 1);
    pthread_mutex_lock(&pool.mutex);
    w->is_parked = 1;
    atomic_fetch_add(&pool.parked, 1);
    while (!has_job(seen)) pthread_cond_wait(&pool.started, &pool.mutex);
    atomic_fetch_sub(&pool.parked, 1);
    w->is_parked = 0;
    run_anywhere(w);
    pthread_mutex_unlock(&pool.mutex);
    atomic_fetch_add(&pool.awake, 1);
}

static void *run_worker(void *self)
{
    worker *w = self;
    note_thread(w);
    run_anywhere(w);
    atomic_fetch_add(&pool.awake, 1);
    for (unsigned seen = 0;;) {
        if (!spin(has_job, seen)) park(w, seen);
        seen = atomic_load(&pool.generation);
        int state = atomic_fetch_add(&pool.state, 1);
        if (state & OPEN && (state & INSIDE) < pool.threads - 1) {
            take_pieces(w->number % pool.threads);
        }
        leave();
    }
    return NULL;
}

/* Signals are for the threads that the program made itself. */
static int start_worker(void)
{
    worker *w = calloc(1, sizeof *w);
    if (!w) return 0;
    w->number = pool.workers + 1;
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    start_away_from_own_cpu(w, &attributes);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread, &attributes, run_worker, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failed) {
        free(w);
        return 0;
    }
#if defined(__linux__)
    pthread_setname_np(thread, "relu_fast");
#endif
    w->next = pool.first;
    pool.first = w;
    pool.workers++;
    return 1;
}

/* ---- The caller ---------------------------------------------------------- */

/* As many as there are: out of memory or threads, the caller does more itself. */
static void start_workers(int wanted)
{
    if (wanted >= pool.capacity) {
        part *parts = aligned_alloc(CACHE_LINE, (size_t)(wanted + 1) * sizeof *parts);
        if (!parts) return;
        free(pool.parts);
        pool.parts = parts;
        pool.capacity = wanted + 1;
    }
    while (pool.workers < wanted && start_worker()) {
    }
}

static int all_left(unsigned unused)
{
    (void)unused;
    return !(atomic_load_explicit(&pool.state, memory_order_acquire) & INSIDE);
}

static void wait_for_workers(void)
{
    atomic_fetch_and(&pool.state, ~OPEN);
    if (spin(all_left, 0)) return;
    long long began = now();
    pthread_mutex_lock(&pool.mutex);
    atomic_fetch_or(&pool.state, CALLER_SLEEPS);
    while (!all_left(0)) pthread_cond_wait(&pool.left, &pool.mutex);
    atomic_fetch_and(&pool.state, ~CALLER_SLEEPS);
    pthread_mutex_unlock(&pool.mutex);
    long long time = now();
    pool.quiet_until = time + QUIET * (time - began + SPIN);
}

/* How many threads take part, 1 if it is not worth it; `wake`: whether parked
 * workers are called. */
static int choose_threads(int threads, long long nanoseconds, int *wake)
{
    long long time = now();
    int awake = atomic_load(&pool.awake);
    *wake = 0;
    if (time + nanoseconds < pool.quiet_until) return 1;
    if (awake < threads - 1) {
        int in_loop = time - pool.ended < SPIN;
        *wake = nanoseconds >= WAKE || (in_loop && time - pool.woken >= WAKE);
    }
    if (*wake) {
        pool.woken = time;
        start_workers(threads - 1);
        awake = pool.workers;
    }
    return awake + 1 < threads ? awake + 1 : threads;
}

static void wake_workers(int count)
{
    int parked = atomic_load(&pool.parked);
    if (!parked) return;
    pthread_mutex_lock(&pool.mutex);
    for (worker *w = pool.first; w && pool.workers < FEW; w = w->next) {
        if (w->is_parked) keep_away_from_own_cpu(w);
    }
    /* Signals come after the mutex, which a worker takes first of all. */
    pthread_mutex_unlock(&pool.mutex);
    if (count >= parked) {
        pthread_cond_broadcast(&pool.started);
    }
    else {
        for (int i = 0; i < count; i++) pthread_cond_signal(&pool.started);
    }
}

/* By benchmarks/bench_value.py, arrays in the L2 cache. */
long long relu_fast_nanoseconds(enum relu_fast_cost cost, ptrdiff_t bytes)
{
    static const int of_a_kibibyte[RELU_FAST_COSTS] = {
        [RELU_FAST_MOVES] = 20,
        [RELU_FAST_EXPONENTIAL] = 65,
    };
    return bytes / 1024 * of_a_kibibyte[cost];
}

void relu_fast_parallel(long long nanoseconds, ptrdiff_t count,
                        void (*work)(void *context, ptrdiff_t begin, ptrdiff_t end), void *context)
{
    int threads = 1, wake;
    if (nanoseconds >= 2 * PER_THREAD && count > 1) {
        threads = relu_fast_threads();
        if (threads > nanoseconds / PER_THREAD) threads = (int)(nanoseconds / PER_THREAD);
        if (threads > count) threads = (int)count;
    }
    /* One job at a time: where several Python threads compute at once, the
     * cores have enough to do. */
    if (threads < 2 || atomic_flag_test_and_set_explicit(&pool.taken, memory_order_acquire)) {
        work(context, 0, count);
        return;
    }
    threads = choose_threads(threads, nanoseconds, &wake);
    if (threads > 1) {
        long long pieces = nanoseconds / PIECE;
        if (pieces > PIECES * threads) pieces = PIECES * threads;
        for (int i = 0; i < threads; i++) {
            part *p = &pool.parts[i];
            atomic_store_explicit(&p->next, count / threads * i, memory_order_relaxed);
            p->end = i + 1 < threads ? count / threads * (i + 1) : count;
        }
        pool.work = work;
        pool.context = context;
        pool.piece = count / pieces + 1;
        pool.threads = threads;
        atomic_fetch_or(&pool.state, OPEN);
        atomic_fetch_add(&pool.generation, 1);
        if (wake) wake_workers(threads - 1);
        take_pieces(0);
        wait_for_workers();
    }
    else {
        work(context, 0, count);
    }
    pool.ended = now();
    atomic_flag_clear_explicit(&pool.taken, memory_order_release);
}
