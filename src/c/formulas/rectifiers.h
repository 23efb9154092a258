/* Rectifiers that only select, or multiply once. */
#ifndef RELU_FAST_FORMULAS_RECTIFIERS_H
#define RELU_FAST_FORMULAS_RECTIFIERS_H

static inline real relu_value(real x)
{
    return choose(x <= 0, 0, x);
}

static inline real relu_backward(real g, real x)
{
    return by_sign(x, g, 0);
}

/* alpha = 0 gives -0 for every x < 0, also where alpha * x would be 0 * inf. */
static inline real leaky_relu_value(real x, real alpha)
{
    return choose(x < 0, choose(alpha == 0, -alpha, alpha * x), x);
}

static inline real leaky_relu_backward(real g, real x, real alpha)
{
    return by_sign(x, g, choose(alpha == 0, alpha, g * alpha));
}

static inline real prelu_value(real x, real alpha)
{
    return leaky_relu_value(x, alpha);
}

static inline real prelu_backward(real g, real x, real alpha)
{
    return leaky_relu_backward(g, x, alpha);
}

static inline real prelu_by_alpha(real x)
{
    return by_sign(x, 0, x);
}

#endif
