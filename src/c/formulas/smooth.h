/* The smooth functions: by the tables of smooth.def near 0, by exponentials far from it.
 *
 * A far formula is right wherever the exponentials are small, and no table reaches so far that
 * it need be right elsewhere.  It gives what is as small as e^-|x| as a significand and a
 * power of two, so that it is rounded at its own magnitude, down to the last subnormal. */
#ifndef RELU_FAST_FORMULAS_SMOOTH_H
#define RELU_FAST_FORMULAS_SMOOTH_H

/* By what numbers next to the smallest and to the largest are brought nearer to 1. */
#if RELU_FAST_SINGLE
#define UP_BITS 64
#define UP 0x1p64f
#define DOWN 0x1p-64f
#else
#define UP_BITS 512
#define UP 0x1p512
#define DOWN 0x1p-512
#endif

/* ---- Arguments --------------------------------------------------------------- */

/* What a function is of: of w + low, where w is beta x if there is a beta. */
typedef struct {
    vector x, w, low, beta;
    int has_low, has_beta;
} argument;

ALWAYS_INLINE argument of(vector x)
{
    return (argument){.x = x, .w = x, .has_low = 0};
}

ALWAYS_INLINE argument of_quick(vector x)
{
    const vector w = x * splat(QUICK_HIGH);
    const vector low = fused(x, splat(QUICK_LOW), fused(x, splat(QUICK_HIGH), -w));
    return (argument){.x = x, .w = w, .low = low, .has_low = 1};
}

/* NaN if beta is infinite; 0 if it is 0, whatever x. */
ALWAYS_INLINE argument of_product(vector x, vector beta)
{
    const mask is_zero = equal(beta, splat(0)) & equal(x, x);
    const vector factor = choose_lanes(is_zero, splat(0), x), finite = beta + (beta - beta);
    const vector w = factor * finite, low = fused(factor, finite, -w);
    return (argument){.x = x, .w = w, .low = low, .beta = beta, .has_low = 1, .has_beta = 1};
}

ALWAYS_INLINE argument of_positive(vector x, vector beta)
{
    return of_product(x, choose_lanes(greater(beta, splat(0)), beta, splat(NAN)));
}

/* ---- Near: by tables ------------------------------------------------------------ */

ALWAYS_INLINE mask is_in(const register_table *table, argument a)
{
    const vector t = table->first == 0 ? magnitude(a.w) : a.w;
    const mask below = greater(splat(table->high), t);
    return table->low == 0 ? below : below & not_less(t, splat(table->low));
}

ALWAYS_INLINE vector_parts evaluate_at(const register_table *table, argument a, int exactly)
{
    if (table->first != 0) return evaluate(table, a.w, a.low, a.has_low, exactly);
    return evaluate(table, magnitude(a.w), times_sign(a.low, a.w), a.has_low, exactly);
}

/* f(w) from f(-|w|) where f(w) + f(-w) = 1 and 1 - high is exact. */
ALWAYS_INLINE vector_parts reflected(vector_parts f, vector w)
{
    return (vector_parts){by_sign_bit(w, f.high, 1 - f.high), times_opposite_sign(f.low, w)};
}

/* The same where it is not. */
ALWAYS_INLINE vector_parts reflected_in_parts(vector_parts f, vector w)
{
    const vector high = 1 - f.high, low = ((1 - high) - f.high) - f.low;
    return (vector_parts){by_sign_bit(w, f.high, high), by_sign_bit(w, f.low, low)};
}

/* -0 stays -0 if `low` is not negative there. */
ALWAYS_INLINE vector times(vector x, vector_parts f)
{
    return fused(x, f.high, x * f.low);
}

ALWAYS_INLINE vector sum_of_parts(vector_parts f)
{
    return f.high + f.low;
}

ALWAYS_INLINE vector_parts square_of(vector t)
{
    const vector high = t * t;
    return (vector_parts){high, fused(t, t, -high)};
}

/* To almost twice the precision. */
ALWAYS_INLINE vector_parts product_of(vector_parts a, vector_parts b)
{
    const vector high = a.high * b.high;
    const vector low = fused(a.high, b.low, fused(a.low, b.high, fused(a.high, b.high, -high)));
    return (vector_parts){high, low};
}

/* a + b + c for c far below both. */
ALWAYS_INLINE vector_parts sum_of_three(vector a, vector b, vector c)
{
    const vector high = a + b, of_b = high - a;
    return (vector_parts){high, (a - (high - of_b)) + (b - of_b) + c};
}

