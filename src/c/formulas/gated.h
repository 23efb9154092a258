/* Gated pairs: f(gate) up of two arrays, as the feed-forward blocks of transformers have them.
 *
 * gate (high + low) up, where high + low is what f multiplies its argument by, is rounded once:
 * first comes gate up in two parts, and a power of two of f's tail last.  The gradients are
 * products of what f, and its derivative, return (kernels/elementwise.c). */
#ifndef RELU_FAST_FORMULAS_GATED_H
#define RELU_FAST_FORMULAS_GATED_H

/* ---- reglu, in numbers --------------------------------------------------------- */

typedef struct {
    real gate, up;
} gated_gradients;

/* A closed gate lets nothing pass, not even infinities. */
static inline real reglu_value(real gate, real up)
{
    return choose(gate <= 0, 0, PRODUCT(gate, up));
}

static inline gated_gradients reglu_backward(real g, real gate, real up)
{
    return (gated_gradients){by_sign(gate, PRODUCT(g, up), 0),
                             choose(gate <= 0, 0, PRODUCT(g, gate))};
}

/* ---- Near: by the tables of the activations ---------------------------------------- */

/* From a multiple of the gate, because next to the subnormals what a product lacks is lost;
 * then the product must not overflow. */
#define LARGE_UP (UP / 16)

ALWAYS_INLINE mask gate_is_near(const register_table *table, vector gate, vector up)
{
    return is_in(table, of(gate)) & greater(splat(LARGE_UP), magnitude(up));
}

/* gate f up.  Its sign is that of gate up, because f is positive; a zero may have lost it. */
ALWAYS_INLINE vector times_both(vector_parts f, vector gate, vector up)
{
    const vector product = gate * up, lost = fused(gate, up, -product);
    const vector y = fused(product, f.high, fused(lost, f.high, product * f.low));
    return with_sign(y, product);
}

ALWAYS_INLINE vector near_gated(vector_parts f, vector gate, vector up)
{
    return times_both(f, gate * splat(UP), up) * splat(DOWN);
}

/* ---- Far ------------------------------------------------------------------------------- */

/* From here on e^-t t is 0, even times the largest number. */
#if RELU_FAST_SINGLE
#define SWIGLU_LIMIT 200.0f /* t - ln t > 278 ln 2 */
#else
#define SWIGLU_LIMIT 1464.0 /* t - ln t > 2099 ln 2 */
#endif

/* |f(gate)|, as (high + low) 2^exponent. */
typedef struct {
    vector_parts parts;
    vector_bits exponent;
} gate_size;

ALWAYS_INLINE gate_size by_side_of(vector gate, gate_size negative, gate_size positive)
{
    const mask is_negative = greater(splat(0), gate);
    return (gate_size){{choose_lanes(is_negative, negative.parts.high, positive.parts.high),
                        choose_lanes(is_negative, negative.parts.low, positive.parts.low)},
                       (vector_bits)choose_lanes(is_negative, (vector)negative.exponent,
                                                 (vector)positive.exponent)};
}

/* x - factor v, which is little less than x */
ALWAYS_INLINE gate_size slightly_less(vector x, vector factor, vector v)
{
    const vector high = fused(-factor, v, x);
    return (gate_size){{high, fused(-factor, v, x - high)}, (vector_bits){0}};
}

/* By significands and exponents, whatever the magnitudes. */
ALWAYS_INLINE vector finite_far_gated(gate_size f, vector gate, vector up)
{
    const vector size = magnitude(up), one = splat(1);
    const vector up_power = choose_lanes(greater(one, size), splat(UP), one);
    const vector f_power = choose_lanes(greater(f.parts.high, splat(UP)), splat(DOWN), one);
    const scientific u = split_of(size * up_power);
    const vector high = f.parts.high * f_power, low = f.parts.low * f_power;
    const vector significand = fused(high, u.significand, low * u.significand);
    const vector_bits powers =
        ((vector_bits)up_power >> MANTISSA) + ((vector_bits)f_power >> MANTISSA);
    const vector_bits scale = f.exponent + u.exponent + (2 * BIAS - powers);

    const vector_signed field = (vector_signed)(((vector_bits)significand >> MANTISSA) + scale);
    const mask overflows = less_signed((vector_signed){0} + 2 * BIAS, field);
    const vector y = choose_lanes(overflows, splat(INFINITY), scaled(significand, scale, -3));
    return times_sign(times_sign(y, gate), up);
}

