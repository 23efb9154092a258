"""``relu-fast plot``: a picture of activations and their derivatives."""

from __future__ import annotations

import argparse
import itertools
import logging
import math
import os
import sys
import warnings
from typing import Any, NamedTuple

import numpy as np

import relu_fast

from .. import _catalog
from .._catalog import Activation
from .command import (
    CommandError,
    add_parameter_options,
    function_type,
    given_parameters,
    reason,
)
from .files import replacing
from .streams import show

DRAWN = {("y",): "value", ("dy",): "derivative"}  # by outputs: the value first
COLUMNS = 7  # at most: more activations than these go on in the next band
LARGEST = 1e300  # x: matplotlib's own arithmetic overflows beyond
STYLES = ("-", "--", ":")  # of lines together, one for every ten colours


def drawn_functions(activation: Activation) -> list[str]:
    """The names of its functions of one x that have these outputs."""
    functions = [f for f in activation.functions() if f.is_ufunc and f.form.inputs == ("x",)]
    return [f.name for output in DRAWN for f in functions if f.form.outputs == output]


ACTIVATIONS = {
    name: activation
    for name, activation in _catalog.ACTIVATIONS.items()
    if len(drawn_functions(activation)) == len(DRAWN)
}


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "plot",
        help="draw activations and their derivatives",
        description="Draw activations and their derivatives into a picture file, each in axes of "
        "its own, or all together. Needs matplotlib: pip install 'relu_fast[plot]'. A parameter "
        "may be given several times, for a line each; one that is not given has its default, or "
        "a typical value.",
        epilog="example: relu-fast plot elu leaky_relu --alpha 0.25 --alpha 1 --out elu.svg",
    )
    parser.add_argument(
        "activations",
        metavar="ACTIVATION",
        nargs="*",
        type=function_type(ACTIVATIONS),
        help=f"of {', '.join(ACTIVATIONS)} (default: all)",
    )
    add_parameter_options(parser, ACTIVATIONS.values(), action="append")
    parser.add_argument(
        "--together", action="store_true", help="all in the same axes, one line over the other"
    )
    parser.add_argument(
        "--range",
        metavar=("LOW", "HIGH"),
        nargs=2,
        type=float,
        default=(-4.0, 2.0),
        help="of x (default: -4 2)",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        default="relu_fast.png",
        help="the picture: .png, .svg or .pdf (default: relu_fast.png)",
    )
    parser.set_defaults(run=run, parser=parser)


def run(options: argparse.Namespace) -> None:
    low, high = options.range
    if not -LARGEST <= low < high <= LARGEST:
        options.parser.error(
            f"argument --range: expected two numbers LOW < HIGH, between -{LARGEST:g} and "
            f"{LARGEST:g}, not {low} {high}"
        )
    activations = [ACTIVATIONS[name] for name in options.activations or ACTIVATIONS]
    names = ", ".join(activation.name for activation in activations)
    parameters = given_parameters(options, activations, names)
    figure = new_figure()
    suffix = os.path.splitext(options.out)[1][1:].lower()
    if suffix not in (known := figure.canvas.get_supported_filetypes()):
        options.parser.error(
            f"argument --out: expected a name that ends in .{', .'.join(sorted(known))}, "
            f"not {options.out!r}"
        )
    draw = draw_together if options.together else draw_apart
    with (
        replacing("--out", options.out, "a file that can be written") as file,
        np.errstate(all="ignore"),  # the picture shows infinities, too
        warnings.catch_warnings(action="ignore"),
    ):
        x = np.linspace(low, high, 1201)
        try:
            draw(figure, [curves_of(activation, parameters, x) for activation in activations])
            figure.savefig(file, format=suffix, dpi=150)
        except (ArithmeticError, ValueError, RuntimeError) as error:
            raise CommandError(f"matplotlib cannot draw this: {error}") from None
    show(f"wrote {options.out}\n", sys.stdout)


def new_figure() -> Any:
    os.environ["MPLBACKEND"] = "agg"  # not what a notebook set, which may be missing here
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # nothing about its own folders
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise CommandError("plot needs matplotlib: pip install 'relu_fast[plot]'") from None
    except OSError as error:
        raise CommandError(
            f"plot needs a folder that matplotlib can write to, in MPLCONFIGDIR: {reason(error)}"
        ) from None
    return Figure(layout="constrained")


