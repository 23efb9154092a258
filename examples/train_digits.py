"""Train a PReLU network on handwritten digits with nothing but NumPy and relu_fast.

Shows where each function of the package goes in a training loop:

===================== ==========================================================
``f``                 the forward pass, which keeps its input for the backward
``f_``                the same in place, where no gradient will be asked for
``f_backward``        the gradient through f, here in place of the gradient given
``f_alpha_backward``  the gradient of a learned alpha, one for each unit
``f_grad``            the derivative itself, here only to draw it
===================== ==========================================================

The command, to which ``--activation relu``, ``leaky_relu`` or ``elu`` can be added::

    pip install "relu_fast[examples]"
    python train_digits.py

It takes a few seconds, reaches a test accuracy of about 98 % and draws the
learning curves and the learned alphas into ``train_digits.png``.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import relu_fast as rf

try:
    from matplotlib.figure import Figure
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]
    from sklearn.model_selection import train_test_split  # type: ignore[import-untyped]
except ModuleNotFoundError as error:
    sys.exit(f'train_digits.py: {error}. For all it needs: pip install "relu_fast[examples]"')

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]
Data = tuple[Array, Array, Labels, Labels]  # training and test images, then their labels

BATCH = 64
LEARNING_RATE = 0.1  # at the start; falls to 0 along half a cosine
MOMENTUM = 0.9
WEIGHT_DECAY = 1e-3  # of the weights only: on alpha it would pull prelu towards relu
NOISE = 0.6  # added to the training images, in standard deviations of their pixels


class Functions(NamedTuple):
    """What relu_fast has for one activation; alpha is learned where it has a start."""

    f: Callable[..., Array]
    f_: Callable[..., Array]
    grad: Callable[..., Array]
    backward: Callable[..., Array]
    alpha_backward: Callable[..., Array] | None = None
    alpha_start: float | None = None


ACTIVATIONS = {
    "relu": Functions(rf.relu, rf.relu_, rf.relu_grad, rf.relu_backward),
    "leaky_relu": Functions(
        rf.leaky_relu, rf.leaky_relu_, rf.leaky_relu_grad, rf.leaky_relu_backward
    ),
    "prelu": Functions(
        rf.prelu, rf.prelu_, rf.prelu_grad, rf.prelu_backward, rf.prelu_alpha_backward, 0.25
    ),
    "elu": Functions(rf.elu, rf.elu_, rf.elu_grad, rf.elu_backward, rf.elu_alpha_backward, 1.0),
}


class Activation:
    """A layer y = f(x), with a learned alpha for each unit where f has one."""

    def __init__(self, functions: Functions, units: int, dtype: type) -> None:
        self.functions = functions
        # Of shape (units,), alpha broadcasts along the batch. The list stays empty where
        # nothing is learned: f(x, *[]) is relu(x), or leaky_relu(x) with its default alpha.
        start = functions.alpha_start
        self.parameters: list[Array] = [] if start is None else [np.full(units, start, dtype)]
        self.gradients = [np.zeros_like(p) for p in self.parameters]

    def forward(self, x: Array, training: bool) -> Array:
        """Return f(x): a new array in training, for `backward` needs x, otherwise x itself."""
        if not training:
            return self.functions.f_(x, *self.parameters)
        self.x = x
        return self.functions.f(x, *self.parameters)

    def backward(self, g: Array) -> Array:
        """Turn g, the gradient of the loss by y, into that by x, in place."""
        if self.functions.alpha_backward is not None:
            # Before g changes. It sums over the batch, along which alpha was broadcast.
            self.gradients[0][:] = self.functions.alpha_backward(g, self.x, *self.parameters)
        return self.functions.backward(g, self.x, *self.parameters, out=g)


class Dense:
    """A layer y = x @ weights + bias."""

    def __init__(self, weights: Array) -> None:
        self.parameters: list[Array] = [weights, np.zeros(weights.shape[1], weights.dtype)]
        self.gradients = [np.zeros_like(p) for p in self.parameters]

    def forward(self, x: Array, training: bool) -> Array:
        """Return y, a new array."""
        if training:
            self.x = x
        weights, bias = self.parameters
        y = x @ weights
        y += bias
        return y

    def backward(self, g: Array) -> Array:
        """Store the gradients of weights and bias, return that by x."""
        np.matmul(self.x.T, g, out=self.gradients[0])
        np.sum(g, axis=0, out=self.gradients[1])
        return g @ self.parameters[0].T


class Network:
    """Dense layers with an activation between every two.

    Parameters
    ----------
    sizes : list of int
        The number of inputs, of units in each hidden layer, and of classes.
    functions : Functions
        The activation.
    rng : numpy.random.Generator
        Draws the weights.
    dtype : type, optional
        Of all parameters.
    """

    def __init__(
        self,
        sizes: list[int],
        functions: Functions,
        rng: np.random.Generator,
        dtype: type = np.float32,
    ) -> None:
        self.layers: list[Dense | Activation] = []
        for inputs, units in itertools.pairwise(sizes):
            weights = rng.normal(0, gain(functions) / math.sqrt(inputs), (inputs, units))
            self.layers += [Dense(weights.astype(dtype)), Activation(functions, units, dtype)]
        del self.layers[-1]  # the last dense layer gives the logits
        self.parameters = [p for layer in self.layers for p in layer.parameters]
        self.gradients = [g for layer in self.layers for g in layer.gradients]

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return the logits; in training, the layers keep what `backward` needs."""
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(self, g: Array) -> None:
        """Fill `gradients`, given the gradient by the logits."""
        for layer in reversed(self.layers):
            g = layer.backward(g)


