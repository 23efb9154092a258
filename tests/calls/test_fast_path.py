"""The fast path: in every observable respect what NumPy's own path gives."""

import gc
import sys
import warnings

import ml_dtypes  # noqa: F401 -- makes bfloat16 a dtype of NumPy's
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import functions, strategies
from support.reference import bits

import relu_fast
from relu_fast import _ufuncs

pytestmark = [pytest.mark.version, pytest.mark.sanitizer, pytest.mark.coverage]

DTYPES = ["float32", "float64", "float16", "bfloat16"]
names = st.sampled_from(sorted(f.name for f in functions.UFUNCS))


@pytest.fixture(autouse=True)
def _fast_path():
    yield
    _ufuncs.set_fast_path(True)


# ---- Both paths ---------------------------------------------------------------


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
        dtype = draw(st.sampled_from([*DTYPES, "int8", "int64", "complex64"]))
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
    """For one output."""
    kind = draw(st.sampled_from(["array"] * 6 + ["in place", "shifted", "None", "odd"]))
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
    return draw(strategies.arrays(shape, dtype))


@st.composite
def output_lists(draw, count, shape, dtype, operands):
    """For `count` outputs, and seldom one too many or too few; they may overlap each other."""
    count += draw(st.sampled_from([0] * 18 + [-1, 1]))
    found = []
    for _ in range(count):
        kind = draw(st.sampled_from(["new"] * 6 + ["same", "reversed", "shifted"]))
        last = found[-1] if found else None
        if kind == "new" or not isinstance(last, np.ndarray) or not last.ndim:
            found.append(draw(outputs(shape, dtype, operands)))
        elif kind == "shifted" and last.shape[0] > 1:
            # Two windows of one array, in each of which the other begins.
            memory = np.zeros((last.shape[0] + 1, *last.shape[1:]), last.dtype)
            found[-1] = memory[:-1]
            found.append(memory[1:])
        else:
            found.append(last[::-1] if kind == "reversed" else last)
    return found


@st.composite
def calls(draw):
    """(name, arguments, keywords): every form of argument, plain or not."""
    name = draw(names)
    function = functions.FUNCTIONS[name]
    dtype = draw(st.sampled_from(DTYPES * 3 + ["int8", "uint16", "int32", "uint64"]))
    shape = draw(strategies.shapes())
    arguments = [draw(array_likes(shape, dtype)) for _ in function.form.inputs]
    keywords = {}
    by_position = True
    for parameter in function.activation.parameters:
        form = draw(st.sampled_from(["position", "position", "keyword", "default"]))
        if form == "position" and by_position:
            arguments.append(draw(parameters(shape, dtype)))
            continue
        by_position = False
        if form != "default":
            keywords[parameter.name] = draw(parameters(shape, dtype))
    count = len(function.form.outputs)
    form = draw(st.sampled_from(["fresh", "fresh", "out", "out", "tuple", "position"]))
    if form != "fresh":
        out = draw(output_lists(count, shape, dtype, arguments))
        if form == "position":
            arguments += out
        else:
            keywords["out"] = out[0] if len(out) == 1 and form == "out" else tuple(out)
    given = keywords.get("out")  # without it, where= leaves random memory
    all_given = all(isinstance(out, np.ndarray) for out in functions.as_tuple(given))
    if draw(st.integers(0, 9)) == 0:
        keywords |= draw(
            st.sampled_from(
                [
                    {"where": True},
                    {"where": np.zeros(shape, bool)} if all_given else {},
                    {"dtype": "float64"},
                    {"casting": "no"},
                    {"order": "F"},
                    {"subok": False},
                    {"wrong": 1},
                    functions.keywords(function, 0.5) or {"alpha": 0.5},
                ]
            )
        )
    if draw(st.integers(0, 30)) == 0:
        arguments = arguments[:-1]
    return name, arguments, keywords


def flat(objects):
    """Tuples among them replaced by what is in them."""
    for value in objects:
        yield from flat(value) if isinstance(value, tuple) else (value,)


def memory_of(objects):
    """The arrays that own the memory of the arrays among `objects`."""
    owners = {}
    for array in flat(objects):
        while isinstance(array, np.ndarray):
            owner, array = array, array.base
            if array is None:
                owners[id(owner)] = owner
    return list(owners.values())


def values(y):
    y = np.asarray(y)
    native = y.astype(y.dtype.newbyteorder("="))
    if native.dtype in DTYPES:
        native = bits(native)
    return repr(native.tolist())


def description(y):
    if isinstance(y, tuple):
        return tuple(description(part) for part in y)
    if isinstance(y, np.ndarray):
        return type(y), y.dtype, y.shape, y.strides, str(y.flags), values(y)
    if isinstance(y, np.generic):
        return type(y), values(y)
    return y


def make_nans_one(objects):
    """In memory, too: the sign and payload of a NaN may depend on its place."""
    for array in flat(objects):
        if not isinstance(array, np.ndarray) or not array.flags.writeable:
            continue
        if array.dtype.newbyteorder("=") in DTYPES:
            array[np.isnan(array)] = np.nan


