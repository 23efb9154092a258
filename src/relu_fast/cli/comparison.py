"""Each function beside the NumPy code that people write for it: error and speed.

What the demonstration and ``bench`` measure with.
"""

from __future__ import annotations

import ast
import importlib
import math
import statistics
import time
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

import relu_fast

from .. import _catalog
from .._catalog import Activation, Function
from ..accuracy.definitions import LONG, NUMPY, evaluate, near_zero, numpy_code, outputs
from ..accuracy.in_float64 import EQUIVALENTS
from ..accuracy.proof import with_grad

Array = np.ndarray[Any, np.dtype[Any]]
DType = type[np.floating[Any]]
Data = dict[str, Any]  # operands by the names they have in the catalogue

# In which definitions give the true value of the other.
WIDER: dict[DType, DType] = {np.float32: np.float64, np.float64: np.longdouble}


class Comparison(NamedTuple):
    """A function and the NumPy code it is compared with."""

    function: Function

    @property
    def name(self) -> str:
        return self.function.name

    @property
    def in_place(self) -> bool:
        return self.function.form.kind == "in_place"

    @property
    def expression(self) -> str:
        """What gives the result, for the rival in the race."""
        return numpy_code(self.function)

    @property
    def statement(self) -> str:
        """What people write to get the result where it is wanted."""
        if not self.in_place:
            return self.expression
        (x,) = self.function.form.inputs
        match ast.parse(self.expression, mode="eval").body:
            case ast.Call(ast.Attribute(ast.Name("np"), name)) if is_ufunc(name):
                return f"{self.expression[:-1]}, out={x})"
        return f"{x}[:] = {self.expression}"

    @property
    def call(self) -> str:
        """The statement that calls ours, f: with out= where it can be given."""
        out = ["out=out"] if self.function.is_ufunc else []
        return f"f({', '.join([*self.function.arguments, *out])})"

    @property
    def can_run(self) -> bool:
        """Whether that code can: it may call what NumPy does not have, and SciPy does."""
        return "special." not in self.statement or scipy_special() is not None

    def ours(self, data: Data) -> Any:
        return getattr(relu_fast, self.name)(*(data[name] for name in self.function.arguments))


def is_ufunc(name: str) -> bool:
    """Whether that function of NumPy is one, and so takes out=."""
    return isinstance(getattr(np, name), np.ufunc)


def scipy_special() -> Any:
    """The module of that name, or None where SciPy is not installed."""
    try:
        return importlib.import_module("scipy.special")
    except ImportError:
        return None


COMPARISONS = {name: Comparison(function) for name, function in _catalog.FUNCTIONS.items()}


# ---- Data --------------------------------------------------------------------


def named_data(activation: Activation, arrays: Data) -> Data:
    """Arrays and typical parameters, in the arrays' type; and y if a function asks for it."""
    (dtype,) = {array.dtype.type for array in arrays.values()}
    data = {**arrays, **{p.name: dtype(p.typical) for p in activation.parameters}}
    functions = activation.functions()
    if any("y" in function.form.inputs for function in functions):
        value = next(f for f in functions if f.is_ufunc and f.form.outputs == ("y",))
        data["y"] = Comparison(value).ours(data)
    return data


def array_names(activation: Activation) -> list[str]:
    """What the functions of an activation take, without what they return."""
    names = [name for form in activation.forms for name in form.inputs]
    return [name for name in dict.fromkeys(names) if name != "y"]


def ordinary_data(activation: Activation, dtype: DType, size: int) -> Data:
    """What passes through a network, for times: normally distributed, half of it negative."""
    random = np.random.default_rng(1)
    names = array_names(activation)
    return named_data(
        activation, {name: random.normal(scale=2, size=size).astype(dtype) for name in names}
    )


