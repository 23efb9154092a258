"""NumPy's side of the definitions: functions of float64 whose errors are known.

They stand in for real numbers where operands are of float32, whose results they must tell from
each other: the error of each is stated in ULP of float64 and tested against MPFR.  What is
smaller than `TINY` is 0 for every narrower type, also times the largest number of these; it may
be anything of the right sign but 0.
"""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

ROUNDING = 0.5  # ULP of an operation that is correctly rounded
TINY = 1e-60

# ---- Functions that definitions may use ----------------------------------------

# Beyond these |x|, e^x and e^-x go no further: they would end at inf and 0, and a product with
# 0 has lost its sign.  Squares and fourth powers of the first are still floats.
_LAST_OF_FLOAT64 = 500.0
_LAST_OF_WIDER = 2500.0
# As far as e^-x matters: until it is TINY, also times the largest float32.
_LARGEST_EXPONENT = 230.0


def _infinite_at_infinities(x: Any, y: Any, *, at_minus: float) -> Any:
    infinite = np.isinf(x)
    if not infinite.any():
        return y
    return np.where(infinite, np.where(np.signbit(x), at_minus, math.inf), y)


def _last_exponent(x: Any) -> float:
    is_double = np.finfo(np.result_type(x, 0.0)).maxexp <= 1024
    return _LAST_OF_FLOAT64 if is_double else _LAST_OF_WIDER


def exp(x: Any) -> Any:
    """e^x, which is neither 0 nor inf but at infinities."""
    last = _last_exponent(x)
    return _infinite_at_infinities(x, np.exp(np.clip(x, -last, last)), at_minus=0.0)


def cosh(x: Any) -> Any:
    """The hyperbolic cosine, whose square is inf only at infinities."""
    last = _last_exponent(x) / 2
    return _infinite_at_infinities(x, np.cosh(np.clip(x, -last, last)), at_minus=math.inf)


def scipy_special(name: str) -> Callable[..., Any]:
    """A function of `scipy.special`, which is imported when it is called."""

    def call(x: Any) -> Any:
        return getattr(importlib.import_module("scipy.special"), name)(x)

    return call


def power(x: Any, n: int) -> Any:
    """x^n as a product; NumPy's own takes ten times longer for n = 3."""
    return functools.reduce(np.multiply, [x] * n)


class FunctionOfDefinitions(NamedTuple):
    """A function that definitions may use; `error` is that of NumPy's in float64, in ULP.

    An argument's relative error comes back at most `condition` times as large.  None: there is
    no such bound.
    """

    numpy: Callable[..., Any]
    error: float
    condition: float | None = None


# 4 ULP: NumPy's SIMD code comes from SVML; libm's functions are better.
FUNCTIONS: dict[str, FunctionOfDefinitions] = {
    "where": FunctionOfDefinitions(np.where, 0.0, 1.0),
    # The second operand where the two are equal: maximum(-0.0, 0) is +0, which NumPy leaves open.
    "maximum": FunctionOfDefinitions(lambda a, b: np.where(a > b, a, b), 0.0, 1.0),
    "minimum": FunctionOfDefinitions(lambda a, b: np.where(a < b, a, b), 0.0, 1.0),
    "abs": FunctionOfDefinitions(np.abs, 0.0, 1.0),
    "sqrt": FunctionOfDefinitions(np.sqrt, ROUNDING, 0.5),
    "exp": FunctionOfDefinitions(exp, 4.0, _LARGEST_EXPONENT),
    "expm1": FunctionOfDefinitions(np.expm1, 4.0),
    "log1p": FunctionOfDefinitions(np.log1p, 4.0, 1.0),  # of what is positive
    "cosh": FunctionOfDefinitions(cosh, 4.0, _LARGEST_EXPONENT),
    "tanh": FunctionOfDefinitions(np.tanh, 4.0, 1.0),
    "erfc": FunctionOfDefinitions(scipy_special("erfc"), 300.0),
}
CONSTANTS = {"pi": math.pi, "inf": math.inf}

# ---- Definitions that float64 cannot evaluate as they stand ------------------------

_erfcx = scipy_special("erfcx")


def lower_normal(t: Array) -> tuple[Any, Any]:
    """For t >= 0: the distribution function at -t over e^(-t^2 / 2), and the latter.

    SciPy's erfc loses two digits in the tail, where it squares what is already rounded; erfcx,
    the same without the exponential, loses none, and t^2 is exact for t of float32.
    """
    return _erfcx(t * math.sqrt(0.5)) / 2, exp(-(t * t) / 2)


def gelu(x: Array) -> Any:
    """By the distribution function of what is negative, which its complement does not cancel."""
    ratio, bell = lower_normal(np.abs(x))
    lower = ratio * bell
    return x * np.where(x > 0, 1 - lower, lower)


