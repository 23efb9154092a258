"""Definitions mean what they say, and NumPy's float64 is as near to that as it claims."""

import ast
import math
from fractions import Fraction

import numpy as np
import pytest

from relu_fast import _catalog
from relu_fast._catalog import ACTIVATIONS, FUNCTIONS, Parameter
from relu_fast.accuracy import in_float64, proof, ulp
from relu_fast.accuracy.definitions import (
    CONSTANTS,
    EQUIVALENTS,
    NUMPY,
    evaluate,
    mpfr,
    near_zero,
    numpy_code,
    relative_error,
)
from relu_fast.accuracy.in_float64 import TINY, Equivalent
from relu_fast.accuracy.points import Random
from relu_fast.accuracy.proof import Case, exactly

pytestmark = [pytest.mark.build_independent, pytest.mark.coverage]

INF, NAN = math.inf, math.nan
PARAMETERS = {
    name: Parameter(0, name, 1.0, 1.0, "A number", None) for name in ("beta", "alpha", "b")
}
OTHER_VALUES = {"beta": (-0.3, 7.0), "alpha": (0.3, 7.0), "b": (0.3, 7e10)}
SILU = "x / (1 + exp(-beta * x))"
SILU_DERIVATIVE = "(1 + beta * x / (1 + exp(beta * x))) / (1 + exp(-beta * x))"
SOFTPLUS = "(maximum(beta * x, 0) + log1p(exp(-abs(beta * x)))) / beta"
ZERO_OF_SILU_DERIVATIVE = "abs(beta * x + 1.2784645427610738) < 0.05"


def names_in(text):
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def parameters_in(text):
    names = names_in(text)
    return tuple(parameter for name, parameter in PARAMETERS.items() if name in names)


def function_of(text, form="VALUE", **fields):
    """A function of x with that definition, made of the row of relu."""
    row = ACTIVATIONS["relu"]._replace(
        value=text, derivative=text, parameters=parameters_in(text), **fields
    )
    return next(f for f in row.functions() if f.form.id == form)


def by_numpy(text, x, **parameters):
    with np.errstate(all="ignore"):
        return evaluate(NUMPY, function_of(text), {"x": np.array(x), **parameters})[0]


def by_mpfr(text, x, **parameters):
    return exactly(function_of(text), {"x": np.array(x, np.float64), **parameters})


# ---- Limits ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "beta", "at_minus", "at_plus"),
    [
        (SILU, 1.0, -0.0, INF),
        (SILU, -1.0, -INF, 0.0),
        (SILU, 0.0, -INF, INF),
        (SILU, 1e-42, -0.0, INF),
        (SILU_DERIVATIVE, 1.0, -0.0, 1.0),
        (SILU_DERIVATIVE, -1e30, 1.0, -0.0),
        (SILU_DERIVATIVE, 0.0, 0.5, 0.5),
        (SOFTPLUS, 3.0, 0.0, INF),
        ("-(maximum(-x, 0) + log1p(exp(-abs(x))))", None, -INF, -0.0),
        ("1 / ((1 + exp(x)) * (1 + exp(-x)))", None, 0.0, 0.0),
        ("1 / cosh(x)**2", None, 0.0, 0.0),
        ("where(x == 0, x, x - tanh(x))", None, -INF, INF),
        ("x * tanh(log1p(exp(x)))", None, -0.0, INF),
        *((text, None, -0.0, 1.0) for text in EQUIVALENTS if "pi" in text or "cosh" in text),
        ("x * erfc(-x / sqrt(2)) / 2", None, -0.0, INF),
        ("x / (1 + x * x)", None, -0.0, 0.0),
        ("x / (1 + abs(x))", None, -1.0, 1.0),
        ("x * minimum(maximum(x + 3, 0), 6) / 6", None, -0.0, INF),
    ],
)
def test_at_infinities_a_definition_is_its_limit(text, beta, at_minus, at_plus):
    """Signs of zeros included; of finite numbers, however large, it is never more than near it."""
    parameters = {} if beta is None else {"beta": beta}
    expected = np.array([at_minus, at_plus])
    x = np.array([-INF, INF])
    exact = np.array([float(y) for y in by_mpfr(text, x, **parameters)])
    assert (ulp.bits(exact) == ulp.bits(expected)).all()
    got = by_numpy(text, x, **parameters)
    assert (ulp.bits(got.astype(np.float32)) == ulp.bits(expected.astype(np.float32))).all()


