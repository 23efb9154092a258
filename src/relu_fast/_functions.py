"""Every function of the package, made from the tables."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from . import _catalog, _ufuncs
from ._catalog import Function
from ._docstrings import docstring
from ._signatures import signature

Made = dict[str, Callable[..., Any]]


def _parameters(function: Function) -> tuple[tuple[str, float | None], ...]:
    """Names and defaults; interned names, as the fast path compares addresses."""
    return tuple((sys.intern(p.name), p.default) for p in function.activation.parameters)


def _ufunc(function: Function, made: Made) -> Callable[..., Any]:
    return _ufuncs.make_ufunc(
        function.activation.number,
        function.form.number,
        function.name,
        docstring(function),
        signature(function),
        _parameters(function),
    )


def _in_place(function: Function, made: Made) -> Callable[..., Any]:
    """The in-place twin of the ufunc with the same outputs."""
    ufunc = made[_same_outputs(function).name]
    return _named(_ufuncs.make_in_place(ufunc, function.name, _parameters(function)), function)


def _parameter_gradient(function: Function, made: Made) -> Callable[..., Any]:
    assert function.parameter is not None
    gradient = _ufuncs.make_parameter_gradient(
        function.activation.number,
        function.form.number,
        function.parameter.number,
        function.name,
        function.parameter.name,
        made[_same_inputs(function).name],
    )
    return _named(gradient, function)


def _same_outputs(function: Function) -> Function:
    ufuncs = (f for f in function.activation.functions() if f.is_ufunc)
    return next(f for f in ufuncs if f.form.outputs == function.form.outputs)


def _same_inputs(function: Function) -> Function:
    ufuncs = (f for f in function.activation.functions() if f.is_ufunc)
    return next(f for f in ufuncs if f.form.inputs == function.form.inputs)


def _named(made: Callable[..., Any], function: Function) -> Callable[..., Any]:
    made.__name__ = made.__qualname__ = function.name
    made.__module__ = "relu_fast"
    made.__doc__ = docstring(function)
    made.__signature__ = signature(function)  # type: ignore[attr-defined]
    return made


_MAKERS = {"elementwise": _ufunc, "in_place": _in_place, "sum": _parameter_gradient}


def make_all() -> Made:
    """Every function by name; those that others are made of come first."""
    made: Made = {}
    order = list(_MAKERS)
    functions = _catalog.FUNCTIONS.values()
    for function in sorted(functions, key=lambda f: order.index(f.form.kind)):
        made[function.name] = _MAKERS[function.form.kind](function, made)
    return {name: made[name] for name in _catalog.FUNCTIONS}
