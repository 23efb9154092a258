"""Two outputs in one pass: true ufuncs, with the bits of the two single calls."""

import pickle

import numpy as np
import pytest
from support.functions import SEVERAL, each, of_each_shape
from support.reference import bits, points

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import ACTIVATIONS

pytestmark = [pytest.mark.version, pytest.mark.sanitizer, pytest.mark.coverage]

PAIRS = SEVERAL
OF_EACH_SHAPE = of_each_shape(PAIRS)


def singles(function):
    """The functions that return each output alone."""
    ufuncs = [f for f in function.activation.functions() if f.is_ufunc]
    return [
        next(f for f in ufuncs if f.form.outputs == (output,)) for output in function.form.outputs
    ]


def expected(function, x, *parameters):
    parameters = parameters or function.activation.required
    return [getattr(relu_fast, f.name)(x, *parameters) for f in singles(function)]


def call(function, x, **keywords):
    return getattr(relu_fast, function.name)(x, *function.activation.required, **keywords)


def assert_same(found, wanted):
    assert isinstance(found, tuple)
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == other.dtype
        assert one.shape == other.shape
        assert (bits(one) == bits(other)).all()


@pytest.fixture(params=[True, False], ids=["fast path", "numpy's way"], autouse=True)
def _path(request):
    _ufuncs.set_fast_path(request.param)
    yield
    _ufuncs.set_fast_path(True)


@each(PAIRS)
def test_bits_of_the_two_calls(some_isa, dtype, function):
    x = points(dtype)
    assert_same(call(function, x), expected(function, x))
    for length in range(70):  # every tail
        assert_same(call(function, x[:length]), expected(function, x[:length]))


@each(PAIRS)
def test_half_and_other_types(function):
    x = np.arange(2**16, dtype=np.uint16).view(np.float16)
    assert_same(call(function, x), expected(function, x))
    small = np.arange(-3, 4, dtype=np.int8)  # both in the float type of the derivative
    found = call(function, small)
    assert_same(found, expected(function, small.astype(found[1].dtype)))
    swapped = np.linspace(-3, 3, 50).astype(">f4")
    assert_same(call(function, swapped), expected(function, swapped.astype("=f4")))


@pytest.mark.parametrize(
    "view",
    [
        lambda a: a[:, ::2],
        lambda a: a[::-1],
        lambda a: a.T,
        lambda a: a[:, :3],
        lambda a: a[:, 0],
        lambda a: np.broadcast_to(a[:1], a.shape),
    ],
)
@each(OF_EACH_SHAPE)
def test_layouts(dtype, function, view):
    x = view(np.linspace(-4, 4, 30 * 40).astype(dtype).reshape(30, 40))
    found, wanted = call(function, x), expected(function, x)
    assert_same(found, wanted)
    assert [y.strides for y in found] == [y.strides for y in wanted]
    out = (np.zeros(x.shape, dtype), np.zeros(x.shape[::-1], dtype).T)
    given = call(function, x, out=out)
    assert all(one is other for one, other in zip(given, out, strict=True))
    assert_same(out, wanted)


@each(OF_EACH_SHAPE)
def test_outputs_given_in_part_and_in_place(dtype, function):
    x = np.linspace(-4, 4, 1000).astype(dtype)
    wanted = expected(function, x)
    for place in range(2):
        y, out = np.empty_like(x), [None, None]
        out[place] = y
        found = call(function, x, out=tuple(out))
        assert found[place] is y
        assert_same(found, wanted)
        in_place, out = x.copy(), [np.empty_like(x), np.empty_like(x)]
        out[place] = in_place
        assert_same(call(function, in_place, out=tuple(out)), wanted)
    positional = np.empty_like(x), np.empty_like(x)
    getattr(relu_fast, function.name)(x, *function.activation.typical, *positional)
    assert_same(positional, wanted)


