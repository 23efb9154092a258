"""``python -m relu_fast``: every function's error and speed, measured on this machine."""

from __future__ import annotations

import itertools
import math
import shutil
import sys
import textwrap
from typing import NamedTuple

import numpy as np

import relu_fast

from .. import _catalog
from .comparison import (
    COMPARISONS,
    WIDER,
    adverse_data,
    largest_error,
    ordinary_data,
    race,
)
from .output import Cell, Progress, Row, Table, print_line, speed_cell
from .streams import results

DTYPES = tuple(WIDER)
CODE = "compared with"
LEAST_CODE = 30  # characters of code that still say something


class Effort(NamedTuple):
    """How much the demonstration measures."""

    size: int  # elements of an array
    seconds: float  # to spend on each function and type, if the rounds take no longer
    rounds: int  # at least


FULL = Effort(size=1 << 18, seconds=0.03, rounds=5)
QUICK = Effort(size=1 << 12, seconds=0.0, rounds=3)


class Result(NamedTuple):
    error: float | None  # in ULP; None: no wider type to compare with
    speed: float | None  # NumPy's time over ours; None: what that needs is not installed


def measure(effort: Effort) -> dict[str, list[Result]]:
    """For each function its results, one for each of DTYPES."""
    results: dict[str, list[Result]] = {}
    total = len(DTYPES) * len(_catalog.FUNCTIONS)
    done = 0
    with Progress(total) as progress, np.errstate(all="ignore"):
        for activation, dtype in itertools.product(_catalog.ACTIVATIONS.values(), DTYPES):
            ordinary = ordinary_data(activation, dtype, effort.size)
            adverse = adverse_data(activation, dtype, effort.size)
            for function in activation.functions():
                comparison = COMPARISONS[function.name]
                progress.update(done, f"{comparison.name} ({dtype.__name__})")
                error = largest_error(comparison, adverse)
                times = race(comparison, ordinary, effort.seconds, effort.rounds)
                results.setdefault(comparison.name, []).append(Result(error, times.speed))
                done += 1
    return results


def table(results: dict[str, list[Result]], width: int | None) -> Table:
    """The results; what each was compared with is cut, or left out, to fit into `width`."""
    titles = ["function", *["error", "speed"] * len(DTYPES)]
    types = ["", *[text for dtype in DTYPES for text in ("", dtype.__name__)]]
    header = [[Cell(text, "bold") for text in line] for line in (types, titles)]
    groups = [
        [table_row(function.name, results[function.name]) for function in activation.functions()]
        for activation in _catalog.ACTIVATIONS.values()
    ]
    alignment = "<" + ">>" * len(DTYPES)
    narrow = Table(alignment, header, groups)
    room = math.inf if width is None else width - narrow.width - 2
    if room < LEAST_CODE:
        return narrow
    header = [[*line, Cell(text, "bold")] for line, text in zip(header, ("", CODE), strict=True)]
    groups = [
        [[*row, Cell(cut(COMPARISONS[row[0].text].statement, room), "faint")] for row in group]
        for group in groups
    ]
    return Table(alignment + "<", header, groups)


def table_row(name: str, results: list[Result]) -> Row:
    row = [Cell(name)]
    for result in results:
        row += [Cell(error_text(result.error)), speed_cell(result.speed)]
    return row


def cut(text: str, room: float) -> str:
    return text if len(text) <= room else f"{text[: int(room) - 3]}..."


def error_text(error: float | None) -> str:
    if error is None:
        return "n/a"
    return "0" if error == 0 else "<0.01" if error < 0.01 else f"{error:.2f}"


def explanation(effort: Effort) -> str:
    return (
        "error: the largest, in ULP (0 is exact, 0.5 correctly rounded); speed: NumPy's time over "
        f"ours, median of rounds in turn, {effort.size:,} elements, ours with out=."
    )


def run(quick: bool) -> None:
    """The whole demonstration, on stdout."""
    effort = QUICK if quick else FULL
    with results():
        relu_fast.show_config()
        print(f"  NumPy    {np.__version__}\n")
    measured = measure(effort)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    shown = table(measured, width)
    with results():
        shown.print(sys.stdout)
        for line in textwrap.wrap(explanation(effort), min(max(shown.width - 1, 40), 100)):
            print_line([Cell(f" {line}", "faint")], sys.stdout)
