"""A step of training in five ways, for ``training_step.py``: what differs is the activations.

A way is a function of a `Problem` and a `Clock`; it makes a network from the weights of the problem
and returns a `Step`. The clock runs in the activations, forward and backward.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Iterator
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np
from nn import Array, Dense, Labels, Layer, Network, cross_entropy

import relu_fast as rf

RATE, MOMENTUM = 0.01, 0.9
FIRST = "NumPy"  # what the others are compared with

# ---- The activations, as each library has them -------------------------------

Forward = Callable[[Array], Array]  # of x
Backward = Callable[[Array, Array, Array], Array]  # of the gradient g, x, y = f(x)
Pair = tuple[Forward, Backward]


def sigmoid(x: Array) -> Array:
    """Return what people write."""
    return 1 / (1 + np.exp(-x))


def silu_backward(g: Array, x: Array, y: Array) -> Array:
    """Return g times the derivative of silu, as people write it."""
    s = sigmoid(x)
    return g * s * (1 + x * (1 - s))


def normal_cdf(x: Array) -> Array:
    """Return the distribution function of a normal variable; NumPy has no erf."""
    from scipy.special import erf  # type: ignore[import-untyped]

    return np.asarray(0.5 * (1 + erf(x / math.sqrt(2))))


def gelu_backward(g: Array, x: Array, y: Array) -> Array:
    """Return g times the derivative of gelu, as people write it."""
    return g * (normal_cdf(x) + x * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


def by_result(f_: Forward, backward: Callable[..., Array]) -> Pair:
    """Return a pair that works in place: x becomes y, and g the gradient of x."""
    return f_, lambda g, x, y: backward(g, y, out=g)


def by_input(f: Forward, backward: Callable[..., Array]) -> Pair:
    """Return a pair that keeps x, which the gradient needs."""
    return f, lambda g, x, y: backward(g, x, out=g)


class Activation(NamedTuple):
    """In NumPy, in relu_fast, the class in torch.nn, and whether scikit-learn has it by itself."""

    numpy: Pair
    relu_fast: Pair
    torch: str
    in_sklearn: bool = False


CHOICES = {
    "relu": Activation(
        (lambda x: np.maximum(x, 0), lambda g, x, y: g * (x > 0)),
        by_result(rf.relu_, rf.relu_backward),
        "ReLU",
        in_sklearn=True,
    ),
    "leaky_relu": Activation(
        (
            lambda x: np.where(x > 0, x, 0.01 * x),
            lambda g, x, y: np.where(x > 0, g, 0.01 * g),
        ),
        by_result(rf.leaky_relu_, rf.leaky_relu_backward),
        "LeakyReLU",
    ),
    "elu": Activation(
        (
            lambda x: np.where(x > 0, x, np.exp(x) - 1),
            lambda g, x, y: np.where(x > 0, g, g * (y + 1)),
        ),
        by_result(rf.elu_, rf.elu_backward_from_result),
        "ELU",
    ),
    "silu": Activation(
        (lambda x: x * sigmoid(x), silu_backward), by_input(rf.silu, rf.silu_backward), "SiLU"
    ),
    "gelu": Activation(
        (lambda x: x * normal_cdf(x), gelu_backward), by_input(rf.gelu, rf.gelu_backward), "GELU"
    ),
    "sigmoid": Activation(
        (sigmoid, lambda g, x, y: g * y * (1 - y)),
        by_result(rf.sigmoid_, rf.sigmoid_backward_from_result),
        "Sigmoid",
        in_sklearn=True,
    ),
    "tanh": Activation(
        (np.tanh, lambda g, x, y: g * (1 - y * y)),
        by_result(rf.tanh_, rf.tanh_backward_from_result),
        "Tanh",
        in_sklearn=True,
    ),
}


class Clock:
    """Sums the seconds from each `start` to the `stop` that follows."""

    seconds = 0.0

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now

    def start(self, *_: Any) -> None:
        self.began = self.now()

    def stop(self, *_: Any) -> None:
        self.seconds += self.now() - self.began

    def timed(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """Return f, with its calls timed."""

        def timed(*arguments: Any) -> Any:
            self.start()
            result = f(*arguments)
            self.stop()
            return result

        return timed


# ---- The step, in each way ---------------------------------------------------


class Problem(NamedTuple):
    """What all begin with."""

    activation: str
    weights: list[Array]  # of each layer, of shape (inputs, units)
    x: Array
    labels: Labels
    batch: int

    def batches(self) -> Iterator[tuple[Array, Labels]]:
        """Yield one after the other; after the last image comes the first."""
        rows = np.arange(self.batch)
        while True:
            rows %= len(self.x)
            yield self.x[rows], self.labels[rows]
            rows += self.batch


Step = Callable[[Array, Labels], float]  # learns from a batch, returns the loss before


class Between(Layer):
    """An activation of whatever library, and a clock for it."""

    def __init__(self, pair: Pair, clock: Clock) -> None:
        super().__init__()
        f, f_backward = pair
        self.f: Forward = clock.timed(f)
        self.f_backward: Backward = clock.timed(f_backward)

    def forward(self, x: Array, training: bool) -> Array:
        """Return f(x), and keep both."""
        self.x, self.y = x, self.f(x)
        return self.y

    def backward(self, g: Array) -> Array:
        """Return the gradient of x."""
        return self.f_backward(g, self.x, self.y)


class FirstDense(Dense):
    """A dense layer whose input is the data, of which no library here computes the gradient."""

    def backward(self, g: Array) -> Array:
        """Store the gradients of weights and bias."""
        np.matmul(self.x.T, g, out=self.gradients[0])
        np.sum(g, axis=0, out=self.gradients[1])
        return g


def in_numpy(problem: Problem, pair: Pair, clock: Clock) -> Step:
    """Return the step in NumPy, with a pair of functions as the activation."""
    first, *others = problem.weights
    layers: list[Layer] = [FirstDense(first.copy())]
    for weights in others:
        layers += [Between(pair, clock), Dense(weights.copy())]
    network = Network(layers)
    velocities = [np.zeros_like(p) for p in network.parameters]

    def step(x: Array, labels: Labels) -> float:
        loss, g = cross_entropy(network.forward(x, training=True), labels)
        network.backward(g)
        for p, g, v in zip(network.parameters, network.gradients, velocities, strict=True):
            v *= MOMENTUM
            v += g
            p -= RATE * v
        return loss

    return step


def with_numpy(problem: Problem, clock: Clock) -> Step:
    """Return the step with NumPy alone."""
    return in_numpy(problem, CHOICES[problem.activation].numpy, clock)


def with_relu_fast(problem: Problem, clock: Clock) -> Step:
    """Return the step in NumPy with the activations of the package."""
    return in_numpy(problem, CHOICES[problem.activation].relu_fast, clock)


def with_sklearn(problem: Problem, clock: Clock) -> Step:
    """Return the step of a scikit-learn network, which looks activations up by their names."""
    from sklearn.neural_network import MLPClassifier, _base

    name = {"sigmoid": "logistic"}.get(problem.activation, problem.activation)
    for functions in _base.ACTIVATIONS, _base.DERIVATIVES:
        functions[name] = clock.timed(functions[name])
    network = MLPClassifier(
        [weights.shape[1] for weights in problem.weights[:-1]],
        activation=name,
        solver="sgd",
        alpha=0,
        batch_size=problem.batch,
        learning_rate_init=RATE,
        momentum=MOMENTUM,
        nesterovs_momentum=False,
        shuffle=False,
    )
    # A first call makes the arrays. Then its step is undone: that in the weights, and the momentum.
    network.partial_fit(*next(problem.batches()), classes=range(problem.weights[-1].shape[1]))
    network.coefs_ = [weights.copy() for weights in problem.weights]
    network.intercepts_ = [np.zeros_like(b) for b in network.intercepts_]
    del network._optimizer

    def step(x: Array, labels: Labels) -> float:
        return float(network.partial_fit(x, labels).loss_)

    return step


def with_patched_sklearn(problem: Problem, clock: Clock) -> Step:
    """Return the step of a scikit-learn network that computes with the package."""
    from relu_fast.sklearn import patch_sklearn

    patch_sklearn()
    return with_sklearn(problem, clock)


def with_torch(problem: Problem, clock: Clock) -> Step:
    """Return the step in PyTorch; its autograd calls hooks before and after an activation."""
    import torch

    def after(module: Any, inputs: Any, output: Any) -> None:
        clock.stop()
        output.register_hook(clock.start)  # called when the gradient of the output is there
        inputs[0].register_hook(clock.stop)

    layers: list[Any] = []
    for weights in problem.weights:
        dense = torch.nn.Linear(*weights.shape)
        with torch.no_grad():
            dense.weight.copy_(torch.from_numpy(weights.T))
            dense.bias.zero_()
        activation = getattr(torch.nn, CHOICES[problem.activation].torch)()
        activation.register_forward_pre_hook(clock.start)
        activation.register_forward_hook(after)
        layers += [dense, activation]
    network = torch.nn.Sequential(*layers[:-1])
    optimiser = torch.optim.SGD(network.parameters(), lr=RATE, momentum=MOMENTUM)

    def step(x: Array, labels: Labels) -> float:
        optimiser.zero_grad()
        logits = network(torch.from_numpy(x))
        loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels))
        loss.backward()
        optimiser.step()
        return float(loss.item())

    return step


WAYS: dict[str, Callable[[Problem, Clock], Step]] = {
    FIRST: with_numpy,
    "NumPy, relu_fast": with_relu_fast,
    "scikit-learn": with_sklearn,
    "scikit-learn, patched": with_patched_sklearn,
    "PyTorch": with_torch,
}


def ways_of(activation: str) -> list[str]:
    """Return the ways that there are here for an activation."""
    missing = set()
    if not CHOICES[activation].in_sklearn:
        missing.add("scikit-learn")
    if importlib.util.find_spec("torch") is None:
        missing.add("PyTorch")
    return [way for way in WAYS if way not in missing]


# ---- Turns ---------------------------------------------------------------


class Turn(NamedTuple):
    """What was seen of the steps of a turn; the first of them has a loss alone."""

    seconds: list[float]
    in_activations: list[float]
    losses: list[float]


class Worker:
    """A network, and the batches that it has not seen yet."""

    def __init__(self, way: str, problem: Problem, threads: int) -> None:
        # The CPU's time is that of all threads together: so only where there is one.
        self.clock = Clock(process_time if threads == 1 else perf_counter)
        self.batches = problem.batches()
        self.step = WAYS[way](problem, self.clock)

    def turn(self, steps: int) -> Turn:
        """Make a step, and then those that are timed."""
        turn = Turn([], [], [self.step(*next(self.batches))])
        for _ in range(steps):
            x, labels = next(self.batches)
            self.clock.seconds = 0
            start = self.clock.now()
            turn.losses.append(self.step(x, labels))
            turn.seconds.append(self.clock.now() - start)
            turn.in_activations.append(self.clock.seconds)
        return turn


worker: Worker  # of this process


def begin(way: str, problem: Problem, threads: int) -> None:
    """In the process of a library: make its network."""
    global worker
    worker = Worker(way, problem, threads)


def go_on(steps: int) -> Turn:
    """In the process of a library: take a turn."""
    return worker.turn(steps)
