"""Rows of test builds: two parameters, shared work, block functions; and that no wheel has them.

pip install . -Csetup-args=-Dtest_rows=true
"""

import doctest
import importlib.metadata
import inspect
import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support import team
from support.reference import bits, points

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import ACTIVATIONS

ROWS = {a.name: a for a in ACTIVATIONS.values() if a.is_test_only}
UFUNCS = [f for a in ROWS.values() for f in a.functions() if f.is_ufunc]
FUNCTIONS = [f for a in ROWS.values() for f in a.functions()]
BLOCKS = [f for f in UFUNCS if f.activation.name == "test_blocks"]
PAIRS = [f for f in UFUNCS if len(f.form.outputs) == 2]
HALVES = np.arange(2**16, dtype=np.uint16).view(np.float16)
HASHES = Path(__file__).parents[2] / "tools" / "make_hashes.py"

in_test_builds = pytest.mark.skipif(not ROWS, reason="this build has no test rows")


def name_of(value):
    return getattr(value, "name", None)


def made(function):
    return getattr(relu_fast, function.name)


def as_tuple(results):
    return results if isinstance(results, tuple) else (results,)


def same_bits(found, expected):
    pairs = list(zip(as_tuple(found), as_tuple(expected), strict=True))
    return all(a.dtype == b.dtype and np.array_equal(bits(a), bits(b)) for a, b in pairs)


def arrays_of(function, x):
    return [x[::-1].copy() if name == "g" else x for name in function.form.inputs]


def parameters_of(function, like):
    """One of its own for each element."""
    values = np.resize(np.array([0.25, -3, 0, 6, 1.5, -0.0, 2], like.dtype), like.shape)
    return [np.roll(values, i) for i in range(len(function.activation.parameters))]


@pytest.fixture(params=[True, False], ids=["fast path", "numpy's way"])
def fast(request):
    _ufuncs.set_fast_path(request.param)
    yield request.param
    _ufuncs.set_fast_path(True)


# ---- Builds ------------------------------------------------------------------


def test_files_of_test_rows_are_not_installed():
    files = importlib.metadata.files("relu_fast")
    if files is None:
        pytest.skip("installed without a list of files")
    assert not [path for path in files if "rows" in path.parts or path.suffix == ".def"]
    assert {p.name for p in files if p.suffix == ".h"} == {"relu_fast.h", "relu_fast_functions.h"}


@pytest.mark.skipif(bool(ROWS), reason="a test build")
def test_other_builds_have_none():
    assert not [name for name in dir(relu_fast) if name.startswith("test_")]
    strings = Path(_ufuncs.__file__).read_bytes()
    for text in (b"test_two", b"test_shared", b"test_blocks", b"Test row"):
        assert text not in strings


@in_test_builds
def test_rows_are_of_each_kind():
    assert [len(row.parameters) for row in ROWS.values()] == [2, 0, 1]
    assert [f.name for f in FUNCTIONS if f.parameter] == ["test_two_slope_backward"]
    assert all(hasattr(relu_fast, f.name) and f.name in relu_fast.__all__ for f in FUNCTIONS)


@in_test_builds
@pytest.mark.skipif(not HASHES.exists(), reason="needs the source tree")
def test_hashes_are_the_stored_ones(isa):
    command = [sys.executable, HASHES, "--test-rows", "--check", "--isa", isa]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


# ---- What follows from the row -----------------------------------------------


