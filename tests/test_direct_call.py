"""The direct call: in every observable respect what NumPy's own way gives."""

import gc
import sys
import warnings

import numpy as np
import pytest
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import bits

import relu_fast
from relu_fast import _ufuncs

UFUNCS = {name: f for name, f in vars(relu_fast).items() if isinstance(f, np.ufunc)}
PARAMETRIC = [name for name in UFUNCS if not name.startswith("relu")]


@pytest.fixture(autouse=True)
def _direct_calls():
    yield
    _ufuncs.set_direct_calls(True)


def array_count(name):
    return 1 + ("backward" in name)


# ---- Both ways ---------------------------------------------------------------


class Tagged(np.ndarray):
    pass


class Overrides:
    """Anything with __array_ufunc__ takes the call over."""

    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        return ("taken over", ufunc, method, len(inputs), sorted(keywords))


@st.composite
def broken_shapes(draw, shape):
    """`shape`, or one that broadcasts to it, or (seldom) one that does not."""
    shape = tuple(draw(st.sampled_from([n, n, n, 1])) for n in shape)
    if draw(st.integers(0, 19)) == 0:
        shape = (*shape, 3)
    return shape[draw(st.integers(0, len(shape))) :] if draw(st.booleans()) else shape


@st.composite
def array_likes(draw, shape, dtype):
    kind = draw(st.sampled_from(["array"] * 12 + ["other dtype", "subclass", "mask", "list"]))
    if draw(st.integers(0, 3)) == 0:
        shape = draw(broken_shapes(shape))
    if kind == "other dtype":
        dtype = draw(
            st.sampled_from(["float32", "float64", "float16", "int8", "int64", "complex64"])
        )
        with np.errstate(all="ignore"):
            return np.nan_to_num(draw(strategies.arrays(shape, "float32"))).astype(dtype)
    array = draw(strategies.arrays(shape, dtype))
    if kind == "subclass":
        return array.view(Tagged)
    if kind == "mask":
        return np.ma.array(array, mask=np.zeros(shape, bool))
    if kind == "list":
        return array.tolist()
    if draw(st.integers(0, 9)) == 0:
        array.flags.writeable = False
    return array


@st.composite
def parameters(draw, shape, dtype):
    numbers = st.sampled_from([0, 1, -2, 2**24 + 1, 10**400, True, 0.0, -0.0, 0.1, 1e-42, 1e300])
    special = st.sampled_from([float("nan"), float("inf"), "0.5", None, 1j, Overrides()])
    scalar = st.builds(
        lambda kind, value: np.dtype(kind).type(value),
        st.sampled_from(["float32", "float64", "float16", "int8", "bool"]),
        st.sampled_from([0, 1, 0.5]),
    )
    kind = draw(st.integers(0, 9))
    if kind < 4:
        return draw(numbers if kind else special)
    if kind < 6:
        return draw(scalar)
    if kind == 6:
        return draw(array_likes((), dtype))
    return draw(array_likes(draw(broken_shapes(shape)), dtype))


@st.composite
def outputs(draw, shape, dtype, operands):
    kind = draw(st.sampled_from(["array"] * 6 + ["in place", "shifted", "None", "odd", "tuple"]))
    arrays = [o for o in operands if isinstance(o, np.ndarray)]
    if kind == "in place" and arrays:
        return draw(st.sampled_from(arrays))
    if kind == "shifted" and arrays and arrays[0].ndim and arrays[0].base is not None:
        array = arrays[0]
        return draw(st.sampled_from([array[::-1], array.T, array[1:], array[..., :1]]))
    if kind == "None":
        return None
    if kind == "odd":
        return draw(
            st.one_of(
                array_likes(shape, dtype),
                st.sampled_from([3.0, (None, None)]),
                st.just((2, *shape)),
            )
        )
    out = draw(strategies.arrays(shape, dtype))
    return (out,) if kind == "tuple" else out


