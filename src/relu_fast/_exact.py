"""What the functions should return, and how far from that a result is.

The formulas are those of the definitions, written once over a namespace of functions, which
computes them in NumPy's float64 or in MPFR's numbers.  They share nothing with the kernels.

The error of a result is its distance from the real number in ULP: in spacings of its format
around the real number, in the subnormal range the smallest number.
"""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Worst = dict[str, str]  # a point: its operands and the result, as hexadecimal floats


class Namespace(NamedTuple):
    """What formulas are made of, besides arithmetic and comparisons."""

    where: Callable[[Any, Any, Any], Any]
    exp: Callable[[Any], Any]
    expm1: Callable[[Any], Any]


class Formula(NamedTuple):
    """An activation, as functions of a namespace, x (not NaN) and alpha (finite).

    `error` bounds the relative error of NumPy's float64 for operands of float32; 0 where at
    most two of them are multiplied, as 48 bits fit into a float64.
    """

    value: Callable[[Namespace, Any, Any], Any]
    derivative: Callable[[Namespace, Any, Any], Any]
    error: float = 0.0


# 4 ULP of NumPy's exp and expm1 (its SIMD code comes from SVML; libm's are better), and half
# an ULP for each of two products.  An ULP is up to 2**-52 of the value.
EXPONENTIAL_ERROR = 5 * 2.0**-52

_LEAKY = Formula(
    value=lambda m, x, alpha: m.where(x >= 0, x, alpha * x),
    derivative=lambda m, x, alpha: m.where(x > 0, 1.0, alpha),
)

# The one place to add an activation to.
FORMULAS = {
    "relu": Formula(
        value=lambda m, x, alpha: m.where(x > 0, x, 0.0),
        derivative=lambda m, x, alpha: m.where(x > 0, 1.0, 0.0),
    ),
    "leaky_relu": _LEAKY,
    "prelu": _LEAKY,
    "elu": Formula(
        value=lambda m, x, alpha: m.where(x >= 0, x, alpha * m.expm1(x)),
        derivative=lambda m, x, alpha: m.where(x > 0, 1.0, alpha * m.exp(x)),
        error=EXPONENTIAL_ERROR,
    ),
}

FORMS = {"": "value", "_grad": "derivative", "_backward": "backward"}


def evaluate(m: Namespace, name: str, suffix: str, x: Any, alpha: Any, g: Any) -> Any:
    """The function ``name + suffix``; the backward is 0 where the derivative is, whatever g."""
    formula = FORMULAS[name]
    if suffix == "":
        return formula.value(m, x, alpha)
    slope = formula.derivative(m, x, alpha)
    return slope if suffix == "_grad" else m.where(slope == 0, slope, g * slope)


# ---- The two namespaces ------------------------------------------------------

# From here down e^x rounds to 0, also times the two largest numbers of a format.  An exp that
# goes on to 0 itself would lose the sign of such a product.
_NUMPY_FLOOR = -500.0  # float32, computed in float64
_MPFR_FLOOR = -10000.0  # float64

# Bits.  Of an exponential, the first of which suffice to round it and the others to say on
# which side of a number it lies; and of products, which are then exact.
_EXPONENTIAL_PRECISION = 160
_PRECISION = 512

NUMPY = Namespace(
    where=np.where,
    exp=lambda x: np.exp(np.maximum(x, _NUMPY_FLOOR)),
    expm1=np.expm1,
)


@functools.cache
def mpfr() -> tuple[Any, Namespace]:
    """The module gmpy2, and the namespace of its numbers."""
    gmpy2: Any = importlib.import_module("gmpy2")
    exponentials = gmpy2.context(precision=_EXPONENTIAL_PRECISION)

    def inexact(y: Any) -> Any:
        """A hair's breadth towards the real number, if `y` is rounded.

        expm1(x) is rounded to x if x is tiny, and 3 x may be half-way between two floats,
        which 3 expm1(x) is not.
        """
        return y - y.rc * abs(y) * hair

    hair = gmpy2.exp2(-_EXPONENTIAL_PRECISION - 2)
    return gmpy2, Namespace(
        where=lambda condition, yes, no: yes if condition else no,
        exp=lambda x: inexact(exponentials.exp(max(x, _MPFR_FLOOR))),
        expm1=lambda x: inexact(exponentials.expm1(x)),
    )


# ---- Real numbers ------------------------------------------------------------


class Reference(NamedTuple):
    """Real numbers, as NumPy arrays: ``near`` plus ``rest`` ULP."""

    near: Array  # float64
    rest: Array | float
    inner: Array  # float64 of the real number's binade, or of the one below if that is unsure
    rounded: Array  # in the dtype of the result
    unsure: Array | None  # where `rounded` may be the neighbour of the right one; None: nowhere


@np.errstate(all="ignore")
def by_numpy(name: str, suffix: str, x: Array, alpha: Any, g: Any) -> Reference:
    """The results for operands of float32, from float64."""
    wide = [None if a is None else np.asarray(a, np.float64) for a in (x, alpha, g)]
    near = np.asarray(evaluate(NUMPY, name, suffix, *wide), np.float64)
    nan = np.isnan(x)
    some_nan = nan.any()
    if some_nan:
        near = np.where(nan, np.nan, near)
    error = FORMULAS[name].error
    if not error:
        return Reference(near, 0.0, near, near.astype(np.float32), None)
    inner = near * (1 - error)
    rounded = inner.astype(np.float32)
    unsure = rounded != (near * (1 + error)).astype(np.float32)
    if some_nan:
        unsure &= ~nan
    return Reference(near, 0.0, inner, rounded, unsure)


