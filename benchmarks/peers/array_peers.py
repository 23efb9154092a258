"""The peers that compute on NumPy arrays: NumPy, SciPy, numexpr and numba."""

from __future__ import annotations

import functools
import math
from typing import ClassVar

import numpy as np

from .forms import GIVEN, NEW, OWN
from .peer import Formulas, NotOfferedError, Peer, channel_sum

LAMBDA, LAMBDA_ALPHA = 1.0507009873554805, 1.7580993408473768  # of SELU

QUICK = 1.702  # of quick_gelu
CUBIC_1 = math.sqrt(2 / math.pi)  # of gelu_tanh
CUBIC_3 = 0.044715 * CUBIC_1
CUBIC = f"x * ({CUBIC_1} + {CUBIC_3} * x * x)"
DENSITY = "0.3989422804014327 * np.exp(-0.5 * x * x)"

ELU = {
    "fresh": "np.where(x > 0, x, np.expm1(x))",
    "out": "np.expm1(x, out=y); np.copyto(y, x, where=x > 0)",
    "inplace": "np.copyto(x, np.expm1(x), where=x < 0)",
    "grad": "np.exp(x, out=y); np.minimum(y, 1, out=y)",
    "backward": "g * np.minimum(np.exp(x), 1)",
    "backward-out": "np.exp(x, out=y); np.minimum(y, 1, out=y); np.multiply(g, y, out=y)",
}


