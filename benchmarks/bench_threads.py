"""One thread or two: when is a second one worth it, and what does it cost others?

The times at the top of src/c/workers.c are set from these. To see the lengths below a
threshold on two threads, build with smaller ones.
"""

import functools
import subprocess
import sys
from time import perf_counter, process_time, sleep

import numpy as np

import relu_fast

from . import common

THREADS = (1, 2)
STATEMENTS = {"relu": "relu(x, out=y)", "elu": "elu(x, out=y)"}


def work(seconds):
    """Keep one CPU busy. Not sleep: the CPU would slow down and lose its caches."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


# ---- One call on one thread and on two -------------------------------------------


class _Lengths(common.Statement):
    params = (tuple(STATEMENTS), THREADS, (30_000, 100_000, 300_000, 1_000_000, 10_000_000))
    param_names = ("function", "threads", "n")


class BusyThreads(_Lengths):
    """Call after call: the workers of the last one are still awake."""

    def setup(self, function, threads, n):
        x, y = common.normal(n), common.output(n)
        calls = common.calls_per_sample(x)
        self.prepare(STATEMENTS[function], calls=calls, threads=threads, x=x, y=y)

    def time_call(self, *params):
        self.measure()


class ParkedThreads(_Lengths):
    """A call after other work on one thread, as between the layers of a network.

    The workers wait a moment for more to do, then park and must be woken.
    """

    repeat = (20, 50, 0.5)

    def setup(self, function, threads, n):
        x, y = common.normal(n), common.output(n)
        self.prepare(STATEMENTS[function], threads=threads, x=x, y=y)
        work(0.01)

    def time_call(self, *params):
        self.measure()


class Large(common.Lengths):
    """float32 arrays as in bench_value.py and bench_gradient.py."""

    statements = STATEMENTS | {
        "relu_backward": "relu_backward(g, x, out=y)",
        "elu_backward": "elu_backward(g, x, out=y)",
    }
    params = (tuple(statements), THREADS, common.LENGTHS[2:])
    param_names = ("function", "threads", "n")

    def setup(self, function, threads, n):
        super().setup(function, "float32", n, threads)

    def time_call(self, *params):
        self.measure()


class Layouts(common.Statement):
    """Arrays that are not contiguous, 1024 x 1024 float32."""

    params = (tuple(STATEMENTS), THREADS, tuple(common.LAYOUTS))
    param_names = ("function", "threads", "layout")

    def setup(self, function, threads, layout):
        x = common.strided(layout, 1024)
        y = common.output(x.shape)
        self.prepare(STATEMENTS[function], threads=threads, x=x, y=y)

    def time_call(self, *params):
        self.measure()


class Alphas(common.Statement):
    """alpha along an axis, and its gradient; 2**21 float32 numbers."""

    statements = {
        "prelu": "prelu(x, alpha, out=y)",
        "prelu_backward": "prelu_backward(g, x, alpha, out=y)",
        "prelu_alpha_backward": "prelu_alpha_backward(g, x, alpha)",
        "elu_alpha_backward": "elu_alpha_backward(g, x, alpha)",
    }
    # shape of x, shape of alpha
    alphas = {
        "scalar": ((2**21,), ()),
        "per channel": ((16, 32, 64, 64), (32, 1, 1)),
        "per column": ((4096, 512), (512,)),
    }
    params = (tuple(statements), THREADS, tuple(alphas))
    param_names = ("function", "threads", "alpha")

    def setup(self, function, threads, alpha):
        shape, alpha_shape = self.alphas[alpha]
        self.prepare(
            self.statements[function],
            threads=threads,
            x=common.normal(shape),
            g=common.normal(shape, seed=1),
            alpha=np.full(alpha_shape, 0.25, "float32"),
            y=common.output(shape),
        )

    def time_call(self, *params):
        self.measure()


# ---- With others, and for others -------------------------------------------------

# Another process: it prepares, says so, and repeats a statement until we end, however we end.
OTHER = """
import os, numpy as np, relu_fast
from relu_fast import *
parent = os.getppid()
x = np.random.default_rng(0).standard_normal({n}, dtype=np.float32)
y = np.zeros_like(x)
print(flush=True)
while os.getppid() == parent:
    for _ in range(100):
        {statement}
"""


@functools.cache  # asv calls setup before every sample
def start_others(number, statement, n):
    command = [sys.executable, "-c", OTHER.format(statement=statement, n=n)]
    others = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(number)]
    for other in others:
        other.stdout.readline()
    return others


class TwoAgainstOne(common.Statement):
    """The time on two threads as a part of the time on one, the two alternating.

    0.5 is the ideal on idle CPUs. On busy ones a second thread cannot gain much, and
    should not lose: a call lasts until its last thread has had its turn on a CPU.
    """

    # The other processes: how many, doing what
    others = {
        "idle": (0, "pass"),
        "another process computes": (1, "{statement}"),
        "every CPU busy": (common.AVAILABLE_THREADS, "pass"),
    }
    params = (tuple(STATEMENTS), tuple(others), (300_000, 1_000_000))
    param_names = ("function", "CPUs", "n")
    unit = "of the time on one thread"

    def setup(self, function, others, n):
        statement = STATEMENTS[function]
        self.prepare(statement, threads=2, x=common.normal(n), y=common.output(n))
        number, theirs = self.others[others]
        start_others(number, theirs.format(statement=statement), n)

    def track_ratio(self, *params):
        seconds = dict.fromkeys(THREADS, 0.0)
        end = perf_counter() + 0.5
        while perf_counter() < end:
            for threads in THREADS:
                relu_fast.set_num_threads(threads)
                seconds[threads] += self.statement.timeit(50)  # so long that spinning on is little
        return round(seconds[2] / seconds[1], 3)


class Spinning(common.Statement):
    """How many CPUs a loop of calls uses: CPU time over time.

    Calls of elu with 10**6 numbers alternate with 2 ms of something else. The second
    thread has work only during the calls: what it uses beyond them is waiting.
    """

    between = {"nothing": lambda: None, "work": lambda: work(0.002), "sleep": lambda: sleep(0.002)}
    params = (tuple(between), THREADS)
    param_names = ("between", "threads")
    unit = "CPUs"

    def setup(self, between, threads):
        n = 1_000_000
        self.prepare("elu(x, out=y)", threads=threads, x=common.normal(n), y=common.output(n))

    def track_cpus(self, between, threads):
        start, cpu_start = perf_counter(), process_time()
        while perf_counter() < start + 0.3:
            self.statement.timeit(1)
            self.between[between]()
        return round((process_time() - cpu_start) / (perf_counter() - start), 3)
