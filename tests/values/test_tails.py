"""Tails, zeros and limits: where float code by the textbook has lost what there is.

"Seen" says what others return there, in float32 unless it says more: PyTorch 2.13, ONNX Runtime
1.32, JAX 0.10, NumPy 2.4, SciPy 1.17, on an x86-64 CPU with AVX-512.  test_faults_of_others.py
asks those of them that are installed.
"""

import functools
import math

import numpy as np
import pytest
from support import reference
from support.functions import FUNCTIONS, made
from support.reference import bits

INF, NAN = math.inf, math.nan
LENGTHS = 1, 3, 16, 65  # parts of a vector, whole ones, both


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


def evenly(first, last, dtype):
    return np.linspace(first, last, 48).astype(dtype)


def hold(name, x, *parameters, sign):
    """Within the bound, of that sign, no number lost to 0; and the same alone as among others."""
    function = FUNCTIONS[name]
    given = [x.dtype.type(p) for p in parameters]
    stated = function.bound(x.dtype.name)
    limit = stated.elsewhere if parameters else stated.at_defaults
    got = made(function)(x, *given)
    exact = reference.exact(name, [x], given)
    error, at = reference.worst(got, exact)
    assert error <= limit, f"x = {x[at]!r}: got {got[at]!r}, exact {float(exact[at])!r}"
    assert (np.signbit(got) == (np.asarray(sign) < 0)).all()
    smallest = float(np.finfo(x.dtype).smallest_subnormal)
    lost = (got == 0) & np.array([abs(e) > limit * smallest for e in exact])
    assert not lost.any()
    for length in LENGTHS:
        some = made(function)(np.resize(x, length), *given)
        assert (bits(some) == bits(np.resize(got, length))).all(), length
    if function.form.outputs == ("dy",):
        hold_backward(name, x, got, *given)


def hold_backward(name, x, derivative, *given):
    """A large g makes of a tail what counts."""
    g = np.full_like(x, 2.0**40)
    got = made(FUNCTIONS[name.replace("_grad", "_backward")])(g, x, *given)
    assert (bits(got) == bits(g * derivative)).all()


# ---- Tails -----------------------------------------------------------------------


def test_silu_below_minus_88_7(some_isa, dtype):
    """1 + exp(-x) is inf from there on (float64: -709.8), and x / inf is -0.

    Seen: -0 from -88.73 on in PyTorch, as by x / (1 + np.exp(-x)), from -87.4 in JAX, from -18 in
    ONNX Runtime (float64: -36.9); silu(-90) is -7.4e-38.
    """
    first = -math.log(float(np.finfo(dtype).max))
    x = evenly(first, last_exponent(dtype) - 5, dtype)
    hold("silu", x, sign=-1)
    hold("silu_grad", x, sign=-1)
    hold("silu", evenly(first / 4, last_exponent(dtype) / 4, dtype), 4.0, sign=-1)
    hold("silu_grad", evenly(-first / 2, -last_exponent(dtype) / 2, dtype), -2.0, sign=-1)


def test_sigmoid_below_minus_88_7(some_isa, dtype):
    """The same.

    Seen: 0 from -88.73 on in PyTorch and SciPy, from -87.4 in JAX, from -18 in ONNX Runtime
    (float64: -36.9); sigmoid(-90) is 8.2e-40.
    """
    first = -math.log(float(np.finfo(dtype).max))
    hold("sigmoid", evenly(first, last_exponent(dtype), dtype), sign=1)
    hold("sigmoid_grad", evenly(first, last_exponent(dtype), dtype), sign=1)


def test_gelu_below_minus_5(some_isa, dtype):
    """1 + erf(x / sqrt(2)) has few digits left there, and then none (float64: -8.3).

    Seen: -0 from -5.6 on in PyTorch and ONNX Runtime, where gelu(-5.6) is -6.0e-8, and at -5 a
    sixth too small in PyTorch; PyTorch's float64: from -8.4 on.  JAX and SciPy take erfc.
    """
    x = evenly(-5, -last_number(dtype), dtype)
    hold("gelu", x, sign=-1)
    hold("gelu_grad", x, sign=-1)


def test_gelu_tanh_keeps_sign_and_digits_below_minus_4_9(some_isa, dtype):
    """1 + tanh(u) is 0 there, or a rounding error of either sign.

    Seen: gelu_tanh(-5.154228) is +3.1e-7 in ONNX Runtime, for -7.9e-8; -0 from -4.9 on in JAX,
    from -5.1 in PyTorch (float64: -7.1), for -2.3e-7 at -5.
    """
    x = evenly(-4.9, last_cubic(dtype), dtype)
    hold("gelu_tanh", x, sign=-1)
    hold("gelu_tanh_grad", x, sign=-1)


def test_quick_gelu_in_the_tail(some_isa, dtype):
    """As silu's, of 1.702 x.

    Seen: -0 from -10.5 on in ONNX Runtime, for -1.8e-7.
    """
    x = evenly(-10, last_exponent(dtype) / 1.702, dtype)
    hold("quick_gelu", x, sign=-1)
    hold("quick_gelu_grad", x, sign=-1)


