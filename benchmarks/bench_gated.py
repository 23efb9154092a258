"""Gated pairs by length, out=, next to their activations alone, to two calls, and to NumPy; one
thread."""

from . import common


class Value(common.Lengths):
    """np.multiply moves the memory that a pair moves, and no more."""

    statements = common.statements(common.functions("GATED_VALUE")) | {
        "silu": "silu(gate, out=y)",
        "silu, np.multiply": "silu(gate, out=y); np.multiply(y, up, out=y)",
        "np.exp": "np.multiply(gate / (1 + np.exp(-gate)), up, out=y)",
        "np.multiply": "np.multiply(gate, up, out=y)",
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def time_call(self, *params):
        self.measure()


class Backward(common.Lengths):
    """Both gradients, of one call and of two."""

    statements = common.statements(common.functions("GATED_BACKWARD")) | {
        "silu, silu_backward": "np.multiply(g, up, out=y); silu_backward(y, gate, out=y); "
        "silu(gate, out=dy); np.multiply(g, dy, out=dy)",
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def time_call(self, *params):
        self.measure()
