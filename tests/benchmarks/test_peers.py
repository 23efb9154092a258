"""benchmarks/peers: the tables of the libraries, none of which is needed for this."""

import sys
from pathlib import Path

import pytest

from relu_fast import _catalog

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
if not BENCHMARKS.exists():
    pytest.skip("the benchmarks are not here", allow_module_level=True)
sys.path.append(str(BENCHMARKS))

from peers import cells, libraries, peer, tensor_peers  # noqa: E402
from peers.forms import FORMS  # noqa: E402

PEERS = [*libraries.PEERS.values(), tensor_peers.TensorFlow]


def cell(function, form, layout="contiguous", threads=1):
    return cells.Cell(threads, layout, "float32", 1000, function, form)


def statement(library, *what, **where):
    """What is timed, or None."""
    try:
        return library().statement(cell(*what, **where))
    except peer.NotOfferedError:
        return None


@pytest.mark.parametrize("library", PEERS, ids=lambda library: library.package)
def test_tables_have_activations_of_ours(library):
    assert library.table.keys() <= _catalog.ACTIVATIONS.keys()


@pytest.mark.parametrize("library", PEERS, ids=lambda library: library.package)
def test_each_line_makes_statements(library):
    for function in library.table:
        assert statement(library, function, "fresh")
    assert statement(library, "no such activation", "fresh") is None


@pytest.mark.parametrize("library", PEERS, ids=lambda library: library.package)
def test_statements_can_be_timed(library):
    """Timed in a function, where what is assigned to is a variable of its own: no array may be.

    But for x in place, which runs through a list of them.
    """
    for function in library.table:
        for form in FORMS:
            what = statement(library, function, form)
            names = {"x"} if form == "inplace" else set()
            if what:
                scope = {}
                exec(f"def timed({', '.join(names)}):\n    {what}", scope)
                assigned = set(scope["timed"].__code__.co_varnames) - names
                assert not assigned & {"x", "g", "y", "alpha"}, what


def test_ours_has_every_form_that_there_is():
    for name, activation in _catalog.ACTIVATIONS.items():
        have = {form.id for form in activation.forms}
        for form, made_of in ((form, set(found.made_of)) for form, found in FORMS.items()):
            ours = statement(peer.ReluFast, name, form)
            assert (ours is not None) == (made_of <= have), (name, form)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (("relu", "fresh"), "rf.relu(x)"),
        (("relu", "inplace"), "rf.relu_(x)"),
        (("prelu", "out"), "rf.prelu(x, alpha, out=y)"),
        (("elu", "grad"), "rf.elu_grad(x, out=y)"),
        (("prelu", "backward-out"), "rf.prelu_backward(g, x, alpha, out=y)"),
        (
            ("prelu", "gradients"),
            "(rf.prelu_backward(g, x, alpha), rf.prelu_alpha_backward(g, x, alpha))",
        ),
    ],
)
def test_statements_of_ours(what, expected):
    assert statement(peer.ReluFast, *what) == expected


def test_parallel_functions_of_numba_take_the_result_last():
    numba = libraries.PEERS["numba"]
    assert statement(numba, "prelu", "out") == "prelu(x, alpha, out=y)"
    assert statement(numba, "prelu", "out", threads=2) == "prelu(x, alpha, y)"
    assert statement(numba, "elu", "backward", threads=2) == "elu_backward(g, x, np.empty_like(g))"
    assert statement(numba, "relu", "inplace", layout="reversed") is None


@pytest.mark.parametrize(("plans", "count"), [(cells.FULL, 668), (cells.QUICK, 66)])
def test_cells_are_the_same_as_ever(plans, count):
    """Of the four first functions: results of another year can be compared with these."""
    first = ["relu", "leaky_relu", "prelu", "elu"]
    assert len(cells.cells(plans, 2, functions=first)) == count
