"""Measure what an element costs, for the ``picoseconds`` of a row in ``activations.def``.

Prints picoseconds for each activation, compute type and form: one thread, all operands
together in half of the L2 cache, medians of rounds in which all cells take turns, so that a
machine that slows down slows all alike.  The row's own number stands beside them; it tells
from which size on threads are worth it, so a third more or less does no harm.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

import relu_fast
from relu_fast import _catalog
from relu_fast._catalog import Function

CALLS = 20  # in a round


def l2_bytes() -> int:
    """The size of the L2 cache; where it cannot be asked, what almost every CPU has."""
    try:
        return os.sysconf("SC_LEVEL2_CACHE_SIZE") or 1 << 18
    except (OSError, ValueError):
        return 1 << 18


def timer(function: Function, dtype: str, seconds: list[float]) -> Callable[[], None]:
    """What appends the seconds of an element, of one round."""
    inputs, outputs = len(function.form.inputs), len(function.form.outputs)
    n = l2_bytes() // 2 // np.dtype(dtype).itemsize // (inputs + outputs)
    draw = np.random.default_rng(0)
    arrays = [draw.normal(size=n).astype(dtype) for _ in range(inputs)]
    outs = tuple(np.empty(n, dtype) for _ in range(outputs))
    ufunc = getattr(relu_fast, function.name)
    parameters = function.activation.typical

    def measure() -> None:
        start = time.perf_counter()
        for _ in range(CALLS):
            ufunc(*arrays, *parameters, out=outs)
        seconds.append((time.perf_counter() - start) / CALLS / n)

    return measure


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("activations", nargs="*", help="all, if none is named")
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    unknown = set(options.activations) - set(_catalog.ACTIVATIONS)
    if unknown:
        parser.error(f"no such activation: {', '.join(sorted(unknown))}")
    chosen = options.activations or list(_catalog.ACTIVATIONS)
    forms = [form for form in _catalog.FORMS if form.kind == "elementwise"]
    computes = next(iter(_catalog.ACTIVATIONS.values())).picoseconds
    found: dict[tuple[str, str, str], list[float]] = {}
    timers = []
    for name in chosen:
        for function in _catalog.ACTIVATIONS[name].functions():
            for dtype in computes if function.is_ufunc else ():
                cell = found.setdefault((name, dtype, function.form.id), [])
                timers.append(timer(function, dtype, cell))
    with relu_fast.num_threads(1):
        for _ in range(options.rounds):
            for measure in timers:
                measure()

    widths = [max(len(form.id), 5) for form in forms]
    titles = "  ".join(f"{form.id:>{width}}" for form, width in zip(forms, widths, strict=True))
    print(f"ISA {relu_fast.config()['isa']}; picoseconds an element\n")
    print(f"{'activation':<16}{'compute type':<14}{'row':>5}  {titles}".lower())
    for name in chosen:
        for dtype, stated in _catalog.ACTIVATIONS[name].picoseconds.items():
            cells = []
            for form, width in zip(forms, widths, strict=True):
                cell = found.get((name, dtype, form.id), [])
                figure = f"{statistics.median(cell) * 1e12:.0f}" if cell else "-"
                cells.append(f"{figure:>{width}}")
            print(f"{name:<16}{dtype:<14}{stated:>5}  {'  '.join(cells)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
