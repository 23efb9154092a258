"""docs/guide/numba.md: functions in code that numba compiles.

They return what the Python call returns, to the bit. numba takes a quarter of a second to compile
a call, so each test compiles few and calls them often.
"""

import re
import runpy
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from support.functions import (
    SUMS,
    TWINS,
    UFUNCS,
    as_tuple,
    each,
    made,
    of_each_shape,
    same_bits,
)
from support.programs import output_of, run
from support.reference import points

import relu_fast as rf
from relu_fast import silu
from relu_fast._catalog import ACTIVATIONS

numba = pytest.importorskip("numba")
njit, prange = numba.njit, numba.prange
TypingError = numba.core.errors.TypingError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def compiled(function):
    """What numba compiles for the types that it is called with."""
    called = made(function)
    return njit(lambda *operands: called(*operands))


def arguments(function):
    """Names of its operands."""
    learned = function.parameter
    return (*function.form.inputs, learned.name) if learned else function.arguments


def operands(names, x):
    """By these names: arrays made of x, and a number for each parameter."""
    numbers = iter((0.7, 1.3))
    arrays = ("g", "x", "y", "gate", "up")
    return {
        name: np.roll(x, arrays.index(name)) if name in arrays else next(numbers) for name in names
    }


def spread(array):
    """The same numbers, with gaps between them."""
    return np.repeat(array, 2, axis=-1)[..., ::2]


# ---- Bits ------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=lambda row: row.name)
def test_arrays(activation, dtype):
    """All its functions: special values, odd lengths and places, several threads, strides."""
    functions = [f for f in activation.functions() if f not in TWINS]
    names = list(dict.fromkeys(name for f in functions for name in arguments(f)))
    calls = [f"rf.{f.name}({', '.join(arguments(f))})" for f in functions]
    call = njit(eval(f"lambda {', '.join(names)}: ({', '.join(calls)},)", {"rf": rf}))
    x = np.resize(points(dtype), 20_000)
    for piece in (slice(1, 18), slice(3, None)):
        given = operands(names, x[piece])
        if dtype == "float32":
            given = {n: spread(v) if isinstance(v, np.ndarray) else v for n, v in given.items()}
        for f, found in zip(functions, call(**given), strict=True):
            wanted = made(f)(*map(given.get, arguments(f)))
            found = np.dtype(dtype).type(found) if f in SUMS else found
            assert same_bits(found, wanted), f.name
    assert len(call.signatures) == 1


@each(of_each_shape(TWINS))
def test_in_place(function):
    call = compiled(function)
    for dtype, stored in (("float32", spread), ("float64", np.array)):
        x, *parameters = operands(function.arguments, points(dtype)[1:]).values()
        x, y = stored(x), stored(x)
        wanted = made(function)(y, *parameters)
        assert same_bits(call(x, *parameters), wanted)
        assert same_bits(x, wanted)


@each(of_each_shape(UFUNCS))
def test_numbers(function):
    """numba returns a Python float for either type."""
    call, count = compiled(function), len(function.form.inputs)
    for dtype in (np.float32, np.float64):
        for x in points(dtype)[::20]:
            given = [*operands(function.arguments, np.array([x])).values()]
            given[:count] = [array[0] for array in given[:count]]
            found = tuple(map(dtype, as_tuple(call(*given))))
            assert same_bits(found, made(function)(*given)), (given, found)
    first, second = (str(o.signature.return_type) for o in call.overloads.values())
    assert "float32" in first
    assert second == first.replace("float32", "float64")


# ---- Types, shapes, outputs ------------------------------------------------------


def test_types_and_shapes():
    """Of inputs with one alpha, and of alphas with one input; as NumPy takes them."""
    call = njit(lambda x, alpha: rf.prelu(x, alpha))
    x = np.random.default_rng(0).normal(0, 3, (3, 4)).astype("float32")
    alphas = [x[0], x[:, :1], x[:1, :1], x[None], x[0].astype("float64"), x[0, 0], 0.3, 2, True]
    given = [(x, alpha) for alpha in (*alphas, np.array(0.3), np.int16(2))]
    given += [(x.astype(dtype), x[0]) for dtype in ("float64", "int16", "int32", "uint64")]
    for operands in given:
        assert same_bits(call(*operands), rf.prelu(*operands)), operands