/* ---- Kinds of them, for smooth.def ------------------------------------------------- */

ALWAYS_INLINE vector kind_plain(const register_table *f, argument a)
{
    return sum_of_parts(evaluate_at(f, a, 0));
}

ALWAYS_INLINE vector kind_reflected(const register_table *f, argument a)
{
    return sum_of_parts(reflected(evaluate_at(f, a, 0), a.w));
}

/* From a multiple of x, because next to the subnormals x times the low part would lose so much
 * that the error is 1 ULP.  The sign of x is what a zero still has: f is positive there, its low
 * part need not be. */
ALWAYS_INLINE vector kind_times_x(const register_table *f, argument a)
{
    const vector multiple = times(a.x * splat(UP), evaluate_at(f, a, 0));
    return with_sign(multiple * splat(DOWN), a.x);
}

/* If w is beta x, the sign of x is what a zero still has; a beta of 0 makes it x / 2. */
ALWAYS_INLINE vector kind_times_x_reflected(const register_table *f, argument a)
{
    const vector y = times(a.x, reflected(evaluate_at(f, a, 0), a.w));
    if (!a.has_beta) return y;
    return choose_lanes(equal(a.beta, splat(0)), a.x * HALF, with_sign(magnitude(y), a.x));
}

ALWAYS_INLINE vector kind_exactly_times_x_reflected(const register_table *f, argument a)
{
    return times(a.x, reflected_in_parts(evaluate_at(f, a, 1), a.w));
}

ALWAYS_INLINE vector kind_odd(const register_table *f, argument a)
{
    return with_sign(times(magnitude(a.x), evaluate_at(f, a, 0)), a.x);
}

/* t^2 f(t) and t^3 f(t) */
ALWAYS_INLINE vector kind_squared(const register_table *f, argument a)
{
    return sum_of_parts(product_of(square_of(a.x), evaluate_at(f, a, 0)));
}

ALWAYS_INLINE vector kind_cubed(const register_table *f, argument a)
{
    return times(a.x, product_of(square_of(a.x), evaluate_at(f, a, 0)));
}

/* max(x, 0) + f(|beta x|) / beta; by halves where it may come near the largest number, and
 * infinite beyond that. */
ALWAYS_INLINE vector kind_softplus(const register_table *f, argument a)
{
    const vector_parts y = evaluate_at(f, a, 0);
    const vector positive = by_sign_bit(a.x, splat(0), a.x);
    if (!a.has_beta) return sum_of_parts(sum_of_three(positive, y.high, y.low));

    const mask is_large = greater(splat(1), a.beta);
    const vector scale = choose_lanes(is_large, splat(HALF), splat(1));
    const vector high = y.high * scale, quotient = high / a.beta;
    const vector rest = (fused(-quotient, a.beta, high) + y.low * scale) / a.beta;
    const vector_parts sum = sum_of_three(positive * scale, quotient, rest);
    const mask is_finite = greater(splat(INFINITY), sum.high);
    return choose_lanes(is_finite, sum_of_parts(sum), sum.high) *
           choose_lanes(is_large, splat(2), splat(1));
}

ALWAYS_INLINE vector kind_minus_softplus(const register_table *f, argument a)
{
    return -kind_softplus(f, a);
}

/* ---- Far: by e = e^-|w| ------------------------------------------------------------ */

/* e, also as a number that is right as long as it counts beside 1. */
typedef struct {
    exponential parts;
    vector significand, number;
} decay;

#define LEAST_DECAY (-2 * MANTISSA)

/* How many terms of their series the functions below take; and for which t e^(-t^2/2) and
 * e^-(A t + B t^3) are next to e^EXP_FLOOR. */
#if RELU_FAST_SINGLE
#define GAUSS_LIMIT 19.6f
#define CUBIC_LIMIT 13.4f
#else
#define GAUSS_LIMIT 54.0
#define CUBIC_LIMIT 27.0
#endif

ALWAYS_INLINE decay decay_of_sum(vector w, vector low, int has_low)
{
    const exponential e = exp_by_table_of_sum(w, low, has_low);
    const vector significand = e.high + e.low;
    const vector_signed least = (vector_signed){0} + (BIAS + LEAST_DECAY);
    const vector_bits power = (vector_bits)max_signed((vector_signed)e.exponent, least);
    return (decay){e, significand, significand * (vector)(power << MANTISSA)};
}

