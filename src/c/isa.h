/* The kernels that run now. */
#ifndef RELU_FAST_ISA_H
#define RELU_FAST_ISA_H

#include "kernels.h"

const relu_fast_kernels *relu_fast_active_kernels(enum relu_fast_dtype dtype);

#endif
