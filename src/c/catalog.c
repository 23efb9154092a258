/* The metadata of the table, for the bridge. */
#include "relu_fast.h"

#include "kernels.h"

const relu_fast_activation relu_fast_catalog[] = {
#define ACTIVATION(name_, parameters_, cost_, value_of, backward_of, ...) \
    [RELU_FAST_ID_##name_] = {                                            \
        .name = #name_, .parameters = parameters_, .cost = RELU_FAST_##cost_, __VA_ARGS__},
#define BACKWARD_FROM_RESULT(...)
#define ALPHA_DERIVATIVE(...)
#include "activations.h"
};

const int relu_fast_catalog_size = RELU_FAST_ACTIVATIONS;
