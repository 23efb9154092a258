"""What the example scripts share: the digits, the command line, the progress, the pictures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from nn import ACTIVATIONS, LEARNED, Activation, Array, Data, Epoch, Functions, Network

try:
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from rich import box, progress
    from rich.console import Console
    from rich.table import Table
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]
    from sklearn.model_selection import train_test_split  # type: ignore[import-untyped]
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
except ModuleNotFoundError as error:
    script = Path(sys.argv[0]).name
    sys.exit(f'{script}: {error}. For all it needs: pip install "relu_fast[examples]"')

# ---- Data --------------------------------------------------------------------


def digits() -> Data:
    """Return scikit-learn's 1797 digits of 8x8 pixels, 3/4 to train on and 1/4 to test.

    Their pixels are in standard deviations from the mean, and in rows of 64.
    """
    x, labels = load_digits(return_X_y=True)
    split = train_test_split(x, labels, test_size=0.25, stratify=labels, random_state=0)
    train_x, test_x, train_labels, test_labels = split
    mean, deviation = train_x.mean(), train_x.std()  # the test set must not influence these
    train_x, test_x = (((x - mean) / deviation).astype(np.float32) for x in (train_x, test_x))
    return Data(train_x, train_labels, test_x, test_labels)


def noise(deviation: float) -> Callable[[Array, np.random.Generator], Array]:
    """Return a function that adds noise to a batch, against learning by heart."""

    def noisy(x: Array, rng: np.random.Generator) -> Array:
        return x + deviation * rng.standard_normal(x.shape, x.dtype)

    return noisy


# ---- The command line --------------------------------------------------------


def make_parser(
    description: str, *, activation: str | list[str], epochs: int, plot: str
) -> argparse.ArgumentParser:
    """Return a parser with the options of all examples; those given here are their defaults.

    If the default is one activation, one can be chosen; if it is a list, several can be
    compared.
    """
    several = isinstance(activation, list)
    parser = argparse.ArgumentParser(
        description=description,
        epilog="prelu always learns its alpha, from 0.25; the alpha of elu and celu and silu's "
        "beta stay at their defaults, or start there with --learn.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--activation",
        choices=[*ACTIVATIONS],
        nargs="+" if several else None,
        default=activation,
        help="those to compare" if several else "of the hidden units",
    )
    add = parser.add_argument
    add("--learn", action="store_true", help="the parameter of elu, celu or silu, too")
    add("--epochs", type=at_least(1), default=epochs, metavar="N", help="times through the data")
    add("--seed", type=at_least(0), default=0, metavar="N", help="of all that is random")
    add("--plot", type=Path, default=plot, metavar="FILE", help="a .png, .svg or .pdf to write")
    return parser


def at_least(least: int) -> Callable[[str], int]:
    """Return a type for argparse."""

    def integer(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}, not {value}")
        return value

    integer.__name__ = "int"  # what argparse calls it in errors
    return integer


def positive(text: str) -> float:
    """Be a type for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a positive number, not {text!r}")
    return value


