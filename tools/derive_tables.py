"""Derive the tables of ``src/c/math/tables.h`` and ``smooth_tables.h``.

``python tools/derive_tables.py`` prints the headers; ``--check`` compares them with the files,
``--write`` writes those.  Needs mpmath.

Polynomials are fitted by least squares of the relative error at Chebyshev nodes, which comes
within a fraction of a bit of the minimax polynomial.  Coefficients are rounded one at a time,
lowest degree first, and those that remain are fitted again, so that they make up for the rounding
(Brisebarre and Chevillard, "Efficient polynomial L-infinity approximations", ARITH 2007, in its
simplest form).
"""

from __future__ import annotations

import argparse
import ast
import pathlib
import re
import struct
import sys

from derive_coefficients import hexadecimal, round_to
from mpmath import mp, mpf

SOURCES = pathlib.Path(__file__).parent.parent / "src" / "c"

mp.prec = 240

HEAD = """\
/* Tables of formulas in vectors, by tools/derive_tables.py --write. */
#ifndef RELU_FAST_TABLES_H
#define RELU_FAST_TABLES_H

#include "vector.h"
"""


SMOOTH_HEAD = """\
/* The tables of formulas/smooth.def, by tools/derive_tables.py --write. */
#ifndef RELU_FAST_SMOOTH_TABLES_H
#define RELU_FAST_SMOOTH_TABLES_H

#include "register_table.h"
"""


class Type:
    """A compute type: its precision, how its literals end, its codes and those of words of its
    size for struct, the bits in half of a word, and those of a significand in that."""

    def __init__(self, precision, suffix, character, word, half_bits, half):
        self.precision, self.suffix = precision, suffix
        self.character, self.word = character, word
        self.half_bits, self.half = half_bits, half

    def literal(self, value):
        return hexadecimal(value, self.suffix)

    def split(self, value):
        """`value` as the sum of two numbers."""
        high = round_to(value, self.precision)
        return high, round_to(value - high, self.precision)

    def array(self, name, values):
        numbers = ", ".join(map(self.literal, values))
        return f"static const real {name}[{len(values)}] = {{{numbers}}};"


TYPES = {
    "#if RELU_FAST_SINGLE": Type(24, "f", "f", "I", 16, 8),
    "#else": Type(53, "", "d", "Q", 32, 21),
}


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


def polynomial(type_, name, argument, coefficients, last):
    yield f"ALWAYS_INLINE vector {name}(vector {argument})"
    yield "{"
    yield f"    vector c = splat({type_.literal(coefficients[-1])});"
    for c in reversed(coefficients[:-1]):
        yield f"    c = fused(c, {argument}, splat({type_.literal(c)}));"
    yield f"    return {last};"
    yield "}"


def constant(type_, name, value):
    high, low = type_.split(value)
    yield f"#define {name}_HIGH {type_.literal(high)}"
    yield f"#define {name}_LOW {type_.literal(low)}"


def exp2(type_):
    """2^-(7/8), ..., 2^(-1/8), 1 in two parts, and 2^r - 1 between two of them."""
    parts = [type_.split(mp.power(2, mpf(j + 1) / EIGHTHS - 1)) for j in range(EIGHTHS)]
    yield "/* 2^((j - 7) / 8), as the sum of two numbers. */"
    yield type_.array("EXP2_HIGH", [high for high, _ in parts])
    yield type_.array("EXP2_LOW", [low for _, low in parts])
    yield from constant(type_, "LOG2E", 1 / mp.log(2))

    half = mpf(1) / (2 * EIGHTHS)
    degree = DEGREES_OF_EXP2[type_.precision]
    coefficients = fit_rounded(exp2_slope, -half, half, degree, type_.precision)
    error = max(
        abs(r * (sum(c * r**j for j, c in enumerate(coefficients)) - exp2_slope(r)))
        for r in nodes(-half, half, 1001)
    )
    bound = mp.nstr(mp.log(error, 2), 4)
    yield f"/* 2^r - 1 for -1/16 <= r <= 1/16, with an error of 2^{bound}. */"
    yield from polynomial(type_, "exp2m1", "r", coefficients, "c * r")


# ---- Constants ------------------------------------------------------------------

QUICK = mpf("1.702")
CUBIC_1 = mp.sqrt(8 / mp.pi)
CUBIC_3 = mpf("0.044715") * CUBIC_1

# What definitions of formulas/smooth.def are written with.
NAMES = {
    **{name: getattr(mp, name) for name in ("cosh", "erfc", "exp", "log1p", "pi", "sqrt", "tanh")},
    **{"QUICK": QUICK, "CUBIC_1": CUBIC_1, "CUBIC_3": CUBIC_3},
}


