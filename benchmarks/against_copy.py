"""Our functions against what the machine allows: ``python benchmarks/against_copy.py``.

Needs gcc or clang and an x86-64 CPU.  Contiguous arrays of 65,536 float32 or 32,768
float64 (in the L2 cache), ``out=``, one thread; each function alternates with a plain C
copy of the same arrays, and the medians are divided.  Then the second thread: one
thread against two at n = 10**6.

Nanoseconds an element depend on the clock, so cycles are shown too: the clock comes
from a chain of dependent integer multiplications, three cycles each.
"""

from __future__ import annotations

import ctypes
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np

import relu_fast

SOURCE = pathlib.Path(__file__).with_name("limit.c")
ROUNDS = 101
CALLS = 20


def load_limit():
    with tempfile.TemporaryDirectory() as folder:
        library = pathlib.Path(folder) / "limit.so"
        compiler = os.environ.get("CC", "cc")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", SOURCE, "-o", library], check=True)
        limit = ctypes.CDLL(str(library))
    limit.copy_avx.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ssize_t)
    limit.dependent_chain.argtypes = (ctypes.c_ssize_t,)
    return limit


def seconds(call, calls=CALLS):
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls


def alternate(*calls):
    """The median time of each, taken in turn."""
    rounds = [[seconds(call) for call in calls] for _ in range(ROUNDS)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def main():
    limit = load_limit()
    chain = 2_000_000
    clock = statistics.median(
        3 * chain / seconds(lambda: limit.dependent_chain(chain), 1) for _ in range(15)
    )
    print(f"relu_fast {relu_fast.__version__}, {relu_fast.config()['isa']}, {clock / 1e9:.2f} GHz")
    print(f"{'':32} {'of the copy':>12} {'ns/element':>12} {'cycles/element':>15}")
    relu_fast.set_num_threads(1)
    for dtype, n in (("float32", 65_536), ("float64", 32_768)):
        x = np.random.default_rng(0).normal(0, 2, n).astype(dtype)
        g, out = x[::-1].copy(), np.zeros_like(x)
        functions = {
            "relu": lambda x=x, out=out: relu_fast.relu(x, out=out),
            "leaky_relu": lambda x=x, out=out: relu_fast.leaky_relu(x, out=out),
            "elu": lambda x=x, out=out: relu_fast.elu(x, out=out),
            "elu_grad": lambda x=x, out=out: relu_fast.elu_grad(x, out=out),
            "relu_backward": lambda g=g, x=x, out=out: relu_fast.relu_backward(g, x, out=out),
            "elu_backward": lambda g=g, x=x, out=out: relu_fast.elu_backward(g, x, out=out),
        }
        arguments = (out.ctypes.data, x.ctypes.data, x.nbytes)
        for name, call in functions.items():
            ours, copy = alternate(call, lambda arguments=arguments: limit.copy_avx(*arguments))
            nanoseconds = ours / n * 1e9
            print(
                f"{name:24}{dtype:8} {copy / ours:12.2f} {nanoseconds:12.3f}"
                f" {nanoseconds * clock / 1e9:15.2f}"
            )
    n = 1_000_000
    x = np.random.default_rng(0).normal(0, 2, n).astype(np.float32)
    out = np.zeros_like(x)

    def run(name, threads):
        relu_fast.set_num_threads(threads)
        getattr(relu_fast, name)(x, out=out)

    for name in ("elu", "relu"):
        one, two = alternate(lambda name=name: run(name, 1), lambda name=name: run(name, 2))
        print(f"{name}, n = 10**6: two threads {one / two:.2f} x one")


if __name__ == "__main__":
    main()
