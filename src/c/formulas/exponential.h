/* ELU and its kin: one exponential on the negative side. */
#ifndef RELU_FAST_FORMULAS_EXPONENTIAL_H
#define RELU_FAST_FORMULAS_EXPONENTIAL_H

static inline real elu_value(real x, real alpha)
{
    return choose(x < 0, alpha * expm1_nonpositive(x), x);
}

/* e^-inf is 0 by definition, and alpha = 0 makes the derivative 0 everywhere: there g,
 * which may be inf, is replaced by 0.  Elsewhere e^x is positive, however small.  One
 * comparison covers both cases, because no x is above the floor if alpha = 0. */
static inline real elu_backward(real g, real x, real alpha)
{
    const real floor = choose(alpha == 0, INFINITY, -INFINITY);
    return by_sign(x, g, times_exp(choose(x <= floor, 0 * alpha, g * alpha), x));
}

static inline real elu_backward_from_result(real g, real y, real alpha)
{
    return by_sign(y, g, choose(y + alpha == 0, 0 * alpha, g * (y + alpha)));
}

/* x > 0 is chosen away before the exponential: after it, by_sign, GCC 12 jumps over the
 * exponential, and float64 on NEON loses its vectors. */
static inline real elu_by_alpha(real x)
{
    return choose(x == x, expm1_nonpositive(choose(x > 0, 0, x)), x);
}

#endif