# ---- Smooth functions ----------------------------------------------------------

ZERO = mpf(2) ** -60  # stands for 0 where a definition divides by it
SPACING_BITS = {24: 13, 53: 40}  # with 4 of the centre's number, its product is exact
NEAR_ZERO = 0.05  # there the error is in units of 1/2
ROW = 16  # words of an interval in the layout by rows


def words_of(type_, values):
    """The bits of numbers, and back."""
    return struct.unpack(
        f"<{len(values)}{type_.word}",
        struct.pack(f"<{len(values)}{type_.character}", *map(float, values)),
    )


def numbers_of(type_, words):
    return struct.unpack(
        f"<{len(words)}{type_.character}", struct.pack(f"<{len(words)}{type_.word}", *words)
    )


def exact_if_simple(value):
    """A function's value at 0, from the fit; 1/2 and 1 have no low part, which may be negative:
    a product of that with -0 would take the sign from it."""
    simple = mp.nint(2 * value) / 2
    return simple if abs(value - simple) < mpf(2) ** -20 else value


class Smooth:
    """A table of formulas/smooth.def for one compute type."""

    def __init__(self, type_, name, kind, definition, fields):
        self.type, self.name, self.kind, self.definition = type_, name, kind, definition
        self.code = compile(definition, name, "eval")
        self.zero = mp.inf
        names = {"zero": self.find_zero}
        fields = [eval(compile(ast.Expression(field), name, "eval"), names) for field in fields]
        self.intervals, self.first, spacing, self.degree, self.low, self.high, *pairs = fields
        self.pairs = pairs[0] if pairs else 0
        self.spacing = round_to(mpf(spacing), SPACING_BITS[type_.precision])
        self.is_even = self.first == 0

    def value(self, t):
        return eval(self.code, NAMES | {"t": t or ZERO})

    def find_zero(self, near):
        self.zero = mp.findroot(self.value, near)
        return self.zero

    def centre(self, k):
        return (self.first + k) * self.spacing

    def ends(self, k):
        """Of an interval, as offsets from its centre."""
        half = self.spacing / 2
        return (mpf(0) if self.is_even and k == 0 else -half), half

    def split(self, value):
        """A coefficient of degree 0 as the sum of two numbers, the second of few bits."""
        step = self.step(value)
        high = mp.nint(value / step) * step
        return high, round_to(value - high, self.type.half)

    def step(self, value):
        """Of what a coefficient of degree 0 is a multiple of."""
        precision = self.type.precision
        if self.kind != "REFLECTED":
            return mpf(2) ** (mp.floor(mp.log(abs(value), 2)) + 1 - precision)
        return mpf(2) ** ((0 if self.least < 0 else -1) + 1 - precision)

    def packed(self, value, low):
        """The number nearest to `value` of those whose lower half is the upper half of `low`."""
        word, low_word = words_of(self.type, [value, low])
        size = self.type.half_bits
        words = [(((word >> size) + step) << size) | (low_word >> size) for step in (-1, 0, 1)]
        return min(map(mpf, numbers_of(self.type, words)), key=lambda number: abs(number - value))

    def derive(self):
        """Polynomials: lists of words (math/register_table.h)."""
        self.least = min(self.value(self.high), self.value(self.spacing * 2)) if self.is_even else 0
        self.rows, self.error = [], mpf(0)
        for k in range(self.intervals):
            coefficients, row = self.derive_interval(k)
            self.rows.append(row)
            low, high = self.ends(k)
            for r in nodes(low, high, 64):
                t = self.centre(k) + r
                value = self.value(t)
                unit = mpf(1) / 2 if abs(t - self.zero) < NEAR_ZERO else value
                polynomial = sum(c * r**j for j, c in enumerate(coefficients))
                self.error = max(self.error, abs((polynomial - value) / unit))

    def derive_interval(self, k):
        """Least squares by Cholesky's method, the lowest degree last: then it is found first,
        and each of the others from what the rounding of those before has left."""
        low, high = self.ends(k)
        count, unit, centre = self.degree + 1, self.spacing / 2, self.centre(k)
        points = list(nodes(low, high, 4 * count))
        values = [self.value(centre + r) for r in points]
        rows = mp.matrix(len(points), count)
        for i, (r, value) in enumerate(zip(points, values, strict=True)):
            for j in range(count):
                rows[i, count - 1 - j] = (r / unit) ** j / value
        factor = mp.cholesky(rows.T * rows)
        right = rows.T * mp.matrix([1] * len(points))
        for i in range(count):
            known = sum(factor[i, m] * right[m] for m in range(i))
            right[i] = (right[i] - known) / factor[i, i]
        scaled, coefficients, row = [], [], []
        for j in range(count):
            i = count - 1 - j
            rest = sum(factor[count - 1 - m, i] * scaled[m] for m in range(j))
            value = (right[i] - rest) / factor[i, i] / unit**j
            if j == 0:
                if centre == 0:
                    value = exact_if_simple(value)
                first, rest_of_first = self.split(value)
                row.append(first)
                value = first + rest_of_first
            elif j == self.degree:
                value = self.packed(value, rest_of_first)
                row.append(value)
            elif j < self.degree - 2 * self.pairs:
                value = round_to(value, self.type.precision)
                row.append(value)
            elif (self.degree - j) % 2 == 0:
                value = lower = round_to(value, self.type.half)
            else:
                value = self.packed(value, lower)
                row.append(value)
            coefficients.append(value)
            scaled.append(value * unit**j)
        return coefficients, row

    def lines(self):
        self.derive()
        count, bound = len(self.rows[0]), mp.nstr(mp.log(self.error, 2), 4)
        yield ""
        yield f"/* {self.definition},"
        yield f" * by polynomials of degree {self.degree} with an error of 2^{bound}. */"
        columns = [row[j] for j in range(count) for row in self.rows]
        if self.type.precision == 24:
            yield self.array(count, columns)
        else:
            yield "#if LOOKUP_BY_ROWS"
            padding = [mpf(0)] * (ROW - count)
            yield self.array(ROW, [word for row in self.rows for word in row + padding])
            yield "#else"
            yield self.array(count, columns)
            yield "#endif"
        literal = self.type.literal
        inverse = round_to(1 / self.spacing, self.type.precision)
        low = round_to(mpf(self.low), self.type.precision)
        high = round_to(mpf(self.high), self.type.precision)
        yield f"static const register_table {self.name}_table = {{"
        yield f"    {self.name}_words, {self.intervals}, {self.first}, {self.degree}, {self.pairs},"
        yield f"    {literal(self.spacing)}, {literal(inverse)}, {literal(low)}, {literal(high)}}};"

    def array(self, columns, values):
        numbers = ", ".join(map(self.type.literal, values))
        size = f"{self.intervals} * {columns}"
        return f"static const real {self.name}_words[{size}] IN_LINES = {{{numbers}}};"

    def check_range(self):
        """Whether all of it is in the intervals, with room for the rounding of t / spacing."""
        half = self.spacing * (mpf(1) / 2 - mpf(2) ** -8)
        lowest = self.low if self.is_even else self.centre(0) - half
        if not lowest <= self.low < self.high <= self.centre(self.intervals - 1) + half:
            raise ValueError(f"{self.name}: its range is not in its intervals")


