/* The tables as data: activations, forms, element types.
 *
 * Nobody else knows what a form takes or gives, or how many parameters an activation
 * has; and nobody compares their numbers. */
#ifndef RELU_FAST_CATALOG_H
#define RELU_FAST_CATALOG_H

#include "../include/relu_fast.h"

/* ---- Element types ------------------------------------------------------- */

/* How many there are. */
enum {
    RELU_FAST_DTYPES = 0
#define DTYPE(...) +1
#include "dtypes.def"
};

/* Element types for which rows state bounds: the first ones.  bfloat16 has those of float16. */
enum { RELU_FAST_STATED = RELU_FAST_BFLOAT16 };

/* What is computed with: the types of formulas; then the bits of elements as they are stored,
 * by their size. */
enum relu_fast_compute {
#define COMPUTE(id, ...) RELU_FAST_COMPUTE_##id,
#include "dtypes.def"
    RELU_FAST_COMPUTES,
    RELU_FAST_COMPUTE_BITS8 = RELU_FAST_COMPUTES,
    RELU_FAST_COMPUTE_BITS16,
    RELU_FAST_COMPUTE_BITS32,
    RELU_FAST_COMPUTE_BITS64,
    RELU_FAST_KERNEL_SETS /* there is one for each of these */
};

static inline ptrdiff_t relu_fast_size(enum relu_fast_dtype dtype)
{
    static const unsigned char sizes[] = {
#define DTYPE(id, name, bytes, ...) [RELU_FAST_##id] = (bytes),
#include "dtypes.def"
    };
    return sizes[dtype];
}

static inline int relu_fast_is_half(enum relu_fast_dtype dtype)
{
    return dtype == RELU_FAST_FLOAT16 || dtype == RELU_FAST_BFLOAT16;
}

/* The element type that a type of formulas is by itself. */
static inline enum relu_fast_dtype relu_fast_dtype_of(enum relu_fast_compute compute)
{
    static const unsigned char dtypes[] = {
#define COMPUTE(id, ...) [RELU_FAST_COMPUTE_##id] = RELU_FAST_##id,
#include "dtypes.def"
    };
    return (enum relu_fast_dtype)dtypes[compute];
}

extern const char *const relu_fast_dtype_names[RELU_FAST_DTYPES];

/* ---- Forms --------------------------------------------------------------- */

enum relu_fast_form {
#define FORM(id, ...) RELU_FAST_##id,
#include "forms.def"
    RELU_FAST_FORMS
};

enum relu_fast_form_kind {
    RELU_FAST_KIND_ELEMENTWISE,
    RELU_FAST_KIND_IN_PLACE,
    RELU_FAST_KIND_SUM,
};

typedef struct {
    const char *id; /* as in forms.def */
    enum relu_fast_form_kind kind;
    const char *suffix, *inputs, *outputs;
} relu_fast_form_row;

extern const relu_fast_form_row relu_fast_forms[RELU_FAST_FORMS];

/* ---- Activations --------------------------------------------------------- */

enum relu_fast_activation_id {
#define ACTIVATION(name, ...) RELU_FAST_ID_##name,
#include "activations.def"
    RELU_FAST_ACTIVATIONS
};

#define RELU_FAST_MAX_PARAMETERS 2

typedef struct {
    const char *name;
    int has_default;
    double default_value;
    double typical_value;   /* for examples and measurements, where there is no default */
    const char *meaning;    /* a phrase for the documentation */
    const char *derivative; /* definition of df/dparameter; NULL: it is not learned */
} relu_fast_parameter;

/* In ULP of the result. */
typedef struct {
    double at_defaults, elsewhere;
} relu_fast_bound;

