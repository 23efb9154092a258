"""What the benchmarks share: the data, and the timing of a statement."""

import functools
import timeit

import numpy as np

import relu_fast

DTYPES = ("float32", "float64")

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


@functools.cache  # asv calls setup before every sample
def normal(shape, dtype="float32", seed=0):
    """Normal numbers, both signs in no order. A large array repeats a block of them.

    That makes it hard for code that branches on the sign, unless the array is so
    small that the CPU learns its order by heart: a yardstick may be fast there.
    """
    block = np.random.default_rng(seed).standard_normal(2**16).astype(dtype)
    return np.resize(block, shape)


@functools.cache
def output(shape, dtype="float32"):
    """An array to write to. Not np.empty, whose pages the first writer would have to map."""
    return np.full(shape, np.nan, dtype)


def strided(layout, n):
    """An n x n float32 array of that layout."""
    (rows, columns), view = LAYOUTS[layout]
    return view(normal((rows * n, columns * n)))


def calls_per_sample(array):
    """So many that the clock's resolution does not matter."""
    return max(1, min(1000, 2**22 // array.nbytes))


class Statement:
    """Base of the benchmarks that time a statement, as a user writes it.

    Subclasses call `prepare` in setup and `measure` in the benchmark. A short
    statement is repeated in a loop, without a Python call around it, as timeit
    does it. asv's own repetition (`number`) would call setup or a method each
    time, which takes longer than a small array.
    """

    # asv forgets the results of any other version, which else is a hash of the
    # source code. Raise it, in the class concerned, when old times mean something else.
    version = "1"

    number = 1
    rounds = 2
    repeat = (5, 20, 0.3)
    warmup_time = 0.05

    clock = 0.0

    def timer(self):
        """What asv reads before and after a benchmark: advances by the time of one call."""
        return self.clock

    def prepare(self, statement, *, calls=1, threads=1, **names):
        """Make `statement` ready to be measured; it sees `names`, relu_fast and np."""
        if threads > AVAILABLE_THREADS:
            raise NotImplementedError(f"only {AVAILABLE_THREADS} threads available")
        relu_fast.set_num_threads(threads)
        self.calls = calls
        self.statement = timeit.Timer(statement, globals=vars(relu_fast) | {"np": np} | names)
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
        statement = self.statements[function]
        arrays = {"x": normal(n, dtype), "y": output(n, dtype)}
        if "(g, " in statement:  # else not: to make a large array takes long
            arrays["g"] = normal(n, dtype, seed=1)
        calls = calls_per_sample(arrays["x"])
        self.prepare(statement, calls=calls, threads=threads, **arrays)