def rows(function):
    """The arguments of the rows of formulas/smooth.def, which are calls, to C and to Python."""
    text = (SOURCES / "formulas" / "smooth.def").read_text()
    text = re.sub(r"/\*.*?\*/|^#.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
    for statement in ast.parse(text).body:
        if statement.value.func.id == function:
            yield statement.value.args


def smooth_tables(type_):
    for name, kind, definition, single, double in rows("TABLE"):
        fields = single if type_.precision == 24 else double
        yield Smooth(type_, name.id, kind.id, ast.literal_eval(definition), fields.elts)


# ---- Tails ---------------------------------------------------------------------

# How many terms of their series the functions in formulas/smooth.h take.
TERMS = {24: {"COMPLEMENT": 4, "SOFTPLUS": 4}, 53: {"COMPLEMENT": 6, "SOFTPLUS": 6}}


def complement_error(e, terms):
    """Of e - e^2 + e^3 - ... for e / (1 + e), which is taken from 1."""
    return e ** (terms["COMPLEMENT"] + 1)


def softplus_error(e, terms):
    """Of e/2 - e^2/3 + ... for 1 - log(1 + e) / e, which is taken from 1."""
    return e ** terms["SOFTPLUS"] / (terms["SOFTPLUS"] + 1)


# Tail -> a function of t, of which e^-this is what is small; and the error of the tail in what
# is about 1, from that.
TAILS = {
    "sigmoid": (lambda t: t, complement_error),
    "sigmoid_grad": (lambda t: t, complement_error),
    "silu": (lambda t: t, complement_error),
    "silu_grad": (lambda t: t, complement_error),
    "softplus": (lambda t: t, softplus_error),
    "minus_softplus": (lambda t: t, softplus_error),
    "tanh": (lambda t: 2 * t, complement_error),
    "tanh_grad": (lambda t: 2 * t, complement_error),
    "tanhshrink": (lambda t: 2 * t, complement_error),
    "tanhshrink_grad": (lambda t: 2 * t, complement_error),
    "gelu_tanh": (lambda t: CUBIC_1 * t + CUBIC_3 * t**3, complement_error),
    "gelu_tanh_grad": (lambda t: CUBIC_1 * t + CUBIC_3 * t**3, complement_error),
    # Exact but for the constants, and from NORMAL_ENDS on.
    "mish": (lambda _: mp.inf, complement_error),
    "mish_grad": (lambda _: mp.inf, complement_error),
    "gelu": (lambda _: mp.inf, complement_error),
    "gelu_grad": (lambda _: mp.inf, complement_error),
}

# Next to 0, the factor of t^2 in what the tail leaves out.
NEXT_TO_ZERO = {"tanhshrink": mpf(2) / 5, "tanhshrink_grad": mpf(2) / 3}


def check_overlap(type_, tables):
    """Where a table ends, the tail is right to 3 bits more than the precision."""
    limit = mpf(2) ** -(type_.precision + 3)
    for name, _, table, _, tail, argument in rows("FORMULA"):
        table, factor = tables[table.id], QUICK if argument.func.id == "of_quick" else 1
        exponent, error_of = TAILS[tail.id]
        error = error_of(mp.exp(-exponent(table.high * factor)), TERMS[type_.precision])
        error = max(error, NEXT_TO_ZERO.get(tail.id, 0) * mpf(table.low) ** 2)
        too_near = tail.id in ("gelu", "gelu_grad") and table.high < NORMAL_ENDS[type_.precision][0]
        if error > limit or too_near:
            raise ValueError(f"{name.id}: where its table ends, its tail is not right yet")


# ---- The tail of the normal distribution ------------------------------------------

DEGREES_OF_NORMAL = {24: 7, 53: 20}
NORMAL_ENDS = {24: (3.6, 20), 53: (3.87, 54)}  # from the tables' end to where e^(-t^2/2) is 0


def normal_tail(u):
    """t^2 (sqrt(2 pi) t e^(t^2/2) (1 - normal(t)) - 1) for u = 1/t^2, about -1"""
    t = 1 / mp.sqrt(u)
    return (t * mp.erfc(t / mp.sqrt(2)) / 2 * mp.exp(t * t / 2) * mp.sqrt(2 * mp.pi) - 1) / u


def normal_constants(type_):
    yield ""
    yield "/* 1 / sqrt(2 pi), sqrt(8 / pi), 0.044715 of that, 1.702 */"
    yield from constant(type_, "NORMAL", 1 / mp.sqrt(2 * mp.pi))
    yield from constant(type_, "CUBIC_1", CUBIC_1)
    yield from constant(type_, "CUBIC_3", CUBIC_3)
    yield from constant(type_, "QUICK", QUICK)
    least, most = NORMAL_ENDS[type_.precision]
    low, high = 1 / mpf(most) ** 2, 1 / mpf(least) ** 2
    degree, precision = DEGREES_OF_NORMAL[type_.precision], type_.precision
    coefficients = fit_rounded(normal_tail, low, high, degree, precision)
    error = max(
        abs(u * (sum(c * u**j for j, c in enumerate(coefficients)) - normal_tail(u)))
        for u in nodes(low, high, 201)
    )
    bound = mp.nstr(mp.log(error, 2), 4)
    yield f"/* (sqrt(2 pi) t e^(t^2/2) (1 - normal(t)) - 1) / u for u = 1/t^2, t >= {least}, "
    yield f" * with an error of 2^{bound} in what is multiplied by u. */"
    yield from polynomial(type_, "normal_tail", "u", coefficients, "c")


# ---- The headers ---------------------------------------------------------------


def by_type(head, part):
    yield head
    for condition, type_ in TYPES.items():
        yield condition
        yield from part(type_)
    yield "#endif"
    yield ""
    yield "#endif"


def smooth(type_):
    tables = {table.name: table for table in smooth_tables(type_)}
    check_overlap(type_, tables)
    yield from normal_constants(type_)
    yield "/* Terms of series in formulas/smooth.h. */"
    for name, terms in TERMS[type_.precision].items():
        yield f"#define {name}_TERMS {terms}"
    for table in tables.values():
        table.check_range()
        yield from table.lines()


HEADERS = {"tables.h": (HEAD, exp2), "smooth_tables.h": (SMOOTH_HEAD, smooth)}


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="fail if the header differs")
    mode.add_argument("--write", action="store_true", help="write the header")
    options = parser.parse_args(argv)
    stale = 0
    for name, (head, part) in HEADERS.items():
        text, path = "\n".join(by_type(head, part)) + "\n", SOURCES / "math" / name
        if options.write:
            path.write_text(text)
        elif not options.check:
            print(text, end="")
        elif path.read_text() != text:
            print(f"math/{name} does not hold the derived tables", file=sys.stderr)
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
