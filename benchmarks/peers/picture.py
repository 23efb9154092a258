"""The report as a picture: what each library reaches of the limit, by the arrays' size."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .cells import FUNCTIONS
from .forms import FORMS
from .results import OURS

# Okabe and Ito's colours, which the colour-blind can tell apart; ours has the strongest.
COLOURS = {
    OURS: "#d55e00",
    "PyTorch": "#0072b2",
    "ONNX Runtime": "#009e73",
    "numba": "#cc79a7",
    "JAX": "#e69f00",
    "NumPy": "#555555",
    "numexpr": "#56b4e9",
    "SciPy": "#f0e442",
}
INK, FAINT, CEILING = "#222222", "#999999", "#e9e9e9"

# A row of panels each.  What a library does not offer is replaced by the next form.
ROWS = {"value": ("out", "fresh"), "gradient": ("backward-out", "backward")}
DTYPE = "float32"
GAP = 0.06  # between two names, of the height of a panel
ROOM_FOR_NAMES = 0.36  # beside the lines, of their length
CONNECTOR = {"arrowstyle": "-", "linewidth": 0.5, "relpos": (0, 0.5), "shrinkA": 1, "shrinkB": 0}


class Frame(NamedTuple):
    """The range of all panels: sizes from left to right, GB/s from bottom to top."""

    left: float
    right: float
    bottom: float
    top: float


def draw(report, path):
    """Write the picture to `path`; False if there are not enough sizes for lines."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    panels = {
        (row, function): lines(report, function, forms)
        for row, forms in ROWS.items()
        for function in FUNCTIONS
    }
    everything = [line for panel in panels.values() for line in panel.values()]
    if not everything:
        return False
    sizes = [n for line in everything for n in line]
    rates = [rate / 1e9 for line in everything for rate in line.values()]
    frame = Frame(min(sizes), max(sizes), min(rates) / 1.5, max(rates) * 1.5)
    rows = [row for row in ROWS if any(panels[row, function] for function in FUNCTIONS)]
    functions = [f for f in FUNCTIONS if any(panels[row, f] for row in rows)]
    style = {"font.family": "DejaVu Sans", "font.size": 9, "axes.edgecolor": FAINT}
    with plt.rc_context(style):
        figure, axes = plt.subplots(
            len(rows),
            len(functions),
            figsize=(0.8 + 3.6 * len(functions), 1.2 + 3.2 * len(rows)),
            sharex=True,
            sharey=True,
            squeeze=False,
            layout="constrained",
        )
        for row, line_of_axes in zip(rows, axes, strict=True):
            for function, panel in zip(functions, line_of_axes, strict=True):
                draw_panel(panel, panels[row, function], frame)
                name = FORMS[ROWS[row][0]].ufunc(function).name
                panel.set_title(name, loc="left", fontweight="bold", color=INK)
            line_of_axes[0].set_ylabel("GB/s read and written", color=INK)
        for panel in axes[-1]:
            panel.set_xlabel("elements", color=INK)
        figure.suptitle(title(report), x=0.012, ha="left", fontsize=10, color=INK)
        figure.savefig(path, dpi=150)
        plt.close(figure)
    return True


def title(report):
    facts = report.stored["machine"]
    return (
        "How fast the arrays go through: the grey area is as fast as a plain C loop gets"
        f"\n{facts['CPU']}, {DTYPE}, most threads measured at each size,"
        f" {report.stored['date']}"
    )


def lines(report, function, forms):
    """{library or "limit": {n: bytes per second}} with the most threads measured for each n."""
    usual = [
        result
        for result in report.results
        if result.cell.function == function
        and result.cell.dtype == DTYPE
        and result.cell.layout == "contiguous"
    ]
    found = {}
    for form in reversed(forms):  # the first one has the last word
        for result in sorted(usual, key=lambda result: result.cell.threads):
            if result.cell.form == form:
                if form == forms[0] and result.limit:
                    found.setdefault("limit", {})[result.cell.n] = result.bytes / result.limit
                for name in result.statements:
                    rate = result.bytes / result.seconds[name]
                    found.setdefault(name, {})[result.cell.n] = rate
    return {name: dict(sorted(rates.items())) for name, rates in found.items() if len(rates) > 1}


def draw_panel(panel, rates, frame):
    """The ceiling, the lines, and beside each line's end its name."""
    panel.set(xscale="log", yscale="log", ylim=(frame.bottom, frame.top))
    room = (frame.right / frame.left) ** ROOM_FOR_NAMES
    panel.set_xlim(frame.left * 0.7, frame.right * room)
    powers = (10**power for power in range(20))
    panel.set_xticks([n for n in powers if frame.left <= n <= frame.right])
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(axis="y", color="#eeeeee", zorder=0)
    panel.tick_params(colors=INK, which="both", length=0)
    panel.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    if "limit" in rates:
        panel.fill_between(
            *points(rates["limit"]), frame.bottom, color=CEILING, linewidth=0, zorder=1
        )
    ends = {}
    for name in sorted(rates, key=lambda name: name == OURS):  # ours is drawn above the others
        if name != "limit":
            n, rate = points(rates[name])
            width = 2.8 if name == OURS else 1.3
            panel.plot(n, rate, color=COLOURS[name], linewidth=width, zorder=3)
            ends[name] = (n[-1], rate[-1])
    write_names(panel, ends, frame)


def write_names(panel, ends, frame):
    """At the height of the lines' ends, but never one over the other."""
    gap = GAP * math.log(frame.top / frame.bottom)
    names = sorted(ends, key=lambda name: ends[name][1])
    heights = [math.log(ends[name][1]) for name in names]
    for i in range(1, len(names)):
        heights[i] = max(heights[i], heights[i - 1] + gap)
    ceiling = math.log(frame.top)
    for i in reversed(range(len(names))):
        heights[i] = ceiling = min(heights[i], ceiling)
        ceiling -= gap
    start = max(n for n, _ in ends.values())
    for name, height in zip(names, heights, strict=True):
        panel.annotate(
            name,
            ends[name],
            (start * 1.7, math.exp(height)),
            color=COLOURS[name],
            fontweight="bold" if name == OURS else "normal",
            va="center",
            fontsize=8.5,
            arrowprops=CONNECTOR | {"color": COLOURS[name]},
        )


def points(line):
    """Sizes, and GB/s."""
    n, rate = np.array(list(line.items())).T
    return n, rate / 1e9