class NumPy(Peer):
    """What one writes without any other library; alphas as weak as Python numbers."""

    name, package = "NumPy", "numpy"
    table: ClassVar = {
        "relu": {
            "fresh": "np.maximum(x, 0)",
            "out": "np.maximum(x, 0, out=y)",
            "inplace": "np.maximum(x, 0, out=x)",
            "grad": "np.greater(x, 0, out=y)",
            "backward": "g * (x > 0)",
            "backward-out": "np.multiply(g, x > 0, out=y)",
        },
        "leaky_relu": {
            "fresh": "np.maximum(x, 0.01 * x)",
            "out": "np.multiply(x, 0.01, out=y); np.maximum(x, y, out=y)",
            "inplace": "np.maximum(x, 0.01 * x, out=x)",
            "grad": "np.copyto(y, np.where(x > 0, 1, 0.01), casting='same_kind')",
            "backward": "np.where(x > 0, g, 0.01 * g)",
            "backward-out": "np.multiply(g, 0.01, out=y); np.copyto(y, g, where=x > 0)",
        },
        "prelu": {
            "fresh": "np.where(x > 0, x, alpha * x)",
            "out": "np.multiply(x, alpha, out=y); np.copyto(y, x, where=x > 0)",
            "inplace": "np.multiply(x, alpha, out=x, where=x < 0)",
            "grad": "np.copyto(y, np.where(x > 0, 1, alpha), casting='same_kind')",
            "backward": "np.where(x > 0, g, alpha * g)",
            "backward-out": "np.multiply(g, alpha, out=y); np.copyto(y, g, where=x > 0)",
            "gradients": "(np.where(x > 0, g, alpha * g), channel_sum(np.where(x > 0, 0, g * x)))",
        },
        "elu": ELU,
        "selu": {
            "fresh": f"np.where(x > 0, {LAMBDA} * x, {LAMBDA_ALPHA} * np.expm1(x))",
            "out": f"np.expm1(x, out=y); np.multiply(y, {LAMBDA_ALPHA}, out=y); "
            f"np.multiply(x, {LAMBDA}, out=y, where=x > 0)",
            "grad": f"np.exp(x, out=y); np.multiply(y, {LAMBDA_ALPHA}, out=y); "
            f"np.putmask(y, x > 0, {LAMBDA})",
            "backward": f"g * np.where(x > 0, {LAMBDA}, {LAMBDA_ALPHA} * np.exp(x))",
        },
        "celu": ELU,  # whose alpha is 1
        "relu6": {
            "fresh": "np.clip(x, 0, 6)",
            "out": "np.clip(x, 0, 6, out=y)",
            "inplace": "np.clip(x, 0, 6, out=x)",
            "grad": "np.copyto(y, (x > 0) & (x < 6), casting='unsafe')",
            "backward": "g * ((x > 0) & (x < 6))",
            "backward-out": "np.multiply(g, (x > 0) & (x < 6), out=y)",
        },
        "relu_squared": {
            "fresh": "np.square(np.maximum(x, 0))",
            "out": "np.maximum(x, 0, out=y); np.square(y, out=y)",
            "inplace": "np.maximum(x, 0, out=x); np.square(x, out=x)",
            "grad": "np.maximum(x, 0, out=y); np.multiply(y, 2, out=y)",
            "backward": "2 * g * np.maximum(x, 0)",
            "backward-out": "np.maximum(x, 0, out=y); np.multiply(y, 2 * g, out=y)",
        },
        "threshold": {
            "fresh": "np.where(x > threshold, x, x.dtype.type(value))",
            "out": "np.copyto(y, x); np.putmask(y, x <= threshold, value)",
            "inplace": "np.putmask(x, x <= threshold, value)",
            "grad": "np.greater(x, threshold, out=y)",
            "backward": "g * (x > threshold)",
            "backward-out": "np.multiply(g, x > threshold, out=y)",
        },
        "hardtanh": {
            "fresh": "np.clip(x, -1, 1)",
            "out": "np.clip(x, -1, 1, out=y)",
            "inplace": "np.clip(x, -1, 1, out=x)",
            "grad": "np.less(np.abs(x), 1, out=y)",
            "backward": "g * (np.abs(x) < 1)",
            "backward-out": "np.multiply(g, np.abs(x) < 1, out=y)",
        },
        "hardshrink": {
            "fresh": "np.where(np.abs(x) > 0.5, x, 0)",
            "out": "np.multiply(x, np.abs(x) > 0.5, out=y)",
            "inplace": "np.multiply(x, np.abs(x) > 0.5, out=x)",
            "grad": "np.greater(np.abs(x), 0.5, out=y)",
            "backward": "g * (np.abs(x) > 0.5)",
            "backward-out": "np.multiply(g, np.abs(x) > 0.5, out=y)",
        },
        "softshrink": {
            "fresh": "x - np.clip(x, -0.5, 0.5)",
            "out": "np.clip(x, -0.5, 0.5, out=y); np.subtract(x, y, out=y)",
            "inplace": "np.subtract(x, np.clip(x, -0.5, 0.5), out=x)",
            "grad": "np.greater(np.abs(x), 0.5, out=y)",
            "backward": "g * (np.abs(x) > 0.5)",
            "backward-out": "np.multiply(g, np.abs(x) > 0.5, out=y)",
        },
        "hardsigmoid": {
            "fresh": "np.clip(x / 6 + 0.5, 0, 1)",
            "out": "np.multiply(x, 1 / 6, out=y); np.add(y, 0.5, out=y); np.clip(y, 0, 1, out=y)",
            "inplace": "x *= 1 / 6; x += 0.5; np.clip(x, 0, 1, out=x)",
            "grad": "np.multiply(np.abs(x) < 3, 1 / 6, out=y)",
            "backward": "g * (np.abs(x) < 3) / 6",
            "backward-out": "np.multiply(g, np.abs(x) < 3, out=y); np.multiply(y, 1 / 6, out=y)",
        },
        "hardswish": {
            "fresh": "x * np.clip(x + 3, 0, 6) / 6",
            "out": "np.add(x, 3, out=y); np.clip(y, 0, 6, out=y); np.multiply(y, x / 6, out=y)",
            "inplace": "np.multiply(x, np.clip(x + 3, 0, 6) / 6, out=x)",
            "grad": "np.multiply(x, 1 / 3, out=y); np.add(y, 0.5, out=y); "
            "np.copyto(y, x > 0, where=np.abs(x) > 3)",
            "backward": "g * np.where(np.abs(x) > 3, x > 0, x / 3 + 0.5)",
        },
        "softsign": {
            "fresh": "x / (1 + np.abs(x))",
            "out": "np.abs(x, out=y); np.add(y, 1, out=y); np.divide(x, y, out=y)",
            "inplace": "np.divide(x, 1 + np.abs(x), out=x)",
            "grad": "np.divide(1, np.square(1 + np.abs(x)), out=y)",
            "backward": "g / np.square(1 + np.abs(x))",
            "backward-out": "np.divide(g, np.square(1 + np.abs(x)), out=y)",
        },
        "squareplus": {
            "fresh": "(x + np.sqrt(x * x + 4)) / 2",
            "out": "np.sqrt(x * x + 4, out=y); np.add(y, x, out=y); np.multiply(y, 0.5, out=y)",
            "inplace": "x += np.sqrt(x * x + 4); x *= 0.5",
            "grad": "np.divide(x, np.sqrt(x * x + 4), out=y); np.add(y, 1, out=y); "
            "np.multiply(y, 0.5, out=y)",
            "backward": "g * (1 + x / np.sqrt(x * x + 4)) / 2",
        },
        "sigmoid": {
            "fresh": "1 / (1 + np.exp(-x))",
            "out": "np.negative(x, out=y); np.exp(y, out=y); np.add(y, 1, out=y); "
            "np.divide(1, y, out=y)",
            "inplace": "np.negative(x, out=x); np.exp(x, out=x); x += 1; np.divide(1, x, out=x)",
            "grad": "s = 1 / (1 + np.exp(-x)); np.multiply(s, 1 - s, out=y)",
            "backward": "g * (s := 1 / (1 + np.exp(-x))) * (1 - s)",
            "backward-out": "s = 1 / (1 + np.exp(-x)); np.multiply(g, s, out=y); "
            "np.multiply(y, 1 - s, out=y)",
        },
        "tanh": {
            "fresh": "np.tanh(x)",
            "out": "np.tanh(x, out=y)",
            "inplace": "np.tanh(x, out=x)",
            "grad": "np.tanh(x, out=y); np.square(y, out=y); np.subtract(1, y, out=y)",
            "backward": "g * (1 - np.square(np.tanh(x)))",
            "backward-out": "np.tanh(x, out=y); np.square(y, out=y); np.subtract(1, y, out=y); "
            "np.multiply(y, g, out=y)",
        },
        "tanhshrink": {
            "fresh": "x - np.tanh(x)",
            "out": "np.tanh(x, out=y); np.subtract(x, y, out=y)",
            "inplace": "x -= np.tanh(x)",
            "grad": "np.tanh(x, out=y); np.square(y, out=y)",
            "backward": "g * np.square(np.tanh(x))",
            "backward-out": "np.tanh(x, out=y); np.square(y, out=y); np.multiply(y, g, out=y)",
        },
        "softplus": {
            "fresh": "np.logaddexp(0, x)",
            "out": "np.logaddexp(0, x, out=y)",
            "inplace": "np.logaddexp(0, x, out=x)",
            "grad": "np.divide(1, 1 + np.exp(-x), out=y)",
            "backward": "g / (1 + np.exp(-x))",
            "backward-out": "np.negative(x, out=y); np.exp(y, out=y); np.add(y, 1, out=y); "
            "np.divide(g, y, out=y)",
        },
        "log_sigmoid": {
            "fresh": "-np.logaddexp(0, -x)",
            "out": "np.negative(x, out=y); np.logaddexp(0, y, out=y); np.negative(y, out=y)",
            "inplace": "np.negative(x, out=x); np.logaddexp(0, x, out=x); np.negative(x, out=x)",
            "grad": "np.divide(1, 1 + np.exp(x), out=y)",
            "backward": "g / (1 + np.exp(x))",
            "backward-out": "np.exp(x, out=y); np.add(y, 1, out=y); np.divide(g, y, out=y)",
        },
        "silu": {
            "fresh": "x / (1 + np.exp(-x))",
            "out": "np.negative(x, out=y); np.exp(y, out=y); np.add(y, 1, out=y); "
            "np.divide(x, y, out=y)",
            "inplace": "x /= 1 + np.exp(-x)",
            "grad": "s = 1 / (1 + np.exp(-x)); np.multiply(s, 1 + x * (1 - s), out=y)",
            "backward": "g * (s := 1 / (1 + np.exp(-x))) * (1 + x * (1 - s))",
        },
        "quick_gelu": {
            "fresh": f"x / (1 + np.exp(-{QUICK} * x))",
            "out": f"np.multiply(x, -{QUICK}, out=y); np.exp(y, out=y); np.add(y, 1, out=y); "
            "np.divide(x, y, out=y)",
            "inplace": f"x /= 1 + np.exp(-{QUICK} * x)",
            "backward": f"g * (s := 1 / (1 + np.exp(-{QUICK} * x))) * (1 + {QUICK} * x * (1 - s))",
        },
        "mish": {
            "fresh": "x * np.tanh(np.log1p(np.exp(x)))",
            "out": "np.exp(x, out=y); np.log1p(y, out=y); np.tanh(y, out=y); "
            "np.multiply(y, x, out=y)",
            "inplace": "x *= np.tanh(np.log1p(np.exp(x)))",
            "backward": "g * ((t := np.tanh(np.log1p(np.exp(x)))) "
            "+ x * (1 - t * t) / (1 + np.exp(-x)))",
        },
        "gelu_tanh": {
            "fresh": f"0.5 * x * (1 + np.tanh({CUBIC}))",
            "out": f"np.multiply(x, x, out=y); np.multiply(y, {CUBIC_3}, out=y); "
            f"np.add(y, {CUBIC_1}, out=y); np.multiply(y, x, out=y); "
            "np.tanh(y, out=y); np.add(y, 1, out=y); np.multiply(y, x, out=y); "
            "np.multiply(y, 0.5, out=y)",
            "inplace": f"x *= 0.5 * (1 + np.tanh({CUBIC}))",
            "backward": f"0.5 * g * (1 + (t := np.tanh({CUBIC})) "
            f"+ x * (1 - t * t) * ({CUBIC_1} + {3 * CUBIC_3} * x * x))",
        },
    }

    def names(self, cell, data):
        return {"np": np, "channel_sum": channel_sum}


