"""Values, derivatives and backwards are what spec and docstrings say, on every ISA."""

import functools
import math

import numpy as np
import pytest
from support import reference
from support.dtypes import FLOATING
from support.functions import OF_ONE_ARRAY, SEVERAL, UFUNCS, as_tuple, each, made, with_outputs
from support.reference import bits, points, worst

import relu_fast
from relu_fast._catalog import FUNCTIONS
from relu_fast.accuracy.definitions import relative_error
from relu_fast.accuracy.proof import Case
from relu_fast.accuracy.ulp import format_of, nearest

NUMBERS = [0.25, 1.0, -0.5, 0.0, -0.0, 3.0, 512.0, 1e-30, 1e30, 1e-42, math.inf, math.nan]


@pytest.fixture(params=FLOATING)
def dtype(request):
    return request.param


def call(function, *operands, alpha):
    return function(*operands) if alpha is None else function(*operands, alpha)


def in_form(activation, form):
    """Its function, by the form's id."""
    return next(f for f in activation.functions() if f.form.id == form)


def parameters_of(activation):
    """What is left to the defaults, if all have one; and each number, for each parameter."""
    if not activation.parameters:
        return [()]
    found = [] if activation.required else [()]
    if len(activation.parameters) == 1:
        found += [(number,) for number in NUMBERS]
    else:  # each with another one, too
        typical = activation.typical
        found += [
            (*typical[:i], number, *typical[i + 1 :])
            for i in range(len(typical))
            for number in NUMBERS
        ]
    return found


CASES = [
    pytest.param(activation, given, id="-".join([activation.name, *map(str, given)]))
    for activation in OF_ONE_ARRAY.values()
    for given in parameters_of(activation)
]


def bound(function, given, dtype):
    """The promise, in ULP."""
    stated = function.bound(dtype)
    is_default = given in ((), function.activation.typical)
    return stated.at_defaults if is_default else stated.elsewhere


@functools.cache
def gradients(dtype):
    """Of every size, in an order that has nothing to do with that of the points; finite."""
    x = points(dtype)
    g = np.roll(x[np.isfinite(x)], 517)
    return np.concatenate([g, g[: len(x) - len(g)]])


def operands_of(function, dtype):
    arrays = {"g": gradients(dtype), "x": points(dtype)}
    return [arrays[name] for name in function.form.inputs]


@functools.cache
def exact_results(name, hexadecimal, dtype):
    """For the stored points; the same for all ISAs.  0.0 and -0.0 would be one key of a cache."""
    parameters = reference.as_seen(dtype, map(float.fromhex, hexadecimal))
    return reference.exact(name, operands_of(FUNCTIONS[name], dtype), parameters)


def judged(function, given, y, arrays):
    """Whether results keep the promise, as `verify` sees it: by NumPy's float64, if that can tell.

    Which tests/values/test_proof.py holds against MPFR.
    """
    activation = function.activation
    seen = reference.as_seen(y.dtype, given or activation.typical)
    operands = dict(zip(function.arguments, (*arrays, *seen), strict=True))
    elsewhere = given not in ((), activation.typical)
    case = Case(function.name, y.dtype.name, elsewhere, every_input=False, segments=1, size=y.size)
    found = case.result(case.compare(y, operands))
    assert found["passed"], found


def check(function, given, dtype, fine=True):
    """At the stored points, or at those of them that are `fine`."""
    operands = operands_of(function, dtype)
    y = made(function)(*operands, *given)
    assert y.dtype == dtype
    some = np.broadcast_to(fine, y.shape)
    seen = reference.as_seen(dtype, given or function.activation.typical)
    if dtype != "float64" and all(np.isfinite(p) and p != 0 for p in seen):
        judged(function, given, y[some], [o[some] for o in operands])
        return
    cases = parameters_of(function.activation)
    if len(cases) > 1:  # each other number at other points: MPFR is slow
        every = 12 if dtype == "bfloat16" else 3
        some = some & (np.arange(y.size) % every == cases.index(given) % every)
    y, operands = y[some], [o[some] for o in operands]
    exact = np.array(reference.exact(function.name, operands, seen), object)
    limit = bound(function, given, dtype)
    assert_within(limit, function, y, exact, operands, seen)
    if limit <= 0.5:
        rounded = np.array([reference.round_to(e, dtype) for e in exact], dtype)
        assert (bits(y) == bits(rounded)).all()


