"""``relu-fast plot``: a picture of activations and their derivatives."""

from __future__ import annotations

import argparse
import itertools
from typing import Any

import numpy as np

import relu_fast

from .. import _catalog
from .._catalog import Activation
from .command import (
    CommandError,
    add_parameter_options,
    function_type,
    given_parameters,
    naming,
)

DRAWN = (("y",), ("dy",))  # outputs: the value above, the derivative below


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
        description="Draw activations and their derivatives, a column for each, into a picture "
        "file. Needs matplotlib: pip install 'relu_fast[plot]'. A parameter may be given several "
        "times, for a line each; one that is not given has its default, or a typical value.",
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
    if not low < high or not np.isfinite([low, high]).all():
        options.parser.error(f"argument --range: expected two numbers LOW < HIGH, not {low} {high}")
    activations = [ACTIVATIONS[name] for name in options.activations or ACTIVATIONS]
    names = ", ".join(activation.name for activation in activations)
    parameters = given_parameters(options, activations, names)
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise CommandError("plot needs matplotlib: pip install 'relu_fast[plot]'") from None
    figure = Figure(figsize=(2.8 * len(activations) + 0.6, 5), layout="constrained")
    axes = figure.subplots(2, len(activations), sharex=True, sharey="row", squeeze=False)
    x = np.linspace(low, high, 1201)
    for activation, column in zip(activations, axes.T, strict=True):
        draw(activation, parameters, x, column)
    axes[0, 0].set_ylabel("value")
    axes[1, 0].set_ylabel("derivative")
    try:
        with naming("--out", options.out, "a file that can be written"):
            figure.savefig(options.out, dpi=150)
    except ValueError as error:  # a suffix that matplotlib cannot write
        options.parser.error(f"argument --out: {error}")
    print(f"wrote {options.out}")


def draw(activation: Activation, given: dict[str, list[float]], x: Any, axes: Any) -> None:
    """Value and derivative, a line for each combination of parameters."""
    names = [parameter.name for parameter in activation.parameters]
    values = [given.get(p.name) or [p.typical] for p in activation.parameters]
    lines = list(itertools.product(*values))
    for axis, function in zip(axes, drawn_functions(activation), strict=True):
        for line in lines:
            label = ", ".join(f"{name} = {v:g}" for name, v in zip(names, line, strict=True))
            y = getattr(relu_fast, function)(x, *line)
            axis.plot(x, without_jumps(x, y), label=label, linewidth=2)
        axis.axhline(0, color="grey", linewidth=0.6)
        axis.axvline(0, color="grey", linewidth=0.6)
        axis.grid(alpha=0.25)
        axis.set_title(function, fontfamily="monospace")
    if names:
        axes[0].legend(frameon=False)


def without_jumps(x: Any, y: Any) -> Any:
    """NaN where y jumps, because a line would look as if it had values in between."""
    steep = np.abs(np.diff(y)) > 10 * np.diff(x)
    return np.where(np.append(False, steep), np.nan, y)