def test_mish_below_minus_87(some_isa, dtype):
    """e^x is subnormal or 0 there (float64: -708), where x e^x is not yet.

    Seen: -0 from -87.4 on in JAX; in PyTorch one digit is left at -100, and the derivative at -90
    is +8.2e-40, for -7.3e-38.  ONNX Runtime's in float64 is -0 from -36.9 on.
    """
    x = evenly(math.log(float(np.finfo(dtype).tiny)), last_exponent(dtype) - 5, dtype)
    hold("mish", x, sign=-1)
    hold("mish_grad", x, sign=-1)


def test_softplus_and_log_sigmoid_in_the_tail(some_isa, dtype):
    """log(1 + e^x) is 0 from where e^x is less than half an ULP of 1.

    Seen: 0 from -37 on in ONNX Runtime's float64, for 8.5e-17, and from -87.4 on in JAX.
    """
    x = evenly(math.log(float(np.finfo(dtype).eps)) + 2, last_exponent(dtype), dtype)
    hold("softplus", x, sign=1)
    hold("softplus_grad", x, sign=1)
    hold("softplus", (x / 3).astype(dtype), 3.0, sign=1)
    hold("log_sigmoid", -x, sign=-1)
    hold("log_sigmoid_grad", -x, sign=1)


def test_softplus_has_no_threshold_at_20(some_isa, dtype):
    """Where e^-20 is still 580,000 ULP of a float64.

    Seen: in PyTorch softplus(x) is x from beta * x = 20 on, and its derivative 1.
    """
    hold("softplus", evenly(19, 40, dtype), sign=1)
    hold("softplus_grad", evenly(19, 40, dtype), sign=1)
    hold("softplus", evenly(190, 400, dtype), 0.1, sign=1)
    if dtype == "float64":
        softplus = made(FUNCTIONS["softplus"])
        assert softplus(20.5) - 20.5 == pytest.approx(math.exp(-20.5), rel=1e-5)
        assert softplus(205.0, 0.1) - 205 == pytest.approx(10 * math.exp(-20.5), rel=1e-4)


def test_squareplus_below_minus_6000(some_isa, dtype):
    """x + sqrt(x^2 + 4) cancels, and x^2 overflows.

    Seen: in JAX 2.4e-4 or 0 around -6,000, for 1.7e-4, and 0 from -9,000 on (float64: -1e9); from
    -1.9e19 on (float64: -1.4e154) it is inf, for 1e-19.
    """
    largest = float(np.finfo(dtype).max)
    x = -np.exp(np.linspace(math.log(1000), math.log(largest), 48)).astype(dtype)
    hold("squareplus", x, sign=1)
    hold("squareplus_grad", x, sign=1)


@pytest.mark.parametrize(("name", "last"), [("sigmoid", 1), ("tanh", 2)])
def test_derivatives_are_of_x_and_not_of_the_result(some_isa, dtype, name, last):
    """y (1 - y) and 1 - y^2 are 0 from where y rounds to 1 on.

    Seen: sigmoid' is 0 from 16.7 on, for 5.9e-8, in PyTorch and JAX (float64: 36.8), and tanh' from
    8.0 on in JAX, for 4.5e-7, from 9.1 in PyTorch (float64: 20.0 and 19.1).
    """
    x = evenly(5, -last_exponent(dtype) / last, dtype)
    hold(f"{name}_grad", x, sign=1)
    hold(f"{name}_grad", -x, sign=1)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_backward_from_the_result_is_the_derivative_by_y(some_isa, dtype, name):
    """It cannot know more than y, and is 0 where y is 1; what takes x does not lose the tail."""
    x = evenly(45, 50, dtype)
    g = np.ones_like(x)
    y = made(FUNCTIONS[name])(x)
    assert (y == 1).all()
    assert not made(FUNCTIONS[f"{name}_backward_from_result"])(g, y).any()
    assert made(FUNCTIONS[f"{name}_backward"])(g, x).all()


# ---- Near 0 ------------------------------------------------------------------------


def test_tanhshrink_near_0(some_isa, dtype):
    """x - tanh(x) cancels, and x^3 / 3 is what is left.

    Seen: in PyTorch 3.49e-10 at 1e-3, for 3.33e-10, and from 3.5e-4 on +0, of either sign (float64:
    1e-8); the derivative at 1e-4 is 0 in PyTorch and 2.7e-8 in JAX, for 1.0e-8.
    """
    info = np.finfo(dtype)
    x = np.exp2(np.linspace(info.minexp / 3 - 2, 0, 80)).astype(dtype)
    tiny = [info.smallest_subnormal, info.tiny, 1e-30, 1e-8, 1e-4, 1e-3]
    x = np.concatenate([x, np.array(tiny, dtype)])
    hold("tanhshrink", x, sign=1)
    hold("tanhshrink", -x, sign=-1)
    hold("tanhshrink_grad", x, sign=1)


