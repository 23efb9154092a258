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

ALWAYS_INLINE mask elu_backward_is_near(vector x, vector alpha)
{
    (void)alpha;
    return not_less(x, splat(EXP_NORMAL));
}

static inline real elu_backward_from_result(real g, real y, real alpha)
{
    return by_sign(y, g, choose(y + alpha == 0, 0 * alpha, g * (y + alpha)));
}

/* ---- selu ------------------------------------------------------------------ */

/* lambda and lambda * alpha, each the sum of two.  The low parts are positive, so that they
 * make no NaN of infinities. */
#if RELU_FAST_SINGLE
#define SELU_LAMBDA 0x1.0cfabcp+0f
#define SELU_LAMBDA_LOW 0x1.6a9114p-24f
#define SELU_PRODUCT 0x1.c212ccp+0f
#define SELU_PRODUCT_LOW 0x1.903c0cp-26f
#else
#define SELU_LAMBDA 0x1.0cfabd6a91132p+0
#define SELU_LAMBDA_LOW 0x1.6fc7d272f2695p-55
#define SELU_PRODUCT 0x1.c212cc640f031p+0
#define SELU_PRODUCT_LOW 0x1.05161b045a1fep-56
#endif

static inline real times_lambda(real x)
{
    return FMA(x, SELU_LAMBDA, x * SELU_LAMBDA_LOW);
}

/* Products of what is rounded already: 1.5 ULP.  The exponential in two parts would make it
 * 0.8, and 1.6 times the time. */
static inline real times_selu_product(real x)
{
    return FMA(x, SELU_PRODUCT, x * SELU_PRODUCT_LOW);
}

static inline real selu_value(real x)
{
    return choose(x < 0, times_selu_product(expm1_nonpositive(x)), times_lambda(x));
}

static inline real selu_backward(real g, real x)
{
    const exp_parts e = exp_in_parts(x, 0, 1);
    const real mantissa = times_selu_product(e.head + e.tail);
    const real factor = choose(x <= -INFINITY, 0, g);
    return by_sign(x, times_lambda(g), times_power(factor, mantissa, e));
}

static inline real selu_backward_from_result(real g, real y)
{
    const real derivative = (y + SELU_PRODUCT) + SELU_PRODUCT_LOW;
    return by_sign(y, times_lambda(g), choose(derivative <= 0, 0, g * derivative));
}

/* ---- celu ------------------------------------------------------------------ */

/* Below the first, 1/alpha may be infinite; then x and alpha are multiplied by the second.  Above
 * the third, a multiple of alpha may be; then by the fourth. */
#if RELU_FAST_SINGLE
#define CELU_TINY 0x1p-100f
#define CELU_UP 0x1p100f
#define CELU_HUGE 0x1p100f
#define CELU_DOWN 0x1p-60f
#define CELU_LINEAR -0x1p-27f
#else
#define CELU_TINY 0x1p-1000
#define CELU_UP 0x1p600
#define CELU_HUGE 0x1p1000
#define CELU_DOWN 0x1p-500
#define CELU_LINEAR -0x1p-56
#endif

/* x/alpha in two parts.  Where an exponential has long been 0 to it, x counts as
 * floor * alpha, so that no quotient is infinite. */
static inline parts over_alpha(real x, real alpha, real floor)
{
    const real up = choose(alpha < CELU_TINY, CELU_UP, choose(alpha > CELU_HUGE, CELU_DOWN, 1));
    const real divisor = alpha * up, least = floor * divisor, scaled = x * up;
    const real numerator = choose(scaled < least, least, scaled);
    const real reciprocal = 1 / divisor, quotient = numerator * reciprocal;
    return (parts){quotient, FMA(-quotient, divisor, numerator) * reciprocal};
}

/* Near 0, where a quotient may underflow that the factor alpha would bring back, it is x. */
static inline real celu_value(real x, real alpha)
{
    const real inside = alpha + within((alpha > 0) & (alpha < INFINITY), 0);
    const parts quotient = over_alpha(x, inside, EXPM1_FLOOR);
    const real value = inside * expm1_of_sum(quotient.high, quotient.low, 0);
    return choose(x <= 0, choose(quotient.high > CELU_LINEAR, x, value), x);
}

static inline real celu_backward(real g, real x, real alpha)
{
    const real factor = choose(x <= -INFINITY, 0, g) * within((alpha > 0) & (alpha < INFINITY), 1);
    const parts quotient = over_alpha(x, alpha, EXP_FLOOR);
    const exp_parts e = exp_in_parts(quotient.high, quotient.low, 0);
    return by_sign(x, g, times_power(factor, e.head + e.tail, e));
}

static inline real celu_backward_from_result(real g, real y, real alpha)
{
    const real sum = y + alpha;
    return by_sign(y, g, choose(sum == 0, 0, g * (sum / alpha)));
}

/* ---- The derivative of elu by alpha ---------------------------------------- */

/* x > 0 is chosen away before the exponential: after it, by_sign, GCC 12 jumps over the
 * exponential, and float64 on NEON loses its vectors. */
static inline real elu_by_alpha(real x)
{
    return choose(x == x, expm1_nonpositive(choose(x > 0, 0, x)), x);
}

#endif
