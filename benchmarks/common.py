"""What the benchmarks share: the data, and the timing of a statement."""

import functools
import timeit

import numpy as np

import relu_fast

DTYPES = ("float32", "float64")

# The memory that one array of this many bytes fills, on most CPUs.
SMALL = {"10 elements": 0, "L1, 16 KiB": 2**14, "L2, 256 KiB": 2**18}
LARGE = {"L3, 8 MiB": 2**23, "memory, 128 MiB": 2**27}
SIZES = SMALL | LARGE

AVAILABLE_THREADS = relu_fast.get_num_threads()


def elements(size, dtype):
    return max(10, SIZES[size] // np.dtype(dtype).itemsize)


@functools.cache  # asv calls setup before every sample
def normal(shape, dtype, seed=0):
    """Normal numbers, both signs in no order. A large array repeats a block of them.

    That makes it hard for code that branches on the sign, unless the array is so
    small that the CPU learns its order by heart: a yardstick may be fast there.
    """
    block = np.random.default_rng(seed).standard_normal(2**16).astype(dtype)
    return np.resize(block, shape)


@functools.cache
def output(shape, dtype):
    """An array to write to. Not np.empty, whose pages the first writer would have to map."""
    return np.full(shape, np.nan, dtype)


class Statement:
    """Base of the benchmarks whose first parameter is a statement, as a user writes it.

    Subclasses call `prepare` in setup and `measure` in the benchmark. A short
    statement is repeated in a loop, without a Python call around it, as timeit
    does it. asv's own repetition (`number`) would call setup or a method each
    time, which takes longer than a small array.
    """

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
        if threads > 1 and "np." in statement:
            raise NotImplementedError("NumPy computes on one thread")
        relu_fast.set_num_threads(threads)
        self.calls = calls
        self.statement = timeit.Timer(statement, globals=vars(relu_fast) | {"np": np} | names)
        self.statement.timeit(1)  # starts the threads, loads the caches

    def measure(self):
        self.clock += self.statement.timeit(self.calls) / self.calls


def calls_per_sample(array):
    """So many that the clock's resolution does not matter."""
    return max(1, min(1000, 2**22 // array.nbytes))
