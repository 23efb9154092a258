"""The peers that compute on NumPy arrays: NumPy, numexpr and numba."""

from __future__ import annotations

import functools
import math
from typing import ClassVar

import numpy as np

from .peer import NotOfferedError, Peer, channel_sum, spelled

LEAKY = 0.01


def linear(slope):
    """numexpr's expressions of the value, the derivative and the gradient."""
    return (
        f"where(x > 0, x, {slope} * x)",
        f"where(x > 0, one, {slope})",
        f"where(x > 0, g, {slope} * g)",
    )


NUMEXPR_FORMS = (
    {"fresh": "", "out": ", out=y", "inplace": ", out=x"},
    {"grad": ", out=y"},
    {"backward": "", "backward-out": ", out=y"},
)


class NumPy(Peer):
    """What one writes without any other library; alphas as weak as Python numbers."""

    name, package = "NumPy", "numpy"
    statements: ClassVar = {
        ("relu", "fresh"): "np.maximum(x, 0)",
        ("relu", "out"): "np.maximum(x, 0, out=y)",
        ("relu", "inplace"): "np.maximum(x, 0, out=x)",
        ("relu", "grad"): "np.greater(x, 0, out=y)",
        ("relu", "backward"): "g * (x > 0)",
        ("relu", "backward-out"): "np.multiply(g, x > 0, out=y)",
        ("leaky_relu", "fresh"): "np.maximum(x, 0.01 * x)",
        ("leaky_relu", "out"): "np.multiply(x, 0.01, out=y); np.maximum(x, y, out=y)",
        ("leaky_relu", "inplace"): "np.maximum(x, 0.01 * x, out=x)",
        ("leaky_relu", "grad"): "np.copyto(y, np.where(x > 0, 1, 0.01), casting='same_kind')",
        ("leaky_relu", "backward"): "np.where(x > 0, g, 0.01 * g)",
        ("leaky_relu", "backward-out"): "np.multiply(g, 0.01, out=y); np.copyto(y, g, where=x > 0)",
        ("prelu", "fresh"): "np.where(x > 0, x, alpha * x)",
        ("prelu", "out"): "np.multiply(x, alpha, out=y); np.copyto(y, x, where=x > 0)",
        ("prelu", "inplace"): "np.multiply(x, alpha, out=x, where=x < 0)",
        ("prelu", "grad"): "np.copyto(y, np.where(x > 0, 1, alpha), casting='same_kind')",
        ("prelu", "backward"): "np.where(x > 0, g, alpha * g)",
        ("prelu", "backward-out"): "np.multiply(g, alpha, out=y); np.copyto(y, g, where=x > 0)",
        ("prelu", "gradients"): (
            "(np.where(x > 0, g, alpha * g), channel_sum(np.where(x > 0, 0, g * x)))"
        ),
        ("elu", "fresh"): "np.where(x > 0, x, np.expm1(x))",
        ("elu", "out"): "np.expm1(x, out=y); np.copyto(y, x, where=x > 0)",
        ("elu", "inplace"): "np.copyto(x, np.expm1(x), where=x < 0)",
        ("elu", "grad"): "np.exp(x, out=y); np.minimum(y, 1, out=y)",
        ("elu", "backward"): "g * np.minimum(np.exp(x), 1)",
        ("elu", "backward-out"): (
            "np.exp(x, out=y); np.minimum(y, 1, out=y); np.multiply(g, y, out=y)"
        ),
    }

    def names(self, cell, data):
        return {"np": np, "channel_sum": channel_sum}


def typed(alpha, dtype):
    """Not a Python number, which would make numexpr and numba compute in float64."""
    return dtype.type(alpha) if isinstance(alpha, float) else alpha