def observe(name, arguments, keywords, errstate):
    """All that can be seen of a call: result, memory, errors, warnings."""
    objects = [*arguments, *keywords.values()]
    memory = memory_of(objects)
    before = [m.copy() for m in memory]
    with warnings.catch_warnings(record=True) as caught, np.errstate(all=errstate):
        warnings.simplefilter("always")
        try:
            result = getattr(relu_fast, name)(*arguments, **keywords)
        except Exception as error:
            seen = (type(error), str(error))
        else:
            same = [part is o for part in functions.as_tuple(result) for o in flat(objects)]
            seen = (description(result), same)
            del result
    make_nans_one(objects)
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


@pytest.mark.parametrize("order", "<>")
def test_the_bits_of_nans_do_not_count(order):
    nans = np.array([0x7E00, 0xFE01], f"{order}u2").view(f"{order}f2")
    make_nans_one([nans])
    assert len({nan.tobytes() for nan in nans}) == 1


@settings(max_examples=800, deadline=None)
@given(call=calls(), errstate=st.sampled_from(["warn", "raise", "ignore"]))
def test_every_argument_form_on_both_paths(call, errstate):
    _ufuncs.set_fast_path(False)
    numpys = observe(*call, errstate)
    _ufuncs.set_fast_path(True)
    fast = observe(*call, errstate)
    assert fast == numpys


@pytest.mark.parametrize("shape", [(1, 2, 2, 1), (2, 1, 2), (1, 2, 2), (2, 2, 1), (1, 1, 2, 3)])
@functions.each(functions.of_each_call(functions.UFUNCS))
def test_strides_of_dimensions_with_one_element(function, shape):
    x = np.ones(shape, order="F")
    ufunc, arguments = functions.made(function), functions.arrays(function, x)
    strides = []
    for fast in (False, True):
        _ufuncs.set_fast_path(fast)
        results = functions.as_tuple(ufunc(*arguments, *function.activation.required))
        strides.append([result.strides for result in results])
    assert strides[0] == strides[1]


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
@pytest.mark.parametrize(
    "dtype", [DTYPES[0], *(pytest.param(dtype, marks=pytest.mark.heavy) for dtype in DTYPES[1:])]
)
def test_memory_order_of_large_results(layout, other, dtype):
    """Large enough for NumPy's iterator to be asked; what can be broadcast together is."""
    memory = np.linspace(-5, 5, 40 * 38 * 36).reshape(40, 38, 36).astype(dtype)
    x, g = LARGE[layout](memory), LARGE[other](memory)
    for function in functions.UFUNCS:
        ufunc = functions.made(function)
        operands = functions.arrays(function, x, g)
        for varying in {False, bool(function.activation.parameters)}:
            arguments = operands + functions.parameters(function, g if varying else 0.5)
            _ufuncs.set_fast_path(False)
            try:
                expected = functions.as_tuple(ufunc(*arguments))
            except ValueError:
                continue
            _ufuncs.set_fast_path(True, only=True)
            results = functions.as_tuple(ufunc(*arguments))
            assert [y.strides for y in results] == [y.strides for y in expected]
            assert functions.same_bits(results, expected)


# ---- What is plain -----------------------------------------------------------


