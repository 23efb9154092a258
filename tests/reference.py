"""The oracle: what every function should return, from the definitions alone.

Formulas are evaluated as written, in MPFR numbers of 400 bits, which stand for
the real numbers; nothing is shared with the kernels, which never evaluate the
textbook formula.  Arguments are floats, that is, exact numbers.

A new activation is an entry in FORMULAS.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gmpy2
import numpy as np
from gmpy2 import mpfr

DATA = Path(__file__).parent / "data"

gmpy2.get_context().precision = 400
gmpy2.get_context().emin = gmpy2.get_emin_min()
gmpy2.get_context().emax = gmpy2.get_emax_max()

NAN = mpfr("nan")
ZERO = mpfr(0)
ONE = mpfr(1)


@dataclass(frozen=True)
class Formula:
    """value(x, alpha), derivative(x, alpha) and, if learned, d/dalpha(x).

    x is never NaN; `smooth` says that value is not just a choice of operands
    times alpha, so that its result is rounded more than once.
    """

    value: Callable
    derivative: Callable
    alpha_derivative: Callable | None = None
    default_alpha: float | None = None
    takes_alpha: bool = True
    smooth: bool = False
    from_result: bool = False


def _times(alpha, factor):
    """alpha * factor, where a zero of either kind wins over an infinity."""
    if alpha == 0 or factor == 0:
        sign = gmpy2.sign(mpfr(math.copysign(1, alpha))) * math.copysign(1, float(factor))
        return mpfr("0") if sign > 0 else mpfr("-0")
    return alpha * factor


def _exp(x):
    """e^x; positive for every finite x, also where MPFR underflows."""
    return gmpy2.exp(x) or (ZERO if gmpy2.is_infinite(x) else gmpy2.next_above(ZERO))


_LEAKY = {
    "value": lambda x, alpha: x if x >= 0 else _times(alpha, x),
    "derivative": lambda x, alpha: ONE if x > 0 else alpha,
}

FORMULAS = {
    "relu": Formula(
        value=lambda x, alpha: x if x > 0 else ZERO,
        derivative=lambda x, alpha: ONE if x > 0 else ZERO,
        takes_alpha=False,
    ),
    "leaky_relu": Formula(**_LEAKY, default_alpha=0.01),
    "prelu": Formula(**_LEAKY, alpha_derivative=lambda x: ZERO if x > 0 else x),
    "elu": Formula(
        value=lambda x, alpha: x if x >= 0 else _times(alpha, gmpy2.expm1(x)),
        derivative=lambda x, alpha: ONE if x > 0 else alpha * _exp(x),
        alpha_derivative=lambda x: ZERO if x > 0 else gmpy2.expm1(x),
        default_alpha=1.0,
        smooth=True,
        from_result=True,
    ),
}


def value(name, x, alpha=None):
    return NAN if math.isnan(x) else FORMULAS[name].value(mpfr(x), _parameter(name, alpha))


def derivative(name, x, alpha=None):
    return NAN if math.isnan(x) else FORMULAS[name].derivative(mpfr(x), _parameter(name, alpha))


def backward(name, g, x, alpha=None):
    """g f'(x), 0 where f'(x) is 0 by definition."""
    slope = derivative(name, x, alpha)
    return slope if slope == 0 else mpfr(g) * slope


def alpha_gradient(name, g, x):
    """The sum of g df/dalpha(x), and the sum of the magnitudes."""
    total = magnitude = ZERO
    for g_i, x_i in zip(g, x, strict=True):
        slope = FORMULAS[name].alpha_derivative(mpfr(float(x_i)))
        if slope != 0:
            total += mpfr(float(g_i)) * slope
            magnitude += abs(mpfr(float(g_i)) * slope)
    return total, magnitude


def _parameter(name, alpha):
    if alpha is None:
        alpha = FORMULAS[name].default_alpha
    return None if alpha is None else mpfr(float(alpha))


# ---- Errors in ULP -----------------------------------------------------------


def ulp(exact, dtype):
    """The spacing of `dtype` around the real number `exact`."""
    info = np.finfo(dtype)
    least = info.minexp - info.nmant  # exponent of the smallest subnormal
    if exact == 0:
        return gmpy2.exp2(least)
    exponent = math.floor(gmpy2.log2(abs(exact)))
    # log2 of a number just below a power of two may round up to it.
    if gmpy2.exp2(exponent) > abs(exact):
        exponent -= 1
    return gmpy2.exp2(max(exponent - info.nmant, least))


def error_in_ulp(got, exact):
    """How far the float `got` is from `exact`; infinite for a wrong kind of number.

    Beyond the largest number, `inf` is right from where rounding gives it.
    """
    dtype = got.dtype
    if gmpy2.is_nan(exact) or np.isnan(got):
        return 0.0 if gmpy2.is_nan(exact) and np.isnan(got) else math.inf
    largest = mpfr(float(np.finfo(dtype).max))
    if gmpy2.is_infinite(exact) or abs(exact) > largest + ulp(largest, dtype) / 2:
        return 0.0 if np.isinf(got) and (got > 0) == (exact > 0) else math.inf
    if np.isinf(got):
        got = np.copysign(np.finfo(dtype).max, got)
        return float(abs(mpfr(float(got)) - exact) / ulp(largest, dtype)) + 1
    if exact == 0:
        return 0.0 if got == 0 else math.inf
    return float(abs(mpfr(float(got)) - exact) / ulp(exact, dtype))


def round_to(exact, dtype):
    """`exact` rounded once to `dtype`, subnormals included; signs of zeros kept."""
    if gmpy2.is_nan(exact) or gmpy2.is_infinite(exact) or exact == 0:
        return dtype(float(exact))
    step = ulp(exact, dtype)
    nearest = gmpy2.rint(exact / step) * step  # ties to even: the context's rounding
    if nearest == 0 or abs(nearest) > mpfr(float(np.finfo(dtype).max)):
        return dtype(math.copysign(0.0 if nearest == 0 else math.inf, exact))
    return dtype(float(nearest))


# ---- Test points -------------------------------------------------------------


def points(dtype):
    """The stored points of tools/make_test_points.py."""
    dtype = np.dtype(dtype)
    lines = (DATA / f"points_{dtype.name}.txt").read_text().split()
    return np.array([int(line, 16) for line in lines], f"u{dtype.itemsize}").view(dtype)


def bits(array):
    """The bits as integers, all NaNs made one: NaN payloads are not promised."""
    array = np.ascontiguousarray(array)
    found = array.view(f"u{array.dtype.itemsize}").copy()
    found[np.isnan(array)] = np.array(np.nan, array.dtype).view(found.dtype)
    return found
