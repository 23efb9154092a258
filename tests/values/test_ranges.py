"""Formulas for ranges of x: which one an element gets depends on that element alone, and both
are right where they meet."""

import functools
import itertools

import numpy as np
import pytest
from support import reference
from support.functions import SINGLE, arrays, each, made, parameters
from support.reference import bits
from support.tables import SOURCES, range_of

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import FUNCTIONS

# In every range of every formula, by the thousand: near 0, where exponentials are normal
# numbers, subnormal, 0; and what has no range.
SIZES = {"float32": (1, 20, 95, 150), "float64": (1, 20, 725, 1000)}
SHARES = (0.0, 0.01, 0.3, 0.9, 1.0)  # of elements that are not near 0


@each(SINGLE)
def test_neighbours_do_not_matter(isa, dtype, function):
    random = np.random.default_rng(0)
    for share, length in itertools.product(SHARES, (16, 33, 48, 200, 600)):
        far = random.choice(SIZES[dtype], length) * random.uniform(-1.2, 1.2, length)
        x = np.where(random.random(length) < share, far, random.normal(size=length))
        x = np.where(random.random(length) < share / 50, random.choice([np.nan, -np.inf]), x)
        g, x = random.normal(size=length).astype(dtype), x.astype(dtype)
        call, rest = made(function), parameters(function, 0.5)
        operands = arrays(function, x, g)
        together = call(*operands, *rest)
        alone = [call(*one, *rest) for one in zip(*operands, strict=True)]
        assert (bits(together) == bits(np.array(alone, dtype))).all()


# ---- Those of kernels/by_range.h, whose range is known --------------------------

BY_RANGE = [f for f in SINGLE if range_of(f, "float32")] if SOURCES.exists() else []
BLOCK_BYTES = 64  # the kernels take two blocks at a time, and a padded one for what is left
OLDEST = relu_fast.config()["isas_supported"][-1]


def each_with(argument, parameters):
    """A test of each of them with each of these; without a parameter with the first only."""
    cases = [
        pytest.param(f, value, id=f"{f.name}-{value}")
        for f in BY_RANGE
        for value in (parameters if f.activation.parameters else parameters[:1])
    ]
    return pytest.mark.parametrize(("function", argument), cases)


@functools.cache
def arrangements(dtype):
    """Which elements of an array are out of range: none, one, few, many, all but one, all.

    At each length up to two blocks and one that one is in each place; then up to two blocks
    more, so that what is left comes behind others.
    """
    random = np.random.default_rng(0)
    block = BLOCK_BYTES // np.dtype(dtype).itemsize
    found = []
    for length in range(4 * block + 2):
        found += [np.zeros(length, bool), np.ones(length, bool)]
        found += [random.random(length) < share for share in (0.1, 0.9)]
        if length <= 2 * block + 1:
            found += [*np.eye(length, dtype=bool), *~np.eye(length, dtype=bool)]
    return found


def numbers(function, dtype, p):
    """x and p, and which are out of range: next to its ends, far from them, and none."""
    limits = range_of(function, dtype)
    # To where the results have long been 0, 1 or x; those with e^(-x^2/2) are before.
    sizes = np.array([0, 1e-30, 1e-12, 1e-5, 0.1, 0.7, 1.3, 2, 3, 3.5, 5, 6.5, 7.3, 9, 12])
    sizes = np.concatenate([sizes, np.geomspace(14, 1.3 * SIZES[dtype][2], 9)])
    ends = np.array(limits.ends, dtype)
    infinity = np.full_like(ends, np.inf)
    next_to = np.concatenate([np.nextafter(ends, -infinity), ends, np.nextafter(ends, infinity)])
    t = np.array([*sizes, *-sizes, *next_to, np.inf, -np.inf, np.nan])
    x = (t / p if limits.is_of_product else t).astype(dtype)
    p = np.full_like(x, p)
    return x, p, ~limits.holds(x, p)


def alone(function, operands):
    """The bits of each element by itself, in arrays of one, on the oldest ISA."""
    active = relu_fast.config()["isa"]
    _ufuncs.select_isa(OLDEST)
    call, size = made(function), len(operands[0])
    results = [call(*(operand[i : i + 1] for operand in operands)) for i in range(size)]
    _ufuncs.select_isa(active)
    return bits(np.concatenate(results))


# One number, where 1 has formulas of its own; or arrays of these.
GIVEN = {"1": (1.0,), "0.5": (0.5,), "varying": (0.5, 1.0, 3.0, 1.7)}


@each_with("given", [*GIVEN])
def test_what_is_out_of_range_matters_to_itself_alone(isa, dtype, function, given):
    columns = zip(*(numbers(function, dtype, p) for p in GIVEN[given]), strict=True)
    x, p, is_far = map(np.concatenate, columns)
    random = np.random.default_rng(0)
    g = random.normal(size=len(x)).astype(dtype)
    near, far = (random.permutation(np.flatnonzero(which)) for which in (~is_far, is_far))
    masks = arrangements(dtype)
    mask = np.concatenate(masks)
    at = np.where(mask, np.resize(far, len(mask)), np.resize(near, len(mask)))

    each_alone = [*arrays(function, x, g), *parameters(function, p)]
    together = [operand[at] for operand in each_alone]
    if given != "varying":
        together[len(function.form.inputs) :] = parameters(function, p[0])
    got, call, begin = np.empty(len(at), dtype), made(function), 0
    for one in masks:
        part = slice(begin, begin + len(one))
        call(*(o[part] if np.ndim(o) else o for o in together), out=got[part])
        begin = part.stop
    assert (bits(got) == alone(function, each_alone)[at]).all()


STEPS = 8  # on both sides of an end
FACTORS = np.linspace(0.6, 1.5, 19)  # of an end, where a range that is too long or short shows


@functools.cache
def at_ends(name, dtype, p):
    """Operands on both sides of each end, of either sign, and the exact results."""
    function, given = FUNCTIONS[name], reference.as_seen(dtype, parameters(FUNCTIONS[name], p))
    limits = range_of(function, dtype)
    ends = np.array(limits.ends, dtype)[:, None]
    if limits.is_of_product:
        ends = ends / given[0]
    next_to = (ends.view(f"i{ends.itemsize}") + np.arange(-STEPS, STEPS + 1)).view(dtype)
    is_near = limits.holds(next_to, *(given or [1]))
    assert is_near.any(axis=1).all()
    assert not is_near.all(axis=1).any()

    x = np.concatenate([next_to, (ends * FACTORS).astype(dtype)], axis=None)
    g = np.linspace(0.5, 2, len(x)).astype(dtype)
    operands = arrays(function, x, g)
    assert not reference.near_zero(name, operands, given).any()
    return operands, given, reference.exact(name, operands, given)


@each_with("p", [1.0, 0.3])
def test_both_formulas_are_right_where_they_meet(isa, dtype, function, p):
    operands, given, exact = at_ends(function.name, dtype, p)
    bound = function.bound(dtype)
    got = made(function)(*operands, *given)
    error, at = reference.worst(got, exact)
    allowed = bound.at_defaults if p == 1 else bound.elsewhere
    assert error <= allowed, f"at {[float(o[at]) for o in operands]}: got {got[at]!r}"


@each(BY_RANGE)
def test_padding_is_in_range(dtype, function):
    """The engine pads with ones, parameters too."""
    assert range_of(function, dtype).holds(1, 1)
