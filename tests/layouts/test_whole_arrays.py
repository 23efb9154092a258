"""Large arrays: any layout, any number of threads, either kind of store, the same bits."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import elements, functions
from support.elements import bits_of
from support.reference import bits

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import FUNCTIONS

pytestmark = [pytest.mark.sanitizer, pytest.mark.coverage]

UFUNCS = {f.name: functions.made(f) for f in functions.SINGLE}
CACHES = list(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"))


@pytest.fixture(autouse=True)
def _defaults():
    _ufuncs.set_fast_path(True, only=True)
    yield
    _ufuncs.set_fast_path(True)
    _ufuncs.set_cache_bytes(0)
    relu_fast.set_num_threads(None)


@pytest.fixture(params=["float32", pytest.param("float64", marks=pytest.mark.heavy)])
def dtype(request):
    return request.param


@pytest.fixture(params=["stored", "streamed"])
def stores(request):
    """Stores as for arrays that fit in the cache, and as for larger ones."""
    _ufuncs.set_cache_bytes(1 << 40 if request.param == "stored" else 1)
    return request.param


@pytest.fixture
def threads(stores, dtype):
    """One or three, so that each pair of these factors is there."""
    return 1 if (stores == "stored") == (dtype == "float32") else 3


def operands(name, x, alpha):
    g = np.roll(x, 7).reshape(x.shape) if x.size else x
    arrays = functions.arrays(FUNCTIONS[name], x, like(x, g))
    return (*arrays, *functions.parameters(FUNCTIONS[name], alpha))


def like(x, values):
    """`values` in the memory layout of `x`."""
    y = np.empty_like(x)
    y[...] = values
    return y


def contiguous(function, arguments):
    """Element by element of C-contiguous copies, on one thread: what all else must equal."""
    shape = np.broadcast_shapes(*(np.shape(a) for a in arguments))
    flat = [
        np.ascontiguousarray(np.broadcast_to(a, shape)).ravel() if np.ndim(a) else a
        for a in arguments
    ]
    _ufuncs.set_cache_bytes(1 << 40)
    with relu_fast.num_threads(1):
        return function(*flat).reshape(shape)


# Each more than 2 MiB, so that parked threads are woken; no size is a multiple of much.
LAYOUTS = {
    "contiguous": ((1, 1100003), lambda a: a[0]),
    "rows x[:, :k]": ((1031, 1500), lambda a: a[:, :1201]),
    "short rows x[:, :3]": ((300007, 4), lambda a: a[:, :3]),
    "every second row": ((2100, 1031), lambda a: a[::2]),
    "every second column": ((1031, 2100), lambda a: a[:, ::2]),
    "every third": ((1, 3300011), lambda a: a[0, ::3]),
    "backwards": ((1, 1100003), lambda a: a[0, ::-1]),
    "rows backwards": ((1031, 1031), lambda a: a[::-1]),
    "both backwards": ((1031, 1031), lambda a: a[::-1, ::-1]),
    "transposed": ((1031, 1201), lambda a: a.T),
    "transposed, short": ((4, 300007), lambda a: a.T),
    "channels last": ((9, 33, 65, 67), lambda a: a.transpose(0, 2, 3, 1)),
    "middle axes": ((9, 33, 65, 67), lambda a: a.transpose(2, 1, 0, 3)),
    "all axes": ((9, 33, 65, 67), lambda a: a.transpose(3, 1, 2, 0)[:, ::-1]),
    "many short axes": ((2,) * 20, lambda a: a.transpose(*range(19, -1, -2), *range(0, 20, 2))),
    "one long column": ((1100003, 2), lambda a: a[:, :1]),
    "broadcast rows": ((1, 1031), lambda a: np.broadcast_to(a, (1031, 1031))),
    "broadcast columns": ((1031, 1), lambda a: np.broadcast_to(a, (1031, 1031))),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout, threads, stores, dtype):
    shape, view = LAYOUTS[layout]
    draws = np.random.default_rng(3)
    x = view(draws.normal(0, 3, shape).astype(dtype))
    for name in ("relu", "elu", "leaky_relu_backward"):
        function, arguments = UFUNCS[name], operands(name, x, 0.3)
        expected = bits(contiguous(function, arguments))
        _ufuncs.set_cache_bytes(1 << 40 if stores == "stored" else 1)
        relu_fast.set_num_threads(threads)
        assert (bits(function(*arguments)) == expected).all(), name
        for out in (np.empty(x.shape, dtype), np.empty(x.shape, dtype, order="F")):
            function(*arguments, out=out)
            assert (bits(out) == expected).all(), name
        whole = np.full((*x.shape[:-1], x.shape[-1] + 5), 9, dtype)
        out = whole[..., 2:-3]
        function(*arguments, out=out)
        assert (bits(out) == expected).all(), name
        assert (whole[..., :2] == 9).all()
        assert (whole[..., -3:] == 9).all()
        target = like(x, x) if 0 in x.strides else x.copy(order="K")
        last = len(FUNCTIONS[name].form.inputs) - 1
        again = (*arguments[:last], target, *arguments[last + 1 :])
        function(*again, out=target)
        assert (bits(target) == expected).all(), name


ALPHAS = {
    "per channel": ((9, 33, 65, 67), (33, 1, 1)),
    "per channel, small pictures": ((257, 129, 7, 7), (129, 1, 1)),
    "per channel, channels last": ((257, 9, 9, 65), (65,)),
    "per row": ((1031, 1201), (1031, 1)),
    "per column": ((1031, 1201), (1201,)),
    "per column, short": ((300007, 5), (5,)),
    "per element": ((1031, 1201), (1031, 1201)),
    "one": ((1031, 1201), (1,)),
}


@pytest.mark.parametrize("alphas", ALPHAS)
@pytest.mark.parametrize("name", ["prelu", "elu_backward"])
def test_alphas(name, alphas, threads, stores, dtype):
    shape, alpha_shape = ALPHAS[alphas]
    draws = np.random.default_rng(4)
    x = draws.normal(0, 3, shape).astype(dtype)
    alpha = draws.normal(0, 1, alpha_shape).astype(dtype)
    function = UFUNCS[name]
    for view in (x, x[::-1], x.swapaxes(0, 1).copy().swapaxes(0, 1)):
        arguments = operands(name, view, alpha)
        expected = bits(contiguous(function, arguments))
        _ufuncs.set_cache_bytes(1 << 40 if stores == "stored" else 1)
        relu_fast.set_num_threads(threads)
        assert (bits(function(*arguments)) == expected).all()
        target = view.copy(order="K")
        function(*arguments[:-2], target, alpha, out=target)
        assert (bits(target) == expected).all()


@pytest.mark.skipif(not CACHES, reason="the machine does not tell its caches here")
def test_the_cache_is_the_machines_unless_told_otherwise():
    sizes = [int(path.read_text().strip().removesuffix("K")) * 1024 for path in CACHES]
    _ufuncs.set_cache_bytes(0)
    assert _ufuncs.cache_bytes() == max(sizes)
    _ufuncs.set_cache_bytes(12345)
    assert _ufuncs.cache_bytes() == 12345


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_axes_steps_and_offsets(data):
    """Shapes of up to 5 axes around the sizes where tiles begin and end."""
    lengths = st.sampled_from([1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 65, 129])
    shape = data.draw(st.lists(lengths, min_size=1, max_size=5))
    while np.prod(shape) > 200_000:
        shape[int(np.argmax(shape))] //= 2
    element = data.draw(st.sampled_from(elements.INSTALLED))
    taking = [f.name for f in functions.SINGLE if elements.takes(f, element)]
    name = data.draw(st.sampled_from(sorted(taking)))
    _ufuncs.set_fast_path(True)

    def draw_view(lengths):
        axes = data.draw(st.permutations(range(len(lengths))))
        steps = [data.draw(st.sampled_from([1, 1, 1, 2, -1, -3])) for _ in lengths]
        base = [lengths[a] * abs(steps[a]) for a in axes]
        offset = data.draw(st.integers(0, 17))
        memory = elements.some(element, int(np.prod(base)) + 17)
        memory = memory[offset : offset + int(np.prod(base))].reshape(base)
        view = memory.transpose(np.argsort(axes))
        return view[tuple(slice(None, None, s) for s in steps)]

    arguments = [draw_view(shape) for _ in FUNCTIONS[name].form.inputs]
    for _ in FUNCTIONS[name].activation.parameters:
        arguments.append(draw_view([data.draw(st.sampled_from([n, n, 1])) for n in shape]))
    expected = bits_of(contiguous(UFUNCS[name], arguments))
    out = draw_view(shape)
    streamed = data.draw(st.booleans())
    _ufuncs.set_cache_bytes(1 if streamed else 1 << 40)
    assert (bits_of(UFUNCS[name](*arguments)) == expected).all()
    UFUNCS[name](*arguments, out=out)
    assert (bits_of(out) == expected).all()
    UFUNCS[name](*arguments, out=arguments[0])
    assert (bits_of(arguments[0]) == expected).all()


@pytest.mark.heavy
@pytest.mark.parametrize("layout", [name for name in LAYOUTS if "broadcast" not in name])
def test_no_copy_of_the_data_is_made(layout):
    shape, view = LAYOUTS[layout]
    x = view(np.ones(shape, np.float32))
    out = np.empty(x.shape, np.float32)
    tracemalloc.start()
    for name in ("elu", "prelu_backward"):
        UFUNCS[name](*operands(name, x, 0.5), out=out)
        tracemalloc.reset_peak()
        held = tracemalloc.get_traced_memory()[0]
        arguments = (*functions.arrays(FUNCTIONS[name], x), 0.5)
        UFUNCS[name](*arguments, out=out)
        assert tracemalloc.get_traced_memory()[1] - held < 10_000
    tracemalloc.stop()