@functions.each(functions.UFUNCS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_these_calls_are_fast(function, dtype):
    """None of these takes NumPy's path: with `only`, that would be an error."""
    ufunc = functions.made(function)
    _ufuncs.set_fast_path(True, only=True)
    matrix = np.linspace(-2, 2, 12).astype(dtype).reshape(3, 4)
    values = [0.5, 2, matrix[0].copy(), matrix[:, :1].copy(), np.array(0.5, dtype)]
    values.append(matrix.dtype.type(0.5))
    if dtype not in ("float16", "bfloat16"):  # there it makes float32
        values.append(np.float32(0.5))
    if not function.activation.parameters:
        values = values[:1]
    required = function.activation.required
    for x in (matrix, matrix.T, matrix[:, 1:3], matrix[0], matrix[:0], matrix[0, ::2]):
        arrays = functions.arrays(function, x)
        out = functions.outputs(function, lambda x=x: np.empty_like(x))
        y = ufunc(*arrays, *required)
        assert ufunc(*arrays, *required, out=out) is not None
        assert functions.same_bits(out, y)
        for value in values:
            if np.ndim(value) and x is not matrix:
                continue
            given = functions.parameters(function, value)
            by_name = functions.keywords(function, value)
            y = ufunc(*arrays, *given)
            assert all(part.shape == x.shape for part in functions.as_tuple(y))
            for result in (
                ufunc(*arrays, *given, out=out),
                ufunc(*arrays, *given, *functions.as_tuple(out)),
                ufunc(*arrays, out=out, **by_name),
            ):
                parts = functions.as_tuple(result)
                assert all(a is b for a, b in zip(parts, functions.as_tuple(out), strict=True))
                assert functions.same_bits(out, y)
            assert functions.same_bits(ufunc(*arrays, **by_name), y)
            for count in range(1, len(given)):  # the first by position, the others by name
                others = dict(list(by_name.items())[count:])
                assert functions.same_bits(ufunc(*arrays, *given[:count], **others), y)
    scalar = ufunc(*functions.arrays(function, np.array(-1.0, dtype)), *required)
    assert {type(part) for part in functions.as_tuple(scalar)} == {np.dtype(dtype).type}
    for place in range(len(function.form.outputs)):  # in place
        x = np.array([-1.0, 2.0], dtype)
        wanted = ufunc(*functions.arrays(function, x.copy()), *required)
        out = [np.empty_like(x) for _ in function.form.outputs]
        out[place] = x
        result = functions.as_tuple(
            ufunc(*functions.arrays(function, x), *required, out=tuple(out))
            if len(out) > 1
            else ufunc(*functions.arrays(function, x), *required, out=x)
        )
        assert result[place] is x
        assert functions.same_bits(result, wanted)


def test_the_switch():
    x = np.array([-1.0, 2.0])
    _ufuncs.set_fast_path(True, only=True)
    relu_fast.relu(x)
    for keywords in ({"where": True}, {"out": (x,)}, {"dtype": "float64"}, {"order": "C"}):
        with pytest.raises(RuntimeError, match="not a plain call"):
            relu_fast.relu(x, **keywords)
    with pytest.raises(RuntimeError, match="not a plain call"):
        relu_fast.relu(x.view(Tagged))


# ---- Half types ----------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@functions.each(functions.PARAMETRIC)
def test_a_number_for_halves_acts_as_the_nearest_float32(function, dtype):
    """On both paths, whatever its size; other operands are NumPy's to promote."""
    ufunc, x = functions.made(function), np.linspace(-4, 4, 33).astype(dtype)
    tolerances = {"float16": (0.002, 1e-7), "bfloat16": (0.01, 1e-38)}[dtype]
    arrays = functions.arrays(function, x)
    wide = [array.astype(np.float32) for array in arrays]
    for value in (0.1, 1 / 3, -7, 2**24 + 1, 10**30, 1e300, 1e-300, float("inf")):
        with np.errstate(all="ignore"):
            nearest = np.float32(value)
            in_float32 = functions.as_tuple(ufunc(*wide, *functions.parameters(function, nearest)))
        results = []
        for fast in (True, False):
            _ufuncs.set_fast_path(fast)
            with np.errstate(all="raise"):
                results.append(ufunc(*arrays, *functions.parameters(function, value)))
                results.append(ufunc(*arrays, **functions.keywords(function, value)))
                results.append(ufunc(*arrays, *functions.parameters(function, value), where=True))
        for result in results:
            assert functions.same_bits(result, results[0])
            for half, single in zip(functions.as_tuple(result), in_float32, strict=True):
                assert half.dtype == dtype
                with np.errstate(all="ignore"):
                    assert (np.isnan(half) == np.isnan(single)).all()
                    nearest = single.astype(dtype).astype(np.float32)
                    np.testing.assert_allclose(half.astype(np.float32), nearest, *tolerances)


@functions.each(functions.PARAMETRIC)
def test_overrides_see_the_public_ufunc(function):
    """Never the private one that half types with numbers for parameters go to."""
    ufunc, x = functions.made(function), np.linspace(-4, 4, 5).astype(np.float16)
    arrays = functions.arrays(function, x)
    values = functions.parameters(function, 0.1)
    taken = ("taken over", ufunc)
    outs = tuple(Overrides() for _ in function.form.outputs)
    assert ufunc(*arrays, *values, out=outs)[:2] == taken
    assert ufunc(*arrays, *values, *outs)[:2] == taken
    assert ufunc(Overrides(), *arrays[1:], *values)[:2] == taken
    assert ufunc(*arrays, *values, where=Overrides())[:2] == taken


# ---- What cannot be seen in the result ---------------------------------------


def resident_kilobytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4


@pytest.mark.heavy
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("dtype", DTYPES)
def test_nothing_leaks_in_a_million_calls(dtype):
    x = np.linspace(-2, 2, 12).astype(dtype)
    alpha, f, out = np.array(0.5, dtype), np.asfortranarray(x.reshape(3, 4)), np.empty_like(x)
    other = np.empty_like(x)
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
        lambda: relu_fast.elu_value_and_grad(x),
        lambda: relu_fast.elu_value_and_grad(x, 0.25, out=(out, other)),
        lambda: relu_fast.prelu_value_and_grad(f, alpha),
        lambda: relu_fast.relu_value_and_grad(alpha),
        lambda: relu_fast.relu_value_and_grad(x, out=(out, None)),
    ]
    objects = (x, alpha, f, out, other, relu_fast.elu, relu_fast.relu, np.dtype(dtype), None)

    def state():
        gc.collect()
        return [sys.getrefcount(o) for o in objects], resident_kilobytes()

    for call in kinds:
        for _ in range(1000):
            call()
    references, memory = state()
    for call in kinds:
        for _ in range(17_000):  # with four dtypes a million calls
            call()
    after, grown = state()
    assert all(abs(a - b) < 100 for a, b in zip(after, references, strict=True))
    assert grown - memory < 4096
