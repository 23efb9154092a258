"""The derivatives and the gradients through them by size, next to NumPy."""

from . import common

# np.multiply(g, x) moves the memory that a backward function moves, and no more.
STATEMENTS = (
    "relu_grad(x, out=y)",
    "relu_backward(g, x, out=y)",
    "leaky_relu_grad(x, out=y)",
    "leaky_relu_backward(g, x, out=y)",
    "elu_grad(x, out=y)",
    "elu_backward(g, x, out=y)",
    "elu_backward_from_result(g, x, out=y)",
    "np.multiply(g, x, out=y)",
    "np.multiply(g, x > 0, out=y)",
)


class _Gradient(common.Statement):
    def setup(self, statement, dtype, size, threads=1):
        n = common.elements(size, dtype)
        x, g = common.normal(n, dtype), common.normal(n, dtype, seed=1)
        y = common.output(n, dtype)
        self.prepare(statement, calls=common.calls_per_sample(x), threads=threads, x=x, g=g, y=y)


class SmallArrays(_Gradient):
    # Not the smallest: what a call costs does not depend on the function; see bench_calls.py.
    params = (STATEMENTS, common.DTYPES, tuple(common.SMALL)[1:])
    param_names = ("statement", "dtype", "size")

    def time_gradient(self, *params):
        self.measure()


class LargeArrays(_Gradient):
    params = (STATEMENTS, common.DTYPES, tuple(common.LARGE), (1, 2))
    param_names = ("statement", "dtype", "size", "threads")

    def time_gradient(self, *params):
        self.measure()
