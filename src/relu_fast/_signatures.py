"""The calls that users write, defaults included."""

from __future__ import annotations

from inspect import Parameter, Signature

from ._catalog import Function

_UFUNC_KEYWORDS = {
    "where": True,
    "casting": "same_kind",
    "order": "K",
    "dtype": None,
    "subok": True,
    "signature": None,
}


def signature(function: Function) -> Signature:
    """The call of a function, as an `inspect.Signature`."""
    parameters = [Parameter(name, Parameter.POSITIONAL_ONLY) for name in function.form.inputs]
    # The gradient of a learned parameter takes that alone, and needs it for its shape.
    if function.parameter:
        name = function.parameter.name
        return Signature([*parameters, Parameter(name, Parameter.POSITIONAL_OR_KEYWORD)])
    for parameter in function.activation.parameters:
        default = Parameter.empty if parameter.default is None else parameter.default
        parameters.append(
            Parameter(parameter.name, Parameter.POSITIONAL_OR_KEYWORD, default=default)
        )
    if function.is_ufunc:
        outputs = len(function.form.outputs)
        nothing = None if outputs == 1 else (None,) * outputs
        kind = Parameter.POSITIONAL_OR_KEYWORD if outputs == 1 else Parameter.KEYWORD_ONLY
        parameters.append(Parameter("out", kind, default=nothing))
        parameters += [
            Parameter(name, Parameter.KEYWORD_ONLY, default=default)
            for name, default in _UFUNC_KEYWORDS.items()
        ]
    return Signature(parameters)