def test_integers_stay_where_they_do_in_numpy():
    call = njit(lambda x: (rf.relu(x), rf.relu6(x)))
    for dtype in ("int8", "uint16", "int64", "bool"):
        x = np.arange(-9, 9).astype(dtype)
        for found, wanted in zip(call(x), (rf.relu(x), rf.relu6(x)), strict=True):
            assert found.dtype == wanted.dtype
            assert (found == wanted).all()
    assert call(-3) == (0, 0)
    assert call(True) == (1, 1)
    floats = njit(lambda x: rf.gelu(x))
    for dtype in ("int16", "uint32"):
        assert same_bits(floats(np.arange(9, dtype=dtype)), rf.gelu(np.arange(9, dtype=dtype)))
    assert floats(2) == rf.gelu(2)


def test_layouts():
    """Results are C-ordered, or in Fortran's order if all inputs are."""
    call = njit(lambda g, x: (rf.gelu_backward(g, x), rf.gelu(x)))
    draws = np.random.default_rng(0).normal(0, 3, (6, 5, 4))
    views = [draws, draws[::2, :, ::-1], draws.transpose(2, 0, 1), draws[:0], draws[:1, :, :1]]
    for x in (*views, draws.T, np.broadcast_to(draws[0], draws.shape)):
        found = call(x, x)
        assert same_bits(found, (rf.gelu_backward(x, x), rf.gelu(x)))
        assert found[0].flags.fnc == found[1].flags.fnc == x.flags.fnc
    cube = draws[:4, :4]
    found = call(cube, cube.T)
    assert same_bits(found, (rf.gelu_backward(cube, cube.T), rf.gelu(cube.T)))
    assert found[0].flags.c_contiguous
    x = draws[0, 0]
    assert same_bits(call(draws, x)[0], rf.gelu_backward(draws, x))
    assert same_bits(call(1.0, x)[0], rf.gelu_backward(1.0, x))


def test_out():
    """Other types, overlaps, and larger outputs as in the Python call; None is none."""
    call = njit(lambda x, out: rf.elu(x, 0.5, out))
    by_name = njit(lambda x, out: rf.elu(x, out=out, alpha=0.5))
    x = np.linspace(-3, 3, 12)

    def overlapping():
        """Views of one array, of which each reads what the other has stored."""
        memory = np.linspace(-3, 3, 13)
        return [(memory[:-1], memory[1:]), (memory[1:], memory[:-1]), (memory[::-1], memory)]

    for dtypes in (("float64", "float64"), ("float64", "float32"), ("float32", "float64")):
        given, out, wanted = (
            x.astype(dtypes[0]),
            np.ones((2, 24), dtypes[1])[:, ::2],
            np.ones((2, 12)),
        )
        wanted = wanted.astype(dtypes[1])
        assert call(given, out) is not None
        assert same_bits(out, rf.elu(given, 0.5, wanted))
    for (x1, out), (x2, wanted) in zip(overlapping(), overlapping(), strict=True):
        assert same_bits(by_name(x1, out), rf.elu(x2, 0.5, wanted))
        assert same_bits(out, wanted)
    none = np.zeros(())
    assert call(np.array(-1.0), none)[()] == none[()] == rf.elu(-1.0, 0.5)
    assert same_bits(call(x, None), rf.elu(x, 0.5))


def test_several_outputs():
    call = njit(lambda x, y, dy: rf.elu_value_and_grad(x, out=(y, dy)))
    x = np.linspace(-3, 3, 12)
    y, dy = np.empty((2, 12), "float32")
    found = call(x, y, dy)
    wanted = tuple(r.astype("float32") for r in rf.elu_value_and_grad(x))
    assert same_bits(found, wanted)
    assert same_bits((y, dy), wanted)
    memory = x.copy()
    assert same_bits(call(memory, memory, dy)[0], rf.elu(x))


def test_in_place_by_way_of_another_type():
    call = njit(lambda x, alpha: rf.prelu_(x, alpha))
    x = np.linspace(-3, 3, 12, dtype="float32")
    alpha = np.full(12, 0.1)
    y, z = x.copy(), x.copy()
    assert same_bits(call(y, alpha), rf.prelu_(z, alpha))
    assert same_bits(y, z)


