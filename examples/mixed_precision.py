"""Train in half precision: what bfloat16 and float16 save, and what they cost.

A half type takes half the memory of float32, where training needs it most: in what the forward
pass keeps for the backward pass. Here weights and activations are stored so, while products of
matrices are computed in float32, as accelerators do. The weights are trained in two ways:

master weights  the optimiser changes float32 weights, and the passes get them rounded
no copy         the weights themselves are of the half type, and rounded after every step

The second is simpler, and stalls: a step that is smaller than half the distance to the next
number is lost (Micikevicius et al., 2018, "Mixed precision training")::

    pip install "relu_fast[examples]"
    python mixed_precision.py
    python mixed_precision.py --activation elu --rate 0.003

It takes ten seconds of CPU time, prints the test accuracy and what a batch keeps in memory, and
draws the learning curves into ``mixed_precision.png``.
"""

from __future__ import annotations

import itertools
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from nn import Activation, Array, Dense, Epoch, Functions, Layer, Network, gain, normal, train
from workbench import (
    Axes,
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

try:
    import ml_dtypes
except ModuleNotFoundError as error:
    script = Path(sys.argv[0]).name
    sys.exit(f'{script}: {error}. For all it needs: pip install "relu_fast[examples]"')

WAYS = {  # name: what weights and activations are stored in, and whether there are master weights
    "float32": (np.float32, True),
    "bfloat16, master weights": (ml_dtypes.bfloat16, True),
    "bfloat16, no copy": (ml_dtypes.bfloat16, False),
    "float16, master weights": (np.float16, True),
    "float16, no copy": (np.float16, False),
}


class StoredDense(Dense):
    """y = x @ weights + bias, computed in float32; x, y and the weights are of another type.

    Parameters
    ----------
    weights : ndarray of float32
        Those at the start.
    storage : type
        What the layer keeps, and returns.
    has_master : bool
        Whether the parameters are float32, or only ever what `storage` can hold.
    """

    def __init__(self, weights: Array, storage: Any, has_master: bool) -> None:
        super().__init__(weights)
        self.storage, self.has_master = storage, has_master

    def forward(self, x: Array, training: bool) -> Array:
        """Return y, a new array of the stored type."""
        if not self.has_master:
            for p in self.parameters:  # which the optimiser has changed
                p[:] = p.astype(self.storage)
        x, weights = x.astype(self.storage), self.parameters[0].astype(self.storage)
        if training:
            self.x, self.weights = x, weights
        y = np.matmul(x, weights, dtype=np.float32)
        y += self.parameters[1]
        stored: Array = y.astype(self.storage)
        return stored

    def backward(self, g: Array) -> Array:
        """Store the gradients in float32, return that with respect to x in the stored type."""
        np.matmul(self.x.T, g, out=self.gradients[0], dtype=np.float32)
        np.sum(g, axis=0, out=self.gradients[1], dtype=np.float32)
        stored: Array = np.matmul(g, self.weights.T, dtype=np.float32).astype(self.storage)
        return stored


class Logits(Layer):
    """The type in which softmax and loss are computed: float32."""

    def __init__(self, storage: Any) -> None:
        super().__init__()
        self.storage = storage

    def forward(self, x: Array, training: bool) -> Array:
        """Return x as float32."""
        return x.astype(np.float32)

    def backward(self, g: Array) -> Array:
        """Return g in the stored type."""
        return g.astype(self.storage)


def make_network(
    way: str, sizes: list[int], functions: Functions, rng: np.random.Generator
) -> Network:
    """Return dense layers with an activation between every two, stored in one of the `WAYS`."""
    storage, has_master = WAYS[way]
    layers: list[Layer] = []
    scale = 1.0
    for inputs, units in itertools.pairwise(sizes):
        weights = normal(rng, scale / math.sqrt(inputs), (inputs, units))
        scale = gain(functions)
        layers += [StoredDense(weights, storage, has_master), Activation(functions, (units,))]
    return Network([*layers[:-1], Logits(storage)])


def kept_bytes(network: Network) -> int:
    """Return the size of what the last forward pass has kept for the backward pass."""
    return sum(layer.x.nbytes for layer in network.layers if hasattr(layer, "x"))


def draw(panels: list[Axes], histories: dict[str, list[Epoch]]) -> None:
    """Draw loss and accuracy by epoch: types by colour, dashed where there is no copy."""
    styles = {  # float32 behind the others
        "float32": {"color": "#999999", "lw": 5},
        "bfloat16": {"color": "#0072B2", "lw": 2.5},
        "float16": {"color": "#D55E00", "lw": 1.2},
    }
    for name, history in histories.items():
        style: dict[str, Any] = {"label": name, **styles[name.partition(",")[0]]}
        style["ls"] = "--" if "no copy" in name else "-"
        epochs = range(1, len(history) + 1)
        panels[0].plot(epochs, [epoch.loss for epoch in history], **style)
        panels[1].plot(epochs, [epoch.test_accuracy for epoch in history], **style)
    panels[0].set(title="Loss, training set", xlabel="epoch", ylabel="nats", yscale="log")
    panels[1].set(title="Test accuracy", xlabel="epoch", ylabel="digits recognised (%)")
    panels[1].legend(loc="lower right")


def main() -> None:
    """Train in all ways, print the table, draw the picture."""
    parser = make_parser(
        "Train a network on handwritten digits in half precision.",
        activation="gelu",
        epochs=40,
        plot="mixed_precision.png",
    )
    parser.add_argument("--rate", type=positive, default=3e-4, metavar="R", help="learning rate")
    parser.add_argument(
        "--hidden", type=at_least(1), default=128, metavar="N", help="units in each of two layers"
    )
    args = parse(parser)
    (functions,) = args.functions

    data = digits()
    histories, rows = {}, []
    for way in WAYS:
        rng = np.random.default_rng(args.seed)  # the same for each
        network = make_network(way, [64, args.hidden, args.hidden, 10], functions, rng)
        epochs = train(network, data, args.epochs, rng, args.rate, vary=noise(0.6))
        history = list(watch(epochs, args.epochs, way))
        network.forward(data.train_x[:64], training=True)
        kept = f"{kept_bytes(network) / 1024:.0f} KiB"
        rows.append([way, f"{history[-1].loss:.4f}", f"{history[-1].test_accuracy:.1f} %", kept])
        histories[way] = history

    figure, panels = new_figure(f"{functions.name} network on digits, by what is stored", 2)
    draw(panels, histories)
    print_table(["weights and activations", "loss", "test accuracy", "a batch keeps"], rows)
    save(figure, args.plot)


if __name__ == "__main__":
    main()
