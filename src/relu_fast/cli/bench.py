"""``relu-fast bench``: the time of a call, and how many times longer NumPy takes."""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from typing import Any

import numpy as np

import relu_fast

from .. import _catalog
from .command import CommandError, function_type, named_dtype, print_json, whole_number
from .comparison import COMPARISONS, Comparison, DType, ordinary_data, race
from .info import details
from .output import Cell, Progress, Table, speed_cell
from .streams import results

# Every activation, and what takes the gradient back through it.
DEFAULT = [
    name
    for name, function in _catalog.FUNCTIONS.items()
    if function.is_ufunc
    and function.form.outputs in (("y",), ("dx",), ("d_gate", "d_up"))
    and "y" not in function.form.inputs
]
SIZES = [10, 1_000, 100_000, 10_000_000]
ROUNDS = 5


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "bench",
        help="measure the speed of functions",
        description="Measure functions beside the NumPy code that people write for them: the "
        "median time of a call with out=, and how many times longer NumPy takes. Both run in "
        "turn, so that other work on the machine slows both.",
        epilog="Without FUNCTION: every activation and its backward. example: "
        "relu-fast bench elu elu_grad --size 4096 --threads 1 --json",
    )
    parser.add_argument(
        "functions",
        metavar="FUNCTION",
        nargs="*",
        type=function_type(COMPARISONS),
        help=f"of {', '.join(COMPARISONS)}",
    )
    parser.add_argument(
        "--size",
        metavar="N",
        type=whole_number,
        action="append",
        help=f"elements; may be given several times (default: {' '.join(map(str, SIZES))})",
    )
    parser.add_argument("--dtype", choices=[*_catalog.DTYPES, "bfloat16"], default="float32")
    parser.add_argument("--threads", metavar="N", type=whole_number, help="use N threads")
    parser.add_argument(
        "--seconds",
        metavar="S",
        type=seconds,
        default=0.1,
        help="time to spend on each measurement (default: 0.1)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, times in seconds")
    parser.set_defaults(run=run, parser=parser)


def seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number of seconds, not {text!r}")
    return number


def run(options: argparse.Namespace) -> None:
    functions = [COMPARISONS[name] for name in options.functions or DEFAULT]
    sizes = options.size or SIZES
    dtype = named_dtype(options.dtype).type
    if options.threads is not None:
        try:
            relu_fast.set_num_threads(options.threads)
        except (ValueError, OverflowError) as error:
            options.parser.error(f"argument --threads: {error}")
    measured = measure(functions, sizes, dtype, options.seconds)
    with results():
        if options.json:
            print_json({**details(), "results": measured})
            return
        table(functions, sizes, measured).print(sys.stdout)
        print(
            f" {options.dtype}, {relu_fast.get_num_threads()} threads at most; "
            "speed: NumPy's time over ours, medians."
        )


def measure(
    functions: list[Comparison], sizes: list[int], dtype: DType, seconds: float
) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    with Progress(len(functions) * len(sizes)) as progress, np.errstate(all="ignore"):
        for size, function in itertools.product(sizes, functions):
            progress.update(len(results), f"{function.name}, {size:,} elements")
            try:
                data = ordinary_data(function.function.activation, dtype, size)
            except (MemoryError, ValueError) as error:  # what NumPy says of a size
                raise CommandError(f"argument --size: {size} elements: {error}") from None
            times = race(function, data, seconds, ROUNDS)
            results.append(
                {
                    "function": function.name,
                    "dtype": dtype.__name__,
                    "size": size,
                    "seconds": times.seconds,
                    "seconds_per_element": times.seconds / size,
                    "speed": times.speed,
                    "compared_with": function.statement,
                }
            )
    return results


def table(functions: list[Comparison], sizes: list[int], results: list[dict[str, Any]]) -> Table:
    """A row for each function, a pair of columns for each size."""
    header = [
        [Cell(""), *(Cell(text, "bold") for size in sizes for text in ("", f"{size:,}"))],
        [Cell("function", "bold"), *[Cell("time", "bold"), Cell("speed", "bold")] * len(sizes)],
    ]
    found = {(result["function"], result["size"]): result for result in results}
    rows = []
    for function in functions:
        row = [Cell(function.name)]
        for size in sizes:
            result = found[function.name, size]
            row += [Cell(duration(result["seconds"])), speed_cell(result["speed"])]
        rows.append(row)
    return Table("<" + ">>" * len(sizes), header, [rows])


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    for unit, factor in (("s", 1), ("ms", 1e3), ("\N{MICRO SIGN}s", 1e6), ("ns", 1e9)):
        number = seconds * factor
        if number >= 0.9995 or unit == "ns":
            break
    decimals = 0 if number >= 99.95 else 1 if number >= 9.995 else 2
    return f"{number:.{decimals}f} {unit}"
