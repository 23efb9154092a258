/* Activation x form -> loops over contiguous vectors.
 *
 * For each row of the table, the macros below make a loop of each form, with the parameters
 * uniform and, if there are any, varying. */
#include "by_range.h"
#include "loop.h"

/* Value and derivative by a kernel each, in pieces that stay in the L1 cache.  The derivative
 * comes first, and waits elsewhere if it is to be stored over what the value is made of. */
#define PIECE (32 * BLOCK)

ALWAYS_INLINE void value_and_grad_in_turn(ptrdiff_t n, void *const *operands, int parameters,
                                          int varying, relu_fast_loop *value, relu_fast_loop *grad)
{
    real *const x = operands[0], *const p = operands[parameters];
    real *const y = operands[parameters + 1], *const dy = operands[parameters + 2];
    const int over_input = dy == x || dy == p;
    for (ptrdiff_t begin = 0; begin < n; begin += PIECE) {
        real *const x_here = x + begin, *const p_here = p + (varying ? begin : 0);
        const ptrdiff_t count = ptrdiff_min(n - begin, PIECE);
        real kept[PIECE], *const dy_here = over_input ? kept : dy + begin;
        grad(count, parameters ? (void *[]){x_here, p_here, dy_here} : (void *[]){x_here, dy_here});
        value(count,
              parameters ? (void *[]){x_here, p_here, y + begin} : (void *[]){x_here, y + begin});
        if (over_input) memcpy(dy + begin, kept, (size_t)count * sizeof(real));
    }
}

/* Formulas of numbers.  The derivative is the backward with g = 1. */
#define LOOPS_OF_ONE_OUTPUT(name, P)                                                \
    LOOPS_##P(name##_value, 1, OUT(1 + P) = CALL_##P(name##_value, IN(0)))          \
        LOOPS_##P(name##_grad, 1, OUT(1 + P) = CALL_##P(name##_backward, 1, IN(0))) \
            LOOPS_##P(name##_backward, 2, OUT(2 + P) = CALL_##P(name##_backward, IN(0), IN(1)))
#define FORMS_OF_SCALAR(name, P)                              \
    LOOPS_OF_ONE_OUTPUT(name, P)                              \
    LOOPS_##P(name##_value_and_grad, 1, const real x = IN(0); \
              OUT(1 + P) = CALL_##P(name##_value, x);         \
              OUT(2 + P) = CALL_##P(name##_backward, 1, x))
#define FORMS_OF_SHARED(name, P)                                                                  \
    LOOPS_OF_ONE_OUTPUT(name, P)                                                                  \
    LOOPS_##P(name##_value_and_grad, 1, const pair both = CALL_##P(name##_value_and_grad, IN(0)); \
              OUT(1 + P) = both.value; OUT(2 + P) = both.grad)
#define BACKWARD_FROM_RESULT_OF_SCALAR(name, P) \
    LOOPS_##P(name##_backward_from_result, 2,   \
              OUT(2 + P) = CALL_##P(name##_backward_from_result, IN(0), IN(1)))

