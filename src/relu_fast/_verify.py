"""``python -m relu_fast verify``: the promised accuracy, proved or sampled on this machine.

A case is one function for one element type: every float32 there is, or points drawn where
errors hide.  It is cut into segments, which any thread or process can do in any order, and
whose tallies add up; how many are done, in order, and their sum are all there is to a state.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import functools
import hashlib
import importlib
import importlib.util
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

import relu_fast

from . import _exact, _samples
from ._apply import replacing
from ._command import CommandError, function_type, naming, print_json, whole_number
from ._comparisons import ALPHA
from ._exact import FORMS, FORMULAS, Array, Tally, Worst, by_mpfr, by_numpy, tally
from ._info import cpu
from ._samples import Random
from ._terminal import Cell, Progress, Row, Table

DTYPES = {"float32": np.float32, "float64": np.float64}
BLOCK = 1 << 16  # elements: what is computed at a time stays in the cache

_ufuncs: Any = importlib.import_module("relu_fast._ufuncs")


# ---- The command line --------------------------------------------------------


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "verify",
        help="prove the promised accuracy on this machine",
        description="Compare functions with the real numbers they stand for: with their default "
        "alpha on every float32 there is, and with any alpha, for backward and for float64 on "
        "points drawn where errors hide. The exit status is 1 if a promise is broken. In full it "
        "takes minutes; needs gmpy2, as installed by pip install 'relu_fast[verify]'.",
    )
    parser.add_argument(
        "functions",
        metavar="FUNCTION",
        nargs="*",
        type=function_type(FORMULAS),
        help=f"of {', '.join(FORMULAS)}, with their gradients; all unless given",
    )
    parser.add_argument("--dtype", choices=DTYPES, help="only this element type")
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
    chosen = cases(options.functions, options.dtype, QUICK if options.sample else FULL)
    report = verify(chosen, options.jobs or relu_fast.get_num_threads(), options.state)
    if options.json:
        print_json(report)
    else:
        show(report)
    broken = [result for result in report["results"] if not result["passed"]]
    if broken:
        names = ", ".join(f"{result['function']} {result['dtype']}" for result in broken)
        sys.stdout.flush()
        raise CommandError(f"{len(broken)} of {len(chosen)} checks failed: {names}")


# ---- Cases -------------------------------------------------------------------


class Effort(NamedTuple):
    """How many points a case has: segments times elements in each."""

    every_float32: bool
    float32: tuple[int, int]
    float64: tuple[int, int]


ALL_FLOAT32 = (1 << 8, 1 << 24)
FULL = Effort(True, float32=(1 << 8, 1 << 18), float64=(1 << 7, 1 << 13))
QUICK = Effort(False, float32=(1 << 2, 1 << 18), float64=(1 << 2, 1 << 13))


def bounds(text: str) -> tuple[float, float]:
    """The promise of a docstring in ULP: with the default alpha, and with any other."""
    found = [float(number) for number in re.findall(r"([\d.]+) ULP", text)]
    return (found[0], found[-1]) if found else (0.0, 0.0)  # "exact"


@dataclass(frozen=True)
class Case:
    """One function and element type: its points, and what is promised there."""

    activation: str
    suffix: str
    dtype: str
    any_alpha: bool
    every_input: bool
    segments: int
    size: int  # of each

    @property
    def name(self) -> str:
        return self.activation + self.suffix

    @property
    def row(self) -> dict[str, Any]:
        row: dict[str, Any] = _ufuncs.catalog()[self.activation]
        return row

    @property
    def alpha(self) -> float | None:
        """That of a case which has one alpha; None: the activation has no parameter."""
        return ALPHA.get(self.activation)

    @property
    def alpha_text(self) -> str:
        return "any" if self.any_alpha else "" if self.alpha is None else f"{self.alpha:g}"

    @property
    def bound(self) -> float:
        return bounds(self.row[f"{FORMS[self.suffix]}_bound"])[self.any_alpha]

    @property
    def title(self) -> str:
        alpha = f", alpha {self.alpha_text}" if self.alpha_text else ""
        return f"{self.name} ({self.dtype}{alpha})"

    def call(self, x: Array, alpha: Any, g: Array | None) -> Array:
        """What is to be verified; alpha is left to the function if it is its default."""
        operands = [a for a in (g, x) if a is not None]
        if alpha is not None and (self.any_alpha or not self.row["has_default"]):
            operands.append(alpha)
        result: Array = getattr(relu_fast, self.name)(*operands)
        return result

    def tally(self, segment: int, call: Callable[..., Array] | None = None) -> Tally:
        """Of a segment's points; of another `call` of this function, if given."""
        compute = call or self.call
        total = Tally()
        with relu_fast.num_threads(1), np.errstate(all="ignore"):
            for x, alpha, g in self.points(segment):
                total += self.compare(compute(x, alpha, g), x, alpha, g)
        return total

    def points(self, segment: int) -> Iterator[tuple[Array, Any, Array | None]]:
        """x, alpha and g, a block at a time."""
        one_alpha = None if self.alpha is None else DTYPES[self.dtype](self.alpha)
        if self.every_input:
            within = np.arange(BLOCK, dtype=np.uint32)
            for start in range(segment * self.size, (segment + 1) * self.size, BLOCK):
                yield (within + np.uint32(start)).view(np.float32), one_alpha, None
            return
        random = Random(segment)
        x = random.inputs(self.dtype, self.size)
        alpha = random.alphas(self.dtype, x) if self.any_alpha else one_alpha
        g = None
        if self.suffix == "_backward":
            # At -inf the derivative is 0, and the product by definition: tested elsewhere.
            x = np.where(np.isinf(x), x.dtype.type(-1), x)
            g = random.finite(self.dtype, self.size)
            if alpha is not None:
                g = np.where(np.isfinite(g * alpha), g, g.dtype.type(1))
        for start in range(0, self.size, BLOCK):
            block = slice(start, start + BLOCK)
            yield part(x, block), part(alpha, block), part(g, block)

    def compare(self, got: Array, x: Array, alpha: Any, g: Array | None) -> Tally:
        def of(reference: Callable[..., Any], at: Any = ...) -> Tally:
            some = [part(a, at) for a in (x, alpha, g)]
            operands = dict(zip(("x", "alpha", "g"), some, strict=True))
            exact = reference(self.activation, self.suffix, *some)
            known = {name: a for name, a in operands.items() if a is not None}
            result = tally(got[at], exact, known)
            if exact.unsure is not None and exact.unsure.any():
                rest = of(by_mpfr, np.flatnonzero(exact.unsure))
                result += dataclasses.replace(rest, settled=rest.points)
            return result

        return of(by_numpy if self.dtype == "float32" else by_mpfr)

    def result(self, total: Tally) -> dict[str, Any]:
        """What is reported."""
        exactly_rounded = self.bound > 0.5 or total.misrounded == 0
        return {
            "function": self.name,
            "dtype": self.dtype,
            "alpha": self.alpha_text or None,
            "method": "every input" if self.every_input else "sample",
            "points": total.points,
            "max_ulp": total.error,
            "bound_ulp": self.bound,
            "worst": readable(total.worst, self.dtype),
            "not_correctly_rounded": total.misrounded,
            "settled_by_mpfr": total.points if self.dtype == "float64" else total.settled,
            "wrong_nan_infinity_or_sign": total.strange,
            "first_of_these": readable(total.strangest, self.dtype),
            "passed": not total.strange and total.error <= self.bound and exactly_rounded,
        }


