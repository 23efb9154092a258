/* The tables as data. */
#include "catalog.h"

/* relu_fast.h numbers element types in the order of their rows. */
enum {
#define DTYPE(id, ...) ROW_OF_##id,
#include "dtypes.def"
};
#define DTYPE(id, ...) \
    _Static_assert((int)ROW_OF_##id == (int)RELU_FAST_##id, "the number of " #id);
#include "dtypes.def"

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

/* One more than the number of its row; 0: it has none. */
static const unsigned char on_bits[RELU_FAST_ACTIVATIONS] = {
#define ON_BITS(name) [RELU_FAST_ID_##name] = 1 + RELU_FAST_ON_BITS_##name,
#include "activations.def"
};
static const unsigned char rounded_once[RELU_FAST_ACTIVATIONS] = {
#define ROUNDED_ONCE(name, ...) [RELU_FAST_ID_##name] = 1 + RELU_FAST_ROUNDED_ONCE_##name,
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

static enum relu_fast_compute bits_of(enum relu_fast_dtype dtype)
{
    switch (relu_fast_size(dtype)) {
    case 1:
        return RELU_FAST_COMPUTE_BITS8;
    case 2:
        return RELU_FAST_COMPUTE_BITS16;
    case 4:
        return RELU_FAST_COMPUTE_BITS32;
    default:
        return RELU_FAST_COMPUTE_BITS64;
    }
}

relu_fast_operation relu_fast_make_operation(int activation, enum relu_fast_form form,
                                             enum relu_fast_dtype dtype)
{
    static const unsigned char computes[] = {
#define FLOATING(id, name, bytes, compute) [RELU_FAST_##id] = RELU_FAST_##compute,
#include "dtypes.def"
    };
    relu_fast_operation o = {
        .activation = (short)activation,
        .form = (short)form,
        .inputs = count_names(relu_fast_forms[form].inputs),
        .parameters = (unsigned char)relu_fast_activations[activation].parameters,
        .outputs = count_names(relu_fast_forms[form].outputs),
        .kind = RELU_FAST_BY_FORMULA,
    };
    const int is_half = relu_fast_is_half(dtype);
    if (is_integer(dtype) || (is_half && on_bits[activation])) {
        o.compute = (unsigned char)bits_of(dtype);
        o.kind = RELU_FAST_ON_BITS;
        o.row = (unsigned char)(on_bits[activation] - 1);
        return o;
    }
    o.compute = computes[dtype];
    if (is_half && rounded_once[activation] && form != RELU_FAST_GRAD) {
        o.kind = RELU_FAST_ROUNDED_ONCE;
        o.row = (unsigned char)(rounded_once[activation] - 1);
    }
    return o;
}