def test_unaligned_and_read_only():
    call = njit(lambda x: rf.gelu(x))
    packed = np.zeros(5, [("tag", "i1"), ("x", "f8")])
    packed["x"] = np.arange(-2, 3)
    read_only = packed["x"].copy()
    read_only.flags.writeable = False
    for x in (packed["x"], read_only):
        assert same_bits(call(x), rf.gelu(x))
    assert same_bits(njit(lambda x: rf.gelu_(x))(packed["x"]), rf.gelu(read_only))
    assert same_bits(packed["x"].copy(), rf.gelu(read_only))


def test_learned_parameters():
    call = njit(lambda g, x, alpha: rf.prelu_alpha_backward(g, x, alpha))
    g, x = np.random.default_rng(0).normal(0, 3, (2, 50, 4, 3)).astype("float32")
    alphas = [np.ones(shape, "float32") for shape in [(3,), (4, 1), (50, 4, 3), (2, 1, 1, 1)]]
    alphas += [np.ones(3), np.ones(()), np.float32(1), 1.0, 1]
    given = [(g, x, alpha) for alpha in alphas]
    given += [(g[0], x, alphas[0]), (np.asfortranarray(g), x[..., ::-1], alphas[0])]
    for operands in given:
        wanted, found = rf.prelu_alpha_backward(*operands), call(*operands)
        if np.ndim(operands[-1]) == 0:
            found = wanted.dtype.type(found)  # numba returns a Python float
        assert same_bits(found, wanted), operands[-1]
    with pytest.raises(ValueError, match=r"prelu_alpha_backward\(\): operands could not be"):
        call(g, x, np.ones(5, "float32"))


# ---- Errors ----------------------------------------------------------------------

X = np.ones(3)


@pytest.mark.parametrize(
    ("call", "given", "message"),
    [
        (lambda x: rf.elu(x), X.astype(complex), "real numbers .* not x = array.complex128"),
        (lambda x: rf.elu(x), "x", "elu.*: x must be an array or a number, not unicode_type"),
        (lambda x: rf.elu(x), X.astype("float16"), "elu.*: computes x = .* in float16"),
        (lambda x: rf.gelu(x), X.astype("int8"), "gelu.*: computes x = .* in float16"),
        (lambda x: rf.elu(x, "a"), X, "elu.*: alpha must be an array or a number"),
        (lambda x: rf.elu(), X, "relu_fast.elu(.|\n)*missing a required argument: 'x'"),
        (lambda x: rf.prelu(x), X, "relu_fast.prelu(.|\n)*missing a required argument: 'alpha'"),
        (lambda x: rf.elu(x, 1, x, x), X, "relu_fast.elu(.|\n)*too many positional arguments"),
        (
            lambda x: rf.elu(x, where=x),
            X,
            "relu_fast.elu(.|\n)*unexpected keyword argument 'where'",
        ),
        (lambda x: rf.elu(x, out=(x,)), X, "elu.*: out must be an array, not"),
        (lambda x: rf.elu(x, out=1), X, "elu.*: out must be an array, not"),
        (lambda x: rf.elu_value_and_grad(x, out=x), X, "out must be a tuple of 2 arrays"),
        (lambda x: rf.elu_(x), 1.0, "elu_.*: x must be an array, not float64"),
        (lambda x: rf.elu_(x), X.astype(int), "elu_.*: the result is float64, which does not fit"),
        (lambda x: rf.elu_(x), np.broadcast_to(1.0, 3), "elu_.*: x is read-only"),
        (
            lambda x: rf.prelu_alpha_backward(x, x, np.ones(3, np.int64)),
            X,
            "alpha must be float32 or",
        ),
    ],
)
def test_what_does_not_compile(call, given, message):
    with pytest.raises(TypingError, match=message):
        njit(call)(given)


