"""What the benchmarks share: the functions, the data, and the timing of a statement."""

import functools
import importlib
import json
import pathlib
import timeit
from typing import NamedTuple

import numpy as np

import relu_fast

DTYPES = ("float32", "float64")
ALL_DTYPES = (*DTYPES, "float16", "bfloat16")  # new ones last

# Two or three arrays of these lengths lie in L1, L2, L3 and memory on most CPUs. Numbers,
# because asv draws lines over a parameter only if it is one.
LENGTHS = (2_000, 40_000, 1_000_000, 20_000_000)

# layout -> rows and columns of the whole, in units of n; what of it makes x, n x n
LAYOUTS = {
    "x": ((1, 1), lambda a: a),
    "x[:, :n]": ((1, 2), lambda a: a[:, : len(a)]),
    "x[::2]": ((2, 1), lambda a: a[::2]),
    "x[:, ::2]": ((1, 2), lambda a: a[:, ::2]),
    "x[:, ::-1]": ((1, 1), lambda a: a[:, ::-1]),
    "x.T": ((1, 1), lambda a: a.T),
}

AVAILABLE_THREADS = relu_fast.get_num_threads()

# What statements may call; the module itself holds functions from their first use on.
PUBLIC = {name: getattr(relu_fast, name) for name in relu_fast.__all__}


# ---- The functions ---------------------------------------------------------------


class Function(NamedTuple):
    """A line of functions.json."""

    name: str
    form: str  # as forms.def calls it
    kind: str
    inputs: list[str]
    outputs: list[str]
    parameters: dict[str, float]  # to typical values
    required: list[str]
    gradient_of: str | None  # the learned parameter
    activation: str
    picoseconds: int

    def call(self, *more, arrays=False, view=""):
        """The statement that calls it with numbers for the parameters it needs.

        Or with `arrays` for all; or of a `view` of x, such as ".T".
        """
        if self.kind == "in_place":
            given = ["y"]
        else:  # what is y = f(x) elsewhere may be any numbers here
            given = ["x" if name == "y" else name for name in self.inputs]
        given = [name + view for name in given]
        if self.gradient_of:
            parameters = [self.gradient_of]
        else:
            parameters = self.parameters if arrays else self.required
        given += [name if arrays else str(self.parameters[name]) for name in parameters]
        return f"{self.name}({', '.join([*given, *more])})"

    def call_with_out(self, *, arrays=False):
        """The same, writing to given arrays if it can."""
        if self.kind != "elementwise":
            return self.call(arrays=arrays)
        names = ("y", "dy")[: len(self.outputs)]
        out = names[0] if len(names) == 1 else f"({', '.join(names)})"
        return self.call(f"out={out}", arrays=arrays)


# Not the tables of the relu_fast that is measured. asv finds a case by its place among the
# parameters, which must be the same for all commits, and old ones have no tables.
FUNCTIONS = [
    Function(**row)
    for row in json.loads(pathlib.Path(__file__).with_name("functions.json").read_text())
]
PARAMETERS = sorted({name for function in FUNCTIONS for name in function.parameters})
# Activations.  The first of those that cost about the same: costs are measured anew at times, and
# no noise should end the history of a benchmark.
COSTS = {f.activation: f.picoseconds for f in FUNCTIONS if f.form == "VALUE"}
CHEAPEST = next(name for name, cost in COSTS.items() if cost < 1.25 * min(COSTS.values()))
DEAREST = next(name for name, cost in COSTS.items() if cost > 0.8 * max(COSTS.values()))


def functions(*forms):
    """Those of all activations."""
    return [function for function in FUNCTIONS if function.form in forms]


def extremes(*forms):
    """Those of the cheapest activation and of the dearest, where others would tell no more."""
    return [f for f in functions(*forms) if f.activation in (CHEAPEST, DEAREST)]


def with_array_parameters(*forms):
    """Those whose parameters are arrays in practice: they are learned, and have no default."""
    learned = {function.activation for function in FUNCTIONS if function.gradient_of}
    return [f for f in functions(*forms) if f.required and f.activation in learned]


def forms_of(activation):
    """Its functions by their forms; of several learned parameters, the gradient of the last."""
    return {f.form: f for f in FUNCTIONS if f.activation == activation}


def statements(functions, *, arrays=False):
    """The statement of each, by its name."""
    return {function.name: function.call_with_out(arrays=arrays) for function in functions}


