"""The functions of the package by what the catalogue says of them, and operands for them.

Tests choose and call functions through this module, so that a new row of the tables is tested
without a change: none of them asks a name what it takes.
"""

import sys

import pytest

import relu_fast
from relu_fast._catalog import ACTIVATIONS, FUNCTIONS
from support.reference import bits

ALL = [*FUNCTIONS.values()]
UFUNCS = [f for f in ALL if f.is_ufunc]
SINGLE = [f for f in UFUNCS if len(f.form.outputs) == 1]
SEVERAL = [f for f in UFUNCS if len(f.form.outputs) > 1 and not f.activation.gate]
GATED = [f for f in UFUNCS if f.activation.gate]
OF_ONE_ARRAY = {name: row for name, row in ACTIVATIONS.items() if not row.gate}
PARAMETRIC = [f for f in UFUNCS if f.activation.parameters]
TWINS = [f for f in ALL if f.form.kind == "in_place"]
SUMS = [f for f in ALL if f.form.kind == "sum"]


def of_each_shape(functions):
    """Some of them: for what the engine and the bridge do, which is the same for all formulas.

    Of functions of the same form, whose parameters are as many and have defaults alike, that
    which takes the least time and that which takes the most.
    """
    shapes = {}
    for function in functions:
        defaults = [p.default is not None for p in function.activation.parameters]
        shapes.setdefault((function.form.id, *defaults), []).append(function)
    found = []
    for alike in shapes.values():
        by_time = sorted(alike, key=lambda f: f.activation.picoseconds["float32"])
        found += [f for f in alike if f in (by_time[0], by_time[-1])]
    return found


def of_each_call(functions):
    """One of those that are called alike: for errors, which no formula has a part in."""
    calls = {}
    for function in functions:
        defaults = [p.default is not None for p in function.activation.parameters]
        calls.setdefault((function.form.inputs, function.form.outputs[1:], *defaults), function)
    return [*calls.values()]


def named(*names):
    """The functions of these names."""
    return [FUNCTIONS[name] for name in names]


def each(functions, argument="function"):
    """A test of each of them."""
    return pytest.mark.parametrize(argument, functions, ids=lambda f: f.name)


def made(function):
    """What users call."""
    return getattr(relu_fast, function.name)


def with_outputs(function, *outputs):
    """The ufunc of the same activation with these outputs, from x."""
    return next(
        f
        for f in function.activation.functions()
        if f.is_ufunc and f.form.outputs == outputs and f.form.inputs == ("x",)
    )


def value_of(activation):
    """The ufunc that is the activation itself."""
    return next(f for f in activation.functions() if f.is_ufunc and f.form.outputs == ("y",))


def out_of_place(function):
    """The ufunc that does the same as a function in place."""
    return with_outputs(function, *function.form.outputs)


def arrays(function, x, g=None):
    """The array operands: g (x if there is none) for what g stands for, x for all others."""
    return [x if name != "g" or g is None else g for name in function.form.inputs]


def parameters(function, value):
    """`value` for each parameter."""
    return [value] * len(function.activation.parameters)


def keywords(function, value):
    """The same by keyword; interned as in code, because the fast path compares addresses."""
    return {sys.intern(parameter.name): value for parameter in function.activation.parameters}


def outputs(function, make):
    """What `make` returns for each output: what out= takes."""
    made = tuple(make() for _ in function.form.outputs)
    return made if len(made) > 1 else made[0]


def as_tuple(results):
    """One result or several, as a tuple."""
    return results if isinstance(results, tuple) else (results,)


def same_bits(results, others):
    """Whether results are equal in number, dtypes, shapes and bits."""
    results, others = as_tuple(results), as_tuple(others)
    return len(results) == len(others) and all(
        a.dtype == b.dtype and a.shape == b.shape and (bits(a) == bits(b)).all()
        for a, b in zip(results, others, strict=True)
    )
