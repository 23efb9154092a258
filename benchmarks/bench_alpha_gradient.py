"""The gradients of a learned alpha, g and x of 2**21 to 2**22 float32 numbers; one thread.

The yardstick, np.dot(g, x) of as many contiguous numbers, reads the same memory once.
"""

import numpy as np

from . import common

GRADIENTS = common.functions("PARAMETER_GRADIENT")


class AlphaGradient(common.ParameterShapes):
    statements = common.statements(GRADIENTS, arrays=True) | {
        "np.dot": "np.dot(g.ravel(), x.ravel())",
    }
    # alpha -> shape of x, shape of alpha
    shapes = {
        "scalar": ((2**21,), ()),
        "per channel, 64 x 64": ((16, 32, 64, 64), (32, 1, 1)),
        "per channel, 7 x 7": ((256, 256, 7, 7), (256, 1, 1)),
        "per channel, last": ((64, 32, 32, 64), (64,)),
        "per column, 3": ((2**20, 3), (3,)),
        "per column, 512": ((4096, 512), (512,)),
        "per column, 4096": ((1024, 4096), (4096,)),
        "per row, 50": ((2**16, 50), (2**16, 1)),
        "per place": ((64, 256, 256), (256, 256)),
        "one each": ((2**21,), (2**21,)),
    }
    params = (tuple(statements), tuple(shapes))

    version = "2"  # shapes

    def time_call(self, *params):
        self.measure()


class Layouts(common.Statement):
    """How the numbers of a (4096, 512) array lie in memory."""

    layouts = {
        "C": lambda a: a,
        "F": np.asfortranarray,
        "reversed": lambda a: np.flip(np.flip(a).copy()),
        "x[:, ::2]": lambda a: np.repeat(a, 2, axis=1)[:, ::2],
    }
    params = (tuple(layouts), ("scalar", "per column"))
    param_names = ("layout", "alpha")

    def setup(self, layout, alpha):
        view = self.layouts[layout]
        cheapest = min(GRADIENTS, key=lambda function: function.picoseconds)
        self.prepare(
            cheapest.call(arrays=True),
            x=view(common.normal((4096, 512))),
            g=view(common.normal((4096, 512), seed=1)),
            **{cheapest.gradient_of: np.full(() if alpha == "scalar" else 512, 0.25, "float32")},
        )

    def time_call(self, *params):
        self.measure()
