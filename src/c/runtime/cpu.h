/* The kernels that run now. */
#ifndef RELU_FAST_CPU_H
#define RELU_FAST_CPU_H

#include "../kernels/kernels.h"

const relu_fast_kernels *relu_fast_active_kernels(enum relu_fast_compute compute);

#endif
