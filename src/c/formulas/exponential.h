/* ELU and its kin: one exponential on the negative side. */
#ifndef RELU_FAST_FORMULAS_EXPONENTIAL_H
#define RELU_FAST_FORMULAS_EXPONENTIAL_H

static inline real elu_value(real x, real alpha)
{
    return choose(x < 0, alpha * expm1_nonpositive(x), x);
}

/* alpha = 0 makes the derivative 0 everywhere, and e^-inf is 0 by definition: there g, which
 * may be inf, is replaced by 0.  Elsewhere e^x is positive, however small. */
ALWAYS_INLINE vector elu_backward_near(vector g, vector x, vector alpha)
{
    const vector zero = splat(0), factor = choose_lanes(equal(alpha, zero), zero, g) * alpha;
    return choose_lanes(greater(x, zero), g, times_exp_normal(factor, x));
}

ALWAYS_INLINE vector elu_backward_far(vector g, vector x, vector alpha)
{
    const vector zero = splat(0);
    const mask vanishes = equal(alpha, zero) | equal(x, splat(-INFINITY));
    return times_exp_far(choose_lanes(vanishes, zero, g) * alpha, x);
}

#define elu_backward_bound EXP_NORMAL

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
