"""What half types and integers cost beside float32, PyTorch, JAX and the machine.

    pip install ".[peers]"
    python benchmarks/compare_half.py                  # four minutes

All take turns; a round's times are divided by ours, and medians of these ratios are printed. In
the L2 cache on one thread, all with results in arrays that are there, but for JAX, which makes
new ones. Arrays larger than the caches on all threads, beside float32 of as many elements, and
beside a plain AVX loop over as many bytes (limit.c).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os

import numpy as np

import relu_fast as rf
from relu_fast.cli.info import cpu

IN_CACHE = 65_536
LARGE = 120_000_000  # elements: no cache holds two arrays of 240 MB
HALVES = ("float16", "bfloat16")
INTEGERS = ("int8", "uint8", "int16", "int32", "int64")
# PyTorch's by aten's functions that take the place of the result, as our out= does.
ATEN = {
    "relu": "torch.clamp_min(A, 0, out=Y)",
    "relu_backward": "aten.threshold_backward.grad_input(G, A, 0, grad_input=Y)",
    "relu6": "aten.hardtanh.out(A, 0, 6, out=Y)",
    "leaky_relu": "aten.leaky_relu.out(A, 0.01, out=Y)",
    "leaky_relu_backward": "aten.leaky_relu_backward.grad_input(G, A, 0.01, False, grad_input=Y)",
    "hardswish": "aten.hardswish.out(A, out=Y)",
    "hardsigmoid": "aten.hardsigmoid.out(A, out=Y)",
    "hardshrink": "aten.hardshrink.out(A, 0.5, out=Y)",
    "softshrink": "aten.softshrink.out(A, 0.5, out=Y)",
    "elu": "aten.elu.out(A, out=Y)",
    "elu_backward": "aten.elu_backward.grad_input(G, 1, 1, 1, False, A, grad_input=Y)",
    "sigmoid": "torch.sigmoid(A, out=Y)",
    "silu": "aten.silu.out(A, out=Y)",
    "silu_backward": "aten.silu_backward.grad_input(G, A, grad_input=Y)",
    "gelu": "aten.gelu.out(A, out=Y)",
    "gelu_backward": "aten.gelu_backward.grad_input(G, A, grad_input=Y)",
    "tanh": "torch.tanh(A, out=Y)",
    "softplus": "aten.softplus.out(A, out=Y)",
    "mish": "aten.mish.out(A, out=Y)",
}
JAX = {
    name: f"jax_{name}(X).block_until_ready()"
    for name in ("relu", "relu6", "leaky_relu", "elu", "sigmoid", "silu", "gelu", "softplus")
}
BEYOND = ("relu", "relu6", "relu_backward", "leaky_relu", "hardswish", "elu", "silu")


def library(name):
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def ours(name, x="a", g="g", y="y"):
    """A call of ours with its result in an array."""
    arrays = f"{g}, {x}" if name.endswith("_backward") else x
    return f"rf.{name}({arrays}, out={y})"


def names_of(dtype, n, torch=None, jax=None):
    """Arrays of normal numbers: of `dtype` (a, g, y) and float32 (a32, g32, y32), and peers'."""
    # Here, because asv imports this file too, where neither may be found.
    import ml_dtypes  # noqa: F401 -- makes bfloat16 a dtype of NumPy's
    from peers.turns import aligned

    random = np.random.default_rng(0)
    block = {name: random.standard_normal(2**16, np.float32) for name in "ag"}
    found = {"rf": rf, "np": np}
    for name in "agy":
        numbers = np.resize(block.get(name, np.zeros(1)), n)
        found[name] = aligned(numbers, dtype)
        found[f"{name}32"] = aligned(numbers, np.float32)
    if torch:
        kind = getattr(torch, dtype)
        found |= {"torch": torch, "aten": torch.ops.aten}
        for name in "agy":
            found[name.upper()] = torch.from_numpy(found[f"{name}32"]).to(kind)
    if jax:
        found["X"] = jax.numpy.asarray(found["a32"]).astype(dtype)
        for name in JAX:
            function = getattr(jax.nn, name)
            exact = {"approximate": False} if name == "gelu" else {}
            found[f"jax_{name}"] = jax.jit(lambda x, f=function, keywords=exact: f(x, **keywords))
    return found


def statements(name, torch=None, jax=None):
    """What is timed, by its title; ours first."""
    found = {name: ours(name), "float32": ours(name, "a32", "g32", "y32")}
    if torch:
        found["PyTorch"] = ATEN[name]
    if jax and name in JAX:
        found["JAX"] = JAX[name]
    return found


def row(title, dtype, n, seconds, found):
    cells = {name: f"{ratio:.2f}" for name, ratio in found.items()}
    return {"function": f"`{title}`", "dtype": dtype, "ns": f"{seconds / n * 1e9:.3f}"} | cells


def set_threads(count, torch):
    rf.set_num_threads(count)
    if torch:
        torch.set_num_threads(count)


def in_cache(rounds):
    """Half types beside float32 and the peers, on one thread."""
    from peers.turns import ratios, table

    torch, jax = library("torch"), library("jax")
    set_threads(1, torch)
    for dtype in HALVES:
        names = names_of(dtype, IN_CACHE, torch, jax)
        rows = []
        for name in ATEN:
            rows.append(
                row(name, dtype, IN_CACHE, *ratios(statements(name, torch, jax), names, rounds))
            )
        table(rows)


def beyond(rounds, threads):
    """Half types beside float32 of as many elements, integers beside the limit."""
    from peers.limit import COMBINE, COPY, Limit
    from peers.turns import aligned, ratios, table

    torch = library("torch")
    set_threads(threads, torch)
    streaming, limit = 1, Limit()
    rows = []
    for dtype in HALVES:
        names = names_of(dtype, LARGE, torch)
        for name in BEYOND:
            loop, order = (COMBINE, "yag") if name.endswith("_backward") else (COPY, "yaa")
            move = limit.mover(loop, streaming, threads, [names[array] for array in order])
            found = ratios(statements(name, torch), names, rounds, move)
            rows.append(row(name, dtype, LARGE, *found))
    for dtype in INTEGERS:
        n = LARGE * 2 // np.dtype(dtype).itemsize
        names = {"rf": rf, "a": aligned(np.resize(np.arange(-60, 60), n), dtype)}
        names["y"] = aligned(names["a"], dtype)
        for name in ("relu", "relu6"):
            move = limit.mover(COPY, streaming, threads, [names[array] for array in "yaa"])
            rows.append(row(name, dtype, n, *ratios({name: ours(name)}, names, rounds, move)))
    table(rows)


def main():
    """Measure, and print tables."""
    # Libraries that wait for work by spinning would take the core of whoever is timed next.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--isa", choices=rf.config()["isas_supported"], help="our kernels")
    options = parser.parse_args()
    if options.isa:
        from relu_fast import _ufuncs

        _ufuncs.select_isa(options.isa)
    threads = rf.get_num_threads()
    print(f"{cpu()}, {rf.config()['isa']}")
    print(f"\n{IN_CACHE:,} numbers, one thread; times over ours")
    in_cache(options.rounds)
    print(f"\n{LARGE:,} numbers, {threads} threads; times over ours")
    beyond(options.rounds, threads)


if __name__ == "__main__":
    main()
