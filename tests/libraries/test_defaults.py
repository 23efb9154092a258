"""docs/coming_from.md, its table of defaults: each library is called without its parameters."""

import ast
import re

import numpy as np
import pytest
from support.coming_from import OURS, code, number, pairs, shows, tables, value
from support.libraries import LibraryError, each

from relu_fast._catalog import ACTIVATIONS

TABLE = tables()["Defaults"]
NUMBERS = {"threshold": 0.5, "value": -2.0, "min_val": -0.75, "max_val": 1.25}  # of the others
X = np.random.default_rng(1).normal(0, 3, 200).astype(np.float32)

# What is no parameter here, and how it shows: in float64, from an expression's values.
MEASURED = {
    ("hardsigmoid", "slope"): lambda f: f(1) - f(0),
    ("selu", "alpha"): lambda f: -f(-50) / f(1),
    ("selu", "scale"): lambda f: f(1),
    ("softplus", "threshold"): lambda f: max(x for x in range(1, 36) if f(x) > x),
}


def cells():
    """A library's name, the row, its activation and parameter, and the cell."""
    for row in TABLE.rows:
        (activation,), parameter = code(row[""]), row[""].partition(": ")[2]
        for column in TABLE.columns[1:]:
            yield column, activation, parameter, row[column]


def each_cell(wanted):
    rows = [(column, *rest) for column, *rest in cells() if column != OURS and wanted(*rest)]
    return each(("library", "activation", "parameter", "cell"), rows)


def default(cell, call):
    """What a cell says of a call: 0.2, or 0.3 in `layers.LeakyReLU`."""
    found = None
    for part in cell.split("; "):
        said, _, where = part.partition(" in ")
        if where and where.strip("`") == call.partition("(")[0]:
            return said.strip("*")
        if not where:
            found = said.strip("*")
    return found


def without(expression, left_out=lambda argument: isinstance(argument, ast.keyword)):
    """A call without the arguments chosen, by default all keywords; None if it has none."""
    call = ast.parse(expression, mode="eval").body
    if not isinstance(call, ast.Call):
        return None
    arguments = [*call.args, *call.keywords]
    call.args = [argument for argument in call.args if not left_out(argument)]
    call.keywords = [argument for argument in call.keywords if not left_out(argument)]
    return ast.unparse(call) if len(call.args + call.keywords) < len(arguments) else None


def mentions(parameter):
    """Whether an argument is a parameter, or is made of it."""
    return lambda argument: any(
        isinstance(node, ast.Name) and node.id == parameter for node in ast.walk(argument)
    )


def is_parameter(activation, parameter, cell):
    return parameter in {p.name for p in ACTIVATIONS[activation].parameters}


def test_ours_are_those_of_the_catalogue():
    for column, activation, parameter, cell in cells():
        if column == OURS and is_parameter(activation, parameter, cell):
            (found,) = (p for p in ACTIVATIONS[activation].parameters if p.name == parameter)
            assert cell == "none" if found.default is None else number(cell) == found.default
        elif column == OURS and (activation, parameter) in MEASURED and cell:
            measure = MEASURED[activation, parameter]
            assert shows(cell, measure(lambda x, f=activation: value(f"{f}(x)", x=np.float64(x))))


def test_every_parameter_has_a_row():
    rows = {(activation, parameter) for _, activation, parameter, _ in cells()}
    for activation in ACTIVATIONS.values():
        assert {(activation.name, p.name) for p in activation.parameters} <= rows


@each_cell(is_parameter)
def test_parameter_left_out(library, activation, parameter, cell):
    """Theirs without it is ours with what the table says; an empty cell: it cannot be given."""
    given = [
        (pair, without(pair.theirs, mentions(parameter)))
        for pair in pairs(library.name)
        if pair.activation == ACTIVATIONS[activation]
    ]
    # ONNX's softshrink, which gives it twice, would be hardshrink.
    given = [(p, call) for p, call in given if call and p.theirs.count(f"={parameter}") < 2]
    assert bool(given) == bool(cell)
    for pair, call in given:
        expected = default(cell, pair.theirs)
        if expected == "none":
            with pytest.raises(LibraryError) as raised:
                library.evaluate(call, x=X, **NUMBERS)
            assert raised.value.kind == "TypeError"
            continue
        ours = value(pair.ours, x=X, **NUMBERS | {parameter: number(expected)})
        agrees(library, call, library.evaluate(call, x=X, **NUMBERS), ours)


@each_cell(lambda activation, parameter, cell: parameter == "which one")
def test_which_gelu(library, activation, parameter, cell):
    plain = [pair.theirs for pair in pairs(library.name) if pair.activation]
    calls = {without(call) or call for call in plain}
    calls = [call for call in calls if re.match(r"([\w.]+\.)?gelu\(", call, re.IGNORECASE)]
    assert calls
    for call in calls:
        (expected,) = code(default(cell, call))
        agrees(library, call, library.evaluate(call, x=X), value(f"{expected}(x)", x=X))


def agrees(library, call, theirs, ours):
    """Two gelus are 5e-4 apart."""
    is_so = np.allclose(theirs, ours, rtol=1e-5, atol=1e-6)
    library.agrees(is_so, f"{call} has another default")


@each_cell(lambda activation, parameter, cell: (activation, parameter) in MEASURED and cell)
def test_measured(library, activation, parameter, cell):
    pair = next(p for p in pairs(library.name) if p.activation == ACTIVATIONS[activation])
    call = without(pair.theirs) or pair.theirs
    measured = MEASURED[activation, parameter](
        lambda x: library.evaluate(call, x=np.full(33, x, np.float64))[0]
    )
    library.agrees(shows(cell, measured), f"{call}: {parameter} is {measured!r}")


@each(["library"], [("ONNX",)])
def test_of_onnx(library):
    """Attributes in float32, and Shrink."""
    assert library.evaluate("LeakyRelu(x)", x=np.full(1, -1.0))[0] == -float(np.float32(0.01))
    assert (library.evaluate("Shrink(x)", x=X) == value("hardshrink(x)", x=X)).all()
