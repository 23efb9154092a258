"""Each function beside the NumPy code that people write for it: error and speed.

What the demonstration and ``bench`` measure with.
"""

from __future__ import annotations

import ast
import math
import statistics
import time
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

import relu_fast

from .. import _catalog
from .._catalog import Activation, Function
from ..accuracy.definitions import numpy_code

Array = np.ndarray[Any, np.dtype[Any]]
DType = type[np.floating[Any]]
Data = dict[str, Any]  # operands by the names they have in the catalogue

# In which NumPy's code gives the true value of the other.
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
        """What gives the result.

        It is run in the type at hand as the rival in the race, and in a wider type as the
        true value.
        """
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

    def ours(self, data: Data) -> Any:
        return getattr(relu_fast, self.name)(*(data[name] for name in self.function.arguments))


def is_ufunc(name: str) -> bool:
    """Whether that function of NumPy is one, and so takes out=."""
    return isinstance(getattr(np, name), np.ufunc)


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
    """In ULP, against the NumPy expression in a wider type; None where there is none.

    Of several outputs the largest.
    """
    names = comparison.function.form.inputs
    dtype = data[names[0]].dtype.type
    wider = WIDER[dtype]
    if np.finfo(wider).nmant <= np.finfo(dtype).nmant:
        return None
    true = eval(comparison.expression, {"np": np}, widened(data, wider))
    # Copies, because in place the operand changes.
    result = comparison.ours({**data, **{name: data[name].copy() for name in names}})
    if len(comparison.function.form.outputs) == 1:
        true, result = (true,), (result,)
    return max(
        float((np.abs(got.astype(wider) - exact) / ulp(exact, dtype)).max())
        for got, exact in zip(map(np.asarray, result), map(np.asarray, true), strict=True)
    )


def widened(data: Data, wider: DType) -> Data:
    return {name: value.astype(wider) for name, value in data.items()}


# ---- Speed -------------------------------------------------------------------

SAMPLE = 100e-6  # seconds: far more than the clock's reading costs


class Times(NamedTuple):
    """Seconds a call takes, and how many times longer NumPy's takes."""

    seconds: float
    speed: float


def race(comparison: Comparison, data: Data, seconds: float, rounds: int) -> Times:
    """Both sides in turn, at least for `seconds` and `rounds`: medians of ours and the ratio."""
    form = comparison.function.form
    operand = form.inputs[0]
    original = data[operand]
    outs = tuple(np.ones_like(original) for _ in form.outputs)  # written to: their pages are there
    names = {"np": np, "f": getattr(relu_fast, comparison.name), **data}
    names |= {operand: original.copy(), "out": outs if len(outs) > 1 else outs[0]}
    # Loops in one piece of code, as in timeit: nothing but the calls is timed.
    codes = [
        compile(f"for _ in range(calls): {statement}", "<race>", "exec")
        for statement in (comparison.call, comparison.statement)
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
        statistics.median(ours for ours, _ in samples),
        statistics.median(theirs / ours for ours, theirs in samples),
    )
