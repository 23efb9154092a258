"""docs/coming_from.md, read: its tables are what tests/libraries compares.

They are in no other place: what is on the page is what is run.
"""

import functools
import math
import re
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import relu_fast
from relu_fast._catalog import ACTIVATIONS, FUNCTIONS, Function

PAGE = Path(__file__).parents[2] / "docs" / "coming_from.md"
OURS = "relu_fast"

if not PAGE.exists():
    pytest.skip("needs the source tree", allow_module_level=True)


class Row(dict):
    """The cells by their columns."""

    @property
    def label(self):
        """In the name of a test."""
        return self[""]


class Table(NamedTuple):
    columns: list[str]
    rows: list[Row]


@functools.cache
def tables():
    """By the heading that they stand under."""
    found = {}
    for section in re.split(r"\n##+ ", PAGE.read_text(encoding="utf-8"))[1:]:
        heading, _, text = section.partition("\n")
        lines = [line for line in text.splitlines() if line.startswith("|")]
        if lines:
            columns, _, *rows = ([c.strip() for c in line[1:-1].split("|")] for line in lines)
            found[heading] = Table(columns, [Row(zip(columns, r, strict=True)) for r in rows])
    return found


def stated_version(library):
    """That of which the page speaks."""
    engine = "ONNX Runtime" if library == "ONNX" else library
    return re.search(rf"{engine} (\d+\.\d+)", PAGE.read_text(encoding="utf-8"))[1]


def code(cell):
    """The expressions in a cell."""
    return re.findall(r"`([^`]+)`", cell)


class Pair(NamedTuple):
    """Expressions of a library, and the one here that is the same function."""

    library: str
    theirs: str
    ours: str

    @property
    def label(self):
        """In the name of a test."""
        return self.theirs

    @property
    def activation(self):
        """Of which it is a plain call; None if it is something else."""
        name = self.ours.partition("(")[0]
        return ACTIVATIONS.get(name) if re.fullmatch(r"\w+\(x.*\)", self.ours) else None


def pairs(library):
    """Those of a library's table of names, and of the gated pairs."""
    found = []
    for heading in (library, "Gated pairs"):
        for row in tables()[heading].rows:
            (ours,) = code(row[OURS])
            found += [Pair(library, theirs, ours) for theirs in code(row.get(library, ""))]
    return found


def value(expression, **values):
    """What an expression gives here.  What is called is ours: threshold is a parameter, too."""
    called = re.sub(r"\b(?=\w+\()", "relu_fast.", expression)
    return eval(called, {"relu_fast": relu_fast}, values)


def gradient(expression, g, **values):
    """That of a plain call."""
    return value(re.sub(r"^(\w+)\(", r"\1_backward(g, ", expression), g=g, **values)


def stated_dtype(cell):
    """That at the end of a cell: `relu(x)`, float16"""
    dtype = cell.rpartition("`, ")[2]
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")  # which gives the name a meaning
    return dtype if "float" in dtype or "int" in dtype else "float32"


class Question(NamedTuple):
    """A call of a function here with numbers, which other libraries answer, too."""

    function: Function
    numbers: tuple[float, ...]
    dtype: str

    def __str__(self):
        return f"{self.function.name}{self.numbers} in {self.dtype}"

    @classmethod
    def read(cls, cell):
        """Those of a cell: `relu_grad(±0)`, `leaky_relu_grad(0, 0.5)`, float64"""
        dtype = stated_dtype(cell)
        calls = []
        for call in code(cell):
            calls += [call.replace("±", sign) for sign in ("+-" if "±" in call else "+")]
        found = []
        for call in calls:
            name, _, numbers = call.rstrip(")").partition("(")
            found.append(cls(FUNCTIONS[name], tuple(map(float, numbers.split(", "))), dtype))
        return found

    @property
    def operands(self):
        """Arrays, as many elements as fill vectors and leave some over, and parameters."""
        activation, inputs = self.function.activation, self.function.form.inputs
        given = dict(zip(self.function.arguments, self.numbers, strict=False))
        arrays = {name: np.full(33, given[name], self.dtype) for name in inputs}
        numbers = {p.name: given.get(p.name, p.typical) for p in activation.parameters}
        if "alpha" in numbers:  # as an array, which some need
            arrays["weight"] = np.full(1, numbers["alpha"], self.dtype)
        return arrays | numbers

    def ours(self):
        operands = self.operands
        arguments = [operands[name] for name in self.function.arguments]
        return getattr(relu_fast, self.function.name)(*arguments)[0]

    def theirs(self, library):
        """None if the library has no such function, or no gradients."""
        operands = self.operands
        expression = self.expression(library.name)
        if expression is None:
            return None
        if self.function.form.id == "VALUE":
            return library.evaluate(expression, **operands)[0]
        if not library.has_gradients:
            return None
        g = operands.pop("g", np.ones(33, self.dtype))
        return library.gradient(expression, g, **operands)[0]

    def expression(self, library):
        """The first that takes the parameters which are not at their defaults."""
        activation, operands = self.function.activation, self.operands
        needed = {p.name for p in activation.parameters if operands[p.name] != p.default}
        for pair in pairs(library):
            given = set(re.findall(r"\w+", pair.ours.replace("weight", "alpha")))
            if pair.activation == activation and needed <= given:
                return pair.theirs
        return None


def number(text):
    """As it is printed: a minus is a minus, and bold is what differs."""
    text = text.strip("*").replace("\N{MINUS SIGN}", "-")
    return float(Fraction(text)) if "/" in text else float(text)


def shows(cell, value):
    """Whether a cell is that number, to the digits that it has."""
    digits = re.sub(r"e.*|\D", "", cell).lstrip("0")
    expected = number(cell)
    if "/" in cell:
        return math.isclose(value, expected, rel_tol=1e-6)
    if not digits or not math.isfinite(value):
        return repr(expected) == repr(float(value))
    return expected == float(f"{float(value):.{len(digits) - 1}e}")
