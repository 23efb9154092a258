"""What a gated pair costs beside its activation alone, two calls, NumPy, PyTorch and the machine.

    pip install ".[peers]"
    python benchmarks/compare_gated.py                 # two minutes

All take turns; a round's times are divided by ours, and medians of these ratios are printed. In
the L2 cache on one thread; arrays larger than the caches on all, where the limit is a plain AVX
loop that reads two arrays and writes one (limit.c).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os

import numpy as np

import relu_fast as rf
from relu_fast.cli.info import cpu

IN_CACHE = {"float32": 65_536, "float64": 32_768}
LARGE = 50_000_000  # elements of float32: no cache holds three arrays of 200 MB
GATES = {"reglu": "relu", "geglu": "gelu", "swiglu": "silu"}
WITH_NUMPY = {
    "reglu": "np.multiply(np.maximum(a, 0), b, out=y)",
    "geglu": "np.multiply(a * special.ndtr(a), b, out=y)",
    "swiglu": "np.multiply(a / (1 + np.exp(-a)), b, out=y)",
}


def statements(pair, torch):
    """What is timed, by its title; ours first."""
    gate = GATES[pair]
    found = {
        pair: f"rf.{pair}(a, b, out=y)",
        f"{gate} alone": f"rf.{gate}(a, out=y)",
        "two calls": f"rf.{gate}(a, out=y); np.multiply(y, b, out=y)",
        "NumPy": WITH_NUMPY[pair],
    }
    if torch:
        found["PyTorch"] = f"torch.nn.functional.{gate}(A) * B"
    return found


def gradients(pair, torch):
    """The same for both gradients; PyTorch's by aten's functions, as autograd calls them."""
    gate = GATES[pair]
    found = {
        f"{pair}_backward": f"rf.{pair}_backward(g, a, b, out=(d, e))",
        f"{gate} and its backward alone": f"rf.{gate}(a, out=d); rf.{gate}_backward(g, a, out=e)",
    }
    if torch:
        backward = {
            "relu": "torch.ops.aten.threshold_backward(G * B, A, 0)",
            "gelu": "torch.ops.aten.gelu_backward(G * B, A)",
            "silu": "torch.ops.aten.silu_backward(G * B, A)",
        }[gate]
        found["PyTorch"] = f"{backward}, G * torch.nn.functional.{gate}(A)"
    return found


def arrays_of(dtype, n, torch):
    """Normal numbers, and places for results; PyTorch's view of the same memory."""
    # Here, because asv imports this file too, where `peers` may not be found.
    from peers.turns import aligned

    random = np.random.default_rng(0)
    found = {name: aligned(random.standard_normal(n, np.float32), dtype) for name in "abg"}
    views = {name.upper(): torch.from_numpy(array) for name, array in found.items() if torch}
    return found | views | {name: aligned(np.full(n, np.nan), dtype) for name in "yde"}


def main():
    """Measure, and print tables."""
    # Libraries that wait for work by spinning would take the core of whoever is timed next.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    import scipy.special
    from peers.limit import COMBINE, Limit
    from peers.turns import ratios, table

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=21)
    rounds = parser.parse_args().rounds
    threads = rf.get_num_threads()
    torch = importlib.import_module("torch") if importlib.util.find_spec("torch") else None
    modules = {"rf": rf, "np": np, "special": scipy.special, "torch": torch}

    def measured(make, pair, names, limit=None):
        seconds, found = ratios(make(pair, torch), names, rounds, limit)
        size = names["a"].size
        cells = {title.replace(GATES[pair], "f"): f"{r:.2f}" for title, r in found.items()}
        return (
            {"function": f"`{next(iter(make(pair, torch)))}`", "dtype": names["a"].dtype}
            | {"ns": f"{seconds / size * 1e9:.2f}"}
            | cells
        )

    def set_threads(count):
        rf.set_num_threads(count)
        if torch:
            torch.set_num_threads(count)

    print(f"{cpu()}, {rf.config()['isa']}; in the L2 cache, one thread")
    set_threads(1)
    in_cache = {d: modules | arrays_of(d, n, torch) for d, n in IN_CACHE.items()}
    for make in (statements, gradients):
        table([measured(make, pair, names) for pair in GATES for names in in_cache.values()])

    set_threads(threads)
    names = modules | arrays_of("float32", LARGE, torch)
    streaming = 1
    limit = Limit().mover(COMBINE, streaming, threads, [names[name] for name in "yab"])
    print(f"\n{LARGE:,} numbers, {threads} threads")
    table([measured(statements, pair, names, limit) for pair in GATES])
    table([measured(gradients, pair, names) for pair in GATES])


if __name__ == "__main__":
    main()
