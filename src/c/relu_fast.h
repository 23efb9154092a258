/* relu_fast without Python: the catalogue of activations, the choice of
 * kernels, the number of threads, and the two whole-array operations. */
#ifndef RELU_FAST_H
#define RELU_FAST_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The catalogue: one entry per row of activations.h ------------------- */

enum relu_fast_cost { RELU_FAST_MOVES, RELU_FAST_EXPONENTIAL, RELU_FAST_COSTS };

typedef struct {
    const char *name;
    int parameters; /* 0, or 1: alpha */
    int has_default;
    double default_value;
    enum relu_fast_cost cost;
    /* Documentation, as Python expressions and sentences. */
    const char *summary, *value, *derivative, *alpha_derivative, *kink;
    const char *value_bound, *derivative_bound, *backward_bound, *result_bound, *alpha_bound;
    const char *reference;
    const char *value_example, *derivative_example, *backward_example, *alpha_example;
} relu_fast_activation;

extern const relu_fast_activation relu_fast_catalog[];
extern const int relu_fast_catalog_size;

/* ---- Kernels: which ISA runs (isa.c) ------------------------------------- */

/* The ISA levels in the build, newest first, ending in NULL. */
const char *const *relu_fast_isas_built(void);
int relu_fast_isa_supported(const char *isa);
const char *relu_fast_isa(void);
/* Switches all later calls to `isa`; NULL: the newest this CPU supports.
 * Returns 0, or -1 (and changes nothing) if `isa` is not built or not
 * supported.  Not to be called while another thread computes. */
int relu_fast_select_isa(const char *isa);

/* ---- Threads (threads.c) ------------------------------------------------- */

/* What a large call made now from this thread may use. */
int relu_fast_threads(void);
/* The most that may be asked for: 4 per CPU of the machine. */
int relu_fast_max_threads(void);
/* For all threads of the process; 0 returns to the default. */
void relu_fast_set_threads(int threads);
/* For the calling thread alone, until set again; 0: none. */
void relu_fast_set_local_threads(int threads);
/* Whether OpenMP's settings are heeded. */
int relu_fast_openmp(void);
/* To be called once, before anything is computed. */
void relu_fast_init_threads(void);

/* ---- The cache (cache.c) ------------------------------------------------- */

/* What counts as the size of the last-level cache; 0: what the machine says.
 * Larger operations write past it. */
void relu_fast_set_cache_bytes(ptrdiff_t bytes);
ptrdiff_t relu_fast_cache_bytes(void);

/* ---- Operations (engine.c, reduce.c) ------------------------------------- */

#define RELU_FAST_MAX_DIMS 64
#define RELU_FAST_MAX_OPERANDS 5

enum relu_fast_dtype { RELU_FAST_FLOAT32, RELU_FAST_FLOAT64, RELU_FAST_DTYPES };

/* The forms an activation comes in, and their operands in order:
 *   value                   x, parameters -> y
 *   derivative              x, parameters -> f'(x)
 *   backward                g, x, parameters -> g f'(x)
 *   backward from result    g, y, parameters -> g f'(x) */
enum relu_fast_form {
    RELU_FAST_VALUE,
    RELU_FAST_DERIVATIVE,
    RELU_FAST_BACKWARD,
    RELU_FAST_BACKWARD_FROM_RESULT,
    RELU_FAST_FORMS
};

typedef struct {
    int activation; /* index into relu_fast_catalog */
    enum relu_fast_form form;
    enum relu_fast_dtype dtype;
} relu_fast_operation;

/* Whether the activation has this form (not all have the last). */
int relu_fast_has_form(int activation, enum relu_fast_form form);
int relu_fast_has_alpha_gradient(int activation);

/* One operand of an operation: the address of its first element, and a step in
 * bytes for each dimension, 0 where it is broadcast.  Elements are native and
 * aligned. */
typedef struct {
    char *data;
    const ptrdiff_t *strides;
} relu_fast_operand;

/* Whether the order in which elements are computed can be seen: where the
 * output has one place for several elements, or overlaps an input otherwise
 * than element on element.  Some layouts that interleave count, too. */
int relu_fast_order_matters(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                            const relu_fast_operand *operands);

/* Computes the operation for each element of `shape`.  Where the order matters,
 * elements are computed one at a time, first dimension outermost, as the plain
 * C loop would. */
void relu_fast_apply(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                     const relu_fast_operand *operands);

/* The gradient of a learned alpha: sums g df/dalpha(x) over those dimensions
 * of `shape` along which `kept` is 0, into `result`, a C-contiguous array over
 * the other dimensions, rounded once to `result_dtype`.  Returns 0, or -1 if
 * memory ran out.  The bits depend on the shape alone: not on the ISA, the
 * number of threads or the strides. */
int relu_fast_alpha_gradient(int activation, enum relu_fast_dtype dtype, int dims,
                             const ptrdiff_t *shape, const char *kept, relu_fast_operand g,
                             relu_fast_operand x, enum relu_fast_dtype result_dtype, void *result);

#ifdef __cplusplus
}
#endif
#endif