def part(operand: Any, at: Any) -> Any:
    """Those elements of an operand, which may be one number for all, or missing."""
    return operand[at] if isinstance(operand, np.ndarray) else operand


def readable(point: Worst | None, dtype: str) -> dict[str, dict[str, str]] | None:
    """Each number in hexadecimal and decimal."""
    if point is None:
        return None
    return {
        name: {
            "hex": re.sub(r"\.?0+p", "p", text),
            "decimal": str(DTYPES[dtype](float.fromhex(text))),
        }
        for name, text in point.items()
    }


def cases(functions: list[str], dtype: str | None, effort: Effort) -> list[Case]:
    found = []
    for name in dict.fromkeys(functions or FORMULAS):
        has_alpha = bool(_ufuncs.catalog()[name]["parameters"])
        for kind in [dtype] if dtype else DTYPES:
            sample = effort.float32 if kind == "float32" else effort.float64
            every = effort.every_float32 and kind == "float32"
            for suffix in ("", "_grad"):
                found.append(
                    Case(name, suffix, kind, False, every, *(ALL_FLOAT32 if every else sample))
                )
            for suffix in ("", "_grad", "_backward") if has_alpha else ("_backward",):
                found.append(Case(name, suffix, kind, has_alpha, False, *sample))
    return found


# ---- The work ----------------------------------------------------------------


