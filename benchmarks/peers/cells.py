"""What is compared: the axes, and the cells in which they meet."""

from __future__ import annotations

import itertools
from typing import NamedTuple

FUNCTIONS = ("relu", "leaky_relu", "prelu", "elu")
DTYPES = ("float32", "float64")
FORMS = {
    "fresh": "a new array",
    "out": "into a given array",
    "inplace": "into its own argument",
    "grad": "the derivative, into a given array",
    "backward": "g times the derivative, a new array",
    "backward-out": "the same into a given array",
    "gradients": "with respect to x and to alpha, new arrays",
}
LAYOUTS = {
    "contiguous": "x",
    "columns": "x[:, :k]",
    "every-other": "x[::2]",
    "reversed": "x[::-1]",
    "transposed": "x.T",
    "channels": "per channel",
}
STRIDED = ("columns", "every-other", "reversed", "transposed")
ALL_THREADS = 0  # stands for as many threads as the process may run on

TINY = 16  # up to here the fixed cost of a call is all there is
LARGE = 4096  # beyond, the elements are what costs


class Cell(NamedTuple):
    # In this order, cells that share arrays or a number of threads are neighbours.
    threads: int
    layout: str
    dtype: str
    n: int
    function: str
    form: str

    def __str__(self):
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        form = f"{self.function} {self.form}"
        return f"{form}, {LAYOUTS[self.layout]}, {self.dtype}, n = {size_name(self.n)}, {threads}"


class Plan(NamedTuple):
    """Every combination of these is a cell."""

    sizes: tuple[int, ...]
    forms: tuple[str, ...]
    threads: tuple[int, ...] = (1, ALL_THREADS)
    dtypes: tuple[str, ...] = DTYPES
    functions: tuple[str, ...] = FUNCTIONS
    layouts: tuple[str, ...] = ("contiguous",)


ALL_FORMS = ("out", "inplace", "backward-out")
WITHOUT_PRELU = ("relu", "leaky_relu", "elu")  # a scalar alpha makes prelu a leaky_relu

FULL = (
    Plan((10, 100, 1000), ("fresh", "backward", *ALL_FORMS), threads=(1,)),
    Plan((10_000,), ALL_FORMS),
    # In the L2 cache of most CPUs; the second thread should already pay.
    Plan((65_536,), (*ALL_FORMS, "grad"), dtypes=("float32",)),
    Plan((32_768,), (*ALL_FORMS, "grad"), dtypes=("float64",)),
    Plan((10**5, 10**6, 10**7), ("fresh", "backward", *ALL_FORMS)),
    Plan((10**8,), ALL_FORMS, threads=(ALL_THREADS,), dtypes=("float32",)),
    Plan((2**16, 2**23), ALL_FORMS, dtypes=("float32",), functions=WITHOUT_PRELU, layouts=STRIDED),
    Plan(
        (2**16, 2**23),
        ("fresh", *ALL_FORMS, "gradients"),
        functions=("prelu",),
        layouts=("channels",),
    ),
)

QUICK = (
    Plan((10,), ("fresh",), threads=(1,), dtypes=("float32",)),
    Plan((10, 1000), ("out", "backward-out"), threads=(1,), dtypes=("float32",)),
    Plan((65_536,), ALL_FORMS, threads=(1,), dtypes=("float32",)),
    Plan((32_768,), ("out",), threads=(1,), dtypes=("float64",)),
    Plan((10**6,), ("out", "backward-out"), threads=(ALL_THREADS,), dtypes=("float32",)),
    Plan((10**7,), ALL_FORMS, threads=(ALL_THREADS,), dtypes=("float32",)),
    Plan(
        (2**20,),
        ("out",),
        threads=(ALL_THREADS,),
        dtypes=("float32",),
        functions=("relu", "elu"),
        layouts=STRIDED,
    ),
    Plan(
        (2**20,),
        ("out", "gradients"),
        threads=(ALL_THREADS,),
        dtypes=("float32",),
        functions=("prelu",),
        layouts=("channels",),
    ),
)


def cells(plans, available_threads, *, sizes=(), threads=(), **chosen):
    """The cells of `plans`; given sizes and threads replace theirs, other choices select."""

    def selected(axis, values):
        return [value for value in values if not chosen.get(axis) or value in chosen[axis]]

    found = set()
    for plan in plans:
        axes = (
            threads or [count or available_threads for count in plan.threads],
            selected("layouts", plan.layouts),
            selected("dtypes", plan.dtypes),
            sizes or plan.sizes,
            selected("functions", plan.functions),
            selected("forms", plan.forms),
        )
        found.update(map(Cell._make, itertools.product(*axes)))
    return sorted(found, key=_order)


def _order(cell):
    ranks = [list(LAYOUTS), FUNCTIONS, list(FORMS)]
    layout, function, form = (
        names.index(name)
        for names, name in zip(ranks, (cell.layout, cell.function, cell.form), strict=True)
    )
    return cell.threads, layout, cell.dtype, cell.n, function, form


def size_name(n):
    """10⁶ for a power of ten, 2²⁰ for one of two, else the number."""
    for base in (10, 2):
        power = 0
        while base**power < n:
            power += 1
        if base**power == n and n > 1000:
            return f"{base}{str(power).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    return f"{n:,}"