# ---- Drawing -----------------------------------------------------------------


class Curve(NamedTuple):
    """Value and derivative of an activation with some parameters."""

    name: str
    parameters: str  # as they are shown
    x: Any
    ys: list[Any]  # in the order of `DRAWN`


def curves_of(activation: Activation, given: dict[str, list[float]], x: Any) -> list[Curve]:
    """A curve for each combination of parameters."""
    names = [parameter.name for parameter in activation.parameters]
    values = [given.get(p.name) or [p.typical] for p in activation.parameters]
    functions = [getattr(relu_fast, name) for name in drawn_functions(activation)]
    curves = []
    for numbers in itertools.product(*values):
        shown = ", ".join(f"{name} = {v:g}" for name, v in zip(names, numbers, strict=True))
        ys = [without_jumps(function(x, *numbers)) for function in functions]
        curves.append(Curve(activation.name, shown, x, ys))
    return curves


def draw_apart(figure: Any, activations: list[list[Curve]]) -> None:
    """A column for each activation, in as many bands as are needed."""
    bands = math.ceil(len(activations) / COLUMNS)
    columns = math.ceil(len(activations) / bands)
    figure.set_size_inches(2.8 * columns + 0.6, 5 * bands)
    rows = figure.subplots(2 * bands, columns, sharex=True, sharey="row", squeeze=False)
    places = [rows[2 * band : 2 * band + 2, column] for band, column in np.ndindex(bands, columns)]
    for axes, curves in zip(places, activations, strict=False):
        for i, axis in enumerate(axes):
            for curve in curves:
                axis.plot(curve.x, curve.ys[i], label=curve.parameters, linewidth=2)
            axis.set_title(drawn_functions(ACTIVATIONS[curves[0].name])[i], family="monospace")
            add_grid(axis)
        axes[-1].tick_params(labelbottom=True)
        if curves[0].parameters:
            axes[0].legend(frameon=False)
    for axis in itertools.chain(*places[len(activations) :]):
        axis.remove()
    for axis, label in zip(rows[:, 0], itertools.cycle(DRAWN.values()), strict=False):
        axis.set_ylabel(label)


def draw_together(figure: Any, activations: list[list[Curve]]) -> None:
    """One pair of axes, the values left and the derivatives right."""
    curves = list(itertools.chain(*activations))
    figure.set_size_inches(12, max(4.5, 0.22 * len(curves)))  # as high as the legend
    axes = figure.subplots(1, len(DRAWN), sharex=True)
    for n, curve in enumerate(curves):
        style = {"color": f"C{n % 10}", "linestyle": STYLES[n // 10 % len(STYLES)]}
        label = f"{curve.name}, {curve.parameters}" if curve.parameters else curve.name
        for axis, y in zip(axes, curve.ys, strict=True):
            axis.plot(curve.x, y, label=label, **style)
    for axis, title in zip(axes, DRAWN.values(), strict=True):
        axis.set_title(title)
        add_grid(axis)
    lines, labels = axes[0].get_legend_handles_labels()
    figure.legend(lines, labels, loc="outside right upper", frameon=False)


def add_grid(axis: Any) -> None:
    axis.axhline(0, color="grey", linewidth=0.6)
    axis.axvline(0, color="grey", linewidth=0.6)
    axis.grid(alpha=0.25)


def without_jumps(y: Any) -> Any:
    """NaN where y jumps, because a line would look as if it had values in between.

    A jump is a step far larger than those two before and two after it: at a kink one of these
    is as large, and elsewhere both are.
    """
    finite = y[np.isfinite(y)]
    least = 0.01 * np.ptp(finite) if finite.size else 0.0
    with np.errstate(invalid="ignore"):
        steps = np.abs(np.diff(y))
    padded = np.pad(steps, 2)
    jumps = steps > 5 * np.fmax(padded[:-4], padded[4:]) + least
    return np.where(np.append(False, jumps), np.nan, y)
