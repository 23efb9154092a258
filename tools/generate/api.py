"""``tests/data/api.txt``: the public API, so that every change of it is seen in review."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

import relu_fast
from relu_fast._signatures import signature

from . import functions

HEADER = """\
# The public API: name, kind, how it is called; of a ufunc also the types of its loops.
# Made by tools/update.py; tests/build/test_api.py compares the package with it.
"""


def without_annotations(call: inspect.Signature) -> inspect.Signature:
    """Types are for stubs to tell."""
    parameters = [p.replace(annotation=p.empty) for p in call.parameters.values()]
    return call.replace(parameters=parameters, return_annotation=call.empty)


def describe(name: str, what: Any, call: inspect.Signature | None) -> str:
    """The line of a public object."""
    if isinstance(what, np.ufunc):
        return f"{name} ufunc {call} {' '.join(what.types)}"
    if callable(what):
        kind = "class" if isinstance(what, type) else "function"
        return f"{name} {kind} {without_annotations(call or inspect.signature(what))}"
    return f"{name} {type(what).__name__}"


def text(*, test_rows: bool = False) -> str:
    """The file."""
    # Signatures from the tables: not every NumPy lets a ufunc carry its own.
    calls = {f.name: signature(f) for f in functions(test_rows=test_rows)}
    tested_only = {f.name for f in functions(test_rows=True)} - set(calls)
    names = sorted(set(relu_fast.__all__) - tested_only)
    lines = (describe(name, getattr(relu_fast, name), calls.get(name)) for name in names)
    return HEADER + "".join(f"{line}\n" for line in lines)