ODD = "silu", "gelu", "gelu_tanh", "quick_gelu", "mish", "tanh"


@pytest.mark.parametrize("name", [*ODD, "sigmoid", "softplus"])
def test_subnormals_are_numbers(some_isa, dtype, name):
    """Seen: silu, gelu and mish of one are 0 in JAX."""
    info = np.finfo(dtype)
    x = np.exp2(np.linspace(info.minexp - info.nmant, -1, 48)).astype(dtype)
    for some, sign in ((x, 1), (-x, -1)):
        hold(name, some, sign=sign if name in ODD else 1)
        hold(f"{name}_grad", some, sign=1)


# ---- Limits ------------------------------------------------------------------------

# Value and derivative at -inf, then at inf.
LIMITS = {
    "softplus": (0.0, 0.0, INF, 1),
    "squareplus": (0.0, 0.0, INF, 1),
    "log_sigmoid": (-INF, 1, -0.0, 0.0),
    **dict.fromkeys(("silu", "mish", "gelu", "gelu_tanh", "quick_gelu"), (-0.0, -0.0, INF, 1)),
    "sigmoid": (0.0, 0.0, 1, 0.0),
    "tanh": (-1, 0.0, 1, 0.0),
    "tanhshrink": (-INF, 1, INF, 1),
}


@functools.cache
def exact_of_the_largest(name, dtype):
    largest = np.finfo(dtype).max
    finite = np.array([-largest, -1e30, -1e5, 1e5, 1e30, largest], dtype)
    return finite, reference.exact(name, [finite])


@pytest.mark.parametrize("name", LIMITS)
def test_at_infinities_functions_are_their_limits(isa, dtype, name):
    """With the sign of approach, at every place of a vector; and never NaN for finite x.

    Seen: silu, mish, gelu and gelu_tanh at -inf are NaN in PyTorch, ONNX Runtime and JAX, which
    multiply by 0, and squareplus is in JAX; gelu at +inf is in PyTorch, but in an array of 1 inf;
    the derivatives of these four at either infinity are in PyTorch and JAX, squareplus' in JAX.
    """
    low, low_slope, high, high_slope = LIMITS[name]
    for x, value, slope in ((-INF, low, low_slope), (INF, high, high_slope)):
        for length in LENGTHS:
            some = np.full(length, 0.5, dtype)
            some[length // 2 :] = x
            for function, expected in ((name, value), (f"{name}_grad", slope)):
                got = made(FUNCTIONS[function])(some)[length // 2 :]
                wanted = np.full(got.shape, expected, dtype)
                assert (bits(got) == bits(wanted)).all(), (function, x, length)
    for function in (name, f"{name}_grad"):
        finite, exact = exact_of_the_largest(function, dtype)
        error, at = reference.worst(made(FUNCTIONS[function])(finite), exact)
        assert error <= FUNCTIONS[function].bound(dtype).at_defaults, finite[at]


def test_celu_at_minus_infinity_with_the_largest_alphas(isa, dtype):
    """Any multiple of such an alpha is infinite."""
    largest = np.finfo(dtype).max
    alpha = largest / np.array([1, 2, 9, 100, 1000], dtype)
    below = np.full(alpha.shape, -INF, dtype)
    assert (made(FUNCTIONS["celu"])(below, alpha) == -alpha).all()
    assert (bits(made(FUNCTIONS["celu_grad"])(below, alpha)) == 0).all()
    for x in (-alpha, -largest / 1000 * np.ones_like(alpha)):
        hold_with("celu", x, alpha)
        hold_with("celu_grad", x, alpha)


def test_squareplus_of_a_subnormal_b(isa, dtype):
    """b / (2 |x|), whose remainder is smaller than all numbers."""
    smallest = np.finfo(dtype).smallest_subnormal
    b = smallest * np.array([1, 2, 5, 125, 2000, 77777], dtype)
    for scale in (20, 3, 0.9):
        x = -np.sqrt(b.astype(np.float64)).astype(dtype) * np.dtype(dtype).type(scale)
        hold_with("squareplus", x, b)
        hold_with("squareplus_grad", x, b)
    if dtype == "float64":  # what verify found: 2.5 and 2.2 ULP
        x, b = (
            np.array([-2.5944919687641397e-82, -3.9168085394209185e-149]),
            np.array([9.88e-321, 6.66982191268944e-310]),
        )
        hold_with("squareplus", x, b)
        hold_with("squareplus_grad", x, b)


def hold_with(name, x, parameter):
    """Within the bound for any parameter, one for each x."""
    function = FUNCTIONS[name]
    error, at = reference.worst(
        made(function)(x, parameter), reference.exact(name, [x], [parameter])
    )
    assert error <= function.bound(x.dtype.name).elsewhere, f"x = {x[at]!r}, {parameter[at]!r}"


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
