"""``python -m relu_fast``: every function's error and speed, measured on this machine."""

from __future__ import annotations

import itertools
import statistics
import sys
import textwrap
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import relu_fast

from ._docs import FORMS
from ._terminal import Cell, Progress, Row, Table, is_terminal, styled, terminal_width

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
ALPHA = {"leaky_relu": 0.01, "prelu": 0.25, "elu": 1.0}

DTYPES: tuple[type[np.floating[Any]], ...] = (np.float32, np.float64)
WIDER: dict[type[np.floating[Any]], type[np.floating[Any]]] = {
    np.float32: np.float64,
    np.float64: np.longdouble,
}


class Effort(NamedTuple):
    """How much the demonstration measures."""

    size: int  # elements of an array
    seconds: float  # to spend on each function and type, if the rounds take no longer
    rounds: int  # at least


FULL = Effort(size=1 << 20, seconds=0.12, rounds=5)
QUICK = Effort(size=1 << 12, seconds=0.0, rounds=3)


class Result(NamedTuple):
    error: float | None  # in ULP; None: no wider type to compare with
    speed: float  # NumPy's time over ours


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

    def ours(self, data: Data, out: Array | None = None) -> Any:
        function = getattr(relu_fast, self.name)
        operands = [data[operand] for operand in FORMS[self.suffix]]
        if "alpha" in data:
            operands.append(data["alpha"])
        return function(*operands) if out is None else function(*operands, out=out)


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


def speed(comparison: Comparison, data: Data, effort: Effort) -> float:
    """NumPy's time over ours: the median of rounds of both, one after the other."""
    original = data["x"]
    data = {**data, "x": original.copy()}
    has_out = isinstance(getattr(relu_fast, comparison.name), np.ufunc)
    out = np.ones_like(original) if has_out else None  # written to: its pages are there
    code = compile(comparison.statement, "<NumPy>", "exec")
    names = {"np": np, **data}

    def refresh() -> None:
        if comparison.in_place:
            np.copyto(data["x"], original)

    def one_round() -> float:
        refresh()
        ours = duration(lambda: comparison.ours(data, out))
        refresh()
        return duration(lambda: exec(code, names)) / ours

    one_round()  # warms up
    end = time.perf_counter() + effort.seconds
    ratios: list[float] = []
    while len(ratios) < effort.rounds or time.perf_counter() < end:
        ratios.append(one_round())
    return statistics.median(ratios)


def duration(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


# ---- All of it ---------------------------------------------------------------


def measure(effort: Effort) -> dict[str, list[Result]]:
    """For each function its results, one for each of DTYPES."""
    results: dict[str, list[Result]] = {}
    total = len(DTYPES) * sum(len(comparisons(activation)) for activation in EXPRESSIONS)
    done = 0
    with Progress(total) as progress, np.errstate(all="ignore"):
        for activation, dtype in itertools.product(EXPRESSIONS, DTYPES):
            ordinary = ordinary_data(activation, dtype, effort.size)
            adverse = adverse_data(activation, dtype, effort.size)
            for comparison in comparisons(activation):
                progress.update(done, f"{comparison.name} ({dtype.__name__})")
                error = largest_error(comparison, adverse)
                result = Result(error, speed(comparison, ordinary, effort))
                results.setdefault(comparison.name, []).append(result)
                done += 1
    return results


def table(results: dict[str, list[Result]], with_expression: bool) -> Table:
    """The results; with or without the column that shows what each was compared with."""
    titles = ["function", *["error", "speed"] * len(DTYPES), "compared with"]
    types = ["", *[text for dtype in DTYPES for text in ("", dtype.__name__)], ""]
    columns = len(titles) if with_expression else len(titles) - 1
    header = [[Cell(text, "bold") for text in line[:columns]] for line in (types, titles)]
    groups = [
        [table_row(comparison, results[comparison.name])[:columns] for comparison in group]
        for group in map(comparisons, EXPRESSIONS)
    ]
    return Table(("<" + ">>" * len(DTYPES) + "<")[:columns], header, groups)


def table_row(comparison: Comparison, results: list[Result]) -> Row:
    row = [Cell(comparison.name)]
    for result in results:
        speed_up = f"{result.speed:.1f}\N{MULTIPLICATION SIGN}"
        row += [Cell(error_text(result.error)), Cell(speed_up, verdict(result.speed))]
    return [*row, Cell(comparison.statement, "faint")]


def error_text(error: float | None) -> str:
    if error is None:
        return "n/a"
    return "0" if error == 0 else "<0.01" if error < 0.01 else f"{error:.2f}"


def verdict(ratio: float) -> str:
    """The style of a speed; between the two, noise decides."""
    if ratio > 1.05:
        return "good"
    return "bad" if ratio < 0.95 else ""


def explanation(effort: Effort) -> str:
    return (
        "error: the largest, in ULP (0 is exact, 0.5 correctly rounded); speed: NumPy's time over "
        f"ours, median of rounds in turn, {effort.size:,} elements, ours with out=."
    )


def run(quick: bool) -> None:
    """The whole demonstration, on stdout."""
    effort = QUICK if quick else FULL
    relu_fast.show_config()
    print(f"  NumPy    {np.__version__}\n", flush=True)
    results = measure(effort)
    shown = table(results, with_expression=True)
    if is_terminal(sys.stdout) and shown.width > terminal_width():
        shown = table(results, with_expression=False)
    shown.print(sys.stdout)
    for line in textwrap.wrap(explanation(effort), max(shown.width - 1, 40)):
        print(styled(f" {line}", "faint", sys.stdout))