/* |w| + low, but no more than where the exponential has long been 0; what w lacks may be
 * infinite beyond that. */
ALWAYS_INLINE vector_parts size_of(argument a)
{
    const vector t = magnitude(a.w), zero = splat(0);
    if (!a.has_low) return (vector_parts){at_most(-EXP_FLOOR, t), zero};
    const mask is_felt = greater(splat(-EXP_FLOOR), t);
    return (vector_parts){at_most(-EXP_FLOOR, t),
                          choose_lanes(is_felt, times_sign(a.low, a.w), zero)};
}

ALWAYS_INLINE decay decay_at(argument a)
{
    const vector_parts t = size_of(a);
    return decay_of_sum(-t.high, -t.low, a.has_low);
}

/* factor * e * (1 - less) * 2^shift; `less` is small, and e in parts takes it in.  The factor
 * is at least 2^least. */
ALWAYS_INLINE vector times_decay(vector factor, int least, decay e, vector less, int shift)
{
    const vector low = fused(-e.significand, less, e.parts.low);
    const vector significand = fused(factor, e.parts.high, factor * low);
    return scaled(significand, e.parts.exponent + (bits)(shift - BIAS), least - 1);
}

/* By the sign of x; NaN takes the positive side, which a scale has not made a number. */
ALWAYS_INLINE vector by_side(vector x, vector negative, vector positive)
{
    return choose_lanes(greater(splat(0), x), negative, positive);
}

/* 1 - sigmoid(|w|) as a small number, by e / (1 + e) = e (1 - e (1 - e ...)) */
ALWAYS_INLINE vector complement(decay e)
{
    vector series = 1 - e.number;
    WRITTEN_OUT
    for (int i = 2; i < COMPLEMENT_TERMS; i++) series = fused(-e.number, series, splat(1));
    return e.number * series;
}

/* x as a factor of what underflows, so that it does not overflow on the way. */
ALWAYS_INLINE vector limited(vector x)
{
    return with_sign(at_most(-EXP_FLOOR, magnitude(x)), x);
}

/* ---- sigmoid, silu ----------------------------------------------------------------- */

ALWAYS_INLINE vector far_sigmoid(argument a)
{
    const decay e = decay_at(a);
    const vector v = complement(e);
    return by_side(a.w, times_decay(splat(1), 0, e, v, 0), 1 - v);
}

/* e (1 - v)^2 */
ALWAYS_INLINE vector far_sigmoid_grad_shifted(argument a, int shift)
{
    const decay e = decay_at(a);
    const vector v = complement(e);
    const vector y = times_decay(splat(1), 0, e, v * (2 - v), shift);
    return choose_lanes(equal(a.w, a.w), y, a.w);
}

ALWAYS_INLINE vector far_sigmoid_grad(argument a)
{
    return far_sigmoid_grad_shifted(a, 0);
}

ALWAYS_INLINE vector far_silu(argument a)
{
    const decay e = decay_at(a);
    const vector v = complement(e);
    if (!a.has_beta) {
        const vector x = limited(a.x);
        return by_side(a.w, times_decay(x, 0, e, v, 0), fused(-x, v, a.x));
    }
    /* x may be next to the largest or the smallest numbers. */
    const mask is_finite = greater(splat(INFINITY), magnitude(a.x));
    const vector x = choose_lanes(is_finite, a.x, with_sign(splat(1), a.x));
    const mask is_small = greater(splat(1), magnitude(x));
    const vector up = x * choose_lanes(is_small, splat(UP), splat(HALF));
    const vector negative = choose_lanes(is_small, times_decay(up, -UP_BITS, e, v, -UP_BITS),
                                         times_decay(up, -1, e, v, 1));
    return by_side(a.w, negative, fused(-x, v, a.x));
}

/* e (1 - v) c, c = 1 - |w| (1 - v) */
ALWAYS_INLINE vector far_silu_grad(argument a)
{
    const decay e = decay_at(a);
    const vector_parts t = size_of(a);
    const vector v = complement(e);
    const vector c = (1 - t.high) + (a.has_low ? fused(t.high, v, -t.low) : t.high * v);
    return by_side(a.w, times_decay(c, 0, e, v, 0), fused(-v, c, splat(1)));
}

/* ---- softplus ------------------------------------------------------------------------ */

/* 1 - log(1 + e) / e */
ALWAYS_INLINE vector softplus_series(decay e)
{
    vector series = splat(0);
    WRITTEN_OUT
    for (int i = SOFTPLUS_TERMS; i > 1; i--) series = fused(-e.number, series, splat((real)1 / i));
    return e.number * series;
}