PAIRS_WITH_ONE = [f for f in OF_EACH_SHAPE if len(f.activation.parameters) == 1]


@each(PAIRS_WITH_ONE)
def test_outputs_over_the_input_and_its_parameters(isa, dtype, function):
    """Whichever is stored first, both are made of what the operands were before."""
    x, alphas = np.random.default_rng(0).normal(size=(2, 3000)).astype(dtype)
    wanted = expected(function, x, alphas)
    for swapped in (False, True):
        operands = x.copy(), alphas.copy()
        out = operands[::-1] if swapped else operands
        getattr(relu_fast, function.name)(*operands, out=out)
        assert_same(out, wanted)


@each(OF_EACH_SHAPE)
def test_overlapping_outputs_go_numpys_way(dtype, function):
    """NumPy copies operands that overlap; whatever it gives is what the fast path gives."""
    memory = np.linspace(-4, 4, 300).astype(dtype)

    def run(fast, make):
        _ufuncs.set_fast_path(fast)
        block = memory.copy()
        x, y, dy = make(block)
        call(function, x, out=(y, dy))
        return bits(block)

    for make in (
        lambda m: (m[:100], m[50:150], m[200:]),  # an output shifted over the input
        lambda m: (m[:100], m[200:], m[1:101]),
        lambda m: (m[:100], m[100:200], m[150:250]),  # outputs over each other
        lambda m: (m[:100], m[99::-1], m[200:]),
    ):
        assert (run(True, make) == run(False, make)).all()


@each(OF_EACH_SHAPE)
def test_where_and_dtype(function):
    x = np.linspace(-4, 4, 101).astype(np.float32)
    mask = np.arange(101) % 3 == 0
    out = np.full(101, 7, np.float32), np.full(101, 9, np.float32)
    call(function, x, out=out, where=mask)
    wanted = expected(function, x)
    assert_same(tuple(y[mask] for y in out), [y[mask] for y in wanted])
    assert (out[0][~mask] == 7).all()
    assert (out[1][~mask] == 9).all()
    wide = expected(function, x.astype(np.float64))
    assert_same(call(function, x, dtype=np.float64), wide)


@each(OF_EACH_SHAPE)
def test_threads_and_memory_past_the_cache(dtype, function):
    x = np.linspace(-9, 9, 1_200_001).astype(dtype)[1:]
    wanted = expected(function, x)
    try:
        for threads, cache in ((2, 0), (1, 1), (3, 1)):
            relu_fast.set_num_threads(threads)
            _ufuncs.set_cache_bytes(cache)
            assert_same(call(function, x), wanted)
    finally:
        relu_fast.set_num_threads(None)
        _ufuncs.set_cache_bytes(0)


@pytest.mark.parametrize("name", [a.name for a in ACTIVATIONS.values() if a.parameters])
def test_parameters_that_vary(isa, dtype, name):
    function = next(f for f in PAIRS if f.activation.name == name)
    x = np.linspace(-4, 4, 12 * 50).astype(dtype).reshape(12, 50)
    count = len(function.activation.parameters)
    for alpha in (np.linspace(0, 2, 50), np.linspace(0, 2, 12)[:, None], 0.3):
        values = [np.asarray(alpha, dtype)] * count
        found = getattr(relu_fast, function.name)(x, *values)
        assert_same(found, expected(function, x, *values))


@each(OF_EACH_SHAPE)
def test_a_true_ufunc(function):
    ufunc = getattr(relu_fast, function.name)
    assert isinstance(ufunc, np.ufunc)
    assert ufunc.nout == 2
    assert pickle.loads(pickle.dumps(ufunc)) is ufunc
    y, dy = call(function, np.float64(-1.0))
    assert type(y) is type(dy) is np.float64
    with pytest.raises(TypeError):
        call(function, np.zeros(3), out=np.zeros(3))
    with pytest.raises((TypeError, ValueError)):
        call(function, np.zeros(3), out=(np.zeros(3),))