@st.composite
def calls(draw):
    """(ufunc, arguments, keywords): every form of argument, plain or not."""
    name = draw(st.sampled_from(sorted(UFUNCS)))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    shape = draw(strategies.shapes())
    arguments = [draw(array_likes(shape, dtype)) for _ in range(array_count(name))]
    keywords = {}
    if name in PARAMETRIC:
        form = draw(st.sampled_from(["position", "position", "keyword", "default"]))
        if form == "position":
            arguments.append(draw(parameters(shape, dtype)))
        elif form == "keyword":
            keywords["alpha"] = draw(parameters(shape, dtype))
    form = draw(st.sampled_from(["fresh", "fresh", "out", "out", "position"]))
    if form != "fresh":
        out = draw(outputs(shape, dtype, arguments))
        if form == "out":
            keywords["out"] = out
        else:
            arguments.append(out)
    given = isinstance(keywords.get("out"), np.ndarray)  # else where= leaves random memory
    if draw(st.integers(0, 9)) == 0:
        keywords |= draw(
            st.sampled_from(
                [
                    {"where": True},
                    {"where": np.zeros(shape, bool)} if given else {},
                    {"dtype": "float64"},
                    {"casting": "no"},
                    {"order": "F"},
                    {"subok": False},
                    {"wrong": 1},
                    {"alpha": 0.5},
                ]
            )
        )
    if draw(st.integers(0, 30)) == 0:
        arguments = arguments[:-1]
    return name, arguments, keywords


def memory_of(objects):
    """The arrays that own the memory of the arrays among `objects`."""
    owners = {}
    for array in objects:
        while isinstance(array, tuple) and array:
            array = array[0]
        while isinstance(array, np.ndarray):
            owner, array = array, array.base
            if array is None:
                owners[id(owner)] = owner
    return list(owners.values())


def values(y):
    y = np.asarray(y)
    native = y.astype(y.dtype.newbyteorder("="))
    if native.dtype in ("f4", "f8"):
        native = bits(native)
    return repr(native.tolist())


def description(y):
    if isinstance(y, np.ndarray):
        return type(y), y.dtype, y.shape, y.strides, str(y.flags), values(y)
    if isinstance(y, np.generic):
        return type(y), values(y)
    return y


def observe(name, arguments, keywords, errstate):
    """All that can be seen of a call: result, memory, errors, warnings."""
    objects = [*arguments, *keywords.values()]
    memory = memory_of(objects)
    before = [m.copy() for m in memory]
    with warnings.catch_warnings(record=True) as caught, np.errstate(all=errstate):
        warnings.simplefilter("always")
        try:
            result = UFUNCS[name](*arguments, **keywords)
        except Exception as error:
            seen = (type(error), str(error))
        else:
            same = [result is o for o in objects]
            seen = (description(result), same)
            del result
    seen = (
        seen,
        [(w.category, str(w.message)) for w in caught],
        [m.tobytes() if m.dtype != object else None for m in memory],
    )
    for m, b in zip(memory, before, strict=True):
        writeable, m.flags.writeable = m.flags.writeable, True
        m[...] = b
        m.flags.writeable = writeable
    return seen


@settings(max_examples=1500, deadline=None)
@given(call=calls(), errstate=st.sampled_from(["warn", "raise", "ignore"]))
def test_every_argument_form_both_ways(call, errstate):
    _ufuncs.set_direct_calls(False)
    numpys = observe(*call, errstate)
    _ufuncs.set_direct_calls(True)
    direct = observe(*call, errstate)
    assert direct == numpys


LARGE = {
    "C": lambda a: a,
    "F": lambda a: a.transpose(2, 1, 0),
    "mixed order": lambda a: a.transpose(1, 0, 2),
    "columns": lambda a: a[:, :, 3:],
    "steps": lambda a: a[::2, ::-1],
    "backwards": lambda a: a[::-1, ::-1, ::-1],
    "broadcast": lambda a: np.broadcast_to(a[:1], a.shape),
    "one column": lambda a: a[:, :, :1],
}


@pytest.mark.parametrize("layout", LARGE)
@pytest.mark.parametrize("other", LARGE)
def test_memory_order_of_large_results(layout, other, dtype):
    """Large enough for NumPy's iterator to be asked; what can be broadcast together is."""
    memory = np.linspace(-5, 5, 40 * 38 * 36).reshape(40, 38, 36).astype(dtype)
    x, g = LARGE[layout](memory), LARGE[other](memory)
    for name, arguments in [("elu", (x,)), ("relu_backward", (g, x)), ("prelu", (x, g))]:
        _ufuncs.set_direct_calls(False)
        try:
            expected = UFUNCS[name](*arguments)
        except ValueError:
            continue
        _ufuncs.set_direct_calls(True, only=True)
        y = UFUNCS[name](*arguments)
        assert (y.strides, y.dtype) == (expected.strides, expected.dtype)
        assert (bits(y) == bits(expected)).all()