class SciPy(Peer):
    """Its special functions, where NumPy has none or only parts of them."""

    name, package = "SciPy", "scipy"
    table: ClassVar = {
        "sigmoid": {
            "fresh": "special.expit(x)",
            "out": "special.expit(x, out=y)",
            "inplace": "special.expit(x, out=x)",
            "grad": "special.expit(x, out=y); np.multiply(y, 1 - y, out=y)",
            "backward": "g * (s := special.expit(x)) * (1 - s)",
            "backward-out": "special.expit(x, out=y); np.multiply(y, 1 - y, out=y); "
            "np.multiply(y, g, out=y)",
        },
        "softplus": {
            "fresh": "special.softplus(x)",
            "out": "special.softplus(x, out=y)",
            "inplace": "special.softplus(x, out=x)",
            "grad": "special.expit(x, out=y)",
            "backward": "g * special.expit(x)",
            "backward-out": "special.expit(x, out=y); np.multiply(y, g, out=y)",
        },
        "log_sigmoid": {
            "fresh": "special.log_expit(x)",
            "out": "special.log_expit(x, out=y)",
            "inplace": "special.log_expit(x, out=x)",
            "backward": "g * special.expit(-x)",
        },
        "silu": {
            "fresh": "x * special.expit(x)",
            "out": "special.expit(x, out=y); np.multiply(y, x, out=y)",
            "inplace": "x *= special.expit(x)",
            "backward": "g * (s := special.expit(x)) * (1 + x * (1 - s))",
        },
        "gelu": {
            "fresh": "x * special.ndtr(x)",
            "out": "special.ndtr(x, out=y); np.multiply(y, x, out=y)",
            "inplace": "x *= special.ndtr(x)",
            "grad": f"special.ndtr(x, out=y); np.add(y, x * {DENSITY}, out=y)",
            "backward": f"g * (special.ndtr(x) + x * {DENSITY})",
            "backward-out": f"special.ndtr(x, out=y); np.add(y, x * {DENSITY}, out=y); "
            "np.multiply(y, g, out=y)",
        },
        "quick_gelu": {
            "fresh": f"x * special.expit({QUICK} * x)",
            "out": f"special.expit({QUICK} * x, out=y); np.multiply(y, x, out=y)",
            "inplace": f"x *= special.expit({QUICK} * x)",
        },
    }

    def names(self, cell, data):
        from scipy import special

        return {"np": np, "special": special}