@pytest.mark.parametrize(
    "text", [SILU, "1 / cosh(x)**2", *(text for text in EQUIVALENTS if "x" in names_in(text))]
)
@pytest.mark.parametrize("x", [-1e-300, -800.0, -1e19, -1e300])
def test_what_only_underflows_is_not_0(text, x):
    """It keeps its sign, also in a product with an infinite gradient."""
    (exact,) = by_mpfr(text, [x], **{p.name: 1.0 for p in parameters_in(text)})
    with mpfr().context():
        assert exact != 0
        assert abs(exact) < 1e-300 or abs(exact) > 1e-310


# ---- Digits ------------------------------------------------------------------


@pytest.mark.parametrize("exponent", [-1, -5, -30, -100, -300, -350])
def test_tanhshrink_keeps_its_digits_near_0(exponent):
    """With as many terms of its series as matter; and on the right side of x^3 / 3."""
    x = 1.25 * 2.0**exponent
    (exact,) = by_mpfr("where(x == 0, x, x - tanh(x))", [x])
    t = Fraction(x)
    third = t**3 / 3
    series = third - 2 * t**5 / 15 + 17 * t**7 / 315 - 62 * t**9 / 2835 + 1382 * t**11 / 155925
    got = Fraction(*map(int, exact.as_integer_ratio()))
    assert abs(got - series) <= third * max(t**10, Fraction(1, 2**130))
    assert got < third


@pytest.mark.parametrize("x", [-5.0, -14.0, -30.0, -38.0])
def test_gelu_keeps_its_digits_in_the_tail(x):
    """Between the bounds of Mills' ratio, whose relative distance is x^-4."""
    with mpfr().context():
        (exact,) = by_mpfr("x * erfc(-x / sqrt(2)) / 2", [x])
        (bell,) = by_mpfr("exp(-x**2 / 2) / sqrt(2 * pi)", [x])
        t = mpfr().operand(-x)
        assert -bell < exact < -bell * (1 - 1 / t**2)


# ---- The error of float64 ------------------------------------------------------


def points(function, count=400):
    """Of float32: ordinary, to the ends of tails, tiny, beside a derivative's zero."""
    random = Random(1)

    def spread(lowest, highest):
        return lowest + (highest - lowest) * random.below_one(count)

    signs = np.where(random.bits(count, 1) == 0, -1.0, 1.0)
    parts = [spread(-4, 4), spread(-15, 15), spread(-105, 105), np.exp(spread(-100, 0)) * signs]
    parts.append(np.exp2(spread(7, 127)) * signs)
    if function.activation.near_zero:
        zero = -float(function.activation.near_zero.split("+ ")[1].split(")")[0])
        parts.append(zero + spread(-0.1, 0.1))
    return np.concatenate(parts).astype(np.float32).astype(np.float64)


def found_error(function, operands):
    """The largest of `evaluate` over NumPy, in its own measure, as a part of what it states."""
    exact = exactly(function, operands)
    with np.errstate(all="ignore"):
        got = evaluate(NUMPY, function, operands)[0]
    zone = near_zero(function, operands)
    found = 0.0
    with mpfr().context():
        for i, (y, e) in enumerate(zip(got.tolist(), exact, strict=True)):
            size = 0.5 if zone is not None and zone[i] else abs(e)
            if size > TINY and abs(e) < 1e300:
                found = max(found, float(abs(mpfr().operand(y) - e) / size))
            elif size <= TINY:
                assert abs(y) <= 2 * TINY
    return found / relative_error(function)


