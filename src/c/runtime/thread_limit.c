/* How many threads a call may use; team.c runs on them.
 *
 * By default as many as OpenMP would use, but no more than this process may
 * run on (affinity mask) or is paid for (cgroup quota).  A number asked for,
 * with relu_fast_set_threads, replaces these.  Either way a lowered OpenMP
 * limit holds: threadpoolctl works this way. */
#if defined(__linux__)
#define _GNU_SOURCE /* sched_getaffinity, dladdr */
#endif
#include "thread_limit.h"

#include "../include/relu_fast.h"
#include "quota.h"
#include "region.h"

#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#ifdef _OPENMP
#include <dlfcn.h>
#include <omp.h>
#endif
#ifdef __linux__
#include <sched.h>
#endif

/* glibc allocates a module's thread-local data when a thread first uses them, and aborts if
 * there is no memory; data of this model have their place from the start. */
#ifdef __GLIBC__
#define INITIAL_EXEC __attribute__((tls_model("initial-exec")))
#else
#define INITIAL_EXEC
#endif

#define MOST_CPUS 4096

static atomic_int asked_for;                       /* 0: nobody asked */
static _Thread_local int local_limit INITIAL_EXEC; /* 0: none */

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

/* The CPUs of OpenMP's places, if it binds threads to them: then the affinity mask of the
 * thread that imported us is one place. */
#ifdef _OPENMP
static int count_cpus_of_places(void)
{
    if (omp_get_proc_bind() == omp_proc_bind_false) return 0;
    char seen[MOST_CPUS] = {0}; /* places may overlap */
    int count = 0;
    for (int i = 0; i < omp_get_num_places(); i++) {
        int cpus[MOST_CPUS];
        if (omp_get_place_num_procs(i) > MOST_CPUS) continue;
        omp_get_place_proc_ids(i, cpus);
        for (int k = 0; k < omp_get_place_num_procs(i); k++) {
            const int cpu = cpus[k] % MOST_CPUS;
            count += !seen[cpu];
            seen[cpu] = 1;
        }
    }
    return count;
}

static int openmp(void)
{
    return omp_get_max_threads();
}

static int openmp_limit(void)
{
    return omp_get_thread_limit();
}

const char *relu_fast_openmp(void)
{
    Dl_info file;
    return dladdr((void *)omp_get_max_threads, &file) ? file.dli_fname : "OpenMP";
}
#else
static int count_cpus_of_places(void)
{
    return 0;
}

static int openmp(void)
{
    return 1;
}

static int openmp_limit(void)
{
    return 1;
}

const char *relu_fast_openmp(void)
{
    return NULL;
}
#endif

static int affinity(void)
{
#ifdef __linux__
    cpu_set_t set, large[64];
    if (!sched_getaffinity(0, sizeof set, &set)) return CPU_COUNT(&set);
    /* Linux refuses a set with less room than the machine has CPUs; that above has for 1,024. */
    if (!sched_getaffinity(0, sizeof large, large)) return CPU_COUNT_S(sizeof large, large);
#endif
    return processors();
}

/* A quota may change while we run, but reading it takes 20 microseconds, so it is read at
 * most once a second. */
static int cgroup_quota(void)
{
#ifdef __linux__
    static atomic_llong read_at = -1;
    static atomic_int quota;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (atomic_load(&read_at) != (long long)now.tv_sec) {
        atomic_store(&quota, relu_fast_read_quota());
        atomic_store(&read_at, (long long)now.tv_sec);
    }
    return atomic_load(&quota);
#else
    return 0;
#endif
}

/* ---- The number ---------------------------------------------------------- */

static int openmp_at_import, cpus_of_places;

/* When the library is loaded. */
__attribute__((constructor)) static void remember_openmp(void)
{
    openmp_at_import = openmp();
    cpus_of_places = count_cpus_of_places();
    relu_fast_region_init();
}

static int min(int a, int b)
{
    return a < b ? a : b;
}

int relu_fast_wanted_threads(void)
{
    const int limit = openmp(), asked = local_limit ? local_limit : atomic_load(&asked_for);
    if (asked) return min(limit < openmp_at_import ? min(limit, asked) : asked, openmp_limit());
    const int available = cpus_of_places ? cpus_of_places : affinity();
    const int threads = min(min(limit, available), openmp_limit()), quota = cgroup_quota();
    return quota ? min(quota, threads) : threads;
}

int relu_fast_threads(void)
{
    return relu_fast_region_limit(relu_fast_wanted_threads());
}
