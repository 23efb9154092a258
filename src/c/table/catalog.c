/* The tables as data. */
#include "catalog.h"

const char *const relu_fast_dtype_names[RELU_FAST_DTYPES] = {
#define DTYPE(id, name, ...) [RELU_FAST_##id] = #name,
#include "dtypes.def"
};

const relu_fast_form_row relu_fast_forms[RELU_FAST_FORMS] = {
#define FORM(id, kind, ...) [RELU_FAST_##id] = {#id, RELU_FAST_KIND_##kind, __VA_ARGS__},
#include "forms.def"
};

const relu_fast_activation relu_fast_activations[RELU_FAST_ACTIVATIONS] = {
#define ACTIVATION(name_, parameters_, kernel, ...) \
    [RELU_FAST_ID_##name_] = {.name = #name_, .parameters = parameters_, __VA_ARGS__},
#include "activations.def"
};

/* The forms that only some activations have, and those of gated pairs. */
static const char optional[RELU_FAST_FORMS] = {
#define FORM(...)
#define OPTIONAL_FORM(id, ...) [RELU_FAST_##id] = 1,
#include "forms.def"
};
static const char gated[RELU_FAST_FORMS] = {
#define FORM(...)
#define GATED_FORM(id, ...) [RELU_FAST_##id] = 1,
#include "forms.def"
};
static const char listed[RELU_FAST_ACTIVATIONS][RELU_FAST_FORMS] = {
#define BACKWARD_FROM_RESULT(name, ...) [RELU_FAST_ID_##name][RELU_FAST_BACKWARD_FROM_RESULT] = 1,
#define PARAMETER_GRADIENT(name, ...) [RELU_FAST_ID_##name][RELU_FAST_PARAMETER_GRADIENT] = 1,
#include "activations.def"
};

int relu_fast_has_form(int activation, enum relu_fast_form form)
{
    const int is_gated = relu_fast_activations[activation].gate != NULL;
    return is_gated == gated[form] && (!optional[form] || listed[activation][form]);
}

/* One more than the number of its row; 0: it is not computed on the bits. */
static const unsigned char on_bits[RELU_FAST_ACTIVATIONS] = {
#define ON_BITS(name) [RELU_FAST_ID_##name] = 1 + RELU_FAST_ON_BITS_##name,
#include "activations.def"
};

static int is_integer(enum relu_fast_dtype dtype)
{
    return dtype > RELU_FAST_BFLOAT16;
}

int relu_fast_takes(int activation, enum relu_fast_form form, enum relu_fast_dtype dtype)
{
    return !is_integer(dtype) || (on_bits[activation] && form == RELU_FAST_VALUE);
}

static unsigned char count_names(const char *names)
{
    unsigned char count = 1;
    for (; *names; names++) count += *names == ' ';
    return count;
}

static enum relu_fast_compute compute_of(int activation, enum relu_fast_dtype dtype)
{
    static const unsigned char computes[] = {
#define FLOATING(id, name, bytes, compute) [RELU_FAST_##id] = RELU_FAST_##compute,
#include "dtypes.def"
    };
    if (is_integer(dtype) || (relu_fast_is_half(dtype) && on_bits[activation])) {
        const ptrdiff_t size = relu_fast_size(dtype);
        return size == 1   ? RELU_FAST_COMPUTE_BITS8
               : size == 2 ? RELU_FAST_COMPUTE_BITS16
               : size == 4 ? RELU_FAST_COMPUTE_BITS32
                           : RELU_FAST_COMPUTE_BITS64;
    }
    const enum relu_fast_compute compute = (enum relu_fast_compute)computes[dtype];
    if (compute != RELU_FAST_COMPUTE_OF_ROW) return compute;
    return relu_fast_activations[activation].half_compute[dtype == RELU_FAST_BFLOAT16];
}

relu_fast_operation relu_fast_make_operation(int activation, enum relu_fast_form form,
                                             enum relu_fast_dtype dtype)
{
    return (relu_fast_operation){
        .activation = (short)activation,
        .form = (short)form,
        .compute = (unsigned char)compute_of(activation, dtype),
        .inputs = count_names(relu_fast_forms[form].inputs),
        .parameters = (unsigned char)relu_fast_activations[activation].parameters,
        .outputs = count_names(relu_fast_forms[form].outputs),
        .on_bits = (unsigned char)(on_bits[activation] - (on_bits[activation] > 0)),
    };
}
