"""Wrong calls: NumPy's error or a clearer one, nothing changed, nothing kept, no crash.

NumPy's own functions, called in the same way, say which error it must be.
"""

import gc
import itertools
import os
import sys
import tracemalloc

import numpy as np
import pytest
from hostile import (
    BOOM,
    BoomError,
    Name,
    bad_keywords,
    bad_operands,
    bad_outs,
    bad_results,
    boom,
    hostile,
)
from numpy.lib.stride_tricks import as_strided

import relu_fast
from relu_fast import _ufuncs

UFUNCS = {name: f for name, f in vars(relu_fast).items() if isinstance(f, np.ufunc)}
TWINS = [name for name in relu_fast.__all__ if name.endswith("_") and name[0] != "_"]
GRADIENTS = [name for name in relu_fast.__all__ if name.endswith("_alpha_backward")]
MOST = 4 * (os.cpu_count() or 1)
ORACLES = {1: np.spacing, 2: np.copysign}  # they have loops for floating-point types alone


@pytest.fixture(params=["direct", "numpy's way"], autouse=True)
def _both_ways(request):
    _ufuncs.set_direct_calls(request.param == "direct")
    yield
    _ufuncs.set_direct_calls(True)


# ---- Wrong calls of a ufunc ---------------------------------------------------


def wrong_calls(nin):
    """(label, arguments, keywords) of wrong calls of a ufunc with so many inputs."""
    a = [np.array([-1.0, 2.0, -0.0]) for _ in range(nin)]
    out = np.full(3, 7.0)
    yield "no argument", [], {}
    yield "out and no argument", [], {"out": out}
    yield "one argument too many", [*a, out, 1.0], {}
    yield "a thousand arguments", [1.0] * 1000, {}
    yield "out twice", [*a, out], {"out": out}
    yield "out twice, once None", [*a, out], {"out": None}
    yield "all by keyword", [], {"x": a[0], "out": out}
    for label, bad in bad_operands().items():
        yield f"first: {label}", [bad, *a[1:]], {}
        yield f"first, out: {label}", [bad, *a[1:]], {"out": out}
    for label, bad in bad_operands().items():
        if nin > 1:
            yield f"last: {label}", [*a[:-1], bad], {}
            yield f"last, out: {label}", [*a[:-1], bad, out], {}
    for label, bad in bad_results().items():
        yield f"first: {label}", [bad, *a[1:]], {}
    for label, bad in bad_outs().items():
        yield f"out by keyword: {label}", a, {"out": bad}
        yield f"out by position: {label}", [*a, bad], {}
    for number, keywords in enumerate(bad_keywords(nin)):
        yield f"keywords {number}: {str(keywords)[:60]}", a, keywords
    if nin > 1:
        for shape in [(2,), (4,), (0,), (3, 2), (1, 2)]:
            yield f"last of shape {shape}", [*a[:-1], np.ones(shape)], {}
            yield f"last of shape {shape}, float32", [*a[:-1], np.ones(shape, "f4")], {}
        yield "last makes the result larger than out", [*a[:-1], np.ones((2, 3)), out], {}


# ---- What happens ------------------------------------------------------------


def raised(function, arguments, keywords):
    """The error of a call, without the frames that it came through."""
    try:
        function(*arguments, **keywords)
    except Exception as error:
        return error.with_traceback(None)
    return None


def builtin(error):
    """The type of an error as the user knows it: NumPy has subclasses of its own."""
    return next(
        cls for cls in type(error).__mro__ if cls is BoomError or cls.__module__ == "builtins"
    )


def memory_of(values):
    found = []
    for value in values:
        if isinstance(value, tuple):
            found += memory_of(value)
        if isinstance(value, np.ndarray):
            found.append(np.ndarray.tobytes(value))
    return found


def kept_by_numpy(value):
    """Whether NumPy itself keeps a reference to what fails to become an array; 2.5 does."""
    before = sys.getrefcount(value)
    raised(np.asarray, [value], {})
    return sys.getrefcount(value) != before