ALWAYS_INLINE vector far_softplus(argument a)
{
    const decay e = decay_at(a);
    const vector less = softplus_series(e);
    if (!a.has_beta)
        return by_side(a.w, times_decay(splat(1), 0, e, less, 0), fused(e.number, 1 - less, a.x));

    /* A beta next to the largest or the smallest numbers is brought nearer to 1. */
    const mask is_large = greater(a.beta, splat(UP)), is_small = greater(splat(DOWN), a.beta);
    const vector one = splat(1);
    const vector power =
        choose_lanes(is_large, splat(DOWN), choose_lanes(is_small, splat(UP), one));
    const vector beta = a.beta * power, quotient = e.parts.high / beta;
    const vector low = fused(-e.significand, less, e.parts.low);
    const vector rest = (fused(-quotient, beta, e.parts.high) + low) / beta;
    const vector_bits shift = ((vector_bits)power >> MANTISSA) - 2 * BIAS;
    const vector negative = scaled(quotient + rest, e.parts.exponent + shift, -UP_BITS);
    const vector y = by_side(a.w, negative, fused(e.number / a.beta, 1 - less, a.x));
    return choose_lanes(equal(a.w, splat(-INFINITY)), splat(0), y);
}

ALWAYS_INLINE vector far_minus_softplus(argument a)
{
    return -far_softplus(a);
}

/* ---- tanh -------------------------------------------------------------------------------- */

/* tanh(|x|) = 1 - 2 v, v = 1 - sigmoid(2 |x|) */
ALWAYS_INLINE vector far_tanh(argument a)
{
    return with_sign(fused(complement(decay_at(of(2 * a.x))), splat(-2), splat(1)), a.x);
}

/* 4 sigmoid'(2 x) */
ALWAYS_INLINE vector far_tanh_grad(argument a)
{
    return far_sigmoid_grad_shifted(of(2 * a.x), 2);
}

/* ---- tanhshrink --------------------------------------------------------------------------- */

/* x by its significand and its exponent. */
typedef struct {
    vector significand;
    vector_bits exponent;
} scientific;

ALWAYS_INLINE scientific split_of(vector t)
{
    const vector_bits all = (vector_bits)t, field = all >> MANTISSA;
    return (scientific){(vector)(all - ((field - BIAS) << MANTISSA)), field - BIAS};
}

/* Far out, t - tanh(t) = (t - 1) + 2 v; next to 0, t^3 / 3. */
ALWAYS_INLINE vector far_tanhshrink(argument a)
{
    const vector t = magnitude(a.x);
    const vector v = complement(decay_at(of(2 * a.x)));
    const scientific x = split_of(t);
    const vector_parts third = {splat(THIRD), splat(THIRD_LOW)};
    const vector cube = times(x.significand, product_of(square_of(x.significand), third));
    const vector small = scaled(cube, 3 * x.exponent, -2);
    return with_sign(choose_lanes(greater(splat(1), t), small, fused(v, splat(2), t - 1)), a.x);
}

/* tanh(t)^2 = 1 - 4 v (1 - v); next to 0, t^2. */
ALWAYS_INLINE vector far_tanhshrink_grad(argument a)
{
    const vector t = magnitude(a.x);
    const vector v = complement(decay_at(of(2 * a.x)));
    const scientific x = split_of(t);
    const vector small = scaled(x.significand * x.significand, 2 * x.exponent, 0);
    return choose_lanes(greater(splat(1), t), small, fused(v * (1 - v), splat(-4), splat(1)));
}

/* ---- mish ------------------------------------------------------------------------------------ */

/* x e (1 - v), v = e/2 (1 + e) / (1 + e + e^2/2) | x - x v, v = 2 e^2 / (1 + 2 e + 2 e^2) */
ALWAYS_INLINE vector far_mish(argument a)
{
    const decay e = decay_at(a);
    const vector n = e.number, half = splat(HALF), one = splat(1), x = limited(a.x);
    const vector numerator = by_sign_bit(a.x, half * n * (1 + n), 2 * n * n);
    const vector v = numerator / by_sign_bit(a.x, fused(n, fused(n, half, one), one),
                                             fused(n, fused(n, splat(2), splat(2)), one));
    return by_side(a.x, times_decay(x, 0, e, v, 0), fused(-x, v, a.x));
}

