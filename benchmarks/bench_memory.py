"""The most memory that a process holds, with float32 arrays of 128 MiB.

"pass" shows the arrays alone; what a statement shows beyond that are its temporaries.
"""

import numpy as np

import relu_fast

from . import common

SHAPE = (2**16, 2**9)


class PeakMemory:
    version = "1"
    params = (
        "pass",
        "relu(x, out=y)",
        "elu(x, out=y)",
        "elu(x.T, out=y.T)",
        "elu_backward(g, x, out=y)",
        "elu_alpha_backward(g, x, alpha)",
        "np.maximum(x, 0, out=y)",
        "y[...] = np.where(x > 0, x, np.expm1(x))",
    )
    param_names = ("statement",)

    def setup(self, statement):
        self.names = vars(relu_fast) | {
            "np": np,
            "x": common.normal(SHAPE),
            "g": common.normal(SHAPE, seed=1),
            "y": common.output(SHAPE),
            "alpha": np.ones(SHAPE[1], "float32"),
        }

    def peakmem_call(self, statement):
        exec(statement, self.names)
