"""Nothing is read or written outside of an array: each ends at a page that must not be touched.

A program of its own computes all cases of an ISA and a dtype, and says which before each, so that
a crash is a failure with a name.
"""

import ctypes
import itertools
import mmap
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from support import elements, functions, team
from support.elements import bits_of

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import FUNCTIONS

pytestmark = pytest.mark.build_independent

UFUNCS = [f.name for f in functions.of_each_call(functions.SINGLE)]
GRADIENTS = [f.name for f in FUNCTIONS.values() if f.form.kind == "sum"]
ALPHA = -0.75
PATH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # what the tests share
VECTOR = 64  # bytes, of the widest ISA

# Shape and steps, in elements: the first and the last element of the memory belong to the array.
LAYOUTS = {
    "contiguous": lambda n: ((n,), (1,)),
    "every second": lambda n: ((n,), (2,)),
    "backwards": lambda n: ((n,), (-1,)),
    "transposed": lambda n: ((3, n), (1, 3)),
    "rows apart": lambda n: ((3, n), (n + 1, 1)),
}

# Bytes from which on src/c/engine/apply.c goes another way, and enough for two threads.
THRESHOLDS = (2048, 4096, 8192, 16384)
LARGE = 1 << 18


class Guarded:
    """Memory for one array, between two pages without access."""

    def __init__(self, most):
        page = mmap.PAGESIZE
        self.size = -(-most // page) * page
        self.memory = mmap.mmap(-1, self.size + 2 * page)
        first = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        libc = ctypes.CDLL(None, use_errno=True)
        for guard in (first, first + page + self.size):
            if libc.mprotect(ctypes.c_void_p(guard), ctypes.c_size_t(page), 0):
                raise OSError(ctypes.get_errno(), "mprotect")

    def array(self, shape, steps, dtype, at_end):
        """An array that begins at the first page, or ends at the second."""
        reach = [(n - 1) * step for n, step in zip(shape, steps, strict=True)]
        spanned = (sum(map(abs, reach)) + 1) * dtype.itemsize if 0 not in shape else 0
        begin = mmap.PAGESIZE + (self.size - spanned if at_end else 0)
        begin += sum(-r for r in reach if r < 0 and spanned) * dtype.itemsize
        strides = [step * dtype.itemsize for step in steps]
        return np.ndarray(shape, dtype, self.memory, begin, strides)


def operand_count(name):
    return len(FUNCTIONS[name].form.inputs)


def announce(case):
    """Standard output is a file, which holds the case that is computed."""
    os.pwrite(1, case.ljust(200).encode(), 0)


def run_all(dtype, lengths, settings, prepare=lambda: None, names=None):
    """Every function, layout and form of alpha; both ends; out of place and in place."""
    memory = [Guarded(3 * (max(lengths) + 1) * dtype.itemsize) for _ in range(4)]
    values = [elements.some(dtype.name, 3 * max(lengths), seed=k) for k in range(4)]
    for name, each in itertools.product(names or [*UFUNCS, *GRADIENTS], (False, True)):
        if each and not FUNCTIONS[name].activation.parameters:
            continue
        run, expected = run_gradient, None
        if FUNCTIONS[name].is_ufunc:
            alpha = [values[2] if each else ALPHA] * len(FUNCTIONS[name].activation.parameters)
            arguments = *values[: operand_count(name)], *alpha
            run, expected = run_ufunc, getattr(relu_fast, name)(*arguments)
        for n, layout, at_end in itertools.product(lengths, LAYOUTS, (False, True)):
            shape, steps = LAYOUTS[layout](n)

            def place(k, shape=shape, steps=steps, at_end=at_end):
                array = memory[k].array(shape, steps, dtype, at_end)
                array[...] = values[k][: array.size].reshape(shape)
                return array

            alphas = "an alpha each" if each else "one alpha"
            announce(f"{name} {dtype} {n=} {layout}, {at_end=}, {alphas}, {settings}")
            prepare()
            run(name, place, each, expected)


def run_ufunc(name, place, each, expected):
    function = getattr(relu_fast, name)
    arrays = [place(k) for k in range(operand_count(name))]
    alpha = [place(2) if each else ALPHA] * len(FUNCTIONS[name].activation.parameters)
    out = place(3)
    expected = bits_of(expected[: out.size]).tobytes()
    assert function(*arrays, *alpha, out) is out
    assert bits_of(out).tobytes() == expected
    assert function(*arrays, *alpha, arrays[-1]) is arrays[-1]
    assert bits_of(arrays[-1]).tobytes() == expected


def run_gradient(name, place, each, expected):
    """Against ordinary arrays; one alpha, or one for each column."""
    function = getattr(relu_fast, name)
    g, x = place(0), place(1)
    alpha = ALPHA
    if each:
        alpha = place(2)[:1] if g.ndim > 1 else place(2)
    got = np.asarray(function(g, x, alpha))
    assert got.tobytes() == np.asarray(function(g.copy("C"), x.copy("C"), alpha)).tobytes()


def main(dtype):
    dtype = np.dtype(dtype)
    if dtype.name not in ("float32", "float64"):
        run_some(dtype)
        return
    short = range(3 * VECTOR // dtype.itemsize + 2)
    config = relu_fast.config()
    is_newest = config["isa"] == config["isas_supported"][0]
    for direct in (True, False)[: 1 + is_newest]:  # which way a call takes is no matter of kernels
        _ufuncs.set_fast_path(direct)
        run_all(dtype, short, f"{direct=}")
    _ufuncs.set_fast_path(True)
    for streamed in (False, True):
        _ufuncs.set_cache_bytes(1 if streamed else 1 << 40)
        relu_fast.set_num_threads(1)
        long = [size // dtype.itemsize + more for size in THRESHOLDS for more in (-1, 0, 1)]
        run_all(dtype, long, f"{streamed=}")
        relu_fast.set_num_threads(2)
        run_all(dtype, [LARGE // dtype.itemsize + 1], f"{streamed=}, threads", team.wake)


def run_some(dtype):
    """What depends on the size of elements: on the bits, and by conversion."""
    wanted = functions.named("relu", "relu6_backward", "elu", "leaky_relu_backward")
    names = [f.name for f in wanted if elements.takes(f, dtype.name)]
    short = [n for n in range(3 * VECTOR // dtype.itemsize + 2) if n < 70 or n % 3 == 0]
    run_all(dtype, short, "short", names=names)
    for streamed in (False, True):
        _ufuncs.set_cache_bytes(1 if streamed else 1 << 40)
        long = [size // dtype.itemsize + more for size in THRESHOLDS for more in (-1, 0, 1)]
        run_all(dtype, long, f"{streamed=}", names=names)


def test_guard_pages_guard():
    """Reading one element too far ends the process: else the other tests see nothing."""
    for end in (False, True):
        program = (
            "import numpy, test_guard_pages\n"
            f"a = test_guard_pages.Guarded(100).array((10,), (1,), numpy.dtype('f4'), {end})\n"
            "a += 1\n"
            "print(a.sum(), flush=True)\n"
            f"numpy.lib.stride_tricks.as_strided(a, strides=({4 if end else -4},), shape=(11,)) + 1"
        )
        ran = subprocess.run(
            [sys.executable, "-c", program],
            cwd=os.path.dirname(__file__),
            env=os.environ | {"PYTHONPATH": PATH},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.stdout == "10.0\n", ran.stderr
        assert ran.returncode in (-signal.SIGSEGV, -signal.SIGBUS)


def run_guarded(level, dtype, tmp_path):
    with open(tmp_path / "case", "w+") as case:
        ran = subprocess.run(
            [sys.executable, __file__, dtype],
            env=os.environ | {"RELU_FAST_ISA": level, "PYTHONPATH": PATH},
            stdout=case,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
            check=False,
        )
        case.seek(0)
        assert ran.returncode == 0, f"{case.read().strip()}\n{ran.stderr}"


@pytest.mark.parametrize("level", relu_fast.config()["isas_supported"])
def test_nothing_outside_is_touched(level, dtype, tmp_path):
    run_guarded(level, dtype, tmp_path)


@elements.each("float16", "bfloat16", "int8", "int64")
@pytest.mark.parametrize("level", relu_fast.config()["isas_supported"])
def test_nothing_outside_is_touched_of_other_types(level, element, tmp_path):
    run_guarded(level, element, tmp_path)


if __name__ == "__main__":
    main(*sys.argv[1:])