def gain(functions: Functions) -> float:
    """Return by how much f's input must be scaled to keep the signal's mean square.

    Kaiming initialisation for any f: 1 / sqrt(mean of f(z)**2), z standard normal. For
    prelu that is sqrt(2 / (1 + alpha**2)), for relu sqrt(2), as in He et al., 2015.
    """
    z = np.linspace(-8, 8, 1601)
    y = functions.f(z) if functions.alpha_start is None else functions.f(z, functions.alpha_start)
    return 1 / math.sqrt(np.average(y**2, weights=np.exp(-(z**2) / 2)))


def cross_entropy(logits: Array, labels: Labels) -> tuple[float, Array]:
    """Return the mean cross entropy of softmax(logits), and its gradient by the logits."""
    logits = logits - logits.max(axis=1, keepdims=True)  # exp cannot overflow then
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    true = np.arange(len(labels)), labels
    g = np.exp(log_p)
    g[true] -= 1
    g /= len(labels)
    return -float(log_p[true].mean()), g


def evaluate(network: Network, x: Array, labels: Labels) -> tuple[float, float]:
    """Return the loss and the accuracy in percent."""
    logits = network.forward(x)
    return cross_entropy(logits, labels)[0], 100 * float(np.mean(logits.argmax(axis=1) == labels))


def digits() -> Data:
    """Return scikit-learn's 1797 digits of 8x8 pixels, 3/4 to train on and 1/4 to test."""
    x, labels = load_digits(return_X_y=True)
    split = train_test_split(x, labels, test_size=0.25, stratify=labels, random_state=0)
    train_x, test_x, train_labels, test_labels = split
    mean, deviation = train_x.mean(), train_x.std()  # the test set has no say in these
    train_x, test_x = (((x - mean) / deviation).astype(np.float32) for x in (train_x, test_x))
    return train_x, test_x, train_labels, test_labels


def train(
    network: Network, data: Data, epochs: int, rng: np.random.Generator
) -> Iterator[tuple[float, ...]]:
    """Train by stochastic gradient descent with momentum.

    Parameters
    ----------
    network : Network
        Its parameters change in place.
    data : Data
        As `digits` returns it.
    epochs : int
        How often to go through the training set.
    rng : numpy.random.Generator
        Shuffles it and draws the noise.

    Yields
    ------
    tuple of float
        After each epoch: loss and accuracy on the training set, then on the test set.
    """
    train_x, test_x, train_labels, test_labels = data
    velocities = [np.zeros_like(p) for p in network.parameters]
    batches = math.ceil(len(train_x) / BATCH)
    for epoch in range(epochs):
        for step, batch in enumerate(np.array_split(rng.permutation(len(train_x)), batches)):
            x = train_x[batch]
            x += NOISE * rng.standard_normal(x.shape, x.dtype)  # against learning by heart
            _, g = cross_entropy(network.forward(x, training=True), train_labels[batch])
            network.backward(g)

            rate = LEARNING_RATE * (1 + math.cos(math.pi * (epoch + step / batches) / epochs)) / 2
            for p, dp, v in zip(network.parameters, network.gradients, velocities, strict=True):
                if p.ndim == 2:  # weights, neither bias nor alpha
                    dp += WEIGHT_DECAY * p
                v *= MOMENTUM
                v -= rate * dp
                p += v
        yield evaluate(network, train_x, train_labels) + evaluate(network, test_x, test_labels)


