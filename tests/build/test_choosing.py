"""The page "Which activation": it leaves none out, and what it says of times and numbers holds."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import relu_fast
from relu_fast._catalog import ACTIVATIONS

ROWS = [row for row in ACTIVATIONS.values() if not row.is_test_only]
DOCS = Path(__file__).parents[2] / "docs"
pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.skipif(not DOCS.exists(), reason="needs the source tree"),
]


@pytest.fixture(scope="module")
def measurements():
    spec = importlib.util.spec_from_file_location("measurements", DOCS / "_ext" / "measurements.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page():
    return (DOCS / "guide" / "choosing.md").read_text(encoding="utf-8")


def section(page, name):
    """The text below the heading that has this name, in one line."""
    for part in re.split(r"^## ", page, flags=re.M):
        heading, _, text = part.partition("\n")
        if name in heading.split(", "):
            return " ".join(text.split())
    raise AssertionError(f"no section about {name}")


@pytest.mark.parametrize("activation", ROWS, ids=lambda row: row.name)
def test_a_section_about_each_function_of_one_array(page, activation):
    if any(form.inputs == ("x",) for form in activation.forms):
        assert section(page, activation.name)


# ---- Times ---------------------------------------------------------------------

SIMILAR = 1.15  # twice what the rounding to 0.01 ns may be of relu's time


def both(name):
    return name, f"{name}_backward"


# Section, what it says, and the condition, of the `Time` by function in float32.
SENTENCES = [
    ("relu", "as cheap as any here", lambda t: is_cheap(t, "relu", cheapest(t))),
    ("leaky_relu", "About as cheap as relu", lambda t: is_cheap(t, "leaky_relu", "relu")),
    ("prelu", "about as cheap as leaky_relu", lambda t: is_cheap(t, "prelu", "leaky_relu")),
    ("relu_squared", "about as cheap as relu", lambda t: is_cheap(t, "relu_squared", "relu")),
    ("hardtanh", "hardtanh is about as cheap as relu", lambda t: is_cheap(t, "hardtanh", "relu")),
    ("elu", "takes longer than a comparison", lambda t: is_slower(t, "elu", "relu")),
    (
        "selu",
        "Both take longer than elu",
        lambda t: is_slower(t, "selu", "elu") and is_slower(t, "celu", "elu"),
    ),
    (
        "hardswish",
        "in the place of sigmoid and silu, which take over twice as long",
        lambda t: (
            is_slower(t, "sigmoid", "hardsigmoid", 2) and is_slower(t, "silu", "hardswish", 2)
        ),
    ),
    (
        "quick_gelu",
        "quick_gelu takes less time than gelu, but its backward and gelu_tanh do not",
        lambda t: (
            t["quick_gelu"] < t["gelu"]
            and t["quick_gelu"].slowest < t["gelu"].slowest
            and t["quick_gelu_backward"] >= t["gelu_backward"]
            and t["gelu_tanh"] >= t["gelu"]
            and t["gelu_tanh_backward"] >= t["gelu_backward"]
        ),
    ),
    (
        "mish",
        "For normally distributed x in float32, mish takes less time than silu here",
        lambda t: is_slower(t, "silu", "mish"),
    ),
    (
        "softplus",
        "in float32, softplus is the faster one here",
        lambda t: (
            is_slower(t, "squareplus", "softplus")
            and t["softplus"].slowest < t["squareplus"].normal
            and t["softplus_backward"].slowest < t["squareplus_backward"].normal
        ),
    ),
    (
        "softsign",
        "in float32 takes longer than tanh for normally distributed x",
        lambda t: is_slower(t, "softsign", "tanh"),
    ),
]


def cheapest(times):
    return min((row.name for row in ROWS if row.name in times), key=lambda name: times[name].normal)


def is_cheap(times, name, other):
    """Value and backward take about as long as the other's, or less."""
    return all(
        times[mine].normal <= SIMILAR * times[theirs].normal
        for mine, theirs in zip(both(name), both(other), strict=True)
    )


def is_slower(times, name, other, factor=1):
    return all(
        times[mine].normal > factor * times[theirs].normal
        for mine, theirs in zip(both(name), both(other), strict=True)
    )


@pytest.mark.parametrize(("name", "words", "holds"), SENTENCES, ids=[s[1] for s in SENTENCES])
def test_sentences_about_times(measurements, page, name, words, holds):
    """A sentence that a new measurement contradicts has to go."""
    assert words in section(page, name)
    assert holds(measurements.times())


def test_relu_is_a_copy_and_memory_makes_differences_smaller(page):
    text = section(page, "All of them")
    assert "relu itself takes about as long as a C loop that copies" in text
    assert "which [makes differences smaller]" in text
    report = (DOCS / "performance.md").read_text(encoding="utf-8")

    def row(heading, call):
        """Nanoseconds of an element, and the share of the limit."""
        below = report.split(f"## {heading}\n")[1].split("\n## ")[0]
        (found,) = re.findall(rf"^\| `{re.escape(call)}` \| (.*?) \| .*? \| (.*?)%", below, re.M)
        return float(found[0]), float(found[1]) / 100

    here, far = "In the cache, one thread", "Larger than the caches, all threads"
    assert row(here, "relu(x, out=y)")[1] > 1 / SIMILAR
    for call in ("(x, out=y)", "_backward(g, x, out=y)"):
        cached, larger = (
            row(at, f"elu{call}")[0] / row(at, f"relu{call}")[0] for at in (here, far)
        )
        assert larger < 0.75 * cached


# ---- Numbers -------------------------------------------------------------------


def test_approximations_of_gelu(page):
    x = np.linspace(-8, 8, 160_001)
    largest = [
        np.abs(f(x) - relu_fast.gelu(x)).max() for f in (relu_fast.gelu_tanh, relu_fast.quick_gelu)
    ]
    shown = " and ".join(f"{error:.1g}" for error in largest)
    assert f"they differ from gelu by up to {shown}." in section(page, "gelu")


def test_logarithm_of_sigmoid(page):
    words = "is -∞ from x ≈ -104 on in float32".replace("-", "\N{MINUS SIGN}")
    assert words in section(page, "log_sigmoid")
    x = np.float32([-103, -104])
    assert (relu_fast.sigmoid(x) == 0).tolist() == [False, True]
    np.testing.assert_array_equal(relu_fast.log_sigmoid(x), x)
