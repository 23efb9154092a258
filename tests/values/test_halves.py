"""All 65,536 numbers of a half type: float16, and bfloat16 where ml_dtypes is installed."""

import math

import numpy as np
import pytest
from support import reference
from support.dtypes import HALVES
from support.functions import (
    PARAMETRIC,
    SEVERAL,
    UFUNCS,
    as_tuple,
    each,
    made,
    named,
    value_of,
    with_outputs,
)
from support.reference import bits

from relu_fast.accuracy.points import all_inputs
from relu_fast.accuracy.proof import Case
from relu_fast.accuracy.ulp import format_of, nearest

INF, NAN = math.inf, math.nan
OF_SEVERAL_ARRAYS = [f for f in UFUNCS if len(f.form.inputs) > 1]


@pytest.fixture(params=HALVES)
def half(request):
    return request.param


@pytest.fixture(autouse=True)
def nans_may_signal():
    """ml_dtypes' comparisons raise that, which are in the tests, not in what is tested."""
    with np.errstate(invalid="ignore"):
        yield


def judge(function, arrays, given=()):
    """Within the bound, and nearest where that is promised; whatever NumPy's float64 leaves open
    is asked of MPFR."""
    activation = function.activation
    dtype = arrays[-1].dtype.name
    results = as_tuple(made(function)(*arrays, *(given or activation.required)))
    seen = reference.as_seen(dtype, given or activation.typical)
    operands = dict(zip(function.arguments, (*arrays, *seen), strict=True))
    for output, got in enumerate(results):
        assert got.dtype == dtype
        case = Case(function.name, dtype, bool(given), True, 1, got.size, output)
        assert case.is_small
        found = case.result(case.compare(got, operands))
        assert found["passed"], found


@each([f for f in UFUNCS if f not in SEVERAL])
def test_every_half_is_within_the_bound(some_isa, half, function):
    """The gradient of the loss is 1; both arrays of a pair are the same."""
    x = all_inputs(half)
    judge(function, [np.ones_like(x) if name == "g" else x for name in function.form.inputs])


@each(SEVERAL)
def test_several_outputs_have_the_bits_of_the_single_ones(some_isa, half, function):
    x = all_inputs(half)
    required = function.activation.required
    results = made(function)(x, *required)
    for output, result in zip(function.form.outputs, results, strict=True):
        single = made(with_outputs(function, output))
        assert (bits(result) == bits(single(x, *required))).all()


# ---- Gradients of the loss, and second operands ---------------------------------


def numbers(dtype):
    """Ordinary ones and those that go wrong; a prime number of them."""
    info = format_of(dtype)
    smallest, tiny, big = info.smallest_subnormal, info.smallest_normal, info.max / 4
    special = [0.0, -0.0, INF, -INF, NAN, smallest, -3 * smallest, tiny - smallest, -tiny]
    found = [*special, 1.0, -3.1, 1 / 3, math.sqrt(tiny), -math.sqrt(big), big / 5, big, -big]
    return nearest(np.array(found), dtype)


COUNT = 17
# Of all pairs of an x and a number, one of 17 a shift: two of them unless all are asked for.
shifts = pytest.mark.parametrize(
    "shift", [pytest.param(i, marks=() if i < 2 else pytest.mark.slow) for i in range(COUNT)]
)


@each(OF_SEVERAL_ARRAYS)
@shifts
def test_every_half_with_other_numbers(some_isa, half, function, shift):
    """All x and y, with any gradient of the loss and any other half of a pair."""
    x, others = all_inputs(half), numbers(half)
    assert len(others) == COUNT
    g = np.resize(np.roll(others, shift), x.size)
    up = np.resize(np.roll(others, shift).repeat(5), x.size)
    if len(function.form.inputs) == 3:  # g * up may overflow
        with np.errstate(all="ignore"):
            product = g.astype(np.float32) * up.astype(np.float32)
            g = np.where(np.isfinite(product) | np.isnan(product), g, g.dtype.type(0.5))
    given = {"g": g, "up": up}
    if "y" in function.form.inputs:  # what a result can be
        y = made(value_of(function.activation))(x, *function.activation.required)
        given["y"] = np.where((x >= np.nanmin(y)) & (x <= np.nanmax(y)), x, y)
    judge(function, [given.get(name, x) for name in function.form.inputs])


# ---- Other parameters ------------------------------------------------------------


@each([f for f in PARAMETRIC if f.form.inputs == ("x",) and f not in SEVERAL])
@pytest.mark.parametrize("number", [0.3, 3.0])
def test_every_half_with_another_parameter(some_isa, half, function, number):
    judge(function, [all_inputs(half)], (number, *function.activation.typical[1:]))


# ---- Ties ------------------------------------------------------------------------


def next_to_ties(dtype):
    """float32 whose products with a half are next to the middle of two halves, and in it.

    Their product is half-way in float32, where it is rounded to that, and not in reality: of
    normal numbers, of subnormal ones, and where the product is subnormal in float32, too.
    """
    info = format_of(dtype)
    ties = [2 - info.eps / 2, 1 + 3 * info.eps / 2, 1.5 * info.smallest_subnormal]
    ties += [2.5 * info.smallest_subnormal, info.smallest_subnormal / 2]
    factors = [1, 3, info.smallest_normal, 3 * info.smallest_normal]
    exact = np.array([tie / factor for tie in ties for factor in factors])
    middle = exact.astype(np.float32)
    found = np.concatenate([np.nextafter(middle, np.float32(end)) for end in (0, INF)] + [middle])
    return [float(number) for number in found if np.isfinite(number) and number]


@each(named("leaky_relu", "leaky_relu_backward", "prelu", "prelu_backward"))
def test_products_next_to_ties_are_rounded_once(some_isa, half, function):
    """The nearest number, also where a product in float32 is not."""
    codes = all_inputs(half)
    arrays = [codes] if function.form.inputs == ("x",) else [codes, np.full_like(codes, -1)]
    for alpha in next_to_ties(half):
        judge(function, arrays, (alpha,))


@each(named("softshrink"))
def test_differences_next_to_ties_are_rounded_once(some_isa, half, function):
    info = format_of(half)
    for tie in (info.eps / 2, 3 * info.eps / 2, info.eps / 8, 0.5 + info.eps / 4):
        middle = np.float32(tie)
        for lambd in (np.nextafter(middle, np.float32(0)), middle, middle * (1 + 2.0**-23)):
            judge(function, [all_inputs(half)], (float(lambd),))


def small_numbers(dtype):
    """Whose products with others are subnormal, or between the smallest number and 0."""
    info = format_of(dtype)
    root = math.sqrt(info.smallest_subnormal)
    found = [root, 1.5 * root, 0.75, 0.25, info.smallest_normal, 3 * info.smallest_subnormal]
    return nearest(np.array(found), dtype)


@each(named("relu_squared_backward", "reglu", "reglu_backward"))
def test_small_products_are_rounded_once(some_isa, half, function):
    """All numbers of one operand with some of the others."""
    codes = all_inputs(half)
    for number in small_numbers(half):
        constant = np.full_like(codes, number)
        for at in range(len(function.form.inputs)):
            arrays = [constant] * len(function.form.inputs)
            arrays[at] = codes
            judge(function, arrays)
