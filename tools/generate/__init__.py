"""What is written from the tables alone: a module for each file, used by tools/update.py."""

from __future__ import annotations

from relu_fast import _catalog
from relu_fast._catalog import Activation, Function


def activations(*, test_rows: bool) -> list[Activation]:
    """The rows, with or without those that are in test builds only."""
    return [a for a in _catalog.ACTIVATIONS.values() if test_rows or not a.is_test_only]


def functions(*, test_rows: bool) -> list[Function]:
    """All functions made of these rows."""
    return [f for a in activations(test_rows=test_rows) for f in a.functions()]