def problem(function, arguments, keywords, expected):
    """What is wrong with how a call fails; None: nothing."""
    values = [*arguments, *keywords.values()]
    memory = memory_of(values)
    references = [sys.getrefcount(value) for value in values]
    error = raised(function, arguments, keywords)
    if error is None:
        return "no error"
    if not isinstance(error, expected) or (expected is BoomError and error is not BOOM):
        return f"{error!r} instead of {expected.__name__}"
    if not str(error):
        return f"{error!r} says nothing"
    del error
    now = [sys.getrefcount(value) for value in values]
    kept = [v for v, n, m in zip(values, references, now, strict=True) if m > n]
    if not all(kept_by_numpy(value) for value in kept):
        return "references are kept"
    if memory_of(values) != memory:
        return "an argument is changed"
    return None


def check(calls):
    """Each of (key, function, arguments, keywords, the type of error) fails as it should."""
    calls = list(calls)
    found = {key: problem(*call) for key, *call in calls}
    assert len(found) == len(calls)
    assert not {key: value for key, value in found.items() if value}


def expected(oracle, label, arguments, keywords):
    """The type of the error of NumPy's function."""
    error = raised(oracle, arguments, keywords)
    assert error is not None, f"NumPy accepts {label}"
    return builtin(error)


def wrong_ufunc_calls(name):
    function = UFUNCS[name]
    oracle = ORACLES[min(function.nin, 2)]
    for ours, numpys in zip(wrong_calls(function.nin), wrong_calls(oracle.nin), strict=True):
        label, arguments, keywords = ours
        yield label, function, arguments, keywords, expected(oracle, *numpys)


@pytest.mark.parametrize("name", UFUNCS)
def test_ufuncs_fail_as_numpys_do(name):
    calls = list(wrong_ufunc_calls(name))
    assert len(calls) > 200
    check(calls)


# ---- What NumPy's functions have not: alpha, in place, the gradients, threads --


def test_alpha():
    x, out = np.array([-1.0, 2.0, 3.0]), np.full(3, 7.0)
    calls = {}
    for name, function in UFUNCS.items():
        a = [x] * (1 + ("backward" in name))
        if name.startswith("relu"):
            calls[name, "alpha"] = (function, a, {"alpha": 0.5})
            calls[name, "alpha and out"] = (function, a, {"alpha": 0.5, "out": out})
            continue
        calls |= {
            (name, "twice"): (function, [*a, 0.5], {"alpha": 0.5}),
            (name, "twice, out"): (function, [*a, 0.5, out], {"alpha": 0.5}),
            (name, "twice by keyword"): (function, a, {"alpha": 0.5, Name("alpha"): 0.5}),
            (name, "twice, the other first"): (function, a, {Name("alpha"): 0.5, "alpha": 0.5}),
            (name, "before the arrays"): (function, a[1:], {"alpha": 0.5}),
            (name, "misspelt"): (function, a, {"aplha": 0.5}),
            (name, "in capitals"): (function, a, {"ALPHA": 0.5}),
            (name, "misspelt, out"): (function, a, {"aplha": 0.5, "out": out}),
        }
        if name.startswith("prelu"):
            calls[name, "none"] = (function, a, {})
            calls[name, "none, out"] = (function, a, {"out": out})
            calls[name, "none, where"] = (function, a, {"where": True})
    check((key, *call, TypeError) for key, call in calls.items())


@pytest.mark.parametrize("name", [name for name in UFUNCS if not name.startswith("relu")])
def test_alpha_by_keyword(name):
    """A bad alpha is as bad by keyword as by position."""
    function, x = UFUNCS[name], np.array([-1.0, 2.0, 3.0])
    a = [x] * (1 + ("backward" in name))
    check(
        (label, function, a, {"alpha": bad}, expected(np.copysign, label, [x, bad], {}))
        for label, bad in bad_operands().items()
    )


