"""Derive the polynomial coefficients of ``src/c/math/coefficients.h``.

``python tools/derive_coefficients.py`` prints the C lines between the two
``derived`` markers of that header; ``--check`` compares instead of printing,
``--write`` puts them into the header.  Needs mpmath.

The polynomials are c in

    e^r - 1 = r + r^2/2 + r^3 c(r),        low <= r <= low + ln(2),

whose first two terms are exact in floating point, so that only r^3 c(r), at
most 10 % of the result, brings approximation error in.  They are the minimax
polynomials of the relative errors of e^r - 1 and of e^r, found by the exchange
algorithm of Remez; the latter needs one term less.  Coefficients are then
rounded to the target format one at a time, lowest degree first, and the
remaining ones are fitted again each time, so that they absorb the rounding of
those before them (the idea of Brisebarre and Chevillard's "Efficient polynomial
L-infinity approximations", ARITH 2007, in its simplest form).
"""

from __future__ import annotations

import argparse
import pathlib
import sys

from mpmath import mp, mpf

HEADER = pathlib.Path(__file__).parent.parent / "src" / "c" / "math" / "coefficients.h"
BEGIN = "/* derived: tools/derive_coefficients.py --write */"
END = "/* end derived */"

mp.prec = 240

# For e^x the interval is symmetric; for e^x - 1 the comment on expm1_nonpositive
# says why it is not.
LOWEST_OF_EXPM1 = mp.log(mpf(5) / 8)
LOWEST_OF_EXP = -mp.log(2) / 2

# A quotient x/ln2 that the kernel rounds the wrong way near a tie leaves r a
# little outside; one part in 2^16 is far more than that can be.
MARGIN = mpf(2) ** -16


def interval(lowest, nodes):
    """The reduced arguments: -1 <= nodes <= 1 mapped to them."""
    middle = lowest + mp.log(2) / 2
    half_width = mp.log(2) / 2 * (1 + MARGIN)
    return [middle + half_width * node for node in nodes]


def target(r):
    """c(r), by its series: the closed form cancels near 0."""
    return (
        mp.nsum(lambda n: r**n / mp.factorial(n + 3), [0, 60])
        if abs(r) < 1e-3
        else ((mp.expm1(r) - r - r * r / 2) / r**3)
    )


# Each turns an error of c into a relative error.
def of_expm1(r):
    return abs(r * r / (mp.expm1(r) / r if r else mpf(1)))


def of_exp(r):
    return abs(r**3 / mp.exp(r))


# name in C -> (of what, lowest r, degree for float, degree for double)
POLYNOMIALS = {
    "expm1_tail": (of_expm1, LOWEST_OF_EXPM1, 4, 9),
    "exp_tail": (of_exp, LOWEST_OF_EXP, 3, 8),
}


def round_to(value, precision):
    """`value` rounded to `precision` significant bits, ties to even."""
    mantissa, exponent = mp.frexp(value)
    return mp.ldexp(mp.nint(mp.ldexp(mantissa, precision)), exponent - precision)


def remez(fixed, degree, weight, lowest):
    """Best coefficients of degree len(fixed)..degree, and the error reached.

    The lower coefficients are `fixed`.  The weight is zero at r = 0, which
    splits the interval, so the reference points are kept as found by a scan:
    one extremum between each two sign changes of the error.
    """
    low = len(fixed)
    count = degree - low + 1

    def rest(r):
        return target(r) - sum(a * r**i for i, a in enumerate(fixed))

    grid = interval(lowest, [mp.cos(mp.pi * i / 400) for i in range(401)])
    grid = [r for r in grid if abs(r) > mpf("0.0035")]  # the weight vanishes at 0
    rests = [rest(r) for r in grid]
    weights = [weight(r) for r in grid]
    points = [round(i * (len(grid) - 1) / count) for i in range(count + 1)]
    best = None
    for _ in range(40):
        rows = mp.matrix(count + 1, count + 1)
        right = mp.matrix(count + 1, 1)
        for row, at in enumerate(points):
            for column in range(count):
                rows[row, column] = grid[at] ** (low + column)
            rows[row, count] = (-1) ** row / weights[at]
            right[row] = rests[at]
        solution = mp.lu_solve(rows, right)
        coefficients = [solution[i] for i in range(count)]
        errors = [
            weights[j]
            * (rests[j] - sum(a * grid[j] ** (low + i) for i, a in enumerate(coefficients)))
            for j in range(len(grid))
        ]
        worst = max(abs(e) for e in errors)
        if best is None or worst < best[1]:
            best = coefficients, worst
        if worst <= abs(solution[count]) * mpf("1.0005"):
            break
        extrema = []
        for j, error in enumerate(errors):
            if extrema and errors[extrema[-1]] * error > 0:
                if abs(error) > abs(errors[extrema[-1]]):
                    extrema[-1] = j
            else:
                extrema.append(j)
        while len(extrema) > count + 1:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        if len(extrema) < count + 1:
            break
        points = extrema
    return best


