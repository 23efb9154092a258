"""The tables of ``src/c/table`` as Python objects.

Everything that is said about an activation or a form comes from here: documentation, stubs,
the command line, proofs, tests and benchmarks walk these and parse no names.
"""

# No `from __future__ import annotations`: NamedTuple would compile each one that is a string,
# which takes a fifth of the package's import.
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from . import _ufuncs


class Parameter(NamedTuple):
    """A parameter of an activation."""

    number: int  # of its row
    name: str
    default: float | None  # None: it must be given
    typical: float  # the default, or what stands for it in examples and measurements
    meaning: str
    derivative: str | None  # definition of the derivative by it; None: it is not learned

    @property
    def is_learned(self) -> bool:
        return self.derivative is not None


class Form(NamedTuple):
    """A form that activations come in: a row of ``forms.def``."""

    number: int  # of its row
    id: str
    kind: str  # "elementwise", "in_place" or "sum"
    suffix: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class Bound(NamedTuple):
    """The largest error in ULP: with all parameters at their defaults, and with others."""

    at_defaults: float
    elsewhere: float


class Activation(NamedTuple):
    """A row of ``activations.def``."""

    number: int  # of its row
    name: str
    parameters: tuple[Parameter, ...]
    gate: str | None  # of a gated pair: the activation of its gate
    value: str  # definitions, in the language of `relu_fast.accuracy.definitions`
    derivative: str
    from_result: str | None
    domain: str | None  # a condition; None: value and derivative are numbers for any parameters
    bounds: dict[str, dict[str, Bound]]  # by the form's id and the dtype
    near_zero: str | None  # condition; None: the derivative passes nowhere through 0
    near_zero_bounds: dict[str, float]  # of the derivative there, in ULP of 1/2, by dtype
    gradient_is_product: bool  # promised as that of g and what the derivative's function returns
    sum_bounds: dict[str, int]  # of a learned parameter's gradient, by dtype: exponents of 2
    conditions: dict[str, str]  # by the form's id
    special: str  # the text of `special_values`, which no import needs
    picoseconds: dict[str, int]  # of an element, by compute type
    summary: str
    kink: str
    reference: str
    group: str  # under which it is listed
    examples: dict[str, str]
    is_test_only: bool
    forms: tuple[Form, ...]

    @property
    def source(self) -> "Activation":
        """The row whose definitions hold for this one: that of a pair's gate, or itself."""
        return ACTIVATIONS[self.gate] if self.gate else self

    @property
    def typical(self) -> tuple[float, ...]:
        """Parameters at their default or typical values."""
        return tuple(parameter.typical for parameter in self.parameters)

    @property
    def required(self) -> tuple[float, ...]:
        """The same, but without those at the end that have a default."""
        values = list(self.typical)
        for parameter in reversed(self.parameters):
            if parameter.default is None:
                break
            values.pop()
        return tuple(values)

    @property
    def special_values(self) -> tuple[tuple[float, float, float], ...]:
        """Tuples of x, f(x), f'(x), written by hand; of a gated pair: of gate, up, the value."""
        return _tuples(self.special)

    def functions(self) -> "tuple[Function, ...]":
        """All functions made of this row, in the order of the forms."""
        found: list[Function] = []
        for form in self.forms:
            if form.kind == "sum":
                learned = [p for p in self.parameters if p.is_learned]
                found += [Function(self, form, parameter) for parameter in learned]
            else:
                found.append(Function(self, form, None))
        return tuple(found)


