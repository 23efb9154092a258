"""What a call costs: float32 arrays so small that little else counts."""

import numpy as np

from . import common

# What is called in several ways: an activation without parameters, one with a default.
PLAIN = common.forms_of(next(f.activation for f in common.FUNCTIONS if not f.parameters))
WITH_DEFAULT = common.forms_of(
    next(f.activation for f in common.FUNCTIONS if f.parameters and not f.required)
)
KEYWORD = f"{next(iter(WITH_DEFAULT['VALUE'].parameters))}=0.1"


def simple_calls(*forms):
    """One of each function."""
    return [function.call() for function in common.functions(*forms)]


class _Calls(common.Statement):
    """`params` of the subclasses: statements, lengths."""

    param_names = ("statement", "n")

    def setup(self, statement, n):
        self.prepare(statement, **common.operands(statement, n))


def by_length(*statements):
    return tuple(dict.fromkeys(statements)), (1, 100, 1000)


class Value(_Calls):
    params = by_length(
        *simple_calls("VALUE"),
        PLAIN["VALUE"].call("y"),
        PLAIN["VALUE"].call("out=y"),
        PLAIN["IN_PLACE"].call(),
        "np.maximum(x, 0)",
        "np.negative(x)",
        "np.negative(x, out=y)",
    )

    def time_call(self, *params):
        self.measure()


class Alpha(_Calls):
    params = by_length(
        WITH_DEFAULT["VALUE"].call(),
        WITH_DEFAULT["VALUE"].call("0.1"),
        WITH_DEFAULT["VALUE"].call(KEYWORD),
        WITH_DEFAULT["VALUE"].call("0.1", "y"),
        WITH_DEFAULT["VALUE"].call(KEYWORD, "out=y"),
        "np.multiply(x, 0.1)",
    )

    def time_call(self, *params):
        self.measure()


class Backward(_Calls):
    params = by_length(
        *simple_calls("BACKWARD", "PARAMETER_GRADIENT"),
        PLAIN["BACKWARD"].call("out=y"),
        WITH_DEFAULT["BACKWARD"].call(KEYWORD),
        "np.multiply(g, x)",
    )

    def time_call(self, *params):
        self.measure()


class ValueAndGrad(_Calls):
    params = by_length(
        *simple_calls("VALUE_AND_GRAD"),
        PLAIN["VALUE_AND_GRAD"].call("out=(y, dy)"),
        f"{PLAIN['VALUE'].call()}, {PLAIN['GRAD'].call()}",
    )

    def time_value_and_grad(self, *params):
        self.measure()


class Kinds(common.Statement):
    """x other than a contiguous vector."""

    kinds = {
        "float": -0.5,
        "np.float32": np.float32(-0.5),
        "0-d": np.array(-0.5, "float32"),
        "4 x 4": common.normal((4, 4)),
        "4 x 4 of 4 x 8": common.normal((4, 8))[:, ::2],
    }
    params = (
        (*(function.call() for function in common.extremes("VALUE")), "np.negative(x)"),
        tuple(kinds),
    )
    param_names = ("statement", "x")

    def setup(self, statement, x):
        self.prepare(statement, calls=1000, x=self.kinds[x])

    def time_call(self, *params):
        self.measure()


class PerChannel(common.ParameterShapes):
    """One alpha per channel."""

    statements = {
        function.call(arrays=True): function.call(arrays=True)
        for function in common.with_array_parameters("VALUE", "BACKWARD", "PARAMETER_GRADIENT")
    } | {"np.multiply(x, alpha)": "np.multiply(x, alpha)"}
    shapes = {"8 x 2 x 2": ((8, 2, 2), (8, 1, 1)), "64 x 4 x 4": ((64, 4, 4), (64, 1, 1))}
    params = (tuple(statements), tuple(shapes))
    param_names = ("statement", "shape")

    def time_call(self, *params):
        self.measure()
