"""Derivatives and backward functions by length, out=, next to NumPy; one thread."""

from . import common


class Grad(common.Lengths):
    statements = common.statements(common.functions("GRAD")) | {
        "np.negative": "np.negative(x, out=y)",
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def time_call(self, *params):
        self.measure()


class Backward(common.Lengths):
    """np.multiply moves the memory that a backward function moves, and no more."""

    statements = common.statements(common.functions("BACKWARD", "BACKWARD_FROM_RESULT")) | {
        "np.multiply": "np.multiply(g, x, out=y)",
        "np.multiply, mask": "np.multiply(g, x > 0, out=y)",
    }
    params = (tuple(statements), common.ALL_DTYPES, common.LENGTHS)

    def time_call(self, *params):
        self.measure()


class ValueAndGrad(common.Lengths):
    """Value and derivative of one call, and of two."""

    statements = common.statements(common.functions("VALUE_AND_GRAD")) | {
        f"{value.name}, {grad.name}": f"{value.call('out=y')}; {grad.call('out=dy')}"
        for value, grad in zip(common.functions("VALUE"), common.functions("GRAD"), strict=True)
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def time_value_and_grad(self, *params):
        self.measure()
