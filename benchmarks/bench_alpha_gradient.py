"""The gradients of a learned alpha, 2**21 float32 numbers of g and x each (8 MiB)."""

import numpy as np

from . import common

# alpha -> shape of x, shape of alpha, the dimensions summed over
ALPHAS = {
    "scalar": ((2**21,), (), None),
    "per channel (NCHW)": ((16, 32, 64, 64), (32, 1, 1), (0, 2, 3)),
    "per column": ((4096, 512), (512,), 0),
}


class AlphaGradient(common.Statement):
    params = (
        (
            "prelu_alpha_backward(g, x, alpha)",
            "elu_alpha_backward(g, x, alpha)",
            "np.where(x > 0, 0, g * x).sum(axis)",
        ),
        tuple(ALPHAS),
        (1, 2),
    )
    param_names = ("statement", "alpha", "threads")

    def setup(self, statement, alpha, threads):
        shape, alpha_shape, axis = ALPHAS[alpha]
        self.prepare(
            statement,
            threads=threads,
            g=common.normal(shape, "float32", seed=1),
            x=common.normal(shape, "float32"),
            alpha=np.full(alpha_shape, 0.25, "float32"),
            axis=axis,
        )

    def time_alpha_gradient(self, *params):
        self.measure()
