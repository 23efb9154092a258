/* The tables as data. */
#include "catalog.h"

const char *const relu_fast_dtype_names[RELU_FAST_DTYPES] = {
#define DTYPE(id, name, ...) [RELU_FAST_##id] = #name,
#include "dtypes.def"
};

const char relu_fast_dtype_characters[RELU_FAST_DTYPES] = {
#define DTYPE(id, name, bytes, compute, character) [RELU_FAST_##id] = (character),
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

static unsigned char count_names(const char *names)
{
    unsigned char count = 1;
    for (; *names; names++) count += *names == ' ';
    return count;
}

relu_fast_operation relu_fast_make_operation(int activation, enum relu_fast_form form,
                                             enum relu_fast_dtype dtype)
{
    static const unsigned char computes[] = {
#define DTYPE(id, name, bytes, compute, character) [RELU_FAST_##id] = RELU_FAST_##compute,
#include "dtypes.def"
    };
    const relu_fast_activation *row = &relu_fast_activations[activation];
    const unsigned char compute = computes[dtype];
    return (relu_fast_operation){
        .activation = (short)activation,
        .form = (short)form,
        .compute = compute == RELU_FAST_COMPUTE_OF_ROW ? (unsigned char)row->half_compute : compute,
        .inputs = count_names(relu_fast_forms[form].inputs),
        .parameters = (unsigned char)row->parameters,
        .outputs = count_names(relu_fast_forms[form].outputs),
    };
}
