"""The derivatives and the gradients through them by length, out=, next to NumPy; one thread."""

from . import common


class Grad(common.Lengths):
    statements = {
        "relu_grad": "relu_grad(x, out=y)",
        "leaky_relu_grad": "leaky_relu_grad(x, out=y)",
        "elu_grad": "elu_grad(x, out=y)",
        "np.negative": "np.negative(x, out=y)",
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def time_call(self, *params):
        self.measure()


class Backward(common.Lengths):
    """np.multiply moves the memory that a backward function moves, and no more."""

    statements = {
        "relu_backward": "relu_backward(g, x, out=y)",
        "leaky_relu_backward": "leaky_relu_backward(g, x, out=y)",
        "elu_backward": "elu_backward(g, x, out=y)",
        "elu_backward_from_result": "elu_backward_from_result(g, x, out=y)",
        "np.multiply": "np.multiply(g, x, out=y)",
        "np.multiply, mask": "np.multiply(g, x > 0, out=y)",
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def time_call(self, *params):
        self.measure()
