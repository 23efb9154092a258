"""What may be computed of an activation, and where that goes."""

from __future__ import annotations

from typing import NamedTuple

from relu_fast import _catalog

NEW, GIVEN, OWN = "a new array", "a given array", "its own argument"


class Form(NamedTuple):
    """A way to compute something of an activation."""

    made_of: tuple[str, ...]  # functions of ours, by their forms in the catalogue
    result: str  # NEW, GIVEN or OWN

    def functions(self, activation):
        """Those of relu_fast that compute it; none if one is missing."""
        all_functions = _catalog.ACTIVATIONS[activation].functions()
        found = tuple(f for f in all_functions if f.form.id in self.made_of)
        return found if {f.form.id for f in found} == set(self.made_of) else ()

    def ufunc(self, activation):
        """The one of relu_fast that computes the same, or the first part of it."""
        functions = self.functions(activation)
        operands = functions[0].form.inputs, functions[0].form.outputs
        ufuncs = (f for f in functions[0].activation.functions() if f.is_ufunc)
        return next(f for f in ufuncs if (f.form.inputs, f.form.outputs) == operands)


FORMS = {
    "fresh": Form(("VALUE",), NEW),
    "out": Form(("VALUE",), GIVEN),
    "inplace": Form(("IN_PLACE",), OWN),
    "grad": Form(("GRAD",), GIVEN),
    "backward": Form(("BACKWARD",), NEW),
    "backward-out": Form(("BACKWARD",), GIVEN),
    "gradients": Form(("BACKWARD", "PARAMETER_GRADIENT"), NEW),
}
