/* The parts of the check program; check.c tells what it does. */
#ifndef CHECK_H
#define CHECK_H

#include "kernels.h"

#include <stdint.h>

/* ---- Inputs (inputs.c) --------------------------------------------------- */

/* Of one dtype, as the head of tests/data/hashes.txt defines them. */
typedef struct {
    ptrdiff_t points; /* the first of x and g: the stored ones */
    ptrdiff_t n, moderates;
    char *x, *g;
    char *alphas[2]; /* for each point: 0.3, and one of its own for varying kernels */
    char *moderate, *moderate_g;
} inputs;

inputs read_inputs(const char *folder, enum relu_fast_dtype dtype, int quick);
void *allocate(ptrdiff_t bytes);
void store_number(double number, enum relu_fast_dtype dtype, void *to);
/* Replaces every NaN by the positive quiet one without payload. */
void canonicalise(enum relu_fast_dtype dtype, ptrdiff_t n, void *numbers);

/* ---- Kernels, and the spy around one of them (subject.c) ----------------- */

#define ALPHA_GRADIENT RELU_FAST_FORMS

typedef struct {
    int activation;
    int form; /* a relu_fast_form, or ALPHA_GRADIENT */
    enum relu_fast_dtype dtype;
    int varying; /* alpha: one value per element */
} kernel;

extern const char *const form_names[RELU_FAST_FORMS + 1];
extern const char *const dtype_names[RELU_FAST_DTYPES];

/* All in the catalogue: what each ISA must have.  Returns their number. */
int list_kernels(kernel *found);
#define MAX_KERNELS (RELU_FAST_ACTIVATIONS * (RELU_FAST_FORMS + 1) * 2 * RELU_FAST_DTYPES)

/* From now on the engine's calls of this kernel of the active ISA are counted,
 * and if `corrupt`, one bit of one result of it is flipped, once. */
void spy_on(const kernel *k, int corrupt);
int spied_calls(void);

/* Calls the engine; operands that the kernel's form has not are ignored. */
void apply(const kernel *k, int dims, const ptrdiff_t *shape, relu_fast_operand g,
           relu_fast_operand x, relu_fast_operand alpha, relu_fast_operand out);

/* The beginning of a line about a difference. */
void print_kernel(const kernel *k);

/* ---- The checks: each prints its differences and returns their number ---- */

/* Against the stored hashes, with several settings (hashes.c); a kernel that has
 * no stored hash, or was not reached, is a difference. */
void read_hashes(const char *folder);
int check_hashes(const kernel *k, const inputs *in, int quick, int few);

/* Against one element at a time on the active ISA (layouts.c). */
char *one_at_a_time(const kernel *k, const inputs *in);
int check_layouts(const kernel *k, const inputs *in, const char *expected);
int check_sum_layouts(const kernel *k, const inputs *in);

#endif
