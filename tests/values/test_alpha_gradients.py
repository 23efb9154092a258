"""The gradient of a learned alpha: shapes, exactness, fixed bits, errors."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support import covering, reference, strategies, team
from support.dtypes import HALVES
from support.functions import SUMS, made
from support.reference import bits

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import FUNCTIONS
from relu_fast.accuracy.definitions import NUMPY, evaluate

pytestmark = [pytest.mark.version, pytest.mark.sanitizer, pytest.mark.coverage]

NAMES = [function.name for function in SUMS]
PRELU = "prelu_alpha_backward"


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
    return made(FUNCTIONS[name])(g, x, alpha)


def plain(name, g, x, alpha_shape):
    """The textbook sum in float64, for comparison within rounding."""
    function = FUNCTIONS[name]
    typical = zip(function.activation.parameters, function.activation.typical, strict=True)
    operands = {"g": g.astype(np.float64), "x": x.astype(np.float64)}
    with np.errstate(all="ignore"):
        (terms,) = evaluate(NUMPY, function, operands | {p.name: value for p, value in typical})
    return terms.sum(axis=summed_axes(g.shape, alpha_shape), keepdims=True).reshape(alpha_shape)


SHAPES = [
    ((), ()),
    ((5,), ()),
    ((5,), (1,)),
    ((5,), (5,)),
    ((4, 3), (3,)),
    ((4, 3), (4, 1)),
    ((4, 3), (1, 1)),
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


@pytest.mark.heavy
@pytest.mark.parametrize("name", NAMES)
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


@pytest.mark.heavy
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("shape", "alpha_shape"),
    [
        ((1,), ()),
        ((7,), ()),
        ((100,), ()),
        ((5000,), ()),
        ((501, 3), (3,)),
        ((3, 20, 7, 7), (20, 1, 1)),
    ],
)
def test_error_bound(isa, dtype, name, shape, alpha_shape):
    g, x = data(shape, dtype, seed=shape[0])
    got = np.ravel(gradient(name, g, x, np.full(alpha_shape, 0.25, dtype)))
    assert_within_bound(got, name, g, x, alpha_shape)


def assert_within_bound(got, name, g, x, alpha_shape):
    stated = FUNCTIONS[name].activation.sum_bounds
    exponent = stated["float32" if g.dtype.itemsize == 2 else g.dtype.name]  # halves' sums, too
    places = np.broadcast_to(np.arange(got.size).reshape(alpha_shape), g.shape)
    for place in range(got.size):
        mine = places == place
        operands = [g[mine], x[mine]]
        assert reference.error_of_sum(got[place], name, operands, exponent) <= 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize(("shape", "alpha_shape"), [((700,), ()), ((3, 20, 4), (20, 1))])
def test_error_bound_of_halves(some_isa, half, name, shape, alpha_shape):
    g, x = data(shape, half)
    got = gradient(name, g, x, np.full(alpha_shape, 0.25, half))
    assert (got.dtype, got.shape) == (half, alpha_shape)
    assert_within_bound(np.ravel(got), name, g, x, alpha_shape)


# Every way to cut rows and chains: short rows, long ones, both kinds of dimension
# in one row, rows with a rest, several chunks, and sums that are added last.
AWKWARD = [
    ((1100003,), ()),
    ((5, 7, 11, 13), (7, 1, 13)),
    ((40001, 3), (3,)),
    ((40001, 3), (40001, 1)),
    ((3000, 330), (330,)),
    ((330, 3000), (330, 1)),
    ((300, 1500), (1500,)),
    ((37, 10007), (10007,)),
    ((70, 90, 33), (90, 33)),
    ((21, 19, 7, 7), (19, 1, 1)),
    ((70, 129, 7, 7), (129, 1, 1)),
    ((6, 5, 56, 57), (5, 1, 1)),
    ((40, 6, 100, 44), (6, 1, 1)),
    ((9, 14, 15, 16), (14, 1, 16)),
    ((6, 2, 3, 3001), (2, 1, 3001)),
    ((300, 400), (300, 400)),
]


def random_axes(array):
    """The same array, its axes in another order in memory, some of them backwards."""
    draws = np.random.default_rng(array.size)
    order = draws.permutation(array.ndim)
    steps = tuple(slice(None, None, step) for step in draws.choice([1, -1], array.ndim))
    return np.ascontiguousarray(array[steps].transpose(order)).transpose(np.argsort(order))[steps]


def stretched(array):
    """The same array with gaps between the elements, and between the rows."""
    memory = np.zeros([2 * length + 1 for length in array.shape], array.dtype)
    view = memory[tuple(slice(0, -1, 2) for _ in array.shape)]
    view[...] = array
    return view


def padded(array):
    """The same array with gaps between the rows alone."""
    memory = np.zeros((*array.shape[:-1], array.shape[-1] + 3), array.dtype)
    memory[..., :-3] = array
    return memory[..., :-3]


LAYOUTS = {
    "C": lambda a: a,
    "F": np.asfortranarray,
    "last axis outermost": lambda a: np.moveaxis(np.moveaxis(a, -1, 0).copy(), 0, -1),
    "second axis innermost": lambda a: np.moveaxis(
        np.moveaxis(a, min(1, a.ndim - 1), -1).copy(), -1, min(1, a.ndim - 1)
    ),
    "random axes": random_axes,
    "reversed": lambda a: np.flip(np.flip(a).copy()),
    "stretched": stretched,
    "padded": padded,
    "misaligned": lambda a: (
        np.frombuffer(b"x" + a.tobytes(), np.uint8)[1:].view(a.dtype).reshape(a.shape)
    ),
    "byteswapped": lambda a: a.astype(a.dtype.newbyteorder()),
}
ISAS = relu_fast.config()["isas_supported"]
# Of g and x: all the same, and each with its neighbour.
BOTH_LAYOUTS = [*((k, k) for k in LAYOUTS), *itertools.pairwise(LAYOUTS)]
COVERING = covering.cases((ISAS, (1, 2, 3, 7), BOTH_LAYOUTS))


def all_bits(name, g, x, alpha):
    return bits(np.atleast_1d(gradient(name, g, x, alpha))).tobytes()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("shape", "alpha_shape"), AWKWARD)
def test_same_bits(dtype, name, shape, alpha_shape):
    """On every ISA, by any number of threads, in every layout: each pair of them, in turns."""
    g, x = data(shape, dtype)
    alpha = np.zeros(alpha_shape, dtype)
    active = relu_fast.config()["isa"]
    _ufuncs.select_isa(ISAS[-1])
    with relu_fast.num_threads(1):
        expected = all_bits(name, g, x, alpha)
    laid_out = {key: (layout(g), layout(x)) for key, layout in LAYOUTS.items()}
    differ = []
    turn = 2 * NAMES.index(name) + (dtype == "float64")
    for case in COVERING[turn :: 2 * len(NAMES)]:
        isa, threads, (of_g, of_x) = case
        _ufuncs.select_isa(isa)
        with relu_fast.num_threads(threads):
            team.wake()
            if all_bits(name, laid_out[of_g][0], laid_out[of_x][1], alpha) != expected:
                differ.append(case)
    _ufuncs.select_isa(active)
    assert not differ


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_shape_and_layout(data):
    """Against the plain sum; the bits against those of contiguous copies."""
    dtype = data.draw(st.sampled_from(["float32", "float64"]))
    shape = data.draw(st.lists(st.integers(0, 7) | st.integers(0, 40), max_size=5).map(tuple))
    assume(np.prod(shape) <= 20000)
    alpha_shape = tuple(data.draw(st.sampled_from([1, n])) for n in shape)
    alpha_shape = alpha_shape[data.draw(st.integers(0, len(shape))) :]
    thin = [tuple(data.draw(st.sampled_from([1, n, n, n])) for n in shape) for _ in range(2)]
    g, x = (data.draw(strategies.arrays(own, dtype)) for own in thin)
    name = data.draw(st.sampled_from(NAMES))
    alpha = np.zeros(alpha_shape, dtype)
    whole = np.broadcast_shapes(g.shape, x.shape, alpha_shape)
    copies = [np.broadcast_to(a, whole).astype(dtype) for a in (g, x)]
    got = gradient(name, g, x, alpha)
    assert np.shape(got) == alpha_shape
    assert bits(np.atleast_1d(got)).tobytes() == all_bits(name, *copies, alpha)
    with np.errstate(all="ignore"):
        expected = plain(name, *copies, alpha_shape).astype(dtype)
        size = np.abs(copies[0].astype(float)).max(initial=1, where=np.isfinite(copies[0]))
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5 * size)


@pytest.mark.heavy
@pytest.mark.parametrize("alpha_shape", [(), (3,), (2**16, 1, 1)])
def test_more_than_two_to_the_31_elements(alpha_shape):
    """One row, repeated without memory: the sum is known."""
    g = np.broadcast_to(np.float32(1), (2**16, 11003, 3))
    x = np.broadcast_to(np.array([-1, 2, -3], np.float32), g.shape)
    assert g.size > 2**31
    got = gradient(PRELU, g, x, np.zeros(alpha_shape, np.float32))
    expected = {(): -4.0 * 2**16 * 11003, (3,): np.array([-1.0, 0.0, -3.0]) * 2**16 * 11003}
    np.testing.assert_array_equal(got, np.float32(expected.get(alpha_shape, -4.0 * 11003)))


@pytest.mark.heavy
def test_is_the_gradient_of_the_loss():
    """Central differences of sum(g * f(x, alpha)) with respect to each alpha."""
    g, x = data((6, 4, 5), "float64")
    alpha = np.linspace(0.1, 1, 4).reshape(4, 1)
    for name in NAMES:
        function = getattr(relu_fast, FUNCTIONS[name].activation.name)
        got = gradient(name, g, x, alpha)
        for channel in range(4):
            step = np.zeros_like(alpha)
            step[channel] = 2.0**-10
            rise = (g * (function(x, alpha + step) - function(x, alpha - step))).sum()
            assert rise / 2.0**-9 == pytest.approx(got[channel, 0], rel=1e-9)


def test_zero_derivative_is_selected(dtype):
    g = np.array([np.inf, np.nan, -np.inf, 1.0], dtype)
    x = np.array([1.0, 2.0, 0.0, -3.0], dtype)
    assert gradient(PRELU, g, x, 0.25) == -3
    assert gradient("elu_alpha_backward", g, x, 1.0) == np.dtype(dtype).type(np.expm1(-3.0))
    assert np.isnan(gradient(PRELU, np.ones(2, dtype), np.array([np.nan, -1], dtype), 0.25))


@pytest.mark.parametrize(("shape", "alpha_shape"), AWKWARD)
def test_zero_derivative_is_selected_everywhere(isa, dtype, shape, alpha_shape):
    """No place of a row, no rest and no padding multiplies g by a zero."""
    g = np.full(shape, np.inf, dtype)
    got = gradient(PRELU, g, np.ones(shape, dtype), np.zeros(alpha_shape, dtype))
    assert not np.any(got)
    x = np.ones(shape, dtype)
    x[(-1,) * len(shape)] = np.nan
    got = gradient(PRELU, g, x, np.zeros(alpha_shape, dtype))
    assert np.isnan(np.ravel(got)[-1])
    assert np.count_nonzero(got) == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("alpha", [0.25, np.full(3, 0.25)], ids=["one", "one per column"])
def test_by_keyword(name, alpha):
    g, x = data((8, 3), "float64")
    function = FUNCTIONS[name]
    found = made(function)(g, x, **{function.parameter.name: alpha})
    assert np.all(found == gradient(name, g, x, alpha))


def test_dtypes():
    g, x = data((8, 3), "float32")
    assert gradient(PRELU, g, x, np.zeros(3)).dtype == np.float64
    assert gradient(PRELU, g, x, 0.25).dtype == np.float32
    assert gradient(PRELU, g.astype("f8"), x, np.zeros(3, "f4")).dtype == np.float32
    assert gradient(PRELU, g, x, np.zeros(3, "f2")).dtype == np.float16
    swapped = gradient(PRELU, g.astype(">f4"), x.astype(">f4"), np.zeros(3, "f4"))
    np.testing.assert_array_equal(swapped, gradient(PRELU, g, x, np.zeros(3, "f4")))
    packed = np.zeros(24 * 4 + 1, np.uint8)[1:].view("f4").reshape(8, 3)
    packed[:] = g
    np.testing.assert_array_equal(
        gradient(PRELU, packed, x, np.zeros(3, "f4")), gradient(PRELU, g, x, np.zeros(3, "f4"))
    )
    assert gradient(PRELU, [1, 2], [-1, -3], 1) == -7
    huge = np.full(4, 3e38, np.float32)
    assert gradient(PRELU, huge, -huge, np.float32(0.25)) == -np.inf


def test_broadcast_operands():
    g = np.ones((4, 3), np.float32)
    x = np.array([-1.0, 2.0, -3.0], np.float32)
    np.testing.assert_array_equal(gradient(PRELU, g, x, np.zeros(3, "f4")), [-4, 0, -12])
    assert gradient(PRELU, np.float32(2), x, 0.25) == -8