typedef struct {
    const char *name;
    int parameters;
    relu_fast_parameter parameter[RELU_FAST_MAX_PARAMETERS];
    /* Of a gated pair, the activation of its gate, whose definitions are the pair's; else NULL. */
    const char *gate;
    /* Definitions: of f(x), of f'(x), and of f'(x) from y = f(x) or NULL. */
    const char *value, *derivative, *from_result;
    /* A condition in x and the parameters: where it is false or a parameter in it is NaN,
     * value and derivative are NaN.  NULL: there is no such place. */
    const char *domain;
    relu_fast_bound bounds[RELU_FAST_FORMS][RELU_FAST_STATED];
    /* Where the derivative passes through 0, its relative error has no bound: there, where
     * this condition holds, these bounds do, in ULP of 1/2.  NULL: it does nowhere; a bound
     * of 0: the one above holds there, too. */
    const char *near_zero;
    double near_zero_bounds[RELU_FAST_STATED];
    /* Whether the backward is the float nearest to g times what the derivative's function
     * returns, and +0 where the derivative is 0, which is all its bound then says; but for
     * half types, which round once. */
    int gradient_is_product;
    /* Gradients of learned parameters: 1 ULP, and this power of two times the sum of
     * the magnitudes of what is added. */
    int sum_bounds[RELU_FAST_STATED];
    /* What a bound needs to hold, as the end of a sentence; NULL: nothing. */
    const char *conditions[RELU_FAST_FORMS];
    /* Tuples of x, f(x), f'(x), the parameters at their default or typical values; of a gated
     * pair: of the gate, up, and f(gate) up. */
    const char *special_values;
    /* What an element takes, all operands in the L2 cache: tools/measure_costs.py. */
    int picoseconds[RELU_FAST_COMPUTES];
    const char *summary, *kink, *reference;
    const char *group; /* under which it is listed: a plural, such as rectifiers */
    /* What the docstring's example prints, for x = -2, -0.5, 0, 1.5 and g = 10, 20, 30, 40, a
     * gate being x, and up 1, 2, 3, 4; several outputs separated by " | ". */
    const char *examples[RELU_FAST_FORMS];
    int is_test_only;
} relu_fast_activation;

extern const relu_fast_activation relu_fast_activations[RELU_FAST_ACTIVATIONS];

int relu_fast_has_form(int activation, enum relu_fast_form form);
/* Whether this form of it exists for arrays of this element type. */
int relu_fast_takes(int activation, enum relu_fast_form form, enum relu_fast_dtype dtype);

/* Numbers of the rows that are computed on the bits. */
enum {
#define ON_BITS(name) RELU_FAST_ON_BITS_##name,
#include "activations.def"
    RELU_FAST_ROWS_ON_BITS
};

/* Numbers of the rows that half types round once. */
enum {
#define ROUNDED_ONCE(name, ...) RELU_FAST_ROUNDED_ONCE_##name,
#include "activations.def"
    RELU_FAST_ROWS_ROUNDED_ONCE
};

/* ---- Operations ---------------------------------------------------------- */

#define RELU_FAST_MAX_OPERANDS 5
#define RELU_FAST_MAX_OUTPUTS 2

/* How it is computed: by formulas, by those for half types, or on the bits. */
enum relu_fast_kernel_kind { RELU_FAST_BY_FORMULA, RELU_FAST_ROUNDED_ONCE, RELU_FAST_ON_BITS };

/* An activation in one of its forms, for one compute type.  Operands are the inputs,
 * the parameters, the outputs, in this order; all of one element type if it is computed on the
 * bits. */
struct relu_fast_operation {
    short activation, form;
    unsigned char compute, inputs, parameters, outputs;
    unsigned char kind, row; /* the number of its row in that kind's tables */
    unsigned char parameter; /* of a sum: the one whose gradient it is */
};

static inline int relu_fast_is_on_bits(const relu_fast_operation *operation)
{
    return operation->kind == RELU_FAST_ON_BITS;
}

/* For arrays of this element type. */
relu_fast_operation relu_fast_make_operation(int activation, enum relu_fast_form form,
                                             enum relu_fast_dtype dtype);

#endif
