"""Gated pairs are ufuncs of two arrays like any other: layouts, outputs, threads, bad input."""

import itertools
import pickle

import numpy as np
import pytest
from support.functions import GATED, as_tuple, each, made, outputs
from support.reference import bits

import relu_fast
from relu_fast import _ufuncs

pytestmark = [pytest.mark.version, pytest.mark.coverage]

VIEWS = {
    "columns": lambda a: a[:, ::2],
    "backwards": lambda a: a[::-1, ::-1],
    "transposed": lambda a: a.T,
    "short rows": lambda a: a[:, :3],
    "one column": lambda a: a[:, 0],
    "one row": lambda a: np.broadcast_to(a[:1], a.shape),
    "one number": lambda a: np.broadcast_to(a[0, 0], a.shape),
    "Fortran": np.asfortranarray,
    "swapped": lambda a: a.astype(a.dtype.newbyteorder()),
}


@pytest.fixture(params=[True, False], ids=["fast path", "numpy's way"], autouse=True)
def _path(request):
    _ufuncs.set_fast_path(request.param)
    yield
    _ufuncs.set_fast_path(True)


def operands(function, shape, dtype="float32"):
    random = np.random.default_rng(0)
    return [random.normal(0, 2, shape).astype(dtype) for _ in function.form.inputs]


def one_by_one(function, arrays):
    """Of contiguous copies, in arrays of their own."""
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    native = [np.array(np.broadcast_to(a, shape), a.dtype.newbyteorder("=")) for a in arrays]
    return as_tuple(made(function)(*(np.ravel(a) for a in native)))


def assert_same(results, wanted):
    for got, expected in zip(as_tuple(results), wanted, strict=True):
        assert got.dtype == expected.dtype
        assert (bits(got).ravel() == bits(expected)).all()


@each(GATED)
def test_a_true_ufunc(function):
    ufunc = made(function)
    assert isinstance(ufunc, np.ufunc)
    assert (ufunc.nin, ufunc.nout) == (len(function.form.inputs), len(function.form.outputs))
    assert pickle.loads(pickle.dumps(ufunc)) is ufunc
    letters = [t.partition("->")[0][0] for t in ufunc.types]
    assert letters == ["e", "f", "d"]


def test_only_two_forms():
    names = {f.activation.name for f in GATED}
    assert {f.name for f in GATED} == {n + suffix for n in names for suffix in ("", "_backward")}
    for name in names:
        assert not hasattr(relu_fast, f"{name}_")
        assert not hasattr(relu_fast, f"{name}_grad")


@each(GATED)
@pytest.mark.parametrize("view", VIEWS)
def test_layouts(dtype, function, view):
    arrays = [VIEWS[view](a) for a in operands(function, (30, 40), dtype)]
    wanted = one_by_one(function, arrays)
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    assert_same(made(function)(*arrays), wanted)
    for make in (lambda: np.zeros(shape, dtype), lambda: np.zeros(shape[::-1], dtype).T):
        out = outputs(function, make)
        assert_same(made(function)(*arrays, out=out), wanted)


@pytest.mark.sanitizer
@each(GATED)
def test_each_length_and_offset(some_isa, dtype, function):
    arrays = operands(function, 200, dtype)
    whole = as_tuple(made(function)(*arrays))
    for length, first in itertools.product(range(70), (0, 1, 3)):
        part = slice(first, first + length)
        assert_same(made(function)(*(a[part] for a in arrays)), [y[part] for y in whole])


@each(GATED)
def test_broadcasting(dtype, function):
    """Each operand in turn is a number, a row or a column; gradients have the whole shape."""
    for place, shape in itertools.product(range(len(function.form.inputs)), [(), (5,), (4, 1)]):
        arrays = operands(function, (4, 5), dtype)
        arrays[place] = np.asarray(arrays[place][tuple(slice(0, n) for n in shape)]).ravel()
        arrays[place] = arrays[place][: int(np.prod(shape))].reshape(shape)
        results = as_tuple(made(function)(*arrays))
        assert {y.shape for y in results} == {(4, 5)}
        assert_same(results, one_by_one(function, arrays))
    scalars = as_tuple(made(function)(*(a[0, 0] for a in operands(function, (1, 1), dtype))))
    assert all(type(y) is np.dtype(dtype).type for y in scalars)


