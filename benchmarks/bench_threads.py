"""One thread or two, by length: from which length on is a second thread worth it?

The thresholds `elements_per_thread` in src/c/threads.c are set from these. To see
the lengths below a threshold on two threads, build with smaller thresholds.
"""

from time import perf_counter

from . import common


class _Lengths(common.Statement):
    params = (
        ("relu(x, out=y)", "elu(x, out=y)"),
        (10_000, 30_000, 100_000, 300_000, 1_000_000, 10_000_000),
        (1, 2),
    )
    param_names = ("statement", "n", "threads")


class BusyThreads(_Lengths):
    """Call after call: the workers of the last one are still awake."""

    def setup(self, statement, n, threads):
        x, y = common.normal(n, "float32"), common.output(n, "float32")
        self.prepare(statement, calls=common.calls_per_sample(x), threads=threads, x=x, y=y)

    def time_value(self, *params):
        self.measure()


class ParkedThreads(_Lengths):
    """A call after other work on one thread, as between the layers of a network.

    OpenMP's workers wait some milliseconds for more to do, then park and must be woken.
    """

    repeat = (20, 50, 0.5)

    def setup(self, statement, n, threads):
        x, y = common.normal(n, "float32"), common.output(n, "float32")
        self.prepare(statement, threads=threads, x=x, y=y)
        end = perf_counter() + 0.01
        while perf_counter() < end:  # not sleep: the CPU would slow down and lose its caches
            pass

    def time_value(self, *params):
        self.measure()
