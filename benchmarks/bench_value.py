"""The activations by length, next to NumPy; one thread."""

import functools

import numpy as np

from . import common


class Fresh(common.Lengths):
    """The result is a new array."""

    statements = {f.name: f.call() for f in common.extremes("VALUE")} | {
        "np.maximum": "np.maximum(x, 0)",
        "np.where": "np.where(x > 0, x, 0)",
        "np.where, expm1": "np.where(x > 0, x, np.expm1(x))",
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def time_call(self, *params):
        self.measure()


class Out(common.Lengths):
    """With out=. np.negative does almost no arithmetic."""

    statements = common.statements(common.functions("VALUE")) | {
        "np.maximum": "np.maximum(x, 0, out=y)",
        "np.negative": "np.negative(x, out=y)",
    }
    params = (tuple(statements), common.ALL_DTYPES, common.LENGTHS)

    def time_call(self, *params):
        self.measure()


@functools.cache
def large_numbers(shape, dtype):
    """Numbers that stay about as they are, however often an activation is computed of them.

    Negative ones would soon be subnormal.
    """
    return np.abs(common.normal(shape, dtype)) + np.dtype(dtype).type(8)


class InPlace(common.Lengths):
    """Every sample starts from the same data."""

    statements = common.statements(common.functions("IN_PLACE")) | {
        "np.maximum": "np.maximum(y, 0, out=y)",
    }
    params = (tuple(statements), common.DTYPES, common.LENGTHS)

    def prepare(self, statement, *, y, **options):
        super().prepare(statement, y=y, **options)
        np.copyto(y, large_numbers(y.shape, y.dtype.name))

    def time_call(self, *params):
        self.measure()
