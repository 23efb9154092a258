"""docs/coming_from.md, where libraries differ: each cell of its tables, and what it says of others.

Ours must be as printed; theirs, too, in the version stated, and else a test is skipped that says
what is printed and what was found.
"""

import math
import re

import numpy as np
import pytest
from support.coming_from import (
    OURS,
    Question,
    code,
    number,
    pairs,
    shows,
    stated_dtype,
    tables,
    value,
)
from support.libraries import LibraryError, each

from relu_fast._catalog import ACTIVATIONS, FUNCTIONS

NAMES = ("At the kinks", "At minus zero", "NaN", "Infinities", "Tails", "In half types")
ROWS = [row for name in NAMES for row in tables()[name].rows]
LIBRARIES = tables()["Infinities"].columns[2:]


def of(*libraries):
    return each(["library"], [(library,) for library in libraries])


# ---- Numbers -----------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.label)
def test_ours(row):
    for question in Question.read(row[""]):
        assert shows(row[OURS], question.ours()), str(question)


@each(("library", "row"), [(column, row) for row in ROWS for column in row if column in LIBRARIES])
def test_theirs(library, row):
    """An empty cell is a function that is not there, or a gradient."""
    for question in Question.read(row[""]):
        theirs, cell = question.theirs(library), row[library.name]
        assert (theirs is None) == (cell == ""), str(question)
        if cell:
            library.agrees(shows(cell, theirs), f"{question} is {theirs}, printed is {cell}")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.label)
def test_what_differs_is_bold(row):
    for library in {*LIBRARIES} & row.keys():
        cell = row[library]
        if cell:
            differs = repr(number(cell)) != repr(number(row[OURS]))
            assert cell.startswith("**") == differs, (library, cell)


@pytest.mark.parametrize(("heading", "x"), [("At minus zero", -0.0), ("NaN", math.nan)])
@of(*LIBRARIES)
def test_all_other_functions_agree(library, heading, x):
    listed = [q.function for row in tables()[heading].rows for q in Question.read(row[""])]
    for activation in (row for row in ACTIVATIONS.values() if not row.gate):
        question = Question(FUNCTIONS[activation.name], (x, *activation.typical), "float32")
        theirs = question.theirs(library)
        if theirs is not None and question.function not in listed:
            library.agrees(shows(f"{question.ours()}", theirs), f"{question} is {theirs}")


# ---- dtypes ------------------------------------------------------------------


@pytest.mark.parametrize("row", tables()["dtypes"].rows, ids=lambda row: row.label)
def test_our_dtypes(row):
    x = np.zeros(33, stated_dtype(row[""]))
    for call in code(row[""]):
        assert value(call, x=x).dtype == row[OURS].strip("*")


@pytest.mark.parametrize("row", tables()["dtypes"].rows, ids=lambda row: row.label)
@of(*LIBRARIES)
def test_their_dtypes(library, row):
    x = np.zeros(33, stated_dtype(row[""]))
    for call in code(row[""]):
        question = Question(FUNCTIONS[call.partition("(")[0]], (0.0,), "float32")
        expression = question.expression(library.name)
        try:
            found = library.evaluate(expression, **question.operands | {"x": x}).dtype.name
        except LibraryError:
            found = "refused"
        library.agrees(found == row[library.name], f"{expression} of {x.dtype} is {found}")


# ---- PReLU's alpha -----------------------------------------------------------

IMAGES = np.random.default_rng(1).normal(0, 1, (2, 3, 4, 5)).astype(np.float32)
WEIGHT = np.array([0.25, 0.5, -0.75], np.float32)


@of("PyTorch")
def test_prelu_of_pytorch(library):
    ours = value("prelu(x, weight)", x=IMAGES, weight=WEIGHT[:, None, None])
    assert (library.evaluate("F.prelu(x, weight)", x=IMAGES, weight=WEIGHT) == ours).all()
    ours = value("prelu(x, weight)", x=IMAGES[:, :, 0, 0], weight=WEIGHT)
    theirs = library.evaluate("F.prelu(x, weight)", x=IMAGES[:, :, 0, 0].copy(), weight=WEIGHT)
    assert (theirs == ours).all()
    assert library.evaluate("nn.PReLU(3).weight.shape", x=IMAGES) == WEIGHT.shape
    assert library.evaluate("nn.PReLU().weight.shape", x=IMAGES) == (1,)
    with pytest.raises(LibraryError, match="ndim = 2"):
        library.evaluate("F.prelu(x, weight)", x=IMAGES, weight=WEIGHT[:, None])


@of("Keras")
def test_prelu_of_keras(library):
    for arguments, shape in (("", IMAGES.shape[1:]), ("shared_axes=[1, 2]", (1, 1, 5))):
        call = f"tuple(((layer := layers.PReLU({arguments})), layer(x))[0].alpha.shape)"
        assert library.evaluate(call, x=IMAGES) == shape


@of("ONNX")
def test_prelu_of_onnx(library):
    weight = WEIGHT[:, None, None]
    ours = value("prelu(x, weight)", x=IMAGES, weight=weight)
    assert (library.evaluate("PRelu(x, weight)", x=IMAGES, weight=weight) == ours).all()


@of("MLX")
def test_prelu_of_mlx(library):
    x = np.moveaxis(IMAGES, 1, -1).copy()
    ours = value("prelu(x, weight)", x=x, weight=WEIGHT)
    assert (library.evaluate("nn.prelu(x, weight)", x=x, weight=WEIGHT) == ours).all()
    assert library.evaluate("nn.PReLU(3).weight.shape", x=x) == WEIGHT.shape


# ---- Of PyTorch alone --------------------------------------------------------


@of("PyTorch")
@pytest.mark.parametrize("name", ["leaky_relu", "elu", "celu"])
def test_gradient_in_place_refuses_a_negative_alpha(library, name):
    x = IMAGES.ravel()
    with pytest.raises(LibraryError, match="negative slope"):
        library.gradient(f"F.{name}_(1 * x, -0.5)", x, x=x)
    if name != "celu":  # whose alpha is positive
        theirs = library.gradient(f"F.{name}(x, -0.5)", x, x=x)
        np.testing.assert_allclose(theirs, value(f"{name}_backward(x, x, -0.5)", x=x), rtol=1e-6)


@of("PyTorch")
def test_every_function_of_pytorch_in_place_has_a_twin_here(library):
    listed = "[name for name in dir(F) if name.endswith('_') and name[0] not in '_r']"
    found = library.evaluate(listed, x=np.zeros(1, np.float32))
    assert {"elu_", "selu_"} <= {*found} <= FUNCTIONS.keys()


@of("PyTorch")
def test_gelu_of_infinity_in_an_array_of_1(library):
    found = library.evaluate("F.gelu(x)", x=np.full(1, math.inf, np.float32))[0]
    library.agrees(found == math.inf, f"gelu(inf) is {found} in an array of 1")


@of("PyTorch")
def test_pairs_in_place_are_in_place(library):
    """`F.relu_` returns its argument."""
    (pair,) = (p for p in pairs("PyTorch") if re.match(r"F\.relu_\(", p.theirs))
    x = np.full(33, -1, np.float32)
    assert library.evaluate(f"torch.stack([{pair.theirs}, x])", x=x).tolist() == [[0] * 33] * 2
