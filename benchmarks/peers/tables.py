"""The report on the terminal."""

from __future__ import annotations

from rich import box
from rich.table import Table
from rich.text import Text

from .cells import FUNCTIONS, LAYOUTS, size_name
from .forms import FORMS
from .results import NOISE
from .summary import summary

GOOD = 2.0  # from this ratio on, green
WORST = 10
LEGEND = """\
ns, cycles: of an element, the median; ±: the interquartile range over it
limit: how much of the speed of a plain C loop over as much memory is reached
peers: their time over ours; above 1, relu_fast is faster"""
WIDTH = 120  # where the output is no terminal


def show(report, console):
    """One table for each function, then the summary."""
    if not console.is_terminal:
        console.width = WIDTH
    for function in FUNCTIONS:
        results = [result for result in report.results if result.cell.function == function]
        if results:
            console.print(function_table(report, function, results))
    console.print(LEGEND, highlight=False)
    console.print(summary_table(report))
    for peer, cell in report.disagreements():
        console.print(f"[yellow]not timed, {peer} computes something else: {cell}")
    if report.peers:
        console.print(worst_table(report))


def function_table(report, function, results):
    table = Table(title=function, box=box.SIMPLE_HEAD, title_style="bold", padding=(0, 1, 0, 0))
    for name in ("form", "dtype"):
        table.add_column(name, no_wrap=True)
    for name in ("n", "threads", "ns", "cycles", "±", "limit", *report.peers):
        table.add_column(name, justify="right", min_width=4)
    kinds = {(result.cell.layout, result.cell.form) for result in results}
    for layout in LAYOUTS:
        for form in FORMS:
            if (layout, form) in kinds:
                for result in results:
                    if (result.cell.layout, result.cell.form) == (layout, form):
                        table.add_row(*row(report, result))
                table.add_section()
    return table


def row(report, result):
    cell = result.cell
    yield cell.form if cell.layout == "contiguous" else f"{cell.form}, {LAYOUTS[cell.layout]}"
    yield cell.dtype
    yield size_name(cell.n)
    yield str(cell.threads)
    yield f"{result.nanoseconds:.3g}"
    yield number(report.cycles(result), ".3g")
    yield f"{result.spread:.0%}"
    yield number(result.share, ".0%")
    for name in report.peers:
        yield ratio_text(result.ratios.get(name))


def summary_table(report):
    table = Table(title="Summary", box=box.SIMPLE, show_header=False, title_style="bold")
    table.add_column()
    table.add_column(justify="right")
    for what, value in summary(report):
        table.add_row(what, value)
    return table


def worst_table(report):
    table = Table(title="Nearest to a peer", box=box.SIMPLE_HEAD, title_style="bold")
    for name in ("cell", "best peer"):
        table.add_column(name)
    table.add_column("ratio", justify="right")
    for result in report.by_ratio()[: max(WORST, len(report.behind()))]:
        table.add_row(str(result.cell), result.best_peer, ratio_text(result.ratio))
    return table


def ratio_text(ratio):
    style = ""
    if ratio is not None:
        style = "green" if ratio >= GOOD else "bold red" if ratio < NOISE else ""
    return Text(ratio_number(ratio), style=style)


def ratio_number(ratio):
    return number(ratio, ".2f" if ratio and ratio < 10 else ".0f")


def number(value, form):
    return "" if value is None else format(value, form)
