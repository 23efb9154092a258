"""The installed package has the public API that tests/data/api.txt tells, and no more."""

import inspect
from pathlib import Path

import numpy as np
import pytest

import relu_fast
from relu_fast import _catalog

FILE = Path(__file__).parents[1] / "data" / "api.txt"
# Name, kind, and the rest: how it is called, then types of loops.
API = {
    name: rest
    for name, *rest in (
        line.split(maxsplit=2) for line in FILE.read_text().splitlines() if line[0] != "#"
    )
}
UFUNCS = [name for name, (kind, *_) in API.items() if kind == "ufunc"]
CALLABLES = [name for name, (_, *rest) in API.items() if rest]
# Whether NumPy lets a ufunc carry a signature.
carries_signature = hasattr(relu_fast.relu, "__signature__")


def test_names():
    test_only = {f.name for f in _catalog.FUNCTIONS.values() if f.activation.is_test_only}
    assert set(relu_fast.__all__) - test_only == set(API)


@pytest.mark.parametrize("name", API)
def test_kind(name):
    is_kind = {
        "ufunc": lambda public: isinstance(public, np.ufunc),
        "function": inspect.isroutine,
        "class": inspect.isclass,
        "str": lambda public: isinstance(public, str),
    }
    assert is_kind[API[name][0]](getattr(relu_fast, name))


@pytest.mark.parametrize("name", UFUNCS)
def test_types(name):
    """Order matters: NumPy takes the first loop to which it can cast safely."""
    stated = API[name][1].rsplit(") ", 1)[1].split()
    ufunc = getattr(relu_fast, name)
    assert ufunc.types == stated
    inputs, outputs = stated[0].split("->")
    assert (ufunc.nin, ufunc.nout) == (len(inputs), len(outputs))


@pytest.mark.parametrize("name", CALLABLES)
def test_signature(name):
    public = getattr(relu_fast, name)
    stated = API[name][1]
    if name in UFUNCS:
        stated = stated.rsplit(" ", len(public.types))[0]
        if not carries_signature:
            assert f"{name}{stated}\n" in public.__doc__
            return
    call = inspect.signature(public)
    parameters = [p.replace(annotation=p.empty) for p in call.parameters.values()]
    assert str(inspect.Signature(parameters)) == stated
