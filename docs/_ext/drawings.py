"""The pictures of an activation and its derivative, computed by the package."""

import io
from itertools import pairwise
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

import relu_fast

X = np.linspace(-8, 8, 3201)

# Ink, grid, then a colour for each curve: Okabe and Ito's, lighter on black.
THEMES = {
    "light": ("#333333", "#d8d8d8", ("#0072b2", "#d55e00", "#009e73", "#aa4499", "#e69f00")),
    "dark": ("#cccccc", "#4a4f57", ("#56b4e9", "#ff9248", "#35c99c", "#e58ccb", "#f0d060")),
}


def curves_of(activation):
    """Parameters to draw: the typical ones, and each in turn moved up once and twice."""
    curves = [activation.typical]
    for i, value in enumerate(activation.typical):
        step = max(abs(value) / 2, 0.1)
        for moved in (value + step, value + 2 * step):
            curves.append((*activation.typical[:i], moved, *activation.typical[i + 1 :]))
    return curves


def drawn_functions(activation):
    """The functions that have a picture: those of x alone, with one output."""
    return [f for f in activation.functions() if f.is_ufunc and is_of_x_alone(f.form)]


def is_of_x_alone(form):
    return form.inputs == ("x",) and len(form.outputs) == 1


def call(function, x, parameters):
    return getattr(relu_fast, function.name)(x, *parameters)


# ---- Where a function jumps --------------------------------------------------


class Jump(NamedTuple):
    """A place where f jumps: x, f there, and f beside it."""

    x: float
    value: float
    below: float
    above: float


def jumps_of(function, parameters):
    """Halves each interval of X in which f changes a lot, until only a jump is left."""

    def f(x):
        return float(call(function, np.float64(x), parameters))

    found = {}
    y = call(function, X, parameters)
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


def all_jumps(activation):
    """Those of the activation and its derivative, for all curves."""
    return [
        jump
        for function in drawn_functions(activation)
        for parameters in curves_of(activation)
        for jump in jumps_of(function, parameters)
    ]


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


def curve_of(function, parameters):
    """Its values at X, NaN where it jumps, so that no line goes across; and the jumps."""
    y = call(function, X, parameters)
    jumps = jumps_of(function, parameters)
    for jump in jumps:
        y[np.abs(X - jump.x) < 1e-6] = np.nan
    return y, jumps


def label_of(activation, parameters):
    typical = activation.typical
    moved = [
        f"{p.name} = {value:g}"
        for p, value in zip(activation.parameters, parameters, strict=True)
        if value != p.typical or parameters == typical
    ]
    is_default = parameters == typical and not activation.required
    return ", ".join(moved) + (" (default)" if is_default else "")


def shown(activation):
    """Which of X: -4 to 4, and all jumps with some room."""
    at = [jump.x for jump in all_jumps(activation)]
    return (min([-4, *(x - 2 for x in at)]) <= X) & (max([4, *(x + 2 for x in at)]) >= X)


def draw_one(function, drawn, colours):
    """An SVG of the function, a curve for each choice of parameters."""
    activation = function.activation
    figure = Figure(figsize=(4, 3), layout="constrained")
    axes = figure.subplots()
    for parameters, colour in zip(curves_of(activation), colours, strict=False):
        y, jumps = curve_of(function, parameters)
        for jump in jumps:
            axes.plot(jump.x, jump.value, "o", markersize=5, color=colour)
        axes.plot(X[drawn], y[drawn], color=colour, label=label_of(activation, parameters))
    axes.set_title(f"{function.name}(x)")
    axes.margins(x=0, y=0.08)
    if activation.parameters and function == drawn_functions(activation)[0]:
        axes.legend(loc="upper left")
    return svg(figure)


def draw_small(activation, drawn, ink, colours):
    """An SVG for a cell of a table: the activation, and dashed its derivative."""
    figure = Figure(figsize=(1.9, 1.3), layout="constrained")
    axes = figure.subplots()
    for function, colour, line in zip(
        drawn_functions(activation), colours, ("-", "--"), strict=False
    ):
        y, _ = curve_of(function, activation.typical)
        axes.plot(X[drawn], y[drawn], line, color=colour)
    low, high = X[drawn][[0, -1]]
    bottom, top = axes.get_ylim()
    axes.set_ylim(max(bottom, low), min(top, high))  # no more of y than of x
    axes.axhline(0, color=ink, linewidth=0.6)
    axes.axvline(0, color=ink, linewidth=0.6)
    axes.locator_params(axis="x", nbins=4, integer=True)
    axes.locator_params(axis="y", nbins=4)
    axes.tick_params(labelsize=7, length=0)
    axes.margins(x=0)
    return svg(figure)


def svg(figure):
    picture = io.StringIO()
    figure.savefig(picture, format="svg", metadata={"Date": None})
    return picture.getvalue()


def draw(activation):
    """Names and contents of the pictures of an activation and its derivative."""
    functions = drawn_functions(activation)
    drawn = shown(activation)
    for theme, (ink, grid, colours) in THEMES.items():
        with mpl.rc_context(style(ink, grid)):
            for function in functions:
                yield f"{function.name}-{theme}.svg", draw_one(function, drawn, colours)
            if functions:
                yield small(activation, theme), draw_small(activation, drawn, ink, colours)


def small(activation, theme):
    """The name of the picture that `draw_small` makes."""
    return f"{activation.name}-small-{theme}.svg"
