"""Values, derivatives and backwards are what spec and docstrings say, on every ISA."""

import math

import numpy as np
import pytest
import reference
from reference import FORMULAS, bits, points

import relu_fast

ALPHAS = [None, 0.25, 1.0, -0.5, 0.0, -0.0, 3.0, 512.0, 1e-30, 1e30, 1e-42, math.inf, math.nan]
ACTIVATIONS = list(FORMULAS)


def call(function, *operands, alpha):
    return function(*operands) if alpha is None else function(*operands, alpha)


def rounded(name, alpha, dtype):
    """The alpha that the kernel sees."""
    alpha = FORMULAS[name].default_alpha if alpha is None else alpha
    with np.errstate(all="ignore"):
        return None if alpha is None else float(np.dtype(dtype).type(alpha))


def alphas_of(name):
    formula = FORMULAS[name]
    if not formula.takes_alpha:
        return [None]
    return [alpha for alpha in ALPHAS if alpha is not None or formula.default_alpha is not None]


CASES = [(name, alpha) for name in ACTIVATIONS for alpha in alphas_of(name)]


def worst(got, exact):
    errors = [reference.error_in_ulp(y, e) for y, e in zip(got, exact, strict=True)]
    at = int(np.argmax(errors))
    return errors[at], at


def bound(name, alpha):
    """The promise of the docstring for value and derivative, in ULP."""
    if not FORMULAS[name].smooth:
        return 0.5
    return 1.0 if alpha in (None, 1.0) else 2.0


@pytest.mark.parametrize(("name", "alpha"), CASES)
def test_value(isa, dtype, name, alpha):
    x = points(dtype)
    y = call(getattr(relu_fast, name), x, alpha=alpha)
    exact = [reference.value(name, float(v), rounded(name, alpha, dtype)) for v in x]
    if alpha is not None and math.isnan(alpha):
        assert np.isnan(y[~(x >= 0)]).all()
        assert (bits(y[x >= 0]) == bits(x[x >= 0])).all()
        return
    error, at = worst(y, exact)
    assert error <= bound(name, alpha), f"x = {x[at]!r}, got {y[at]!r}, exact {exact[at]}"
    if not FORMULAS[name].smooth:
        nearest = [reference.round_to(e, np.dtype(dtype).type) for e in exact]
        assert (bits(y) == bits(np.array(nearest, dtype))).all()


@pytest.mark.parametrize(("name", "alpha"), CASES)
def test_derivative(isa, dtype, name, alpha):
    x = points(dtype)
    y = call(getattr(relu_fast, name + "_grad"), x, alpha=alpha)
    exact = [reference.derivative(name, float(v), rounded(name, alpha, dtype)) for v in x]
    error, at = worst(y, exact)
    assert error <= bound(name, alpha), f"x = {x[at]!r}, got {y[at]!r}, exact {exact[at]}"


@pytest.mark.parametrize(("name", "alpha"), CASES)
def test_backward(isa, dtype, name, alpha):
    x = points(dtype)
    # Gradients of every size, in an order that has nothing to do with x; no
    # NaN, and infinities below.
    g = np.roll(x[np.isfinite(x)], 517)
    g = np.concatenate([g, g[: len(x) - len(g)]])
    y = call(getattr(relu_fast, name + "_backward"), g, x, alpha=alpha)
    a = rounded(name, alpha, dtype)
    exact = [reference.backward(name, float(u), float(v), a) for u, v in zip(g, x, strict=True)]
    if a is not None and FORMULAS[name].smooth:  # the exception that is named
        with np.errstate(all="ignore"):
            fine = np.isfinite(g * np.dtype(dtype).type(a)) | (x > 0) | ~np.isfinite(a)
    else:
        fine = np.ones(x.shape, bool)
    error, at = worst(y[fine], np.array(exact)[fine])
    limit = 2.5 if FORMULAS[name].smooth else 0.5
    assert error <= limit, f"{g[fine][at]!r}, {x[fine][at]!r}: got {y[fine][at]!r}"


