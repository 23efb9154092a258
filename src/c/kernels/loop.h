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

/* ---- From formulas of numbers to loops ----------------------------------- */

/* In a loop: an operand, by its place in the order inputs, parameters, outputs. */
#define IN(k) ((const real *)operands[k])[i]
#define OUT(k) ((real *)operands[k])[i]

/* The parameters of element `i`, the first of which is operand `first`. */
#define PARAMETERS_1(first, i) const real p0 = ((const real *)operands[first])[i]
#define PARAMETERS_2(first, i) \
    PARAMETERS_1(first, i);    \
    const real p1 = ((const real *)operands[(first) + 1])[i]

#define CALL_0(formula, ...) formula(__VA_ARGS__)
#define CALL_1(formula, ...) formula(__VA_ARGS__, p0)
#define CALL_2(formula, ...) formula(__VA_ARGS__, p0, p1)

/* Calls in it are inlined, however long this file: the compiler's own limit counts that, too. */
#define LOOP static __attribute__((flatten)) void

/* The mask tells the compiler that the length is a whole number of vectors, so that it
 * leaves out the scalar remainder. */
#define LOOPS_0(kernel, first, ...)                                   \
    LOOP SYMBOL(kernel##_uniform)(ptrdiff_t n, void *const *operands) \
    {                                                                 \
        n &= -BLOCK;                                                  \
        SIMD_LOOP (n) {                                               \
            __VA_ARGS__;                                              \
        }                                                             \
    }
/* Uniform parameters are read before the loop, because the compiler cannot know that no
 * output is stored over them. */
#define LOOPS_WITH(parameters, kernel, first, ...)                    \
    LOOP SYMBOL(kernel##_uniform)(ptrdiff_t n, void *const *operands) \
    {                                                                 \
        PARAMETERS_##parameters(first, 0);                            \
        n &= -BLOCK;                                                  \
        SIMD_LOOP (n) {                                               \
            __VA_ARGS__;                                              \
        }                                                             \
    }                                                                 \
    LOOP SYMBOL(kernel##_varying)(ptrdiff_t n, void *const *operands) \
    {                                                                 \
        n &= -BLOCK;                                                  \
        SIMD_LOOP (n) {                                               \
            PARAMETERS_##parameters(first, i);                        \
            __VA_ARGS__;                                              \
        }                                                             \
    }
#define LOOPS_1(...) LOOPS_WITH(1, __VA_ARGS__)
#define LOOPS_2(...) LOOPS_WITH(2, __VA_ARGS__)

#endif