/* With t = |x|, d = 1 + e + e^2/2 | 1 + 2 e + 2 e^2:
 *
 *     e [(1 - t) + e ((3/2 - t) + e (1 + e/4))] / d^2
 *     | 1 - e^2 [(2 - 4 t) + e ((4 - 4 t) + 4 e)] / d^2
 *
 * and the first as e c, c = (1 - t) + e (...), from which (1 - t) d^2 has been taken away. */
ALWAYS_INLINE vector far_mish_grad(argument a)
{
    const decay e = decay_at(a);
    const vector n = e.number, t = at_most(-EXP_FLOOR, magnitude(a.x)), one = splat(1);
    const vector below = fused(n, fused(n, splat(HALF), one), one);
    const vector above = fused(n, fused(n, splat(2), splat(2)), one);
    const vector d = by_sign_bit(a.x, below, above);
    const vector first = 1 - t, of_first = fused(n, fused(n, splat(HALF) * HALF, one), splat(2));
    const vector more = fused(-first, fused(n, of_first, splat(2)),
                              fused(n, fused(n, splat(HALF) * HALF, one), splat(1 + HALF) - t));
    const vector positive = fused(n, 4 * (first + n), fused(t, splat(-4), splat(2)));
    const vector quotient = n * by_sign_bit(a.x, more, n * positive) / (d * d);
    const vector c = first + quotient;
    return by_side(a.x, times_decay(c, 0, e, splat(0), 0), 1 - quotient);
}

/* ---- gelu ------------------------------------------------------------------------------------ */

/* e^(-t^2/2), and with u = 1/t^2
 *
 *     gelu(-t) = -e^(-t^2/2) p(u),    gelu'(-t) = -e^(-t^2/2) t (1/sqrt(2 pi) - u p(u)) */
typedef struct {
    decay bell;
    vector t, u;
    vector_parts p;
} gauss;

ALWAYS_INLINE gauss gauss_at(argument a)
{
    const vector t = at_most(GAUSS_LIMIT, magnitude(a.x)), half = t * -HALF;
    const vector exponent = half * t, u = 1 / (t * t);
    const vector low = fused(u * normal_tail(u), splat(NORMAL_HIGH), splat(NORMAL_LOW));
    return (gauss){
        decay_of_sum(exponent, fused(half, t, -exponent), 1), t, u, {splat(NORMAL_HIGH), low}};
}

ALWAYS_INLINE vector far_gelu(argument a)
{
    const gauss g = gauss_at(a);
    const exponential e = g.bell.parts;
    const vector p = sum_of_parts(g.p);
    const vector low = fused(e.low, p, e.high * g.p.low);
    const vector negative = -scaled(fused(e.high, g.p.high, low), e.exponent - BIAS, -3);
    return by_side(a.x, negative, fused(-p, g.bell.number, a.x));
}

ALWAYS_INLINE vector far_gelu_grad(argument a)
{
    const gauss g = gauss_at(a);
    const vector_parts slope = {g.p.high, fused(-g.u, sum_of_parts(g.p), splat(NORMAL_LOW))};
    const vector c = -times(g.t, slope);
    return by_side(a.x, times_decay(c, 0, g.bell, splat(0), 0), fused(-c, g.bell.number, splat(1)));
}

/* ---- gelu_tanh -------------------------------------------------------------------------------- */

/* t, and w = t (A + B t^2) in two parts */
typedef struct {
    vector t;
    vector_parts w;
} cubic;

ALWAYS_INLINE cubic cubic_at(argument a)
{
    const vector t = at_most(CUBIC_LIMIT, magnitude(a.x));
    const vector_parts b = {splat(CUBIC_3_HIGH), splat(CUBIC_3_LOW)};
    const vector_parts square = product_of(square_of(t), b);
    const vector A = splat(CUBIC_1_HIGH), sum = A + square.high, of_square = sum - A;
    const vector lost = (A - (sum - of_square)) + (square.high - of_square);
    const vector low = lost + (square.low + splat(CUBIC_1_LOW));
    const vector w = t * sum;
    return (cubic){t, {w, fused(t, low, fused(t, sum, -w))}};
}

ALWAYS_INLINE vector far_gelu_tanh(argument a)
{
    const cubic c = cubic_at(a);
    const decay e = decay_of_sum(-c.w.high, -c.w.low, 1);
    const vector v = complement(e);
    return by_side(a.x, times_decay(-c.t, 0, e, v, 0), fused(-c.t, v, a.x));
}

