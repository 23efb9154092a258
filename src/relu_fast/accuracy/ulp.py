"""Errors in ULP, and what else of the formats of floats they rest on.

The error of a result is its distance from the real number in ULP: in spacings of its format
around the real number, in the subnormal range the smallest number.  `error_in_ulp` says so of
one MPFR number, plainly; `errors` of whole arrays, in float64.
"""

from __future__ import annotations

import importlib
import math
from typing import Any, NamedTuple

import numpy as np

from .definitions import mpfr

Array = np.ndarray[Any, np.dtype[Any]]
Dtype = Any  # what np.dtype takes


class Format(NamedTuple):
    """A format of floats; `numpy.finfo` knows NumPy's own alone, which bfloat16 is not."""

    nmant: int  # bits of the significand that are stored
    nexp: int  # bits of the exponent

    @property
    def bits(self) -> int:
        return 1 + self.nexp + self.nmant

    @property
    def eps(self) -> float:
        return 2.0**-self.nmant

    @property
    def minexp(self) -> int:
        """The exponent of the smallest normal number."""
        return 2 - (1 << self.nexp - 1)

    @property
    def maxexp(self) -> int:
        """The exponent of the first power of two that is too large."""
        return 1 << self.nexp - 1

    @property
    def max(self) -> float:
        return math.ldexp(2 - self.eps, self.maxexp - 1)

    @property
    def smallest_normal(self) -> float:
        return math.ldexp(1, self.minexp)

    @property
    def smallest_subnormal(self) -> float:
        return math.ldexp(1, self.minexp - self.nmant)


FORMATS = {
    "float16": Format(nmant=10, nexp=5),
    "bfloat16": Format(nmant=7, nexp=8),
    "float32": Format(nmant=23, nexp=8),
    "float64": Format(nmant=52, nexp=11),
}


def format_of(dtype: Dtype) -> Format:
    return FORMATS[np.dtype(dtype).name]


@np.errstate(invalid="ignore")  # isnan of a bfloat16 raises it for some NaNs
def bits(array: Any) -> Array:
    """The bits as integers, all NaNs made one: NaN payloads are not promised."""
    array = np.ascontiguousarray(array)
    found: Array = array.view(f"u{array.dtype.itemsize}").copy()
    found[np.isnan(array)] = np.array(np.nan, array.dtype).view(found.dtype)
    return found


# ---- One number --------------------------------------------------------------


def spacing_at(exact: Any, dtype: Dtype) -> Any:
    """The spacing of `dtype` around an MPFR number."""
    gmpy2: Any = importlib.import_module("gmpy2")
    info = format_of(dtype)
    smallest = info.minexp - info.nmant  # exponent of the smallest subnormal
    if exact == 0:
        return gmpy2.exp2(smallest)
    exponent = gmpy2.get_exp(exact) - 1
    return gmpy2.exp2(max(exponent - info.nmant, smallest))


def error_in_ulp(got: np.floating[Any], exact: Any) -> float:
    """How far a float is from an MPFR number; infinite for a wrong kind of number.

    Beyond the largest number, ``inf`` is right from where rounding gives it; below, it counts as
    what would come next.
    """
    gmpy2: Any = importlib.import_module("gmpy2")
    with mpfr().context():
        dtype = got.dtype
        if gmpy2.is_nan(exact) or np.isnan(got):
            return 0.0 if gmpy2.is_nan(exact) and np.isnan(got) else math.inf
        largest = gmpy2.mpfr(format_of(dtype).max)
        step = spacing_at(largest, dtype)
        if gmpy2.is_infinite(exact) or abs(exact) >= largest + step / 2:
            return 0.0 if np.isinf(got) and (got > 0) == (exact > 0) else math.inf
        if np.isinf(got):
            end = largest + step if got > 0 else -largest - step
            return float(abs(end - exact) / step)
        if exact == 0:
            return 0.0 if got == 0 else math.inf
        return float(abs(gmpy2.mpfr(float(got)) - exact) / spacing_at(exact, dtype))