/* `near` is what is in the table, but for an `up` that is large; at zeros, infinities and NaN,
 * IEEE products of what f is there. */
ALWAYS_INLINE vector far_gated(const register_table *table, vector_parts near, gate_size f,
                               vector gate, vector up)
{
    const vector infinity = splat(INFINITY);
    const vector large = times_both(near, gate * splat(UP), up * splat(DOWN / 16)) * 16;
    const vector y = choose_lanes(is_in(table, of(gate)), large, finite_far_gated(f, gate, up));
    const mask is_finite = greater(infinity, magnitude(gate)) & greater(infinity, magnitude(up)) &
                           greater(magnitude(up), splat(0));
    const vector limit = choose_lanes(equal(gate, -infinity), splat(-(real)0), gate);
    return choose_lanes(is_finite, y, limit * up);
}

/* ---- swiglu ------------------------------------------------------------------------------ */

ALWAYS_INLINE vector_parts swiglu_factor(vector gate)
{
    return reflected(evaluate_at(&sigmoid_table, of(gate), 0), gate);
}

ALWAYS_INLINE mask swiglu_value_is_near(vector gate, vector up)
{
    return gate_is_near(&sigmoid_table, gate, up);
}

ALWAYS_INLINE vector swiglu_value_near(vector g, vector gate, vector up)
{
    (void)g;
    return near_gated(swiglu_factor(gate), gate, up);
}

ALWAYS_INLINE vector swiglu_value_far(vector g, vector gate, vector up)
{
    (void)g;
    const vector size = magnitude(gate), t = at_most(SWIGLU_LIMIT, size);
    const decay e = decay_of_sum(-t, splat(0), 0);
    const vector v = complement(e);
    const vector_parts decayed = {e.parts.high, fused(-e.significand, v, e.parts.low)};
    const gate_size negative = {product_of((vector_parts){t, splat(0)}, decayed),
                                e.parts.exponent - BIAS};
    const gate_size f = by_side_of(gate, negative, slightly_less(size, size, v));
    return far_gated(&sigmoid_table, swiglu_factor(gate), f, gate, up);
}

/* ---- geglu ------------------------------------------------------------------------------- */

ALWAYS_INLINE vector_parts geglu_factor(vector gate)
{
    return reflected_in_parts(evaluate_at(&normal_table, of(gate), 1), gate);
}

ALWAYS_INLINE mask geglu_value_is_near(vector gate, vector up)
{
    return gate_is_near(&normal_table, gate, up);
}

ALWAYS_INLINE vector geglu_value_near(vector g, vector gate, vector up)
{
    (void)g;
    return near_gated(geglu_factor(gate), gate, up);
}

ALWAYS_INLINE vector geglu_value_far(vector g, vector gate, vector up)
{
    (void)g;
    const gauss at = gauss_at(of(gate));
    const exponential e = at.bell.parts;
    const vector p = sum_of_parts(at.p), product = e.high * at.p.high;
    const vector rest =
        fused(e.low, p, fused(e.high, at.p.low, fused(e.high, at.p.high, -product)));
    const gate_size negative = {{product, rest}, e.exponent - BIAS};
    const gate_size positive = slightly_less(magnitude(gate), p, at.bell.number);
    return far_gated(&normal_table, geglu_factor(gate), by_side_of(gate, negative, positive), gate,
                     up);
}

/* ---- What the gradients are made of ------------------------------------------------------- */

/* The formulas of an activation by which the gate of each goes. */
#define swiglu_gate(form) silu_##form##_at_1
#define geglu_gate(form) gelu_##form

#endif
