"""What is compared: the axes, and the cells in which they meet."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from relu_fast import _catalog

from .forms import FORMS
from .libraries import PEERS

# Those that a peer has a line for.
FUNCTIONS = tuple(
    name for name in _catalog.ACTIVATIONS if any(name in peer.table for peer in PEERS.values())
)
# With a number as alpha, prelu is leaky_relu: its alpha is an array, one for each channel.
PER_CHANNEL = tuple(name for name in FUNCTIONS if _catalog.ACTIVATIONS[name].required)
WITH_DEFAULTS = tuple(name for name in FUNCTIONS if name not in PER_CHANNEL)
DTYPES = ("float32", "float64")
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
SIMPLEST = {"fresh": "np.negative(x)", "out": "np.negative(x, out=y)"}  # of NumPy's calls


class Cell(NamedTuple):
    # In this order, cells that share arrays or a number of threads are neighbours.
    threads: int
    layout: str
    dtype: str
    n: int
    function: str
    form: str

    @property
    def functions(self):
        """Those of relu_fast that compute it, as the catalogue describes them."""
        return FORMS[self.form].functions(self.function)

    @property
    def result(self):
        return FORMS[self.form].result

    @property
    def ufunc(self):
        return FORMS[self.form].ufunc(self.function)

    @property
    def inputs(self):
        """The names of its arrays: x, or g and x."""
        return self.functions[0].form.inputs

    @property
    def outputs(self):
        """What is computed, in the words of the catalogue: y, dy, dx, or dx and dp."""
        return tuple(output for function in self.functions for output in function.form.outputs)

    @property
    def parameters(self):
        """Those that must be given."""
        activation = _catalog.ACTIVATIONS[self.function]
        return activation.parameters[: len(activation.required)]

    @property
    def defaults(self):
        """The other parameters."""
        return _catalog.ACTIVATIONS[self.function].parameters[len(self.parameters) :]

    @property
    def arguments(self):
        """The names of arrays and parameters."""
        return (*self.inputs, *(parameter.name for parameter in self.parameters))

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

FULL = (
    Plan((10, 100, 1000), ("fresh", "backward", *ALL_FORMS), threads=(1,)),
    Plan((10_000,), ALL_FORMS),
    # In the L2 cache of most CPUs; the second thread should already pay.
    Plan((65_536,), (*ALL_FORMS, "grad"), dtypes=("float32",)),
    Plan((32_768,), (*ALL_FORMS, "grad"), dtypes=("float64",)),
    Plan((10**5, 10**6, 10**7), ("fresh", "backward", *ALL_FORMS)),
    Plan((10**8,), ALL_FORMS, threads=(ALL_THREADS,), dtypes=("float32",)),
    Plan((2**16, 2**23), ALL_FORMS, dtypes=("float32",), functions=WITH_DEFAULTS, layouts=STRIDED),
    Plan(
        (2**16, 2**23),
        ("fresh", *ALL_FORMS, "gradients"),
        functions=PER_CHANNEL,
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
        functions=PER_CHANNEL,
        layouts=("channels",),
    ),
)


def cells(plans, available_threads, *, sizes=(), threads=(), **chosen):
    """The cells of `plans`; given sizes and threads replace theirs, other choices select."""

    def selected(axis, values):
        return [value for value in values if not chosen.get(axis) or value in chosen[axis]]

    found = []
    for plan in plans:
        axes = (
            threads or [count or available_threads for count in plan.threads],
            selected("layouts", plan.layouts),
            selected("dtypes", plan.dtypes),
            sizes or plan.sizes,
            selected("functions", plan.functions),
            selected("forms", plan.forms),
        )
        found += map(Cell._make, itertools.product(*axes))
    return sorted({cell for cell in found if cell.functions}, key=_order)


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