class Typed(Peer):
    """A peer that computes in float64 if it is given a Python number."""

    def parameter(self, value, data):
        return data.dtype.type(value) if isinstance(value, float) else value


NUMEXPR_LINEAR = Formulas(
    y="where(x > 0, x, alpha * x)",
    dy="where(x > 0, one, alpha)",
    dx="where(x > 0, g, alpha * g)",
)


NUMEXPR_TANH = "tanh(x * (cubic_1 + cubic_3 * x * x))"
NUMEXPR_GELU_TANH_SLOPE = (
    f"(1 + {NUMEXPR_TANH} + x * (1 - {NUMEXPR_TANH} ** 2) * (cubic_1 + 3 * cubic_3 * x * x))"
    " * (one / 2)"
)


class Numexpr(Typed):
    """One pass over blocks that fit into the cache, compiled once per expression."""

    name, package = "numexpr", "numexpr"
    table: ClassVar = {
        "relu": Formulas(
            y="where(x > 0, x, 0)",
            dy="where(x > 0, one, 0)",
            dx="where(x > 0, g, 0)",
        ),
        "leaky_relu": NUMEXPR_LINEAR,
        "prelu": NUMEXPR_LINEAR,
        "elu": Formulas(
            y="where(x > 0, x, expm1(x))",
            dy="where(x > 0, one, exp(x))",
            dx="where(x > 0, g, g * exp(x))",
        ),
        "selu": Formulas(
            y=f"where(x > 0, {LAMBDA} * one * x, {LAMBDA_ALPHA} * one * expm1(x))",
            dy=f"where(x > 0, {LAMBDA} * one, {LAMBDA_ALPHA} * one * exp(x))",
            dx=f"where(x > 0, {LAMBDA} * one * g, {LAMBDA_ALPHA} * one * g * exp(x))",
        ),
        "celu": Formulas(
            y="where(x > 0, x, alpha * expm1(x / alpha))",
            dy="where(x > 0, one, exp(x / alpha))",
            dx="where(x > 0, g, g * exp(x / alpha))",
        ),
        "relu6": Formulas(
            y="where(x > 0, where(x < 6, x, 6 * one), 0)",
            dy="where((x > 0) & (x < 6), one, 0)",
            dx="where((x > 0) & (x < 6), g, 0)",
        ),
        "relu_squared": Formulas(
            y="where(x > 0, x * x, 0)",
            dy="where(x > 0, 2 * x, 0)",
            dx="where(x > 0, 2 * g * x, 0)",
        ),
        "threshold": Formulas(
            y="where(x > threshold, x, value)",
            dy="where(x > threshold, one, 0)",
            dx="where(x > threshold, g, 0)",
        ),
        "hardtanh": Formulas(
            y="where(x > min_val, where(x < max_val, x, max_val), min_val)",
            dy="where((x > min_val) & (x < max_val), one, 0)",
            dx="where((x > min_val) & (x < max_val), g, 0)",
        ),
        "hardshrink": Formulas(
            y="where(abs(x) > lambd, x, 0)",
            dy="where(abs(x) > lambd, one, 0)",
            dx="where(abs(x) > lambd, g, 0)",
        ),
        "softshrink": Formulas(
            y="where(x > lambd, x - lambd, where(x < -lambd, x + lambd, 0))",
            dy="where(abs(x) > lambd, one, 0)",
            dx="where(abs(x) > lambd, g, 0)",
        ),
        "hardsigmoid": Formulas(
            y="where(x > -3, where(x < 3, (x + 3) * (one / 6), one), 0)",
            dy="where(abs(x) < 3, one / 6, 0)",
            dx="where(abs(x) < 3, g * (one / 6), 0)",
        ),
        "hardswish": Formulas(
            y="where(x > -3, where(x < 3, x * (x + 3) * (one / 6), x), 0)",
            dy="where(x > -3, where(x < 3, (2 * x + 3) * (one / 6), one), 0)",
            dx="where(x > -3, where(x < 3, g * (2 * x + 3) * (one / 6), g), 0)",
        ),
        "softsign": Formulas(
            y="x / (1 + abs(x))",
            dy="one / (1 + abs(x)) ** 2",
            dx="g / (1 + abs(x)) ** 2",
        ),
        "squareplus": Formulas(
            y="(x + sqrt(x * x + b)) * (one / 2)",
            dy="(1 + x / sqrt(x * x + b)) * (one / 2)",
            dx="g * (1 + x / sqrt(x * x + b)) * (one / 2)",
        ),
        # What stands there twice is computed once.
        "sigmoid": Formulas(
            y="one / (1 + exp(-x))",
            dy="(1 - one / (1 + exp(-x))) / (1 + exp(-x))",
            dx="g * (1 - one / (1 + exp(-x))) / (1 + exp(-x))",
        ),
        "tanh": Formulas(
            y="tanh(x)",
            dy="1 - tanh(x) ** 2",
            dx="g * (1 - tanh(x) ** 2)",
        ),
        "tanhshrink": Formulas(
            y="x - tanh(x)",
            dy="tanh(x) ** 2",
            dx="g * tanh(x) ** 2",
        ),
        "softplus": Formulas(
            y="where(x > 0, x, 0) + log1p(exp(-abs(x)))",
            dy="one / (1 + exp(-x))",
            dx="g / (1 + exp(-x))",
        ),
        "log_sigmoid": Formulas(
            y="where(x < 0, x, 0) - log1p(exp(-abs(x)))",
            dy="one / (1 + exp(x))",
            dx="g / (1 + exp(x))",
        ),
        "silu": Formulas(
            y="x / (1 + exp(-x))",
            dy="(1 + x - x / (1 + exp(-x))) / (1 + exp(-x))",
            dx="g * (1 + x - x / (1 + exp(-x))) / (1 + exp(-x))",
        ),
        "quick_gelu": Formulas(
            y="x / (1 + exp(-quick * x))",
            dy="(1 + quick * (x - x / (1 + exp(-quick * x)))) / (1 + exp(-quick * x))",
            dx="g * (1 + quick * (x - x / (1 + exp(-quick * x)))) / (1 + exp(-quick * x))",
        ),
        "mish": Formulas(
            y="x * tanh(log1p(exp(x)))",
            dy="tanh(log1p(exp(x))) + x * (1 - tanh(log1p(exp(x))) ** 2) / (1 + exp(-x))",
            dx="g * (tanh(log1p(exp(x))) + x * (1 - tanh(log1p(exp(x))) ** 2) / (1 + exp(-x)))",
        ),
        "gelu_tanh": Formulas(
            y=f"x * (1 + {NUMEXPR_TANH}) * (one / 2)",
            dy=NUMEXPR_GELU_TANH_SLOPE,
            dx=f"g * ({NUMEXPR_GELU_TANH_SLOPE})",
        ),
    }

    def make_statement(self, cell, line):
        formula = line.of(cell)
        out = {NEW: "", GIVEN: ", out=y", OWN: ", out=x"}[cell.result]
        return formula and f"ne.evaluate({formula!r}{out})"

    def set_threads(self, count):
        import numexpr

        numexpr.set_num_threads(count)

    def names(self, cell, data):
        import numexpr

        # A literal would be float64, and the result too.
        numbers = {"one": 1, "quick": QUICK, "cubic_1": CUBIC_1, "cubic_3": CUBIC_3}
        scalar = data.dtype.type
        return {"ne": numexpr} | {name: scalar(value) for name, value in numbers.items()}


