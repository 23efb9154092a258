"""Wrong calls: NumPy's error or a clearer one, nothing changed, nothing kept, no crash.

NumPy's own functions, called in the same way, say which error it must be.
"""

import gc
import os
import sys
import tracemalloc

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided
from support import functions
from support.hostile import (
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

import relu_fast
from relu_fast import _ufuncs

pytestmark = [pytest.mark.version, pytest.mark.coverage]

MOST = 4 * (os.cpu_count() or 1)

# NumPy's functions by numbers of inputs and outputs; they have loops for floating-point types
# alone. There is none with two of each: there the second says what is wrong with outputs, and
# the first all else.
ORACLES = {(1, 1): [np.spacing], (2, 1): [np.copysign], (1, 2): [np.modf]}
ORACLES[2, 2] = [np.copysign, np.modf]


@pytest.fixture(params=["fast path", "numpy's path"], autouse=True)
def _both_paths(request):
    _ufuncs.set_fast_path(request.param == "fast path")
    yield
    _ufuncs.set_fast_path(True)


# ---- Wrong calls of a ufunc ---------------------------------------------------


def wrong_calls(nin, nout):
    """(label, arguments, keywords) of wrong calls of a ufunc with so many inputs and outputs."""
    a = [np.array([-1.0, 2.0, -0.0]) for _ in range(nin)]
    outs = [np.full(3, 7.0) for _ in range(nout)]
    out = outs[0] if nout == 1 else tuple(outs)
    yield "no argument", [], {}
    yield "out and no argument", [], {"out": out}
    yield "one argument too many", [*a, *outs, 1.0], {}
    yield "a thousand arguments", [1.0] * 1000, {}
    yield "out twice", [*a, *outs], {"out": out}
    yield "out twice, once None", [*a, *outs], {"out": None if nout == 1 else (None,) * nout}
    yield "all by keyword", [], {"x": a[0], "out": out}
    for label, bad in bad_operands().items():
        yield f"first: {label}", [bad, *a[1:]], {}
        yield f"first, out: {label}", [bad, *a[1:]], {"out": out}
    for label, bad in bad_operands().items():
        if nin > 1:
            yield f"last: {label}", [*a[:-1], bad], {}
            yield f"last, out: {label}", [*a[:-1], bad, *outs], {}
    for label, bad in bad_results().items():
        yield f"first: {label}", [bad, *a[1:]], {}
    for label, bad in bad_outs(nout).items():
        yield f"out by keyword: {label}", a, {"out": bad}
        yield f"out by position: {label}", [*a, bad], {}
        if nout > 1:
            yield f"first out by keyword: {label}", a, {"out": (bad, *outs[1:])}
            yield f"last out by keyword: {label}", a, {"out": (*outs[:-1], bad)}
            yield f"last out by position: {label}", [*a, *outs[:-1], bad], {}
    for number, keywords in enumerate(bad_keywords(nin, nout)):
        yield f"keywords {number}", a, keywords
    if nin > 1:
        for shape in [(2,), (4,), (0,), (3, 2), (1, 2)]:
            yield f"last of shape {shape}", [*a[:-1], np.ones(shape)], {}
            yield f"last of shape {shape}, float32", [*a[:-1], np.ones(shape, "f4")], {}
        yield "last makes the result larger than out", [*a[:-1], np.ones((2, 3)), *outs], {}


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


EMPTY: tuple = ()


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
    kept = [v for v in kept if v is not EMPTY]  # of which there is one, for tracebacks' code, too
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


def wrong_ufunc_calls(function):
    ufunc = functions.made(function)
    of_numpy = {}
    for oracle in ORACLES[min(ufunc.nin, 2), ufunc.nout]:
        for label, *call in wrong_calls(oracle.nin, oracle.nout):
            if label not in of_numpy or "out by" in label:
                of_numpy[label] = oracle, label, *call
    for label, arguments, keywords in wrong_calls(ufunc.nin, ufunc.nout):
        yield label, ufunc, arguments, keywords, expected(*of_numpy[label])


@functions.each(functions.of_each_call(functions.UFUNCS))
def test_ufuncs_fail_as_numpys_do(function):
    calls = list(wrong_ufunc_calls(function))
    assert len(calls) > 200
    check(calls)


# ---- What NumPy's functions have not: parameters, in place, sums, threads ------


@functions.each(functions.of_each_call(functions.UFUNCS))
def test_parameters(function):
    ufunc, x, out = functions.made(function), np.array([-1.0, 2.0, 3.0]), np.full(3, 7.0)
    a = functions.arrays(function, x)
    out = functions.outputs(function, lambda: np.full(3, 7.0))
    required = [*function.activation.required]
    calls = {
        "unknown": (a + required, {"no_such_parameter": 0.5}),
        "unknown, out": (a + required, {"no_such_parameter": 0.5, "out": out}),
        "one too few": ((a + required)[:-1], {}),
        "one too few, out": ((a + required)[:-1], {"out": out}),
        "one too few, where": ((a + required)[:-1], {"where": True}),
    }
    values = []
    for parameter in function.activation.parameters:
        name = parameter.name
        given = functions.keywords(function, 0.5)
        values.append(0.5)
        calls |= {
            f"{name} twice": (a + values, {name: 0.5}),
            f"{name} twice, out": (a + values, {name: 0.5, "out": out}),
            f"{name} twice by keyword": (a, given | {Name(name): 0.5}),
            f"{name} twice, the other first": (a, {Name(name): 0.5} | given),
            f"{name} before the arrays": (a[1:], given),
            f"{name} misspelt": (a + required, {name[::-1] + "_": 0.5}),
            f"{name} in capitals": (a + required, {name.upper(): 0.5}),
            f"{name} misspelt, out": (a + required, {name[::-1] + "_": 0.5, "out": out}),
        }
    check((label, ufunc, *call, TypeError) for label, call in calls.items())


@functions.each(functions.of_each_call(functions.PARAMETRIC))
def test_parameters_by_keyword(function):
    """A bad one is as bad by keyword as by position."""
    ufunc, x = functions.made(function), np.array([-1.0, 2.0, 3.0])
    a = functions.arrays(function, x)
    check(
        (
            (parameter.name, label),
            ufunc,
            a,
            functions.keywords(function, 0.5) | {parameter.name: bad},
            expected(np.copysign, label, [x, bad], {}),
        )
        for parameter in function.activation.parameters
        for label, bad in bad_operands().items()
    )


@functions.each(functions.of_each_call(functions.TWINS) + functions.named("relu_squared_"))
def test_in_place(function):
    twin, calls = functions.made(function), []
    values = functions.parameters(function, 0.5)
    x, locked = np.array([-1.0, 2.0, 3.0]), np.array([-1.0, 2.0])
    for label, bad in bad_operands().items():
        # Others are not asked: they cannot be assigned to.
        of_x = BoomError if label == "subclass: __array_ufunc__ raises" else TypeError
        calls.append((label, twin, [bad, *values], {}, of_x))
        for parameter in function.activation.parameters:
            error = expected(np.copysign, label, [x, bad, x], {})
            given = functions.keywords(function, 0.5) | {parameter.name: bad}
            calls.append(((label, parameter.name), twin, [x], given, error))
            calls.append(
                ((label, parameter.name, "by position"), twin, [x, *given.values()], {}, error)
            )
    locked.flags.writeable = False
    swapped = locked.astype(">f8")
    swapped.flags.writeable = False
    for label, arguments, keywords, error in [
        ("nothing", [], {}, TypeError),
        ("too much", [x, *values, 1.0], {}, TypeError),
        ("x by keyword", values, {"x": x}, TypeError),
        ("out", [x, *values], {"out": x}, TypeError),
        ("where", [x, *values], {"where": True}, TypeError),
        ("unknown", [x], {"no_such_parameter": 1.0}, TypeError),
        ("a float", [-1.0, *values], {}, TypeError),
        ("a scalar", [np.float64(-1.0), *values], {}, TypeError),
        ("a list", [[-1.0], *values], {}, TypeError),
        ("a tuple", [(-1.0,), *values], {}, TypeError),
        ("memory", [memoryview(bytearray(8)), *values], {}, TypeError),
        ("read-only", [locked, *values], {}, ValueError),
        ("read-only, swapped", [swapped, *values], {}, ValueError),
        ("read-only, empty", [np.frombuffer(b""), *values], {}, ValueError),
        ("repeated", [np.broadcast_to(1.0, 3), *values], {}, ValueError),
        ("complex", [np.array([-1j, 2]), *values], {}, TypeError),
        ("booleans", [np.array([True]), *values], {}, TypeError),
    ]:
        calls.append((label, twin, arguments, keywords, error))
    if not functions.out_of_place(function).takes_integers:
        calls.append(("integers", twin, [np.array([-1, 2]), *values], {}, TypeError))
        calls.append(("small integers", twin, [np.array([-1, 2], "i1"), *values], {}, TypeError))
    for parameter in function.activation.parameters:
        name, given = parameter.name, functions.keywords(function, 0.5)
        calls.append((f"{name} twice", twin, [x, *values], {name: 0.5}, TypeError))
        for shape in (4, (2, 3), (0,)):
            wrong = given | {name: np.ones(shape)}
            calls.append((f"{name} of {shape}", twin, [x], wrong, ValueError))
    check(calls)


@functions.each(functions.SUMS, "of_the_catalogue")
def test_parameter_gradients(of_the_catalogue):
    function, name = functions.made(of_the_catalogue), of_the_catalogue.parameter.name
    x, alpha = np.array([-1.0, 2.0, 3.0]), np.full(3, 0.25)
    calls = [
        ("nothing", function, [], {}, TypeError),
        ("no alpha", function, [x, x], {}, TypeError),
        ("too much", function, [x, x, alpha, x], {}, TypeError),
        ("twice", function, [x, x, alpha], {name: alpha}, TypeError),
        ("misspelt", function, [x, x], {name[::-1]: alpha}, TypeError),
        ("unknown", function, [x, x, alpha], {"no_such_parameter": 1.0}, TypeError),
        ("arrays by keyword", function, [], {"g": x, "x": x, name: alpha}, TypeError),
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
        error = TypeError
        if label != "an integer beyond float64":
            error = expected(np.copysign, label, [x, bad], {})
        calls.append((f"g: {label}", function, [bad, x, alpha], {}, error))
        calls.append((f"x: {label}", function, [x, bad, alpha], {}, error))
        if label != "an integer beyond float64":  # the gradient does not depend on alpha
            calls.append((f"alpha: {label}", function, [x, x, bad], {}, error))
            calls.append((f"alpha by keyword: {label}", function, [x, x], {name: bad}, error))
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
        (
            lambda x: relu_fast.elu_alpha_backward(x, x),
            r"elu_alpha_backward\(\) missing .* 'alpha'",
        ),
        (
            lambda x: relu_fast.elu_alpha_backward(x),
            r"takes 2 arrays by position, but 1 were given",
        ),
        (lambda x: relu_fast.num_threads(0), f"^num_threads: .* must be 1 to {MOST} .*, not 0"),
        (lambda x: relu_fast.num_threads(10**5000), "must be 1 to .* not a number of more than"),
        (lambda x: relu_fast.set_num_threads("2"), "set_num_threads: .* an integer, not str"),
    ],
)
def test_messages_name_the_argument(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(np.array([-1.0, 2.0, 3.0]))


@functions.each(functions.of_each_call(functions.UFUNCS))
def test_what_no_loop_takes_is_named(function):
    """By its place, and by keyword if it is a parameter's."""
    good = np.array([-1.0, 2.0, 3.0], np.float32)
    bad = {
        "complex": 1j,
        "ndarray of complex64": good.astype("c8"),
        "ndarray of object": np.array([object()] * 3),
        "longdouble": np.longdouble(1),
        f"ndarray of {np.dtype('g')}": good.astype("g"),
        "ndarray of datetime64[s]": np.zeros(3, "M8[s]"),
        "NoneType": None,
        "dict": {1: 2},
    }
    operands = [*functions.arrays(function, good), *functions.parameters(function, 0.5)]
    for shown, operand in bad.items():
        for i in range(len(operands)):
            given = [*operands[:i], operand, *operands[i + 1 :]]
            with pytest.raises(TypeError) as caught:
                functions.made(function)(*given)
            assert str(caught.value) == (
                f"{function.name}(): expected real numbers that fit into float64, "
                f"not {shown} (argument {i + 1})"
            )


def test_of_sparse_matrices_the_data_is_wanted():
    sparse = pytest.importorskip("scipy.sparse")
    for x in (sparse.csr_array(np.eye(3)), sparse.coo_matrix(np.eye(3))):
        with pytest.raises(TypeError, match=rf"^relu\(\): .*{type(x).__name__} .*: pass its .data"):
            relu_fast.relu(x)


@functions.each([f for f in functions.ALL if not f.is_ufunc])
def test_wrong_calls_are_told_in_the_name_of_the_function(function):
    """Of all that are no ufuncs, whose names Python and NumPy do not know."""
    x = np.array([-1.0, 2.0, 3.0])
    arrays = functions.arrays(function, x)
    learned = function.parameter
    names = [learned.name] if learned else [p.name for p in function.activation.parameters]
    values = dict.fromkeys(names, 0.5)
    every = [*arrays, *values.values()]
    is_required = learned or any(p.default is None for p in function.activation.parameters)
    wrong = [
        ("by position, but 0", [], {}),
        ("by position, but 0", [], {"x": x}),
        ("arguments, but", [*every, 0.5], {}),
        ("unexpected keyword argument 'wrong'", every, {"wrong": 1}),
        ("unexpected keyword argument 'out'", every, {"out": x}),
        *(("missing required argument", arrays, {}) for _ in range(bool(is_required))),
        *((f"{name} both by position", every, {name: 0.5}) for name in names),
        *(("broadcast", arrays, values | {name: x[:2]}) for name in names),
        ("numbers|not supported", [np.array(["a"]), *every[1:]], {}),
    ]
    for words, arguments, keywords in wrong:
        with pytest.raises(
            (TypeError, ValueError), match=rf"^{function.name}(\(\))?:? .*({words})"
        ):
            functions.made(function)(*arguments, **keywords)


@functions.each(functions.of_each_call(functions.TWINS))
def test_in_place_says_what_x_must_be(function):
    twin, values = functions.made(function), functions.parameters(function, 0.5)
    for bad in ([-1.0, 2.0], (1.0,), -1.0, np.float32(-1), None, "x", {1: 2}):
        must = f"x must be an array to be changed in place, not {type(bad).__name__}; "
        must += f"{functions.out_of_place(function).name} returns its result"
        with pytest.raises(TypeError, match=f"^{function.name}: {must}"):
            twin(bad, *values)
    with pytest.raises(ValueError, match=f"^{function.name}: x is read-only"):
        twin(np.frombuffer(bytes(8)), *values)


# ---- Nothing is kept ----------------------------------------------------------


def test_memory_stays_the_same_over_many_errors():
    calls = [
        call
        for function in functions.named("relu", "prelu", "elu_backward", "elu_value_and_grad")
        for i, call in enumerate(wrong_ufunc_calls(function))
        if i % 97 == 0 and "100 000" not in call[0]
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
    gc.collect()
    gc.freeze()  # what pytest holds is not looked through again for each call
    for label, function, arguments, keywords, _ in calls:
        for _ in range(100):
            raised(function, arguments, keywords)
        gc.collect()
        tracemalloc.start()
        for _ in range(600):
            raised(function, arguments, keywords)
        gc.collect()
        kept[label] = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    gc.unfreeze()
    assert not {label: size for label, size in kept.items() if size > 14_000}


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
        is_integer = name == "relu" and np.asarray(x).dtype.kind == "i"
        assert y.dtype == (np.asarray(x).dtype if is_integer else np.float64)
    gradient = relu_fast.prelu_alpha_backward(x, np.abs(plain) * -1, 0.5)
    np.testing.assert_allclose(gradient, (plain * -np.abs(plain)).sum())


@pytest.mark.parametrize("alpha", [np.nan, -np.nan, np.float32("nan"), np.array(np.nan)])
def test_nan_for_alpha_is_nan_where_it_matters(alpha):
    x = np.array([-1.0, 0.0, 3.0], np.float32)
    for value, backward in (
        (relu_fast.leaky_relu, relu_fast.leaky_relu_backward),
        (relu_fast.prelu, relu_fast.prelu_backward),
        (relu_fast.elu, relu_fast.elu_backward),
    ):
        y = value(x, alpha)
        assert np.isnan(y[0])
        assert y[1:].tolist() == [0, 3]
        slope = backward(x, x, alpha=alpha)
        assert np.isnan(slope[0])
        assert slope[2] == 3
