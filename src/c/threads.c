/* How many threads a call may use; workers.c runs on them.
 *
 * By default as many as OpenMP would use, but no more than this process may
 * run on (affinity mask) or is paid for (cgroup quota).  A number asked for,
 * with relu_fast_set_threads, replaces these.  Either way a lowered OpenMP
 * limit holds: that is how threadpoolctl speaks to us. */
#if defined(__linux__)
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "threads.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <pthread.h>
#ifdef _OPENMP
#include <omp.h>
#endif
#ifdef __linux__
#include <sched.h>
#endif

/* glibc makes room for a module's thread-local data when a thread first uses them,
 * and aborts if there is no memory; data of this model have their place from the start. */
#ifdef __GLIBC__
#define ALLOCATED __attribute__((tls_model("initial-exec")))
#else
#define ALLOCATED
#endif

static atomic_int asked_for;                    /* 0: nobody asked */
static _Thread_local int local_limit ALLOCATED; /* 0: none */

static int processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (int)count;
}

int relu_fast_max_threads(void)
{
    return 4 * processors();
}

void relu_fast_set_threads(int threads)
{
    atomic_store(&asked_for, threads);
}

void relu_fast_set_local_threads(int threads)
{
    local_limit = threads;
}

/* ---- What limits them ---------------------------------------------------- */

#ifdef _OPENMP
static int openmp(void)
{
    return omp_get_max_threads();
}

static int in_parallel(void)
{
    return omp_in_parallel();
}

int relu_fast_openmp(void)
{
    return 1;
}
#else
static int openmp(void)
{
    return relu_fast_max_threads();
}

static int in_parallel(void)
{
    return 0;
}

int relu_fast_openmp(void)
{
    return 0;
}
#endif

static int affinity(void)
{
#ifdef __linux__
    cpu_set_t set;
    if (!sched_getaffinity(0, sizeof set, &set)) return CPU_COUNT(&set);
#endif
    return processors();
}

#ifdef __linux__
/* The CPUs that a `quota period` file allows, rounded up; 0: no limit. */
static int read_quota(const char *path)
{
    char quota[32];
    long long period;
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    int fields = fscanf(file, "%31s %lld", quota, &period);
    fclose(file);
    long long allowed = atoll(quota); /* "max": 0 */
    if (fields != 2 || allowed <= 0 || period <= 0) return 0;
    return (int)((allowed + period - 1) / period);
}

/* The least quota among this process's cgroup (version 2) and its parents. */
static int read_cgroup(void)
{
    char line[512], path[640];
    int least = 0;
    FILE *file = fopen("/proc/self/cgroup", "r");
    if (!file) return 0;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "0::/", 4)) continue;
        char *group = line + 3;
        group[strcspn(group, "\n")] = 0;
        for (;;) {
            snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", group);
            int quota = read_quota(path);
            if (quota && (!least || quota < least)) least = quota;
            char *slash = strrchr(group, '/');
            if (!slash) break;
            *slash = 0;
        }
    }
    fclose(file);
    return least;
}
#endif

/* A quota may change while we run, but reading it takes 20 microseconds, so it
 * is read once a second at most. */
static int cgroup_quota(void)
{
#ifdef __linux__
    static atomic_llong read_at = -1;
    static atomic_int quota;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (atomic_load(&read_at) != (long long)now.tv_sec) {
        atomic_store(&quota, read_cgroup());
        atomic_store(&read_at, (long long)now.tv_sec);
    }
    return atomic_load(&quota);
#else
    return 0;
#endif
}

/* ---- The number ---------------------------------------------------------- */

static int openmp_at_import;
static atomic_int forked;

/* Threads do not survive a fork. */
static void after_fork_in_child(void)
{
    atomic_store(&forked, 1);
}

void relu_fast_init_threads(void)
{
    openmp_at_import = openmp();
    pthread_atfork(NULL, NULL, after_fork_in_child);
}

int relu_fast_threads(void)
{
    if (atomic_load(&forked) || in_parallel()) return 1;
    int limit = openmp();
    int threads = local_limit ? local_limit : atomic_load(&asked_for);
    if (threads) return limit < openmp_at_import && limit < threads ? limit : threads;
    int available = affinity(), quota = cgroup_quota();
    threads = limit < available ? limit : available;
    return quota && quota < threads ? quota : threads;
}
