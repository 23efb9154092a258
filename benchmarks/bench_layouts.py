"""Arrays that are not contiguous, and alpha along an axis; float32, 1 MiB, out=, one thread."""

from . import common


class Layouts(common.Statement):
    statements = common.statements(common.extremes("VALUE")) | {
        "np.maximum": "np.maximum(x, 0, out=y)",
    }
    params = (tuple(statements), tuple(common.LAYOUTS))
    param_names = ("function", "layout")

    def setup(self, function, layout):
        x = common.strided(layout, 512)
        self.prepare(self.statements[function], x=x, y=common.output(x.shape))

    def time_call(self, *params):
        self.measure()


class Alphas(common.ParameterShapes):
    statements = common.statements(
        common.with_array_parameters("VALUE", "BACKWARD"), arrays=True
    ) | {"np.where": "np.where(x < 0, alpha * x, x)"}
    # alpha -> shape of x, shape of alpha
    shapes = {
        "scalar": ((512, 512), ()),
        "per channel, 64 x 64 pixels": ((2, 32, 64, 64), (32, 1, 1)),
        "per channel, 8 x 8 pixels": ((32, 128, 8, 8), (128, 1, 1)),
        "per column": ((512, 512), (512,)),
        "per element": ((512, 512), (512, 512)),
    }
    params = (tuple(statements), tuple(shapes))

    def time_call(self, *params):
        self.measure()
