"""docs/coming_from.md, its tables of names: each pair of expressions is the same function.

All of one library: pytest -n 0 tests/libraries -k PyTorch.  Keras takes KERAS_BACKEND.
"""

import re

import numpy as np
import pytest
from support.coming_from import code, gradient, pairs, stated_version, tables, value
from support.libraries import ADAPTERS, LibraryError, each

import relu_fast
from relu_fast._catalog import ACTIVATIONS

DTYPES = ("float32", "float64")
PAIRS = [pair for library in ADAPTERS for pair in pairs(library)]
WITH_GRADIENTS = [p for p in PAIRS if p.activation and hasattr(ADAPTERS[p.library], "gradient")]
# Of functions: layers may check.
ANY_ALPHA = [
    p
    for p in PAIRS
    if p.activation and p.activation.name in ("leaky_relu", "prelu", "elu")
    if re.search(r"\(x\b.*(alpha|weight)", p.theirs)
]
LEARNED = [p for p in WITH_GRADIENTS if "weight" in p.ours]

# Not the defaults, and the same numbers in float32, as which ONNX stores them.
NUMBERS = {
    "alpha": 0.375,
    "beta": 1.5,
    "b": 2.25,
    "threshold": 0.25,
    "value": -1.5,
    "min_val": -0.75,
    "max_val": 1.25,
    "lambd": 0.75,
}

# How many spacings of 1 the others may be off, as a part of what they add and subtract: numbers
# as large as 1, x and the result.  Seen: 24, the gradient of gelu_tanh in JAX; else 7.  Where
# their digits are lost altogether, in tails and next to zeros, is another table of the page.
ALLOWED = 32


def operands(dtype):
    """New ones, because some expressions work in place."""
    rng = np.random.default_rng(1)
    x, gate, up, g = rng.uniform(-8, 8, (4, 64, 4)).astype(dtype)
    weight = np.array([0.25, 0.375, 0.5, -0.125], dtype)
    return g, NUMBERS | {"x": x, "gate": gate, "up": up, "weight": weight}


def in_float64(library, pair, column, suffix=""):
    """Whether a row of the table says so of a pair, or of its gradient."""
    called = set(re.findall(r"(\w+)\(", pair.ours))
    called |= {ACTIVATIONS[name].source.name for name in called & ACTIVATIONS.keys()}
    backends = {"tensorflow": "TensorFlow", "torch": "PyTorch", "jax": "JAX"}
    engine = backends[library.backend] if library.name == "Keras" else library.name
    listed = {
        name
        for row in tables()["In float64"].rows
        if row[""] in (engine, f"{library.name} on {engine}")
        for name in code(row[column])
    }
    return bool(listed & (called | {name + suffix for name in called}))


def error(theirs, ours, size):
    """In spacings of 1."""
    difference = np.abs(theirs.astype(np.float64) - ours)
    return float((difference / (np.abs(ours) + size)).max() / np.finfo(ours.dtype).eps)


def compare(library, pair, ask, size, suffix=""):
    """In both dtypes: `ask` returns theirs and ours of one."""
    theirs, ours = ask("float32")
    assert theirs.dtype == ours.dtype == np.float32
    assert error(theirs, ours, size) <= ALLOWED
    refused = in_float64(library, pair, "not at all")
    coarse = in_float64(library, pair, "to the digits of float32", suffix)
    try:
        theirs, ours = ask("float64")
    except LibraryError:
        if refused:
            return
        raise
    assert ours.dtype == np.float64
    assert theirs.dtype == ours.dtype or coarse
    found = error(theirs, ours, size)
    if refused or (coarse and found <= ALLOWED):
        assert not library.is_as_stated, f"{pair.theirs} computes in float64"
        pytest.skip(f"{library.name} {library.version} computes {pair.theirs} in float64")
    assert found <= ALLOWED * (2.0**29 if coarse else 1)


# ---- The page ----------------------------------------------------------------


def test_every_activation_has_a_row_and_every_row_a_function():
    called = {name for pair in PAIRS for name in re.findall(r"(\w+)\(", pair.ours)}
    assert called >= ACTIVATIONS.keys()
    assert called <= set(relu_fast.__all__)


def test_every_library_has_a_table_and_a_version():
    for library in ADAPTERS:
        assert len(pairs(library)) > 20
        assert stated_version(library)


def test_rows_are_in_the_order_of_the_catalogue():
    for library in ADAPTERS:
        names = [pair.activation.name for pair in pairs(library) if pair.activation]
        assert [*dict.fromkeys(names)] == [name for name in ACTIVATIONS if name in names]


# ---- The pairs ---------------------------------------------------------------


@each(("library", "pair"), [(p.library, p) for p in PAIRS])
def test_same_values(library, pair):
    def ask(dtype):
        ours = value(pair.ours, **operands(dtype)[1])
        return library.evaluate(pair.theirs, **operands(dtype)[1]), ours

    _, values = operands("float32")
    size = np.abs(values["gate"] * values["up"] if "gate" in pair.ours else values["x"])
    compare(library, pair, ask, np.maximum(size, 1))


@each(("library", "pair"), [(p.library, p) for p in WITH_GRADIENTS])
def test_same_gradients(library, pair):
    def ask(dtype):
        g, values = operands(dtype)
        return library.gradient(pair.theirs, g, **values), gradient(pair.ours, g, **values)

    g, values = operands("float32")
    compare(library, pair, ask, np.abs(g) * np.maximum(np.abs(values["x"]), 1), "_backward")


@each(("library", "pair"), [(p.library, p) for p in LEARNED])
def test_same_gradient_of_a_learned_alpha(library, pair):
    def ask(dtype):
        g, values = operands(dtype)
        ours = relu_fast.prelu_alpha_backward(g, values["x"], values["weight"])
        return library.gradient(pair.theirs, g, by="weight", **values), ours

    g, values = operands("float32")
    compare(library, pair, ask, np.abs(g * values["x"]).sum(axis=0))


@each(("library", "pair"), [(p.library, p) for p in ANY_ALPHA])
@pytest.mark.parametrize("alpha", [-0.5, 0.0, 1.5])
def test_alpha_may_be_any_number(library, pair, alpha):
    """But in MLX, whose leaky_relu is max(alpha * x, x)."""
    _, values = operands("float32")
    values |= {"alpha": alpha, "weight": np.full(1, alpha, "float32")}
    theirs, ours = library.evaluate(pair.theirs, **values), value(pair.ours, **values)
    if alpha > 1 and pair.theirs.startswith("nn.leaky_relu") and library.name == "MLX":
        ours = np.maximum(alpha * values["x"], values["x"])
    assert error(theirs, ours, np.maximum(np.abs(values["x"]), 1)) <= ALLOWED


@each(["library"], [("JAX",), ("MLX",)])
def test_same_gradient_of_elu_by_alpha(library):
    (pair,) = (p for p in pairs(library.name) if p.ours == "elu(x, alpha)" and "x" in p.theirs)
    g, values = operands("float32")
    values["alpha"] = np.array(NUMBERS["alpha"], "float32")
    theirs = library.gradient(pair.theirs, g, by="alpha", **values)
    ours = relu_fast.elu_alpha_backward(g, values["x"], values["alpha"])
    assert error(theirs, ours, np.abs(g).sum()) <= ALLOWED
