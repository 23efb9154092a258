"""Write ``tests/data/hashes.txt``: what every machine must compute, bit for bit.

``python tools/make_hashes.py`` computes with the installed package and the
oldest kernels of this architecture; ``--check`` compares instead, with the
kernels of ``--isa`` or of all that this machine supports.  ``tests/c`` has the
same inputs and the same hash in C.

HEADER below, which stands at the top of the file, defines them.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import zlib

import numpy as np

import relu_fast
from relu_fast import _ufuncs

DATA = pathlib.Path(__file__).parent.parent / "tests" / "data"
HEADER = """\
# activation, form, dtype, alpha (of alpha_gradient: the layout), hash (quick), hash (full).
# Made by tools/make_hashes.py; checked by tests/test_hashes.py and tests/c.
#
# The hash is the CRC-32 of zlib over the results as little-endian bytes, every NaN replaced by
# the positive quiet one without payload.
#
# The inputs x are the stored points, then a sweep of 2**16 (quick) or 2**20 (full) numbers; g
# is x reversed.  Number i of the sweep comes from the leading 32 or 64 bits, u, of
# (i + 1) * 0x9e3779b97f4a7c15 mod 2**64.  If i is even, u are its bits.  If i is odd, it lies
# where an exponential happens: its bits are those of -2**-12, plus u mod the distance to those
# of -200 (float32) or -750 (float64).
#
# Layouts of alpha_gradient, in the dtype of x.  each: alpha has the shape of x.  The others
# take a sweep in which all numbers are made like the odd ones, and then the even ones
# positive.  all: one alpha.  rows_N, columns_N: x, cut to rows of N numbers (what is left over
# at the end is left out), and one alpha for each row or column.
"""
QUICK, FULL = 2**16, 2**20
ALPHAS = (0.01, 1.0, 0.25, -0.5, 0.0, -0.0, 3.0, 1e30, 1e-42, np.inf, np.nan)
LAYOUTS = ("each", "all", "rows_1000", "columns_1000", "columns_5000")
FORMS = {
    "value": "",
    "derivative": "_grad",
    "backward": "_backward",
    "backward_from_result": "_backward_from_result",
}


def points(dtype):
    lines = (DATA / f"points_{dtype}.txt").read_text().split()
    return np.array([int(line, 16) for line in lines], f"u{np.dtype(dtype).itemsize}").view(dtype)


def sweep(dtype, n, *, moderate=False):
    real = np.dtype(dtype)
    unsigned = np.dtype(f"u{real.itemsize}")
    i = np.arange(n, dtype=np.uint64)
    u = (i + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - 8 * real.itemsize)
    u = u.astype(unsigned)
    ends = np.array([-(2.0**-12), -200 if dtype == "float32" else -750], real).view(unsigned)
    exponential = ends[0] + u % (ends[1] - ends[0])
    positive = exponential & ~np.array(-0.0, real).view(unsigned)
    return np.where(i % 2, exponential, positive if moderate else u).view(real)


def hash_of(results):
    results = results.copy()
    results[np.isnan(results)] = np.nan
    return zlib.crc32(results.astype(results.dtype.newbyteorder("<"), copy=False).tobytes())


def functions():
    """Each activation, its forms, and the functions that compute them."""
    for name in sorted(vars(relu_fast)):
        if hasattr(relu_fast, name + "_grad"):
            for form, suffix in FORMS.items():
                if hasattr(relu_fast, name + suffix):
                    yield name, form, getattr(relu_fast, name + suffix)


def hashes(dtype, n):
    """(activation, form, dtype, alpha or layout) -> hash."""
    found = {}
    x = np.concatenate([points(dtype), sweep(dtype, n)])
    for name, form, function in functions():
        arrays = [x[::-1].copy(), x] if form.startswith("backward") else [x]
        takes_alpha = function.nin > len(arrays)
        for alpha in ALPHAS if takes_alpha else [None]:
            result = function(*arrays, x.dtype.type(alpha)) if takes_alpha else function(*arrays)
            found[name, form, dtype, str(alpha) if takes_alpha else "-"] = hash_of(result)
    moderate = sweep(dtype, n, moderate=True)
    for name in sorted({name for name, _, _ in functions()}):
        gradient = getattr(relu_fast, name + "_alpha_backward", None)
        for layout in LAYOUTS if gradient else ():
            kind, _, length = layout.partition("_")
            arranged, alpha = x if layout == "each" else moderate, np.zeros((), dtype)
            if length:
                arranged = arranged[: n // int(length) * int(length)].reshape(-1, int(length))
                alpha = np.zeros_like(arranged[:, :1] if kind == "rows" else arranged[0])
            if layout == "each":
                alpha = np.zeros_like(x)
            g = arranged.ravel()[::-1].reshape(arranged.shape).copy()
            result = gradient(g, arranged, alpha)
            found[name, "alpha_gradient", dtype, layout] = hash_of(np.atleast_1d(result))
    return found


def text():
    """The file."""
    lines = [HEADER]
    for dtype in ("float32", "float64"):
        quick, full = hashes(dtype, QUICK), hashes(dtype, FULL)
        lines += [f"{' '.join(case)} {quick[case]:08x} {full[case]:08x}\n" for case in full]
    return "".join(lines)


def main(argv=None):
    built = relu_fast.config()["isas_built"]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail if the file differs")
    parser.add_argument("--isa", choices=built, help="the kernels (default: the oldest, or all)")
    options = parser.parse_args(argv)
    path = DATA / "hashes.txt"
    if not options.check:
        _ufuncs.select_isa(options.isa or built[-1])
        path.write_text(text())
        return 0
    stored = path.read_text().splitlines()
    differ = 0
    for isa in [options.isa] if options.isa else relu_fast.config()["isas_supported"]:
        _ufuncs.select_isa(isa)
        found = text().splitlines()
        wrong = [line for line in found if line not in stored]
        missing = len(stored) - len(found)
        print(f"{isa}: {len(found)} lines, {len(wrong)} differ from {path.name}")
        print("".join(f"  {line}\n" for line in wrong[:20]), end="")
        differ += len(wrong) + abs(missing)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
