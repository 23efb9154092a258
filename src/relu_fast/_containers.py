"""What other libraries make of arrays, in the functions that are no ufuncs.

Ufuncs leave all to the ``__array_ufunc__`` of what they are given. So do these, by a ufunc of the
same operands; what remains is done by what containers offer themselves: a sum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# What makes an array of such an object, by the attribute of its class.
_WAYS_TO_NUMPY = {
    "to_numpy": "to_numpy()",
    "to_dataarray": "to_dataarray()",
    "todense": "todense()",
    "compute": "compute()",
    "magnitude": "magnitude",
    "value": "value",
}


def sum_products(
    name: str, products: Callable[..., Any], operands: dict[str, Any], dtype: Any
) -> Any:
    """The products of g and the derivative, summed to the shape of the last operand.

    In `dtype`; None: in that of the sum.
    """
    *_, parameter = operands.values()
    try:
        total = _sum_to(parameter, products(*operands.values()))
        if total.shape != np.shape(parameter):
            raise ValueError(f"the gradient has the shape {total.shape}, not that of its parameter")
        return total if dtype is None or total is np.ma.masked else total.astype(dtype)
    except ValueError as error:  # of shapes and labels
        kind: type[Exception] = ValueError
        text = str(error)
    except (AttributeError, NotImplementedError, TypeError) as error:
        kind = TypeError
        ways = [way for key, value in operands.items() for way in _to_numpy(key, value)]
        why = "" if isinstance(error, AttributeError) else str(error)
        text = f"pass {', '.join(ways)}" if ways else "pass arrays of NumPy"
        text += f": {why or 'what comes of these has no sum as arrays have'}"
    raise kind(f"{name}: {text}")  # alone: the frames of the other would keep the operands


def _sum_to(parameter: Any, terms: Any) -> Any:
    """The sum over all that `parameter` was broadcast along."""
    if hasattr(type(parameter), "dims"):  # xarray's, which go by name
        others = [name for name in terms.dims if name not in parameter.dims]
        return terms.sum(others).transpose(*parameter.dims)
    shape = np.shape(parameter)
    while terms.ndim > len(shape):
        terms = _sum(terms, axis=0)
    for axis, length in enumerate(shape):
        if length == 1 and terms.shape[axis] != 1:
            terms = _sum(terms, axis=axis, keepdims=True)
    return terms


def _sum(terms: Any, **keywords: Any) -> Any:
    try:
        total = np.sum(terms, **keywords)
    except ValueError as error:  # which pandas raises at keywords
        raise TypeError(str(error)) from error
    return np.float64(total) if type(total) is float else total


def _to_numpy(name: str, value: Any) -> list[str]:
    """How to make an array of an operand, where its class has one of the ways."""
    return [f"{name}.{way}" for key, way in _WAYS_TO_NUMPY.items() if hasattr(type(value), key)][:1]