# ---- What is plain -----------------------------------------------------------


@pytest.mark.parametrize("name", UFUNCS)
def test_these_calls_are_direct(name, dtype):
    """None of these takes NumPy's way: with `only`, that would be an error."""
    function = UFUNCS[name]
    _ufuncs.set_direct_calls(True, only=True)
    matrix = np.linspace(-2, 2, 12).astype(dtype).reshape(3, 4)
    alphas = [()]
    if name in PARAMETRIC:
        alphas = [(0.5,), (2,), (np.float32(0.5),), (matrix.dtype.type(0.5),)]
        alphas += [(matrix[0].copy(),), (matrix[:, :1].copy(),), (np.array(0.5, dtype),)]
        if not name.startswith("prelu"):
            alphas += [()]
    for x in (matrix, matrix.T, matrix[:, 1:3], matrix[0], matrix[:0], matrix[0, ::2]):
        out = np.empty_like(x)
        arrays = (x,) * array_count(name)
        for alpha in alphas:
            if alpha and np.ndim(alpha[0]) and x is not matrix:
                continue
            y = function(*arrays, *alpha)
            assert y.shape == x.shape
            assert function(*arrays, *alpha, out=out) is out
            if alpha or name not in PARAMETRIC:
                assert function(*arrays, *alpha, out) is out
            if alpha:
                assert (bits(function(*arrays, alpha=alpha[0])) == bits(y)).all()
                assert (bits(function(*arrays, out=out, alpha=alpha[0])) == bits(y)).all()
            assert (bits(out) == bits(y)).all()
    scalar = function(*(np.array(-1.0, dtype),) * array_count(name), *alphas[0])
    assert type(scalar) is np.dtype(dtype).type
    x = np.array([-1.0, 2.0], dtype)
    assert function(*(x,) * array_count(name), *alphas[0], out=x) is x


def test_the_switch():
    x = np.array([-1.0, 2.0])
    _ufuncs.set_direct_calls(True, only=True)
    relu_fast.relu(x)
    for keywords in ({"where": True}, {"out": (x,)}, {"dtype": "float64"}, {"order": "C"}):
        with pytest.raises(RuntimeError, match="not a plain call"):
            relu_fast.relu(x, **keywords)
    with pytest.raises(RuntimeError, match="not a plain call"):
        relu_fast.relu(x.view(Tagged))


# ---- What cannot be seen in the result ---------------------------------------


def resident_kilobytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_nothing_leaks_in_a_million_calls(dtype):
    x = np.linspace(-2, 2, 12).astype(dtype)
    alpha, f, out = np.array(0.5, dtype), np.asfortranarray(x.reshape(3, 4)), np.empty_like(x)
    kinds = [
        lambda: relu_fast.relu(x),
        lambda: relu_fast.elu(x, 0.25, out=out),
        lambda: relu_fast.elu(f, alpha),
        lambda: relu_fast.prelu(x, alpha=x),
        lambda: relu_fast.elu_backward(x, x, out=out),
        lambda: relu_fast.leaky_relu(alpha),
        lambda: relu_fast.leaky_relu(x.reshape(3, 4), f),
        lambda: relu_fast.leaky_relu(x, np.float32(0.25), out),
        lambda: relu_fast.relu(x, where=True),
        lambda: relu_fast.elu(x, [0.5] * 12),
    ]
    objects = (x, alpha, f, out, relu_fast.elu, relu_fast.relu, np.dtype(dtype), None)

    def state():
        gc.collect()
        return [sys.getrefcount(o) for o in objects], resident_kilobytes()

    for call in kinds:
        for _ in range(1000):
            call()
    references, memory = state()
    for call in kinds:
        for _ in range(50_000):  # with two dtypes a million calls
            call()
    after, grown = state()
    assert all(abs(a - b) < 100 for a, b in zip(after, references, strict=True))
    assert grown - memory < 4096
