/* The parts of the check program; check.c tells what it does. */
#ifndef CHECK_H
#define CHECK_H

#include "include/relu_fast.h"
#include "kernels/kernels.h"

#include <stdint.h>

/* What an operand is, whatever its place in a form: g; another array (x, or the y that a
 * gradient is computed from); one of the parameters; one of the outputs. */
enum {
    G,
    X,
    PARAMETERS,
    OUTPUTS = PARAMETERS + RELU_FAST_MAX_PARAMETERS,
    ROLES = OUTPUTS + RELU_FAST_MAX_OUTPUTS
};

/* ---- Inputs (inputs.c) --------------------------------------------------- */

/* Of one dtype, as the head of tests/data/hashes.txt defines them. */
typedef struct {
    ptrdiff_t points; /* the first of x and g: the stored ones, or some */
    ptrdiff_t n, moderates;
    char *x, *g;
    /* For each point: the same everywhere, and one of its own for varying kernels. */
    char *parameters[RELU_FAST_MAX_PARAMETERS][2];
    char *moderate, *moderate_g; /* for sums, of the compute types */
} inputs;

inputs read_inputs(const char *folder, enum relu_fast_dtype dtype, int quick);
void *allocate(ptrdiff_t bytes);
void store_number(double number, enum relu_fast_dtype dtype, void *to);
/* As a number of the dtype; whether it is that number still. */
int holds_number(double number, enum relu_fast_dtype dtype);
/* Replaces every NaN by the positive quiet one without payload. */
void canonicalise(enum relu_fast_dtype dtype, ptrdiff_t n, void *numbers);

/* ---- Kernels, and the spy around one of them (subject.c) ----------------- */

/* With the elements that it is given: what is computed in one type may be stored in another. */
typedef struct {
    int activation;
    enum relu_fast_form form;
    enum relu_fast_dtype dtype; /* of all operands, but numbers for halves are float32 */
    int varying;                /* parameters: one value for each element */
    int parameter;              /* of a sum: whose gradient */
} kernel;

relu_fast_operation operation_of(const kernel *k);
int is_sum(const kernel *k);
/* The roles of the operands, in their order; returns their number. */
int roles_of(const kernel *k, int *roles);
/* What the stored hashes call an output. */
const char *hash_name(const kernel *k, int output);

/* All in the catalogue: what each ISA must have.  Returns their number. */
int list_kernels(kernel *found);
#define MAX_KERNELS \
    (RELU_FAST_ACTIVATIONS * RELU_FAST_FORMS * 2 * RELU_FAST_MAX_PARAMETERS * RELU_FAST_DTYPES)

/* From now on the engine's calls of this kernel of the active ISA are counted, and unless
 * `corrupt` is NOTHING, one bit of one result in that output is flipped, once. */
enum { NOTHING = -1 };
void spy_on(const kernel *k, int corrupt);
int spied_calls(void);
/* Calls with something else than whole blocks. */
int spied_partial_blocks(void);

/* Calls the engine with those operands, given by role, that the kernel's form has; returns
 * whether it has computed. */
int apply(const kernel *k, int dims, const ptrdiff_t *shape, const relu_fast_operand *by_role,
          enum relu_fast_overlap overlap);
/* The same for sums. */
void sum(const kernel *k, int dims, const ptrdiff_t *shape, const char *kept, relu_fast_operand g,
         relu_fast_operand x, void *results);

/* The beginning of a line about a difference. */
void print_kernel(const kernel *k);

/* ---- The checks: each prints its differences and returns their number ---- */

/* Against the stored hashes, with several settings (hashes.c); a kernel that has
 * no stored hash, or was not reached, is a difference. */
void read_hashes(const char *folder, const char *file);
enum hash_extent { ONE_ARGUMENT, ALL_ARGUMENTS, ALL_SETTINGS };
int check_hashes(const kernel *k, const inputs *in, int quick, enum hash_extent extent);

/* Against one element at a time on the oldest ISA (layouts.c). */
typedef struct {
    char *outputs[RELU_FAST_MAX_OUTPUTS];
} expected_results;

expected_results one_at_a_time(const kernel *k, const inputs *in);
int check_layouts(const kernel *k, const inputs *in, const expected_results *expected);
int check_sum_layouts(const kernel *k, const inputs *in);

#endif