ZEROS = {  # of derivatives, by their definitions
    SILU_DERIVATIVE: ZERO_OF_SILU_DERIVATIVE,
    "(1 + 1.702 * x / (1 + exp(1.702 * x))) / (1 + exp(-1.702 * x))": "abs(x + 0.751154) < 0.05",
    "erfc(-x / sqrt(2)) / 2 + x * exp(-x**2 / 2) / sqrt(2 * pi)": "abs(x + 0.751792) < 0.05",
    "tanh(log1p(exp(x))) + x / (1 + exp(-x)) / cosh(log1p(exp(x)))**2": "abs(x + 1.192431) < 0.05",
    **{text: "abs(x + 0.752461) < 0.05" for text in EQUIVALENTS if "0.134145" in text},
}


def stated(text):
    """A derivative, from x or from the result."""
    if "x" in names_in(text):
        return function_of(text, "GRAD", near_zero=ZEROS.get(text))
    row = ACTIVATIONS["selu"]._replace(from_result=text)
    return next(f for f in row.functions() if f.form.id == "BACKWARD_FROM_RESULT")


@pytest.mark.parametrize("text", EQUIVALENTS)
def test_equivalents_are_as_near_as_they_state(text):
    function = stated(text)
    x = points(function)
    operands = {"g": np.ones_like(x), function.form.inputs[-1]: x}
    assert found_error(function, operands | {name: np.float64(1) for name in PARAMETERS}) <= 1
    for parameter in function.activation.parameters:
        for value in OTHER_VALUES[parameter.name]:
            operands["x"] = (x / value).astype(np.float32).astype(np.float64)
            operands[parameter.name] = np.float64(np.float32(value))
            assert found_error(function, operands) <= 1


@pytest.mark.parametrize(
    ("text", "wrong", "error"),
    [
        # SciPy's erfc itself, which squares a rounded argument.
        ("x * erfc(-x / sqrt(2)) / 2", "x * erfc(-x / sqrt(2)) / 2", 12.0),
        ("where(x == 0, x, x - tanh(x))", "x - tanh(x)", 40.0),
        ("where(x == 0, x, x - tanh(x))", "x**3 / 3", 40.0),
        (SILU_DERIVATIVE, "(1 + x - x / (1 + exp(-x))) / (1 + exp(-x))", 160.0),
        (SILU_DERIVATIVE, SILU_DERIVATIVE, 4.0),
    ],
)
def test_equivalents_that_are_less_near_are_found(monkeypatch, text, wrong, error):
    monkeypatch.setitem(EQUIVALENTS, text, Equivalent(wrong, error))
    function = stated(text)
    operands = {"x": points(function), **{p.name: 1.0 for p in function.activation.parameters}}
    assert found_error(function, operands) > 1


COMPUTED = [  # whose error follows from their parts
    ("1 / (1 + exp(-x))", 5.0),
    ("1 / ((1 + exp(x)) * (1 + exp(-x)))", 10.0),
    (SILU, 5.0),
    (SOFTPLUS, 9.0),
    ("x * tanh(log1p(exp(x)))", 12.5),
    ("1 / cosh(x)**2", 9.0),
    ("tanh(x)**2", 8.5),
    ("x / (1 + exp(-1.702 * x))", 235.0),
    ("x / (1 + exp(-sqrt(8 / pi) * (x + 0.044715 * x**3)))", 810.0),
]


@pytest.mark.parametrize(("text", "error"), COMPUTED)
def test_errors_that_follow_from_parts(text, error):
    function = function_of(text)
    assert relative_error(function) * 2**52 == error + in_float64.ROUNDING  # the gradient
    operands = {"x": points(function), **{p.name: 1.0 for p in function.activation.parameters}}
    assert found_error(function, operands) <= 1


