"""Arrays that are not contiguous, and alpha along an axis; float32, 1 MiB, one thread."""

from . import common

ROWS = COLUMNS = 512

# layout -> (shape of the whole, what of it makes the ROWS x COLUMNS of x)
LAYOUTS = {
    "x": ((ROWS, COLUMNS), lambda a: a),
    "x[:, :k]": ((ROWS, 2 * COLUMNS), lambda a: a[:, :COLUMNS]),
    "x[::2]": ((2 * ROWS, COLUMNS), lambda a: a[::2]),
    "x[:, ::2]": ((ROWS, 2 * COLUMNS), lambda a: a[:, ::2]),
    "x[:, ::-1]": ((ROWS, COLUMNS), lambda a: a[:, ::-1]),
    "x.T": ((COLUMNS, ROWS), lambda a: a.T),
}

# alpha -> (shape of x, shape of alpha)
ALPHAS = {
    "scalar": ((512, 512), ()),
    "per channel, 64 x 64 pixels": ((2, 32, 64, 64), (32, 1, 1)),
    "per channel, 8 x 8 pixels": ((32, 128, 8, 8), (128, 1, 1)),
    "per column": ((512, 512), (512,)),
    "per element": ((512, 512), (512, 512)),
}


class Layouts(common.Statement):
    params = (
        ("relu(x, out=y)", "elu(x, out=y)", "np.maximum(x, 0, out=y)"),
        tuple(LAYOUTS),
    )
    param_names = ("statement", "layout")

    def setup(self, statement, layout):
        whole, view = LAYOUTS[layout]
        x = view(common.normal(whole, "float32"))
        self.prepare(statement, calls=4, x=x, y=common.output(x.shape, "float32"))

    def time_layout(self, *params):
        self.measure()


class AlphaLayouts(common.Statement):
    params = (
        (
            "prelu(x, alpha, out=y)",
            "prelu_backward(g, x, alpha, out=y)",
            "np.where(x < 0, alpha * x, x)",
        ),
        tuple(ALPHAS),
    )
    param_names = ("statement", "alpha")

    def setup(self, statement, alpha):
        shape, alpha_shape = ALPHAS[alpha]
        self.prepare(
            statement,
            calls=4,
            x=common.normal(shape, "float32"),
            g=common.normal(shape, "float32", seed=1),
            alpha=common.normal(alpha_shape, "float32", seed=2),
            y=common.output(shape, "float32"),
        )

    def time_alpha(self, *params):
        self.measure()
