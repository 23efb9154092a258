"""Signatures and docstrings, made from the rows of ``src/c/activations.h``.

A row comes as a dict: the fields of the C struct, and under ``"functions"`` the
names of all functions made of it.
"""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Any

Row = dict[str, Any]

# suffix -> what tells its functions apart: the array operands, and what they return.
FORMS = {
    "": ("x",),
    "_grad": ("x",),
    "_backward": ("g", "x"),
    "_": ("x",),
    "_backward_from_result": ("g", "y"),
    "_alpha_backward": ("g", "x"),
}

_UFUNC_KEYWORDS = {
    "where": True,
    "casting": "same_kind",
    "order": "K",
    "dtype": None,
    "subok": True,
    "signature": None,
}


def signature(row: Row, suffix: str) -> Signature:
    """The call a user writes, defaults included, as an `inspect.Signature`."""
    parameters = [Parameter(name, Parameter.POSITIONAL_ONLY) for name in FORMS[suffix]]
    required = not row["has_default"] or suffix == "_alpha_backward"
    if row["parameters"]:
        default = Parameter.empty if required else row["default_value"]
        kind = (
            Parameter.POSITIONAL_ONLY
            if suffix == "_alpha_backward"
            else Parameter.POSITIONAL_OR_KEYWORD
        )
        parameters.append(Parameter("alpha", kind, default=default))
    if suffix not in ("_", "_alpha_backward"):
        parameters.append(Parameter("out", Parameter.POSITIONAL_OR_KEYWORD, default=None))
        parameters += [
            Parameter(name, Parameter.KEYWORD_ONLY, default=default)
            for name, default in _UFUNC_KEYWORDS.items()
        ]
    return Signature(parameters)


_OPERANDS = {
    "x": """\
x : array_like
    Input, any shape. float32 and float64 are computed as they are, other real
    types converted as for any ufunc.""",
    "g": """\
g : array_like
    Gradient of the loss with respect to {name}(x); broadcasts against `x`.""",
    "y": """\
y : array_like
    The result {name}(x), for code that activated in place and kept no x.""",
}
_IN_PLACE_X = """\
x : ndarray of float32 or float64
    Changed in place; must be writeable."""
_ALPHA = """\
alpha : array_like{default}
    {what}; broadcasts against `x`, and is rounded to the dtype computed in.
    A Python number does not change that dtype."""
_LEARNED_ALPHA = """\
alpha : array_like of float
    The learned parameter; only its shape and dtype matter, as the derivative
    does not depend on its value."""
_OUT = """\
out : ndarray, None, or tuple of ndarray and None, optional
    Where to store the result; may be an input itself.
where, casting, order, dtype, subok, signature : optional
    As for every ufunc, see `numpy.ufunc`."""

_RETURNS = {
    "": "y : ndarray or scalar\n    {name}(x); float32 or float64, in the broadcast shape.",
    "_grad": "ndarray or scalar\n    The derivative of {name} at x.",
    "_backward": "ndarray or scalar\n    g times the derivative of {name} at x, in one pass.",
    "_": "ndarray\n    `x` itself.",
    "_backward_from_result": "ndarray or scalar\n    g times the derivative of {name}, from y.",
    "_alpha_backward": "ndarray or scalar\n    The gradient, of `alpha`'s shape and dtype.",
}

_RAISES = {
    "_": """\
TypeError
    If `x` is not an array, or its dtype cannot hold the result.
ValueError
    If `x` is read-only, or `alpha` does not broadcast to its shape. `x` is
    as it was.""",
    "_alpha_backward": """\
TypeError
    If `alpha` is an array of integers, which cannot hold a gradient.
ValueError
    If the operands do not broadcast.""",
}


def _headline(row: Row, suffix: str) -> str:
    name = row["name"]
    summary = row["summary"]
    return {
        "": f"{summary}.",
        "_grad": f"Derivative of {name}.",
        "_backward": f"Gradient through {name}: its vector-Jacobian product.",
        "_": f"{summary}, in place.",
        "_backward_from_result": f"Gradient through {name}, from its result.",
        "_alpha_backward": f"Gradient of the learned alpha of {name}.",
    }[suffix]