def gelu_derivative(x: Array) -> Any:
    """As gelu: f'(x) is 1 - f'(-x)."""
    t = np.abs(x)
    ratio, bell = lower_normal(t)
    lower = bell * (ratio - t * (1 / math.sqrt(2 * math.pi)))
    return np.where(x > 0, 1 - lower, lower)


def mish_derivative(x: Array) -> Any:
    """With tanh(log1p(e)) = e (2 + e) / (2 + 2 e + e^2); from x = 100 on it is 1."""
    x = np.minimum(x, 100.0)
    e = exp(x)
    return e * (4 * (1 + x) + e * (6 + 4 * x + e * (4 + e))) / power(2 + e * (2 + e), 2)


def tanhshrink(x: Array) -> Any:
    """Near 0 (x cosh(x) - sinh(x)) / cosh(x): the numerator's series only adds.

    Its terms are 2k x^(2k+1) / (2k+1)!, from k = 1 on.
    """
    square = np.minimum(x * x, 1.0)
    series: Any = 1.0
    for k in range(9, 0, -1):
        series = 1 + square / (2 * k * (2 * k + 3)) * series
    near = x * (square / 3) * series / np.cosh(np.minimum(np.abs(x), 1.0))
    return np.where(np.abs(x) < 1, near, x - np.tanh(x))


STAND_INS: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (gelu, gelu_derivative, mish_derivative, tanhshrink)
}


class Equivalent(NamedTuple):
    """What NumPy evaluates in the place of a definition that cancels in float64.

    `error` bounds its error for operands of float32, in ULP of float64: of the result, but near
    a zero of a derivative, where its row says so, of 1/2.  The text may use the functions of
    `STAND_INS`, too; None is the definition itself, whose error does not follow from its parts.
    """

    text: str | None
    error: float


# By the text of the definition.  tests/values/test_definitions.py holds them against MPFR.
# The sums that are derivatives cancel at their zero alone, and 0.05 from it they keep more than
# a thirtieth of their terms, which have errors of up to 5 ULP; where the exponent is rounded,
# too, the exponential multiplies its error by up to 230.
EQUIVALENTS: dict[str, Equivalent] = {
    # silu'
    "(1 + beta * x / (1 + exp(beta * x))) / (1 + exp(-beta * x))": Equivalent(None, 160.0),
    # quick_gelu'
    "(1 + 1.702 * x / (1 + exp(1.702 * x))) / (1 + exp(-1.702 * x))": Equivalent(None, 400.0),
    "x * erfc(-x / sqrt(2)) / 2": Equivalent("gelu(x)", 12.0),
    "erfc(-x / sqrt(2)) / 2 + x * exp(-x**2 / 2) / sqrt(2 * pi)": Equivalent(
        "gelu_derivative(x)", 160.0
    ),
    # gelu_tanh'
    "(1 + sqrt(8 / pi) * (x + 0.134145 * x**3) / (1 + exp(sqrt(8 / pi) * (x + 0.044715 * x**3))))"
    " / (1 + exp(-sqrt(8 / pi) * (x + 0.044715 * x**3)))": Equivalent(None, 1000.0),
    "tanh(log1p(exp(x))) + x / (1 + exp(-x)) / cosh(log1p(exp(x)))**2": Equivalent(
        "mish_derivative(x)", 160.0
    ),
    "where(x == 0, x, x - tanh(x))": Equivalent("tanhshrink(x)", 40.0),
    # squareplus and its derivative
    "(x + sqrt(x * x + b)) / 2": Equivalent(
        "where(x < 0, b / (sqrt(x * x + b) - x), x + sqrt(x * x + b)) / 2", 2.0
    ),
    "where(x * x + b > 0, (1 + x / sqrt(x * x + b)) / 2, 1 / 2)": Equivalent(
        "where(x * x + b > 0, where(x < 0, b / (sqrt(x * x + b) - x), sqrt(x * x + b) + x)"
        " / (2 * sqrt(x * x + b)), 1 / 2)",
        3.5,
    ),
    # selu's derivative from its result, with the product as the sum of two
    "where(y > 0, 1.0507009873554804934193349852946, "
    "maximum(y + 1.0507009873554804934193349852946 * "
    "1.6732632423543772848170429916717, 0))": Equivalent(
        "where(y > 0, 1.0507009873554804934193349852946, "
        "maximum((y + 1.7580993408473768) + 1.41535193800845e-17, 0))",
        2.0,
    ),
    # celu: where x / alpha is large, expm1 does not pass its error on
    "where(x > 0, x, alpha * expm1(x / alpha))": Equivalent(None, 5.0),
}
