"""``python -m relu_fast``: every function's error and speed, measured on this machine."""

from __future__ import annotations

import itertools
import sys
import textwrap
from typing import NamedTuple

import numpy as np

import relu_fast

from ._comparisons import (
    DTYPES,
    EXPRESSIONS,
    Comparison,
    adverse_data,
    comparisons,
    largest_error,
    ordinary_data,
    race,
)
from ._terminal import Cell, Progress, Row, Table, is_terminal, styled, terminal_width


class Effort(NamedTuple):
    """How much the demonstration measures."""

    size: int  # elements of an array
    seconds: float  # to spend on each function and type, if the rounds take no longer
    rounds: int  # at least


FULL = Effort(size=1 << 20, seconds=0.12, rounds=5)
QUICK = Effort(size=1 << 12, seconds=0.0, rounds=3)


class Result(NamedTuple):
    error: float | None  # in ULP; None: no wider type to compare with
    speed: float  # NumPy's time over ours


def measure(effort: Effort) -> dict[str, list[Result]]:
    """For each function its results, one for each of DTYPES."""
    results: dict[str, list[Result]] = {}
    total = len(DTYPES) * sum(len(comparisons(activation)) for activation in EXPRESSIONS)
    done = 0
    with Progress(total) as progress, np.errstate(all="ignore"):
        for activation, dtype in itertools.product(EXPRESSIONS, DTYPES):
            ordinary = ordinary_data(activation, dtype, effort.size)
            adverse = adverse_data(activation, dtype, effort.size)
            for comparison in comparisons(activation):
                progress.update(done, f"{comparison.name} ({dtype.__name__})")
                error = largest_error(comparison, adverse)
                times = race(comparison, ordinary, effort.seconds, effort.rounds)
                results.setdefault(comparison.name, []).append(Result(error, times.speed))
                done += 1
    return results


def table(results: dict[str, list[Result]], with_expression: bool) -> Table:
    """The results; with or without the column that shows what each was compared with."""
    titles = ["function", *["error", "speed"] * len(DTYPES), "compared with"]
    types = ["", *[text for dtype in DTYPES for text in ("", dtype.__name__)], ""]
    columns = len(titles) if with_expression else len(titles) - 1
    header = [[Cell(text, "bold") for text in line[:columns]] for line in (types, titles)]
    groups = [
        [table_row(comparison, results[comparison.name])[:columns] for comparison in group]
        for group in map(comparisons, EXPRESSIONS)
    ]
    return Table(("<" + ">>" * len(DTYPES) + "<")[:columns], header, groups)


def table_row(comparison: Comparison, results: list[Result]) -> Row:
    row = [Cell(comparison.name)]
    for result in results:
        row += [Cell(error_text(result.error)), speed_cell(result.speed)]
    return [*row, Cell(comparison.statement, "faint")]


def error_text(error: float | None) -> str:
    if error is None:
        return "n/a"
    return "0" if error == 0 else "<0.01" if error < 0.01 else f"{error:.2f}"


def speed_cell(ratio: float) -> Cell:
    """Green for faster, yellow for slower; between the two, noise decides."""
    style = "good" if ratio > 1.05 else "bad" if ratio < 0.95 else ""
    return Cell(f"{ratio:.1f}\N{MULTIPLICATION SIGN}", style)


def explanation(effort: Effort) -> str:
    return (
        "error: the largest, in ULP (0 is exact, 0.5 correctly rounded); speed: NumPy's time over "
        f"ours, median of rounds in turn, {effort.size:,} elements, ours with out=."
    )


def run(quick: bool) -> None:
    """The whole demonstration, on stdout."""
    effort = QUICK if quick else FULL
    relu_fast.show_config()
    print(f"  NumPy    {np.__version__}\n", flush=True)
    results = measure(effort)
    shown = table(results, with_expression=True)
    if is_terminal(sys.stdout) and shown.width > terminal_width():
        shown = table(results, with_expression=False)
    shown.print(sys.stdout)
    for line in textwrap.wrap(explanation(effort), max(shown.width - 1, 40)):
        print(styled(f" {line}", "faint", sys.stdout))
