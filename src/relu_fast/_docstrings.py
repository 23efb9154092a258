"""Numpydoc docstrings, made from the tables."""

from __future__ import annotations

from ._catalog import Bound, Function, Parameter

# ---- Phrases by the form's id --------------------------------------------------

_HEADLINES = {
    "VALUE": "{summary}.",
    "IN_PLACE": "{summary}, in place.",
    "GRAD": "Derivative of {name}.",
    "BACKWARD": "Gradient through {name}: its vector-Jacobian product.",
    "VALUE_AND_GRAD": "{name} and its derivative, in one pass.",
    "BACKWARD_FROM_RESULT": "Gradient through {name}, from its result.",
    "PARAMETER_GRADIENT": "Gradient of the learned {parameter} of {name}.",
    "GATED_VALUE": "{summary}: a gated pair.",
    "GATED_BACKWARD": "Gradients through {name}: its vector-Jacobian products.",
}
_FORMULAS = {
    "VALUE": "``{value}``, for each element.",
    "IN_PLACE": "``{value}``, for each element, stored in `x`.",
    "GRAD": "``{derivative}``, for each element.",
    "BACKWARD": """\
``g`` times ``{derivative}``. Selected, not multiplied: where the
derivative is 0, the result is 0 even if `g` is inf or NaN.""",
    "VALUE_AND_GRAD": """\
``{value}`` and
``{derivative}``, for each element; each with the bits
of `{name}` and `{name}_grad`.""",
    "BACKWARD_FROM_RESULT": "``g`` times ``{from_result}``{where}.",
    "PARAMETER_GRADIENT": """\
The sum of ``g * {by_parameter}``
over all that `{parameter}` was broadcast along.""",
    "GATED_VALUE": "``{value}``, for each element, in one pass.",
    "GATED_BACKWARD": """\
``g * up * {gate}_grad(gate)`` and ``g * {gate}(gate)``, for each element, in one
pass. Operands that were broadcast get a gradient for each element: sum it over
what they were broadcast along.""",
}
_RETURNS = {
    "VALUE": "y : ndarray or scalar\n    {name}(x), in the broadcast shape; {type}.",
    "IN_PLACE": "ndarray\n    `x` itself.",
    "GRAD": "ndarray or scalar\n    The derivative of {name} at x.",
    "BACKWARD": "ndarray or scalar\n    g times the derivative of {name} at x, in one pass.",
    "VALUE_AND_GRAD": """\
y : ndarray or scalar
    {name}(x).
dy : ndarray or scalar
    The derivative of {name} at x.""",
    "BACKWARD_FROM_RESULT": "ndarray or scalar\n    g times the derivative of {name}, from y.",
    "PARAMETER_GRADIENT": """\
ndarray or scalar
    The gradient, of `{parameter}`'s shape and dtype.""",
    "GATED_VALUE": "y : ndarray or scalar\n    {value}, in the broadcast shape.",
    "GATED_BACKWARD": """\
d_gate : ndarray or scalar
    The gradient with respect to `gate`, in the broadcast shape.
d_up : ndarray or scalar
    The gradient with respect to `up`, in the broadcast shape.""",
}
_RAISES = {
    "IN_PLACE": """\
TypeError
    If `x` is not an array, or its dtype cannot hold the result.
ValueError
    If `x` is read-only, or a parameter does not broadcast to its shape. `x` is
    as it was.""",
    "PARAMETER_GRADIENT": """\
TypeError
    If `{parameter}` is an array of integers, which cannot hold a gradient, or an
    operand is an array of another library that cannot be summed so.
ValueError
    If the operands do not broadcast.""",
}

# ---- Phrases by the name of an operand -----------------------------------------

_OPERANDS = {
    "x": """\
x : array_like
    Input, any shape. float16, bfloat16 (of `ml_dtypes`), float32 and float64 come
    back as they are, other real types are converted as for any ufunc.""",
    "g": """\
g : array_like
    Gradient of the loss with respect to {result}; broadcasts against {others}.""",
    "y": """\
y : array_like
    The result {name}(x), for code that activated in place and kept no x.""",
    "gate": """\
gate : array_like
    What goes through {gate}, any shape. float16, bfloat16 (of `ml_dtypes`), float32
    and float64 come back as they are, other real types are converted as for any ufunc.""",
    "up": """\
up : array_like
    What is multiplied; broadcasts against `gate`.""",
}
_X_KEEPING_INTEGERS = """\
x : array_like
    Input, any shape. Integers, float16, bfloat16 (of `ml_dtypes`), float32 and
    float64 come back as they are, bool as int8."""