def assert_within(limit, function, y, exact, operands, parameters):
    """No result is further off than its bound, near a zero of a derivative than that there."""
    zone = reference.near_zero(function.name, operands, parameters)
    if zone.any():
        error, at = reference.worst_in_halves(y[zone], exact[zone])
        where = [float(operand[zone][at]) for operand in operands]
        allowed = function.near_zero_bound(y.dtype.name)
        assert error <= allowed, f"at {where}: got {y[zone][at]!r}, exact {exact[zone][at]}"
    rest = ~zone
    error, at = worst(y[rest], exact[rest])
    where = [float(operand[rest][at]) for operand in operands]
    assert error <= limit, f"at {where}: got {y[rest][at]!r}, exact {exact[rest][at]}"


@pytest.mark.parametrize(("activation", "given"), CASES)
def test_value(some_isa, dtype, activation, given):
    check(in_form(activation, "VALUE"), given, dtype)


@pytest.mark.parametrize(("activation", "given"), CASES)
def test_derivative(some_isa, dtype, activation, given):
    check(in_form(activation, "GRAD"), given, dtype)


@pytest.mark.parametrize(("activation", "given"), CASES)
def test_backward(some_isa, dtype, activation, given):
    function = in_form(activation, "BACKWARD")
    fine = True
    if activation.conditions.get("BACKWARD", "").startswith("unless"):  # an overflow
        with np.errstate(all="ignore"):
            g, x = gradients(dtype), points(dtype)
            seen = reference.as_seen(dtype, given or activation.typical)
            fine = (x > 0) | ~np.isfinite(seen).all()
            fine |= np.isfinite([g * np.dtype(dtype).type(p) for p in (*seen, 2)]).all(axis=0)
    check(function, given, dtype, fine)


@pytest.mark.parametrize(("activation", "given"), CASES)
def test_backward_of_one_is_the_derivative_bit_for_bit(some_isa, dtype, activation, given):
    x = points(dtype)
    one = np.ones_like(x)
    backward, derivative = (made(in_form(activation, form)) for form in ("BACKWARD", "GRAD"))
    expected = derivative(x, *given)
    if activation.gradient_is_product:  # +0, whatever g, where the limit of the derivative is 0
        expected = np.where(np.isinf(x) & (expected == 0), expected.dtype.type(0), expected)
    assert (bits(backward(one, x, *given)) == bits(expected)).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])  # halves are rounded once
@pytest.mark.parametrize(
    ("activation", "given"), [case for case in CASES if case.values[0].gradient_is_product]
)
def test_backward_multiplies_what_the_derivative_returns(isa, dtype, activation, given):
    """The float nearest to the product; +0 where the derivative is 0 by definition, whatever g.

    Where it has only underflowed, an infinite g shows its sign.  (Of halves: test_halves.py.)
    """
    x = points(dtype)
    dy = made(in_form(activation, "GRAD"))(x, *given)
    parameters = tuple(float(p).hex() for p in given or activation.typical)
    exact = exact_results(in_form(activation, "GRAD").name, parameters, dtype)
    by_definition = np.array([derivative == 0 for derivative in exact])
    backward = made(in_form(activation, "BACKWARD"))
    random = np.roll(x, 517)
    for g in (random, *(np.full_like(x, g) for g in (INF, -INF, NAN, 0.0, -0.0, -3.0))):
        with np.errstate(all="ignore"):
            product = g * dy
        underflowed = (dy == 0) & np.isinf(g)
        product[underflowed] = np.where(np.signbit(g) ^ np.signbit(dy), -INF, INF)[underflowed]
        product[by_definition] = 0
        assert (bits(backward(g, x, *given)) == bits(product)).all()


