"""The activations for `HIPS autograd <https://github.com/HIPS/autograd>`_, differentiable there.

``from relu_fast import autograd as rf``: each has the name, the parameters and the bits that it has
in the package, and so have its gradients: of x, of both arrays of a gated pair, and of a parameter
that is learned, each in its own shape. Second derivatives are not offered. Tried with autograd
1.9; ``pip install autograd``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from autograd.extend import Box, defvjp_argnums, primitive

import relu_fast

from ._catalog import FUNCTIONS, Function

__all__ = [name for name, f in FUNCTIONS.items() if f.is_ufunc and f.form.outputs == ("y",)]


def _like(operand: Any, gradient: Any) -> Any:
    """The gradient of an operand, which may have been broadcast, in its shape and dtype."""
    shape, gradient = np.shape(operand), np.asarray(gradient)
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    repeated = tuple(i for i, n in enumerate(shape) if n != gradient.shape[i])
    gradient = gradient.sum(axis=repeated, keepdims=True)
    dtype = getattr(operand, "dtype", gradient.dtype)
    return gradient.astype(dtype if dtype.kind == "f" else gradient.dtype, copy=False)


def _vjp_maker(function: Function) -> Callable[..., Any]:
    inputs, siblings = function.form.inputs, function.activation.functions()
    arrays = len(inputs)
    backward = next(f for f in siblings if f.is_ufunc and f.form.inputs == ("g", *inputs))
    learned = {arrays + f.parameter.number: f.name for f in siblings if f.parameter}

    def make(operands: tuple[int, ...], y: Any, args: tuple[Any, ...], _: Any) -> Any:
        for i in operands:
            if i >= arrays and i not in learned:
                raise NotImplementedError(
                    f"{function.name}: {function.arguments[i]} is not learned, and has no gradient"
                )

        def vjp(g: Any) -> tuple[Any, ...]:
            if any(isinstance(value, Box) for value in (g, *args)):
                raise NotImplementedError(f"{function.name}: second derivatives are not offered")
            gradients = {
                i: getattr(relu_fast, learned[i])(g, *args[:arrays], args[i])
                for i in operands
                if i in learned
            }
            if any(i < arrays for i in operands):
                made = getattr(relu_fast, backward.name)(g, *args)
                gradients |= enumerate(made if isinstance(made, tuple) else (made,))
            return tuple(_like(args[i], gradients[i]) for i in operands)

        return vjp

    return make


@functools.cache
def _made(name: str) -> Callable[..., Any]:
    function = FUNCTIONS[name]
    ufunc = getattr(relu_fast, name)
    recorded = primitive(ufunc)
    defvjp_argnums(recorded, _vjp_maker(function))
    parameters = function.activation.parameters

    @functools.wraps(ufunc, assigned=("__name__", "__doc__"))
    def differentiable(*args: Any, **keywords: Any) -> Any:
        for parameter in parameters[max(len(args) - len(function.form.inputs), 0) :]:
            if parameter.name in keywords:
                args += (keywords.pop(parameter.name),)
            elif parameter.default is not None:
                args += (parameter.default,)
        if keywords or len(args) != len(function.arguments):
            # autograd does not see what is written into an array.
            raise TypeError(
                f"relu_fast.autograd.{name}: expected {', '.join(function.arguments)}, and no out= "
                "or other keywords"
            )
        return recorded(*args)

    return differentiable


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in __all__:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}: it has the activations themselves, "
            "whose gradients autograd.grad takes"
        )
    return _made(name)


def __dir__() -> list[str]:
    return __all__
