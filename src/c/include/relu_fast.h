/* relu_fast for C and C++: its functions, and which kernels run on how many threads.
 *
 * Programs that link the library call what is declared here as it stands.  Modules for Python
 * link nothing: they reach the library that Python has loaded through relu_fast_import(), at
 * the end of this file.  Either way there is one library, so one team of threads, in a process.
 *
 * Functions may be called from several threads at once, and from any thread. */
#ifndef RELU_FAST_H
#define RELU_FAST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of this file.  Within a major version, what was there stays as it was. */
#define RELU_FAST_API_MAJOR 1
#define RELU_FAST_API_MINOR 0

/* ---- Functions for contiguous arrays ------------------------------------- */

/* One for each ufunc and element type, such as relu_fast_elu_float32: the number of elements,
 * the inputs, the parameters, the outputs.  An output may be an input, from its first element
 * on; any other overlap is undefined.  Half types are their bits. */
#define RELU_FAST_FUNCTION(name, arguments)             \
    typedef void relu_fast_##name##_function arguments; \
    relu_fast_##name##_function relu_fast_##name;

/* Of numbers, such as relu_fast_elu_scalar: for each ufunc with one output. */
#define RELU_FAST_SCALAR_FUNCTION(name, arguments)        \
    typedef double relu_fast_##name##_function arguments; \
    relu_fast_##name##_function relu_fast_##name;

#include "relu_fast_functions.h"

typedef void relu_fast_any_function(void);
/* The function of this name without the prefix, such as "elu_float32", to be converted to its
 * type; NULL: there is none. */
relu_fast_any_function *relu_fast_function(const char *name);

/* ---- Operations on arrays of any shape and strides ----------------------- */

/* Element types.  The numbers stay. */
enum relu_fast_dtype {
    RELU_FAST_FLOAT16,
    RELU_FAST_FLOAT32,
    RELU_FAST_FLOAT64,
    RELU_FAST_BFLOAT16,
    RELU_FAST_INT8,
    RELU_FAST_UINT8,
    RELU_FAST_INT16,
    RELU_FAST_UINT16,
    RELU_FAST_INT32,
    RELU_FAST_UINT32,
    RELU_FAST_INT64,
    RELU_FAST_UINT64
};

/* A ufunc, or the gradient of a learned parameter, for one element type. */
typedef struct relu_fast_operation relu_fast_operation;

/* The operation of this name, such as "elu_backward" or "prelu_alpha_backward", for arrays of
 * this type; NULL: there is none. */
const relu_fast_operation *relu_fast_find(const char *name, enum relu_fast_dtype dtype);

#define RELU_FAST_MAX_DIMS 64

/* One operand of an operation: the address of its first element, a stride in bytes for each
 * dimension, 0 where it is broadcast, and the type of its elements, which are native and
 * aligned. */
typedef struct {
    char *data;
    const ptrdiff_t *strides;
    enum relu_fast_dtype dtype;
} relu_fast_operand;

/* Where outputs overlap inputs or each other, other than element on element, the order in
 * which elements are computed shows.  What to do then: */
enum relu_fast_overlap {
    RELU_FAST_NO_OVERLAP,       /* it is known that they do not: do not ask */
    RELU_FAST_OVERLAP_IN_ORDER, /* one element at a time, first dimension outermost, as the
                                   plain C loop would */
    RELU_FAST_OVERLAP_REFUSE    /* nothing */
};

/* Computes a ufunc for each element of `shape`.  Operands are the inputs, the parameters, the
 * outputs; arrays are of the operation's type, parameters of any floating type that there is.
 * Returns 0 if it has refused, else 1. */
int relu_fast_apply(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                    const relu_fast_operand *operands, enum relu_fast_overlap overlap);

/* The gradient of a learned parameter: sums g df/dparameter(x) over those dimensions of
 * `shape` along which `kept` is 0, into `result`, a C-contiguous array over the other
 * dimensions, rounded once to its dtype.  All three are float32 or float64; the operands g and
 * x are of the operation's type.  Returns 0, or -1 if there is no memory, and nothing is stored.
 * The bits depend on the shape alone: not on the ISA, the number of threads or the strides. */
int relu_fast_sum_gradient(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                           const char *kept, const relu_fast_operand *operands,
                           enum relu_fast_dtype result_dtype, void *result);

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
/* Ends all threads of the library, which must not be unloaded before.  Not to be called while
 * another thread computes; later calls start threads again. */
void relu_fast_shutdown(void);

/* ---- The cache (runtime/cache.c) ----------------------------------------- */

/* What counts as the size of the last-level cache; 0: what the machine reports.
 * Larger operations write past the cache. */
void relu_fast_set_cache_bytes(ptrdiff_t bytes);
ptrdiff_t relu_fast_cache_bytes(void);

/* ---- From modules for Python --------------------------------------------- */

/* What such a module can reach.  A minor version may add members at the end. */
typedef struct {
    int major, minor; /* of the API that the library has */
    relu_fast_any_function *(*function)(const char *name);
    const relu_fast_operation *(*find)(const char *name, enum relu_fast_dtype dtype);
    int (*apply)(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                 const relu_fast_operand *operands, enum relu_fast_overlap overlap);
    int (*sum_gradient)(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                        const char *kept, const relu_fast_operand *operands,
                        enum relu_fast_dtype result_dtype, void *result);
    const char *(*isa)(void);
    int (*threads)(void);
    void (*set_threads)(int threads);
    void (*set_local_threads)(int threads);
} relu_fast_api;

extern const relu_fast_api relu_fast_table; /* what the capsule holds */

/* A function for contiguous arrays by its name, as a pointer to its type; NULL: the library
 * that is installed has none, because it is older than this header. */
#define RELU_FAST_GET(api, name) ((relu_fast_##name##_function *)(api)->function(#name))

#define RELU_FAST_CAPSULE "relu_fast._ufuncs.C_API"

#ifdef Py_PYTHON_H
/* Imports relu_fast.  NULL, and an exception is set, if it is not there or does not fit. */
static inline const relu_fast_api *relu_fast_import(void)
{
    const relu_fast_api *api = (const relu_fast_api *)PyCapsule_Import(RELU_FAST_CAPSULE, 0);
    if (api && (api->major != RELU_FAST_API_MAJOR || api->minor < RELU_FAST_API_MINOR)) {
        PyErr_Format(PyExc_ImportError,
                     "this module was compiled for the C API %d.%d of relu_fast, "
                     "but the relu_fast that is installed has %d.%d",
                     RELU_FAST_API_MAJOR, RELU_FAST_API_MINOR, api->major, api->minor);
        return NULL;
    }
    return api;
}
#endif

#ifdef __cplusplus
}
#endif
#endif
