"""The gradients of a learned alpha, g and x of 2**21 float32 numbers (8 MiB); one thread."""

import numpy as np

from . import common


class AlphaGradient(common.Statement):
    statements = {
        "prelu_alpha_backward": "prelu_alpha_backward(g, x, alpha)",
        "elu_alpha_backward": "elu_alpha_backward(g, x, alpha)",
        "np.where, sum": "np.where(x > 0, 0, g * x).sum(axis)",
    }
    params = (tuple(statements), tuple(common.ALPHAS))
    param_names = ("function", "alpha")

    def setup(self, function, alpha):
        shape, alpha_shape, axis = common.ALPHAS[alpha]
        self.prepare(
            self.statements[function],
            x=common.normal(shape),
            g=common.normal(shape, seed=1),
            alpha=np.full(alpha_shape, 0.25, "float32"),
            axis=axis,
        )

    def time_call(self, *params):
        self.measure()
