"""The gradient of a learned alpha: shapes, exactness, fixed bits, errors."""

import itertools

import numpy as np
import pytest
import reference
from reference import bits

import relu_fast
from relu_fast import _ufuncs

FUNCTIONS = ["prelu", "elu"]


def data(shape, dtype, seed=1):
    draws = np.random.default_rng(seed)
    return draws.normal(size=shape).astype(dtype), draws.normal(0, 2, shape).astype(dtype)


def summed_axes(shape, alpha_shape):
    lead = len(shape) - len(alpha_shape)
    return tuple(range(lead)) + tuple(
        axis
        for axis in range(lead, len(shape))
        if alpha_shape[axis - lead] == 1 and shape[axis] != 1
    )


def gradient(name, g, x, alpha):
    return getattr(relu_fast, name + "_alpha_backward")(g, x, alpha)


def plain(name, g, x, alpha_shape):
    """The textbook sum in float64, for comparison within rounding."""
    with np.errstate(all="ignore"):
        slope = np.where(x > 0, 0, x if name == "prelu" else np.expm1(x.astype(np.float64)))
    terms = g.astype(np.float64) * slope
    return terms.sum(axis=summed_axes(g.shape, alpha_shape), keepdims=True).reshape(alpha_shape)


SHAPES = [
    ((), ()),
    ((5,), ()),
    ((5,), (1,)),
    ((5,), (5,)),
    ((4, 3), (3,)),
    ((4, 3), (4, 1)),
    ((4, 3), (1, 1)),
    ((3, 3), (3, 1)),  # two axes of equal length
    ((3, 3), (1, 3)),
    ((2, 3, 4, 5), (3, 1, 1)),
    ((2, 3, 4, 5), (1, 3, 1, 1)),
    ((2, 3, 4, 5), (2, 1, 4, 1)),
    ((2, 3, 4, 5), (3, 4, 5)),
    ((2, 3, 4, 5), (4, 1)),
    ((2, 3, 4, 5), (2, 3, 4, 5)),
    ((300, 17), (17,)),
    ((17, 300), (17, 1)),
    ((4097,), (1,)),
    ((3, 2, 49, 50), (2, 1, 1)),
    ((1, 1, 6), (1, 1)),
    ((7, 0), (7, 1)),
    ((0, 7), (7,)),
    ((0, 7), (1, 1)),
]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("shape", "alpha_shape"), SHAPES)
def test_sums_to_exactly_the_shape_of_alpha(isa, dtype, name, shape, alpha_shape):
    g, x = data(shape, dtype)
    alpha = np.full(alpha_shape, 0.25, dtype)
    got = gradient(name, g, x, alpha)
    assert np.shape(got) == alpha_shape
    assert got.dtype == dtype
    assert isinstance(got, np.ndarray) == (alpha_shape != ())
    expected = plain(name, g, x, alpha_shape)
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-5 if dtype == "float32" else 1e-13)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("count", [1, 7, 100, 5000])
def test_error_bound(isa, dtype, name, count):
    g, x = data((count,), dtype, seed=count)
    got = gradient(name, g, x, 0.25)
    exact, magnitude = reference.alpha_gradient(name, g, x)
    fraction = {"prelu": -45, "elu": -22}[name] if dtype == "float32" else -44
    allowed = reference.ulp(exact, dtype) + magnitude * reference.gmpy2.exp2(fraction)
    assert abs(reference.mpfr(float(got)) - exact) <= allowed


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("shape", "alpha_shape"),
    [
        ((40, 6, 100, 44), (6, 1, 1)),
        ((3000, 330), (330,)),
        ((330, 3000), (330, 1)),
        ((1100003,), ()),
    ],
)
def test_same_bits_for_isa_threads_and_layout(dtype, name, shape, alpha_shape):
    g, x = data(shape, dtype)
    alpha = np.zeros(alpha_shape, dtype)
    seen = set()
    active = relu_fast.config()["isa"]
    try:
        for isa, threads in itertools.product(relu_fast.config()["isas_supported"], (1, 2, 3, 7)):
            _ufuncs.select_isa(isa)
            with relu_fast.num_threads(threads):
                seen.add(bits(np.atleast_1d(gradient(name, g, x, alpha))).tobytes())
                seen.add(
                    bits(
                        np.atleast_1d(
                            gradient(name, np.asfortranarray(g), np.flip(np.flip(x).copy()), alpha)
                        )
                    ).tobytes()
                )
    finally:
        _ufuncs.select_isa(active)
    assert len(seen) == 1


