/* The CPU quota of control groups, version 2 (cpu.max) and version 1 (cpu.cfs_*).
 *
 * A process is in a group of each hierarchy that /proc/self/cgroup lists, and the quotas of
 * all groups above hold, too.  In a container the listed path may be the host's, which is
 * not there; the root of what is mounted is then the container's own group. */
#include "quota.h"

#ifdef __linux__
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES 640

/* The words of a file's first line, at most two; returns their number. */
static int read_words(const char *folder, const char *name, char words[2][32])
{
    char path[PATH_BYTES + 32];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    const int count = fscanf(file, "%31s %31s", words[0], words[1]);
    fclose(file);
    return count;
}

static int quota_of_version_2(const char *folder, long long *period)
{
    char words[2][32]; /* quota, or "max", and period */
    if (read_words(folder, "cpu.max", words) != 2) return 0;
    *period = atoll(words[1]);
    return atoi(words[0]);
}

static int quota_of_version_1(const char *folder, long long *period)
{
    char quota[2][32], words[2][32]; /* a number each; -1: no quota */
    if (read_words(folder, "cpu.cfs_quota_us", quota) != 1) return 0;
    if (read_words(folder, "cpu.cfs_period_us", words) != 1) return 0;
    *period = atoll(words[0]);
    return atoi(quota[0]);
}

/* The smallest quota of a group and those above it, in CPUs; 0: none. */
static int lowest_quota(const char *mounted, char *group,
                        int (*read)(const char *folder, long long *period))
{
    int lowest = 0;
    for (;;) {
        char folder[PATH_BYTES];
        long long period = 0;
        snprintf(folder, sizeof folder, "%s%s", mounted, group);
        const long long quota = read(folder, &period);
        if (quota > 0 && period > 0) {
            const int cpus = (int)((quota + period - 1) / period);
            if (!lowest || cpus < lowest) lowest = cpus;
        }
        char *slash = strrchr(group, '/');
        if (!slash) return lowest;
        *slash = 0;
    }
}

/* Whether `controllers`, separated by commas, name the CPU's. */
static int controls_cpu(const char *controllers)
{
    for (const char *c = controllers; c; c = strchr(c, ',')) {
        c += *c == ',';
        if (!strncmp(c, "cpu", 3) && (c[3] == 0 || c[3] == ',')) return 1;
    }
    return 0;
}

int relu_fast_read_quota(void)
{
    char line[512];
    int lowest = 0;
    FILE *file = fopen("/proc/self/cgroup", "r");
    if (!file) return 0;
    while (fgets(line, sizeof line, file)) {
        /* number:controllers:/group; version 2 has number 0 and no controllers. */
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(++controllers, ':') : NULL;
        if (!group) continue;
        *group++ = 0;
        int quota = 0;
        if (!*controllers) {
            quota = lowest_quota("/sys/fs/cgroup", group, quota_of_version_2);
        }
        else if (controls_cpu(controllers)) {
            quota = lowest_quota("/sys/fs/cgroup/cpu", group, quota_of_version_1);
        }
        if (quota && (!lowest || quota < lowest)) lowest = quota;
    }
    fclose(file);
    return lowest;
}
#else
int relu_fast_read_quota(void)
{
    return 0;
}
#endif
