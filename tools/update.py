"""Write all that is derived from the tables; run this after a change of them, and review the diff.

``--check`` writes nothing, names the files that are stale, and fails if there are any;
``--output`` writes the texts to another folder, with the rows that are in test builds only.
Both take the tables from the installed package.  Needs mpmath.
"""

from __future__ import annotations

import argparse
import difflib
import pathlib
import subprocess
import sys
from collections.abc import Callable, Iterator

import generate.api
import generate.benchmarks
import generate.compiled
import generate.readme
import generate.stubs
import make_test_points

TOOLS = pathlib.Path(__file__).parent
ROOT = TOOLS.parent
DIFF_LINES = 20

# What is a text, by the file that holds it; takes whether to include rows of test builds.
TEXTS: dict[str, Callable[[bool], str]] = {
    "README.md": lambda test_rows: generate.readme.text(test_rows=test_rows),
    "benchmarks/functions.json": lambda test_rows: generate.benchmarks.text(test_rows=test_rows),
    "src/c/include/relu_fast_functions.h": lambda test_rows: generate.compiled.header(
        test_rows=test_rows
    ),
    "src/relu_fast/__init__.pyi": lambda test_rows: generate.stubs.text(test_rows=test_rows),
    "src/relu_fast/_names.py": lambda test_rows: generate.stubs.names(test_rows=test_rows),
    "src/relu_fast/cython_api.pxd": lambda test_rows: generate.compiled.pxd(test_rows=test_rows),
    "tests/data/api.txt": lambda test_rows: generate.api.text(test_rows=test_rows),
    "tests/data/points_float16.txt": lambda _: make_test_points.text("float16"),
    "tests/data/points_float32.txt": lambda _: make_test_points.text("float32"),
    "tests/data/points_float64.txt": lambda _: make_test_points.text("float64"),
}

# What has a tool of its own: its arguments to write, and to check.  Hashes are written by the
# oldest kernels; tests/values/test_hashes.py has the quick ones alone.
COMMANDS: dict[str, tuple[list[str], list[str]]] = {
    "make_hashes.py": ([], ["--check"]),  # of every ISA that runs here
    "derive_coefficients.py": (["--write"], ["--check"]),
    "derive_tables.py": (["--write"], ["--check"]),
}


def run(arguments: list[str]) -> bool:
    """Run a tool, which says itself what is wrong; whether nothing is."""
    return not subprocess.run([sys.executable, *arguments], cwd=TOOLS, check=False).returncode


def differences(name: str, present: str, wanted: str) -> Iterator[str]:
    """The first lines of a diff."""
    diff = list(difflib.unified_diff(present.splitlines(), wanted.splitlines(), name, name, n=0))
    yield from (line.rstrip("\n") for line in diff[:DIFF_LINES])
    if len(diff) > DIFF_LINES:
        yield f"... and {len(diff) - DIFF_LINES} lines more"


def check() -> int:
    """Tell what is stale, and return 1 if anything is."""
    stale = []
    for name, text in TEXTS.items():
        path = ROOT / name
        present = path.read_text() if path.exists() else ""
        wanted = text(False)
        if present != wanted:
            stale.append(name)
            print("\n".join(differences(name, present, wanted)))
    stale += [tool for tool, (_, arguments) in COMMANDS.items() if not run([tool, *arguments])]
    if stale:
        print(f"stale: {', '.join(stale)}; run python tools/update.py", file=sys.stderr)
    return 1 if stale else 0


def write() -> int:
    """Write what is stale, and name it."""
    for name, text in TEXTS.items():
        path = ROOT / name
        wanted = text(False)
        if not path.exists() or path.read_text() != wanted:
            path.write_text(wanted)
            print(name)
    failed = [tool for tool, (arguments, _) in COMMANDS.items() if not run([tool, *arguments])]
    return 1 if failed else 0


def write_to(folder: pathlib.Path) -> int:
    """Write the texts to a folder, rows of test builds included."""
    for name, text in TEXTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(True))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="fail if something is stale")
    mode.add_argument("--output", type=pathlib.Path, metavar="DIR", help="write to this folder")
    options = parser.parse_args()
    if options.output:
        return write_to(options.output)
    return check() if options.check else write()


if __name__ == "__main__":
    sys.exit(main())