@pytest.mark.parametrize(
    ("function", "given"),
    [
        pytest.param(f, given, id="-".join([f.name, *map(str, given)]))
        for f in SEVERAL
        for given in parameters_of(f.activation)
    ],
)
def test_several_outputs_have_the_bits_of_the_single_ones(some_isa, dtype, function, given):
    x = points(dtype)
    results = made(function)(x, *given)
    for output, result in zip(function.form.outputs, results, strict=True):
        single = made(with_outputs(function, output))
        assert (bits(result) == bits(single(x, *given))).all()


def two_vectors_and_one(dtype):
    """Of the widest ISA."""
    return 2 * 64 // np.dtype(dtype).itemsize + 1


@pytest.mark.parametrize("activation", OF_ONE_ARRAY.values(), ids=OF_ONE_ARRAY)
def test_special_values_of_the_table(isa, dtype, activation):
    """At every length up to two vectors and one."""
    x, value, derivative = (
        nearest(np.array(column, float), dtype)
        for column in zip(*activation.special_values, strict=True)
    )
    expected = {("y",): (value,), ("dy",): (derivative,), ("y", "dy"): (value, derivative)}
    for function in activation.functions():
        if not function.is_ufunc or function.form.inputs != ("x",):
            continue
        ufunc = made(function)
        for length in range(1, two_vectors_and_one(dtype) + 1):
            results = as_tuple(ufunc(np.resize(x, length), *activation.required))
            for got, wanted in zip(results, expected[function.form.outputs], strict=True):
                assert (bits(got) == bits(np.resize(wanted, length))).all(), length


@pytest.mark.parametrize("activation", OF_ONE_ARRAY.values(), ids=OF_ONE_ARRAY)
def test_special_values_are_those_of_the_definitions(activation):
    """Written by hand, they are what one author cannot have misread twice."""
    rows = activation.special_values
    x, *wanted = (np.array(column) for column in zip(*rows, strict=True))
    for column, form in zip(wanted, ("VALUE", "GRAD"), strict=True):
        exact = reference.exact(in_form(activation, form).name, [x])
        assert (bits(np.array([float(e) for e in exact])) == bits(column)).all()


def special(dtype, rows):
    return [np.array(column, dtype) for column in zip(*rows, strict=True)]


INF, NAN = math.inf, math.nan


@pytest.mark.sanitizer
@pytest.mark.parametrize(
    ("name", "alpha", "rows"),
    [
        ("leaky_relu", None, [(-0.0, -0.0), (0.0, 0.0), (-INF, -INF), (INF, INF), (NAN, NAN)]),
        ("leaky_relu", -2.0, [(-0.0, -0.0), (0.0, 0.0), (-1, 2), (-INF, INF), (NAN, NAN)]),
        ("leaky_relu", NAN, [(-1, NAN), (1, 1), (-0.0, -0.0), (NAN, NAN)]),
        ("prelu", 0.5, [(-0.0, -0.0), (0.0, 0.0), (-INF, -INF), (INF, INF), (NAN, NAN)]),
        ("elu", None, [(-0.0, -0.0), (0.0, 0.0), (-INF, -1), (INF, INF), (NAN, NAN)]),
        ("elu", 0.0, [(-0.0, -0.0), (-INF, -0.0), (-1, -0.0), (NAN, NAN), (2, 2)]),
        ("elu", INF, [(-0.0, -0.0), (0.0, 0.0), (-1, -INF), (1, 1)]),
    ],
)
def test_special_values(isa, dtype, name, alpha, rows):
    """At every length up to two vectors and one: body and tail agree, signs of zero included."""
    x, expected = special(dtype, rows)
    for length in range(1, 34):
        y = call(getattr(relu_fast, name), np.resize(x, length), alpha=alpha)
        wanted = np.resize(expected, length)
        assert (bits(y) == bits(wanted)).all()


@pytest.mark.parametrize(
    ("name", "alpha", "at_zero"),
    [("relu", None, 0), ("leaky_relu", None, 0.01), ("prelu", 0.3, 0.3), ("elu", None, 1)],
)
def test_derivative_at_the_kink(isa, dtype, name, alpha, at_zero):
    x = np.array([0.0, -0.0], dtype)
    d = call(getattr(relu_fast, name + "_grad"), x, alpha=alpha)
    assert (d == np.dtype(dtype).type(at_zero)).all()


