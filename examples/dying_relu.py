"""Dying ReLUs: at a high learning rate, units fall silent for good.

A step that is too long can push a unit to where its input is negative for every digit of the
training set. The gradient of relu is 0 there: the unit is *dead*, because nothing that it could
learn from reaches it any more. leaky_relu, prelu and elu have a gradient there, and their units
recover.

After each epoch, the script counts, in all hidden layers,

dead units
    whose derivative, `relu_fast.relu_grad` and so on, is 0 for every training image;
inactive units
    whose input is negative or 0 for every training image.

For relu these are the same. The others have inactive units too, but hardly any dead ones: with
elu a unit dies only where exp(x) underflows, below -103::

    pip install "relu_fast[examples]"
    python dying_relu.py
    python dying_relu.py --rate 0.1

It takes a few seconds for each activation, prints the numbers at the end, and draws
``dying_relu.png``. With seed 0, 38 % of the relus are dead after the first epoch and 40 % at the
end, but none of the other units; the network makes do with the remaining ones (97.1 % on the test
set, the others 96.9 to 97.8 %). At a rate of 0.1, all but 4 % of the relus die and the network gets
to 47.3 %, where the others reach 96 to 97 %.
"""

from __future__ import annotations

import numpy as np
from nn import Activation, Array, Epoch, Network, train
from train_digits import make_network
from workbench import (
    digits,
    draw_curves,
    line_of,
    make_parser,
    new_figure,
    parse,
    positive,
    print_table,
    save,
    watch,
)

HIDDEN = [128, 128, 128]


def silent_units(network: Network, x: Array) -> tuple[float, float]:
    """Return how many hidden units are dead for all of x, and how many inactive, in percent."""
    dead, inactive = [], []
    for layer in network.layers:
        if isinstance(layer, Activation):
            dead.append((layer.functions.grad(x, *layer.parameters) == 0).all(axis=0))
            inactive.append((x <= 0).all(axis=0))
        x = layer.forward(x, training=False)
    return 100 * float(np.mean(dead)), 100 * float(np.mean(inactive))


def main() -> None:
    """Train, count, print and draw."""
    parser = make_parser(
        "Count the hidden units that fall silent in training.",
        activation=["relu", "leaky_relu", "prelu", "elu"],
        epochs=30,
        plot="dying_relu.png",
    )
    parser.add_argument(
        "--rate", type=positive, default=0.03, metavar="X", help="the learning rate of Adam"
    )
    args = parse(parser)

    data = digits()
    histories, shares, rows = {}, {}, []
    for functions in args.functions:
        rng = np.random.default_rng(args.seed)
        network = make_network([64, *HIDDEN, 10], functions, rng)
        history: list[Epoch] = []
        counted = [silent_units(network, data.train_x)]
        for epoch in watch(
            train(network, data, args.epochs, rng, args.rate), args.epochs, functions.name
        ):
            history.append(epoch)
            counted.append(silent_units(network, data.train_x))
        histories[functions.name], shares[functions.name] = history, counted
        last = *counted[-1], history[-1].test_accuracy
        rows.append([functions.name, *[f"{percent:.1f} %" for percent in last]])

    figure, panels = new_figure(f"Hidden units at learning rate {args.rate:g}", 3)
    for panel, title, place in (panels[0], "Dead", 0), (panels[1], "Inactive", 1):
        for name, counted in shares.items():
            panel.plot([row[place] for row in counted], **line_of(name))
        panel.set(title=title, xlabel="epoch", ylabel="hidden units (%)", ylim=(-2, 102))
    panels[0].legend()
    draw_curves(panels[2], histories)
    print_table(["activation", "dead", "inactive", "test accuracy"], rows)
    save(figure, args.plot)


if __name__ == "__main__":
    main()