@pytest.mark.parametrize("function", FUNCTIONS, ids=name_of)
def test_docstrings(function):
    doc = made(function).__doc__
    names = function.arguments if not function.parameter else (*function.form.inputs, "slope")
    for name in names:
        assert f"\n{name} : " in doc
    test = doctest.DocTestParser().get_doctest(doc, {}, function.name, None, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(test)
    assert runner.tries >= 3
    assert not runner.failures


@pytest.mark.parametrize("function", FUNCTIONS, ids=name_of)
def test_signatures(function):
    call = inspect.signature(made(function))
    arrays = function.form.inputs
    call.bind(*arrays, *["p"] * (1 if function.parameter else len(function.activation.parameters)))
    for parameter in function.activation.parameters if not function.parameter else ():
        empty = inspect.Parameter.empty
        default = empty if parameter.default is None else parameter.default
        assert call.parameters[parameter.name].default == default


@in_test_builds
def test_special_values(fast, dtype):
    for row in ROWS.values():
        x, y, dy = np.array(row.special_values, dtype).T.copy()
        value, grad = (f for f in row.functions() if f.form.outputs in (("y",), ("dy",)) and
                       f.is_ufunc)  # fmt: skip
        assert same_bits(made(value)(x, *row.required), y)
        assert same_bits(made(grad)(x, *row.required), dy)


# ---- Two parameters ----------------------------------------------------------

X = np.array([-4.0, -0.5, 0.0, 1.5])


def two(x, slope, offset=0.5):
    return np.where(x > 0, x, slope * x + offset)


@in_test_builds
@pytest.mark.parametrize(
    ("positional", "keywords"),
    [
        ((0.25,), {}),
        ((0.25, 2), {}),
        ((0.25,), {"offset": 2}),
        ((), {"slope": 0.25}),
        ((), {"slope": 0.25, "offset": 2}),
        ((), {"offset": 2, "slope": 0.25}),
        ((np.float64(0.25), True), {}),
        ((np.array([1.0, 2, 3, 4]),), {}),  # one varies, the other does not
        ((0.25, np.array([1.0, 2, 3, 4])), {}),
        ((), {"slope": np.array([1.0, 2, 3, 4]), "offset": np.array(-1.0)}),
        ((np.array([[1.0], [2]]), np.array([1.0, 2, 3, 4])), {}),  # both, along other dimensions
        ((np.array([[0.5], [-2]]),), {"offset": np.array([[[1.0]], [[2]]])}),
    ],
)
def test_two_parameters(fast, positional, keywords):
    expected = two(X, *positional, **keywords)
    assert same_bits(relu_fast.test_two(X, *positional, **keywords), expected)
    out = np.empty_like(expected)
    assert relu_fast.test_two(X, *positional, out=out, **keywords) is out
    assert same_bits(out, expected)
    value, grad = relu_fast.test_two_value_and_grad(X, *positional, **keywords)
    assert same_bits(value, expected)
    slope = keywords.get("slope", positional[0] if positional else None)
    assert same_bits(grad, np.where(X > 0, 1, slope) + 0 * expected)
    g = X + 10
    backward = relu_fast.test_two_backward(g, X, *positional, **keywords)
    assert same_bits(backward, g * grad)
    if expected.shape == X.shape:
        in_place = X.copy()
        assert relu_fast.test_two_(in_place, *positional, **keywords) is in_place
        assert same_bits(in_place, expected)


@in_test_builds
def test_out_by_position(fast):
    out = np.empty_like(X)
    assert relu_fast.test_two(X, 0.25, 2, out) is out
    assert same_bits(out, two(X, 0.25, 2))


@in_test_builds
@pytest.mark.parametrize("name", ["test_two", "test_two_", "test_two_grad"])
@pytest.mark.parametrize(
    ("positional", "keywords", "message"),
    [
        ((), {}, "missing required argument: 'slope'"),
        ((), {"offset": 1}, "missing required argument: 'slope'"),
        ((1,), {"slope": 1}, "got slope both by position and by keyword"),
        ((1, 2), {"offset": 2}, "got offset both by position and by keyword"),
        ((1,), {"alpha": 2}, "unexpected keyword argument 'alpha'"),
    ],
)
def test_wrong_calls_name_the_parameter(fast, name, positional, keywords, message):
    x = X.copy()
    with pytest.raises(TypeError, match=rf"^{name}\(\) .*{message}"):
        getattr(relu_fast, name)(x, *positional, **keywords)
    assert same_bits(x, X)


@in_test_builds
def test_two_parameters_in_half(fast):
    with np.errstate(all="ignore"):
        for slope, offset in itertools.product([0.25, 0.1, -2], [0.5, 0.1]):
            found = relu_fast.test_two(HALVES, slope, offset)
            expected = two(
                HALVES.astype(float), float(np.float32(slope)), float(np.float32(offset))
            )
            # Rounded to float32 in between.
            assert found.dtype == np.float16
            assert np.array_equal(bits(found), bits(expected.astype(np.float32).astype(np.float16)))


@in_test_builds
def test_gradient_of_a_parameter_that_is_not_alpha(fast):
    x, g = np.linspace(-2, 2, 60).reshape(5, 12), np.linspace(1, 3, 60).reshape(5, 12)
    terms = g * np.where(x > 0, 0, x)
    whole = relu_fast.test_two_slope_backward(g, x, np.float64(3))
    assert whole == pytest.approx(terms.sum(), rel=1e-14)
    rows = relu_fast.test_two_slope_backward(g, x, np.zeros((5, 1)))
    assert rows == pytest.approx(terms.sum(1, keepdims=True), rel=1e-14)


# ---- Shared work -------------------------------------------------------------


@pytest.mark.parametrize("function", PAIRS, ids=name_of)
def test_pairs_have_the_bits_of_single_calls(fast, isa, dtype, function):
    x = points(dtype)
    value, grad = (
        next(f for f in UFUNCS if f.activation == function.activation and f.form.outputs == (o,))
        for o in function.form.outputs
    )
    for parameters in (function.activation.required, parameters_of(function, x)):
        found = made(function)(x, *parameters)
        assert same_bits(found, (made(value)(x, *parameters), made(grad)(x, *parameters)))
        both = made(function)(
            x[::3], *(np.broadcast_to(np.asarray(p, dtype), x.shape)[::3] for p in parameters)
        )
        assert same_bits(both, tuple(result[::3].copy() for result in found))


@in_test_builds
def test_shared_is_an_exponential(fast):
    x = np.linspace(-700, 0, 1001)
    assert relu_fast.test_shared(x) == pytest.approx(np.exp(x), rel=4e-16, abs=0)


# ---- Block functions ---------------------------------------------------------


def expected_of(function, x, top=6.0):
    with np.errstate(invalid="ignore"):
        inside = np.where((x > 0) & (x < top), 1, 0) + np.where(np.isnan(x), x, 0)
        value = np.where(x > 0, np.minimum(x, top), np.where(np.isnan(x), x, 0))
        g = x[::-1]
        by_output = {
            "y": value,
            "dy": inside,
            "dx": np.where(inside == 1, g, np.where(np.isnan(x), x, 0)),
        }
    return tuple(by_output[output].astype(x.dtype) for output in function.form.outputs)


@pytest.mark.parametrize("function", BLOCKS, ids=name_of)
@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_block_values(fast, isa, function, kind):
    x = HALVES if kind == "float16" else points(kind)
    arrays = arrays_of(function, x)
    assert same_bits(made(function)(*arrays), expected_of(function, x))
    tops = np.resize(np.array([6, 0.5, -1, 3], x.dtype), x.shape)
    assert same_bits(made(function)(*arrays, tops), expected_of(function, x, tops))


@pytest.mark.parametrize("function", BLOCKS, ids=name_of)
@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
@pytest.mark.parametrize("varying", [False, True])
def test_blocks_in_any_layout(fast, isa, function, kind, varying):
    """Block functions see whole contiguous blocks, whatever the caller has."""
    x = HALVES[::17].copy() if kind == "float16" else points(kind)
    arrays = arrays_of(function, x)
    parameters = parameters_of(function, x) if varying else [2.5]
    contiguous = as_tuple(made(function)(*arrays, *parameters))

    def check(select):
        operands = [select(a.copy()) for a in arrays]
        numbers = [select(p.copy()) if varying else p for p in parameters]
        found = made(function)(*operands, *numbers)
        assert same_bits(found, tuple(select(r).copy() for r in contiguous))
        outs = tuple(select(np.zeros_like(x)) for _ in contiguous)
        made(function)(*operands, *numbers, out=outs)
        assert same_bits(tuple(o.copy() for o in outs), tuple(select(r) for r in contiguous))

    for length in range(71):
        check(lambda a, n=length: a[:n])
        check(lambda a, n=length: a[3 : 3 + n])  # whole vectors lie nowhere
    check(lambda a: a[::3])
    check(lambda a: a[::-1])
    check(lambda a: a[:1000].reshape(25, 40).T)
    check(lambda a: a[:1000].reshape(10, 4, 25)[::2, :, 1:])

    where = np.resize([True, False, True, True, False], x.shape)
    outs = tuple(np.full_like(x, 7) for _ in contiguous)
    made(function)(*arrays, *parameters, out=outs, where=where)
    assert same_bits(outs, tuple(np.where(where, r, np.full_like(x, 7)) for r in contiguous))

    packed = np.zeros(x.size, [("pad", "u1"), ("number", kind)])["number"]  # misaligned
    packed[:] = arrays[-1]
    assert not packed.flags.aligned
    assert same_bits(made(function)(*arrays[:-1], packed, *parameters), contiguous)

    for output, operand in itertools.product(range(len(contiguous)), range(len(arrays))):
        operands = [a.copy() for a in arrays]
        outs = [None] * len(contiguous)
        outs[output] = operands[operand]
        found = as_tuple(made(function)(*operands, *parameters, out=tuple(outs)))
        assert found[output] is operands[operand]
        assert same_bits(found, contiguous)


@in_test_builds
def test_blocks_in_place(fast, dtype):
    x = points(dtype)
    changed = x.copy()
    assert relu_fast.test_blocks_(changed, 3) is changed
    assert same_bits(changed, relu_fast.test_blocks(x, 3))


@pytest.mark.parametrize("function", UFUNCS, ids=name_of)
@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_change_no_bit(function, dtype, threads):
    x = np.resize(points(dtype), 1_000_003)
    arrays, parameters = arrays_of(function, x), function.activation.required
    with relu_fast.num_threads(1):
        alone = made(function)(*arrays, *parameters)
    with relu_fast.num_threads(threads):
        team.wake()
        assert same_bits(made(function)(*arrays, *parameters), alone)
        out = tuple(np.empty(x.shape[0] + 1, dtype)[1:] for _ in function.form.outputs)
        assert same_bits(made(function)(*arrays, *parameters, out=out), alone)