_IN_PLACE_X = """\
x : ndarray of {integers}float16, bfloat16 (of `ml_dtypes`), float32 or float64
    Changed in place; must be writeable."""
_PARAMETER = """\
{name} : array_like{default}
    {meaning}; broadcasts against `x`, and is rounded to the dtype computed in.
    A Python number does not change that dtype."""
_LEARNED_PARAMETER = """\
{name} : array_like of float
    The learned parameter; only its shape and dtype matter, as the derivative
    does not depend on its value."""
_OUT = """\
out : ndarray, None, or tuple of ndarray and None, optional
    Where to store the result; may be an input itself.
where, casting, order, dtype, subok, signature : optional
    As for every ufunc, see `numpy.ufunc`."""

# The arrays of the examples.
_ARRAYS = {
    "x": "x = np.array([-2.0, -0.5, 0.0, 1.5])",
    "g": "g = np.array([10.0, 20.0, 30.0, 40.0])",
    "gate": "gate = np.array([-2.0, -0.5, 0.0, 1.5])",
    "up": "up = np.array([1.0, 2.0, 3.0, 4.0])",
}


def _parameter(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f", default {parameter.default}"
    return _PARAMETER.format(name=parameter.name, default=default, meaning=parameter.meaning)


def _operands(function: Function) -> list[str]:
    if function.form.kind == "in_place":
        integers = "integers, " if function.takes_integers else ""
        found = [_IN_PLACE_X.format(integers=integers)]
    elif function.takes_integers:
        found = [_X_KEEPING_INTEGERS]
    else:
        name = function.activation.name
        gate = function.activation.gate
        result, others = (f"{name}(gate, up)", "both") if gate else (f"{name}(x)", "`x`")
        found = [
            _OPERANDS[operand].format(name=name, gate=gate, result=result, others=others)
            for operand in function.form.inputs
        ]
    if function.parameter:
        return [*found, _LEARNED_PARAMETER.format(name=function.parameter.name)]
    found += [_parameter(parameter) for parameter in function.activation.parameters]
    return [*found, _OUT] if function.is_ufunc else found


# ---- Bounds ----------------------------------------------------------------------


def _ulp(bound: Bound, function: Function) -> str:
    """A bound in words."""
    defaults, elsewhere = bound
    if defaults == elsewhere:
        return {0.0: "exact", 0.5: "correctly rounded (0.5 ULP)"}.get(
            elsewhere, f"{elsewhere:g} ULP"
        )
    values = ", ".join(f"{p.name} = {p.typical:g}" for p in function.activation.parameters)
    return f"{defaults:g} ULP with {values}, {elsewhere:g} ULP with any other"


def accuracy(function: Function) -> str:
    """The bounds of a function, as part of a sentence."""
    if function.parameter:
        magnitudes = f"sum(abs(g * {function.parameter.derivative}))"
        return "; ".join(
            f"{dtype}: 1 ULP + 2**{exponent} * {magnitudes}"
            for dtype, exponent in function.activation.sum_bounds.items()
        )
    by_dtype = {dtype: _ulp(function.bound(dtype), function) for dtype in ("float32", "float64")}
    if len(set(by_dtype.values())) == 1:
        text = by_dtype["float32"]
    else:
        text = "; ".join(f"{dtype}: {bound}" for dtype, bound in by_dtype.items())
    half = _ulp(function.bound("float16"), function)
    if half != text:
        text += f" (float16, bfloat16: {half})"
    condition = function.condition
    if condition is not None:
        text += f" {condition}" if condition.startswith("of ") else f", {condition}"
    return text + _near_zero(function)


def _near_zero(function: Function) -> str:
    """What holds where the derivative passes through 0."""
    bounds = {dtype: function.near_zero_bound(dtype) for dtype in ("float32", "float64")}
    if not any(bounds.values()):
        return ""
    each = ", ".join(f"{dtype}: {bound:g}" for dtype, bound in bounds.items() if bound)
    return f".\nWhere ``{function.activation.near_zero}`` in ULP of 1/2 ({each})"


def _notes(function: Function) -> str:
    notes = [f"Accuracy: {accuracy(function)}."]
    if function.parameter:
        notes.append("The bits do not depend on the number of threads.")
    else:
        if not {"x", "gate"}.isdisjoint(function.form.inputs):
            notes.append(function.activation.kink)
        if function.activation.domain and "x" in function.form.inputs:
            notes.append(f"NaN unless ``{function.activation.domain}``.")
        notes.append("NaN gives NaN. The bits do not depend on CPU, threads or layout.")
    return "\n".join(notes) + " [1]_"


# ---- Examples ----------------------------------------------------------------------


def _call(function: Function, arrays: list[str]) -> str:
    values = (1.0,) if function.parameter else function.activation.required
    return f"{function.name}({', '.join([*arrays, *map(str, values)])})"


def _shown(function: Function) -> dict[str, str]:
    """What the example prints for each output."""
    activation, form = function.activation, function.form
    if form.id in activation.examples:
        texts = activation.examples[form.id].split(" | ")
        return dict(zip(form.outputs, texts, strict=True))
    by_output = {f.outputs: activation.examples.get(f.id) for f in reversed(activation.forms)}
    shown = {name: by_output[name,] for name in form.outputs}
    return {name: text for name, text in shown.items() if text is not None}


def _examples(function: Function) -> str:
    form = function.form
    arrays = {name: name for name in _ARRAYS}
    names = [function.name]
    if "y" in form.inputs:  # the result of the ufunc of x alone
        value = next(f for f in function.activation.functions() if f.form.inputs == ("x",))
        arrays["y"] = _call(value, ["x"])
        names.insert(0, value.name)
    needed = {"x" if name == "y" else name for name in form.inputs}
    lines = [">>> import numpy as np", f">>> from relu_fast import {', '.join(names)}"]
    lines += [f">>> {text}" for name, text in _ARRAYS.items() if name in needed]
    call = _call(function, [arrays[name] for name in form.inputs])
    shown = _shown(function)
    if form.kind == "in_place":
        lines += [f">>> {call} is x", "True", ">>> x", *shown.values()]
    elif len(shown) == 1:
        lines += [f">>> {call}", *shown.values()]
    else:
        lines.append(f">>> {', '.join(shown)} = {call}")
        for name, text in shown.items():
            lines += [f">>> {name}", text]
    return "\n".join(lines)


# ---- The docstring -------------------------------------------------------------------


def _section(title: str, body: str) -> str:
    return f"{title}\n{'-' * len(title)}\n{body}\n"


def docstring(function: Function) -> str:
    """The numpydoc docstring of a function."""
    activation, form = function.activation, function.form
    positive = " and ".join(f"{parameter.name} > 0" for parameter in activation.parameters)
    words = {
        "name": activation.name,
        "type": "of x's type" if function.takes_integers else "of x's type if that is floating",
        "summary": activation.summary,
        "value": activation.value,
        "derivative": activation.derivative,
        "from_result": activation.from_result,
        "gate": activation.gate,
        "where": positive and f", for {positive}",
        "parameter": function.parameter.name if function.parameter else "",
        "by_parameter": function.parameter.derivative if function.parameter else "",
    }
    others = [other.name for other in activation.functions() if other.name != function.name]
    raises = _RAISES.get(form.id)
    return "\n".join(
        [
            _HEADLINES[form.id].format(**words),
            "",
            _FORMULAS[form.id].format(**words),
            "",
            _section("Parameters", "\n".join(_operands(function))),
            _section("Returns", _RETURNS[form.id].format(**words)),
            *([_section("Raises", raises.format(**words))] if raises else []),
            _section("See Also", ", ".join(others)),
            _section("Notes", _notes(function)),
            _section("References", f".. [1] {activation.reference}"),
            _section("Examples", _examples(function)),
        ]
    )
