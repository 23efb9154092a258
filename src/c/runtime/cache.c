/* The size of the last-level cache. */
#include "../include/relu_fast.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

/* Where the machine does not tell. */
#define USUAL_BYTES ((ptrdiff_t)32 << 20)

static _Atomic ptrdiff_t cache_bytes; /* 0: not asked yet */

#ifdef __linux__
/* The largest cache of CPU 0 according to sysfs, because the C library's _SC_LEVEL3_CACHE_SIZE
 * adds up the caches of several chips on some machines. */
static ptrdiff_t read_cache(void)
{
    ptrdiff_t largest = 0;
    for (int index = 0; index < 10; index++) {
        char path[80];
        long kibibytes = 0;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/size", index);
        FILE *file = fopen(path, "r");
        if (!file) break;
        if (fscanf(file, "%ldK", &kibibytes) == 1 && kibibytes * 1024 > largest) {
            largest = kibibytes * 1024;
        }
        fclose(file);
    }
    return largest;
}
#else
static ptrdiff_t read_cache(void)
{
    return 0;
}
#endif

ptrdiff_t relu_fast_cache_bytes(void)
{
    ptrdiff_t bytes = atomic_load(&cache_bytes);
    if (!bytes) {
        bytes = read_cache();
        if (!bytes) bytes = USUAL_BYTES;
        atomic_store(&cache_bytes, bytes);
    }
    return bytes;
}

void relu_fast_set_cache_bytes(ptrdiff_t bytes)
{
    atomic_store(&cache_bytes, bytes);
}