class Function(NamedTuple):
    """A function of the package: an activation in a form."""

    activation: Activation
    form: Form
    parameter: Parameter | None  # whose gradient it is; None: it is none

    @property
    def name(self) -> str:
        """What it is called in `relu_fast`."""
        parameter = self.parameter.name if self.parameter else ""
        return self.activation.name + self.form.suffix.replace("*", parameter)

    @property
    def is_ufunc(self) -> bool:
        return self.form.kind == "elementwise"

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of all inputs: arrays, then parameters."""
        return self.form.inputs + tuple(p.name for p in self.activation.parameters)

    @property
    def takes_integers(self) -> bool:
        """Whether integers come back as integers, of the same type."""
        form = self.form
        if form.kind == "in_place":  # its ufunc does the work
            forms = (f for f in self.activation.forms if f.kind == "elementwise")
            form = next(f for f in forms if f.outputs == self.form.outputs)
        return _ufuncs.takes(self.activation.number, form.number, "int32")

    def bound(self, dtype: str) -> Bound:
        """How far its results may be from the real numbers; the largest of several outputs."""
        stated = self.activation.bounds
        dtype = "float16" if dtype == "bfloat16" else dtype  # whose bounds are the same
        if self.form.id in stated:
            return stated[self.form.id][dtype]
        makers = {form.outputs: form.id for form in reversed(self.activation.forms)}
        bounds = [stated[makers[output,]][dtype] for output in self.form.outputs]
        return Bound(*map(max, zip(*bounds, strict=True)))

    def near_zero_bound(self, dtype: str) -> float | None:
        """The bound in ULP of 1/2 that holds `near_zero` in the place of the other; or None."""
        is_derivative = self.form.outputs == ("dy",)
        return self.activation.near_zero_bounds.get(dtype) if is_derivative else None

    @property
    def condition(self) -> str | None:
        """What its bound needs to hold, as the end of a sentence."""
        source = self.activation.source
        if self.form.id == "BACKWARD" and source.gradient_is_product:
            returned = f"what {source.name}_grad returns (for bfloat16: in float32)"
            return f"of the product of g and {returned}"
        if self.form.id == "GATED_BACKWARD" and source.gradient_is_product:
            return (
                f"of the products of g, up and what {source.name}_grad returns, unless g * up "
                f"overflows, and of g and what {source.name} returns"
            )
        return self.activation.conditions.get(self.form.id)


def _forms() -> tuple[Form, ...]:
    return tuple(
        Form(number, id_, kind, suffix, tuple(inputs.split()), tuple(outputs.split()))
        for number, (id_, kind, suffix, inputs, outputs) in enumerate(_ufuncs.forms())
    )


def _tuples(text: str) -> tuple[tuple[float, float, float], ...]:
    return tuple(eval(f"[{text}]", {"inf": math.inf, "nan": math.nan}))


def _activation(number: int, row: dict[str, Any]) -> Activation:
    parameters = tuple(
        Parameter(
            i,
            name,
            default,
            typical if default is None else default,
            meaning,
            derivative,
        )
        for i, (name, default, typical, meaning, derivative) in enumerate(row["parameters"])
    )
    forms = tuple(form for form in FORMS if _ufuncs.has_form(number, form.number))
    if row["gate"]:
        row |= {
            "value": f"{row['gate']}(gate) * up",
            "derivative": f"{row['gate']}_grad(gate) * up",
        }
    row |= {
        "number": number,
        "parameters": parameters,
        "bounds": {
            id_: {dtype: Bound(*bound) for dtype, bound in by_dtype.items()}
            for id_, by_dtype in row["bounds"].items()
        },
        "forms": forms,
    }
    return Activation(**row)


def grouped(activations: Iterable[Activation]) -> dict[str, list[Activation]]:
    """Activations by their group, in the order in which groups come first."""
    groups: dict[str, list[Activation]] = {}
    for activation in activations:
        groups.setdefault(activation.group, []).append(activation)
    return groups


DTYPES: tuple[str, ...] = tuple(_ufuncs.dtypes())
FORMS = _forms()
ACTIVATIONS = {
    row["name"]: _activation(number, row) for number, row in enumerate(_ufuncs.activations())
}
FUNCTIONS = {
    function.name: function
    for activation in ACTIVATIONS.values()
    for function in activation.functions()
}
