"""The feed-forward block of a transformer, forward and backward, in NumPy and relu_fast.

A gated pair (Shazeer, 2020) multiplies what one matrix makes of a token by the activation of
what another does: ``pair(x @ gate, x @ up) @ down``. This script checks the block's gradients,
against PyTorch's where that is installed, and measures what the pair takes of a step::

    pip install relu_fast
    python feed_forward.py
    python feed_forward.py --pair geglu --tokens 512 --features 768 --hidden 2048
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

import relu_fast as rf

Array = NDArray[np.floating[Any]]

PAIRS = ("reglu", "geglu", "swiglu")
# What people write with NumPy, of the gate a and the other array b; and its gradients.
WITH_NUMPY = {
    "reglu": (
        lambda a, b: np.maximum(a, 0) * b,
        lambda g, a, b: (g * b * (a > 0), g * np.maximum(a, 0)),
    ),
    "swiglu": (
        lambda a, b: a / (1 + np.exp(-a)) * b,
        lambda g, a, b: (
            g * b * (1 + a / (1 + np.exp(a))) / (1 + np.exp(-a)),
            g * a / (1 + np.exp(-a)),
        ),
    ),
}


# [block]
class FeedForward:
    """pair(x @ gate, x @ up) @ down, for tokens x.

    Parameters
    ----------
    features, hidden : int
        Numbers of a token, and inside of the block.
    rng : numpy.random.Generator
        Draws the weights.
    pair : {"reglu", "geglu", "swiglu"}, optional
        The gated pair.
    dtype : type, optional
        Of all parameters.
    """

    def __init__(
        self,
        features: int,
        hidden: int,
        rng: np.random.Generator,
        pair: str = "swiglu",
        dtype: type = np.float32,
    ) -> None:
        self.pair = getattr(rf, pair)
        self.pair_backward = getattr(rf, f"{pair}_backward")
        shapes = [(features, hidden), (features, hidden), (hidden, features)]
        self.parameters = [rng.normal(0, s[0] ** -0.5, s).astype(dtype) for s in shapes]
        self.gradients = [np.zeros_like(p) for p in self.parameters]

    def forward(self, x: Array) -> Array:
        """Keep what the gradients need: x, and both products; the hidden array, too."""
        gate, up, down = self.parameters
        self.x = x
        self.gate, self.up = x @ gate, x @ up
        self.hidden = self.pair(self.gate, self.up)
        return self.hidden @ down

    def backward(self, g: Array) -> Array:
        """Turn the gradient with respect to the output into that with respect to x."""
        gate, up, down = self.parameters
        tokens, g_tokens = self.x.reshape(-1, gate.shape[0]), g.reshape(-1, gate.shape[0])
        hidden = self.hidden.reshape(-1, gate.shape[1])
        np.matmul(hidden.T, g_tokens, out=self.gradients[2])
        # In place of what they were computed from, which nobody needs any more.
        d_gate, d_up = self.pair_backward(g @ down.T, self.gate, self.up, out=(self.gate, self.up))
        np.matmul(tokens.T, d_gate.reshape(hidden.shape), out=self.gradients[0])
        np.matmul(tokens.T, d_up.reshape(hidden.shape), out=self.gradients[1])
        return d_gate @ gate.T + d_up @ up.T


# [end of block]


def with_torch(block: FeedForward, x: Array, g: Array) -> list[Array]:
    """Return the output and all gradients by PyTorch: of x, gate, up, down."""
    import torch

    functions = torch.nn.functional
    gates = {"reglu": functions.relu, "geglu": functions.gelu, "swiglu": functions.silu}
    f = gates[block.pair.__name__]
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, *block.parameters)]
    tokens, gate, up, down = tensors
    y = (f(tokens @ gate) * (tokens @ up)) @ down
    y.backward(torch.tensor(g))
    return [y.detach().numpy(), *(t.grad.numpy() for t in tensors)]


def by_differences(block: FeedForward, x: Array, g: Array, step: float = 1e-6) -> Array:
    """Return the gradient with respect to x by central differences, a number at a time."""
    found = np.empty_like(x)
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] = x[i] + step
        above = block.forward(moved)
        moved[i] = x[i] - step
        found[i] = ((above - block.forward(moved)) * g).sum() / (2 * step)
    return found


def largest_difference(ours: list[Array], theirs: list[Array]) -> float:
    """Return the largest difference, of the largest number in the same array."""
    return max(
        float(np.abs(a - b).max() / np.abs(b).max()) for a, b in zip(ours, theirs, strict=True)
    )


def median_times(calls: list[Callable[[], Any]], rounds: int = 15) -> list[float]:
    """Return the median time of each in seconds; in turn, so that noise is the same for all."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, taken in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def main() -> None:
    """Check the gradients, and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pair", choices=PAIRS, default="swiglu")
    parser.add_argument("--tokens", type=int, default=256, metavar="N")
    parser.add_argument("--features", type=int, default=256, metavar="N")
    parser.add_argument("--hidden", type=int, default=688, metavar="N")
    args = parser.parse_args()
    if min(args.tokens, args.features, args.hidden) < 1:
        parser.error("--tokens, --features and --hidden: expected numbers of at least 1")
    rng = np.random.default_rng(0)

    small = FeedForward(5, 7, rng, args.pair, np.float64)
    x, g = rng.normal(size=(2, 3, 5))
    expected = by_differences(small, x, g)
    small.forward(x)
    difference = largest_difference([small.backward(g)], [expected])
    print(f"gradient of x, against differences in float64: {difference:.1e}")

    block = FeedForward(args.features, args.hidden, rng, args.pair)
    x, g = rng.normal(size=(2, args.tokens, args.features)).astype(np.float32)
    if importlib.util.find_spec("torch"):
        y = block.forward(x)
        ours = [y, block.backward(g), *block.gradients]
        difference = largest_difference(ours, with_torch(block, x, g))
        print(f"all results, against PyTorch in float32: {difference:.1e}")
    else:
        print("PyTorch is not installed: not compared")

    def step() -> None:
        block.forward(x)
        block.backward(g)

    def pair_alone() -> None:
        block.pair(block.gate, block.up, out=block.hidden)
        block.pair_backward(g_hidden, block.gate, block.up, out=(d_gate, d_up))

    def numpy_alone() -> None:
        value, backward = WITH_NUMPY[args.pair]
        value(block.gate, block.up)
        backward(g_hidden, block.gate, block.up)

    block.forward(x)
    g_hidden, d_gate, d_up = (np.ones_like(block.gate) for _ in range(3))
    calls = [step, pair_alone, *([numpy_alone] if args.pair in WITH_NUMPY else [])]
    whole, alone, *numpys = median_times(calls)
    print(f"a step takes {whole * 1e3:.2f} ms, the pair {alone / whole:.1%} of that")
    for other in numpys:
        print(f"NumPy's expressions take {other / alone:.1f} times as long as the pair")


if __name__ == "__main__":
    main()