/* Formulas for a range each (by_range.h), after `inputs` inputs and one parameter or none. */
#define RANGE_OF(formula) ((by_range){formula##_is_near, formula##_near, formula##_far})
#define GRADIENT(inputs) ((inputs) == 2 ? operands[0] : NULL)
#define RANGE_LOOP_0(kernel, inputs)                                                           \
    static void SYMBOL(kernel##_uniform)(ptrdiff_t n, void *const *operands)                   \
    {                                                                                          \
        apply_by_range(n, RANGE_OF(kernel), GRADIENT(inputs), operands[(inputs) - 1], NULL, 0, \
                       operands[inputs]);                                                      \
    }
#define RANGE_LOOP(kernel, formula, mode, varying, inputs)                             \
    static void SYMBOL(kernel##_##mode)(ptrdiff_t n, void *const *operands)            \
    {                                                                                  \
        apply_by_range(n, RANGE_OF(formula), GRADIENT(inputs), operands[(inputs) - 1], \
                       operands[inputs], varying, operands[(inputs) + 1]);             \
    }
#define RANGE_LOOPS(kernel, formula, inputs)        \
    RANGE_LOOP(kernel, formula, uniform, 0, inputs) \
    RANGE_LOOP(kernel, formula, varying, 1, inputs)
#define IN_TURN(name, mode, parameters, varying)                                              \
    static void SYMBOL(name##_value_and_grad_##mode)(ptrdiff_t n, void *const *operands)      \
    {                                                                                         \
        value_and_grad_in_turn(n, operands, parameters, varying, SYMBOL(name##_value_##mode), \
                               SYMBOL(name##_grad_##mode));                                   \
    }
#define IN_TURN_0(name) IN_TURN(name, uniform, 0, 0)
#define IN_TURN_1(name) IN_TURN(name, uniform, 1, 0) IN_TURN(name, varying, 1, 1)

/* Values by a formula of numbers; derivatives by two in vectors, of one parameter. */
#define FORMS_OF_BY_RANGE(name, P)                                         \
    LOOPS_##P(name##_value, 1, OUT(1 + P) = CALL_##P(name##_value, IN(0))) \
        RANGE_LOOPS(name##_grad, name##_backward, 1)                       \
            RANGE_LOOPS(name##_backward, name##_backward, 2) IN_TURN_##P(name)
#define BACKWARD_FROM_RESULT_OF_BY_RANGE BACKWARD_FROM_RESULT_OF_SCALAR

/* Values and derivatives by two formulas in vectors.  The parameter, if there is one, is 1 by
 * default, and a uniform 1 has formulas of its own, which compute the same in less time. */
#define SMOOTH_LOOPS_0 RANGE_LOOP_0
#define SMOOTH_LOOPS_1(kernel, inputs)                                              \
    RANGE_LOOP(kernel, kernel, varying, 1, inputs)                                  \
    static void SYMBOL(kernel##_uniform)(ptrdiff_t n, void *const *operands)        \
    {                                                                               \
        const real *const g = GRADIENT(inputs), *const x = operands[(inputs) - 1];  \
        const real *const p = operands[inputs];                                     \
        real *const to = operands[(inputs) + 1];                                    \
        if (*p == 1) apply_by_range(n, RANGE_OF(kernel##_at_1), g, x, NULL, 0, to); \
        else apply_by_range(n, RANGE_OF(kernel), g, x, p, 0, to);                   \
    }
#define FORMS_OF_SMOOTH(name, P)                                       \
    SMOOTH_LOOPS_##P(name##_value, 1) SMOOTH_LOOPS_##P(name##_grad, 1) \
        SMOOTH_LOOPS_##P(name##_backward, 2) IN_TURN_##P(name)
#define BACKWARD_FROM_RESULT_OF_SMOOTH BACKWARD_FROM_RESULT_OF_SCALAR

/* Functions of whole vectors, which are their own loops. */
#define BLOCK_LOOP(kernel, mode, is_varying)                                \
    static void SYMBOL(kernel##_##mode)(ptrdiff_t n, void *const *operands) \
    {                                                                       \
        kernel##_blocks(n & -BLOCK, operands, is_varying);                  \
    }
#define BLOCK_LOOPS_0(kernel) BLOCK_LOOP(kernel, uniform, 0)
#define BLOCK_LOOPS_1(kernel) BLOCK_LOOP(kernel, uniform, 0) BLOCK_LOOP(kernel, varying, 1)
#define BLOCK_LOOPS_2(kernel) BLOCK_LOOPS_1(kernel)
#define FORMS_OF_BLOCKS(name, P)                                                                \
    BLOCK_LOOPS_##P(name##_value) BLOCK_LOOPS_##P(name##_grad) BLOCK_LOOPS_##P(name##_backward) \
        BLOCK_LOOPS_##P(name##_value_and_grad)
#define BACKWARD_FROM_RESULT_OF_BLOCKS(name, P) BLOCK_LOOPS_##P(name##_backward_from_result)

/* ---- Gated pairs ----------------------------------------------------------- */

/* Formulas of numbers. */
#define GATED_FORMS_OF_SCALAR(name)                                                                \
    LOOPS_0(name##_value, 0, OUT(2) = name##_value(IN(0), IN(1)))                                  \
    LOOPS_0(name##_backward, 0, const gated_gradients both = name##_backward(IN(0), IN(1), IN(2)); \
            OUT(3) = both.gate; OUT(4) = both.up)

/* Values by two formulas in vectors.  Gradients by those of the activation, in pieces that stay
 * in the L1 cache; that of the gate waits elsewhere if it is to be stored over an input. */
ALWAYS_INLINE void gated_backward(ptrdiff_t n, void *const *operands, by_range value,
                                  by_range backward)
{
    const real *const g = operands[0], *const gate = operands[1], *const up = operands[2];
    real *const d_gate = operands[3], *const d_up = operands[4];
    const int over_input = d_gate == g || d_gate == gate || d_gate == up;
    for (ptrdiff_t begin = 0; begin < n; begin += PIECE) {
        const ptrdiff_t count = ptrdiff_min(n - begin, PIECE) & -BLOCK;
        real y[PIECE], kept[PIECE], *const d_gate_here = over_input ? kept : d_gate + begin;
        const real *const g_here = g + begin, *const up_here = up + begin;
        SIMD_LOOP (count) {
            d_gate_here[i] = g_here[i] * up_here[i];
        }
        apply_by_range(count, backward, d_gate_here, gate + begin, NULL, 0, d_gate_here);
        apply_by_range(count, value, NULL, gate + begin, NULL, 0, y);
        real *const d_up_here = d_up + begin;
        SIMD_LOOP (count) {
            d_up_here[i] = g_here[i] * y[i];
        }
        if (over_input) memcpy(d_gate + begin, kept, (size_t)count * sizeof(real));
    }
}

#define RANGE_OF_GATE(formula) RANGE_OF(formula) /* once its name is there */
#define GATED_FORMS_OF_SMOOTH(name)                                                                \
    static void SYMBOL(name##_value_uniform)(ptrdiff_t n, void *const *operands)                   \
    {                                                                                              \
        apply_by_range(n, RANGE_OF(name##_value), NULL, operands[0], operands[1], 1, operands[2]); \
    }                                                                                              \
    static void SYMBOL(name##_backward_uniform)(ptrdiff_t n, void *const *operands)                \
    {                                                                                              \
        gated_backward(n, operands, RANGE_OF_GATE(name##_gate(value)),                             \
                       RANGE_OF_GATE(name##_gate(backward)));                                      \
    }

#define ACTIVATION(name, parameters, kernel, ...) FORMS_OF_##kernel(name, parameters)
#define GATED(name, kernel, ...) GATED_FORMS_OF_##kernel(name)
#define BACKWARD_FROM_RESULT(name, parameters, kernel) \
    BACKWARD_FROM_RESULT_OF_##kernel(name, parameters)
#include "../table/activations.def"

#define ENTRY_0(kernel) {SYMBOL(kernel##_uniform), SYMBOL(kernel##_uniform)}
#define ENTRY_1(kernel) {SYMBOL(kernel##_uniform), SYMBOL(kernel##_varying)}
#define ENTRY_2(kernel) ENTRY_1(kernel)

extern const relu_fast_elementwise SYMBOL(relu_fast_elementwise);
const relu_fast_elementwise SYMBOL(relu_fast_elementwise) = {
#define ACTIVATION(name, P, ...)                                            \
    [RELU_FAST_ID_##name][RELU_FAST_VALUE] = ENTRY_##P(name##_value),       \
    [RELU_FAST_ID_##name][RELU_FAST_GRAD] = ENTRY_##P(name##_grad),         \
    [RELU_FAST_ID_##name][RELU_FAST_BACKWARD] = ENTRY_##P(name##_backward), \
    [RELU_FAST_ID_##name][RELU_FAST_VALUE_AND_GRAD] = ENTRY_##P(name##_value_and_grad),
#define GATED(name, ...)                                                  \
    [RELU_FAST_ID_##name][RELU_FAST_GATED_VALUE] = ENTRY_0(name##_value), \
    [RELU_FAST_ID_##name][RELU_FAST_GATED_BACKWARD] = ENTRY_0(name##_backward),
#define BACKWARD_FROM_RESULT(name, P, kernel) \
    [RELU_FAST_ID_##name][RELU_FAST_BACKWARD_FROM_RESULT] = ENTRY_##P(name##_backward_from_result),
#include "../table/activations.def"
};
