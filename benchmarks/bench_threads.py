"""One thread or two: when is a second one worth it, and what does it cost others?

The times at the top of src/c/runtime/team.c are set from these. To see two threads below a
threshold, build with a smaller one.
"""

import functools
import subprocess
import sys
from time import perf_counter, process_time, sleep

import relu_fast

from . import common

THREADS = (1, 2)
STATEMENTS = common.statements(common.extremes("VALUE"))


def work(seconds):
    """Keep one CPU busy. In a sleep, the CPU would slow down and lose its caches."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


# ---- One call on one thread and on two -------------------------------------------


class _Lengths(common.Statement):
    params = (tuple(STATEMENTS), THREADS, (30_000, 100_000, 300_000, 1_000_000, 10_000_000))
    param_names = ("function", "threads", "n")


class BusyThreads(_Lengths):
    """Call after call: the members of the last one are still awake."""

    def setup(self, function, threads, n):
        statement = STATEMENTS[function]
        self.prepare(statement, threads=threads, **common.operands(statement, n))

    def time_call(self, *params):
        self.measure()


class ParkedThreads(_Lengths):
    """A call after other work on one thread, as between the layers of a network.

    The members wait for more work for a moment, then park and must be woken.
    """

    repeat = (20, 50, 0.5)

    def setup(self, function, threads, n):
        statement = STATEMENTS[function]
        self.prepare(statement, calls=1, threads=threads, **common.operands(statement, n))
        work(0.01)

    def time_call(self, *params):
        self.measure()


class Large(common.Lengths):
    """float32 arrays as in bench_value.py and bench_gradient.py."""

    statements = common.statements(common.extremes("VALUE", "BACKWARD"))
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


class Alphas(common.ParameterShapes):
    """alpha along an axis, and its gradient; 2**21 float32 numbers."""

    statements = common.statements(
        common.with_array_parameters("VALUE", "BACKWARD") + common.functions("PARAMETER_GRADIENT"),
        arrays=True,
    )
    # alpha -> shape of x, shape of alpha
    shapes = {
        "scalar": ((2**21,), ()),
        "per channel": ((16, 32, 64, 64), (32, 1, 1)),
        "per column": ((4096, 512), (512,)),
    }
    params = (tuple(statements), THREADS, tuple(shapes))
    param_names = ("function", "threads", "alpha")

    def setup(self, function, threads, alpha):
        super().setup(function, alpha, threads)

    def time_call(self, *params):
        self.measure()


# ---- With other processes ----------------------------------------------------------

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
    """The time on two threads over the time on one; the two alternate.

    0.5 is the ideal on idle CPUs. On busy CPUs a second thread cannot gain much, and must
    not lose: a call lasts until its last thread has had its turn on a CPU.
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
        self.prepare(statement, threads=2, **common.operands(statement, n))
        number, theirs = self.others[others]
        start_others(number, theirs.format(statement=statement), n)

    def track_ratio(self, *params):
        seconds = dict.fromkeys(THREADS, 0.0)
        end = perf_counter() + 0.5
        while perf_counter() < end:
            for threads in THREADS:
                relu_fast.set_num_threads(threads)
                seconds[threads] += self.statement.timeit(50)  # spinning afterwards counts little
        return round(seconds[2] / seconds[1], 3)


class Spinning(common.Statement):
    """How many CPUs a loop of calls uses: CPU time over wall time.

    Calls with 10**6 numbers alternate with 2 ms of something else. The second
    thread has work only during the calls: what it uses beyond them is waiting.
    """

    between = {"nothing": lambda: None, "work": lambda: work(0.002), "sleep": lambda: sleep(0.002)}
    params = (tuple(between), THREADS)
    param_names = ("between", "threads")
    unit = "CPUs"

    def setup(self, between, threads):
        statement = common.forms_of(common.DEAREST)["VALUE"].call_with_out()
        self.prepare(statement, threads=threads, **common.operands(statement, 1_000_000))

    def track_cpus(self, between, threads):
        start, cpu_start = perf_counter(), process_time()
        while perf_counter() < start + 0.3:
            self.statement.timeit(1)
            self.between[between]()
        return round((process_time() - cpu_start) / (perf_counter() - start), 3)
