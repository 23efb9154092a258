"""Definitions in the documentation, drawn as mathematics."""

import importlib.util
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from relu_fast._catalog import ACTIVATIONS
from relu_fast.accuracy.in_float64 import FUNCTIONS

MODULE = Path(__file__).parents[2] / "docs" / "_ext" / "mathematics.py"
pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.skipif(not MODULE.exists(), reason="needs the source tree"),
]


@pytest.fixture(scope="module")
def mathematics():
    spec = importlib.util.spec_from_file_location("mathematics", MODULE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.mathematics


def linear(element):
    """A formula in a line: what is above, below or in an index shows as /, root and ^."""
    parts = [linear(child) for child in element]
    match element.tag:
        case "mfrac":
            return "{{{}/{}}}".format(*parts)
        case "msup":
            return "{}^{}".format(*parts)
        case "msqrt":
            return f"root{{{''.join(parts)}}}"
        case "mtr":
            return " ".join(parts) + ";"
    return (element.text or "").replace("\u2062", "") + "".join(parts)


def drawn(mathml):
    return linear(ElementTree.fromstring(mathml))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x - (alpha - 1)", "x−(α−1)"),
        ("x - alpha - 1", "x−α−1"),
        ("(x + 1) * beta", "(x+1)β"),
        ("x * (-beta)", "x(−β)"),
        ("-x / sqrt(2 * pi)", "−{x/root{2π}}"),
        ("exp(-x**2 / 2)", "e^−{x^2/2}"),
        ("exp(x)**2", "(e^x)^2"),
        ("2 * expm1(x)", "2(e^x−1)"),
        ("x * 3", "x·3"),
        ("1 / cosh(x)**2", "{1/cosh^2(x)}"),
        ("log1p(exp(-abs(x)))", "log(1+e^−|x|)"),
        ("silu_grad(gate) * up", "silu_grad(gate)up"),
        ("maximum(x, lambd)", "max(x,λ)"),
        ("where(0 < x <= 6, 1, where(x == 7, x, 0))", "{1 if 0<x≤6;x if x=7;0 otherwise;"),
        ("where(x > min_val and x < 2, 1, 0)", "{1 if x>min val and x<2;0 otherwise;"),
    ],
)
def test_formulas(mathematics, text, expected):
    assert drawn(mathematics(text)) == expected


@pytest.mark.parametrize("text", ["f(x)", "x % 2", "x if x else 1", "[x]"])
def test_what_is_no_definition(mathematics, text):
    with pytest.raises(ValueError, match="expected"):
        mathematics(text)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_definitions_can_be_drawn(mathematics, name):
    arguments = {"where": "x > 0, x, 1", "maximum": "x, 0", "minimum": "x, 0"}.get(name, "x")
    assert "x" in drawn(mathematics(f"{name}({arguments})"))


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_every_definition_can_be_drawn(mathematics, activation):
    """With all of its numbers."""
    operands = ("gate", "up") if activation.gate else ("x",)
    for text in (activation.value, activation.derivative):
        formula = drawn(mathematics(text, "f", operands))
        assert formula.startswith(f"f({','.join(operands)})=")
        for number in re.findall(r"[0-9.]+", re.sub(r"[a-z]+1p?|expm1", "", text)):
            assert number in formula