@each([f for f in UFUNCS if "y" in f.form.inputs])
@pytest.mark.parametrize("alpha", [None, 0.25, 3.0])
def test_backward_from_result(isa, dtype, function, alpha):
    """As a function of y within its bound, and close to the real derivative near 0."""
    if alpha is not None and len(function.activation.parameters) != 1:
        pytest.skip("of one parameter")
    given = () if alpha is None else (alpha,)
    value, backward = (made(in_form(function.activation, form)) for form in ("VALUE", "BACKWARD"))
    x = points(dtype)
    x = x[np.abs(x) < min(1e30, format_of(dtype).max)]
    if dtype == "bfloat16":
        x = x[::6]  # MPFR is slow
    y = value(x, *given)
    g = np.linspace(-3, 3, len(x)).astype(dtype)
    from_result = made(function)
    got = from_result(g, y, *given)
    error, at = worst(got, reference.exact(function.name, [g, y], given))
    assert error <= bound(function, given, dtype), f"y = {y[at]!r}, got {got[at]!r}"
    near = (x > -min([1, *given])) & (x <= 0)  # celu's is a function of x/alpha
    direct = backward(g, x, *given)
    assert np.allclose(got[near], direct[near], rtol=8 * format_of(dtype).eps, atol=0)
    assert np.isnan(from_result(g[:1], np.array([NAN], dtype), *given)).all()


@pytest.mark.parametrize("activation", OF_ONE_ARRAY.values(), ids=OF_ONE_ARRAY)
def test_defaults_are_those_of_the_table(dtype, activation):
    x = points(dtype)
    value = getattr(relu_fast, activation.name)
    assert (bits(value(x, *activation.required)) == bits(value(x, *activation.typical))).all()


def test_default_alpha_is_the_one_documented(dtype):
    x = points(dtype)
    assert (bits(relu_fast.leaky_relu(x)) == bits(relu_fast.leaky_relu(x, 0.01))).all()
    assert (bits(relu_fast.elu(x)) == bits(relu_fast.elu(x, 1.0))).all()


CURVED = [f for f in UFUNCS if f.form.inputs == ("x",) and f not in SEVERAL and relative_error(f)]
# Beyond, exponentials are 0 or inf.
REACH = {"float16": 20, "bfloat16": 110, "float32": 110, "float64": 750}
COUNT = dict.fromkeys(REACH, 2000) | {"float64": 150}  # MPFR judges float64


@pytest.mark.parametrize(
    ("function", "number"),
    [
        pytest.param(f, number, id=f"{f.name}-{number}")
        for f in CURVED
        for number in (None, 0.3)[bool(f.activation.required) : 1 + bool(f.activation.parameters)]
    ],
)
def test_random_accuracy(some_isa, dtype, function, number):
    """Denser than the stored points where the function is neither 0 nor a line."""
    typical = function.activation.typical
    given = () if number is None else (number, *typical[1:])
    fraction = np.arange(COUNT[dtype]) * 0.6180339887498949 % 2 - 1
    x = np.concatenate([fraction * REACH[dtype], fraction * 2]).astype(dtype)
    judged(function, given, made(function)(x, *given), [x])


@pytest.mark.parametrize("activation", OF_ONE_ARRAY.values(), ids=OF_ONE_ARRAY)
def test_derivative_is_the_slope(isa, activation):
    """Central differences in float64, away from the kink."""
    x = np.linspace(-5, 5, 1000)
    x = x[np.abs(x) > 0.01]
    given = (0.3, *activation.typical[1:]) if activation.parameters else ()
    step = 2.0**-16
    value = getattr(relu_fast, activation.name)
    rise = value(x + step, *given) - value(x - step, *given)
    slope = made(in_form(activation, "GRAD"))(x, *given)
    np.testing.assert_allclose(rise / (2 * step), slope, rtol=1e-9, atol=1e-10)
