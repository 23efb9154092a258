"""Arrays that are not contiguous, and alpha along an axis; float32, 1 MiB, out=, one thread."""

from . import common

# alpha -> (shape of x, shape of alpha)
ALPHAS = {
    "scalar": ((512, 512), ()),
    "per channel, 64 x 64 pixels": ((2, 32, 64, 64), (32, 1, 1)),
    "per channel, 8 x 8 pixels": ((32, 128, 8, 8), (128, 1, 1)),
    "per column": ((512, 512), (512,)),
    "per element": ((512, 512), (512, 512)),
}


class Layouts(common.Statement):
    statements = {
        "relu": "relu(x, out=y)",
        "elu": "elu(x, out=y)",
        "np.maximum": "np.maximum(x, 0, out=y)",
    }
    params = (tuple(statements), tuple(common.LAYOUTS))
    param_names = ("function", "layout")

    def setup(self, function, layout):
        x = common.strided(layout, 512)
        self.prepare(self.statements[function], calls=4, x=x, y=common.output(x.shape))

    def time_call(self, *params):
        self.measure()


class Alphas(common.Statement):
    statements = {
        "prelu": "prelu(x, alpha, out=y)",
        "prelu_backward": "prelu_backward(g, x, alpha, out=y)",
        "np.where": "np.where(x < 0, alpha * x, x)",
    }
    params = (tuple(statements), tuple(ALPHAS))
    param_names = ("function", "alpha")

    def setup(self, function, alpha):
        shape, alpha_shape = ALPHAS[alpha]
        self.prepare(
            self.statements[function],
            calls=4,
            x=common.normal(shape),
            g=common.normal(shape, seed=1),
            alpha=common.normal(alpha_shape, seed=2),
            y=common.output(shape),
        )

    def time_call(self, *params):
        self.measure()