def parse(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Return the options; ``functions`` is a list with those of the activations."""
    args = parser.parse_args()
    names = args.activation if isinstance(args.activation, list) else [args.activation]
    args.functions = [ACTIVATIONS[name] for name in dict.fromkeys(names)]
    if args.learn:
        if not LEARNED.keys() & {*names}:
            parser.error(f"argument --learn: nothing to learn in {' '.join(names)}")
        args.functions = [LEARNED.get(f.name, f) for f in args.functions]

    check_picture(parser, "--plot", args.plot)
    return args


def check_picture(parser: argparse.ArgumentParser, option: str, path: Path) -> None:
    """End with an error if the picture could not be written: better now than after training."""
    if path.suffix.lower() not in (".png", ".svg", ".pdf"):
        parser.error(f"argument {option}: must end in .png, .svg or .pdf: {path}")
    is_new = not path.exists()
    try:
        path.open("ab").close()
    except OSError as error:
        parser.error(f"argument {option}: cannot write {path}: {error.strerror}")
    if is_new:
        path.unlink()


# ---- The terminal ------------------------------------------------------------


def watch(epochs: Iterator[Epoch], total: int, name: str) -> Iterator[Epoch]:
    """Yield the epochs; show a progress bar meanwhile if stderr is a terminal."""
    console = Console(stderr=True)
    bar = progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[state]}"),
        progress.TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    # Products of matrices as small as these are no faster on several threads, often slower.
    with threadpool_limits(1), bar:
        task = bar.add_task(name, total=total, state="")
        for epoch in epochs:
            state = f"loss {epoch.loss:.4f}, test accuracy {epoch.test_accuracy:.1f} %"
            bar.update(task, advance=1, state=state)
            yield epoch


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: names, then numbers."""
    table = Table(box=box.SIMPLE_HEAD)
    for number, title in enumerate(header):
        table.add_column(title, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


# ---- Pictures ----------------------------------------------------------------

# Okabe & Ito's colours, which colour-blind people can tell apart, and dashes that everybody can.
COLOURS = ["#000000", "#999999", "#0072B2", "#56B4E9", "#D55E00", "#009E73", "#CC79A7", "#E69F00"]
DASHES = ["-", "-", "-", (0, (2, 1.2)), "-", (0, (5, 1.5)), (0, (1, 1)), (0, (4, 1, 1, 1))]
MARKERS = ["", "o", "^", "s"]  # of the first eight activations, the second, ...
matplotlib.rcParams.update(
    {
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.prop_cycle": matplotlib.cycler(color=COLOURS[2::2] + COLOURS[3::2]),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlepad": 10,
        "axes.titleweight": "bold",
        "figure.constrained_layout.use": True,
        "figure.constrained_layout.h_pad": 0.1,
        "figure.constrained_layout.w_pad": 0.12,
        "figure.titlesize": "x-large",
        "grid.alpha": 0.3,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "savefig.dpi": 150,
        "svg.hashsalt": "relu_fast",  # the same picture gives the same file
    }
)


def new_figure(title: str, columns: int, rows: int = 1, **keywords: Any) -> tuple[Figure, Any]:
    """Return a figure, and the array of its panels."""
    figure = Figure(figsize=(4.6 * columns, 0.7 + 3.7 * rows))
    figure.suptitle(title, x=0.012, ha="left")
    return figure, figure.subplots(rows, columns, **keywords)


def line_of(name: str) -> Mapping[str, Any]:
    """Return the style of an activation's curve, the same in all pictures."""
    times, number = divmod([*ACTIVATIONS].index(name), len(COLOURS))
    style = {"color": COLOURS[number], "linestyle": DASHES[number], "marker": MARKERS[times]}
    return {**style, "markersize": 3, "label": name}


def draw_accuracy(panel: Axes, history: Sequence[Epoch]) -> None:
    """Draw how many digits were recognised, by epoch."""
    epochs = range(1, len(history) + 1)
    panel.plot(epochs, [epoch.accuracy for epoch in history], ".-", label="training set")
    panel.plot(epochs, [epoch.test_accuracy for epoch in history], ".-", label="test set")
    panel.set(title="Accuracy", xlabel="epoch", ylabel="digits recognised (%)")
    panel.xaxis.get_major_locator().set_params(integer=True)
    panel.legend(loc="lower right")


def draw_curves(panel: Axes, histories: Mapping[str, Sequence[Epoch]]) -> None:
    """Draw the test accuracies of several activations, by epoch."""
    for name, history in histories.items():
        accuracies = [epoch.test_accuracy for epoch in history]
        panel.plot(range(1, len(history) + 1), accuracies, **line_of(name))
    panel.set(title="Test accuracy", xlabel="epoch", ylabel="digits recognised (%)")
    panel.set_ylim(top=100.5)
    panel.xaxis.get_major_locator().set_params(integer=True)
    panel.legend(loc="lower right")


def draw_activation(panel: Axes, functions: Functions, network: Network) -> None:
    """Draw what was learned or, if there is nothing, the activation and its derivative."""
    if functions.learned:
        what = functions.learned
        layers = [layer for layer in network.layers if isinstance(layer, Activation)]
        for number, layer in enumerate(layers, start=1):
            values = np.sort(layer.parameters[0], axis=None)
            position = np.linspace(0, 100, len(values))
            panel.plot(position, values, ".-", label=f"layer {number}")
        panel.axhline(functions.start, color="black", ls="--", lw=1, label="at the start")
        panel.set(title=f"Learned {what}", xlabel=f"units in order of {what} (%)", ylabel=what)
    else:
        x = np.linspace(-2, 2, 401)
        panel.plot(x, functions.f(x), label="f(x)")
        x[200] = np.nan  # breaks the line at 0, where f' may jump: the derivative of NaN is NaN
        panel.plot(x, functions.grad(x), "--", label="f'(x)")
        panel.set(title=f"{functions.name} and its derivative", xlabel="x")
    panel.legend()


def save(figure: Figure, path: Path) -> None:
    """Write the picture, and print its path."""
    figure.savefig(path)
    print(f"picture: {path}")
