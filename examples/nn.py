"""What the example networks are made of: layers, loss and training in NumPy and relu_fast.

Each function of the package is called here where a network needs it:

===================== ==========================================================
``f``                 the forward pass, which keeps its input for the backward
``f_``                the same in place, where no gradient will be asked for
``f_backward``        the gradient through f, in place of the gradient given
``f_alpha_backward``  the gradient of a learned alpha, summed to alpha's shape
===================== ==========================================================

The package has the last for prelu and elu. For silu's beta and celu's alpha, two recipes make it of
other functions: `silu_beta_backward` and `celu_log_alpha_backward`.

A layer has ``forward(x, training)``, ``backward(g)``, which turns the gradient of the loss with
respect to its output into that with respect to its input, and two lists, ``parameters`` and
``gradients``. A network has the same, except that its ``forward`` starts at the data and its
``backward`` returns nothing.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

import relu_fast as rf

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]

BATCH = 64

# ---- Activations -------------------------------------------------------------

FORMS = "", "_", "_grad", "_backward"
# Where the package has no default. Above 1 x, otherwise 0: the rectifier of Konda et al., 2015.
TYPICAL = {"threshold": {"threshold": 1.0, "value": 0.0}}


@dataclass(frozen=True)
class Functions:
    """An activation: its functions, and which parameter is learned, if any."""

    name: str
    f: Callable[..., Array]
    f_: Callable[..., Array]
    grad: Callable[..., Array]
    backward: Callable[..., Array]
    learned: str = ""  # what the functions above take after the arrays
    start: float = 0.0
    learned_backward: Callable[..., Array] | None = None

    def new_parameters(self, shape: tuple[int, ...], dtype: type) -> list[Array]:
        """Return what is learned, at its start: a list that stays empty if there is nothing."""
        return [np.full(shape, self.start, dtype)] if self.learned else []


def summed(terms: Array, like: Array) -> Array:
    """Return the sum over the axes along which `like` was broadcast, in its shape and dtype."""
    shape = (1,) * (terms.ndim - like.ndim) + like.shape
    axes = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return terms.sum(axes, np.float64).reshape(like.shape).astype(like.dtype)


def silu_beta_backward(g: Array, x: Array, beta: Array) -> Array:
    """Return the gradient of silu's beta: that of x * sigmoid(beta * x), summed.

    beta is learned as it is, because silu is defined for all numbers: for 0 it is x / 2.
    """
    return summed(rf.sigmoid_backward(g * x * x, beta * x), beta)


def celu_log_alpha_backward(g: Array, x: Array, log_alpha: Array) -> Array:
    """Return the gradient of the logarithm of celu's alpha, summed.

    With z = x / alpha <= 0, the derivative of alpha * expm1(z) by alpha is expm1(z) - z * exp(z).
    Near 0 both terms are about z, and only -z**2 / 2 is left: float32 would be wrong by 2 % at
    z = -1e-5. float64 keeps all digits that float32 can hold down to z = -1e-8.
    """
    alpha = np.exp(log_alpha)
    z = np.minimum(np.divide(x, alpha, dtype=np.float64), 0)
    by_alpha = rf.elu(z) - z * rf.elu_grad(z)  # which are expm1 and exp, here
    return summed(g * alpha * by_alpha, log_alpha)


def of_logarithm(f: Callable[..., Array]) -> Callable[..., Array]:
    """Return f as a function of the logarithm of its last argument."""

    def of_log(*arguments: Array, **keywords: Array) -> Array:
        *arrays, logarithm = arguments
        return f(*arrays, np.exp(logarithm), **keywords)

    return of_log


def forms(name: str) -> list[Callable[..., Array]]:
    """Return the functions of an activation, in the order of `Functions`."""
    return [getattr(rf, name + form) for form in FORMS]


LEARNED = {
    # prelu starts as in He et al., 2015, the others at the default of the package.
    "prelu": Functions("prelu", *forms("prelu"), "alpha", 0.25, rf.prelu_alpha_backward),
    "elu": Functions("elu", *forms("elu"), "alpha", 1.0, rf.elu_alpha_backward),
    # A step of the optimiser could make alpha itself negative, for which there is no celu.
    "celu": Functions(
        "celu", *map(of_logarithm, forms("celu")), "log(alpha)", 0.0, celu_log_alpha_backward
    ),
    "silu": Functions("silu", *forms("silu"), "beta", 1.0, silu_beta_backward),
}


def made() -> dict[str, Functions]:
    """Return all activations of the package; what can stay at its default is not learned."""
    found = {}
    for name in rf.__all__:
        if not {name + form for form in FORMS} <= {*rf.__all__}:
            continue  # no activation, or one of two arrays
        _, *parameters = inspect.signature(getattr(rf, f"{name}_")).parameters.values()
        if name in TYPICAL:
            found[name] = Functions(name, *[partial(f, **TYPICAL[name]) for f in forms(name)])
        elif all(p.default is not p.empty for p in parameters):
            found[name] = Functions(name, *forms(name))
        elif name in LEARNED:
            found[name] = LEARNED[name]
    return found


ACTIVATIONS = made()
# What rectifiers are compared with: they level off at both ends.
SATURATING = ("sigmoid", "tanh", "hardsigmoid", "hardtanh", "softsign")


def gain(functions: Functions) -> float:
    """Return the factor for f's input that preserves the signal's mean square.

    Kaiming initialisation for any f: 1 / sqrt(mean of f(z)**2), z standard normal. For
    prelu that is sqrt(2 / (1 + alpha**2)), for relu sqrt(2), as in He et al., 2015.
    """
    z = np.linspace(-8, 8, 1601)
    y = functions.f(z, *functions.new_parameters((), float))
    return 1 / math.sqrt(np.average(y**2, weights=np.exp(-(z**2) / 2)))


# ---- Layers ------------------------------------------------------------------


class Layer:
    """A layer without parameters; subclasses add them."""

    def __init__(self, *parameters: Array) -> None:
        self.parameters = list(parameters)
        self.gradients = [np.zeros_like(p) for p in parameters]

    def forward(self, x: Array, training: bool) -> Array:
        raise NotImplementedError

    def backward(self, g: Array) -> Array:
        raise NotImplementedError


class Activation(Layer):
    """y = f(x), with a parameter of its own for each unit or channel where one is learned.

    Parameters
    ----------
    functions : Functions
        The activation.
    shape : tuple of int
        Of the parameter, which broadcasts against x: ``(units,)`` for x of shape (N, units),
        ``(channels, 1, 1)`` for images of shape (N, channels, height, width).
    dtype : type, optional
        Of the parameter.
    """

    def __init__(
        self, functions: Functions, shape: tuple[int, ...], dtype: type = np.float32
    ) -> None:
        self.functions = functions
        # Where nothing is learned, f(x, *[]) is relu(x), or leaky_relu(x) with its default alpha.
        super().__init__(*functions.new_parameters(shape, dtype))

    def forward(self, x: Array, training: bool) -> Array:
        """Return f(x): a new array in training, because `backward` needs x, otherwise x itself."""
        if not training:
            return self.functions.f_(x, *self.parameters)
        self.x = x
        return self.functions.f(x, *self.parameters)

    def backward(self, g: Array) -> Array:
        """Turn g, the gradient with respect to y, into that with respect to x, in place."""
        if self.functions.learned_backward:
            # Before g changes. The sum is over all axes along which the parameter was broadcast.
            self.gradients[0][:] = self.functions.learned_backward(g, self.x, *self.parameters)
        return self.functions.backward(g, self.x, *self.parameters, out=g)


class Dense(Layer):
    """y = x @ weights + bias, where the bias is 0 at first."""

    def __init__(self, weights: Array) -> None:
        super().__init__(weights, np.zeros(weights.shape[1], weights.dtype))

    def forward(self, x: Array, training: bool) -> Array:
        """Return y, a new array."""
        if training:
            self.x = x
        weights, bias = self.parameters
        y = x @ weights
        y += bias
        return y

    def backward(self, g: Array) -> Array:
        """Store the gradients of weights and bias, return that with respect to x."""
        np.matmul(self.x.T, g, out=self.gradients[0])
        np.sum(g, axis=0, out=self.gradients[1])
        return g @ self.parameters[0].T


def normal(
    rng: np.random.Generator, deviation: float, shape: tuple[int, ...], dtype: type = np.float32
) -> Array:
    """Return normally distributed weights."""
    return (deviation * rng.standard_normal(shape)).astype(dtype)


# ---- Networks ----------------------------------------------------------------


class Trainable(Protocol):
    """What `train` needs of a network."""

    parameters: list[Array]
    gradients: list[Array]

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return the logits; in training, keep what `backward` needs."""

    def backward(self, g: Array) -> None:
        """Fill `gradients`, given the gradient with respect to the logits."""


