/* Quotients and roots, without an exponential. */
#ifndef RELU_FAST_FORMULAS_ALGEBRAIC_H
#define RELU_FAST_FORMULAS_ALGEBRAIC_H

#if RELU_FAST_SINGLE
#define SIXTH 0x1.555556p-3f /* the number is SIXTH + SIXTH_LOW */
#define SIXTH_LOW -0x1.555556p-28f
#define THIRD 0x1.555556p-2f
#define THIRD_LOW -0x1.555556p-27f
#else
#define SIXTH 0x1.5555555555555p-3
#define SIXTH_LOW 0x1.5555555555555p-57
#define THIRD 0x1.5555555555555p-2
#define THIRD_LOW 0x1.5555555555555p-56
#endif

/* A number in two parts: as it is rounded, and what is lost by that. */
typedef struct {
    real high, low;
} parts;

/* a + b for |a| >= |b| (Dekker). */
static inline parts sum_of(real a, real b)
{
    const real high = a + b;
    return (parts){high, b - (high - a)};
}

/* A sixth of a number in two parts, rounded once in effect. */
static inline real sixth_of(parts x)
{
    return FMA(x.high, SIXTH, FMA(x.high, SIXTH_LOW, x.low * SIXTH));
}

/* g times a derivative that is positive, though it may have underflowed to 0: then an
 * infinite g is still what the product is. */
static inline real times_positive(real g, real derivative)
{
    return choose((ABS(g) == INFINITY) & (derivative >= 0), g, g * derivative);
}

/* ---- hardsigmoid, hardswish ------------------------------------------------ */

static inline real hardsigmoid_value(real x)
{
    const real clipped = choose(x < -3, -3, choose(x > 3, 3, x));
    return sixth_of(sum_of(3, clipped));
}

static inline real hardsigmoid_backward(real g, real x)
{
    return choose(ABS(x) < 3, g * SIXTH, choose(x == x, 0, x));
}

/* Near 0, where parts of the product would be subnormal, it is x/2. */
static inline real hardswish_value(real x)
{
    const parts shifted = sum_of(3, x);
    const real high = x * shifted.high;
    const real low = FMA(x, shifted.high, -high) + x * shifted.low;
    const real inside = choose(ABS(x) < 0x1p-70, x * HALF, sixth_of((parts){high, low}));
    return choose(x <= -3, -0.0, choose(x >= 3, x, inside));
}

/* (x + 3/2) / 3, whose sum is exact near its zero.  There and where the function is flat,
 * the gradient is 0 whatever g. */
static inline real hardswish_backward(real g, real x)
{
    const real shifted = x + (1 + HALF);
    const real derivative = FMA(shifted, THIRD, shifted * THIRD_LOW);
    const real inside = choose(shifted == 0, 0, g * derivative);
    return choose(x <= -3, 0, choose(x >= 3, g, inside));
}

/* ---- softsign -------------------------------------------------------------- */

#if RELU_FAST_SINGLE

/* In double, where the only rounding that shows is that of the quotient: 1 + |x| is exact
 * from 2^-29 on, and below that the result is x.  At one |x| the double is half-way between
 * two floats, and the quotient nearer to the smaller one. */
#define SOFTSIGN_TIE 0x1.17022cp-7f
#define SOFTSIGN_OF_TIE 0x1.14a722p-7f

static inline real softsign_value(real x)
{
    const double wide = x;
    const real quotient = (real)(wide / (1 + fabs(wide)));
    const real size = choose(ABS(x) == SOFTSIGN_TIE, SOFTSIGN_OF_TIE, ABS(quotient));
    return copysignf(choose(ABS(x) == INFINITY, 1, size), x);
}

static inline real softsign_derivative(real x)
{
    const double root = 1 + fabs((double)x);
    return (real)(1 / (root * root));
}

#else

/* 1/(1 + |x|) in two parts. */
static inline parts softsign_root(real x)
{
    const real size = ABS(x);
    const parts sum = sum_of(choose(size > 1, size, 1), choose(size > 1, 1, size));
    const real root = 1 / sum.high;
    return (parts){root, (FMA(-root, sum.high, 1) - root * sum.low) * root};
}

/* Far out, where the result is 1, no infinity and no product that underflows. */
static inline real softsign_value(real x)
{
    const real size = choose(ABS(x) > 0x1p60, 0x1p60, ABS(x));
    const parts root = softsign_root(size);
    return copysign(FMA(size, root.high, size * root.low), x);
}

static inline real softsign_derivative(real x)
{
    const parts root = softsign_root(x);
    const real square = root.high * root.high;
    const real low = FMA(root.high, root.high, -square) + 2 * root.high * root.low;
    return choose(ABS(x) == INFINITY, 0, square + low);
}

#endif

static inline real softsign_backward(real g, real x)
{
    return choose(ABS(x) == INFINITY, 0, times_positive(g, softsign_derivative(x)));
}

