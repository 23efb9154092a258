"""Every function of the package, made from the tables when it is first used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from . import _catalog, _containers, _ufuncs
from ._catalog import Function
from ._docstrings import docstring
from ._signatures import signature

_made: dict[str, Callable[..., Any]] = {}


def _parameters(function: Function) -> tuple[tuple[str, float | None], ...]:
    """Names and defaults; interned names, as the fast path compares addresses."""
    return tuple((sys.intern(p.name), p.default) for p in function.activation.parameters)


def _ufunc(function: Function) -> Callable[..., Any]:
    return _ufuncs.make_ufunc(
        function.activation.number,
        function.form.number,
        function.name,
        docstring(function),
        signature(function),
        _parameters(function),
    )


def _in_place(function: Function) -> Callable[..., Any]:
    """The in-place twin of the ufunc with the same outputs."""
    ufunc = make(_same_outputs(function).name)
    parameters = _parameters(function)
    twin = _ufuncs.make_in_place(ufunc, function.name, parameters, _containers.store)
    return _named(twin, function)


def _parameter_gradient(function: Function) -> Callable[..., Any]:
    assert function.parameter is not None
    gradient = _ufuncs.make_parameter_gradient(
        function.activation.number,
        function.form.number,
        function.parameter.number,
        function.name,
        function.parameter.name,
        make(_same_inputs(function).name),
        _containers.sum_products,
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


def make(name: str) -> Callable[..., Any]:
    """The function of this name: made once, the same object ever after."""
    if name not in _made:
        function = _catalog.FUNCTIONS[name]
        made = _MAKERS[function.form.kind](function)
        # Two threads that come here at once both make one, and get the first. A lock could be
        # held when the process forks.
        _made.setdefault(name, made)
    return _made[name]