def _formula(row: Row, suffix: str) -> str:
    derivative = row["derivative"]
    return {
        "": f"``{row['value']}``, for each element.",
        "_grad": f"``{derivative}``, for each element.",
        "_backward": f"``g`` times ``{derivative}``. Selected, not multiplied: where the\n"
        "derivative is 0, the result is 0 even if `g` is inf or NaN.",
        "_": f"``{row['value']}``, for each element, stored in `x`.",
        "_backward_from_result": "``g if y > 0 else g * (y + alpha)``, for alpha > 0.",
        "_alpha_backward": f"The sum of ``g * ({row['alpha_derivative']})``\n"
        "over all that `alpha` was broadcast along.",
    }[suffix]


def _notes(row: Row, suffix: str) -> str:
    bound = {
        "": row["value_bound"],
        "_grad": row["derivative_bound"],
        "_backward": row["backward_bound"],
        "_": row["value_bound"],
        "_backward_from_result": row["result_bound"],
        "_alpha_backward": row["alpha_bound"],
    }[suffix]
    notes = [f"Accuracy: {bound}."]
    if suffix in ("", "_grad", "_backward", "_"):
        notes.append(row["kink"])
    if suffix == "_alpha_backward":
        notes.append("The bits do not depend on the number of threads.")
    else:
        notes.append("NaN gives NaN. The bits do not depend on CPU, threads or layout.")
    return "\n".join(notes) + " [1]_"


def _examples(row: Row, suffix: str) -> str:
    name = row["name"]
    alpha = ", 0.25" if row["parameters"] and not row["has_default"] else ""
    function = name + suffix
    names = f"{name}, {function}" if suffix == "_backward_from_result" else function
    lines = [
        ">>> import numpy as np",
        f">>> from relu_fast import {names}",
        ">>> x = np.array([-2.0, -0.5, 0.0, 1.5])",
    ]
    if "g" in FORMS[suffix]:
        lines.append(">>> g = np.array([10.0, 20.0, 30.0, 40.0])")
    lines += {
        "": [f">>> {function}(x{alpha})", row["value_example"]],
        "_grad": [f">>> {function}(x{alpha})", row["derivative_example"]],
        "_backward": [f">>> {function}(g, x{alpha})", row["backward_example"]],
        "_": [f">>> {function}(x{alpha}) is x", "True", ">>> x", row["value_example"]],
        "_backward_from_result": [
            f">>> {function}(g, {name}(x{alpha}){alpha})",
            row["backward_example"],
        ],
        "_alpha_backward": [f">>> {function}(g, x, 1.0)", row["alpha_example"]],
    }[suffix]
    return "\n".join(lines)


def _section(title: str, body: str) -> str:
    return f"{title}\n{'-' * len(title)}\n{body}\n"


def docstring(row: Row, suffix: str) -> str:
    """The numpydoc docstring of the function ``row["name"] + suffix``."""
    name = row["name"]
    parameters = [_OPERANDS[operand].format(name=name) for operand in FORMS[suffix]]
    if suffix == "_":
        parameters = [_IN_PLACE_X]
    if suffix == "_alpha_backward":
        parameters.append(_LEARNED_ALPHA)
    elif row["parameters"]:
        default = f", default {row['default_value']}" if row["has_default"] else ""
        what = "Factor of the negative side" if row["has_default"] else "The learned factor"
        parameters.append(_ALPHA.format(default=default, what=what))
    if suffix not in ("_", "_alpha_backward"):
        parameters.append(_OUT)
    others = [other for other in row["functions"] if other != name + suffix]
    return "\n".join(
        [
            _headline(row, suffix),
            "",
            _formula(row, suffix),
            "",
            _section("Parameters", "\n".join(parameters)),
            _section("Returns", _RETURNS[suffix].format(name=name)),
            *([_section("Raises", _RAISES[suffix])] if suffix in _RAISES else []),
            _section("See Also", ", ".join(others)),
            _section("Notes", _notes(row, suffix)),
            _section("References", f".. [1] {row['reference']}"),
            _section("Examples", _examples(row, suffix)),
        ]
    )
