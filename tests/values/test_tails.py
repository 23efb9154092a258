"""Tails, limits and zeros of the smooth functions: where float code by the textbook ends.

What other libraries return at such places is in test_faults_of_others.py.
"""

import math

import numpy as np
import pytest
from support import reference
from support.functions import FUNCTIONS, made
from support.reference import bits

INF, NAN = math.inf, math.nan


def last_exponent(dtype):
    """The x at which e^x is half of the smallest number, and rounds to 0."""
    info = np.finfo(dtype)
    return math.log(float(info.smallest_subnormal)) - math.log(2)


def last_number(dtype):
    """The t at which the normal distribution function of -t rounds to 0."""
    t = 1.0
    for _ in range(100):
        t = math.sqrt(-2 * (last_exponent(dtype) + math.log(t * math.sqrt(2 * math.pi))))
    return t


def last_cubic(dtype):
    """The same of gelu_tanh's sigmoid, whose exponent is that cubic."""
    roots = np.roots([0.044715, 0, 1, -last_exponent(dtype) / math.sqrt(8 / math.pi)])
    return float(roots[np.isreal(roots)].real[0])


def hold(name, x, *parameters, sign=None):
    """Alone, in a few vectors and in many: within the bound, of the sign, and not lost to 0."""
    function = FUNCTIONS[name]
    dtype = x.dtype.name
    given = [x.dtype.type(p) for p in parameters]
    stated = function.bound(dtype)
    limit = stated.elsewhere if parameters else stated.at_defaults
    exact = reference.exact(name, [x], given)
    smallest = float(np.finfo(dtype).smallest_subnormal)
    for length in (1, 7, x.size, 5 * x.size):
        some, numbers = np.resize(x, length), (exact * 5)[:length]
        got = made(function)(some, *given)
        error, at = reference.worst(got, numbers)
        assert error <= limit, f"x = {some[at]!r}: got {got[at]!r}, exact {float(numbers[at])!r}"
        if sign is not None:
            assert (np.signbit(got) == (sign < 0)).all()
        lost = (got == 0) & np.array([abs(e) > limit * smallest for e in numbers])
        assert not lost.any()


def evenly(first, last, dtype, count=200):
    return np.linspace(first, last, count).astype(dtype)


# ---- Tails -----------------------------------------------------------------------


def test_silu_below_the_last_exponential_of_a_float(isa, dtype):
    """1 + exp(-x) is inf from -88.7 on (float64: -709.8), and x / inf is -0."""
    first = -math.log(float(np.finfo(dtype).max))
    x = evenly(first, last_exponent(dtype) - 5, dtype)
    hold("silu", x, sign=-1)
    hold("silu_grad", x, sign=-1)
    hold("silu", evenly(first / 4, last_exponent(dtype) / 4, dtype), 4.0, sign=-1)
    hold("silu_grad", evenly(-first / 2, -last_exponent(dtype) / 2, dtype), -2.0, sign=-1)


def test_sigmoid_below_the_last_exponential_of_a_float(isa, dtype):
    x = evenly(-math.log(float(np.finfo(dtype).max)), last_exponent(dtype), dtype)
    hold("sigmoid", x, sign=1)


def test_gelu_below_minus_5(isa, dtype):
    """1 + erf(x / sqrt(2)) has lost all digits there (float64: -8.3)."""
    x = evenly(-5, -last_number(dtype), dtype)
    hold("gelu", x, sign=-1)
    hold("gelu_grad", x, sign=-1)


def test_gelu_tanh_keeps_sign_and_digits_below_minus_5(isa, dtype):
    """1 + tanh(u) is 0 there, or a rounding error of either sign."""
    x = evenly(-5, last_cubic(dtype), dtype)
    hold("gelu_tanh", x, sign=-1)
    hold("gelu_tanh_grad", x, sign=-1)


def test_quick_gelu_in_the_tail(isa, dtype):
    x = evenly(-10, last_exponent(dtype) / 1.702, dtype)
    hold("quick_gelu", x, sign=-1)
    hold("quick_gelu_grad", x, sign=-1)


def test_mish_below_minus_87(isa, dtype):
    """e^x is subnormal or 0 there (float64: -708), where x e^x is not yet."""
    x = evenly(math.log(float(np.finfo(dtype).tiny)), last_exponent(dtype) - 5, dtype)
    hold("mish", x, sign=-1)
    hold("mish_grad", x, sign=-1)


def test_softplus_and_log_sigmoid_in_the_tail(isa, dtype):
    """log(1 + e^x) is 0 from where e^x is less than half an ULP of 1."""
    x = evenly(math.log(float(np.finfo(dtype).eps)) + 2, last_exponent(dtype), dtype)
    hold("softplus", x, sign=1)
    hold("softplus_grad", x, sign=1)
    hold("log_sigmoid", -x, sign=-1)
    hold("log_sigmoid_grad", -x, sign=1)
    hold("softplus", (x / 3).astype(dtype), 3.0, sign=1)


def test_softplus_has_no_threshold(isa, dtype):
    """Others return x from beta * x = 20 on, where e^-20 is still 560,000 ULP of a float64."""
    hold("softplus", evenly(19, 40, dtype))
    hold("softplus_grad", evenly(19, 40, dtype))
    hold("softplus", evenly(190, 400, dtype), 0.1)
    if dtype == "float64":
        assert made(FUNCTIONS["softplus"])(20.5) > 20.5


