"""What a call costs: float32 arrays so small that little else counts."""

from . import common


class TinyCalls(common.Statement):
    params = (
        (
            "relu(x)",
            "relu(x, out=y)",
            "relu_(y)",
            "leaky_relu(x)",
            "leaky_relu(x, 0.1)",
            "leaky_relu(x, alpha=0.1)",
            "leaky_relu(x, alpha=0.1, out=y)",
            "elu(x)",
            "np.maximum(x, 0)",
            "np.negative(x)",
            "np.negative(x, out=y)",
        ),
        (1, 10, 100, 1000),
    )
    param_names = ("statement", "n")

    def setup(self, statement, n):
        x = common.normal(n, "float32")
        self.prepare(statement, calls=1000, x=x, y=x.copy())

    def time_call(self, *params):
        self.measure()
