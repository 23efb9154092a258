"""Each function beside the NumPy code that people write for it: error and speed.

What the demonstration and ``bench`` measure with.
"""

from __future__ import annotations

import importlib
import math
import statistics
import time
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

import relu_fast

from ._docs import FORMS

_ufuncs: Any = importlib.import_module("relu_fast._ufuncs")

Array = np.ndarray[Any, np.dtype[Any]]
Data = dict[str, Any]  # the names in the expressions below: x, g, y, alpha

# What people write today with NumPy.  The text is compiled and run: in the type at hand as
# the rival in the race, and in a wider type as the true value.
_WITH_FACTOR = {
    "": "np.where(x > 0, x, alpha * x)",
    "_grad": "np.where(x > 0, 1, alpha)",
    "_backward": "np.where(x > 0, g, alpha * g)",
    "_alpha_backward": "(g * np.where(x > 0, 0, x)).sum()",
}
EXPRESSIONS = {
    "relu": {
        "": "np.maximum(x, 0)",
        "_grad": "(x > 0).astype(x.dtype)",
        "_backward": "np.where(x > 0, g, 0)",
    },
    "leaky_relu": _WITH_FACTOR,
    "prelu": _WITH_FACTOR,
    "elu": {
        "": "np.where(x > 0, x, alpha * np.expm1(x))",
        "_grad": "np.where(x > 0, 1, alpha * np.exp(x))",
        "_backward": "np.where(x > 0, g, alpha * np.exp(x) * g)",
        "_backward_from_result": "np.where(y > 0, g, (y + alpha) * g)",
        "_alpha_backward": "(g * np.where(x > 0, 0, np.expm1(x))).sum()",
    },
}
ALPHA_OF_PRELU = 0.25  # the start of a learned alpha in its paper: it has no default
ALPHA = {
    name: float(row["default_value"]) if row["has_default"] else ALPHA_OF_PRELU
    for name, row in _ufuncs.catalog().items()
    if row["parameters"]
}

DTYPES: tuple[type[np.floating[Any]], ...] = (np.float32, np.float64)
WIDER: dict[type[np.floating[Any]], type[np.floating[Any]]] = {
    np.float32: np.float64,
    np.float64: np.longdouble,
}


class Comparison(NamedTuple):
    """A function and the NumPy code it is compared with."""

    activation: str
    suffix: str

    @property
    def name(self) -> str:
        return self.activation + self.suffix

    @property
    def in_place(self) -> bool:
        return self.suffix == "_"

    @property
    def expression(self) -> str:
        """What gives the result."""
        return EXPRESSIONS[self.activation]["" if self.in_place else self.suffix]

    @property
    def statement(self) -> str:
        """What people write to get the result where it is wanted."""
        if self.name == "relu_":
            return "np.maximum(x, 0, out=x)"
        return f"x[:] = {self.expression}" if self.in_place else self.expression

    @property
    def call(self) -> str:
        """The statement that calls ours, f: with out= where it can be given."""
        operands = [*FORMS[self.suffix], *(["alpha"] if self.activation in ALPHA else [])]
        out = ["out=out"] if isinstance(getattr(relu_fast, self.name), np.ufunc) else []
        return f"f({', '.join(operands + out)})"

    def ours(self, data: Data) -> Any:
        operands = [data[operand] for operand in FORMS[self.suffix]]
        if "alpha" in data:
            operands.append(data["alpha"])
        return getattr(relu_fast, self.name)(*operands)


def comparisons(activation: str) -> list[Comparison]:
    """All functions made of an activation."""
    return [
        Comparison(activation, suffix)
        for suffix in FORMS
        if activation + suffix in relu_fast.__all__
    ]


# ---- Data --------------------------------------------------------------------


def named_data(activation: str, x: Array, g: Array) -> Data:
    """The operands by name; y is the activation's result, alpha in the type of x."""
    dtype = x.dtype.type
    data: Data = {"x": x, "g": g}
    if activation in ALPHA:
        data["alpha"] = dtype(ALPHA[activation])
    data["y"] = Comparison(activation, "").ours(data)
    return data


def ordinary_data(activation: str, dtype: type[np.floating[Any]], size: int) -> Data:
    """What passes through a network, for times: normally distributed, half of it negative."""
    random = np.random.default_rng(1)
    x, g = random.normal(scale=2, size=(2, size)).astype(dtype)
    return named_data(activation, x, g)


def adverse_data(activation: str, dtype: type[np.floating[Any]], size: int) -> Data:
    """What errors hide in: ordinary values, tails until exp(x) is 0, and tiny ones to 0 itself."""
    random = np.random.default_rng(2)
    info = np.finfo(dtype)
    underflow = np.log(info.smallest_subnormal)  # about -103 for float32, -744 for float64
    tiny = np.exp(random.uniform(underflow, 0, size // 4))
    x = np.concatenate(
        [
            random.normal(scale=3, size=size // 2),
            random.uniform(underflow, -underflow, size // 4),
            tiny * random.choice([-1, 0, 1], size // 4),
        ]
    ).astype(dtype)
    # Mostly positive: the error of a sum should not be that of a chance cancellation.
    g = random.normal(loc=2, size=x.size).astype(dtype)
    return named_data(activation, x, g)


# ---- Error -------------------------------------------------------------------


def ulp(values: Array, dtype: type[np.floating[Any]]) -> Array:
    """The spacing of `dtype` at `values`, which are of a wider type; subnormals have the least."""
    info = np.finfo(dtype)
    exponent = np.frexp(np.maximum(np.abs(values), info.smallest_normal))[1] - 1
    spacing: Array = np.ldexp(values.dtype.type(1), exponent - info.nmant)
    return spacing


def largest_error(comparison: Comparison, data: Data) -> float | None:
    """In ULP, against the NumPy expression in a wider type; None where there is none."""
    dtype = data["x"].dtype.type
    wider = WIDER[dtype]
    if np.finfo(wider).nmant <= np.finfo(dtype).nmant:
        return None
    exact = np.asarray(eval(comparison.expression, {"np": np}, widened(data, wider)))
    result = comparison.ours({**data, "x": data["x"].copy()})  # a copy, for in place changes it
    errors = np.abs(np.asarray(result, dtype=wider) - exact) / ulp(exact, dtype)
    return float(errors.max())


def widened(data: Data, wider: type[np.floating[Any]]) -> Data:
    return {name: value.astype(wider) for name, value in data.items()}


# ---- Speed -------------------------------------------------------------------

SAMPLE = 100e-6  # seconds: far more than the clock's reading costs


class Times(NamedTuple):
    """Seconds a call takes, and how many times longer NumPy's takes."""

    seconds: float
    speed: float


def race(comparison: Comparison, data: Data, seconds: float, rounds: int) -> Times:
    """Both sides in turn, at least for `seconds` and `rounds`: medians of ours and the ratio."""
    original = data["x"]
    out = np.ones_like(original)  # written to: its pages are there
    names = {"np": np, "f": getattr(relu_fast, comparison.name), **data}
    names |= {"x": original.copy(), "out": out}
    # Loops in one piece of code, as in timeit: nothing but the calls is timed.
    codes = [
        compile(f"for _ in range(calls): {statement}", "<race>", "exec")
        for statement in (comparison.call, comparison.statement)
    ]

    def sample(code: CodeType, calls: int) -> float:
        if comparison.in_place:
            np.copyto(names["x"], original)
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