@pytest.mark.parametrize("name", ["sigmoid_grad", "tanh_grad"])
def test_derivatives_are_of_x_and_not_of_the_result(isa, dtype, name):
    """y (1 - y) and 1 - y^2 are 0 from where y rounds to 1 on."""
    end = -last_exponent(dtype) / (2 if name == "tanh_grad" else 1)
    x = evenly(5, end, dtype)
    hold(name, x, sign=1)
    hold(name, -x, sign=1)


# ---- Near 0 ------------------------------------------------------------------------


def test_tanhshrink_near_0(isa, dtype):
    """x - tanh(x) cancels: below 1e-4 (float64: 1e-8) no digit is left of x^3 / 3."""
    info = np.finfo(dtype)
    x = np.exp2(np.linspace(info.minexp / 3 - 2, 0, 200)).astype(dtype)
    hold("tanhshrink", x, sign=1)
    hold("tanhshrink", -x, sign=-1)
    hold("tanhshrink_grad", x, sign=1)
    tiny = np.array([info.smallest_subnormal, info.tiny, 1e-30], dtype)
    hold("tanhshrink", -tiny, sign=-1)
    hold("tanhshrink", tiny, sign=1)


@pytest.mark.parametrize(
    "name", ["silu", "gelu", "gelu_tanh", "quick_gelu", "mish", "tanh", "sigmoid", "softplus"]
)
def test_near_0(isa, dtype, name):
    """Subnormals, which others flush to 0, too."""
    info = np.finfo(dtype)
    x = np.exp2(np.linspace(info.minexp - info.nmant, -1, 300)).astype(dtype)
    x = np.concatenate([x, -x])
    hold(name, x)
    hold(f"{name}_grad", x)


# ---- Limits ------------------------------------------------------------------------

# Value and derivative at -inf, then at inf.
LIMITS = {
    "softplus": (0.0, 0.0, INF, 1),
    "log_sigmoid": (-INF, 1, -0.0, 0.0),
    **dict.fromkeys(("silu", "mish", "gelu", "gelu_tanh", "quick_gelu"), (-0.0, -0.0, INF, 1)),
    "sigmoid": (0.0, 0.0, 1, 0.0),
    "tanh": (-1, 0.0, 1, 0.0),
    "tanhshrink": (-INF, 1, INF, 1),
}


@pytest.mark.parametrize("name", LIMITS)
def test_at_infinities_functions_are_their_limits(isa, dtype, name):
    """With the sign of approach, at every place of a vector; and never NaN for finite x."""
    low, low_slope, high, high_slope = LIMITS[name]
    for x, value, slope in ((-INF, low, low_slope), (INF, high, high_slope)):
        for length in (1, 3, 16, 65):
            some = np.full(length, 0.5, dtype)
            some[length // 2 :] = x
            for function, expected in ((name, value), (f"{name}_grad", slope)):
                got = made(FUNCTIONS[function])(some)[length // 2 :]
                wanted = np.full(got.shape, expected, dtype)
                assert (bits(got) == bits(wanted)).all(), (function, x, length)
    largest = np.finfo(dtype).max
    finite = np.array([-largest, -1e30, -1e5, 1e5, 1e30, largest], dtype)
    for function in (name, f"{name}_grad"):
        got = made(FUNCTIONS[function])(finite)
        assert not np.isnan(got).any()
        error, at = reference.worst(got, reference.exact(function, [finite]))
        assert error <= FUNCTIONS[function].bound(dtype).at_defaults, finite[at]


@pytest.mark.parametrize(
    ("beta", "expected"),
    [(-2.0, [-INF, 0.0, 1, -0.0]), (0.0, [-INF, INF, 0.5, 0.5]), (1e-38, [-0.0, INF, -0.0, 1])],
)
def test_limits_of_silu_by_the_sign_of_beta(isa, dtype, beta, expected):
    """x / 2 for beta = 0; a negative beta turns the function and its derivative around."""
    x = np.array([-INF, INF], dtype)
    values = made(FUNCTIONS["silu"])(x, beta)
    slopes = made(FUNCTIONS["silu_grad"])(x, beta)
    assert (bits(np.concatenate([values, slopes])) == bits(np.array(expected, dtype))).all()


@pytest.mark.parametrize("name", ["silu", "gelu", "gelu_tanh", "quick_gelu", "mish"])
def test_gradients_through_what_has_underflowed(isa, dtype, name):
    """0 is not the derivative but what is left of it; an infinite g shows its sign."""
    x = np.array([-1e5, -1e30], dtype)
    derivative = made(FUNCTIONS[f"{name}_grad"])(x)
    assert (bits(derivative) == bits(np.full(2, -0.0, dtype))).all()
    backward = made(FUNCTIONS[f"{name}_backward"])
    for g, expected in ((INF, -INF), (-INF, INF), (2.0, -0.0), (NAN, NAN)):
        got = backward(np.full(2, g, dtype), x)
        assert (bits(got) == bits(np.full(2, expected, dtype))).all()
        at_infinity = backward(np.full(2, g, dtype), np.full(2, -INF, dtype))
        assert (bits(at_infinity) == bits(np.zeros(2, dtype))).all()
