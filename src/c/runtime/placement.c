/* The kernel may wake a thread on the CPU of the thread that wakes it.  There the woken
 * thread waits milliseconds for a time slice while another CPU is idle: on two virtual CPUs,
 * Linux 6.18, every second time.  So while a member is being woken, it may run on any CPU
 * except its waker's: calls with 1 ms of sleep between them take 0.6 of the time
 * (benchmarks/compare_threads.py, idle, elu).
 *
 * Where that is refused, as sandboxes do, nothing happens. */
#include "placement.h"

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>

void relu_fast_note_thread(placement *p)
{
    p->thread = (pid_t)syscall(SYS_gettid);
    p->is_kept_away = 0;
}

void relu_fast_keep_away_from_own_cpu(placement *p)
{
    if (!p->is_kept_away && sched_getaffinity(p->thread, sizeof p->allowed, &p->allowed)) return;
    cpu_set_t others = p->allowed;
    const int cpu = sched_getcpu();
    if (cpu < 0 || cpu >= CPU_SETSIZE) return;
    CPU_CLR(cpu, &others);
    if (CPU_COUNT(&others) > 0 && !sched_setaffinity(p->thread, sizeof others, &others)) {
        p->is_kept_away = 1;
    }
}

void relu_fast_run_anywhere(placement *p)
{
    if (p->is_kept_away) sched_setaffinity(0, sizeof p->allowed, &p->allowed);
    p->is_kept_away = 0;
}
#else
void relu_fast_note_thread(placement *p)
{
    (void)p;
}

void relu_fast_keep_away_from_own_cpu(placement *p)
{
    (void)p;
}

void relu_fast_run_anywhere(placement *p)
{
    (void)p;
}
#endif
