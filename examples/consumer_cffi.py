"""relu_fast from cffi: SwiGLU of an array's blocks in a pool of threads, without the GIL.

cffi calls a function at its address, and lets other Python threads run meanwhile.  What is shown
holds for ctypes, too.  Needs cffi: pip install cffi.
"""

import argparse
import ctypes
from concurrent.futures import ThreadPoolExecutor

import cffi
import numpy as np

import relu_fast as rf
from relu_fast import cython_api

ffi = cffi.FFI()
ROWS = 64  # of a block


def function(name, c_type):
    """The function of this name; `c_type` as `relu_fast_functions.h` declares it."""
    capsule = cython_api.__pyx_capi__[name]
    python = ctypes.pythonapi
    python.PyCapsule_GetName.restype = ctypes.c_char_p
    python.PyCapsule_GetName.argtypes = [ctypes.py_object]
    python.PyCapsule_GetPointer.restype = ctypes.c_void_p
    python.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    address = python.PyCapsule_GetPointer(capsule, python.PyCapsule_GetName(capsule))
    return ffi.cast(c_type, address)


swiglu = function(
    "swiglu_float32", "void (*)(ptrdiff_t n, const float *gate, const float *up, float *y)"
)


def swiglu_of_halves(x, threads):
    """What a feed-forward block computes of the two halves of each row of x."""
    y = np.empty((x.shape[0], x.shape[1] // 2), x.dtype)

    def compute(first):
        for row, result in zip(x[first : first + ROWS], y[first : first + ROWS], strict=True):
            start = ffi.from_buffer("float[]", row)
            n = len(result)
            swiglu(n, start, start + n, ffi.from_buffer("float[]", result, require_writable=True))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(compute, range(0, len(x), ROWS)))
    return y


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2000, help="rows of the array")
    parser.add_argument("--columns", type=int, default=4096, help="columns, an even number")
    parser.add_argument("--threads", type=int, default=2, help="Python threads")
    options = parser.parse_args()
    shape = (options.rows, options.columns)
    x = np.random.default_rng(0).normal(0, 2, shape).astype(np.float32)
    found = swiglu_of_halves(x, options.threads)
    expected = rf.swiglu(*np.split(x, 2, axis=1))
    print(f"{found.shape[0]} rows of {found.shape[1]} on {options.threads} threads")
    print(f"the bits of the Python call: {'yes' if np.array_equal(found, expected) else 'NO'}")


if __name__ == "__main__":
    main()
