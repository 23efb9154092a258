"""What a peer is, and relu_fast as one of them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

import relu_fast
from relu_fast import _catalog

from .forms import GIVEN, OWN


class NotOfferedError(Exception):
    """A cell that a peer has no call for, and why."""


class Formulas(NamedTuple):
    """An activation as the users of a library write it, in the words of the catalogue."""

    y: str
    dy: str
    dx: str

    def of(self, cell):
        """The one that computes a cell; None if none does."""
        return self._asdict().get(" ".join(cell.outputs))


class Peer:
    """A library, and how its users call it.

    `table` has a line for each activation that it offers: what is needed to make the
    statement of a cell.  By default these are the statements themselves, by form.  They see
    the arrays x, g and y, the parameters by name, and what `names` adds.  In place, x is a
    different array in every call.
    """

    name: ClassVar[str]
    package: ClassVar[str]  # as pip and import call it
    table: ClassVar[Mapping[str, Any]]

    @classmethod
    def installed(cls):
        return importlib.util.find_spec(cls.package) is not None

    @property
    def version(self):
        return importlib.metadata.version(self.package)

    def set_threads(self, count):
        """Compute with `count` threads from now on."""

    def take(self, array) -> Any:
        """The peer's own view of a NumPy array's memory."""
        return array

    def statement(self, cell):
        line = self.table.get(cell.function)
        statement = line and cell.functions and self.make_statement(cell, line)
        if not statement:
            raise NotOfferedError(f"no {cell.function} {cell.form}")
        return statement

    def make_statement(self, cell, line):
        """From the line of the table; None if there is no such form."""
        return line.get(cell.form)

    def names(self, cell, data):
        """What the statement of a cell may use, besides arrays and parameters."""
        return {}

    def parameter(self, value, data) -> Any:
        """A parameter as a user passes it: `value` is a number, or an array of the channels."""
        return value if isinstance(value, float) else self.take(value)

    def namespace(self, cell, data):
        """All that the statement may use."""
        names = self.names(cell, data)
        for parameter in cell.parameters:
            names[parameter.name] = self.parameter(data.parameter(parameter.typical), data)
        for parameter in cell.defaults:
            names[parameter.name] = self.parameter(parameter.typical, data)
        if cell.result == OWN:
            return names | {"xs": [self.take(x) for x in data.xs]}
        names |= {name: self.take(getattr(data, name)) for name in cell.inputs}
        if cell.result == GIVEN:
            names["y"] = self.take(data.y)
        return names


class ReluFast(Peer):
    name = package = "relu_fast"
    table = _catalog.ACTIVATIONS

    def make_statement(self, cell, line):
        out = ["out=y"] if cell.result == GIVEN else []
        calls = []
        for function in cell.functions:
            parameters = [function.parameter] if function.parameter else cell.parameters
            names = [*function.form.inputs, *(parameter.name for parameter in parameters), *out]
            calls.append(f"rf.{function.name}({', '.join(names)})")
        return calls[0] if len(calls) == 1 else f"({', '.join(calls)})"

    def set_threads(self, count):
        relu_fast.set_num_threads(count)

    def names(self, cell, data):
        return {"rf": relu_fast}


def channel_sum(array):
    """The sum of an (N, C, H, W) array for each channel, in the shape of alpha."""
    return np.sum(array, axis=(0, 2, 3)).reshape(-1, 1, 1)