def draw(network: Network, history: list[tuple[float, ...]], title: str) -> Figure:
    """Return the picture: loss and accuracy by epoch, and alphas or activation."""
    figure = Figure(figsize=(13, 4.2), layout="constrained")
    figure.suptitle(title, fontsize="x-large")
    panels = figure.subplots(1, 3, gridspec_kw={"wspace": 0.06})
    epochs = range(1, len(history) + 1)
    losses, accuracies, test_losses, test_accuracies = zip(*history, strict=True)
    panels[0].plot(epochs, losses, ".-", label="training set")
    panels[0].plot(epochs, test_losses, ".-", label="test set")
    panels[0].set(title="Loss", xlabel="epoch", ylabel="cross entropy (nats)", yscale="log")
    panels[1].plot(epochs, accuracies, ".-", label="training set")
    panels[1].plot(epochs, test_accuracies, ".-", label="test set")
    panels[1].set(title="Accuracy", xlabel="epoch", ylabel="digits recognised (%)")

    layers = [layer for layer in network.layers if isinstance(layer, Activation)]
    functions = layers[0].functions
    if functions.alpha_start is not None:
        for number, layer in enumerate(layers, start=1):
            alpha = np.sort(layer.parameters[0])
            panels[2].plot(alpha, ".", color=f"C{number + 1}", label=f"hidden layer {number}")
        panels[2].axhline(functions.alpha_start, color="black", ls="--", label="at the start")
        panels[2].set(title="Learned alphas", xlabel="unit, in order of alpha", ylabel="alpha")
    else:
        x = np.linspace(-2, 2, 401)
        panels[2].plot(x, functions.f(x), "C2", label="f(x)")
        x[200] = np.nan  # breaks the line at 0, where f' jumps: the derivative at NaN is NaN
        panels[2].plot(x, functions.grad(x), "C3--", label="f'(x)")
        panels[2].set(title="Activation and derivative", xlabel="x")
    for panel in panels:
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.grid(alpha=0.3)
        panel.legend()
    return figure


def arguments() -> argparse.Namespace:
    """Parse and check the command line."""
    parser = argparse.ArgumentParser(
        description="Train a network on handwritten digits with nothing but NumPy and relu_fast.",
        epilog="prelu and elu learn an alpha for each hidden unit, from 0.25 and 1; "
        "leaky_relu keeps 0.01.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--activation", choices=ACTIVATIONS, default="prelu", help="of the hidden units")
    add("--epochs", type=int, default=40, metavar="N", help="times through the training set")
    add("--seed", type=int, default=0, metavar="N", help="of weights, order and noise")
    add("--hidden", type=int, nargs="+", default=[128, 128], metavar="N", help="units per layer")
    add("--output", type=Path, default="train_digits.png", metavar="FILE", help=".png, .svg, .pdf")
    add("--quiet", action="store_true", help="print the last line only")
    args = parser.parse_args()
    for option, value, least in (
        ("--epochs", args.epochs, 1),
        ("--seed", args.seed, 0),
        ("--hidden", min(args.hidden), 1),
    ):
        if value < least:
            parser.error(f"argument {option}: must be at least {least}, not {value}")
    if args.output.suffix.lower() not in (".png", ".svg", ".pdf"):
        parser.error(f"argument --output: must end in .png, .svg or .pdf: {args.output}")
    return args


def main() -> None:
    """Train, showing the progress, and draw the picture."""
    args = arguments()
    try:
        args.output.open("ab").close()  # better that it fails now than after training
    except OSError as error:
        sys.exit(f"train_digits.py: cannot write {args.output}: {error.strerror}")

    rng = np.random.default_rng(args.seed)
    data = digits()
    sizes = [data[0].shape[1], *args.hidden, len(np.unique(data[2]))]
    network = Network(sizes, ACTIVATIONS[args.activation], rng)
    history = []
    for row in train(network, data, args.epochs, rng):
        history.append(row)
        if not args.quiet:
            in_place = sys.stdout.isatty() and len(history) < args.epochs
            print(
                f"epoch {len(history):{len(str(args.epochs))}}/{args.epochs}   loss {row[0]:.4f}   "
                f"accuracy: training {row[1]:6.2f} %, test {row[3]:6.2f} %",
                end="\r" if in_place else "\n",
                flush=True,
            )
    name = f"{args.activation} network {'-'.join(map(str, sizes))}"
    title = f"{name} on handwritten digits: test accuracy {history[-1][3]:.1f} %"
    draw(network, history, title).savefig(args.output, dpi=150)
    if not args.quiet:
        print(f"wrote {args.output}")
    print(f"test accuracy {history[-1][3]:.1f} %")


if __name__ == "__main__":
    main()
