"""What a call costs in code that numba compiles, beside a call from Python and a compiled loop.

    pip install numba
    python benchmarks/compare_numba.py                 # a minute or two

All take turns; a round's times are divided by those of the compiled call, and medians of these
ratios are printed. On one thread, with numbers from N(0, 1) and results stored in an array that
is there. The loop computes the activation's formula element by element, as numba's users write it.
"""

from __future__ import annotations

import argparse
import math

import numpy as np

import relu_fast as rf
from relu_fast.cli.info import cpu

LENGTHS = (1, 16, 1_000, 1_000_000)
FORMULAS = {
    "relu": lambda x: x if x > 0 else 0.0,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "gelu": lambda x: 0.5 * x * (1 + math.erf(x * math.sqrt(0.5))),
}


def from_python(function):
    """Calls a function so often, from Python."""

    def calls(x, y, count):
        for _ in range(count):
            function(x, out=y)

    return calls


def loop_of(formula):
    """A function that computes the formula of each element."""
    from numba import njit

    of_number = njit(formula)

    @njit
    def loop(x, out):
        for i in range(len(x)):
            out[i] = of_number(x[i])

    return loop


def sides(name, n):
    """What is timed: functions of x, y, and how often to compute y of x, which has n elements."""
    from numba import njit

    function, loop = getattr(rf, name), loop_of(FORMULAS[name])
    of_arrays = njit(from_python(function))

    @njit
    def of_numbers(x, y, count):
        for _ in range(count):
            for i in range(len(x)):
                y[i] = function(x[i])

    found = {
        "call": of_arrays,
        "from Python": from_python(function),
        "loop of the formula": njit(from_python(loop)),
    }
    return found | ({"call for each number": of_numbers} if n <= 16 else {})


def main():
    """Measure, and print tables."""
    from peers.turns import ratios, table

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=21)
    rounds = parser.parse_args().rounds
    rf.set_num_threads(1)
    print(f"{cpu()}, {rf.config()['isa']}, one thread")
    rows = []
    for name in FORMULAS:
        for dtype in ("float32", "float64"):
            for n in LENGTHS:
                timed = sides(name, n)
                x = np.random.default_rng(0).standard_normal(n).astype(dtype)
                count = max(1, 100_000 // n)
                names = {"x": x, "y": np.empty_like(x), "count": count} | {
                    f"f{i}": call for i, call in enumerate(timed.values())
                }
                for call in timed.values():
                    call(x, names["y"], 1)  # compiles
                texts = {title: f"f{i}(x, y, count)" for i, title in enumerate(timed)}
                seconds, found = ratios(texts, names, rounds)
                row = {"function": f"`{name}`", "dtype": dtype, "n": f"{n:,}"}
                row |= {"ns": f"{seconds / count * 1e9:,.0f}"}
                rows.append(row | {title: f"{ratio:.2f}" for title, ratio in found.items()})
    table(rows)


if __name__ == "__main__":
    main()