@np.errstate(all="ignore")
def by_mpfr(name: str, suffix: str, x: Array, alpha: Any, g: Any) -> Reference:
    """The results for operands of float32 or float64, from MPFR."""
    gmpy2, namespace = mpfr()
    operands = [
        [None] * x.size if a is None else np.broadcast_to(a, x.shape).tolist()
        for a in (x, alpha, g)
    ]
    with gmpy2.context(gmpy2.context(), precision=_PRECISION):
        # Python numbers mix with MPFR's, but a product of two of them would be rounded.
        exact = [
            gmpy2.mpfr(
                math.nan
                if math.isnan(x_i)
                else evaluate(
                    namespace,
                    name,
                    suffix,
                    gmpy2.mpfr(x_i),
                    None if alpha_i is None else gmpy2.mpfr(alpha_i),
                    None if g_i is None else gmpy2.mpfr(g_i),
                )
            )
            for x_i, alpha_i, g_i in zip(*operands, strict=True)
        ]
        near = np.array([float(number) for number in exact])
        differences = [e - n for e, n in zip(exact, near.tolist(), strict=True)]
        side = np.array([gmpy2.sign(d) if d == d else 0 for d in differences], np.float64)
        if x.dtype == np.float32:
            # To odd: rounded once more, to float32, it is the real number rounded once.
            even = near.view(np.int64) & 1 == 0
            near = np.where(even & (side != 0), np.nextafter(near, np.copysign(np.inf, side)), near)
            return Reference(near, 0.0, near, near.astype(np.float32), None)
        inner = np.where(side * near < 0, np.nextafter(near, 0.0), near)
        steps = spacing(inner, np.float64).tolist()
        rest = np.array([float(d / step) for d, step in zip(differences, steps, strict=True)])
        rest = np.where((rest == 0) & (side != 0), side * 2.0**-1000, rest)  # it is not 0
    return Reference(near, rest, inner, near, None)


# ---- Errors ------------------------------------------------------------------

_EXPONENT = np.uint64(0x7FF << 52)


def binade(numbers: Array, dtype: type[np.floating[Any]]) -> Array:
    """The power of two below each float64, but at least the smallest normal of `dtype`."""
    powers = (numbers.view(np.uint64) & _EXPONENT).view(np.float64)
    return np.maximum(powers, float(np.finfo(dtype).smallest_normal), out=powers)


def spacing(numbers: Array, dtype: type[np.floating[Any]]) -> Array:
    return binade(numbers, dtype) * float(np.finfo(dtype).eps)


@dataclass(frozen=True)
class Tally:
    """What is known about a number of points.  The sum of two is about all of their points."""

    points: int = 0
    misrounded: int = 0  # not the number nearest to the real one
    settled: int = 0  # float64 left open what is nearest, and MPFR told
    error: float = 0.0  # the largest, in ULP
    worst: Worst | None = None  # where that is
    strange: int = 0  # NaN, an infinity or a sign where it should not be, or missing
    strangest: Worst | None = None  # the first of these

    def __add__(self, other: Tally) -> Tally:
        worse = other if other.error > self.error else self
        return Tally(
            self.points + other.points,
            self.misrounded + other.misrounded,
            self.settled + other.settled,
            worse.error,
            worse.worst,
            self.strange + other.strange,
            self.strangest or other.strangest,
        )


@np.errstate(all="ignore")
def errors(got: Array, reference: Reference) -> tuple[Array, Array]:
    """Those of all points in ULP, and the indices of the strange ones.

    Between a number and a NaN or an infinity there is no distance: it counts as 0.
    """
    dtype = got.dtype.type
    distance = got.astype(np.float64)
    distance -= reference.near
    distance /= binade(reference.inner, dtype)
    distance *= 1 / float(np.finfo(dtype).eps)
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
    # One step too early to infinity is one ULP, as from any number to the next.
    early = same_sign & np.isinf(got) & np.isfinite(rounded)
    info = np.finfo(dtype)
    step = math.ldexp(float(info.eps), info.maxexp - 1)
    below = np.abs(np.abs(near) - float(info.max)) / step
    numbers = np.isfinite(got) & np.isfinite(rounded)  # of different signs
    distance[at] = np.where(early, below + 1, np.where(numbers, distance[at], 0.0))
    return distance, at[~(both_nan | both_infinite | early)]


def tally(got: Array, reference: Reference, operands: dict[str, Any]) -> Tally:
    """Compare results with real numbers; those where `rounded` is unsure are not counted."""
    distance, strange = errors(got, reference)
    wrong = got != reference.rounded
    if np.isnan(reference.rounded).any():
        wrong &= ~np.isnan(reference.rounded)
    points = got.size
    if reference.unsure is not None:
        wrong &= ~reference.unsure
        points -= int(np.count_nonzero(reference.unsure))

    def point(i: int) -> Worst:
        names = {**operands, "result": got}
        numbers = {name: np.broadcast_to(a, got.shape)[i] for name, a in names.items()}
        return {name: float(number).hex() for name, number in numbers.items()}

    i = int(distance.argmax())
    return Tally(
        points=points,
        misrounded=int(np.count_nonzero(wrong)),
        error=float(distance[i]),
        worst=point(i) if distance[i] else None,
        strange=len(strange),
        strangest=point(int(strange[0])) if len(strange) else None,
    )
