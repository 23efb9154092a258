"""The activations in scikit-learn's ``MLPClassifier`` and ``MLPRegressor``.

``relu_fast.sklearn.patch_sklearn()`` lets them compute relu, tanh and logistic here, and take
``activation=`` "elu", "gelu", "leaky_relu" and "silu" as well; ``unpatch_sklearn()`` undoes it.
Tried with scikit-learn 1.5 and 1.9.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import relu_fast

__all__ = ["patch_sklearn", "unpatch_sklearn"]

# Activations whose derivative scikit-learn needs of the result, which is all that it keeps.
_FROM_RESULT = {
    "relu": ("relu_", "relu_backward"),
    "tanh": ("tanh_", "tanh_backward_from_result"),
    "logistic": ("sigmoid_", "sigmoid_backward_from_result"),
    "leaky_relu": ("leaky_relu_", "leaky_relu_backward"),
    "elu": ("elu_", "elu_backward_from_result"),
}
# Those whose result does not tell it: it is computed on the way, and kept as long as the result.
_KEPT = {"gelu": "gelu_value_and_grad", "silu": "silu_value_and_grad"}

_replaced: list[tuple[Any, Any, Any]] = []  # containers, keys, and what was there
_ABSENT = object()


def _from_result(activate: str, backward: str) -> tuple[Callable[..., None], Callable[..., None]]:
    in_place, gradient = getattr(relu_fast, activate), getattr(relu_fast, backward)

    def activation(x: Any) -> None:
        in_place(x)

    def derivative(y: Any, delta: Any) -> None:
        gradient(delta, y, out=delta)

    return activation, derivative


def _kept(both: str) -> tuple[Callable[..., None], Callable[..., None]]:
    value_and_grad = getattr(relu_fast, both)
    kept: dict[int, Any] = {}

    def activation(x: Any) -> None:
        _, kept[id(x)] = value_and_grad(x, out=(x, None))
        weakref.finalize(x, kept.pop, id(x), None)

    def derivative(y: Any, delta: Any) -> None:
        delta *= kept[id(y)]

    return activation, derivative


def _replace(container: Any, key: Any, value: Any) -> None:
    before = container[key] if isinstance(container, list) else container.get(key, _ABSENT)
    _replaced.append((container, key, before))
    container[key] = value


def patch_sklearn() -> None:
    """Let scikit-learn's networks use the activations of this package, in this process.

    Networks that exist use them as well, from their next call on. Processes that joblib starts
    do not.

    Raises
    ------
    RuntimeError
        If this version of scikit-learn is not as expected; nothing is changed then.
    """
    try:
        from sklearn.neural_network._base import ACTIVATIONS, DERIVATIVES
        from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron
        from sklearn.utils._param_validation import StrOptions

        allowed = BaseMultilayerPerceptron._parameter_constraints["activation"]
        options = StrOptions({*allowed[0].options, *_FROM_RESULT, *_KEPT})
        missing = {"relu", "tanh", "logistic"} - ({*ACTIVATIONS} & {*DERIVATIVES})
        if missing:
            raise KeyError(*missing)
    except (ImportError, AttributeError, KeyError, IndexError) as error:
        raise RuntimeError(
            "patch_sklearn: expected scikit-learn with a neural network as in 1.5 to 1.9: "
            f"{type(error).__name__}: {error}"
        ) from error
    if _replaced:
        return
    pairs = {name: _from_result(*names) for name, names in _FROM_RESULT.items()}
    pairs |= {name: _kept(both) for name, both in _KEPT.items()}
    for name, (activation, derivative) in pairs.items():
        _replace(ACTIVATIONS, name, activation)
        _replace(DERIVATIVES, name, derivative)
    _replace(allowed, 0, options)  # the list that both classes share


def unpatch_sklearn() -> None:
    """Undo `patch_sklearn`: scikit-learn is as it was."""
    while _replaced:
        container, key, before = _replaced.pop()
        if before is _ABSENT:
            del container[key]
        else:
            container[key] = before