@pytest.mark.parametrize(("name", "alpha"), CASES)
def test_backward_of_one_is_the_derivative_bit_for_bit(isa, dtype, name, alpha):
    x = points(dtype)
    one = np.ones_like(x)
    backward = call(getattr(relu_fast, name + "_backward"), one, x, alpha=alpha)
    assert (bits(backward) == bits(call(getattr(relu_fast, name + "_grad"), x, alpha=alpha))).all()


def special(dtype, rows):
    return [np.array(column, dtype) for column in zip(*rows, strict=True)]


INF, NAN = math.inf, math.nan


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


@pytest.mark.parametrize("alpha", [None, 0.25, 3.0])
def test_elu_backward_from_result(isa, dtype, alpha):
    """Exact to 2.5 ULP as a function of y, and close to the real derivative near 0."""
    a = 1.0 if alpha is None else alpha
    x = points(dtype)
    x = x[np.isfinite(x) & (np.abs(x) < 1e30)]
    y = call(relu_fast.elu, x, alpha=alpha)
    g = np.linspace(-3, 3, len(x)).astype(dtype)
    got = call(relu_fast.elu_backward_from_result, g, y, alpha=alpha)
    exact = []
    for g_i, y_i in zip(g, y, strict=True):
        slope = reference.ONE if y_i > 0 else reference.mpfr(float(y_i)) + a
        exact.append(reference.mpfr(float(g_i)) * slope)
    error, at = worst(got, exact)
    assert error <= 2.5, f"y = {y[at]!r}, got {got[at]!r}"
    near = (x > -1) & (x <= 0)
    direct = call(relu_fast.elu_backward, g, x, alpha=alpha)
    assert np.allclose(got[near], direct[near], rtol=8 * np.finfo(dtype).eps, atol=0)
    nan = call(relu_fast.elu_backward_from_result, g[:1], np.array([NAN], dtype), alpha=alpha)
    assert np.isnan(nan).all()


def test_default_alpha_is_the_one_documented(dtype):
    x = points(dtype)
    assert (bits(relu_fast.leaky_relu(x)) == bits(relu_fast.leaky_relu(x, 0.01))).all()
    assert (bits(relu_fast.elu(x)) == bits(relu_fast.elu(x, 1.0))).all()


@pytest.mark.parametrize("alpha", [1.0, 0.3])
def test_random_accuracy_of_the_exponentials(isa, dtype, alpha):
    """Denser than the stored points, where elu is neither x nor -alpha."""
    count = 4000
    fraction = (np.arange(count) * 0.6180339887498949) % 1
    x = -(fraction * (110 if dtype == "float32" else 750)).astype(dtype)
    x = np.concatenate([x, -(fraction * 2).astype(dtype)])
    for function, exact_of in (
        (relu_fast.elu, reference.value),
        (relu_fast.elu_grad, reference.derivative),
    ):
        a = float(np.dtype(dtype).type(alpha))
        error, at = worst(function(x, alpha), [exact_of("elu", float(v), a) for v in x])
        assert error <= (1.0 if alpha == 1.0 else 2.0), f"{function.__name__}: x = {x[at]!r}"


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_is_the_slope(isa, name):
    """Central differences in float64, away from the kink."""
    x = np.linspace(-5, 5, 1000)
    x = x[np.abs(x) > 0.01]
    alpha = 0.3 if FORMULAS[name].takes_alpha else None
    step = 2.0**-16
    function = getattr(relu_fast, name)
    rise = call(function, x + step, alpha=alpha) - call(function, x - step, alpha=alpha)
    slope = call(getattr(relu_fast, name + "_grad"), x, alpha=alpha)
    np.testing.assert_allclose(rise / (2 * step), slope, rtol=1e-9, atol=1e-10)