def fit(degree, precision, weight, lowest):
    fixed = []
    while len(fixed) <= degree:
        coefficients, _ = remez(fixed, degree, weight, lowest)
        fixed.append(round_to(coefficients[0], precision))
    grid = [r for r in interval(lowest, [mpf(i) / 500 - 1 for i in range(1001)]) if r != 0]
    error = max(
        weight(r) * abs(target(r) - sum(a * r**i for i, a in enumerate(fixed))) for r in grid
    )
    return fixed, error


def split_ln2(precision):
    high = round_to(mp.log(2), precision)
    return high, round_to(mp.log(2) - high, precision)


def hexadecimal(value, suffix):
    mantissa, exponent = mp.frexp(abs(value))
    digits = f"{int(mp.ldexp(mantissa, 53)):014x}"  # 0x1x.xxxx: 53 bits from the top
    as_float = int(digits, 16) / 2.0**53 * 2.0 ** int(exponent)
    text = as_float.hex()
    head, power = text.split("p")
    head = head.rstrip("0").rstrip(".")
    return f"{'-' if value < 0 else ''}{head}p{power}{suffix}"


def lines():
    for which, precision, suffix in ((0, 24, "f"), (1, 53, "")):
        high, low = split_ln2(precision)
        yield "#else" if which else "#if RELU_FAST_SINGLE"
        yield f"#define LOG2E {hexadecimal(round_to(1 / mp.log(2), precision), suffix)}"
        yield f"#define LN2_HIGH {hexadecimal(high, suffix)}"
        yield f"#define LN2_LOW {hexadecimal(low, suffix)}"
        offset = round_to(-LOWEST_OF_EXPM1 / mp.log(2) - mpf(1) / 2, precision)
        yield f"#define EXPM1_OFFSET {hexadecimal(offset, suffix)}"
        for name, (weight, lowest, *degrees) in POLYNOMIALS.items():
            coefficients, error = fit(degrees[which], precision, weight, lowest)
            bound = mp.nstr(mp.log(error, 2), 4)
            what = "e^r - 1" if weight is of_expm1 else "e^r"
            yield f"/* Relative error of {what} by the polynomial alone: 2^{bound}. */"
            yield f"static inline real {name}(real r)"
            yield "{"
            yield f"    real c = {hexadecimal(coefficients[-1], suffix)};"
            for a in reversed(coefficients[:-1]):
                yield f"    c = FMA(c, r, {hexadecimal(a, suffix)});"
            yield "    return c;"
            yield "}"
    yield "#endif"


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="fail if the header differs")
    mode.add_argument("--write", action="store_true", help="write into the header")
    options = parser.parse_args(argv)
    derived = "\n".join(lines())
    if not (options.check or options.write):
        print(derived)
        return 0
    head, rest = HEADER.read_text().split(BEGIN)
    present, tail = rest.split(END)
    if options.write:
        HEADER.write_text(f"{head}{BEGIN}\n{derived}\n{END}{tail}")
    elif present.strip() != derived.strip():
        print("math/coefficients.h does not hold the derived coefficients", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
