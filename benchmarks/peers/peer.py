"""What a peer is, and relu_fast as one of them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

import relu_fast

from . import cells


class NotOfferedError(Exception):
    """A cell that a peer has no call for, and why."""


class Peer:
    """A library, and how its users call it.

    `statements` has the statement for each (function, form).  It sees the arrays x, g and
    y, alpha, and what `names` adds.  In place, x is a different array in every call.
    """

    name: ClassVar[str]
    package: ClassVar[str]  # as pip and import call it
    statements: ClassVar[Mapping[tuple[str, str], str]]

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
        try:
            return self.statements[cell.function, cell.form]
        except KeyError:
            raise NotOfferedError(f"no {cell.function} {cell.form}") from None

    def names(self, cell, data):
        """What the statement of a cell may use, besides the arrays."""
        return {}

    def alpha(self, data) -> Any:
        return data.alpha if isinstance(data.alpha, float) else self.take(data.alpha)

    def namespace(self, cell, data):
        """All that the statement may use."""
        names = self.names(cell, data) | {"alpha": self.alpha(data)}
        if cell.form == "inplace":
            return names | {"xs": [self.take(x) for x in data.xs]}
        names["x"] = self.take(data.x)
        if cell.form in ("backward", "backward-out", "gradients"):
            names["g"] = self.take(data.g)
        if cell.form in ("out", "grad", "backward-out"):
            names["y"] = self.take(data.y)
        return names


def spelled(forms, functions=cells.FUNCTIONS):
    """The statements of functions that are all called alike; `forms` has one of each form."""
    return {
        (function, form): statement.format(
            f=function, alpha=", alpha" if function == "prelu" else ""
        )
        for function in functions
        for form, statement in forms.items()
    }


class ReluFast(Peer):
    name = package = "relu_fast"
    statements: ClassVar = {
        **spelled(
            {
                "fresh": "rf.{f}(x{alpha})",
                "out": "rf.{f}(x{alpha}, out=y)",
                "inplace": "rf.{f}_(x{alpha})",
                "grad": "rf.{f}_grad(x{alpha}, out=y)",
                "backward": "rf.{f}_backward(g, x{alpha})",
                "backward-out": "rf.{f}_backward(g, x{alpha}, out=y)",
            }
        ),
        ("prelu", "gradients"): (
            "(rf.prelu_backward(g, x, alpha), rf.prelu_alpha_backward(g, x, alpha))"
        ),
    }

    def set_threads(self, count):
        relu_fast.set_num_threads(count)

    def names(self, cell, data):
        return {"rf": relu_fast}


def channel_sum(array):
    """The sum of an (N, C, H, W) array for each channel, in the shape of alpha."""
    return np.sum(array, axis=(0, 2, 3)).reshape(-1, 1, 1)