class Network:
    """One layer after the other."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = layers
        self.parameters = [p for layer in layers for p in layer.parameters]
        self.gradients = [g for layer in layers for g in layer.gradients]

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return the logits; in training, the layers keep what `backward` needs."""
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(self, g: Array) -> None:
        """Fill `gradients`, given the gradient with respect to the logits."""
        for layer in reversed(self.layers):
            g = layer.backward(g)


def cross_entropy(logits: Array, labels: Labels) -> tuple[float, Array]:
    """Return the mean cross entropy of softmax(logits), and the gradient for the logits."""
    logits = logits - logits.max(axis=1, keepdims=True)  # so that exp cannot overflow
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    true = np.arange(len(labels)), labels
    g = np.exp(log_p)
    g[true] -= 1
    g /= len(labels)
    return -float(log_p[true].mean()), g


# ---- Training ----------------------------------------------------------------


class Data(NamedTuple):
    """Images and what they show."""

    train_x: Array
    train_labels: Labels
    test_x: Array
    test_labels: Labels


class Epoch(NamedTuple):
    """How good a network is after an epoch; accuracies in percent."""

    loss: float
    accuracy: float
    test_loss: float
    test_accuracy: float


class Adam:
    """Kingma & Ba, 2015, with gradients clipped to a norm, and moments of the usual decay."""

    def __init__(self, network: Trainable, clip: float = math.inf) -> None:
        self.network, self.clip, self.steps = network, clip, 0
        self.means = [np.zeros_like(p) for p in network.parameters]
        self.squares = [np.zeros_like(p) for p in network.parameters]

    def step(self, rate: float) -> None:
        """Change the parameters of the network, given its gradients."""
        self.steps += 1
        rate *= math.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        norm = math.sqrt(sum(float(np.vdot(g, g)) for g in self.network.gradients))
        factor = min(1.0, self.clip / norm) if norm else 1.0
        for p, g, m, v in zip(
            self.network.parameters, self.network.gradients, self.means, self.squares, strict=True
        ):
            g *= factor
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p -= rate * m / (np.sqrt(v) + 1e-8)


