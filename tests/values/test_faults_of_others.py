"""What other libraries get wrong, each as a test of ours.

"Seen" says where: PyTorch 2.13, ONNX Runtime 1.32, JAX 0.10, numexpr 2.14, NumPy 2.4, SciPy
1.17, on an x86-64 CPU with AVX-512.
"""

import math

import numpy as np
import pytest
from support import reference
from support.functions import SINGLE, SUMS, arrays, each, made, parameters
from support.reference import bits

import relu_fast

INF, NAN = math.inf, math.nan
LENGTHS = range(3 * 64 // 4 + 2)  # to three vectors of 64 bytes of float32, and one more
LENGTHS_FROM_1 = LENGTHS[1:]


def same_bits(got, expected):
    return (bits(got) == bits(np.broadcast_to(expected, got.shape).astype(got.dtype))).all()


def at_each_place(special, ordinary, dtype):
    """Arrays of every length with one special value at each place, and the places."""
    for length in LENGTHS_FROM_1:
        for place in range(length):
            x = np.full(length, ordinary, dtype)
            x[place] = special
            yield x, place


# ---- relu --------------------------------------------------------------------


def test_relu_of_minus_zero_is_plus_zero(isa, dtype):
    """Seen: relu(-0.0) is -0.0 in PyTorch and ONNX Runtime, and so is np.maximum(0, -0.0)."""
    for length in LENGTHS:
        y = relu_fast.relu(np.full(length, -0.0, dtype))
        assert not np.signbit(y).any(), length
    for x, place in at_each_place(-0.0, 3, dtype):
        assert not np.signbit(relu_fast.relu(x)).any(), (len(x), place)


def test_relu_of_nan_is_nan(isa, dtype):
    """`np.where(x > 0, x, 0)`, and a vector maximum with its operands swapped, give 0."""
    for length in LENGTHS:
        assert np.isnan(relu_fast.relu(np.full(length, NAN, dtype))).all(), length
    for x, place in at_each_place(NAN, -3, dtype):
        y = relu_fast.relu(x)
        assert np.flatnonzero(np.isnan(y)).tolist() == [place], len(x)
        assert np.count_nonzero(y) == 1


def test_relu_of_a_negative_subnormal_is_plus_zero(isa, dtype):
    """`x * (x > 0)` gives -0.0, for every other negative x too, and NaN for -inf."""
    info = np.finfo(dtype)
    negative = np.array([-info.smallest_subnormal, -info.tiny / 2, -info.tiny, -1, -INF], dtype)
    for length in LENGTHS:
        y = relu_fast.relu(np.resize(negative, length))
        assert not y.any()
        assert not np.signbit(y).any(), length


# ---- leaky_relu --------------------------------------------------------------


@pytest.mark.parametrize("name", ["leaky_relu", "prelu"])
def test_alpha_0_at_minus_infinity_is_minus_zero(isa, dtype, name):
    """0 * -inf.  Seen: NaN in PyTorch, ONNX Runtime and JAX."""
    for length in LENGTHS:
        x = np.resize(np.array([-INF, -2, -0.0], dtype), length)
        assert same_bits(getattr(relu_fast, name)(x, 0.0), -0.0), length
        assert same_bits(getattr(relu_fast, name)(x, np.zeros_like(x)), -0.0), length


@pytest.mark.parametrize("name", ["leaky_relu", "prelu"])
def test_infinite_alpha_leaves_zeros_as_they_are(isa, dtype, name):
    """inf * 0.  Seen: NaN in PyTorch."""
    for length, alpha in [(length, alpha) for length in LENGTHS for alpha in (INF, -INF)]:
        x = np.resize(np.array([0.0, -0.0, -0.0], dtype), length)
        assert same_bits(getattr(relu_fast, name)(x, alpha), x), length
        assert same_bits(getattr(relu_fast, name)(x, np.full_like(x, alpha)), x), length


@pytest.mark.parametrize("alpha", [1.5, 3.0])
@pytest.mark.parametrize("name", ["leaky_relu", "prelu"])
def test_alpha_above_1_multiplies_what_is_negative(isa, dtype, name, alpha):
    """`np.maximum(alpha * x, x)`, a common definition, gives x there."""
    for length in LENGTHS:
        x = np.resize(np.array([-1, 2, -0.5, -INF, 7, INF], dtype), length)
        expected = np.resize(np.array([-alpha, 2, -alpha / 2, -alpha * INF, 7, INF], dtype), length)
        assert same_bits(getattr(relu_fast, name)(x, alpha), expected), length


# ---- elu ---------------------------------------------------------------------


def test_elu_near_zero_keeps_its_digits(isa, dtype):
    """`exp(x) - 1` cancels.

    Seen in ONNX Runtime: elu(-1e-8) is 0 in float32, as is that expression in numexpr, which
    keeps half the digits in float64.  In JAX elu of a subnormal is 0.
    """
    info = np.finfo(dtype)
    x = [-1e-2, -1e-4, -1e-6, -1e-8, -1e-12, -1e-20, -1e-30, -info.tiny, -info.smallest_subnormal]
    x = np.array([*x, -info.tiny / 8, -info.smallest_subnormal * 5], dtype)
    for length in (1, 2, len(x), 50):
        some = np.resize(x, length)
        y = relu_fast.elu(some)
        assert (y < 0).all()
        error, at = reference.worst(y, reference.exact("elu", [some]))
        assert error <= 1, some[at]
    assert relu_fast.elu(x.dtype.type(-1e-8)) == x.dtype.type(np.expm1(x.dtype.type(-1e-8)))


def test_elu_gradient_in_the_deep_tail(isa, dtype):
    """Taken from the result, as y + alpha, it is 0.

    Seen: 0 at each of these x in JAX, and in PyTorch with inplace=True.
    """
    x = {"float32": [-20, -50, -87, -100], "float64": [-40, -700, -740]}[dtype]
    for length in (1, len(x), 50):
        some = np.resize(np.array(x, dtype), length)
        for got in (relu_fast.elu_grad(some), relu_fast.elu_backward(np.ones_like(some), some)):
            assert (got > 0).all()
            error, at = reference.worst(got, reference.exact("elu_grad", [some]))
            assert error <= 1, some[at]


def test_elu_of_minus_infinity_is_minus_alpha(isa, dtype):
    """An exponential that is clamped, or a polynomial at the end of its range, just misses it."""
    info = np.finfo(dtype)
    some = [0.1, 0.3, 0.7, 1.0, 1.6732632, 3.3, 1e-30, 1e30, -0.3, info.max, info.tiny, 1 / 3]
    for alpha in np.array([*some, 5 * info.smallest_subnormal], dtype):
        for length in LENGTHS:
            x = np.full(length, -INF, dtype)
            assert same_bits(relu_fast.elu(x, alpha), -alpha), (alpha, length)
            assert same_bits(relu_fast.elu(x, np.full_like(x, alpha)), -alpha), (alpha, length)


# ---- Gradients ---------------------------------------------------------------

OF_X = [f for f in SINGLE if "x" in f.form.inputs]
GRADIENTS = [f for f in OF_X if f.form.outputs != ("y",)]


@each(GRADIENTS)
def test_gradient_at_nan_is_nan_at_every_place(isa, dtype, function):
    """Vector body and tail are often written twice, and differ.

    Seen in PyTorch: that of elu at NaN is 1 in an array of 31, NaN in one of 32, and both in
    one of 33 (float32); that of relu is always 1, and of leaky_relu alpha.  In JAX relu's is 0.
    """
    for x, place in at_each_place(NAN, -3, dtype):
        operands = arrays(function, x, np.full_like(x, 2))
        got = made(function)(*operands, *function.activation.typical)
        assert np.flatnonzero(np.isnan(got)).tolist() == [place], len(x)


ZERO_DERIVATIVES = [
    (relu_fast.relu_backward, (), [-INF, -1e30, -3, -1e-40, -0.0, 0.0]),
    (relu_fast.leaky_relu_backward, (0.0,), [-INF, -1e30, -3, -1e-40, -0.0, 0.0]),
    (relu_fast.prelu_backward, (0.0,), [-INF, -1e30, -3, -1e-40, -0.0, 0.0]),
    (relu_fast.elu_backward, (0.0,), [-INF, -1e30, -3, -1e-40, -0.0, 0.0]),
    (relu_fast.elu_backward, (1.0,), [-INF]),
    (relu_fast.elu_backward, (2.0,), [-INF]),
]


@pytest.mark.parametrize("g", [INF, -INF, NAN])
@pytest.mark.parametrize(("backward", "alpha", "x"), ZERO_DERIVATIVES)
def test_zero_derivative_wins_over_any_gradient(isa, dtype, backward, alpha, x, g):
    """A zero that is multiplied gives NaN.

    Seen in PyTorch and JAX for leaky_relu with alpha = 0, elu with alpha = 0, and elu at -inf.
    """
    for length in LENGTHS:
        some = np.resize(np.array(x, dtype), length)
        assert (backward(np.full_like(some, g), some, *alpha) == 0).all(), length
        if alpha:
            each = np.full_like(some, alpha[0])
            assert (backward(np.full_like(some, g), some, each) == 0).all(), length


SQUARE = [
    (shape, tuple(n if i == axis else 1 for i, n in enumerate(shape))[lead:])
    for shape in [(4, 4), (2, 5, 5, 5), (3, 3, 3), (5, 5, 5, 5)]
    for axis in range(len(shape))
    for lead in range(axis + 1)
] + [((4, 4), ()), ((2, 5, 5, 5), (5, 1, 5)), ((2, 5, 5, 5), (1, 5, 5))]


@each(SUMS)
@pytest.mark.parametrize(("shape", "alpha_shape"), SQUARE)
def test_alpha_gradient_of_square_arrays(isa, dtype, function, shape, alpha_shape):
    """Who looks for alpha's axis by its length finds another one that is as long."""
    draws = np.random.default_rng(len(shape))
    g, x = (draws.normal(0, 2, shape).astype(dtype) for _ in range(2))
    got = made(function)(g, x, np.full(alpha_shape, 0.25, dtype))
    assert np.shape(got) == alpha_shape
    aligned = (1,) * (len(shape) - len(alpha_shape)) + alpha_shape
    for index in np.ndindex(aligned):
        mine = tuple(
            slice(None) if n == 1 else slice(i, i + 1) for i, n in zip(index, aligned, strict=True)
        )
        sum_of_one = np.reshape(got, aligned)[index]
        operands = [g[mine].ravel(), x[mine].ravel()]
        exponent = function.activation.sum_bounds[dtype]
        error = reference.error_of_sum(sum_of_one, function.name, operands, exponent)
        assert error <= 1, index


# ---- Everything --------------------------------------------------------------


@each(OF_X)
def test_view_that_is_shifted_by_one_gives_the_same_bits(isa, dtype, function):
    """Elements that change from the vector body to the tail must not change their value.

    Seen in PyTorch and ONNX Runtime: elu of a slice of 1 to 39 elements, float32, is not always
    that slice of elu.
    """
    x = np.random.default_rng(1).normal(0, 3, 200).astype(dtype)
    operands = arrays(function, x, x[::-1].copy())
    given = parameters(function, 1.5)
    whole = made(function)(*operands, *given)
    for length in LENGTHS:
        for start in range(20):
            part = slice(start, start + length)
            assert same_bits(made(function)(*(o[part] for o in operands), *given), whole[part])


# ---- Smooth functions --------------------------------------------------------------
#
# These ask the others, where they are installed; ours at many such places: test_tails.py.


def torch():
    module = pytest.importorskip("torch")
    module.set_num_threads(1)
    return module


def jax():
    return pytest.importorskip("jax")


def is_lost(theirs, name, x):
    """Whether theirs is far from what ours, at that x in float32, is near to."""
    x = np.float32([x])
    (exact,) = reference.exact(name, [x])
    ours = getattr(relu_fast, name)(x)[0]
    assert reference.error_in_ulp(ours, exact) <= 2
    return reference.error_in_ulp(np.float32(theirs), exact) > 100


@pytest.mark.parametrize(
    ("name", "call", "x"),
    [
        ("silu", "silu(x)", -90.0),
        ("gelu", "gelu(x)", -6.0),
        ("gelu_tanh", "gelu(x, approximate='tanh')", -6.0),
        ("tanhshrink", "tanhshrink(x)", 1e-4),
    ],
)
def test_tails_of_pytorch(name, call, x):
    """1 + exp(90) is inf, 1 + erf(-4.2) and 1 + tanh(-12) are 0, x - tanh(x) cancels.

    Seen: 0, where numbers are from 1e-37 to 1e-8.
    """
    functional = torch().nn.functional
    theirs = eval(f"f.{call}", {"f": functional, "x": torch().tensor([x] * 33)})
    assert is_lost(theirs[0].item(), name, x)


def test_threshold_of_pytorch():
    """Seen: softplus(20.5) in float64 is 20.5, which is 350,000 ULP too small."""
    theirs = torch().nn.functional.softplus(torch().tensor([20.5], dtype=torch().float64))
    assert theirs.item() == 20.5
    assert relu_fast.softplus(20.5) - 20.5 == pytest.approx(math.exp(-20.5), rel=1e-5)


@pytest.mark.parametrize("name", ["silu", "mish", "gelu"])
def test_limits_at_minus_infinity_of_pytorch_and_jax(name):
    """-inf times 0.  Seen: NaN in both."""
    assert same_bits(getattr(relu_fast, name)(np.full(33, -INF, np.float32)), -0.0)
    functional = torch().nn.functional
    assert math.isnan(getattr(functional, name)(torch().tensor([-INF])).item())
    assert np.isnan(getattr(jax().nn, name)(np.float32([-INF])))


@pytest.mark.parametrize(
    ("name", "theirs", "x"),
    [("silu", "silu", -88.0), ("mish", "mish", -88.0), ("gelu_tanh", "gelu", -5.0)],
)
def test_tails_of_jax(name, theirs, x):
    """Seen: 0, and softplus(-95) is 0, too: JAX flushes subnormals."""
    assert is_lost(np.asarray(getattr(jax().nn, theirs)(np.float32([x])))[0], name, x)


@pytest.mark.parametrize(("name", "x"), [("sigmoid", 20.0), ("tanh", 12.0)])
def test_derivatives_from_the_result_of_pytorch_and_jax(name, x):
    """y (1 - y) and 1 - y^2, where y is rounded to 1.  Seen: 0 in both."""
    variable = torch().tensor([x], requires_grad=True)
    getattr(torch(), name)(variable).backward()
    assert is_lost(variable.grad.item(), f"{name}_grad", x)
    function = {"sigmoid": jax().nn.sigmoid, "tanh": jax().numpy.tanh}[name]
    assert is_lost(jax().grad(function)(x), f"{name}_grad", x)


def test_normal_distribution_of_scipy():
    """Seen: ndtr in float64 is up to 260 ULP off below -10: it squares what is rounded."""
    special = pytest.importorskip("scipy.special")
    x = np.linspace(-30, -10, 400)
    exact = reference.exact("gelu", [x])
    ours, _ = reference.worst(relu_fast.gelu(x), exact)
    theirs, _ = reference.worst(x * special.ndtr(x), exact)
    assert ours <= 2
    assert theirs > 50
