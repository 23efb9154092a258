"""Derive the tables of ``src/c/math/tables.h``.

``python tools/derive_tables.py`` prints the header; ``--check`` compares it with the file,
``--write`` writes that.  Needs mpmath.

Polynomials are fitted by least squares of the relative error at Chebyshev nodes, which comes
within a fraction of a bit of the minimax polynomial.  Coefficients are rounded one at a time,
lowest degree first, and those that remain are fitted again, so that they make up for the rounding
(Brisebarre and Chevillard, "Efficient polynomial L-infinity approximations", ARITH 2007, in its
simplest form).
"""

from __future__ import annotations

import argparse
import pathlib
import sys

from derive_coefficients import hexadecimal, round_to
from mpmath import mp, mpf

HEADER = pathlib.Path(__file__).parent.parent / "src" / "c" / "math" / "tables.h"

mp.prec = 240

HEAD = """\
/* Tables of formulas in vectors, by tools/derive_tables.py --write. */
#ifndef RELU_FAST_TABLES_H
#define RELU_FAST_TABLES_H

#include "vector.h"
"""


class Type:
    """A compute type: its precision, and how its literals end."""

    def __init__(self, precision, suffix):
        self.precision, self.suffix = precision, suffix

    def literal(self, value):
        return hexadecimal(value, self.suffix)

    def split(self, value):
        """`value` as the sum of two numbers."""
        high = round_to(value, self.precision)
        return high, round_to(value - high, self.precision)

    def array(self, name, values):
        numbers = ", ".join(map(self.literal, values))
        return f"static const real {name}[{len(values)}] = {{{numbers}}};"


TYPES = {"#if RELU_FAST_SINGLE": Type(24, "f"), "#else": Type(53, "")}


def nodes(low, high, count):
    """Of Chebyshev, in an interval."""
    for i in range(count):
        yield (low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * count))


def fit(function, low, high, degree, fixed):
    """The coefficients from len(fixed) to `degree` of a polynomial with the first ones given."""
    first = len(fixed)
    unit = max(abs(low), abs(high))
    points = list(nodes(low, high, 4 * (degree + 1)))
    rows, right = mp.matrix(len(points), degree + 1 - first), mp.matrix(len(points), 1)
    for i, point in enumerate(points):
        value = function(point)
        for j in range(first, degree + 1):
            rows[i, j - first] = (point / unit) ** j / value
        right[i] = 1 - sum(c * point**j for j, c in enumerate(fixed)) / value
    solution = mp.lu_solve(rows, right)
    return [solution[j] / unit ** (first + j) for j in range(degree + 1 - first)]


def fit_rounded(function, low, high, degree, precision):
    coefficients = []
    while len(coefficients) <= degree:
        rest = fit(function, low, high, degree, coefficients)
        coefficients.append(round_to(rest[0], precision))
    return coefficients


# ---- e^x ---------------------------------------------------------------------

EIGHTHS = 8
DEGREES_OF_EXP2 = {24: 3, 53: 6}  # of (2^r - 1) / r


def exp2_slope(r):
    """(2^r - 1) / r"""
    return mp.expm1(r * mp.log(2)) / r if r else mp.log(2)


def exp2(type_):
    """2^-(7/8), ..., 2^(-1/8), 1 in two parts, and 2^r - 1 between two of them."""
    parts = [type_.split(mp.power(2, mpf(j + 1) / EIGHTHS - 1)) for j in range(EIGHTHS)]
    yield "/* 2^((j - 7) / 8), as the sum of two numbers. */"
    yield type_.array("EXP2_HIGH", [high for high, _ in parts])
    yield type_.array("EXP2_LOW", [low for _, low in parts])
    log2e_high, log2e_low = type_.split(1 / mp.log(2))
    yield f"#define LOG2E_HIGH {type_.literal(log2e_high)}"
    yield f"#define LOG2E_LOW {type_.literal(log2e_low)}"

    half = mpf(1) / (2 * EIGHTHS)
    degree = DEGREES_OF_EXP2[type_.precision]
    coefficients = fit_rounded(exp2_slope, -half, half, degree, type_.precision)
    error = max(
        abs(r * (sum(c * r**j for j, c in enumerate(coefficients)) - exp2_slope(r)))
        for r in nodes(-half, half, 1001)
    )
    bound = mp.nstr(mp.log(error, 2), 4)
    yield f"/* 2^r - 1 for -1/16 <= r <= 1/16, with an error of 2^{bound}. */"
    yield "ALWAYS_INLINE vector exp2m1(vector r)"
    yield "{"
    yield f"    vector c = splat({type_.literal(coefficients[-1])});"
    for c in reversed(coefficients[:-1]):
        yield f"    c = fused(c, r, splat({type_.literal(c)}));"
    yield "    return c * r;"
    yield "}"


# ---- The header ----------------------------------------------------------------


def lines():
    yield HEAD
    for condition, type_ in TYPES.items():
        yield condition
        yield from exp2(type_)
    yield "#endif"
    yield ""
    yield "#endif"


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="fail if the header differs")
    mode.add_argument("--write", action="store_true", help="write the header")
    options = parser.parse_args(argv)
    text = "\n".join(lines()) + "\n"
    if options.write:
        HEADER.write_text(text)
    elif not options.check:
        print(text, end="")
    elif HEADER.read_text() != text:
        print("math/tables.h does not hold the derived tables", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