def evaluate(network: Trainable, x: Array, labels: Labels) -> tuple[float, float]:
    """Return the loss and the accuracy in percent."""
    logits = network.forward(x)
    return cross_entropy(logits, labels)[0], 100 * float(np.mean(logits.argmax(axis=1) == labels))


def train(
    network: Trainable,
    data: Data,
    epochs: int,
    rng: np.random.Generator,
    rate: float,
    *,
    clip: float = math.inf,
    vary: Callable[[Array, np.random.Generator], Array] = lambda x, rng: x,
) -> Iterator[Epoch]:
    """Train by Adam; the learning rate falls to 0 along half a cosine.

    Parameters
    ----------
    network : Trainable
        Its parameters change in place.
    data : Data
        As `workbench.digits` returns it.
    epochs : int
        How often to go through the training set.
    rng : numpy.random.Generator
        Shuffles it.
    rate : float
        The learning rate at the start.
    clip : float, optional
        The norm to which longer gradients are shortened.
    vary : callable, optional
        Returns a batch of images, given a copy of its own, changed at random.

    Yields
    ------
    Epoch
        After each epoch.
    """
    optimiser = Adam(network, clip)
    batches = math.ceil(len(data.train_x) / BATCH)
    for epoch in range(epochs):
        for step, batch in enumerate(np.array_split(rng.permutation(len(data.train_x)), batches)):
            logits = network.forward(vary(data.train_x[batch], rng), training=True)
            network.backward(cross_entropy(logits, data.train_labels[batch])[1])
            progress = (epoch + step / batches) / epochs
            optimiser.step(rate * (1 + math.cos(math.pi * progress)) / 2)
        yield Epoch(
            *evaluate(network, data.train_x, data.train_labels),
            *evaluate(network, data.test_x, data.test_labels),
        )