def verify(chosen: list[Case], jobs: int, state_path: str | None = None) -> dict[str, Any]:
    """Verify cases, going on from a state; return the report."""
    if importlib.util.find_spec("gmpy2") is None:
        raise CommandError("verify needs gmpy2: pip install 'relu_fast[verify]'")
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
    results = [case.result(state.total(case)) for case in chosen]
    return {"facts": facts(time.monotonic() - started), "results": results}


class Pools:
    """Cores for segments: threads where NumPy does the work, processes where MPFR, in Python."""

    def __init__(self, jobs: int):
        self._jobs = jobs
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Pools:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.close()

    def map(self, function: Callable[[int], Tally], case: Case, start: int) -> Iterator[Tally]:
        """The tallies of the segments from `start` on, in order."""
        rest = range(start, case.segments)
        if self._jobs == 1 or len(rest) == 0:
            return map(function, rest)
        pool = self._threads if case.dtype == "float32" else self._processes
        return pool.map(function, rest)

    @functools.cached_property
    def _threads(self) -> Executor:
        return self._closing(ThreadPoolExecutor(self._jobs))

    @functools.cached_property
    def _processes(self) -> Executor:
        import multiprocessing  # slow to import
        from concurrent.futures import ProcessPoolExecutor

        # Not forked, which is not safe in a process with threads; and Ctrl-C is for the parent,
        # which lets them finish.
        spawn = multiprocessing.get_context("spawn")
        ignore = (signal.SIGINT, signal.SIG_IGN)
        return self._closing(ProcessPoolExecutor(self._jobs, spawn, signal.signal, ignore))

    def _closing(self, pool: Executor) -> Executor:
        """Interrupted, a pool ends what it is at, and no more."""
        self._stack.callback(pool.shutdown, cancel_futures=True)
        return pool


class State:
    """For each case how many of its segments are done, and their tally; kept in a file."""

    _INTERVAL = 1.0  # seconds between two writes

    def __init__(self, path: str | None, identity: dict[str, Any]):
        self._path = path
        self._identity = identity
        self._done: dict[str, tuple[int, Tally]] = {}
        self._due = time.monotonic() + self._INTERVAL
        if path and os.path.exists(path):
            self._load(path)
        self._write()  # fails now and not after an hour's work, if at all

    def _load(self, path: str) -> None:
        with naming("--state", path, "a file that can be read and written"):
            text = pathlib.Path(path).read_bytes()
        try:
            stored = json.loads(text)
            theirs = stored["identity"]
            done = {name: (count, Tally(**t)) for name, (count, t) in stored["done"].items()}
        except (ValueError, LookupError, TypeError, AttributeError):
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
        with (
            naming("--state", self._path, "a file that can be written"),
            replacing(os.path.realpath(self._path)) as file,
        ):
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
    for module in (_ufuncs, _exact, _samples, sys.modules[__name__]):
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
    titles = ["function", "", "alpha", "inputs", "max ULP", "promised"]
    titles += ["not nearest", "", "largest error at x", "", ""]
    groups: dict[str, list[Row]] = {}
    for result in report["results"]:
        activation = re.sub("_(grad|backward)$", "", result["function"])
        groups.setdefault(activation, []).append(table_row(result))
    header = [[Cell(title, "bold") for title in titles]]
    Table("<<<>>>>><><", header, groups.values()).print(sys.stdout)
    print(" inputs: 4,294,967,296 are all of float32; not nearest: results that are not the number")
    print(" nearest to the real one, of all inputs.")


def table_row(result: dict[str, Any]) -> Row:
    share = result["not_correctly_rounded"] / result["points"] if result["points"] else 0.0
    x = result["worst"]["x"] if result["worst"] else {"hex": "", "decimal": ""}
    verdict = Cell("proved" if result["method"] == "every input" else "holds", "good")
    if not result["passed"]:
        strange = result["wrong_nan_infinity_or_sign"]
        verdict = Cell(f"BROKEN ({strange:,} NaN, inf, sign)" if strange else "BROKEN", "bad")
    return [
        Cell(result["function"]),
        Cell(result["dtype"]),
        Cell(result["alpha"] or ""),
        Cell(f"{result['points']:,}"),
        Cell(f"{result['max_ulp']:.4f}" if result["max_ulp"] else "0"),
        Cell(f"{result['bound_ulp']:g}"),
        Cell(f"{result['not_correctly_rounded']:,}"),
        Cell(f"{share:.2%}" if share else ""),
        Cell(x["hex"]),
        Cell(x["decimal"]),
        verdict,
    ]
