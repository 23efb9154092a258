"""Integers come back as they are from relu and relu6, and from others as in NumPy."""

import numpy as np
import pytest
from support import functions

import relu_fast
from relu_fast import _ufuncs

pytestmark = pytest.mark.coverage

INTEGERS = [np.dtype(kind) for kind in "bBhHiIlLqQ"]
KEPT = [f for f in functions.UFUNCS if f.takes_integers]
OTHERS = [f for f in functions.UFUNCS if not f.takes_integers]
LIMITS = {"relu": None, "relu6": 6}


@pytest.fixture(params=INTEGERS, ids=[f"{d.char}-{d}" for d in INTEGERS])
def kind(request):
    return request.param


@pytest.fixture(params=[True, False], ids=["fast path", "numpy's path"])
def path(request):
    _ufuncs.set_fast_path(request.param)
    yield
    _ufuncs.set_fast_path(True)


def numbers(kind):
    """All of 8 and 16 bits; of others, the ends and those around 0 and 6."""
    info = np.iinfo(kind)
    if kind.itemsize <= 2:
        return np.arange(info.min, info.max + 1).astype(kind)
    near = range(max(-200, info.min), 200)
    ends = [info.min, info.min + 1, info.max - 1, info.max, info.max // 2, 2**31 - 1, 2**24 + 1]
    return np.array([*near, *ends], kind)


def rectified(x, limit):
    """By Python's integers."""
    return np.array(
        [max(0, n) if limit is None else min(max(0, n), limit) for n in x.tolist()], x.dtype
    )


def test_which_functions_keep_integers():
    assert [f.name for f in KEPT] == ["relu", "relu6"]


@pytest.mark.usefixtures("isa", "path")
@functions.each(KEPT)
def test_exact(kind, function):
    """At every length up to two vectors and one, out of place and in place."""
    ufunc, x = functions.made(function), numbers(kind)
    expected = rectified(x, LIMITS[function.name])
    y = ufunc(x)
    assert y.dtype == kind
    np.testing.assert_array_equal(y, expected)
    for length in range(131):
        np.testing.assert_array_equal(ufunc(x[:length]), expected[:length])
    twin = getattr(relu_fast, function.name + "_")
    assert twin(x) is x
    np.testing.assert_array_equal(x, expected)


@pytest.mark.sanitizer
@pytest.mark.usefixtures("path")
@functions.each(KEPT)
def test_layouts(kind, function):
    ufunc = functions.made(function)
    x = np.resize(numbers(kind), (48, 50))
    for view in (x.T, x[::-1, ::2], x[:, ::-1], x[:, 3], x[:0], np.broadcast_to(x[:1], x.shape)):
        expected = rectified(view.ravel(), LIMITS[function.name]).reshape(view.shape)
        np.testing.assert_array_equal(ufunc(view), expected)
        out = np.empty(view.shape[::-1], kind).T  # in another order than most views
        assert ufunc(view, out=out) is out
        np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(ufunc(x.astype(kind.newbyteorder())), ufunc(x))
    memory = np.zeros(x.nbytes + 1, np.uint8)
    unaligned = memory[1:].view(kind)
    unaligned[...] = x.ravel()
    np.testing.assert_array_equal(ufunc(unaligned), ufunc(x).ravel())
    shifted = x.ravel().copy()  # NumPy copies what overlaps
    expected = ufunc(shifted[:-1])
    ufunc(shifted[:-1], out=shifted[1:])
    np.testing.assert_array_equal(shifted[1:], expected)


@functions.each(KEPT)
def test_fast_path(kind, function):
    ufunc = functions.made(function)
    _ufuncs.set_fast_path(True, only=True)
    try:
        x = np.resize(numbers(kind), (48, 50))
        for view in (x, x.T, x[::2], x[0, 0]):
            assert ufunc(np.asarray(view)).dtype == kind
        assert type(ufunc(np.array(3, kind))) is kind.type
    finally:
        _ufuncs.set_fast_path(True)


@functions.each(KEPT)
def test_threads_and_streaming(kind, function):
    """The same numbers past the cache, on two threads."""
    ufunc, x = functions.made(function), np.resize(numbers(kind), 300_001)
    expected = ufunc(x)
    np.testing.assert_array_equal(expected[:2000], rectified(x[:2000], LIMITS[function.name]))
    _ufuncs.set_cache_bytes(1)
    try:
        with relu_fast.num_threads(2):
            for first in (0, 1, 7):
                out = np.full(x.size + 1, 3, kind)
                ufunc(x[first:], out=out[first:-1])
                np.testing.assert_array_equal(out[first:-1], expected[first:])
                assert (out[:first] == 3).all()
                assert out[-1] == 3
    finally:
        _ufuncs.set_cache_bytes(0)


@pytest.mark.version
def test_other_types(kind):
    x = np.arange(5).astype(kind)
    assert relu_fast.relu(x, dtype=np.float32).dtype == np.float32
    assert relu_fast.relu(np.array([True, False])).dtype == np.int8
    assert relu_fast.relu(3) == 3
    assert relu_fast.relu(-3) == 0
    assert type(relu_fast.relu(-3)) is np.int64
    assert relu_fast.relu([1, -2]).dtype == np.int64
    masked = relu_fast.relu(np.ma.array(x, mask=x > 2))
    assert masked.dtype == kind
    assert masked.mask.tolist() == (x > 2).tolist()
    out = np.full(5, 9, kind)
    relu_fast.relu(x, out=out, where=x > 2)
    assert out.tolist() == [9, 9, 9, 3, 4]
    with pytest.raises(TypeError, match="relu"):
        relu_fast.relu(x.astype(complex))


@pytest.mark.version
@pytest.mark.usefixtures("path")
@functions.each(functions.of_each_call(OTHERS) + functions.named("relu_grad", "relu6_backward"))
def test_others_compute_as_numpy(kind, function):
    """In the float type of np.exp, or where a parameter is a Python float, in float64."""
    x = np.arange(1, 5).astype(kind)
    arrays = functions.arrays(function, x)
    results = functions.made(function)(*arrays, *function.activation.required)
    wanted = np.float64 if function.activation.parameters else np.exp(x).dtype
    assert {y.dtype for y in functions.as_tuple(results)} == {np.dtype(wanted)}
