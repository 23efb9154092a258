"""The promised accuracy, proved or sampled on this machine.

A case is one function for one element type: all inputs there are, or points drawn where errors
hide.  It is cut into segments, which any thread or process can do in any order, and whose
tallies add up.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

import relu_fast

from .. import _catalog
from .definitions import (
    NUMPY,
    PRECISION,
    evaluate,
    in_domain,
    mpfr,
    near_zero,
    point_of,
    relative_error,
    takes_grad,
)
from .points import Random, all_inputs
from .ulp import FORMATS, Array, Reference, bits, errors, errors_in_halves, nearest, spacing

Operands = dict[str, Any]  # by name: an array, or a number for all elements
Worst = dict[str, str]  # a point: its operands and the result, as hexadecimal floats

BLOCK = 1 << 16  # elements: what is computed at a time stays in the cache
# A block is so many runs of neighbours, from all over the inputs.  Computed once as they are, and
# once with one element of each in turn, they go other ways through a kernel: by its near formula
# or its far one alone, and by both.
RUNS = 16
# Points near the middle between two numbers that MPFR is asked about, if no promise depends on
# it: half of all subnormal x are such points of silu, which is x / 2 but for the last of 300 bits.
SETTLED_IN_BLOCK = 256
WIDEST = "float64"  # whose results NumPy's float64 cannot judge
DTYPES = tuple(FORMATS)  # bfloat16 is NumPy's where ml_dtypes has been imported


# ---- Real numbers ------------------------------------------------------------


def reference_dtype(function: _catalog.Function, operands: Mapping[str, Any]) -> Any:
    return operands[point_of(function)].dtype.type


@np.errstate(all="ignore")
def by_numpy(function: _catalog.Function, operands: Operands, output: int = 0) -> Reference:
    """The results for operands of at most float32, from float64."""
    dtype = reference_dtype(function, operands)
    operands = with_grad(function, operands)
    wide = {name: np.asarray(operand, np.float64) for name, operand in operands.items()}
    near = np.asarray(evaluate(NUMPY, function, wide)[output], np.float64)
    error = relative_error(function, output, returned="dy" in operands)
    if not error:
        return Reference(near, 0.0, near, nearest(near, dtype), None)
    zone = near_zero(function, wide, output)
    inner, outer = near * (1 - error), near * (1 + error)
    if zone is not None and zone.any():
        margin = np.copysign(error / 2 * np.abs(wide.get("g", 1.0)), near)
        zone = zone & np.isfinite(margin) & (margin != 0)  # elsewhere g makes it exact
        inner, outer = np.where(zone, (near - margin, near + margin), (inner, outer))
    rounded = nearest(inner, dtype)
    unsure = rounded != nearest(outer, dtype)
    nan = np.isnan(near)
    if nan.any():
        unsure &= ~nan
    return Reference(near, 0.0, inner, rounded, unsure)


@np.errstate(all="ignore")
def by_mpfr(function: _catalog.Function, operands: Operands, output: int = 0) -> Reference:
    """The results for operands of any type, from MPFR."""
    gmpy2: Any = importlib.import_module("gmpy2")
    dtype = reference_dtype(function, operands)
    with gmpy2.context(gmpy2.context(), precision=PRECISION):
        exact = exactly(function, operands, output)
        near = np.array([float(number) for number in exact])
        differences = [e - n for e, n in zip(exact, near.tolist(), strict=True)]
        side = np.array([gmpy2.sign(d) if d == d else 0 for d in differences], np.float64)
        if dtype is not np.float64:
            # To odd: rounded once more, to the narrower type, it is the real number rounded once.
            even = near.view(np.int64) & 1 == 0
            near = np.where(even & (side != 0), np.nextafter(near, np.copysign(np.inf, side)), near)
            return Reference(near, 0.0, near, nearest(near, dtype), None)
        inner = np.where(side * near < 0, np.nextafter(near, 0.0), near)
        steps = spacing(inner, np.float64).tolist()
        rest = np.array([float(d / step) for d, step in zip(differences, steps, strict=True)])
        rest = np.where((rest == 0) & (side != 0), side * 2.0**-1000, rest)  # it is not 0
    return Reference(near, rest, inner, near, None)


def with_grad(function: _catalog.Function, operands: Mapping[str, Any]) -> Operands:
    """The operands, with what value and derivative return if a backward multiplies these.

    For half types that is of float32, not rounded yet.  Derivatives of float16 stay the real
    numbers: what is lost in the tails of float32 does not show beside a float16.
    """
    found = dict(operands)
    if not takes_grad(function):
        return found
    dtype = reference_dtype(function, operands)
    compute = np.result_type(dtype, np.float32)
    names = [point_of(function), *(p.name for p in function.activation.parameters)]
    arguments = [np.asarray(found[name], compute) for name in names]
    of_x = [f for f in function.activation.source.functions() if f.form.inputs == ("x",)]
    for output, is_needed in (
        ("y", function.activation.gate is not None),
        ("dy", dtype is not np.float16),
    ):
        if is_needed:
            maker = next(f for f in of_x if f.is_ufunc and f.form.outputs == (output,))
            found[output] = getattr(relu_fast, maker.name)(*arguments)
    return found


def exactly(function: _catalog.Function, operands: Operands, output: int = 0) -> list[Any]:
    """The results as MPFR numbers."""
    namespace = mpfr()
    operands = with_grad(function, operands)
    arrays = np.broadcast_arrays(*operands.values())
    points = zip(*(array.ravel().tolist() for array in arrays), strict=True)
    return [
        evaluate(namespace, function, dict(zip(operands, point, strict=True)))[output]
        for point in points
    ]


# ---- Tallies -----------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """What is known about a number of points.  The sum of two is about all of their points."""

    points: int = 0
    misrounded: int = 0  # not the number nearest to the real one
    settled: int = 0  # float64 left open what is nearest, and MPFR told
    left_open: int = 0  # not even asked: too many, and none of them further than half an ULP off
    error: float = 0.0  # the largest, in ULP
    worst: Worst | None = None  # where that is
    error_near_zero: float = 0.0  # where a bound in ULP of 1/2 holds instead
    worst_near_zero: Worst | None = None
    strange: int = 0  # NaN, an infinity or a sign where it should not be, or missing
    strangest: Worst | None = None  # the first of these
    other_bits: int = 0  # in another order of the same inputs

    def __add__(self, other: Tally) -> Tally:
        worse = other if other.error > self.error else self
        worse_near_zero = other if other.error_near_zero > self.error_near_zero else self
        return Tally(
            self.points + other.points,
            self.misrounded + other.misrounded,
            self.settled + other.settled,
            self.left_open + other.left_open,
            worse.error,
            worse.worst,
            worse_near_zero.error_near_zero,
            worse_near_zero.worst_near_zero,
            self.strange + other.strange,
            self.strangest or other.strangest,
            self.other_bits + other.other_bits,
        )


def tally(got: Array, reference: Reference, operands: Operands) -> Tally:
    """Compare results with real numbers; those where `rounded` is unsure are not counted."""
    distance, strange = errors(got, reference)
    wrong = got != reference.rounded
    if np.isnan(reference.rounded).any():
        wrong &= ~np.isnan(reference.rounded)
    points = got.size
    if reference.unsure is not None:
        wrong &= ~reference.unsure
        points -= int(np.count_nonzero(reference.unsure))
    point = functools.partial(point_at, operands, got)
    i = int(distance.argmax())
    return Tally(
        points=points,
        misrounded=int(np.count_nonzero(wrong)),
        error=float(distance[i]),
        worst=point(i) if distance[i] else None,
        strange=len(strange),
        strangest=point(int(strange[0])) if len(strange) else None,
    )


def tally_near_zero(got: Array, reference: Reference, operands: Operands) -> Tally:
    """Compare derivatives that pass through 0 with real numbers, in ULP of 1/2."""
    distance = errors_in_halves(got, reference)
    strange = np.flatnonzero(np.isnan(distance))
    distance[strange] = 0.0
    point = functools.partial(point_at, operands, got)
    i = int(distance.argmax())
    return Tally(
        points=got.size,
        error_near_zero=float(distance[i]),
        worst_near_zero=point(i) if distance[i] else None,
        strange=len(strange),
        strangest=point(int(strange[0])) if len(strange) else None,
    )


def point_at(operands: Operands, got: Array, i: int) -> Worst:
    names = {**operands, "result": got}
    numbers = {name: np.broadcast_to(a, got.shape)[i] for name, a in names.items()}
    return {name: float(number).hex() for name, number in numbers.items()}


# ---- Cases -------------------------------------------------------------------

Size = tuple[int, int]  # of a case: segments, and elements in each

EVERY = {"float16": (1, 1 << 16), "bfloat16": (1, 1 << 16), "float32": (1 << 8, 1 << 24)}


class Effort(NamedTuple):
    """Of which types every input is taken, and how large a sample is."""

    every: tuple[str, ...]
    samples: dict[str, Size]


HALVES = ("float16", "bfloat16")
FULL = Effort(
    (*HALVES, "float32"),
    dict.fromkeys(HALVES, (1 << 4, 1 << 16))
    | {"float32": (1 << 8, 1 << 18), "float64": (1 << 7, 1 << 13)},
)
QUICK = Effort(
    HALVES,
    dict.fromkeys(HALVES, (1 << 2, 1 << 14))
    | {"float32": (1 << 2, 1 << 18), "float64": (1 << 2, 1 << 11)},
)


@dataclass(frozen=True)
class Case:
    """One output of a function, and element type: its points, and what is promised there."""

    name: str
    dtype: str
    any_parameters: bool
    every_input: bool
    segments: int
    size: int  # of each
    output: int = 0

    @property
    def function(self) -> _catalog.Function:
        return _catalog.FUNCTIONS[self.name]

    @property
    def activation(self) -> _catalog.Activation:
        return self.function.activation

    @property
    def is_small(self) -> bool:
        """Whether MPFR can be asked about all points that are open."""
        return self.every_input and self.segments * self.size <= BLOCK

    @property
    def parameters(self) -> Operands:
        """Those of a case in which they do not vary, as the function sees them."""
        # A number acts in a call of halves as the float32 that is nearest to it.
        kind = np.result_type(self.dtype, np.float32).type
        return {p.name: kind(p.typical) for p in self.activation.parameters}

    @property
    def parameters_text(self) -> str:
        if self.any_parameters:
            return "any"
        outputs = self.function.form.outputs
        if len(outputs) > 1:
            return outputs[self.output]
        return ", ".join(f"{p.name} {p.typical:g}" for p in self.activation.parameters)

    @property
    def bound(self) -> float:
        return self.function.bound(self.dtype)[self.any_parameters]

    @property
    def bound_near_zero(self) -> float | None:
        return self.function.near_zero_bound(self.dtype)

    @property
    def title(self) -> str:
        names = ", ".join(p.name for p in self.activation.parameters)
        text = f"any {names}" if self.any_parameters else self.parameters_text
        return f"{self.name} ({self.dtype}{text and ', ' + text})"

    def call(self, operands: Operands) -> Array:
        """What is to be verified; parameters are left to the function if these are defaults."""
        arguments = [operands[name] for name in self.function.form.inputs]
        if self.any_parameters:
            arguments += [operands[p.name] for p in self.activation.parameters]
        else:
            arguments += self.activation.required
        result = getattr(relu_fast, self.name)(*arguments)
        found: Array = result[self.output] if isinstance(result, tuple) else result
        return found

    def tally(
        self, segment: int, call: Callable[[Operands], Array] | None = None, every: int = 1
    ) -> Tally:
        """Of a segment's points, or each `every`-th of all inputs; of another `call`, if given."""
        compute = call or self.call
        total = Tally()
        with relu_fast.num_threads(1), np.errstate(all="ignore"):
            for operands in self.points(segment, every):
                got = compute(operands)
                total += self.compare(got, operands)
                if call is None:
                    again = compute({name: in_turn(o) for name, o in operands.items()})
                    others = np.count_nonzero(bits(again) != bits(in_turn(got)))
                    total += Tally(other_bits=int(others))
        return total

    def points(self, segment: int, every: int = 1) -> Iterator[Operands]:
        """The operands, a block at a time."""
        if self.every_input:
            run, distance = BLOCK // RUNS, self.segments * self.size // RUNS
            end = (segment + 1) * self.size // RUNS
            for start in range(segment * self.size // RUNS, end, run * every):
                count = min(run, -(-(end - start) // every))
                starts = range(start, start + RUNS * distance, distance)
                runs = [all_inputs(self.dtype, first, count, every) for first in starts]
                yield {"x": np.concatenate(runs), **self.parameters}
            return
        random = Random(segment)
        point = point_of(self.function)
        operands = {point: random.inputs(self.dtype, self.size), **self.parameters}
        if self.activation.gate:
            operands["up"] = random.parameters(self.dtype, operands[point])
        if self.any_parameters:
            for name in self.parameters:
                operands[name] = random.parameters(self.dtype, operands["x"])
            # Outside of a domain all is NaN.  The other sign is inside, as a rule.
            inside = in_domain(NUMPY, self.function, operands)
            for name in self.parameters if inside is not None else ():
                operands[name] = np.where(inside, operands[name], -operands[name])
        if "g" in self.function.form.inputs:
            # At -inf the derivative is 0, and the product by definition: tested elsewhere.
            x = operands[point]
            operands[point] = np.where(np.isinf(x), x.dtype.type(-1), x)
            g = random.finite(self.dtype, self.size)
            factors = [operands[name] for name in ("up", *self.parameters) if name in operands]
            if self.activation.conditions.get("BACKWARD", "").startswith("unless"):
                factors.append(g.dtype.type(2))
            for factor in factors:
                g = np.where(np.isfinite(g * factor), g, g.dtype.type(1))
            operands["g"] = g
        for start in range(0, self.size, BLOCK):
            yield part(operands, slice(start, start + BLOCK))

    def compare(self, got: Array, operands: Operands) -> Tally:
        """Results with the real numbers, by what is promised where they are."""
        zone = near_zero(self.function, operands) if self.bound_near_zero else None
        if zone is None or not zone.any():
            return self._compare(got, operands)
        inside, outside = np.flatnonzero(zone), np.flatnonzero(~zone)
        there = part(operands, inside)
        real = by_mpfr if self.dtype == WIDEST else by_numpy
        found = tally_near_zero(got[inside], real(self.function, there, self.output), there)
        if outside.size:
            found += self._compare(got[outside], part(operands, outside))
        return found

    def _compare(self, got: Array, operands: Operands) -> Tally:
        if self.dtype == WIDEST:
            return tally(got, by_mpfr(self.function, operands, self.output), operands)
        reference = by_numpy(self.function, operands, self.output)
        found = tally(got, reference, operands)
        if reference.unsure is not None and reference.unsure.any():
            at = np.flatnonzero(reference.unsure)
            if at.size > SETTLED_IN_BLOCK and self.bound > 0.5 and not self.is_small:
                return found + Tally(points=at.size, left_open=at.size)
            rest = part(operands, at)
            settled = tally(got[at], by_mpfr(self.function, rest, self.output), rest)
            found += dataclasses.replace(settled, settled=settled.points)
        return found

    def result(self, total: Tally) -> dict[str, Any]:
        """What is reported."""
        exactly_rounded = self.bound > 0.5 or total.misrounded == 0
        near_zero_holds = total.error_near_zero <= (self.bound_near_zero or 0.0)
        return {
            "function": self.name,
            "dtype": self.dtype,
            "parameters": self.parameters_text or None,
            "method": "every input" if self.every_input else "sample",
            "points": total.points,
            "max_ulp": total.error,
            "bound_ulp": self.bound,
            "worst": readable(total.worst, self.dtype),
            "max_ulp_of_half_near_zero": total.error_near_zero,
            "bound_near_zero": self.bound_near_zero,
            "worst_near_zero": readable(total.worst_near_zero, self.dtype),
            "not_correctly_rounded": total.misrounded,
            "settled_by_mpfr": total.points if self.dtype == WIDEST else total.settled,
            "left_open": total.left_open,
            "wrong_nan_infinity_or_sign": total.strange,
            "first_of_these": readable(total.strangest, self.dtype),
            "other_bits_in_another_order": total.other_bits,
            "passed": not total.strange
            and not total.other_bits
            and total.error <= self.bound
            and exactly_rounded
            and near_zero_holds,
        }


def part(operands: Operands, at: Any) -> Operands:
    """Some of the elements."""
    return {
        name: operand[at] if isinstance(operand, np.ndarray) else operand
        for name, operand in operands.items()
    }


def in_turn(operand: Any) -> Any:
    """One element of each run, then the next ones."""
    return operand.reshape(RUNS, -1).T.ravel() if isinstance(operand, np.ndarray) else operand


def readable(point: Worst | None, dtype: str) -> dict[str, dict[str, str]] | None:
    """Each number in hexadecimal and decimal."""
    if point is None:
        return None
    return {
        name: {"hex": re.sub(r"\.?0+p", "p", text), "decimal": decimal(float.fromhex(text), dtype)}
        for name, text in point.items()
    }


def decimal(number: float, dtype: str) -> str:
    """As short as its type allows; parameters of halves are of a wider one."""
    with np.errstate(all="ignore"):
        narrow = np.dtype(dtype).type(number)
    return str(narrow if float(narrow) == number or np.isnan(number) else number)


def cases(
    activations: Iterable[str] = (), dtypes: Sequence[str] = DTYPES, effort: Effort = FULL
) -> list[Case]:
    """Those of some activations, or of all: each function of x with a bound of its own.

    And each output of the functions of gated pairs, of which no computer can take all inputs.
    """
    found = []
    for name in dict.fromkeys(activations) or _catalog.ACTIVATIONS:
        activation = _catalog.ACTIVATIONS[name]
        functions = [
            f
            for f in activation.functions()
            if f.is_ufunc and f.form.id in activation.bounds and "y" not in f.form.inputs
        ]
        for kind in dtypes:
            sample = effort.samples[kind]
            every = kind in effort.every
            at_defaults = [f for f in functions if f.form.inputs == ("x",)]
            size = EVERY[kind] if every else sample
            found += [Case(f.name, kind, False, every, *size) for f in at_defaults]
            others = [f for f in functions if activation.parameters or f not in at_defaults]
            found += [
                Case(f.name, kind, bool(activation.parameters), False, *sample, output)
                for f in others
                for output in range(len(f.form.outputs))
            ]
    return found


# ---- The work ----------------------------------------------------------------


class Pools:
    """Cores for segments: threads where NumPy does the work, processes where MPFR, in Python."""

    def __init__(self, jobs: int):
        self._jobs = jobs
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Pools:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.close()

    def map(self, function: Callable[[int], Tally], case: Case, start: int) -> Iterator[Tally]:
        """The tallies of the segments from `start` on, in order."""
        rest = range(start, case.segments)
        if self._jobs == 1 or len(rest) == 0:
            return map(function, rest)
        pool = self._processes if case.dtype == WIDEST else self._threads
        return pool.map(function, rest)

    @functools.cached_property
    def _threads(self) -> Executor:
        return self._closing(ThreadPoolExecutor(self._jobs))

    @functools.cached_property
    def _processes(self) -> Executor:
        import multiprocessing  # slow to import
        from concurrent.futures import ProcessPoolExecutor

        # Not forked, which is not safe in a process with threads; and Ctrl-C is for the parent,
        # which lets them finish.
        spawn = multiprocessing.get_context("spawn")
        ignore = (signal.SIGINT, signal.SIG_IGN)
        return self._closing(ProcessPoolExecutor(self._jobs, spawn, signal.signal, ignore))

    def _closing(self, pool: Executor) -> Executor:
        """Interrupted, a pool ends what it is at, and no more."""
        self._stack.callback(pool.shutdown, cancel_futures=True)
        return pool