/* e (1 - v) c, c = 1 - t w'(t) (1 - v), t w'(t) = 3 w - 2 A t */
ALWAYS_INLINE vector far_gelu_tanh_grad(argument a)
{
    const cubic k = cubic_at(a);
    const decay e = decay_of_sum(-k.w.high, -k.w.low, 1);
    const vector v = complement(e), twice = 2 * splat(CUBIC_1_HIGH);
    const vector slope = fused(k.w.high, splat(3), -twice * k.t);
    vector c = fused(k.w.low, splat(-3), fused(slope, v, splat(1)));
    c = fused(k.t, twice, fused(k.t, splat(2 * CUBIC_1_LOW), c));
    c = fused(k.w.high, splat(-3), c);
    return by_side(a.x, times_decay(c, 0, e, v, 0), fused(-v, c, splat(1)));
}

/* ---- Formulas by name ------------------------------------------------------------------ */

/* name_is_near, name_near and name_far of x and a parameter p, as kernels/by_range.h takes
 * them; NaN is far. */
#define FORMULA(name, kind, table, argument, tail, tail_argument)  \
    ALWAYS_INLINE mask name##_is_near(vector x, vector p)          \
    {                                                              \
        (void)p;                                                   \
        return is_in(&table##_table, argument);                    \
    }                                                              \
    ALWAYS_INLINE vector name##_near(vector g, vector x, vector p) \
    {                                                              \
        (void)g, (void)p;                                          \
        return kind_##kind(&table##_table, argument);              \
    }                                                              \
    ALWAYS_INLINE vector name##_far(vector g, vector x, vector p)  \
    {                                                              \
        (void)g, (void)p;                                          \
        return far_##tail(tail_argument);                          \
    }
#include "smooth.def"

/* ---- Backward ------------------------------------------------------------------------------ */

/* g times what the derivative's function returns.  That is 0 by definition at infinities and
 * at 0, and so is the product there, whatever g; elsewhere a derivative of 0 has underflowed,
 * and of an infinite g it leaves the infinity. */
ALWAYS_INLINE vector times_far_derivative(vector g, vector x, vector derivative)
{
    const vector zero = splat(0), infinity = splat(INFINITY);
    const mask is_zero = equal(derivative, zero);
    const mask vanishes = is_zero & (equal(magnitude(x), infinity) | equal(x, zero));
    const mask has_underflowed = is_zero & equal(magnitude(g), infinity);
    const vector product = choose_lanes(has_underflowed, times_sign(g, derivative), g * derivative);
    return choose_lanes(vanishes, zero, product);
}

/* The formulas of name_backward, from those of a derivative. */
#define BACKWARD_OF(derivative, name)                                 \
    ALWAYS_INLINE mask name##_is_near(vector x, vector p)             \
    {                                                                 \
        return derivative##_is_near(x, p);                            \
    }                                                                 \
    ALWAYS_INLINE vector name##_near(vector g, vector x, vector p)    \
    {                                                                 \
        return g * derivative##_near(g, x, p);                        \
    }                                                                 \
    ALWAYS_INLINE vector name##_far(vector g, vector x, vector p)     \
    {                                                                 \
        return times_far_derivative(g, x, derivative##_far(g, x, p)); \
    }

BACKWARD_OF(sigmoid_grad, sigmoid_backward)
BACKWARD_OF(log_sigmoid_grad, log_sigmoid_backward)
BACKWARD_OF(softplus_grad, softplus_backward)
BACKWARD_OF(softplus_grad_at_1, softplus_backward_at_1)
BACKWARD_OF(silu_grad, silu_backward)
BACKWARD_OF(silu_grad_at_1, silu_backward_at_1)
BACKWARD_OF(quick_gelu_grad, quick_gelu_backward)
BACKWARD_OF(tanh_grad, tanh_backward)
BACKWARD_OF(tanhshrink_grad, tanhshrink_backward)
BACKWARD_OF(gelu_grad, gelu_backward)
BACKWARD_OF(gelu_tanh_grad, gelu_tanh_backward)
BACKWARD_OF(mish_grad, mish_backward)

/* From the result, in numbers: 0 where the derivative is, whatever g. */
static inline real sigmoid_backward_from_result(real g, real y)
{
    const real derivative = y * (1 - y);
    return choose(derivative == 0, 0, g * derivative);
}

static inline real tanh_backward_from_result(real g, real y)
{
    const real derivative = (1 - y) * (1 + y);
    return choose(derivative == 0, 0, g * derivative);
}

#endif