@pytest.mark.sanitizer
@each(GATED)
def test_into_any_operand(dtype, function):
    """In place into either input, or both outputs into two of three, whichever is stored first."""
    count = len(function.form.outputs)
    arrays = operands(function, 3000, dtype)
    wanted = one_by_one(function, arrays)
    for places in itertools.permutations(range(len(arrays)), count):
        given = [a.copy() for a in arrays]
        out = tuple(given[place] for place in places)
        results = as_tuple(made(function)(*given, out=out))
        assert all(one is other for one, other in zip(results, out, strict=True))
        assert_same(out, wanted)


@pytest.mark.sanitizer
@each(GATED)
@pytest.mark.parametrize("shift", [1, 7, -3, 50])
def test_an_output_off_an_input_by_some_elements(dtype, function, shift):
    """As if the operands had been copied first, which is what NumPy promises."""
    for place in range(len(function.form.inputs)):
        memory = operands(function, 400, dtype)
        arrays = [m[100:300] for m in memory]
        wanted = one_by_one(function, arrays)
        shifted = memory[place][100 + shift : 300 + shift]
        out = (shifted, *(np.empty_like(shifted) for _ in function.form.outputs[1:]))
        assert_same(made(function)(*arrays, out=out), wanted)


@each([f for f in GATED if len(f.form.outputs) == 2])
def test_outputs_over_each_other_go_numpys_way(dtype, function):
    def run(fast):
        _ufuncs.set_fast_path(fast)
        arrays, memory = operands(function, 100, dtype), np.zeros(150, dtype)
        made(function)(*arrays, out=(memory[:100], memory[50:]))
        return bits(memory)

    assert (run(True) == run(False)).all()


@each(GATED)
def test_threads_and_memory_past_the_cache(dtype, function):
    arrays = [a[1:] for a in operands(function, 1_200_001, dtype)]
    wanted = as_tuple(made(function)(*arrays))
    try:
        for threads, cache in ((2, 0), (1, 1), (3, 1)):
            relu_fast.set_num_threads(threads)
            _ufuncs.set_cache_bytes(cache)
            assert_same(made(function)(*arrays), wanted)
            in_place = [a.copy() for a in arrays]
            out = tuple(in_place[: len(wanted)])
            assert_same(made(function)(*in_place, out=out), wanted)
    finally:
        relu_fast.set_num_threads(None)
        _ufuncs.set_cache_bytes(0)


@each(GATED)
def test_where_and_dtype(function):
    arrays = operands(function, 101)
    mask = np.arange(101) % 3 == 0
    out = tuple(np.full(101, 7, np.float32) for _ in function.form.outputs)
    made(function)(*arrays, out=out, where=mask)
    for got, wanted in zip(out, one_by_one(function, arrays), strict=True):
        assert (got[mask] == wanted[mask]).all()
        assert (got[~mask] == 7).all()
    wide = one_by_one(function, [a.astype(np.float64) for a in arrays])
    assert_same(made(function)(*arrays, dtype=np.float64), wide)


@each(GATED)
def test_other_types(function):
    """Integers become what np.exp makes of them; mixed floats the wider."""
    arrays = operands(function, 50)
    integers = [np.round(a).astype(np.int8) for a in arrays]
    assert {y.dtype for y in as_tuple(made(function)(*integers))} == {np.exp(integers[0]).dtype}
    wide = [a.astype(int) for a in integers]
    results = as_tuple(made(function)(*wide))
    assert_same(results, one_by_one(function, [a.astype(np.float64) for a in wide]))
    mixed = [arrays[0].astype(np.float16), *arrays[1:]]
    assert {y.dtype for y in as_tuple(made(function)(*mixed))} == {np.dtype(np.float32)}