@pytest.mark.parametrize(
    "text",
    ["exp(x) - 1", "1 + tanh(x)", "x + exp(x)", "log1p(x * tanh(beta * x) - 1)", "erfc(-x / 3)"],
)
def test_what_cancels_has_no_error_that_follows(text):
    with pytest.raises(ValueError, match="expected an entry in EQUIVALENTS"):
        relative_error(function_of(text))


@pytest.mark.parametrize(
    ("text", "bits"), [("x**2", 48), ("2 * x", 26), ("where(x > 0, x, -x)", 24), ("abs(x)", 24)]
)
def test_what_fits_into_float64_is_exact(text, bits):
    assert relative_error(function_of(text)) == 0
    x = np.float64(np.float32(1 / 3))
    assert Fraction(float(by_numpy(text, [x])[0])).numerator.bit_length() <= bits


def test_constants_are_those_of_mpfr():
    with mpfr().context():
        for name, value in CONSTANTS.items():
            assert float(mpfr().constants[name]) == value
        assert abs(mpfr().functions["tanh"](mpfr().constants["pi"] * 0)) == 0
        assert float(mpfr().constants["pi"] - mpfr().operand(math.pi)) == 1.2246467991473532e-16


def test_numpy_code_of_constants_and_of_what_scipy_has():
    text = "x * erfc(-x / sqrt(2)) / sqrt(2 * pi)"
    code = numpy_code(function_of(text))
    assert code == "x * special.erfc(-x / 2 ** 0.5) / (2 * np.pi) ** 0.5"
    assert numpy_code(function_of("sqrt(x + 1)")) == "np.sqrt(x + 1)"


# ---- Zeros of derivatives --------------------------------------------------------


@pytest.fixture
def case(monkeypatch):
    """silu' in float32."""
    function = function_of(
        SILU_DERIVATIVE,
        "GRAD",
        near_zero=ZERO_OF_SILU_DERIVATIVE,
        near_zero_bounds={"float32": 0.1, "float64": 0.05},
        bounds={"GRAD": {d: _catalog.Bound(2, 3) for d in _catalog.DTYPES}},
    )
    monkeypatch.setitem(FUNCTIONS, "made_up", function)
    return lambda dtype: Case("made_up", dtype, False, False, 1, 1000)


def nearest(case, x):
    operands = {"x": x, "beta": x.dtype.type(1)}
    return proof.by_mpfr(case.function, operands).rounded, operands


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_near_a_zero_the_bound_is_absolute(case, dtype):
    case = case(dtype)
    x = np.linspace(-1.4, -1.2, 500).astype(dtype)
    right, operands = nearest(case, x)
    inside = np.abs(x.astype(np.float64) + 1.2784645427610738) < 0.05
    whole = case.compare(right, operands)
    assert whole.points == x.size
    assert case.result(whole)["passed"]
    assert whole.error <= 0.5
    assert 0 < whole.error_near_zero < case.bound_near_zero
    # As far off as 0.01 and 0.2 ULP of 1/2: of small numbers these are many of their own.
    for part_of_ulp, passes in ((0.01, True), (0.2, False)):
        off = right + part_of_ulp * np.spacing(right.dtype.type(0.5)) * inside
        assert case.result(case.compare(off.astype(dtype), operands))["passed"] is passes
    # Outside nothing has changed.
    outside = np.where(inside, right, right * (1 + 5 * np.finfo(dtype).eps)).astype(dtype)
    found = case.compare(outside, operands)
    assert found.error > 2
    assert not case.result(found)["passed"]


def test_near_a_zero_a_sign_may_be_wrong_but_nothing_may_be_missing(case):
    case = case("float32")
    beta = np.linspace(1, 2, 1000).astype(np.float32)
    x = (-1.2784645427610738 / beta).astype(np.float32)
    nearer = np.argsort(np.abs(beta.astype(np.float64) * x + 1.2784645427610738))[:2]
    operands = {"x": x[nearer], "beta": beta[nearer]}
    right = proof.by_mpfr(case.function, operands).rounded
    assert case.result(case.compare(-right / 2, operands))["passed"]
    for missing in (NAN, INF):
        found = case.compare(np.array([right[0], missing], np.float32), operands)
        assert found.strange == 1
        assert not case.result(found)["passed"]


