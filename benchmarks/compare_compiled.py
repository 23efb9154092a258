"""What a call from C costs beside a call from Python, by the ways of the compiled API.

    python benchmarks/compare_compiled.py              # a minute; needs a C compiler

All take turns, on one thread; a round's times are divided by those of the Python call,
``rf.f(x, alpha, out=y)``, and medians of these ratios are printed.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import pathlib
import statistics
import subprocess
import tempfile
import timeit

import numpy as np

import relu_fast as rf
from relu_fast import _ufuncs
from relu_fast.cli.info import cpu
from relu_fast.cython_api import __pyx_capi__

SOURCE = pathlib.Path(__file__).with_name("calls.c")
FUNCTIONS = ("leaky_relu", "elu", "softplus")
LENGTHS = (1, 16, 256, 4096, 65_536)
FEW = 16  # numbers that a program might compute one by one
ALPHA = 0.5


class Ufunc(ctypes.Structure):
    """The start of NumPy's PyUFuncObject, up to its loops."""

    _fields_ = (
        ("head", ctypes.c_ssize_t * 2),
        ("counts", ctypes.c_int * 4),
        ("functions", ctypes.POINTER(ctypes.c_void_p)),
        ("data", ctypes.POINTER(ctypes.c_void_p)),
    )


def compiled():
    """calls.c, compiled anew."""
    with tempfile.TemporaryDirectory() as folder:
        library = pathlib.Path(folder) / "calls.so"
        command = [os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-I", rf.get_include()]
        subprocess.run([*command, SOURCE, "-o", library], check=True)
        return ctypes.CDLL(str(library))


def pointer(capsule):
    """The address in a capsule."""
    python = ctypes.pythonapi
    python.PyCapsule_GetName.restype = ctypes.c_char_p
    python.PyCapsule_GetName.argtypes = [ctypes.py_object]
    python.PyCapsule_GetPointer.restype = ctypes.c_void_p
    python.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    return ctypes.c_void_p(python.PyCapsule_GetPointer(capsule, python.PyCapsule_GetName(capsule)))


def ways(name, n, library):
    """What is timed, by its title: a function of C and its first arguments."""
    loops = Ufunc.from_address(id(getattr(rf, name)))
    number = getattr(rf, name).types.index("ff->f")
    found = {
        "`f_float32`": (library.function, [pointer(__pyx_capi__[f"{name}_float32"])]),
        "`apply`": (library.operation, [pointer(_ufuncs.C_API), name.encode()]),
        "ufunc's loop": (
            library.ufunc_loop,
            [ctypes.c_void_p(loops.functions[number]), ctypes.c_void_p(loops.data[number])],
        ),
    }
    if n <= FEW:
        found["`f_scalar`"] = (library.numbers, [pointer(__pyx_capi__[f"{name}_scalar"])])
    return found


def arrays(n):
    """Normal numbers, and a place for results, which all ways share: its address counts."""
    x = np.random.default_rng(0).standard_normal(n, np.float32)
    return x, np.empty_like(x)


def calls(name, n, library):
    """Functions of a number of repeats that return seconds, by title; Python's first."""
    x, y = arrays(n)
    found = {
        "Python": timeit.Timer(
            "f(x, alpha, out=y)", globals={"f": getattr(rf, name), "x": x, "alpha": ALPHA, "y": y}
        ).timeit
    }
    for title, (function, first) in ways(name, n, library).items():
        function.restype = ctypes.c_double

        def call(repeats, function=function, first=first):
            operands = [x.ctypes.data_as(ctypes.c_void_p), ctypes.c_float(ALPHA)]
            operands += [y.ctypes.data_as(ctypes.c_void_p), ctypes.c_ssize_t(repeats)]
            return function(*first, ctypes.c_ssize_t(n), *operands)

        found[title] = call
    return found, x, y


def row(name, n, library, rounds):
    """A line of the table."""
    timers, _, _ = calls(name, n, library)
    repeats = {title: max(1, round(0.004 / timer(4) * 4)) for title, timer in timers.items()}
    times = {title: [] for title in timers}
    for _ in range(rounds):
        for title, timer in timers.items():
            times[title].append(timer(repeats[title]) / repeats[title])
    python = times.pop("Python")
    cells = {
        "function": f"`{name}`",
        "n": f"{n:,}",
        "Python, ns": f"{statistics.median(python) * 1e9:.0f}",
    }
    for title, ours in times.items():
        ratio = statistics.median(a / b for a, b in zip(ours, python, strict=True))
        cells[title] = f"{ratio:.2f}"
    return cells


def main():
    """Measure, and print the table."""
    from peers.turns import table

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=21)
    rounds = parser.parse_args().rounds
    rf.set_num_threads(1)
    print(f"{cpu()}, {rf.config()['isa']}; float32, one thread")
    library = compiled()
    table([row(name, n, library, rounds) for name in FUNCTIONS for n in LENGTHS])


if __name__ == "__main__":
    main()
