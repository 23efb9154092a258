/* For LD_PRELOAD: memory runs out when a test says so.
 *
 * fail_at(n, from): the n-th request for memory, or for a thread, that the calling thread
 * makes from now on fails, of those from the file `from` if that is not NULL.  stop(): none fails any more; returns what was requested when one did,
 * and from which file, or NULL.  One thread at a time; glibc only. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static atomic_long left; /* requests until one fails; 0: none does */
static pthread_t by;     /* requests by this thread count */
static char from[1000];  /* and from this file, if it has a name */
static char site[1000];

void fail_at(long n, const char *file)
{
    site[0] = 0;
    by = pthread_self();
    snprintf(from, sizeof from, "%s", file ? file : "");
    atomic_store(&left, n);
}

const char *stop(void)
{
    atomic_store(&left, 0);
    return site[0] ? site : NULL;
}

static int fails(const char *request, void *caller)
{
    Dl_info file;
    if (atomic_load(&left) <= 0 || !pthread_equal(by, pthread_self())) return 0;
    const char *path = dladdr(caller, &file) && file.dli_fname ? file.dli_fname : "";
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (*from && strcmp(from, name) != 0) return 0;
    if (atomic_fetch_sub(&left, 1) != 1) return 0;
    snprintf(site, sizeof site, "%s %s", request, name);
    errno = ENOMEM;
    return 1;
}

#define FAILS(request) fails(request, __builtin_return_address(0))

void *malloc(size_t size)
{
    return FAILS("malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return FAILS("calloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return FAILS("realloc") ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return FAILS("aligned_alloc") ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (FAILS("posix_memalign")) return ENOMEM;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    static int (*original)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (FAILS("pthread_create")) return EAGAIN;
    if (!original) *(void **)&original = dlsym(RTLD_NEXT, "pthread_create");
    return original(thread, attributes, run, argument);
}
