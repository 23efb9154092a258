"""The activations by size: fresh result, out= and in place, next to NumPy."""

import numpy as np

from . import common

# In place, alpha = 1 keeps leaky_relu's data as they are: any smaller alpha would
# soon make subnormal numbers of them. prelu runs the loop of leaky_relu.
STATEMENTS = (
    "relu(x)",
    "relu(x, out=y)",
    "relu_(y)",
    "leaky_relu(x, out=y)",
    "leaky_relu_(y, 1.0)",
    "prelu(x, 0.25, out=y)",
    "elu(x)",
    "elu(x, out=y)",
    "elu_(y)",
    "np.maximum(x, 0)",
    "np.maximum(x, 0, out=y)",
    "np.maximum(y, 0, out=y)",
    "np.negative(x, out=y)",
    "np.where(x > 0, x, 0)",
    "np.where(x > 0, x, np.expm1(x))",
)


class _Value(common.Statement):
    def setup(self, statement, dtype, size, threads=1):
        n = common.elements(size, dtype)
        x, y = common.normal(n, dtype), common.output(n, dtype)
        self.prepare(statement, calls=common.calls_per_sample(x), threads=threads, x=x, y=y)
        np.copyto(y, x)  # every sample starts from the same data, in place too


class SmallArrays(_Value):
    params = (STATEMENTS, common.DTYPES, tuple(common.SMALL))
    param_names = ("statement", "dtype", "size")

    def time_value(self, *params):
        self.measure()


class LargeArrays(_Value):
    params = (STATEMENTS, common.DTYPES, tuple(common.LARGE), (1, 2))
    param_names = ("statement", "dtype", "size", "threads")

    def time_value(self, *params):
        self.measure()