/* ---- squareplus ------------------------------------------------------------ */

/* Nothing cancels in what f and f' are for x <= 0,
 *
 *     f(x) = b / (2 w),    f'(x) = b / (2 s w),    s = sqrt(x^2 + b),  w = s + |x|,
 *
 * and for x > 0 they follow by f(x) = x + f(-x) and f'(x) = 1 - f'(-x). */
#if RELU_FAST_SINGLE

/* In double, where x^2 + b is rounded once and cannot overflow.  The least of doubles keeps
 * 0/0 away. */
static inline real squareplus_number(real x, real b)
{
    const double wide = x, size = fabs(wide), sum = sqrt(wide * wide + b) + size;
    const double below = b / (2 * sum + 0x1p-1000);
    return choose(x > 0, (real)(size + below), (real)below);
}

static inline real squareplus_derivative(real x, real b)
{
    const double wide = x, size = fabs(wide), root = sqrt(wide * wide + b), sum = root + size;
    const double below = b / (2 * root * sum + 0x1p-1000);
    return choose(x > 0, (real)(1 - below), (real)below);
}

#else

/* s and w in two parts, 1/(s w), the power of two that they were multiplied by so that x^2
 * neither overflows nor underflows where it counts, and b times that, or 0 for infinite x; and
 * times `lift`, because what is left of a subnormal b would be lost. */
typedef struct {
    parts root, sum;
    real reciprocal, scale, lift, numerator;
} hyperbola;

static inline hyperbola hyperbola_at(real x, real b)
{
    const real reach = b * 0x1p-400, larger = choose(ABS(x) > reach, ABS(x), reach);
    const real scale = choose(larger > 0x1p511, 0x1p-513, choose(larger < 0x1p-500, 0x1p530, 1));
    const real finite = choose(ABS(x) > LARGEST, LARGEST, x);
    const real size = ABS(finite) * scale, square = size * size, scaled = b * scale * scale;
    const parts total =
        sum_of(choose(square > scaled, square, scaled), choose(square > scaled, scaled, square));
    const real root = sqrt(total.high);
    parts sum = sum_of(root, size);
    const real product = root * sum.high;
    const real reciprocal = 1 / choose(product == 0, 1, product);
    const real rest = FMA(-root, root, total.high) + (FMA(size, size, -square) + total.low);
    const real root_low = rest * HALF * (sum.high * reciprocal);
    sum.low += root_low;
    const real lift = choose(b < 0x1p-900, 0x1p120, 1);
    const real numerator = b * lift * choose(ABS(x) > LARGEST, 0, scale);
    return (hyperbola){{root, root_low}, sum, reciprocal, scale, lift, numerator};
}

static inline real squareplus_number(real x, real b)
{
    const hyperbola h = hyperbola_at(x, b);
    const real reciprocal = h.root.high * h.reciprocal;
    const real quotient = h.numerator * reciprocal;
    const real rest = FMA(-quotient, h.sum.high, h.numerator) - quotient * h.sum.low;
    const real below = FMA(rest, reciprocal, quotient) * HALF * choose(h.lift > 1, 0x1p-120, 1);
    return choose(x > 0, x + below, below);
}

static inline real squareplus_derivative(real x, real b)
{
    const hyperbola h = hyperbola_at(x, b);
    const real product = h.root.high * h.sum.high;
    const real product_low = FMA(h.root.high, h.sum.high, -product) +
                             FMA(h.root.high, h.sum.low, h.root.low * h.sum.high);
    const real quotient = h.numerator * h.reciprocal;
    const real rest = FMA(-quotient, product, h.numerator) - quotient * product_low;
    const real below =
        FMA(rest, h.reciprocal, quotient) * choose(h.lift > 1, 0x1p-120, 1) * h.scale * HALF;
    return choose(x > 0, 1 - below, below);
}

#endif

/* Only what goes into the formula is chosen, because GCC 12 jumps over roots and divisions
 * whose result may be thrown away, and the loop loses its vectors.  So a b outside of the
 * domain is made NaN, and for the derivative at 0, which is 1/2 for any b, b is made 1. */
static inline real squareplus_domain(real b)
{
    return b + within((b >= 0) & (b < INFINITY), 0);
}

static inline real squareplus_value(real x, real b)
{
    return squareplus_number(x, squareplus_domain(b));
}

/* At -inf the gradient is 0 whatever g; so it is for all x < 0 if b = 0, which is relu. */
static inline real squareplus_backward(real g, real x, real b)
{
    const real inside = squareplus_domain(b);
    const real derivative = squareplus_derivative(x, choose(x == 0, 0 * inside + 1, inside));
    const real floor = choose(b == 0, -SMALLEST, -INFINITY);
    return times_positive(choose(x <= floor, 0, g), derivative);
}

#endif
