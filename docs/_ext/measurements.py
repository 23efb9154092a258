"""What was measured, read from the pages that the measuring programs write."""

from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parent.parent
ERRORS = DOCS / "accuracy.md"  # by tools/make_accuracy_page.py
TIMES = DOCS / "performance_inputs.md"  # by benchmarks/compare_inputs.py


class Time(NamedTuple):
    """Nanoseconds of an element."""

    normal: float  # for normally distributed x
    slowest: float  # for whichever of all the inputs it is largest


def first_table(path):
    """The rows, by the titles, of the first table on a page that has functions and dtypes."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("| function | dtype |"))
    titles = cells(lines[start])
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(dict(zip(titles, cells(line), strict=True)))
    return rows


def cells(line):
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def largest_errors(dtype="float32"):
    """In ULP, as text, by function: of those that were computed for all inputs."""
    return {
        row["function"].strip("`"): row["largest error, ULP"]
        for row in first_table(ERRORS)
        if row["dtype"] == dtype and row["inputs"] == "all"
    }


def times(dtype="float32"):
    """A `Time` for each function."""
    found = {}
    for row in first_table(TIMES):
        if row["dtype"] == dtype:
            normal = next(float(cell) for title, cell in row.items() if title.startswith("ns,"))
            multiples = [float(row[title]) for title in other_inputs(row)]
            found[row["function"].strip("`")] = Time(normal, normal * max([1.0, *multiples]))
    return found


def other_inputs(titles):
    """Of all titles those between our time and the first library, which also has a "least"."""
    titles = list(titles)
    first = next(i for i, title in enumerate(titles) if title.startswith("ns,")) + 1
    libraries = (i for i, title in enumerate(titles) if f"{title}, least" in titles)
    return titles[first : next(libraries, len(titles))]