def test_is_the_gradient_of_the_loss():
    """Central differences of sum(g * f(x, alpha)) with respect to each alpha."""
    g, x = data((6, 4, 5), "float64")
    alpha = np.linspace(0.1, 1, 4).reshape(4, 1)
    for name in FUNCTIONS:
        function = getattr(relu_fast, name)
        got = gradient(name, g, x, alpha)
        for channel in range(4):
            step = np.zeros_like(alpha)
            step[channel] = 2.0**-10
            rise = (g * (function(x, alpha + step) - function(x, alpha - step))).sum()
            assert rise / 2.0**-9 == pytest.approx(got[channel, 0], rel=1e-9)


def test_zero_derivative_is_selected(dtype):
    g = np.array([np.inf, np.nan, -np.inf, 1.0], dtype)
    x = np.array([1.0, 2.0, 0.0, -3.0], dtype)
    assert gradient("prelu", g, x, 0.25) == -3
    assert gradient("elu", g, x, 1.0) == np.dtype(dtype).type(np.expm1(-3.0))
    assert np.isnan(gradient("prelu", np.ones(2, dtype), np.array([np.nan, -1], dtype), 0.25))


def test_dtypes():
    g, x = data((8, 3), "float32")
    assert gradient("prelu", g, x, np.zeros(3)).dtype == np.float64
    assert gradient("prelu", g, x, 0.25).dtype == np.float32
    assert gradient("prelu", g.astype("f8"), x, np.zeros(3, "f4")).dtype == np.float32
    assert gradient("prelu", g, x, np.zeros(3, "f2")).dtype == np.float16
    swapped = gradient("prelu", g.astype(">f4"), x.astype(">f4"), np.zeros(3, "f4"))
    np.testing.assert_array_equal(swapped, gradient("prelu", g, x, np.zeros(3, "f4")))
    packed = np.zeros(24 * 4 + 1, np.uint8)[1:].view("f4").reshape(8, 3)
    packed[:] = g
    np.testing.assert_array_equal(
        gradient("prelu", packed, x, np.zeros(3, "f4")), gradient("prelu", g, x, np.zeros(3, "f4"))
    )
    assert gradient("prelu", [1, 2], [-1, -3], 1) == -7
    huge = np.full(4, 3e38, np.float32)
    assert gradient("prelu", huge, -huge, np.float32(0.25)) == -np.inf


def test_broadcast_operands():
    g = np.ones((4, 3), np.float32)
    x = np.array([-1.0, 2.0, -3.0], np.float32)
    np.testing.assert_array_equal(gradient("prelu", g, x, np.zeros(3, "f4")), [-4, 0, -12])
    assert gradient("prelu", np.float32(2), x, 0.25) == -8


@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors_name_the_argument(name):
    g, x = data((4, 3), "float32")
    with pytest.raises(TypeError, match=f"{name}_alpha_backward: alpha must be floating-point"):
        gradient(name, g, x, np.zeros(3, np.int64))
    with pytest.raises(ValueError, match=r"g \(4, 3\), x \(4, 3\) and alpha \(2,\)"):
        gradient(name, g, x, np.zeros(2, np.float32))
    for bad in (g + 1j, g.astype(object), g.astype("U8")):
        with pytest.raises(TypeError):
            gradient(name, bad, x, 0.25)
    with pytest.raises(TypeError):
        gradient(name, g, x)
    with pytest.raises(TypeError):
        gradient(name, g, x, "0.25")
