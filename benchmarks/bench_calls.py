"""What a call costs: float32 arrays so small that little else counts."""

import numpy as np

from . import common


class _Calls(common.Statement):
    """`params` of the subclasses: statements, lengths."""

    param_names = ("statement", "n")

    def setup(self, statement, n):
        x = common.normal(n)
        self.prepare(statement, calls=1000, x=x, g=common.normal(n, seed=1), y=x.copy())


LENGTHS = (1, 100, 1000)


class Value(_Calls):
    params = (
        (
            "relu(x)",
            "relu(x, y)",
            "relu(x, out=y)",
            "relu_(y)",
            "elu(x)",
            "np.maximum(x, 0)",
            "np.negative(x)",
            "np.negative(x, out=y)",
        ),
        LENGTHS,
    )

    def time_call(self, *params):
        self.measure()


class Alpha(_Calls):
    params = (
        (
            "leaky_relu(x)",
            "leaky_relu(x, 0.1)",
            "leaky_relu(x, alpha=0.1)",
            "leaky_relu(x, 0.1, y)",
            "leaky_relu(x, alpha=0.1, out=y)",
            "np.multiply(x, 0.1)",
        ),
        LENGTHS,
    )

    def time_call(self, *params):
        self.measure()


class Backward(_Calls):
    params = (
        (
            "relu_backward(g, x)",
            "relu_backward(g, x, out=y)",
            "leaky_relu_backward(g, x, alpha=0.1)",
            "elu_backward(g, x)",
            "elu_alpha_backward(g, x, 1.0)",
            "np.multiply(g, x)",
        ),
        LENGTHS,
    )

    def time_call(self, *params):
        self.measure()


class Kinds(common.Statement):
    """Other x than a contiguous vector."""

    kinds = {
        "float": -0.5,
        "np.float32": np.float32(-0.5),
        "0-d": np.array(-0.5, "float32"),
        "4 x 4": common.normal((4, 4)),
        "4 x 4 of 4 x 8": common.normal((4, 8))[:, ::2],
    }
    params = (("relu(x)", "elu(x)", "np.negative(x)"), tuple(kinds))
    param_names = ("statement", "x")

    def setup(self, statement, x):
        self.prepare(statement, calls=1000, x=self.kinds[x])

    def time_call(self, *params):
        self.measure()


class PerChannel(common.Statement):
    """One alpha per channel."""

    shapes = {"8 x 2 x 2": (8, 2, 2), "64 x 4 x 4": (64, 4, 4)}
    params = (
        (
            "prelu(x, alpha)",
            "prelu_backward(g, x, alpha)",
            "prelu_alpha_backward(g, x, alpha)",
            "np.multiply(x, alpha)",
        ),
        tuple(shapes),
    )
    param_names = ("statement", "shape")

    def setup(self, statement, shape):
        shape = self.shapes[shape]
        alpha = common.normal((shape[0], 1, 1), seed=2)
        x, g = common.normal(shape), common.normal(shape, seed=1)
        self.prepare(statement, calls=1000, x=x, g=g, alpha=alpha)

    def time_call(self, *params):
        self.measure()