# ---- The data --------------------------------------------------------------------


@functools.cache  # asv calls setup before every sample
def normal(shape, dtype="float32", seed=0):
    """Normal numbers, with signs in random order. A large array repeats a block of them.

    That is hard for code that branches on the sign, unless the array is so small that the
    branch predictor learns its order: a yardstick may be fast there.
    """
    block = np.random.default_rng(seed).standard_normal(2**16).astype(dtype)
    return np.resize(block, shape)


@functools.cache
def output(shape, dtype="float32", name="y"):
    """An array to write to; np.empty would leave the mapping of its pages to the first writer."""
    return np.full(shape, -1 if np.dtype(dtype).kind in "iu" else np.nan, dtype)


def operands(statement, shape, dtype="float32", parameters=None):
    """The arrays that a statement uses, by name; `parameters` stands for each of these.

    No others: to make a large array takes long.
    """
    used = set(compile(statement, "statement", "exec").co_names) - PUBLIC.keys()
    makers = {
        "x": functools.partial(normal, shape, dtype),
        "g": functools.partial(normal, shape, dtype, seed=1),
        "gate": functools.partial(normal, shape, dtype, seed=2),
        "up": functools.partial(normal, shape, dtype, seed=3),
        "y": functools.partial(output, shape, dtype),
        "dy": functools.partial(output, shape, dtype, "dy"),
        **dict.fromkeys(PARAMETERS, lambda: parameters),
    }
    return {name: make() for name, make in makers.items() if name in used}


def strided(layout, n):
    """An n x n float32 array of that layout."""
    (rows, columns), view = LAYOUTS[layout]
    return view(normal((rows * n, columns * n)))


def calls_per_sample(array):
    """Enough calls for the clock's resolution not to matter."""
    return max(1, min(1000, 2**22 // array.nbytes))


# ---- The timing ------------------------------------------------------------------


class Statement:
    """Base of the benchmarks that time a statement, as a user writes it.

    Subclasses call `prepare` in setup and `measure` in the benchmark. A short
    statement is repeated in a loop, without a Python call around it, as timeit
    does it. asv's own repetition (`number`) would call setup or a method each
    time, which takes longer than a small array.
    """

    # asv forgets the results of any other version; the default is a hash of the source
    # code. Raise it, in the class concerned, when the meaning of its times changes.
    version = "1"

    number = 1
    rounds = 2
    repeat = (5, 20, 0.3)
    warmup_time = 0.05

    clock = 0.0

    def timer(self):
        """What asv reads before and after a benchmark: advances by the time of one call."""
        return self.clock

    def prepare(self, statement, *, calls=None, threads=1, **names):
        """Make `statement` ready to be measured; it sees `names`, what relu_fast has, and np.

        A sample has so many `calls`, or else what the size of the first array suggests.
        """
        if threads > AVAILABLE_THREADS:
            raise NotImplementedError(f"only {AVAILABLE_THREADS} threads available")
        relu_fast.set_num_threads(threads)
        self.calls = calls or calls_per_sample(next(iter(names.values())))
        self.statement = timeit.Timer(statement, globals=PUBLIC | {"np": np} | names)
        try:
            self.statement.timeit(1)  # starts the threads, loads the caches
        except (NameError, TypeError) as error:
            # A commit without this function, or without this way to call it, shows n/a.
            raise NotImplementedError(f"{statement}: {error}") from error

    def measure(self):
        self.clock += self.statement.timeit(self.calls) / self.calls


class Lengths(Statement):
    """Base of the benchmarks of `statements`, name to statement, by dtype and length."""

    param_names = ("function", "dtype", "n")

    def setup(self, function, dtype, n, threads=1):
        if dtype == "bfloat16":
            try:
                importlib.import_module("ml_dtypes")  # makes it a dtype of NumPy's
            except ImportError as error:
                raise NotImplementedError(str(error)) from error
        statement = self.statements[function]
        self.prepare(statement, threads=threads, **operands(statement, n, dtype))


class ParameterShapes(Statement):
    """Base of the benchmarks of `statements` by the `shapes` of x and of the parameters."""

    param_names = ("function", "alpha")

    def setup(self, function, name, threads=1):
        statement = self.statements[function]
        shape, parameter_shape = self.shapes[name]
        parameters = np.full(parameter_shape, 0.25, "float32")
        arrays = operands(statement, shape, parameters=parameters)
        self.prepare(statement, threads=threads, **arrays)
