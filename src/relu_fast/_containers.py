"""What other libraries make of arrays, in the functions that are no ufuncs.

Ufuncs leave all to the ``__array_ufunc__`` of what they are given. So do these, by a ufunc of the
same operands; what remains is done by what containers offer themselves: a sum, and assignment.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

# ---- Gradients of parameters -----------------------------------------------------

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


# ---- In place --------------------------------------------------------------------


def store(name: str, x: Any, y: Any) -> None:
    """Make y the content of x, all or nothing; `name` is that of the ufunc that made it."""
    if type(y) is not type(x):
        raise TypeError(f"x, of type {type(x).__name__}, has a result of type {type(y).__name__}")
    is_dataset = _is("xarray", "Dataset", x)
    parts = [(x[name], y[name]) for name in x] if is_dataset else [(x, y)]
    parts = [(part, _fitting(part, result)) for part, result in parts]
    try:
        for part, result in parts:
            if _is("pandas", "DataFrame", x):
                # Column by column, one of which may be in read-only memory. What it shares with
                # another frame pandas leaves alone, and writes to a copy.
                other = part.copy(deep=False)
                part[:] = result
                del other
            else:
                part[...] = result
    except (NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        reason = f"{error}; {name} returns its result instead"
        raise TypeError(f"x, a {type(x).__name__}, cannot be changed in place: {reason}") from error


def _is(package: str, name: str, value: Any) -> bool:
    """Whether a value is of a class of another package, which need not be there."""
    module = sys.modules.get(package)
    return module is not None and isinstance(value, getattr(module, name))


def _fitting(x: Any, y: Any) -> Any:
    """The result in the dtype of x, or an error if it does not fit."""
    if not getattr(getattr(getattr(x, "data", None), "flags", None), "writeable", True):
        raise ValueError("x is read-only and cannot be changed in place")
    is_frame = _is("pandas", "DataFrame", x)
    if getattr(x, "shape", None) != getattr(y, "shape", None):
        raise ValueError(f"x has the shape {x.shape}, and its result the shape {y.shape}")
    if is_frame or _is("pandas", "Series", x):
        for labels, other in zip(x.axes, y.axes, strict=True):
            if not (labels.equals(other) or (labels.is_unique and labels.isin(other).all())):
                raise ValueError("x has not the labels that its result has")
        y = y.reindex_like(x)  # of which alignment has changed the order
    mine, others = ([*z.dtypes] if is_frame else [getattr(z, "dtype", None)] for z in (x, y))
    if mine == others:
        return y
    for dtype, other in zip(mine, others, strict=True):
        known = isinstance(dtype, np.dtype) and isinstance(other, np.dtype)
        if dtype != other and not (known and np.can_cast(other, dtype, "same_kind")):
            raise TypeError(f"x is of {dtype}, which cannot hold its result, of {other}")
    return y.astype(x.dtypes if is_frame else x.dtype)
