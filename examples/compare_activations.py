"""All activations of the package, compared: how well a network learns with each, and how fast.

The network of ``train_digits.py`` is trained with every activation at three learning rates, with
several seeds each. prelu learns its alpha; elu, celu and silu appear twice, with a fixed parameter
and with a learned one::

    pip install "relu_fast[examples]"
    python compare_activations.py
    python compare_activations.py --activation relu gelu silu --runs 20

It takes two or three minutes, prints the mean of the test accuracies with the lowest and the
highest, and draws every run into ``compare_activations.png``. How to read that:

- A seed decides about initial weights, the order of the images and their noise. Where the ranges
  of two activations overlap, the difference of their means says nothing.
- The test set has 450 images, so one of them is 0.22 %. Which images these are matters more than
  which activation it is: at 98 %, the standard error is 0.7 %.
- No learning rate suits all. sigmoid and hardsigmoid are slow at the lowest, and no worse than
  others at the highest, which is too high for relu_squared.
- The task is easy and the network shallow. In deep networks activations differ far more:
  ``deep_network.py``.

A time is the CPU's for a whole training, of which the activation is a part, divided by that of the
first activation, relu by default, at the same rate and seed; the median is printed. gelu and
gelu_tanh take several times as long at the highest rate, but not in the activation itself: where z
is far below 0, their exact tails are subnormal numbers, which slow down the matrix product that
the gradient enters next.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from nn import ACTIVATIONS, LEARNED, Array, Epoch, Functions, train
from train_digits import make_network
from workbench import (
    Figure,
    at_least,
    digits,
    make_parser,
    new_figure,
    noise,
    parse,
    positive,
    print_table,
    save,
    watch,
)

HIDDEN = [128, 128]


class Results(NamedTuple):
    """A number for each activation (axis 0), learning rate (axis 1) and seed (axis 2)."""

    accuracy: Array
    seconds: Array


def variants(chosen: Sequence[Functions]) -> dict[str, Functions]:
    """Return the activations under their names, and those that can learn with what they learn."""
    found = {}
    for functions in chosen:
        for variant in functions, LEARNED.get(functions.name, functions):
            as_usual = variant is ACTIVATIONS[variant.name]
            found[variant.name if as_usual else f"learned {variant.name}"] = variant
    return found


def runs(
    compared: Sequence[Functions],
    rates: Sequence[float],
    seeds: Sequence[int],
    epochs: int,
    results: Results,
) -> Iterator[Epoch]:
    """Train all the networks; fill the results, and yield the last epoch of each."""
    data = digits()
    # The activations take turns: what slows the CPU down for a while slows down all of them.
    for k, seed in enumerate(seeds):
        for j, rate in enumerate(rates):
            for i, functions in enumerate(compared):
                rng = np.random.default_rng(seed)
                network = make_network([64, *HIDDEN, 10], functions, rng)
                start = time.process_time()
                *_, last = train(network, data, epochs, rng, rate, vary=noise(0.6))
                results.seconds[i, j, k] = time.process_time() - start
                results.accuracy[i, j, k] = last.test_accuracy
                yield last


def draw(names: Sequence[str], rates: Sequence[float], accuracy: Array, times: Array) -> Figure:
    """Return the picture: a row for each activation, a dot for each run, a bar for the middle."""
    title = f"Activations on digits, {accuracy.shape[2]} seeds at each learning rate"
    figure, panels = new_figure(title, 2, sharey=True, width_ratios=[3, 2])
    figure.set_figheight(2.2 + 0.24 * len(names))
    rows = np.arange(len(names))
    error = 100 - accuracy
    for panel, values, middle in (panels[0], error, np.mean), (panels[1], times, np.median):
        for j, rate in enumerate(rates):
            height = rows + 0.25 * (j - (len(rates) - 1) / 2)
            panel.plot(values[:, j], height, ".", ms=4, alpha=0.5, color=f"C{j}")
            bars = {"ms": 7, "mew": 2, "color": f"C{j}", "label": f"{rate:g}"}
            panel.plot(middle(values[:, j], axis=1), height, "|", **bars)
    panels[0].set(title="Test error", xlabel="digits not recognised (%); bar: mean")
    panels[0].set_xscale("symlog", linthresh=1)  # a logarithmic scale with a place for 0
    panels[0].set_xticks([0, 1, 2, 5, 10, 20, 50], [0, 1, 2, 5, 10, 20, 50])
    panels[0].set_xlim(0.8 * error.min(), 1.2 * error.max() + 0.1)
    panels[0].set_yticks(rows, names)
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    panels[0].legend(title="learning rate", loc="lower right")
    panels[1].set(title="CPU time of the training", xlabel=f"times that of {names[0]}; bar: median")
    panels[1].set_xlim(left=0)
    return figure


def main() -> None:
    """Train, print and draw."""
    parser = make_parser(
        "Compare the activations of relu_fast on handwritten digits.",
        activation=[*ACTIVATIONS],
        epochs=20,
        plot="compare_activations.png",
    )
    add = parser.add_argument
    add(
        "--rate", type=positive, nargs="+", default=[0.003, 0.01, 0.03], metavar="X", help="of Adam"
    )
    add("--runs", type=at_least(1), default=5, metavar="N", help="seeds, counted from --seed")
    args = parse(parser)

    compared = variants(args.functions)
    shape = len(compared), len(args.rate), args.runs
    results = Results(np.empty(shape), np.empty(shape))
    seeds = range(args.seed, args.seed + args.runs)
    epochs = runs([*compared.values()], args.rate, seeds, args.epochs, results)
    for _ in watch(epochs, results.accuracy.size, "training"):
        pass

    times = results.seconds / results.seconds[0]
    print_table(
        ["activation", *[f"rate {rate:g}" for rate in args.rate], "time"],
        [
            [
                name,
                *[f"{a.mean():.1f} ({a.min():.1f}-{a.max():.1f})" for a in results.accuracy[i]],
                f"{np.median(times[i]):.2f}",
            ]
            for i, name in enumerate(compared)
        ],
    )
    save(draw([*compared], args.rate, results.accuracy, times), args.plot)


if __name__ == "__main__":
    main()