@each(GATED)
def test_masked_arrays_keep_their_masks(function):
    arrays = operands(function, 6)
    wanted = as_tuple(made(function)(*arrays))
    for place in range(len(arrays)):
        masked = list(arrays)
        masked[place] = np.ma.array(arrays[place], mask=[0, 1, 0, 0, 1, 0])
        for got, plain in zip(as_tuple(made(function)(*masked)), wanted, strict=True):
            assert got.mask.tolist() == [False, True, False, False, True, False]
            assert (got.compressed() == plain[~got.mask]).all()


def test_dask_maps_blocks():
    """The recipe of docs/guide/gated.md."""
    da = pytest.importorskip("dask.array")
    arrays = [da.from_array(a, chunks=7) for a in operands(GATED[1], (20, 15))]
    gate = arrays[1]
    both = da.map_blocks(
        lambda *blocks: np.stack(relu_fast.swiglu_backward(*blocks)),
        *arrays,
        dtype=gate.dtype,
        new_axis=0,
        chunks=((2,), *gate.chunks),
    )
    wanted = relu_fast.swiglu_backward(*(np.asarray(a) for a in arrays))
    assert_same(tuple(np.asarray(part) for part in both), [np.ravel(w) for w in wanted])


X = np.ones(3, np.float32)
FROZEN = np.ones(3, np.float32)
FROZEN.flags.writeable = False


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: f(X), TypeError, r"^swiglu\(\) takes from 2 to 3 .* but 1 w"),
        (lambda f: f(X, X, X, X), TypeError, r"^swiglu\(\) takes from 2 to 3 .* but 4 w"),
        (lambda f: f(X, X, beta=1), TypeError, r"^swiglu\(\) got an unexpected .*'beta'"),
        (
            lambda f: f(X, np.ones(4)),
            ValueError,
            r"^swiglu\(\): operands could not be broadcast together with shapes \(3,\) \(4,\)$",
        ),
        (lambda f: f(X, X, out=np.ones(4, "f4")), ValueError, r"^swiglu\(\): .*\(4,\)$"),
        (lambda f: f(np.ones((2, 3)), X, out=np.ones(3)), ValueError, r"^swiglu\(\): non-broad"),
        (lambda f: f(X, X, out=FROZEN), ValueError, r"^swiglu\(\): output array is read-only$"),
        (lambda f: f(X, X, out=(X, X)), ValueError, r"^swiglu\(\): The 'out' tuple must"),
        (lambda f: f(X, X, out=np.ones(3, int)), TypeError, r"ufunc 'swiglu' output .*int64"),
        (lambda f: f(X + 1j, X), TypeError, r"^swiglu\(\): .* complex64 \(argument 1\)$"),
        (lambda f: f("gate", X), TypeError, r"swiglu.* (did not contain|not str \(argument 1\))"),
    ],
)
def test_bad_input(call, error, message):
    before = X.copy(), FROZEN.copy()
    with pytest.raises(error, match=message):
        call(relu_fast.swiglu)
    assert all((a == b).all() for a, b in zip(before, (X, FROZEN), strict=True))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: f(X, X), TypeError, r"^swiglu_backward\(\) takes from 3 to 5 .* but 2 w"),
        (lambda f: f(X, X, np.ones(4)), ValueError, r"^swiglu_backward\(\): .* \(4,\)$"),
        (lambda f: f(X, X, X, out=X), TypeError, r"^swiglu_backward\(\): 'out' must be a tuple"),
        (lambda f: f(X, X, X, out=(X,)), ValueError, r"^swiglu_backward\(\): The 'out' tuple"),
    ],
)
def test_bad_input_of_gradients(call, error, message):
    with pytest.raises(error, match=message):
        call(relu_fast.swiglu_backward)
