"""The activations by length, next to NumPy; one thread."""

import numpy as np

from . import common


class Fresh(common.Lengths):
    """The result is a new array."""

    statements = {
        "relu": "relu(x)",
        "elu": "elu(x)",
        "np.maximum": "np.maximum(x, 0)",
        "np.where": "np.where(x > 0, x, 0)",
        "np.where, expm1": "np.where(x > 0, x, np.expm1(x))",
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def time_call(self, *params):
        self.measure()


class Out(common.Lengths):
    """With out=. np.negative does next to no arithmetic."""

    statements = {
        "relu": "relu(x, out=y)",
        "leaky_relu": "leaky_relu(x, out=y)",
        "prelu": "prelu(x, 0.25, out=y)",
        "elu": "elu(x, out=y)",
        "np.maximum": "np.maximum(x, 0, out=y)",
        "np.negative": "np.negative(x, out=y)",
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def time_call(self, *params):
        self.measure()


class InPlace(common.Lengths):
    """Every sample starts from the same data."""

    statements = {
        "relu_": "relu_(y)",
        # alpha = 1 keeps the data as they are: a smaller one would soon make
        # subnormal numbers of them. prelu runs the loop of leaky_relu.
        "leaky_relu_": "leaky_relu_(y, 1.0)",
        "elu_": "elu_(y)",
        "np.maximum": "np.maximum(y, 0, out=y)",
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def prepare(self, statement, *, x, y, **options):
        super().prepare(statement, x=x, y=y, **options)
        np.copyto(y, x)

    def time_call(self, *params):
        self.measure()
