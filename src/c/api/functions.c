/* The functions of relu_fast.h for contiguous arrays and for numbers, and what finds functions
 * and operations by their names. */
#include "functions.h"

#include "../table/catalog.h"

#include <string.h>

/* ---- Operations ---------------------------------------------------------- */

/* Made when the library is loaded: it takes longer to make one than to call a kernel. */
static relu_fast_operation operations[RELU_FAST_ACTIVATIONS][RELU_FAST_FORMS][RELU_FAST_DTYPES];
/* For each parameter there is one of the gradients that are sums. */
static relu_fast_operation sums[RELU_FAST_ACTIVATIONS][RELU_FAST_MAX_PARAMETERS][RELU_FAST_DTYPES];

__attribute__((constructor)) static void make_operations(void)
{
    for (int a = 0; a < RELU_FAST_ACTIVATIONS; a++) {
        for (int f = 0; f < RELU_FAST_FORMS; f++) {
            const enum relu_fast_form form = (enum relu_fast_form)f;
            for (int d = 0; d < RELU_FAST_DTYPES && relu_fast_has_form(a, form); d++) {
                const enum relu_fast_dtype dtype = (enum relu_fast_dtype)d;
                if (!relu_fast_takes(a, form, dtype)) continue;
                operations[a][f][d] = relu_fast_make_operation(a, form, dtype);
                if (relu_fast_forms[f].kind != RELU_FAST_KIND_SUM) continue;
                for (int p = 0; p < RELU_FAST_MAX_PARAMETERS; p++) {
                    sums[a][p][d] = operations[a][f][d];
                    sums[a][p][d].parameter = (unsigned char)p;
                }
            }
        }
    }
}

/* ---- Functions for contiguous arrays ------------------------------------- */

/* For one dimension, by bytes. */
static const ptrdiff_t STRIDES[] = {0, 1, 2, [4] = 4, [8] = 8};

#define TYPE_float RELU_FAST_FLOAT32
#define TYPE_double RELU_FAST_FLOAT64
#define ARRAY(id, element, array) {(char *)(array), &STRIDES[sizeof(element)], RELU_FAST_##id},
#define NUMBER(number, value) {(char *)&(value), &STRIDES[0], TYPE_##number},

/* Of so many inputs, parameters and outputs: as they are declared, as operands, and as Cython
 * writes their types. */
#define DECLARE_INPUTS_1(element) const element *a
#define DECLARE_INPUTS_2(element) const element *a, const element *b
#define DECLARE_INPUTS_3(element) const element *a, const element *b, const element *c
#define DECLARE_PARAMETERS_0(number)
#define DECLARE_PARAMETERS_1(number) , number p
#define DECLARE_PARAMETERS_2(number) , number p, number q
#define DECLARE_OUTPUTS_1(element) , element *y
#define DECLARE_OUTPUTS_2(element) , element *y, element *z

#define INPUTS_1(id, element) ARRAY(id, element, a)
#define INPUTS_2(id, element) INPUTS_1(id, element) ARRAY(id, element, b)
#define INPUTS_3(id, element) INPUTS_2(id, element) ARRAY(id, element, c)
#define PARAMETERS_0(number)
#define PARAMETERS_1(number) NUMBER(number, p)
#define PARAMETERS_2(number) PARAMETERS_1(number) NUMBER(number, q)
#define OUTPUTS_1(id, element) ARRAY(id, element, y)
#define OUTPUTS_2(id, element) OUTPUTS_1(id, element) ARRAY(id, element, z)

#define WRITE_INPUTS_1(element) ", " #element " const *"
#define WRITE_INPUTS_2(element) WRITE_INPUTS_1(element) WRITE_INPUTS_1(element)
#define WRITE_INPUTS_3(element) WRITE_INPUTS_2(element) WRITE_INPUTS_1(element)
#define WRITE_PARAMETERS_0(number)
#define WRITE_PARAMETERS_1(number) ", " #number
#define WRITE_PARAMETERS_2(number) WRITE_PARAMETERS_1(number) WRITE_PARAMETERS_1(number)
#define WRITE_OUTPUTS_1(element) ", " #element " *"
#define WRITE_OUTPUTS_2(element) WRITE_OUTPUTS_1(element) WRITE_OUTPUTS_1(element)

static void compute(const relu_fast_operation *operation, ptrdiff_t n,
                    const relu_fast_operand *operands)
{
    if (n > 0) relu_fast_apply(operation, 1, &n, operands, RELU_FAST_NO_OVERLAP);
}