def test_shapes_that_do_not_fit():
    call = njit(lambda x, alpha, out: rf.elu(x, alpha, out))
    with pytest.raises(ValueError, match=r"elu\(\): operands could not be broadcast together"):
        call(X, np.ones(4), np.ones(4))
    for out in (np.ones(1), np.ones((0,))):
        with pytest.raises(ValueError, match=r"elu\(\)"):
            call(X, X, out)
    with pytest.raises(TypingError, match="the result has 1 dimensions, out is array"):
        call(X, X, np.ones(()))
    both = njit(lambda x, y, dy: rf.elu_value_and_grad(x, out=(y, dy)))
    with pytest.raises(TypingError, match="the result has 2 dimensions, out is Tuple"):
        both(X, np.ones((2, 3)), np.ones(3))


# ---- Where it is called from -----------------------------------------------------


@numba.vectorize
def by_element(x, alpha):
    return silu(x) + rf.elu(x, alpha)


@numba.guvectorize(["void(float64[:], float64[:])"], "(n)->(n)")
def by_row(x, y):
    rf.softplus(x, 2.0, y)


@njit(parallel=True)
def by_threads(x):
    y = np.empty_like(x)
    for i in prange(len(x)):
        rf.gelu(x[i], out=y[i])
    return y


@njit(nogil=True)
def without_gil(x):
    return rf.gelu(x)


def test_everywhere():
    x = np.random.default_rng(0).normal(0, 3, (40, 10_000))
    assert same_bits(by_element(x, 0.5), silu(x) + rf.elu(x, 0.5))
    assert same_bits(by_row(x), rf.softplus(x, 2.0))
    assert same_bits(by_threads(x), rf.gelu(x))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(without_gil, x))
    assert same_bits(np.array(results), rf.gelu(x))
    chosen = rf.relu6
    assert same_bits(njit(lambda x: chosen(x) - np.abs(x))(x), rf.relu6(x) - np.abs(x))
    # Between operations that numba merges into one loop.
    assert same_bits(njit(lambda x: 2 * rf.gelu(x + 1) - x)(x), 2 * rf.gelu(x + 1) - x)


CACHED = """
import numpy as np, relu_fast as rf
from numba import njit

@njit(cache=True)
def f(g, x):
    return rf.elu(x, 0.5), rf.gelu(x[0]), rf.prelu_alpha_backward(g, x, x[:1])

x = np.linspace(-3, 3, 50)
y, number, total = f(x, x)
assert y.tobytes() == rf.elu(x, 0.5).tobytes()
assert number == rf.gelu(x[0])
assert total.tobytes() == rf.prelu_alpha_backward(x, x, x[:1]).tobytes()
print(sum(f.stats.cache_hits.values()), sum(f.stats.cache_misses.values()))
"""


def test_the_next_process_loads_it_from_the_cache(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(CACHED)
    for expected in ("0 1\n", "1 0\n"):
        ran = run(script, NUMBA_CACHE_DIR=str(tmp_path))
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout == expected


def test_numba_makes_no_function_and_relu_fast_does_not_import_numba():
    program = (
        "import sys, relu_fast; assert 'numba' not in sys.modules; import numba; "
        "assert numba.njit(lambda x: x + 1)(1) == 2; assert 'relu_fast._numba' in sys.modules; "
        "print(len(relu_fast._functions._made))"
    )
    assert output_of(program) == "0"


source = pytest.mark.skipif(not (ROOT / "examples").exists(), reason="needs the source tree")


@source
def test_example():
    ran = run(ROOT / "examples" / "consumer_numba.py", "--units", "8")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "all bits are the same" in ran.stdout
    one, other = re.findall(r"-?\d+\.\d{5}", ran.stdout.splitlines()[-1])
    assert one == other


@source
def test_benchmark():
    """benchmarks/compare_numba.py times what computes the same.  Not how fast."""
    names = runpy.run_path(ROOT / "benchmarks" / "compare_numba.py")
    x = np.linspace(-3, 3, 8)
    assert len(names["sides"]("gelu", 8)) == 4
    for title, call in names["sides"]("gelu", 8).items():
        y = np.empty_like(x)
        call(x, y, 1)
        np.testing.assert_allclose(y, rf.gelu(x), rtol=1e-14, err_msg=title)
    for name, formula in names["FORMULAS"].items():
        for number in x:
            assert formula(number) == pytest.approx(getattr(rf, name)(number), rel=1e-14), name