class Numexpr(Peer):
    """One pass over blocks that fit into the cache, compiled once per expression."""

    name, package = "numexpr", "numexpr"
    statements: ClassVar = {
        (function, form): f"ne.evaluate({expression!r}{out})"
        for function, expressions in {
            "relu": ("where(x > 0, x, 0)", "where(x > 0, one, 0)", "where(x > 0, g, 0)"),
            "leaky_relu": linear("leaky"),
            "prelu": linear("alpha"),
            "elu": (
                "where(x > 0, x, expm1(x))",
                "where(x > 0, one, exp(x))",
                "where(x > 0, g, g * exp(x))",
            ),
        }.items()
        for expression, forms in zip(expressions, NUMEXPR_FORMS, strict=True)
        for form, out in forms.items()
    }

    def set_threads(self, count):
        import numexpr

        numexpr.set_num_threads(count)

    def names(self, cell, data):
        import numexpr

        scalar = data.dtype.type
        return {"ne": numexpr, "one": scalar(1), "leaky": scalar(LEAKY)}

    def alpha(self, data):
        return typed(data.alpha, data.dtype)


class Numba(Peer):
    """@vectorize; on several threads, where the arrays have one axis, @njit(parallel=True).

    @vectorize(target="parallel") is slower than either: its loops are not SIMD code.
    """

    name, package = "numba", "numba"
    statements: ClassVar = spelled(
        {
            "fresh": "{f}(x{alpha})",
            "out": "{f}(x{alpha}, out=y)",
            "inplace": "{f}(x{alpha}, out=x)",
            "grad": "{f}_grad(x{alpha}, out=y)",
            "backward": "{f}_backward(g, x{alpha})",
            "backward-out": "{f}_backward(g, x{alpha}, out=y)",
        }
    )

    def set_threads(self, count):
        import numba

        numba.set_num_threads(count)

    def alpha(self, data):
        return typed(data.alpha, data.dtype)

    def statement(self, cell):
        statement = super().statement(cell)
        if not self.parallel(cell):
            if (cell.form, cell.layout) == ("inplace", "reversed"):
                raise NotOfferedError("writes to wrong places")  # numba 0.68.1
            return statement
        # The parallel functions take the result as their last argument.
        result = "=" not in statement and ("g" if "(g" in statement else "x")
        if result:
            return statement.replace(")", f", np.empty_like({result}))")
        return statement.replace("out=", "")

    @staticmethod
    def parallel(cell):
        return cell.threads > 1 and cell.layout in ("contiguous", "every-other", "reversed")

    def names(self, cell, data):
        kind = {"grad": "_grad", "backward": "_backward", "backward-out": "_backward"}
        name = cell.function + kind.get(cell.form, "")
        compiled = _parallel if self.parallel(cell) else _vectorized
        return {"np": np, name: compiled(name, cell.dtype)}


@functools.cache
def _vectorized(name, dtype):
    import numba

    scalar = np.dtype(dtype).type
    zero, one, leaky = scalar(0), scalar(1), scalar(LEAKY)  # a literal would be float64
    functions = {
        "relu": lambda x: x if x > zero else zero,
        "relu_grad": lambda x: one if x > zero else zero,
        "relu_backward": lambda g, x: g if x > zero else zero,
        "leaky_relu": lambda x: x if x > zero else leaky * x,
        "leaky_relu_grad": lambda x: one if x > zero else leaky,
        "leaky_relu_backward": lambda g, x: g if x > zero else leaky * g,
        "prelu": lambda x, alpha: x if x > zero else alpha * x,
        "prelu_grad": lambda x, alpha: one if x > zero else alpha,
        "prelu_backward": lambda g, x, alpha: g if x > zero else alpha * g,
        "elu": lambda x: x if x > zero else math.expm1(x),
        "elu_grad": lambda x: one if x > zero else math.exp(x),
        "elu_backward": lambda g, x: g if x > zero else g * math.exp(x),
    }
    if name not in functions:
        raise NotOfferedError(f"no {name}")
    arguments = ", ".join([dtype] * functions[name].__code__.co_argcount)
    return numba.vectorize([f"{dtype}({arguments})"])(functions[name])


@functools.cache
def _parallel(name, dtype):
    import numba

    scalar = _vectorized(name, dtype)
    if name == "prelu_backward":

        def loop(g, x, alpha, y):
            y[:] = scalar(g, x, alpha)
            return y
    elif name.startswith("prelu") or name.endswith("_backward"):

        def loop(a, b, y):
            y[:] = scalar(a, b)
            return y
    else:

        def loop(x, y):
            y[:] = scalar(x)
            return y

    return numba.njit(parallel=True)(loop)
