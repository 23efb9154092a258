"""The report as a page: docs/performance.md."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from .cells import FUNCTIONS, LARGE, LAYOUTS, TINY, size_name
from .results import NOISE, OURS
from .summary import geometric_mean, summary
from .tables import number, ratio_number

INTRODUCTION = """\
# Performance

relu_fast beside the other libraries that compute these functions, and beside what the memory
of the machine allows. This page is written by

```sh
pip install ".[peers]"
{command}
```

which [benchmarks/README.md](../benchmarks/README.md#peers) describes: one process, everybody in
turn, medians. Numbers of another machine differ; ratios and shares differ less.
"""

PICTURE = """
![Bandwidth that each library reaches, by function and array size]({picture})

Grey: a plain C loop over as much memory, with as many threads. Right of each panel the arrays are
larger than any cache; left, a call's fixed cost is all there is.
"""


class Section(NamedTuple):
    """A table of the cells for which `belongs` is true."""

    title: str
    text: str
    belongs: Callable


def main_layout(result):
    return result.cell.layout == "contiguous" and result.cell.dtype == "float32"


def sections(report):
    largest = max((r.cell.n for r in report.results if main_layout(r)), default=0)
    smallest = min((r.cell.n for r in report.results if main_layout(r)), default=math.inf)
    most_threads = max((r.cell.threads for r in report.results), default=1)
    return (
        Section(
            "Tiny arrays",
            "The fixed cost of a call.",
            lambda r: main_layout(r) and r.cell.n == smallest <= TINY and r.cell.threads == 1,
        ),
        Section(
            "In the cache, one thread",
            "",
            lambda r: main_layout(r) and r.cell.n == 65_536 and r.cell.threads == 1,
        ),
        Section(
            "Larger than the caches, all threads",
            "",
            lambda r: (
                main_layout(r) and r.cell.n == largest > LARGE and r.cell.threads == most_threads
            ),
        ),
        Section(
            "Other layouts",
            "The limit is that of contiguous arrays with as many elements.",
            lambda r: (
                r.cell.layout != "contiguous"
                and r.cell.dtype == "float32"
                and r.cell.form in ("out", "gradients")
                and r.cell.n > 2**16
                and r.cell.threads == most_threads
            ),
        ),
    )


def write(report, path, picture, other=None):
    path.write_text(page(report, picture, other), encoding="utf-8")


def page(report, picture, other=None):
    """`other`: the report of a run whose threads waited in another way."""
    stored = report.stored
    parts = [INTRODUCTION.format(command=stored["command"])]
    if picture:
        parts.append(PICTURE.format(picture=picture))
    parts.append(heading("Summary", table(["", ""], summary(report), "lr")))
    if report.peers:
        parts.append(heading("Each library", EACH_LIBRARY, library_table(report)))
    for section in sections(report):
        results = [result for result in report.results if section.belongs(result)]
        if results:
            parts.append(heading(section.title, section.text, result_table(report, results)))
    if other:
        parts.append(heading("Waiting threads", WAITING, waiting_table(report, other)))
    parts.append(heading("Where a peer is faster", behind(report)))
    facts = stored["machine"] | {"date": stored["date"]}
    versions = ", ".join(f"{name} {version}" for name, version in stored["versions"].items())
    rows = [*facts.items(), ("versions", versions)]
    if stored["missing"]:
        rows.append(("not installed", ", ".join(stored["missing"])))
    parts.append(heading("Machine", table(["", ""], rows, "ll")))
    return "\n".join(parts)


EACH_LIBRARY = (
    "Its time over ours (above 1, relu_fast is faster): the geometric mean over all cells that"
    " it offers, both dtypes."
)
GROUPS = {
    f"n ≤ {TINY}": lambda r: r.cell.n <= TINY,
    f"n > {LARGE:,}, one thread": lambda r: r.cell.n > LARGE and r.cell.threads == 1,
    f"n > {LARGE:,}, all threads": lambda r: r.cell.n > LARGE and r.cell.threads > 1,
}


def library_table(report):
    rows = []
    for function in FUNCTIONS:
        for title, belongs in GROUPS.items():
            group = [r for r in report.results if r.cell.function == function and belongs(r)]
            means = [mean_ratio(group, peer) for peer in report.peers]
            if any(means):
                rows.append([function, title, *map(ratio_number, means)])
    return table(["", "", *report.peers], rows, "ll" + "r" * len(report.peers))


WAITING = (
    "The same for all threads, where the threads of OpenMP's runtime wait in two ways: spinning"
    " ones keep the CPUs from whoever computes next."
)


def waiting_table(report, other):
    rows = []
    common = {r.cell for r in report.results} & {r.cell for r in other.results}
    for function in FUNCTIONS:
        for side in (report, other):
            group = [
                r
                for r in side.results
                if r.cell in common
                and r.cell.function == function
                and r.cell.n > LARGE
                and r.cell.threads > 1
            ]
            if group:
                means = [mean_ratio(group, peer) for peer in report.peers]
                way = side.stored["machine"]["waiting threads"]
                rows.append([function, way, *map(ratio_number, means)])
    return table(["", "", *report.peers], rows, "ll" + "r" * len(report.peers))


def mean_ratio(results, peer):
    ratios = [r.ratios[peer] for r in results if peer in r.ratios]
    return geometric_mean(ratios) if ratios else None


def result_table(report, results):
    order = sorted(results, key=lambda r: FUNCTIONS.index(r.cell.function))
    tiny = all(result.cell.n <= TINY for result in results)
    several_sizes = len({result.cell.n for result in results}) > 1
    columns = ["call", *(["n"] if several_sizes else []), "ns a call" if tiny else "ns an element"]
    columns += [] if tiny else ["cycles", "of the limit"]
    rows = []
    for result in order:
        row = [call(result)]
        if several_sizes:
            row.append(size_name(result.cell.n))
        if tiny:
            row.append(f"{result.ours * 1e9:.0f}")
        else:
            row.append(number(result.nanoseconds, ".3f"))
            row += [number(report.cycles(result), ".2f"), number(result.share, ".0%")]
        rows.append([*row, *(marked_ratio(report, result, peer) for peer in report.peers)])
    caption = "" if several_sizes else f"n = {size_name(results[0].cell.n)}, float32. "
    body = table(
        [*columns, *report.peers], rows, "l" + "r" * (len(columns) - 1 + len(report.peers))
    )
    explained = "their time over ours, and their largest error where that is larger than ours"
    return f"{caption}Under the libraries: {explained}.\n\n{body}"


def marked_ratio(report, result, peer):
    ratio = ratio_number(result.ratios.get(peer))
    error = report.lower_accuracy(result, peer)
    return f"{ratio} ({error:.3g} ULP)" if ratio and error else ratio


def call(result):
    statement = result.statements[OURS].replace("rf.", "")
    layout = result.cell.layout
    if layout == "contiguous":
        return f"`{statement}`"
    return f"`{statement}`, {LAYOUTS[layout]}"


def behind(report):
    found = report.behind()
    if not found:
        return f"Nowhere by more than noise (a ratio below {NOISE})."
    rows = [[str(r.cell), r.best_peer, marked_ratio(report, r, r.best_peer)] for r in found]
    return table(["cell", "peer", "its time over ours"], rows, "llr")


def heading(title, *texts):
    return "\n\n".join([f"## {title}", *filter(None, texts)]) + "\n"


def table(header, rows, alignment):
    rules = {"l": "---", "r": "---:"}
    lines = [header, [rules[side] for side in alignment], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
