"""Gated pairs: the values are those of the definitions, the gradients products of what the
activation's functions return, on every ISA."""

import functools
import itertools
import math

import numpy as np
import pytest
from support import reference
from support.dtypes import FLOATING
from support.functions import GATED, each, made
from support.reference import bits

import relu_fast
from relu_fast._catalog import FUNCTIONS
from relu_fast.accuracy.definitions import evaluate, mpfr
from relu_fast.accuracy.points import Random
from relu_fast.accuracy.ulp import error_in_ulp, nearest

INF, NAN = math.inf, math.nan
VALUES = [f for f in GATED if f.form.outputs == ("y",)]
GRADIENTS = [f for f in GATED if f.form.outputs != ("y",)]
SMOOTH = [f for f in GRADIENTS if f.activation.source.gradient_is_product]
COUNT = {"float32": 3000, "float64": 1200}  # MPFR judges
of_every_type = pytest.mark.parametrize("dtype", FLOATING)  # test_halves.py has all halves


@functools.cache
def operands(dtype):
    """Gates of every size, and in the tails; ups of every size; a third as in networks."""
    random = Random(7)
    count = COUNT[dtype]
    with np.errstate(all="ignore"):
        gate = random.inputs(dtype, count)
        up = random.parameters(dtype, gate)
    ordinary = np.random.default_rng(0).normal(0, 2, (2, count // 3)).astype(dtype)
    gate[: count // 3], up[: count // 3] = ordinary
    return gate, up


@functools.cache
def exact_values(name, dtype):
    return reference.exact(name, operands(dtype))


@each(VALUES)
def test_value(isa, dtype, function):
    got = made(function)(*operands(dtype))
    error, at = reference.worst(got, exact_values(function.name, dtype))
    assert error <= function.bound(dtype).at_defaults, [float(o[at]) for o in operands(dtype)]


EXTREMES = {"float32": (149, 127), "float64": (1074, 1023)}  # 2^-first to 2^second


@each(VALUES)
def test_the_product_comes_before_the_rounding(isa, dtype, function):
    """The smallest of one times the largest of the other, and tails that `up` lifts."""
    least, most = EXTREMES[dtype]
    depth = -math.log(2) * (least + most)  # from where on e^x times the largest number is 0
    sizes = [2.0**-least, 3 * 2.0**-least, 2.0 ** (2 - most), 0.7, 3.0, 3.9, 5.1, 6.9, 60.0]
    sizes += [-depth * fraction for fraction in (0.3, 0.5, 0.7, 0.95, 0.99, 1.01)]
    sizes += [math.sqrt(-2 * depth * fraction) for fraction in (0.3, 0.7, 0.99, 1.01)]
    sizes += [2.0 ** (most - 1), 1.9 * 2.0**most]
    ups = [2.0**-least, 2.0 ** (1 - most), 2.0 ** (-most // 2), 0.3, 1.0, 2.0 ** (most // 2)]
    ups += [2.0 ** (most - 3), 1.3 * 2.0 ** (most - 2), 1.9 * 2.0**most]
    signed = itertools.product([*sizes, *(-s for s in sizes)], [*ups, *(-u for u in ups)])
    gate, up = (np.array(column, dtype) for column in zip(*signed, strict=True))
    got = made(function)(gate, up)
    exact = reference.exact(function.name, [gate, up])
    error, at = reference.worst(got, exact)
    assert error <= function.bound(dtype).at_defaults, (gate[at], up[at], got[at])
    signs = np.signbit(gate) ^ np.signbit(up)
    if function in [f for f in VALUES if f.activation.source.gradient_is_product]:
        assert (np.signbit(got) == signs).all()


@each(VALUES)
@of_every_type
def test_special_values_of_the_table(isa, dtype, function):
    """At every length up to two vectors and one."""
    gate, up, value = (
        nearest(np.array(column, float), dtype)
        for column in zip(*function.activation.special_values, strict=True)
    )
    for length in range(1, 2 * 64 // value.itemsize + 2):
        got = made(function)(np.resize(gate, length), np.resize(up, length))
        assert (bits(got) == bits(np.resize(value, length))).all()


@each(VALUES)
def test_special_values_are_those_of_the_definitions(function):
    gate, up, value = map(np.array, zip(*function.activation.special_values, strict=True))
    exact = reference.exact(function.name, [gate, up])
    assert (bits(np.array([float(e) for e in exact])) == bits(value)).all()


def gradients(dtype):
    _, up = operands(dtype)
    g = np.roll(up, 517)
    for special in (0.0, -0.0, INF, -INF, NAN):
        g[np.flatnonzero(g == g)[:: COUNT[dtype] // 7][:3]] = special
    return g


@each(SMOOTH)
def test_gradients_are_products(isa, dtype, function):
    """Of what the functions of the gate's activation return, bit for bit."""
    gate, up = operands(dtype)
    g = gradients(dtype)
    name = function.activation.gate
    d_gate, d_up = made(function)(g, gate, up)
    with np.errstate(all="ignore"):
        wanted = getattr(relu_fast, f"{name}_backward")(g * up, gate)
        assert (bits(d_gate) == bits(wanted)).all()
        assert (bits(d_up) == bits(g * getattr(relu_fast, name)(gate))).all()


@of_every_type
def test_reglu_selects(isa, dtype):
    """A closed gate makes all +0, whatever else there is; an open one multiplies."""
    numbers = [0.0, -0.0, 2.5, -2.5, INF, -INF, NAN]
    g, gate, up = (
        np.array(c, dtype) for c in zip(*itertools.product(numbers, repeat=3), strict=True)
    )
    y = relu_fast.reglu(gate, up)
    d_gate, d_up = relu_fast.reglu_backward(g, gate, up)
    with np.errstate(all="ignore"):
        is_closed = gate <= 0
        for got, opened in ((y, gate * up), (d_gate, g * up), (d_up, g * gate)):
            wanted = np.where(is_closed, got.dtype.type(0), opened)
            wanted[np.isnan(gate)] = NAN
            assert (bits(got) == bits(wanted)).all()


@of_every_type
def test_a_derivative_that_is_zero_by_definition_gives_zero(isa, dtype):
    gate = np.full(9, -INF, dtype)
    g, up = np.array(list(itertools.product([INF, NAN, -2], repeat=2)), dtype).T
    for function in SMOOTH:
        d_gate, _ = made(function)(g, gate, up)
        assert (bits(d_gate) == 0).all()


@each(SMOOTH)
def test_gradients_against_the_real_numbers(dtype, function):
    """3.5 ULP, where g * up and what is multiplied keep their digits, or 0.1 ULP of 1/2 times
    g * up where the derivative passes through 0."""
    gate, up = operands(dtype)
    g = np.roll(np.where(np.isfinite(up), up, 1), 517).astype(dtype)
    info = np.finfo(dtype)
    name = function.activation.gate
    with np.errstate(all="ignore"):
        made_of = [g * up, getattr(relu_fast, name)(gate)]
        made_of.append(getattr(relu_fast, f"{name}_grad")(gate))
        fine = np.all([(np.abs(m) > info.tiny) & np.isfinite(m) for m in made_of], axis=0)
    at = np.flatnonzero(fine)
    assert len(at) > COUNT[dtype] / 4
    got = made(function)(g[at], gate[at], up[at])
    worst = [0.0, 0.0]
    for i, k in enumerate(at):
        point = {"g": float(g[k]), "gate": float(gate[k]), "up": float(up[k])}
        exact = evaluate(mpfr(), function, point)
        beta = {p.name: p.typical for p in function.activation.source.parameters}
        grad = FUNCTIONS[f"{name}_grad"]
        is_near_zero = abs(evaluate(mpfr(), grad, {"x": point["gate"], **beta})[0]) < 0.03
        for output in (0, 1):
            if output == 1 or not is_near_zero:
                error = error_in_ulp(got[output][i], exact[output])
                worst[output] = max(worst[output], error)
                continue
            unit = float(np.spacing(info.dtype.type(0.5))) * abs(point["g"] * point["up"])
            assert abs(float(got[0][i]) - float(exact[0])) <= 0.1 * unit + abs(
                np.spacing(got[0][i])
            )
    assert max(worst) <= 3.5
