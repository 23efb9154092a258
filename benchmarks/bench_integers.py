"""relu and relu6 of integers by length, next to NumPy; one thread."""

from . import common


class Value(common.Lengths):
    """np.negative moves the same memory."""

    statements = {
        "relu": "relu(x, out=y)",
        "relu6": "relu6(x, out=y)",
        "np.maximum": "np.maximum(x, 0, out=y)",
        "np.clip": "np.clip(x, 0, 6, out=y)",
        "np.negative": "np.negative(x, out=y)",
    }
    params = (tuple(statements), ("int8", "uint8", "int16", "int32", "int64"), common.LENGTHS)

    def time_call(self, *params):
        self.measure()
