"""What results are held against: the definitions of the table, evaluated with MPFR."""

from pathlib import Path

import numpy as np

from relu_fast._catalog import FUNCTIONS
from relu_fast.accuracy import definitions
from relu_fast.accuracy.definitions import mpfr
from relu_fast.accuracy.points import stored
from relu_fast.accuracy.proof import exactly
from relu_fast.accuracy.ulp import bits, error_in_ulp, format_of, nearest, round_to, spacing_at

__all__ = [
    "as_seen",
    "bits",
    "error_in_ulp",
    "error_of_sum",
    "exact",
    "near_zero",
    "points",
    "round_to",
    "worst",
    "worst_in_halves",
]

DATA = Path(__file__).parents[1] / "data"


def points(dtype):
    """The stored points of tools/make_test_points.py.

    Of bfloat16 those of float32, rounded, and some of its subnormal numbers.
    """
    dtype = np.dtype(dtype)
    if dtype.name == "bfloat16":
        with np.errstate(invalid="ignore"):  # NaNs that signal
            rounded = nearest(points(np.float32).astype(np.float64), dtype)
        subnormal = np.arange(1, 128, 5, dtype=np.uint16)
        codes = np.concatenate([rounded.view(np.uint16), subnormal, subnormal | 0x8000])
        return np.unique(codes).view(dtype)
    return stored(DATA / f"points_{dtype.name}.txt", dtype.name)


def exact(name, arrays, parameters=(), output=0):
    """MPFR numbers: the results of a function for arrays and parameters in its order."""
    function = FUNCTIONS[name]
    arguments = [*arrays, *(parameters or function.activation.typical)]
    operands = dict(zip(function.arguments, arguments, strict=True))
    return exactly(function, operands, output)


def as_seen(dtype, parameters):
    """Numbers as kernels see them: halves' as the nearest float32."""
    kind = np.result_type(dtype, np.float32).type
    with np.errstate(all="ignore"):
        return tuple(kind(parameter) for parameter in parameters)


def worst(got, numbers):
    """The largest error in ULP, and where it is."""
    errors = [error_in_ulp(y, e) for y, e in zip(got, numbers, strict=True)]
    at = int(np.argmax(errors))
    return errors[at], at


def worst_in_halves(got, numbers):
    """The largest error in ULP of 1/2, and where it is."""
    with mpfr().context():
        step = format_of(got.dtype).eps / 2
        exact = [mpfr().operand(float(y)) - e for y, e in zip(got, numbers, strict=True)]
        errors = [float(abs(difference)) / step for difference in exact]
    at = int(np.argmax(errors))
    return errors[at], at


def near_zero(name, arrays, parameters=()):
    """Where the bound of a derivative is in ULP of 1/2, as an array of booleans."""
    function = FUNCTIONS[name]
    nowhere = np.zeros(arrays[-1].shape, bool)
    if function.near_zero_bound(arrays[-1].dtype.name) is None:
        return nowhere
    arguments = [*arrays, *(parameters or function.activation.typical)]
    operands = dict(zip(function.arguments, arguments, strict=True))
    return nowhere | definitions.near_zero(function, operands)


def error_of_sum(got, name, arrays, exponent):
    """That of a parameter's gradient, as a part of what is allowed.

    Which is an ULP, and 2**exponent of the sum of the terms' absolute values.
    """
    terms = exact(name, arrays)
    with mpfr().context():
        total, absolute = sum(terms), sum(map(abs, terms))
        allowed = spacing_at(total, got.dtype) + absolute * 2.0**exponent
        return float(abs(mpfr().operand(float(got)) - total) / allowed)