def test_in_place():
    calls = []
    for name, (label, bad) in itertools.product(TWINS, bad_operands().items()):
        function, alpha = getattr(relu_fast, name), [0.5] if name != "relu_" else []
        x = np.array([-1.0, 2.0, 3.0])
        of_x = BoomError if "__array_ufunc__ raises" in label else TypeError
        calls.append(((name, label), function, [bad, *alpha], {}, of_x))
        if alpha:
            error = expected(np.copysign, label, [x, bad, x], {})
            calls.append(((name, label, "alpha"), function, [x, bad], {}, error))
    for name in TWINS:
        function, alpha = getattr(relu_fast, name), [0.5] if name != "relu_" else []
        x, locked = np.array([-1.0, 2.0, 3.0]), np.array([-1.0, 2.0])
        locked.flags.writeable = False
        swapped = locked.astype(">f8")
        swapped.flags.writeable = False
        for label, arguments, keywords, error in [
            ("nothing", [], {}, TypeError),
            ("too much", [x, *alpha, 1.0], {}, TypeError),
            ("x by keyword", alpha, {"x": x}, TypeError),
            ("out", [x, *alpha], {"out": x}, TypeError),
            ("where", [x, *alpha], {"where": True}, TypeError),
            ("beta", [x], {"beta": 1.0}, TypeError),
            ("a float", [-1.0, *alpha], {}, TypeError),
            ("a scalar", [np.float64(-1.0), *alpha], {}, TypeError),
            ("a list", [[-1.0], *alpha], {}, TypeError),
            ("a tuple", [(-1.0,), *alpha], {}, TypeError),
            ("memory", [memoryview(bytearray(8)), *alpha], {}, TypeError),
            ("read-only", [locked, *alpha], {}, ValueError),
            ("read-only, swapped", [swapped, *alpha], {}, ValueError),
            ("read-only, empty", [np.frombuffer(b""), *alpha], {}, ValueError),
            ("repeated", [np.broadcast_to(1.0, 3), *alpha], {}, ValueError),
            ("integers", [np.array([-1, 2]), *alpha], {}, TypeError),
            ("small integers", [np.array([-1, 2], "i1"), *alpha], {}, TypeError),
            ("booleans", [np.array([True]), *alpha], {}, TypeError),
        ]:
            calls.append(((name, label), function, arguments, keywords, error))
        if alpha:
            calls += [
                ((name, "alpha twice"), function, [x, 0.5], {"alpha": 0.5}, TypeError),
                ((name, "alpha of 4"), function, [x, np.ones(4)], {}, ValueError),
                ((name, "alpha of (2, 3)"), function, [x, np.ones((2, 3))], {}, ValueError),
                ((name, "alpha of (0,)"), function, [x, np.ones(0)], {}, ValueError),
            ]
    check(calls)


@pytest.mark.parametrize("name", GRADIENTS)
def test_alpha_gradients(name):
    function = getattr(relu_fast, name)
    x, alpha = np.array([-1.0, 2.0, 3.0]), np.full(3, 0.25)
    calls = [
        ("nothing", function, [], {}, TypeError),
        ("no alpha", function, [x, x], {}, TypeError),
        ("too much", function, [x, x, alpha, x], {}, TypeError),
        ("alpha by keyword", function, [x, x], {"alpha": alpha}, TypeError),
        ("out", function, [x, x, alpha], {"out": alpha}, TypeError),
        ("alpha of integers", function, [x, x, np.ones(3, int)], {}, TypeError),
        ("alpha of booleans", function, [x, x, np.ones(3, bool)], {}, TypeError),
        ("alpha is a bool", function, [x, x, True], {}, TypeError),
        ("x of 2", function, [x, x[:2], 0.5], {}, ValueError),
        ("g of 2", function, [x[:2], x, 0.5], {}, ValueError),
        ("alpha of 2", function, [x, x, alpha[:2]], {}, ValueError),
        ("alpha of 2, converted", function, [x, x, alpha[:2].astype("f2")], {}, ValueError),
        ("empty and not", function, [x, x[:0], 0.5], {}, ValueError),
        ("alpha empty", function, [x, x, alpha[:0]], {}, ValueError),
        ("long double", function, [x, x.astype("g"), alpha], {}, TypeError),
    ]
    for label, bad in bad_operands().items():
        # These are no ufuncs: they take what np.asarray makes of their arguments.
        if label.startswith("subclass"):
            continue
        error = TypeError
        if "__array_ufunc__" not in label and label != "an integer beyond float64":
            error = expected(np.copysign, label, [x, bad], {})
        calls.append((f"g: {label}", function, [bad, x, alpha], {}, error))
        calls.append((f"x: {label}", function, [x, bad, alpha], {}, error))
        if label != "an integer beyond float64":  # the gradient does not depend on alpha
            calls.append((f"alpha: {label}", function, [x, x, bad], {}, error))
    check(calls)


class Count(int):
    """An integer that cannot be printed."""

    __str__ = __repr__ = __format__ = boom


