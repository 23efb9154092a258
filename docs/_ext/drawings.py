"""The pictures and the table of an activation, computed by the package."""

import io
from itertools import pairwise
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

import relu_fast

X = np.linspace(-8, 8, 3201)
ALPHAS = (0.1, 0.25, 0.5)  # and the default
SPECIAL = {"−∞": -np.inf, "−1": -1.0, "−0": -0.0, "+0": 0.0, "1": 1.0, "∞": np.inf, "NaN": np.nan}

# Ink, grid, then a colour for each alpha: by Okabe and Ito, lighter on black.
THEMES = {
    "light": ("#333333", "#d8d8d8", ("#0072b2", "#d55e00", "#009e73", "#aa4499")),
    "dark": ("#cccccc", "#4a4f57", ("#56b4e9", "#ff9248", "#35c99c", "#e58ccb")),
}


def alphas_of(row):
    if not row["parameters"]:
        return [None]
    default = (row["default_value"],) if row["has_default"] else ()
    return sorted({*ALPHAS, *default})


def call(name, x, alpha):
    function = getattr(relu_fast, name)
    return function(x) if alpha is None else function(x, alpha)


# ---- Where a function jumps --------------------------------------------------


class Jump(NamedTuple):
    """A place where f jumps: x, f there, and f beside it."""

    x: float
    value: float
    below: float
    above: float


def jumps_of(name, alpha):
    """Halves each interval of X in which f changes a lot, until only a jump is left."""

    def f(x):
        return float(call(name, np.float64(x), alpha))

    found = {}
    y = call(name, X, alpha)
    for low, high in pairwise(np.flatnonzero(np.isfinite(y))):
        if abs(y[high] - y[low]) < 0.02:
            continue
        a, b = X[low], X[high]
        while b - a > 1e-12:
            middle = (a + b) / 2
            if abs(f(middle) - f(a)) >= abs(f(b) - f(middle)):
                b = middle
            else:
                a = middle
        x = round(float(a), 9) + 0.0
        jump = Jump(x, f(x), f(x - 1e-9), f(x + 1e-9))
        if abs(jump.above - jump.below) > 1e-3:
            found[x] = jump
    return list(found.values())


# ---- Pictures ----------------------------------------------------------------


def style(ink, grid):
    return {
        "axes.edgecolor": ink,
        "axes.facecolor": "none",
        "axes.grid": True,
        "axes.labelcolor": ink,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": 11,
        "figure.facecolor": "none",
        "grid.color": grid,
        "grid.linewidth": 0.6,
        "legend.fontsize": 9,
        "legend.frameon": False,
        "svg.hashsalt": "relu_fast",  # the same file every time
        "text.color": ink,
        "xtick.color": ink,
        "ytick.color": ink,
    }


def label_of(row, alpha):
    default = row["has_default"] and alpha == row["default_value"]
    return f"alpha = {alpha:g}{' (default)' if default else ''}"


def shown(row):
    """Which of X: -4 to 4, and all kinks with some room."""
    kinks = [jump.x for alpha in alphas_of(row) for jump in jumps_of(f"{row['name']}_grad", alpha)]
    return (min([-4, *(x - 2 for x in kinks)]) <= X) & (max([4, *(x + 2 for x in kinks)]) >= X)


def draw_one(row, name, colours):
    """An SVG of the function `name`, for several alphas."""
    figure = Figure(figsize=(4, 3), layout="constrained")
    axes = figure.subplots()
    drawn = shown(row)
    for alpha, colour in zip(alphas_of(row), colours, strict=False):
        y = call(name, X, alpha)
        jumps = jumps_of(name, alpha)
        for jump in jumps:
            y[np.abs(X - jump.x) < 1e-6] = np.nan  # no line across
            axes.plot(jump.x, jump.value, "o", markersize=5, color=colour)
        axes.plot(X[drawn], y[drawn], color=colour, label=alpha and label_of(row, alpha))
    axes.set_title(f"{name}(x)")
    axes.margins(x=0, y=0.08)
    if row["parameters"] and name == row["name"]:
        axes.legend(loc="upper left")
    picture = io.StringIO()
    figure.savefig(picture, format="svg", metadata={"Date": None})
    return picture.getvalue()


def draw(row):
    """Names and contents of the pictures of an activation and its derivative."""
    for theme, (ink, grid, colours) in THEMES.items():
        with mpl.rc_context(style(ink, grid)):
            for name in (row["name"], f"{row['name']}_grad"):
                yield f"{name}-{theme}.svg", draw_one(row, name, colours)


# ---- The table ---------------------------------------------------------------


def number(y):
    if np.isnan(y):
        return "NaN"
    if np.isinf(y):
        return "∞" if y > 0 else "−∞"
    return f"{y:.4g}".replace("-", "−")


def special_values(row):
    """A Markdown table of the function and its derivative at the points that matter."""
    name = row["name"]
    alpha = None
    if row["parameters"]:
        alpha = row["default_value"] if row["has_default"] else 0.25
    call_text = "(x)" if alpha is None else f"(x, {alpha:g})"
    lines = [f"| x | `{name}{call_text}` | `{name}_grad{call_text}` |", "|---:|---:|---:|"]
    for label, x in SPECIAL.items():
        y = call(name, np.float64(x), alpha)
        slope = call(f"{name}_grad", np.float64(x), alpha)
        lines.append(f"| {label} | {number(y)} | {number(slope)} |")
    return "\n".join(lines)