def adverse_data(activation: Activation, dtype: DType, size: int) -> Data:
    """What errors hide in: ordinary values, tails until exp(x) is 0, and tiny ones to 0 itself."""
    random = np.random.default_rng(2)
    info = np.finfo(dtype)
    underflow = np.log(info.smallest_subnormal)  # about -103 for float32, -744 for float64

    def adverse() -> Array:
        tiny = np.exp(random.uniform(underflow, 0, size // 4))
        parts = [
            random.normal(scale=3, size=size - 2 * (size // 4)),
            random.uniform(underflow, -underflow, size // 4),
            tiny * random.choice([-1, 0, 1], size // 4),
        ]
        return np.concatenate(parts).astype(dtype)

    arrays = {name: adverse() for name in array_names(activation) if name != "g"}
    # Mostly positive: the error of a sum should not be that of a chance cancellation.
    arrays["g"] = random.normal(loc=2, size=size).astype(dtype)
    return named_data(activation, arrays)


# ---- Error -------------------------------------------------------------------


def ulp(values: Array, dtype: DType) -> Array:
    """The spacing of `dtype` at `values`, which are of a wider type; subnormals have the least."""
    info = np.finfo(dtype)
    exponent = np.frexp(np.maximum(np.abs(values), info.smallest_normal))[1] - 1
    spacing: Array = np.ldexp(values.dtype.type(1), exponent - info.nmant)
    return spacing


def largest_error(comparison: Comparison, data: Data) -> float | None:
    """In ULP, against the definition in a wider type; None where that cannot tell.

    Of several outputs the largest.  Near a zero of a derivative in ULP of 1/2.
    """
    names = comparison.function.form.inputs
    dtype = data[names[0]].dtype.type
    wider = WIDER[dtype]
    if np.finfo(wider).nmant <= np.finfo(dtype).nmant:
        return None
    true = true_values(comparison.function, data, wider)
    if true is None:
        return None
    # Copies, because in place the operand changes.
    result = comparison.ours({**data, **{name: data[name].copy() for name in names}})
    if len(comparison.function.form.outputs) == 1:
        result = (result,)
    largest = 0.0
    for i, (got, exact) in enumerate(zip(map(np.asarray, result), true, strict=True)):
        step = ulp(exact, dtype)
        zone = near_zero(comparison.function, data, i)
        if zone is not None:
            step = np.where(zone, wider(np.spacing(dtype(0.5))), step)
        largest = max(largest, float((np.abs(got.astype(wider) - exact) / step).max()))
    return largest


def true_values(function: Function, data: Data, wider: DType) -> list[Array] | None:
    """Those of all outputs; None where the wider type loses their digits or SciPy is missing."""
    if wider is not np.float64:
        equivalents = [EQUIVALENTS.get(output.text) for output in outputs(function)]
        if any(equivalent and equivalent.text for equivalent in equivalents):
            return None
    operands = {name: value.astype(wider) for name, value in with_grad(function, data).items()}
    try:
        found = evaluate(NUMPY if wider is np.float64 else LONG, function, operands)
    except ImportError:
        return None
    is_sum = function.form.kind == "sum"
    return [np.asarray(values.sum() if is_sum else values) for values in found]


# ---- Speed -------------------------------------------------------------------

SAMPLE = 100e-6  # seconds: far more than the clock's reading costs


class Times(NamedTuple):
    """Seconds a call takes, and how many times longer NumPy's takes; None: it cannot run."""

    seconds: float
    speed: float | None


def race(comparison: Comparison, data: Data, seconds: float, rounds: int) -> Times:
    """Both sides in turn, at least for `seconds` and `rounds`: medians of ours and the ratio."""
    form = comparison.function.form
    operand = form.inputs[0]
    original = data[operand]
    outs = tuple(np.ones_like(original) for _ in form.outputs)  # written to: their pages are there
    names = {"np": np, "special": scipy_special(), "f": getattr(relu_fast, comparison.name), **data}
    names |= {operand: original.copy(), "out": outs if len(outs) > 1 else outs[0]}
    # Loops in one piece of code, as in timeit: nothing but the calls is timed.
    codes = [
        compile(f"for _ in range(calls): {statement}", "<race>", "exec")
        for statement in (comparison.call, comparison.statement)[: 1 + comparison.can_run]
    ]

    def sample(code: CodeType, calls: int) -> float:
        if comparison.in_place:
            np.copyto(names[operand], original)
        names["calls"] = calls
        start = time.perf_counter()
        exec(code, names)
        return (time.perf_counter() - start) / calls

    calls = []
    for code in codes:
        sample(code, 1)  # warms up
        calls.append(max(1, math.ceil(SAMPLE / sample(code, 1))))
    end = time.perf_counter() + seconds
    samples: list[list[float]] = []
    while len(samples) < rounds or time.perf_counter() < end:
        samples.append([sample(code, n) for code, n in zip(codes, calls, strict=True)])
    return Times(
        statistics.median(times[0] for times in samples),
        statistics.median(theirs / ours for ours, theirs in samples)
        if comparison.can_run
        else None,
    )
