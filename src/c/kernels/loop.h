/* Loops over vectors, for the files that are compiled once per ISA and compute type with
 * RELU_FAST_ISA and RELU_FAST_SINGLE (1: float, 0: double) defined; meson.build has the
 * flags of each ISA.  The loops are plain C: `omp simd` says that iterations are
 * independent, and the compiler vectorises. */
#ifndef RELU_FAST_LOOP_H
#define RELU_FAST_LOOP_H

#include "kernels.h"

/* Before the formulas, because block functions are written with them. */
#define BLOCK (64 / (ptrdiff_t)sizeof(real))
#define SIMD_LOOP(n) _Pragma("omp simd") for (ptrdiff_t i = 0; i < (n); i++)

#include "../formulas/formulas.h"

#endif