def round_to(exact: Any, dtype: Dtype) -> Any:
    """An MPFR number rounded once to `dtype`, subnormals included; signs of zeros kept."""
    gmpy2: Any = importlib.import_module("gmpy2")
    kind = np.dtype(dtype).type
    if gmpy2.is_nan(exact) or gmpy2.is_infinite(exact) or exact == 0:
        return kind(float(exact))
    with mpfr().context():
        step = spacing_at(exact, dtype)
        nearest = gmpy2.rint(exact / step) * step  # ties to even: the context's rounding
        if nearest == 0 or abs(nearest) > gmpy2.mpfr(format_of(dtype).max):
            return kind(math.copysign(0.0 if nearest == 0 else math.inf, exact))
        return kind(float(nearest))


# ---- Arrays ------------------------------------------------------------------

_EXPONENT = np.uint64(0x7FF << 52)


def binade(numbers: Array, dtype: Dtype) -> Array:
    """The power of two below each float64, but at least the smallest normal of `dtype`."""
    powers = (numbers.view(np.uint64) & _EXPONENT).view(np.float64)
    return np.maximum(powers, format_of(dtype).smallest_normal, out=powers)


def spacing(numbers: Array, dtype: Dtype) -> Array:
    """That of `dtype` at each float64."""
    return binade(numbers, dtype) * format_of(dtype).eps


@np.errstate(all="ignore")
def nearest(numbers: Array, dtype: Dtype) -> Array:
    """Each float64 rounded once to `dtype`, ties to even."""
    if np.dtype(dtype).kind == "f":
        return numbers.astype(dtype)
    # A cast to bfloat16 rounds twice: to float32 first.
    step = spacing(numbers, dtype)
    multiples = np.rint(numbers / step) * step
    return np.where(np.isfinite(numbers), multiples, numbers).astype(dtype)


class Reference(NamedTuple):
    """Real numbers, as NumPy arrays: ``near`` plus ``rest`` ULP."""

    near: Array  # float64
    rest: Array | float
    inner: Array  # float64 of the real number's binade, or of the one below if that is unsure
    rounded: Array  # in the dtype of the result
    unsure: Array | None  # where `rounded` may be the neighbour of the right one; None: nowhere


@np.errstate(all="ignore")
def errors(got: Array, reference: Reference) -> tuple[Array, Array]:
    """Those of all points in ULP, and the indices of the strange ones.

    Between a number and a NaN or an infinity there is no distance: it counts as 0.
    """
    dtype = got.dtype.type
    distance = got.astype(np.float64)
    distance -= reference.near
    distance /= binade(reference.inner, dtype)
    distance *= 1 / format_of(dtype).eps
    distance -= reference.rest
    np.abs(distance, out=distance)

    rounded = reference.rounded
    special = np.signbit(got) != np.signbit(rounded)
    special |= ~np.isfinite(got)
    special |= ~np.isfinite(rounded)
    special |= (reference.near == 0) & (reference.rest == 0) & (got != 0)  # 0 is 0, not tiny
    at = np.flatnonzero(special)
    if not at.size:
        return distance, at
    got, rounded, near = got[at], rounded[at], reference.near[at]
    both_nan = np.isnan(got) & np.isnan(rounded)
    same_sign = np.signbit(got) == np.signbit(rounded)
    both_infinite = same_sign & np.isinf(got) & np.isinf(rounded)
    # Too early it counts as the number that would come next.
    early = same_sign & np.isinf(got) & np.isfinite(rounded)
    info = format_of(dtype)
    step = math.ldexp(info.eps, info.maxexp - 1)
    above = (info.max - np.abs(near)) / step + 1
    numbers = np.isfinite(got) & np.isfinite(rounded)  # of different signs
    distance[at] = np.where(early, above, np.where(numbers, distance[at], 0.0))
    return distance, at[~(both_nan | both_infinite | early)]


def errors_in_halves(got: Array, reference: Reference) -> Array:
    """Those of all points in ULP of 1/2, whatever the results; NaN for what is not finite."""
    step = format_of(got.dtype).eps / 2
    rest = reference.rest * spacing(reference.inner, got.dtype) if np.any(reference.rest) else 0.0
    distance: Array = np.abs(got.astype(np.float64) - reference.near - rest) / step
    return np.where(np.isfinite(distance), distance, np.nan)
