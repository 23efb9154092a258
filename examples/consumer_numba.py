"""A network of neurons, simulated step by step in code that numba compiles.

    pip install relu_fast numba
    python consumer_numba.py

Each unit has a firing rate r that follows what reaches it: dr/dt = softplus(W r + input) - r. Many
short steps on small arrays, each of which needs the one before, are what Python is slow at, and
what numba is for. The gradient of the rates at rest by the inputs takes as many, backwards.

The same functions run compiled and as Python, and what they return is compared bit for bit.
"""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np

import relu_fast as rf

try:
    from numba import njit
except ImportError:
    raise SystemExit('numba is missing: pip install "numba"') from None


@njit
def drive(weights, rates, inputs, out):
    """What reaches each unit, into `out`."""
    for i in range(len(rates)):
        out[i] = inputs[i]
        for j in range(len(rates)):
            out[i] += weights[i, j] * rates[j]


@njit
def settle(weights, inputs, step, tolerance):
    """The rates at which the network comes to rest, and the number of steps."""
    rates = np.zeros_like(inputs)
    reached, wanted = np.empty_like(inputs), np.empty_like(inputs)
    steps, change = 0, np.inf
    while change >= tolerance:
        drive(weights, rates, inputs, reached)
        rf.softplus(reached, beta=2.0, out=wanted)
        change = 0.0
        for i in range(len(rates)):
            difference = wanted[i] - rates[i]
            rates[i] += step * difference
            change = max(change, abs(difference))
        steps += 1
    return rates, steps


@njit
def gradient(weights, inputs, rates, g, step, tolerance):
    """That of the sum of g times the settled rates, by the inputs."""
    reached, back = np.empty_like(inputs), np.empty_like(inputs)
    drive(weights, rates, inputs, reached)
    total = g.copy()
    zero, change = np.zeros_like(inputs), np.inf
    while change >= tolerance:
        found = rf.softplus_backward(total, reached, 2.0)
        drive(weights.T, found, zero, back)
        change = 0.0
        for i in range(len(total)):
            difference = g[i] + back[i] - total[i]
            total[i] += step * difference
            change = max(change, abs(difference))
    return rf.softplus_backward(total, reached, 2.0)


def main():
    """Simulate both ways, compare, and print what it takes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--units", type=int, default=32)
    units = parser.parse_args().units
    rng = np.random.default_rng(0)
    weights = rng.normal(0, 0.4 / np.sqrt(units), (units, units))
    inputs, g = rng.normal(size=(2, units))

    results, seconds = [], []
    settle(weights, inputs, 0.1, 1e9)  # compiles
    gradient(weights, inputs, inputs, g, 0.1, 1e9)
    for forward, backward in ((settle, gradient), (settle.py_func, gradient.py_func)):
        times = []
        for _ in range(5):
            start = perf_counter()
            rates, steps = forward(weights, inputs, 0.1, 1e-10)
            by_inputs = backward(weights, inputs, rates, g, 0.1, 1e-10)
            times.append(perf_counter() - start)
        results.append((rates, by_inputs))
        seconds.append(min(times))

    (rates, by_inputs), others = results
    same = rates.tobytes() == others[0].tobytes() and by_inputs.tobytes() == others[1].tobytes()
    print(
        f"{units} units at rest after {steps} steps, rates {rates.min():.3f} to {rates.max():.3f}"
    )
    print(f"compiled and as Python, all bits are {'the same' if same else 'NOT the same'}")
    print(f"compiled {seconds[0] * 1e3:.1f} ms, as Python {seconds[1] * 1e3:.0f} ms")

    around = []
    for nudge in (-1e-5, 1e-5):
        nudged = inputs.copy()
        nudged[0] += nudge
        around.append((settle(weights, nudged, 0.1, 1e-13)[0] * g).sum())
    slope = (around[1] - around[0]) / 2e-5
    print(f"gradient by the first input {by_inputs[0]:.6f}, by a difference {slope:.6f}")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
