"""A step of training in NumPy, with relu_fast, in scikit-learn and in PyTorch, side by side.

The same network learns the same digits from the same weights, by gradient descent with momentum,
in five ways: NumPy with the activations that people write, NumPy with those of relu_fast (in
place where the gradient needs no more than the result), scikit-learn as it comes and with
``relu_fast.sklearn.patch_sklearn()``, and PyTorch where that is installed::

    pip install "relu_fast[examples]"
    python training_step.py                                     # a minute or two
    python training_step.py --activation tanh --layers 256 --batch 64 --quick

It prints what a step takes, how much of that the activations are, and the loss after the last
step; draws times and losses into ``training_step.png``; and fails where the losses are not the
same but for rounding. The products of matrices are most of a step, and the same ones in NumPy and
in scikit-learn, so what is there to gain is what the activations take in the first row.

Each library has a process of its own and the same number of threads. The processes take turns,
many rounds of them; one that waits does nothing, for threads are told not to spin after their
work, and the first step of a turn, whose caches are cold, is not timed. With one thread the time
is the CPU's, which other programs lengthen least. With more it is that of the clock on the wall,
and the machine must be idle: products of matrices wait for the last of the threads.
What slows a round down slows down all in it: so ratios are those of a round, and what is printed
is their median, and the quartiles. The columns:

=========== =================================================================
step        the time of a step, divided by that in NumPy; then the quartiles
activations what they take of the step's time
alone       the time of the activations, divided by that in NumPy
loss        of the last step's images, before it learns from them
=========== =================================================================
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from nn import ACTIVATIONS, Array, Dense
from train_digits import make_network
from training_ways import CHOICES, FIRST, WAYS, Problem, Turn, begin, go_on, ways_of
from workbench import Axes, at_least, check_picture, digits, new_figure, print_table, save

SIDE = 28  # of the pictures, as of MNIST's: the digits' 8 pixels are enlarged
TOLERANCE = 1e-3  # of the losses, which are about 1: float32 in another order, and what it leads to

# ---- Measuring ---------------------------------------------------------------


class Measured(NamedTuple):
    """What was seen of a way: times and losses of steps, a row for each round."""

    seconds: Array
    in_activations: Array
    losses: Array

    @classmethod
    def of(cls, turns: list[Turn]) -> Measured:
        """Return what was seen in the turns of a way."""
        return cls(*map(np.array, zip(*turns, strict=True)))


def measure(problem: Problem, threads: int, rounds: int, steps: int) -> dict[str, Measured]:
    """Let all ways learn in turn, each in a process of its own."""
    for library in "OMP", "OPENBLAS", "MKL":
        os.environ[f"{library}_NUM_THREADS"] = str(threads)
    # Threads that wait for more work would take the CPUs of whoever is next.
    os.environ.update(OMP_WAIT_POLICY="passive", KMP_BLOCKTIME="0")
    with ExitStack() as stack:
        pools = {
            way: stack.enter_context(ProcessPoolExecutor(1, get_context("spawn")))
            for way in ways_of(problem.activation)
        }
        for begun in [pool.submit(begin, way, problem, threads) for way, pool in pools.items()]:
            begun.result()
        turns: dict[str, list[Turn]] = {way: [] for way in pools}
        for _ in range(rounds):
            for way, pool in pools.items():
                turns[way].append(pool.submit(go_on, steps).result())
    return {way: Measured.of(taken) for way, taken in turns.items()}


def agreement(measured: dict[str, Measured]) -> float:
    """Return the largest difference from a loss of the first way."""
    largest = 0.0
    for way, its in measured.items():
        difference = float(np.max(np.abs(its.losses - measured[FIRST].losses)))
        if not difference <= TOLERANCE:
            sys.exit(f"training_step.py: losses of {way} and {FIRST} differ by {difference:.1e}")
        largest = max(largest, difference)
    return largest


class Figures(NamedTuple):
    """What is told of a way."""

    step: float  # divided by that of the first way, as are the next three
    low: float  # quartile of the rounds
    high: float
    alone: float  # the activations
    share: float  # of the activations in a step


def figures(its: Measured, first: Measured) -> Figures:
    """Return medians of ratios: of the rounds, and for the share of all steps."""

    def ratios(seconds: Array, of_first: Array) -> Array:
        return np.median(seconds, axis=1) / np.median(of_first, axis=1)

    low, step, high = np.quantile(ratios(its.seconds, first.seconds), [0.25, 0.5, 0.75])
    alone = np.median(ratios(its.in_activations, first.in_activations))
    share = np.median(its.in_activations / its.seconds)
    return Figures(*map(float, (step, low, high, alone, share)))


HEADER = ["", "step", "quartiles", "activations", "alone", "loss"]


def rows_of(measured: dict[str, Measured]) -> list[list[str]]:
    """Return the printed table."""
    rows = []
    for way, its in measured.items():
        found = figures(its, measured[FIRST])
        rows.append(
            [
                way,
                f"{found.step:.2f}",
                f"{found.low:.2f}-{found.high:.2f}",
                f"{found.share:.1%}",
                f"{found.alone:.2f}",
                f"{its.losses[-1, -1]:.4f}",
            ]
        )
    return rows


# ---- The picture -------------------------------------------------------------


def draw_times(panel: Axes, name: str, measured: dict[str, Measured]) -> None:
    """Draw a bar for each way: the rest of a step, and the activations."""
    told = [figures(its, measured[FIRST]) for its in measured.values()]
    alone = np.array([found.step * found.share for found in told])
    rest = np.array([found.step for found in told]) - alone
    panel.barh([*measured], rest, color="#999999", label="the rest")
    panel.barh([*measured], alone, left=rest, color="#D55E00", label="activations")
    panel.invert_yaxis()
    panel.grid(axis="y", visible=False)
    panel.set(title=f"{name}: time of a step", xlabel=f"times that in {FIRST}; median")
    panel.set_xlim(right=1.7 * max(rest + alone))  # a place for the legend
    panel.legend(loc="lower right")


def draw_losses(panel: Axes, name: str, measured: dict[str, Measured]) -> None:
    """Draw the loss by round, each curve on top of the wider one before."""
    for width, (way, its) in zip(range(2 * len(WAYS), 0, -2), measured.items(), strict=False):
        panel.plot(range(1, len(its.losses) + 1), its.losses.mean(axis=1), lw=width, label=way)
    panel.set(title=f"{name}: mean loss of a round", xlabel="round", ylabel="cross entropy (nats)")
    panel.set(yscale="log")
    panel.xaxis.get_major_locator().set_params(integer=True)
    panel.legend()


# ---- The command line --------------------------------------------------------


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--activation", choices=[*CHOICES], nargs="+", default=["relu", "elu", "gelu"])
    add(
        "--layers",
        type=at_least(1),
        nargs="+",
        default=[1024, 1024],
        metavar="N",
        help="units of each hidden layer",
    )
    add("--batch", type=at_least(1), default=512, metavar="N", help="images of a step")
    add("--threads", type=at_least(1), default=1, metavar="N", help="of each library")
    add("--quick", action="store_true", help="3 rounds of 2 steps instead of 15 of 5")
    add("--picture", type=Path, default="training_step.png", metavar="FILE", help="to write")
    return parser


def enlarged(x: Array) -> Array:
    """Return pictures of 8x8 pixels with SIDE x SIDE, in rows as before."""
    pixels = np.arange(SIDE) * 8 // SIDE
    return np.ascontiguousarray(x.reshape(-1, 8, 8)[:, pixels[:, None], pixels].reshape(len(x), -1))


def make_problem(activation: str, hidden: list[int], batch: int) -> Problem:
    """Return the digits, and weights drawn as for `train_digits.py`."""
    data = digits()
    x = enlarged(data.train_x)
    sizes = [x.shape[1], *hidden, 10]
    network = make_network(sizes, ACTIVATIONS[activation], np.random.default_rng(0))
    weights = [layer.parameters[0] for layer in network.layers if isinstance(layer, Dense)]
    return Problem(activation, weights, x, data.train_labels, batch)


def main() -> None:
    """Measure, print and draw."""
    parser = make_parser()
    args = parser.parse_args()
    check_picture(parser, "--picture", args.picture)
    rounds, steps = (3, 2) if args.quick else (15, 5)
    names = [*dict.fromkeys(args.activation)]
    shape = "-".join(map(str, [SIDE * SIDE, *args.layers, 10]))
    threads = "1 thread" if args.threads == 1 else f"{args.threads} threads"
    title = f"{shape}, batches of {args.batch}, {threads}"

    figure, panels = new_figure(f"A training step: {title}", 2, len(names), squeeze=False)
    figure.set_figheight(0.7 + 3 * len(names))
    for name, row in zip(names, panels, strict=True):
        problem = make_problem(name, args.layers, args.batch)
        measured = measure(problem, args.threads, rounds, steps)
        middle = 1e3 * np.median(measured[FIRST].seconds)
        print(f"{name}, {title}: {rounds} rounds of {steps} steps, {middle:.1f} ms in {FIRST}")
        print_table(HEADER, rows_of(measured))
        print(f"largest difference of a loss: {agreement(measured):.0e}\n")
        draw_times(row[0], name, measured)
        draw_losses(row[1], name, measured)
    save(figure, args.picture)


if __name__ == "__main__":
    main()