NUMBA_LINEAR = Formulas(
    y="x if x > zero else alpha * x",
    dy="one if x > zero else alpha",
    dx="g if x > zero else alpha * g",
)


# The compiler computes once what stands there twice.
NUMBA_TANH = "math.tanh(x * (cubic_1 + cubic_3 * x * x))"
NUMBA_GELU_TANH_SLOPE = (
    f"half * (one + {NUMBA_TANH} + x * (one - {NUMBA_TANH} ** 2) * (cubic_1 + cubic_9 * x * x))"
)
NUMBA_GELU_SLOPE = (
    "half * (one + math.erf(x * root_half)) + x * density_0 * math.exp(-half * x * x)"
)
NUMBA_MISH_TANH = "math.tanh(math.log1p(math.exp(x)))"
NUMBA_MISH_SLOPE = f"{NUMBA_MISH_TANH} + x * (one - {NUMBA_MISH_TANH} ** 2) / (one + math.exp(-x))"


class Numba(Typed):
    """@vectorize; on several threads, where the arrays have one axis, @njit(parallel=True).

    @vectorize(target="parallel") is slower than either: its loops are not SIMD code.
    """

    name, package = "numba", "numba"
    table: ClassVar = {
        "relu": Formulas(
            y="x if x > zero else zero",
            dy="one if x > zero else zero",
            dx="g if x > zero else zero",
        ),
        "leaky_relu": NUMBA_LINEAR,
        "prelu": NUMBA_LINEAR,
        "elu": Formulas(
            y="x if x > zero else math.expm1(x)",
            dy="one if x > zero else math.exp(x)",
            dx="g if x > zero else g * math.exp(x)",
        ),
        "selu": Formulas(
            y="selu_lambda * x if x > zero else lambda_alpha * math.expm1(x)",
            dy="selu_lambda if x > zero else lambda_alpha * math.exp(x)",
            dx="selu_lambda * g if x > zero else lambda_alpha * g * math.exp(x)",
        ),
        "celu": Formulas(
            y="x if x > zero else alpha * math.expm1(x / alpha)",
            dy="one if x > zero else math.exp(x / alpha)",
            dx="g if x > zero else g * math.exp(x / alpha)",
        ),
        "relu6": Formulas(
            y="min(max(x, zero), six)",
            dy="one if zero < x < six else zero",
            dx="g if zero < x < six else zero",
        ),
        "relu_squared": Formulas(
            y="x * x if x > zero else zero",
            dy="x + x if x > zero else zero",
            dx="g * (x + x) if x > zero else zero",
        ),
        "threshold": Formulas(
            y="x if x > threshold else value",
            dy="one if x > threshold else zero",
            dx="g if x > threshold else zero",
        ),
        "hardtanh": Formulas(
            y="min(max(x, min_val), max_val)",
            dy="one if min_val < x < max_val else zero",
            dx="g if min_val < x < max_val else zero",
        ),
        "hardshrink": Formulas(
            y="x if abs(x) > lambd else zero",
            dy="one if abs(x) > lambd else zero",
            dx="g if abs(x) > lambd else zero",
        ),
        "softshrink": Formulas(
            y="x - lambd if x > lambd else (x + lambd if x < -lambd else zero)",
            dy="one if abs(x) > lambd else zero",
            dx="g if abs(x) > lambd else zero",
        ),
        "hardsigmoid": Formulas(
            y="min(max(x / six + half, zero), one)",
            dy="one / six if abs(x) < half * six else zero",
            dx="g / six if abs(x) < half * six else zero",
        ),
        "hardswish": Formulas(
            y="x * min(max(x / six + half, zero), one)",
            dy="min(max((x + x) / six + half, zero), one) if abs(x) >= half * six"
            " else (x + x) / six + half",
            dx="g * min(max((x + x) / six + half, zero), one) if abs(x) >= half * six"
            " else g * ((x + x) / six + half)",
        ),
        "softsign": Formulas(
            y="x / (one + abs(x))",
            dy="one / ((one + abs(x)) * (one + abs(x)))",
            dx="g / ((one + abs(x)) * (one + abs(x)))",
        ),
        "squareplus": Formulas(
            y="half * (x + math.sqrt(x * x + b))",
            dy="half * (one + x / math.sqrt(x * x + b))",
            dx="g * half * (one + x / math.sqrt(x * x + b))",
        ),
        "sigmoid": Formulas(
            y="one / (one + math.exp(-x))",
            dy="one / ((one + math.exp(x)) * (one + math.exp(-x)))",
            dx="g / ((one + math.exp(x)) * (one + math.exp(-x)))",
        ),
        "tanh": Formulas(
            y="math.tanh(x)",
            dy="one - math.tanh(x) ** 2",
            dx="g * (one - math.tanh(x) ** 2)",
        ),
        "tanhshrink": Formulas(
            y="x - math.tanh(x)",
            dy="math.tanh(x) ** 2",
            dx="g * math.tanh(x) ** 2",
        ),
        "softplus": Formulas(
            y="max(x, zero) + math.log1p(math.exp(-abs(x)))",
            dy="one / (one + math.exp(-x))",
            dx="g / (one + math.exp(-x))",
        ),
        "log_sigmoid": Formulas(
            y="min(x, zero) - math.log1p(math.exp(-abs(x)))",
            dy="one / (one + math.exp(x))",
            dx="g / (one + math.exp(x))",
        ),
        "silu": Formulas(
            y="x / (one + math.exp(-x))",
            dy="(one + x / (one + math.exp(x))) / (one + math.exp(-x))",
            dx="g * (one + x / (one + math.exp(x))) / (one + math.exp(-x))",
        ),
        "quick_gelu": Formulas(
            y="x / (one + math.exp(-quick * x))",
            dy="(one + quick * x / (one + math.exp(quick * x))) / (one + math.exp(-quick * x))",
            dx="g * (one + quick * x / (one + math.exp(quick * x))) / (one + math.exp(-quick * x))",
        ),
        "mish": Formulas(
            y="x * math.tanh(math.log1p(math.exp(x)))",
            dy=NUMBA_MISH_SLOPE,
            dx=f"g * ({NUMBA_MISH_SLOPE})",
        ),
        "gelu": Formulas(
            y="half * x * (one + math.erf(x * root_half))",
            dy=NUMBA_GELU_SLOPE,
            dx=f"g * ({NUMBA_GELU_SLOPE})",
        ),
        "gelu_tanh": Formulas(
            y=f"half * x * (one + {NUMBA_TANH})",
            dy=NUMBA_GELU_TANH_SLOPE,
            dx=f"g * ({NUMBA_GELU_TANH_SLOPE})",
        ),
    }

    def make_statement(self, cell, line):
        if not line.of(cell):
            return None
        arguments = [*cell.arguments]
        if self.parallel(cell):  # the result is the last argument
            new = f"np.empty_like({cell.inputs[0]})"
            arguments.append({NEW: new, GIVEN: "y", OWN: "x"}[cell.result])
        elif (cell.result, cell.layout) == (OWN, "reversed"):
            raise NotOfferedError("writes to wrong places")  # numba 0.68.1
        elif cell.result != NEW:
            arguments.append({GIVEN: "out=y", OWN: "out=x"}[cell.result])
        return f"{cell.ufunc.name}({', '.join(arguments)})"

    def set_threads(self, count):
        import numba

        numba.set_num_threads(count)

    @staticmethod
    def parallel(cell):
        return cell.threads > 1 and cell.layout in ("contiguous", "every-other", "reversed")

    def names(self, cell, data):
        compiled = _parallel if self.parallel(cell) else _vectorized
        formula = self.table[cell.function].of(cell)
        constants = tuple((parameter.name, parameter.typical) for parameter in cell.defaults)
        function = compiled(formula, cell.arguments, constants, cell.dtype)
        return {"np": np, cell.ufunc.name: function}


@functools.cache
def _vectorized(formula, arguments, constants, dtype):
    import numba

    scalar = np.dtype(dtype).type  # a literal would be float64
    numbers = {"zero": 0, "half": 0.5, "one": 1, "six": 6, **dict(constants)}
    numbers |= {"selu_lambda": LAMBDA, "lambda_alpha": LAMBDA_ALPHA, "quick": QUICK}
    numbers |= {"cubic_1": CUBIC_1, "cubic_3": CUBIC_3, "cubic_9": 3 * CUBIC_3}
    numbers |= {"root_half": 0.5**0.5, "density_0": (2 * math.pi) ** -0.5}
    names = {name: scalar(value) for name, value in numbers.items()}
    function = eval(f"lambda {', '.join(arguments)}: {formula}", names | {"math": math})
    return numba.vectorize([f"{dtype}({', '.join([dtype] * len(arguments))})"])(function)


@functools.cache
def _parallel(formula, arguments, constants, dtype):
    import numba

    names = {"scalar": _vectorized(formula, arguments, constants, dtype)}
    given = ", ".join(arguments)
    exec(f"def loop({given}, y):\n    y[:] = scalar({given})\n    return y", names)
    return numba.njit(parallel=True)(names["loop"])
