/* relu_fast without Python: which kernels run, on how many threads, and operations on
 * whole arrays. */
#ifndef RELU_FAST_H
#define RELU_FAST_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Kernels: which ISA runs (runtime/cpu.c) ----------------------------- */

/* The ISA levels in the build, newest first, ending in NULL. */
const char *const *relu_fast_isas_built(void);
int relu_fast_isa_supported(const char *isa);
const char *relu_fast_isa(void);
/* Switches all later calls to `isa`; NULL: the newest this CPU supports.
 * Returns 0, or -1 (and changes nothing) if `isa` is not built or not
 * supported.  Not to be called while another thread computes. */
int relu_fast_select_isa(const char *isa);

/* ---- Threads (runtime/thread_limit.c) ------------------------------------ */

/* What a large call made now from this thread may use. */
int relu_fast_threads(void);
/* The most that may be asked for: 4 per CPU of the machine. */
int relu_fast_max_threads(void);
/* For all threads of the process; 0 returns to the default. */
void relu_fast_set_threads(int threads);
/* For the calling thread alone, until set again; 0: no limit. */
void relu_fast_set_local_threads(int threads);
/* The file of the OpenMP runtime whose threads compute; NULL in a build without OpenMP, where
 * one thread does. */
const char *relu_fast_openmp(void);
/* To be called once, before anything is computed. */
void relu_fast_init_threads(void);
/* Ends all threads of the library, which must not be unloaded before.  Not to be called while
 * another thread computes; later calls start threads again. */
void relu_fast_shutdown(void);

/* ---- The cache (runtime/cache.c) ----------------------------------------- */

/* What counts as the size of the last-level cache; 0: what the machine reports.
 * Larger operations write past the cache. */
void relu_fast_set_cache_bytes(ptrdiff_t bytes);
ptrdiff_t relu_fast_cache_bytes(void);

#ifdef __cplusplus
}
#endif
#endif