#define FUNCTION(activation, suffix, form, inputs, parameters, outputs, id, dtype, element,   \
                 number)                                                                      \
    void relu_fast_##activation##suffix##_##dtype(                                            \
        ptrdiff_t n, DECLARE_INPUTS_##inputs(element) DECLARE_PARAMETERS_##parameters(number) \
                         DECLARE_OUTPUTS_##outputs(element))                                  \
    {                                                                                         \
        const relu_fast_operand operands[] = {INPUTS_##inputs(                                \
            id, element) PARAMETERS_##parameters(number) OUTPUTS_##outputs(id, element)};     \
        compute(&operations[RELU_FAST_ID_##activation][RELU_FAST_##form][RELU_FAST_##id], n,  \
                operands);                                                                    \
    }
#include "functions.def"

/* ---- Functions of numbers ------------------------------------------------ */

#define DECLARE_NUMBERS_1 double a
#define DECLARE_NUMBERS_2 double a, double b
#define PASS_INPUTS_1 &a
#define PASS_INPUTS_2 &a, &b
#define PASS_PARAMETERS_0
#define PASS_PARAMETERS_1 , p
#define PASS_PARAMETERS_2 , p, q
#define WRITE_NUMBERS_1 "double"
#define WRITE_NUMBERS_2 "double, double"

#define SCALAR_FUNCTION(activation, suffix, inputs, parameters)           \
    double relu_fast_##activation##suffix##_scalar(                       \
        DECLARE_NUMBERS_##inputs DECLARE_PARAMETERS_##parameters(double)) \
    {                                                                     \
        double y;                                                         \
        relu_fast_##activation##suffix##_float64(                         \
            1, PASS_INPUTS_##inputs PASS_PARAMETERS_##parameters, &y);    \
        return y;                                                         \
    }
#include "scalar_functions.def"

/* ---- By name ------------------------------------------------------------- */

const relu_fast_function_row relu_fast_function_rows[] = {
#define FUNCTION(activation, suffix, form, inputs, parameters, outputs, id, dtype, element,  \
                 number)                                                                     \
    {#activation #suffix "_" #dtype,                                                         \
     "void (Py_ssize_t" WRITE_INPUTS_##inputs(element) WRITE_PARAMETERS_##parameters(number) \
         WRITE_OUTPUTS_##outputs(element) ")",                                               \
     (relu_fast_any_function *)relu_fast_##activation##suffix##_##dtype},
#include "functions.def"
#define SCALAR_FUNCTION(activation, suffix, inputs, parameters)                   \
    {#activation #suffix "_scalar",                                               \
     "double (" WRITE_NUMBERS_##inputs WRITE_PARAMETERS_##parameters(double) ")", \
     (relu_fast_any_function *)relu_fast_##activation##suffix##_scalar},
#include "scalar_functions.def"
};
const int relu_fast_function_count =
    sizeof relu_fast_function_rows / sizeof *relu_fast_function_rows;

relu_fast_any_function *relu_fast_function(const char *name)
{
    for (int i = 0; i < relu_fast_function_count; i++) {
        if (!strcmp(relu_fast_function_rows[i].name, name)) {
            return relu_fast_function_rows[i].function;
        }
    }
    return NULL;
}

/* What of `text` follows `start`; NULL if it starts otherwise. */
static const char *after(const char *text, const char *start)
{
    const size_t length = strlen(start);
    return text && !strncmp(text, start, length) ? text + length : NULL;
}

/* The parameter of a sum that is called by `suffix`, in which * stands for its name; -1: none. */
static int find_parameter(const relu_fast_activation *row, const char *pattern, const char *suffix)
{
    const char *star = strchr(pattern, '*');
    for (int p = 0; p < row->parameters; p++) {
        if (!row->parameter[p].derivative) continue;
        if (strncmp(suffix, pattern, (size_t)(star - pattern))) continue;
        const char *rest = after(suffix + (star - pattern), row->parameter[p].name);
        if (rest && !strcmp(rest, star + 1)) return p;
    }
    return -1;
}

static const relu_fast_operation *find_form(int activation, const char *suffix,
                                            enum relu_fast_dtype dtype)
{
    const relu_fast_activation *row = &relu_fast_activations[activation];
    for (int f = 0; f < RELU_FAST_FORMS; f++) {
        const relu_fast_form_row *form = &relu_fast_forms[f];
        if (!relu_fast_has_form(activation, (enum relu_fast_form)f)) continue;
        if (!relu_fast_takes(activation, (enum relu_fast_form)f, dtype)) continue;
        if (form->kind == RELU_FAST_KIND_ELEMENTWISE && !strcmp(form->suffix, suffix)) {
            return &operations[activation][f][dtype];
        }
        if (form->kind != RELU_FAST_KIND_SUM || relu_fast_is_half(dtype)) continue;
        const int parameter = find_parameter(row, form->suffix, suffix);
        if (parameter >= 0) return &sums[activation][parameter][dtype];
    }
    return NULL;
}

const relu_fast_operation *relu_fast_find(const char *name, enum relu_fast_dtype dtype)
{
    if ((int)dtype < 0 || (int)dtype >= RELU_FAST_DTYPES) return NULL;
    for (int a = 0; a < RELU_FAST_ACTIVATIONS; a++) {
        const char *suffix = after(name, relu_fast_activations[a].name);
        const relu_fast_operation *found = suffix ? find_form(a, suffix, dtype) : NULL;
        if (found) return found;
    }
    return NULL;
}

const relu_fast_api relu_fast_table = {
    .major = RELU_FAST_API_MAJOR,
    .minor = RELU_FAST_API_MINOR,
    .function = relu_fast_function,
    .find = relu_fast_find,
    .apply = relu_fast_apply,
    .sum_gradient = relu_fast_sum_gradient,
    .isa = relu_fast_isa,
    .threads = relu_fast_threads,
    .set_threads = relu_fast_set_threads,
    .set_local_threads = relu_fast_set_local_threads,
};