def test_halves_have_no_bound_of_their_own_near_a_zero(case):
    case = case("float16")
    assert case.bound_near_zero is None
    x = np.linspace(-1.33, -1.23, 200).astype(np.float16)
    operands = {"x": x, "beta": np.float32(1)}
    right = proof.by_mpfr(case.function, operands).rounded
    found = case.compare(right, operands)
    assert found.error <= 0.5
    assert found.error_near_zero == 0
    assert case.compare(np.nextafter(right, np.float16(1)), operands).error > 0.5


def test_what_float64_leaves_open_is_settled_only_as_far_as_it_matters(case, monkeypatch):
    """x / 2 of odd subnormals lies in the middle of two numbers, but for the last bits."""
    x = np.arange(1, 2001, 2, dtype=np.uint32).view(np.float32)
    function = function_of(SILU, bounds={"VALUE": {d: _catalog.Bound(1, 1) for d in ("float32",)}})
    monkeypatch.setitem(FUNCTIONS, "made_up", function)
    case = Case("made_up", "float32", False, False, 1, x.size)
    operands = {"x": x, "beta": np.float32(1)}
    found = case.compare(x / 2, operands)
    assert found.points == found.left_open == x.size
    assert found.error == pytest.approx(0.5)
    few = {**operands, "x": x[:50]}
    found = case.compare(proof.by_mpfr(function, few).rounded, few)
    assert (found.settled, found.left_open, found.misrounded) == (50, 0, 0)
    exact = function._replace(
        activation=function.activation._replace(
            bounds={"VALUE": {"float32": _catalog.Bound(0.5, 0.5)}}
        )
    )
    monkeypatch.setitem(FUNCTIONS, "made_up", exact)
    assert case.compare(x / 2, operands).settled == x.size


# ---- Backwards that multiply what the derivative's function returns -----------------


def test_gradient_is_product():
    """Where the derivative is 0 by definition it is +0, whatever g; else the product."""
    function = function_of(SILU_DERIVATIVE, "BACKWARD", gradient_is_product=True)
    x = np.array([-INF, -1e30, -1e30, -2.0, 3.0, NAN])
    g = np.array([INF, INF, 2.0, 3.0, NAN, 1.0])
    dy = np.array([-0.0, -0.0, -0.0, -0.25, 1.5, NAN])  # not what it should be: it is believed
    expected = np.array([0.0, -INF, -0.0, -0.75, NAN, NAN])
    operands = {"g": g, "x": x, "dy": dy, "beta": 1.0}
    with np.errstate(all="ignore"):
        got = evaluate(NUMPY, function, operands)[0]
    assert (ulp.bits(got) == ulp.bits(expected)).all()
    points = [dict(zip(operands, p, strict=True)) for p in zip(g, x, dy, [1.0] * 6, strict=True)]
    exact = np.array([float(evaluate(mpfr(), function, p)[0]) for p in points])
    assert (ulp.bits(exact) == ulp.bits(expected)).all()


def test_with_grad_asks_the_derivatives_function(monkeypatch):
    """For types that are computed in; halves are rounded once, and nothing is between."""
    row = ACTIVATIONS["elu"]._replace(gradient_is_product=True)
    function = next(f for f in row.functions() if f.form.id == "BACKWARD")
    monkeypatch.setattr(proof.relu_fast, "elu_grad", lambda x, alpha: x * alpha + 100)
    for dtype in _catalog.DTYPES:
        x = np.array([-1, 2], dtype)
        found = proof.with_grad(function, {"g": x, "x": x, "alpha": np.float32(2)})
        if dtype == "float16":
            assert "dy" not in found
        else:
            assert found["dy"].tolist() == [98, 104]
            results = proof.exactly(function, {"g": x, "x": x, "alpha": np.float32(2)})
            assert [float(y) for y in results] == [-98, 208]
