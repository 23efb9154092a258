"""``relu-fast verify``: the promised accuracy, proved or sampled on this machine.

How many segments of each case are done, in order, and their tallies are all there is to a state.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import hashlib
import importlib
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import time
from typing import Any

import numpy as np

import relu_fast

from .. import _catalog, _ufuncs
from ..accuracy import definitions, in_float64, points, proof, ulp
from ..accuracy.proof import Case, Pools, Tally
from .command import (
    CommandError,
    function_type,
    named_dtype,
    naming,
    print_json,
    whole_number,
)
from .files import check_replaceable, replacing
from .info import cpu
from .output import Cell, Progress, Row, Table
from .streams import results

# ---- The command line --------------------------------------------------------


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "verify",
        help="prove the promised accuracy on this machine",
        description="Compare functions with the real numbers they stand for: with their default "
        "parameters on every float16, bfloat16 (if ml_dtypes is installed) and float32 there is, "
        "and with any parameters, for backward and for float64 on points drawn where errors hide. "
        "The exit status is 1 if a promise is broken. In full it takes minutes a function; needs "
        "gmpy2 and scipy, as installed by pip install 'relu_fast[verify]'.",
    )
    parser.add_argument(
        "functions",
        metavar="FUNCTION",
        nargs="*",
        type=function_type(_catalog.ACTIVATIONS),
        help=f"of {', '.join(_catalog.ACTIVATIONS)}, with their gradients; all unless given",
    )
    parser.add_argument("--dtype", choices=proof.DTYPES, help="only this element type")
    # The dest of the demonstration's --quick is taken.
    parser.add_argument(
        "--quick", dest="sample", action="store_true", help="a sample of each, in under a minute"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--jobs", metavar="N", type=whole_number, help="cores to use; all unless given"
    )
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="keep what is done in FILE, and go on from there if it exists",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    effort = proof.QUICK if options.sample else proof.FULL
    chosen = proof.cases(options.functions, dtypes(options.dtype), effort)
    jobs = min(options.jobs or relu_fast.get_num_threads(), os.cpu_count() or 1)
    report = verify(chosen, jobs, options.state)
    with results():
        if options.json:
            print_json(report)
        else:
            show(report)
    broken = [result for result in report["results"] if not result["passed"]]
    if broken:
        names = ", ".join(f"{result['function']} {result['dtype']}" for result in broken)
        raise CommandError(f"{len(broken)} of {len(chosen)} checks failed: {names}")


def dtypes(chosen: str | None) -> list[str]:
    """The one that is asked for, or all there are; bfloat16 is made NumPy's, if it can be."""
    is_missing = importlib.util.find_spec("ml_dtypes") is None
    found = [name for name in proof.DTYPES if name != "bfloat16" or not is_missing]
    return [named_dtype(name).name for name in ([chosen] if chosen else found)]


# ---- The work ----------------------------------------------------------------


def verify(chosen: list[Case], jobs: int, state_path: str | None = None) -> dict[str, Any]:
    """Verify cases, going on from a state; return the report."""
    if not all(importlib.util.find_spec(name) for name in ("gmpy2", "scipy")):
        raise CommandError("verify needs gmpy2 and scipy: pip install 'relu_fast[verify]'")
    started = time.monotonic()
    state = State(state_path, identity(chosen))
    total = sum(case.segments * case.size for case in chosen)
    done = 0
    with state, Pools(jobs) as pools, Progress(total) as progress:
        for case in chosen:
            progress.update(done, case.title)
            for tally_of_one in pools.map(case.tally, case, state.segments(case)):
                state.add(case, tally_of_one)
                progress.update(done + state.segments(case) * case.size, case.title)
            done += case.segments * case.size
    judged = [case.result(state.total(case)) for case in chosen]
    return {"facts": facts(time.monotonic() - started), "results": judged}


class State:
    """For each case how many of its segments are done, and their tally; kept in a file."""

    _INTERVAL = 1.0  # seconds between two writes

    def __init__(self, path: str | None, identity: dict[str, Any]):
        self._path = path
        self._identity = identity
        self._done: dict[str, tuple[int, Tally]] = {}
        self._due = time.monotonic() + self._INTERVAL
        if path and os.path.exists(path):
            check_replaceable("--state", path)
            self._load(path)
        self._write()  # fails now and not after an hour's work, if at all

    def _load(self, path: str) -> None:
        with naming("--state", path, "a file that can be read and written"):
            text = pathlib.Path(path).read_bytes()
        try:
            stored = json.loads(text)
            theirs = stored["identity"]
            done = {name: (count, Tally(**t)) for name, (count, t) in stored["done"].items()}
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise CommandError(
                f"argument --state: {path!r} is no state of verify; expected one, or a new name"
            ) from None
        for key, ours in self._identity.items():
            if theirs.get(key) != ours:
                raise CommandError(
                    f"argument --state: {path!r} is of another run: its {key} is not "
                    f"{ours if isinstance(ours, str) else 'that of this one'}; expected the state "
                    "of the same command and build, or a new name"
                )
        self._done = done

    def _write(self) -> None:
        if not self._path:
            return
        done = {name: (count, dataclasses.asdict(t)) for name, (count, t) in self._done.items()}
        text = json.dumps({"identity": self._identity, "done": done})
        with replacing("--state", self._path, "a file that can be written") as file:
            file.write(text.encode())

    def __enter__(self) -> State:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: Any) -> None:
        self._write()
        if kind is KeyboardInterrupt and self._path:
            raise CommandError(
                f"interrupted; the same command goes on from {self._path!r}", status=130
            )

    def segments(self, case: Case) -> int:
        return self._done.get(case.title, (0, Tally()))[0]

    def total(self, case: Case) -> Tally:
        return self._done.get(case.title, (0, Tally()))[1]

    def add(self, case: Case, tally_of_one: Tally) -> None:
        """The next segment is done."""
        self._done[case.title] = (self.segments(case) + 1, self.total(case) + tally_of_one)
        if time.monotonic() > self._due:
            self._write()
            self._due = time.monotonic() + self._INTERVAL


