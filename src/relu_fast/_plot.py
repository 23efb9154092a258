"""``relu-fast plot``: a picture of activations and their derivatives."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

import relu_fast

from ._command import CommandError, function_type, naming
from ._comparisons import ALPHA, EXPRESSIONS


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "plot",
        help="draw activations and their derivatives",
        description="Draw activations and their derivatives, a column for each, into a picture "
        "file. Needs matplotlib: pip install 'relu_fast[plot]'.",
        epilog="example: relu-fast plot elu leaky_relu --alpha 0.25 --alpha 1 --out elu.svg",
    )
    parser.add_argument(
        "activations",
        metavar="ACTIVATION",
        nargs="*",
        type=function_type(EXPRESSIONS),
        help=f"of {', '.join(EXPRESSIONS)} (default: all)",
    )
    parser.add_argument(
        "--alpha",
        metavar="A",
        type=float,
        action="append",
        help="the parameter; may be given several times (default: each function's own, "
        "0.25 for prelu)",
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
    if not low < high or not np.isfinite([low, high]).all():
        options.parser.error(f"argument --range: expected two numbers LOW < HIGH, not {low} {high}")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise CommandError("plot needs matplotlib: pip install 'relu_fast[plot]'") from None
    activations = options.activations or list(EXPRESSIONS)
    figure = Figure(figsize=(2.8 * len(activations) + 0.6, 5), layout="constrained")
    axes = figure.subplots(2, len(activations), sharex=True, sharey="row", squeeze=False)
    x = np.linspace(low, high, 1201)
    for name, column in zip(activations, axes.T, strict=True):
        draw(name, options.alpha, x, column)
    axes[0, 0].set_ylabel("value")
    axes[1, 0].set_ylabel("derivative")
    try:
        with naming("--out", options.out, "a file that can be written"):
            figure.savefig(options.out, dpi=150)
    except ValueError as error:  # a suffix that matplotlib cannot write
        options.parser.error(f"argument --out: {error}")
    print(f"wrote {options.out}")


def draw(name: str, alphas: list[float] | None, x: Any, axes: Any) -> None:
    """The value above, the derivative below, a line for each alpha."""
    lines: list[tuple[str, tuple[float, ...]]] = [("", ())]
    if name in ALPHA:
        lines = [(f"alpha = {alpha:g}", (alpha,)) for alpha in alphas or [ALPHA[name]]]
    for axis, function in zip(axes, (name, f"{name}_grad"), strict=True):
        for label, parameters in lines:
            y = getattr(relu_fast, function)(x, *parameters)
            if function != name:  # the derivative jumps at 0
                y = np.where(np.diff(x >= 0, prepend=x[0] >= 0), np.nan, y)
            axis.plot(x, y, label=label, linewidth=2)
        axis.axhline(0, color="grey", linewidth=0.6)
        axis.axvline(0, color="grey", linewidth=0.6)
        axis.grid(alpha=0.25)
        axis.set_title(function, fontfamily="monospace")
    if name in ALPHA:
        axes[0].legend(frameon=False)
