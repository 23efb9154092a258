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

static inline real relu6_value(real x)
{
    return choose(x <= 0, 0, choose(x >= 6, 6, x));
}

static inline real relu6_backward(real g, real x)
{
    return choose(x >= 6, 0, by_sign(x, g, 0));
}

static inline real relu_squared_value(real x)
{
    return choose(x <= 0, 0, PRODUCT(x, x));
}

/* The factor that is doubled is the one that cannot overflow unless the product does, so
 * that one rounding is left. */
static inline real relu_squared_backward(real g, real x)
{
    return by_sign(x, choose(x < 1, PRODUCT(g, x + x), PRODUCT(x, g + g)), 0);
}

/* alpha = 0 gives -0 for every x < 0, also where alpha * x would be 0 * inf. */
static inline real leaky_relu_value(real x, real alpha)
{
    return choose(x < 0, choose(alpha == 0, -alpha, PRODUCT(x, alpha)), x);
}

static inline real leaky_relu_backward(real g, real x, real alpha)
{
    return by_sign(x, g, choose(alpha == 0, alpha, PRODUCT(g, alpha)));
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

/* Where x and threshold have no order, one of them is NaN, and so is their sum. */
static inline real threshold_value(real x, real threshold, real value)
{
    return choose(x > threshold, x, choose(x <= threshold, value, x + threshold));
}

static inline real threshold_backward(real g, real x, real threshold, real value)
{
    (void)value;
    return choose(x > threshold, g, choose(x <= threshold, 0, x + threshold));
}

static inline real hardtanh_value(real x, real min_val, real max_val)
{
    const real raised = choose(x < min_val, min_val, x);
    const real clipped = choose(raised > max_val, max_val, raised);
    return within((min_val == min_val) & (max_val == max_val), clipped);
}

static inline real hardtanh_backward(real g, real x, real min_val, real max_val)
{
    const real inside = choose((x > min_val) & (x < max_val), g, choose(x == x, 0, x));
    return within((min_val == min_val) & (max_val == max_val), inside);
}

static inline real hardshrink_value(real x, real lambd)
{
    return within(lambd >= 0, choose(ABS(x) <= lambd, 0, x));
}

static inline real hardshrink_backward(real g, real x, real lambd)
{
    return within(lambd >= 0, choose(ABS(x) <= lambd, 0, choose(x == x, g, x)));
}

static inline real softshrink_value(real x, real lambd)
{
    const real shrunk = DIFFERENCE(x, choose(x < 0, -lambd, lambd));
    return within(lambd >= 0, choose(ABS(x) <= lambd, 0, shrunk));
}

static inline real softshrink_backward(real g, real x, real lambd)
{
    return hardshrink_backward(g, x, lambd);
}

#endif
