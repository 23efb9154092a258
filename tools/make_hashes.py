"""Write ``tests/data/hashes.txt``: what every machine must compute, bit for bit.

``python tools/make_hashes.py`` computes with the installed package and the
oldest kernels of this architecture; ``--check`` compares instead, with the
kernels of ``--isa`` or of all that this machine supports.  ``tests/c`` has the
same inputs and the same hash in C.  ``--test-rows`` is about the activations
of ``tests/rows`` in a build that has them, and ``hashes_test_rows.txt``.

HEADER below, which stands at the top of the file, defines them.  bfloat16 is NumPy's by ml_dtypes,
which must be installed.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import zlib

import numpy as np

import relu_fast
from relu_fast import _catalog, _ufuncs

try:
    from ml_dtypes import bfloat16
except ImportError:
    sys.exit("hashes of bfloat16 need ml_dtypes: pip install ml_dtypes")

DATA = pathlib.Path(__file__).parent.parent / "tests" / "data"
HEADER = """\
# activation, form, dtype, alpha (of alpha_gradient: the layout), hash (quick), hash (full).
# Made by tools/make_hashes.py; checked by tests/test_hashes.py and tests/c.
#
# The hash is the CRC-32 of zlib over the results as little-endian bytes, every NaN replaced by
# the positive quiet one without payload.
#
# The inputs x, and the gate of a pair, are the stored points, then a sweep of 2**14 (quick) or
# 2**20 (full) numbers; g and up are x reversed.  Number i of the sweep comes from the leading 32
# or 64 bits, u, of (i + 1) * 0x9e3779b97f4a7c15 mod 2**64.  If i is even, u are its bits.  If i
# is odd, it lies where an exponential happens: its bits are those of -2**-12, plus u mod the
# distance to those of -200 (float32) or -750 (float64).
#
# Layouts of alpha_gradient, in the dtype of x.  each: alpha has the shape of x.  The others
# take a sweep in which all numbers are made like the odd ones, and then the even ones
# positive.  all: one alpha.  rows_N, columns_N: x, cut to rows of N numbers (what is left over
# at the end is left out), and one alpha for each row or column.
#
# Half types and integers take 2**11 (quick) or 2**16 (full) codes instead.  Number i of x is
# i * 0x9e37 mod 2**16, of which 8 bits are the lower ones; number i of g and up is x times 0x9e37,
# mod 2**16.  Integers of 32 and 64 bits are u if i is even, and u mod 16 - 4 if i is odd.  Other
# parameters of half types are numbers of float32.
"""
TEST_ROWS_HEADER = """\
# The same as hashes.txt, of the activations of tests/rows: tools/make_hashes.py --test-rows.
# Several parameters are separated by commas, and a gradient is called after its parameter.
"""
QUICK, FULL = 2**14, 2**20
CODES = {QUICK: 2**11, FULL: 2**16}
SWEPT, HALVES = ("float32", "float64"), ("float16", "bfloat16")
INTEGERS = tuple(f"{kind}{bits}" for bits in (8, 16, 32, 64) for kind in ("int", "uint"))
DTYPES = SWEPT + HALVES + INTEGERS
ALPHAS = (0.01, 1.0, 0.25, -0.5, 0.0, -0.0, 3.0, 1e30, 1e-42, np.inf, np.nan)
LAYOUTS = ("each", "all", "rows_1000", "columns_1000", "columns_5000")
# What the outputs of a form are called here, by its id: others have the bits of these.
NAMES = {
    "VALUE": ("value",),
    "GRAD": ("derivative",),
    "BACKWARD": ("backward",),
    "BACKWARD_FROM_RESULT": ("backward_from_result",),
    "PARAMETER_GRADIENT": ("{}_gradient",),
    "GATED_VALUE": ("value",),
    "GATED_BACKWARD": ("gate_gradient", "up_gradient"),
}


def points(dtype):
    lines = (DATA / f"points_{dtype}.txt").read_text().split()
    return np.array([int(line, 16) for line in lines], f"u{np.dtype(dtype).itemsize}").view(dtype)


def leading_bits(n, unsigned):
    """u of HEADER, for i < n."""
    i = np.arange(n, dtype=np.uint64)
    u = (i + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - 8 * unsigned.itemsize)
    return i, u.astype(unsigned)


def sweep(dtype, n, *, moderate=False):
    real = np.dtype(dtype)
    unsigned = np.dtype(f"u{real.itemsize}")
    i, u = leading_bits(n, unsigned)
    ends = np.array([-(2.0**-12), -200 if dtype == "float32" else -750], real).view(unsigned)
    exponential = ends[0] + u % (ends[1] - ends[0])
    positive = exponential & ~np.array(-0.0, real).view(unsigned)
    return np.where(i % 2, exponential, positive if moderate else u).view(real)


def operands(dtype, n):
    """x and g."""
    if dtype in SWEPT:
        x = np.concatenate([points(dtype), sweep(dtype, n)])
        return x, x[::-1].copy()
    kind = np.dtype(bfloat16 if dtype == "bfloat16" else dtype)
    unsigned = np.dtype(f"u{kind.itemsize}")
    i, u = leading_bits(CODES[n], unsigned)
    if kind.itemsize > 2:
        x = np.where(i % 2, u % unsigned.type(16) - unsigned.type(4), u)
        return x.view(kind), None
    x = i * np.uint64(0x9E37)
    return tuple(codes.astype(unsigned).view(kind) for codes in (x, x * np.uint64(0x9E37)))


def hash_of(results):
    if results.dtype.kind not in "iu":
        results = results.copy()
        with np.errstate(invalid="ignore"):  # NaNs may be signalling
            results[np.isnan(results)] = np.nan
    codes = results.view(f"u{results.itemsize}")
    return zlib.crc32(codes.astype(codes.dtype.newbyteorder("<"), copy=False).tobytes())


def functions(kind, *, test_rows):
    """The functions of a kind of form that have hashes."""
    for name in sorted(_catalog.ACTIVATIONS):
        activation = _catalog.ACTIVATIONS[name]
        if activation.is_test_only == test_rows:
            for function in activation.functions():
                if function.form.kind == kind and function.form.id in NAMES:
                    yield function


def parameters_of(function):
    """Values of the parameters: each of ALPHAS, for the second one in another order."""
    count = len(function.activation.parameters)
    if not count:
        return [()]
    return list(zip(*(ALPHAS[4 * i :] + ALPHAS[: 4 * i] for i in range(count)), strict=True))


def hashes(dtype, n, *, test_rows):
    """(activation, form, dtype, parameters or layout) -> hash."""
    found = {}
    x, g = operands(dtype, n)
    number = float if dtype in HALVES else x.dtype.type
    for function in functions("elementwise", test_rows=test_rows):
        if not _ufuncs.takes(function.activation.number, function.form.number, dtype):
            continue
        arrays = [g if name in ("g", "up") else x for name in function.form.inputs]
        for values in parameters_of(function):
            results = getattr(relu_fast, function.name)(*arrays, *map(number, values))
            text = ",".join(map(str, values)) or "-"
            names = NAMES[function.form.id]
            for name, result in zip(names, results if len(names) > 1 else [results], strict=True):
                found[function.activation.name, name, dtype, text] = hash_of(result)
    if dtype not in SWEPT:  # sums are of compute types
        return found
    moderate = sweep(dtype, n, moderate=True)
    for function in functions("sum", test_rows=test_rows):
        for layout in LAYOUTS:
            kind, _, length = layout.partition("_")
            arranged, alpha = x if layout == "each" else moderate, np.zeros((), dtype)
            if length:
                arranged = arranged[: n // int(length) * int(length)].reshape(-1, int(length))
                alpha = np.zeros_like(arranged[:, :1] if kind == "rows" else arranged[0])
            if layout == "each":
                alpha = np.zeros_like(x)
            g = arranged.ravel()[::-1].reshape(arranged.shape).copy()
            result = getattr(relu_fast, function.name)(g, arranged, alpha)
            (name,) = NAMES[function.form.id]
            name = name.format(function.parameter.name)
            found[function.activation.name, name, dtype, layout] = hash_of(np.atleast_1d(result))
    return found


def text(*, test_rows, only_quick=False):
    """The file; without the last column if `only_quick`."""
    lines = [TEST_ROWS_HEADER if test_rows else HEADER]
    for dtype in DTYPES:
        columns = [hashes(dtype, n, test_rows=test_rows) for n in (QUICK, FULL)[: 2 - only_quick]]
        for case in columns[0]:
            numbers = " ".join(f"{column[case]:08x}" for column in columns)
            lines.append(f"{' '.join(case)} {numbers}\n")
    return "".join(lines)


def main(argv=None):
    built = relu_fast.config()["isas_built"]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail if the file differs")
    parser.add_argument("--quick", action="store_true", help="check the shorter sweep only")
    parser.add_argument("--isa", choices=built, help="the kernels (default: the oldest, or all)")
    parser.add_argument("--test-rows", action="store_true", help="of the activations of tests/rows")
    options = parser.parse_args(argv)
    if options.quick and not options.check:
        parser.error("--quick only checks: the file has both columns")
    path = DATA / ("hashes_test_rows.txt" if options.test_rows else "hashes.txt")
    if not options.check:
        _ufuncs.select_isa(options.isa or built[-1])
        path.write_text(text(test_rows=options.test_rows))
        return 0
    stored = path.read_text().splitlines()
    if options.quick:
        stored = [line if line[0] == "#" else line.rpartition(" ")[0] for line in stored]
    differ = 0
    for isa in [options.isa] if options.isa else relu_fast.config()["isas_supported"]:
        _ufuncs.select_isa(isa)
        found = text(test_rows=options.test_rows, only_quick=options.quick).splitlines()
        wrong = [line for line in found if line not in stored]
        missing = len(stored) - len(found)
        print(f"{isa}: {len(found)} lines, {len(wrong)} differ from {path.name}")
        print("".join(f"  {line}\n" for line in wrong[:20]), end="")
        differ += len(wrong) + abs(missing)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