def test_threads():
    before = relu_fast.get_num_threads()
    calls = []
    for function in (relu_fast.set_num_threads, relu_fast.num_threads):
        for bad in [0, -1, MOST + 1, 10**9, 2**31, 2**32 + 1, 2**64, 10**30, 10**5000, True]:
            calls.append((function, [bad], {}, ValueError))
        for bad in [-(2**64), False, np.int8(-1), np.uint64(2**64 - 1), np.array(0)]:
            calls.append((function, [bad], {}, ValueError))
        for bad in [1.0, 2.5, np.nan, np.inf, 1j, "2", b"2", "", [1], (1,), {}, object(), ...]:
            calls.append((function, [bad], {}, TypeError))
        for bad in [np.float32(2), np.array([1, 2]), np.array(2.0), np.array("2")]:
            calls.append((function, [bad], {}, TypeError))
        calls += [
            (function, [hostile(__index__=boom)], {}, BoomError),
            (function, [hostile(__index__=lambda self: 2.0)], {}, TypeError),
            (function, [hostile(__index__=lambda self: 0)], {}, ValueError),
            (function, [hostile(__index__=3)], {}, TypeError),
            (function, [hostile(__int__=lambda self: 2)], {}, TypeError),
            (function, [Count(-5)], {}, BoomError),
            (function, [], {}, TypeError),
            (function, [1, 1], {}, TypeError),
            (function, [1], {"wrong": 1}, TypeError),
        ]
    calls += [
        (relu_fast.num_threads, [None], {}, TypeError),
        (relu_fast.get_num_threads, [1], {}, TypeError),
        (relu_fast.config, [1], {}, TypeError),
        (relu_fast.config, [], {"wrong": 1}, TypeError),
        (relu_fast.show_config, [1], {}, TypeError),
    ]
    check((number, *call) for number, call in enumerate(calls))
    limit = relu_fast.num_threads(1)
    with pytest.raises(AttributeError):
        limit.n = 10**9
    assert relu_fast.get_num_threads() == before


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: relu_fast.elu(x, 0.5, alpha=1), r"elu\(\) got alpha both by position and by"),
        (lambda x: relu_fast.elu(alpha=1), r"elu\(\) takes 1 array before alpha, but 0 were"),
        (lambda x: relu_fast.elu_backward(x), r"takes 2 arrays before alpha, but 1 were given"),
        (lambda x: relu_fast.prelu(x), r"prelu\(\) missing required argument: 'alpha'"),
        (lambda x: relu_fast.elu(x, aplha=1), r"elu\(\) got an unexpected keyword .*'aplha'"),
        (lambda x: relu_fast.relu(x, alpha=1), r"relu\(\) got an unexpected keyword .*'alpha'"),
        (lambda x: relu_fast.prelu(x, x[:2]), r"broadcast together with shapes \(3,\) \(2,\)"),
        (lambda x: relu_fast.relu(x, out=x[:2]), r"broadcast"),
        (lambda x: relu_fast.elu_alpha_backward(x, "a", x), "elu_alpha_backward: .* real .*<U1"),
        (lambda x: relu_fast.elu_alpha_backward(x, x, [1]), "alpha must be floating-point"),
        (lambda x: relu_fast.elu_alpha_backward(x, x[:2], x), r"g \(3,\), x \(2,\) and alpha"),
        (lambda x: relu_fast.num_threads(0), f"^num_threads: .* must be 1 to {MOST} .*, not 0"),
        (lambda x: relu_fast.num_threads(10**5000), "must be 1 to .* not a number of more than"),
        (lambda x: relu_fast.set_num_threads("2"), "set_num_threads: .* an integer, not str"),
    ],
)
def test_messages_name_the_argument(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(np.array([-1.0, 2.0, 3.0]))


@pytest.mark.parametrize("name", TWINS)
def test_in_place_says_what_x_must_be(name):
    function, alpha = getattr(relu_fast, name), [0.5] if name != "relu_" else []
    for bad in ([-1.0, 2.0], (1.0,), -1.0, np.float32(-1), None, "x", {1: 2}):
        message = f"^{name}: x must be an array to be changed in place, not {type(bad).__name__}"
        with pytest.raises(TypeError, match=message):
            function(bad, *alpha)
    with pytest.raises(ValueError, match=f"^{name}: x is read-only"):
        function(np.frombuffer(bytes(8)), *alpha)


# ---- Nothing is kept ----------------------------------------------------------


def test_memory_stays_the_same_over_many_errors():
    calls = [
        call
        for name in ("relu", "prelu", "elu_backward")
        for i, call in enumerate(wrong_ufunc_calls(name))
        if i % 47 == 0 and "100 000" not in call[0]
    ]
    x = np.array([-1.0, 2.0, 3.0])
    calls += [
        ("twice", relu_fast.elu, [x, 0.5], {"alpha": 0.5}, TypeError),
        ("misspelt", relu_fast.elu, [x], {"alpha": 0.5, "wrong": 0.5, "where": True}, TypeError),
        ("in place", relu_fast.elu_, [x, np.ones(4)], {}, ValueError),
        ("gradient", relu_fast.elu_alpha_backward, [x, x, "a"], {}, TypeError),
        ("gradient, shape", relu_fast.elu_alpha_backward, [x, x, x[:2]], {}, ValueError),
        ("threads", relu_fast.set_num_threads, ["a"], {}, TypeError),
    ]
    kept = {}
    for label, function, arguments, keywords, _ in calls:
        for _ in range(100):
            raised(function, arguments, keywords)
        gc.collect()
        tracemalloc.start()
        for _ in range(1000):
            raised(function, arguments, keywords)
        gc.collect()
        kept[label] = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    assert not {label: size for label, size in kept.items() if size > 16_000}


# ---- Strange, and right --------------------------------------------------------


def strange_arrays():
    memory = np.array([-1.0, 2.0, -3.0, 4.0])
    huge = 2**62
    return {
        "NaN": np.array([np.nan, -np.nan, -1.0]),
        "64 dimensions": memory.reshape((1,) * 63 + (4,)),
        "64 dimensions, the first long": memory.reshape((4,) + (1,) * 63),
        "64 dimensions of 1": np.full((1,) * 64, -1.0),
        "64 dimensions, one empty": np.empty((3,) * 5 + (1,) * 58 + (0,)),
        "huge steps of nothing": as_strided(memory, (1, 4, 1), (huge, 8, -huge)),
        "huge steps in an empty array": as_strided(memory, (5, 0), (huge, huge)),
        "one place for all": as_strided(memory, (3, 5), (0, 0)),
        "overlapping rows": as_strided(memory, (3, 2), (8, 8)),
        "backwards and broadcast": np.broadcast_to(memory[::-1], (3, 4)),
        "read-only": np.frombuffer(memory.tobytes()),
        "memory of a bytearray": np.frombuffer(bytearray(memory.tobytes())),
        "misaligned": np.frombuffer(b"x" + memory.tobytes(), np.uint8)[1:].view("f8"),
        "a field": np.array([(1, -1.0), (2, 3.0)], "i1,f8")["f1"],
        "in a list": [memory, memory[::-1]],
        "__array__": hostile(__array__=lambda self, dtype=None, copy=None: memory),
        "a buffer": memoryview(memory),
        "a range": range(-2, 2),
        "a matrix": memory.view(np.matrix),
        "a number in an object array": np.float64(-2.0),
    }


@pytest.mark.parametrize("label", strange_arrays())
def test_strange_arrays(label):
    x = strange_arrays()[label]
    plain = np.array(x, np.float64, order="C")
    alpha = np.float64(-0.5)
    expected = np.where(plain < 0, plain * alpha, plain)
    for name, factor in [("leaky_relu", expected), ("prelu", expected), ("relu", None)]:
        arguments = [x] if factor is None else [x, alpha]
        y = getattr(relu_fast, name)(*arguments)
        wanted = np.where(plain < 0, 0, plain) if factor is None else factor
        np.testing.assert_array_equal(np.asarray(y), wanted)
        assert y.dtype == np.float64
    gradient = relu_fast.prelu_alpha_backward(x, np.abs(plain) * -1, 0.5)
    np.testing.assert_allclose(gradient, (plain * -np.abs(plain)).sum())


@pytest.mark.parametrize("alpha", [np.nan, -np.nan, np.float32("nan"), np.array(np.nan)])
def test_nan_for_alpha_is_nan_where_it_matters(alpha):
    x = np.array([-1.0, 0.0, 3.0], np.float32)
    for name in ("leaky_relu", "prelu", "elu"):
        y = getattr(relu_fast, name)(x, alpha)
        assert np.isnan(y[0])
        assert y[1:].tolist() == [0, 3]
        slope = getattr(relu_fast, name + "_backward")(x, x, alpha=alpha)
        assert np.isnan(slope[0])
        assert slope[2] == 3