# ---- What it depends on ------------------------------------------------------


def identity(chosen: list[Case]) -> dict[str, Any]:
    """What must be the same for the parts of a run to be of one piece."""
    build = hashlib.sha256()
    for module in (_ufuncs, definitions, in_float64, points, proof, ulp):
        build.update(pathlib.Path(module.__file__ or "").read_bytes())
    return {
        "version": relu_fast.__version__,
        "isa": relu_fast.config()["isa"],
        "NumPy": np.__version__,
        "build": build.hexdigest()[:16],
        "choice of functions": [[case.title, case.segments, case.size] for case in chosen],
    }


def facts(seconds: float) -> dict[str, Any]:
    gmpy2: Any = importlib.import_module("gmpy2")
    return {
        "date": datetime.date.today().isoformat(),
        "relu_fast": relu_fast.__version__,
        "commit": commit(),
        "isa": relu_fast.config()["isa"],
        "compiler": _ufuncs.compiler,
        "NumPy": np.__version__,
        "MPFR": gmpy2.mpfr_version().removeprefix("MPFR "),
        "CPU": cpu(),
        "seconds": round(seconds, 1),
    }


def commit() -> str | None:
    """Of the checkout that an editable install runs from; None for any other install."""
    here = pathlib.Path(relu_fast.__file__).parent
    for command in (["ls-files", "--error-unmatch", "__init__.py"], ["describe", "--always"]):
        try:
            done = subprocess.run(
                ["git", *command], cwd=here, capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return None
    return done.stdout.strip()


# ---- The table ---------------------------------------------------------------


def show(report: dict[str, Any]) -> None:
    for name, fact in report["facts"].items():
        if fact is not None:
            print(f"  {name:10}{fact}")
    print()
    titles = ["function", "", "parameters", "inputs", "max ULP", "promised"]
    titles += ["not nearest", "", "largest error at x", "", ""]
    groups: dict[str, list[Row]] = {}
    for result in report["results"]:
        activation = _catalog.FUNCTIONS[result["function"]].activation
        group = groups.setdefault(activation.name, [])
        group.append(table_row(result))
        if result["bound_near_zero"]:
            group.append(row_near_zero(result))
    header = [[Cell(title, "bold") for title in titles]]
    Table("<<<>>>>><><", header, groups.values()).print(sys.stdout)
    print(" inputs: 65,536 are all of float16 or bfloat16, 4,294,967,296 of float32; not nearest:")
    print(" results that are not the number nearest to the real one, of all inputs.  Each input")
    print(" was computed twice, among its neighbours and among others, with the same bits.")
    if any(result["left_open"] for result in report["results"]):
        print(" +: not counting what is too near the middle of two numbers for float64 to tell.")
    if any(result["bound_near_zero"] for result in report["results"]):
        print(" at a zero: near a zero of the derivative; errors are in ULP of 1/2.")


STRANGE, OTHER_BITS = "wrong_nan_infinity_or_sign", "other_bits_in_another_order"


def table_row(result: dict[str, Any]) -> Row:
    share = result["not_correctly_rounded"] / result["points"] if result["points"] else 0.0
    x = worst_x(result["worst"])
    verdict = Cell("proved" if result["method"] == "every input" else "holds", "good")
    if not result["passed"]:
        strange, other = (result[name] for name in (STRANGE, OTHER_BITS))
        why = f" ({strange:,} NaN, inf, sign)" if strange else ""
        why += f" ({other:,} with other bits in another order)" if other else ""
        verdict = Cell(f"BROKEN{why}", "bad")
    return [
        Cell(result["function"]),
        Cell(result["dtype"]),
        Cell(result["parameters"] or ""),
        Cell(f"{result['points']:,}"),
        Cell(f"{result['max_ulp']:.4f}" if result["max_ulp"] else "0"),
        Cell(f"{result['bound_ulp']:g}"),
        Cell(f"{result['not_correctly_rounded']:,}{'+' if result['left_open'] else ''}"),
        Cell(f"{share:.2%}" if share else ""),
        Cell(x["hex"]),
        Cell(x["decimal"]),
        verdict,
    ]


def row_near_zero(result: dict[str, Any]) -> Row:
    """What of a result is held to a bound of its own."""
    x = worst_x(result["worst_near_zero"])
    return [
        Cell(""),
        Cell(""),
        Cell("at a zero"),
        Cell(""),
        Cell(f"{result['max_ulp_of_half_near_zero']:.4f}"),
        Cell(f"{result['bound_near_zero']:g}"),
        Cell(""),
        Cell(""),
        Cell(x["hex"]),
        Cell(x["decimal"]),
        Cell(""),
    ]


def worst_x(point: dict[str, dict[str, str]] | None) -> dict[str, str]:
    empty = {"hex": "", "decimal": ""}
    return (point.get("x") or point["gate"]) if point else empty
