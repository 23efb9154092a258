"""The functions are true ufuncs: calls, defaults, keywords, dtypes, errors, pickling, help."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from support import functions

import relu_fast
from relu_fast._catalog import FUNCTIONS

pytestmark = [pytest.mark.version, pytest.mark.coverage]

NUMPY = np.lib.NumpyVersion(np.__version__)
UFUNCS = {f.name: functions.made(f) for f in functions.SINGLE}
ALL = list(FUNCTIONS)


@pytest.fixture
def x():
    return np.array([[-2.0, -0.0, 3.0], [np.nan, -np.inf, 0.5]], np.float32)


def test_the_names_are_all_there():
    """Names, types and signatures are frozen in tests/data/api.txt."""
    assert set(FUNCTIONS) <= set(relu_fast.__all__)
    assert set(dir(relu_fast)) == set(relu_fast.__all__)


@pytest.mark.parametrize("name", ALL)
def test_pickles_by_name(name):
    function = getattr(relu_fast, name)
    assert pickle.loads(pickle.dumps(function)) is function


def test_pickles_by_name_into_another_process():
    pickles = {name: pickle.dumps(getattr(relu_fast, name)) for name in ALL}
    program = (
        "import pickle, sys\n"
        "pickles = pickle.load(sys.stdin.buffer)\n"
        "loaded = {name: pickle.loads(pickled) for name, pickled in pickles.items()}\n"
        "import relu_fast\n"
        "assert all(f is getattr(relu_fast, name) for name, f in loaded.items())"
    )
    command = [sys.executable, "-c", program]
    subprocess.run(command, input=pickle.dumps(pickles), check=True, timeout=60)


@pytest.mark.skipif(NUMPY < "2.4.0", reason="older ufuncs have no attributes of their own")
@pytest.mark.parametrize("name", ALL)
def test_says_where_it_lives(name):
    function = getattr(relu_fast, name)
    assert function.__module__ == "relu_fast"
    assert function.__name__ == function.__qualname__ == name


# ---- alpha -------------------------------------------------------------------

PARAMETRIC = [
    name for name in UFUNCS if [p.name for p in FUNCTIONS[name].activation.parameters] == ["alpha"]
]


def arrays(name, x):
    return (x,) * len(FUNCTIONS[name].form.inputs)


def operands_of(name, x):
    """x for each array, and a number for each parameter."""
    return arrays(name, x) + (0.5,) * len(FUNCTIONS[name].activation.parameters)


@pytest.mark.parametrize("name", PARAMETRIC)
def test_alpha_by_position_keyword_and_default(name, x):
    function, operands = getattr(relu_fast, name), arrays(name, x)
    half = function(*operands, 0.5)
    assert half.dtype == np.float32
    np.testing.assert_array_equal(function(*operands, alpha=0.5), half)
    np.testing.assert_array_equal(function(*operands, alpha=0.5, where=True), half)
    np.testing.assert_array_equal(function(*operands, where=True, alpha=0.5), half)
    out = np.empty_like(x)
    assert function(*operands, 0.5, out) is out
    np.testing.assert_array_equal(out, half)
    out[:] = 0
    assert function(*operands, out=out, alpha=0.5) is out
    np.testing.assert_array_equal(out, half)
    assert function(*operands, alpha=0.5, out=(out,)) is out
    default = FUNCTIONS[name].activation.parameters[0].default
    if default is not None:
        np.testing.assert_array_equal(function(*operands), function(*operands, default))
        out[:] = 0
        assert function(*operands, out=out) is out
        np.testing.assert_array_equal(out, function(*operands, default))


def test_numbers_are_weak_as_nep_50_says(x):
    assert relu_fast.elu(x, 2).dtype == np.float32
    assert relu_fast.elu(x, 2.0).dtype == np.float32
    assert relu_fast.elu(x, np.float64(2)).dtype == np.float64
    assert relu_fast.elu(x, np.float32(2)).dtype == np.float32
    assert relu_fast.elu(x.astype(np.float64), np.float32(2)).dtype == np.float64
    assert relu_fast.elu(x, np.array(2.0)).dtype == np.float64


def test_alpha_is_rounded_to_the_dtype(x):
    np.testing.assert_array_equal(
        relu_fast.leaky_relu(x, 0.1), relu_fast.leaky_relu(x, np.float32(0.1))
    )


def test_alpha_broadcasts_per_channel():
    images = np.linspace(-1, 1, 2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    alpha = np.array([0.1, 0.2, 0.3])
    y = relu_fast.prelu(images, alpha[:, None, None])
    for channel in range(3):
        np.testing.assert_array_equal(
            y[:, channel], relu_fast.prelu(images[:, channel], alpha[channel])
        )


# ---- The machinery of ufuncs -------------------------------------------------


@pytest.mark.parametrize("name", UFUNCS)
def test_out_where_dtype_casting_order(name, x):
    function = getattr(relu_fast, name)
    operands = operands_of(name, x)
    y = function(*operands)
    assert function(*operands, dtype=np.float64).dtype == np.float64
    out = np.full_like(x, 7)
    mask = np.array([True, False, True])
    function(*operands, out=out, where=mask)
    np.testing.assert_array_equal(out, np.where(mask, y, np.float32(7)))
    with pytest.raises(TypeError, match="cast"):
        function(*operands, out=np.empty(x.shape, np.int64))
    wide = np.empty(x.shape, np.float64)
    function(*operands, out=wide)
    np.testing.assert_array_equal(wide, y)
    assert function(*operands, order="F").flags.f_contiguous
    assert function(*(o.T if isinstance(o, np.ndarray) else o for o in operands)).flags.f_contiguous
    loop = function.types[-1]
    assert function(*operands, signature=loop).dtype == np.float64


@pytest.mark.parametrize("kind", ["?", "i1", "u1", "i2", "u2", "f2"])
def test_small_types_are_computed_as_by_numpy(kind):
    values = np.array([0, 1, 1], kind)
    assert relu_fast.relu_squared(values).dtype == np.exp(values).dtype
    np.testing.assert_array_equal(relu_fast.relu_squared(values), values)


def test_large_integers_are_computed_in_float64():
    values = np.array([-3, 0, 2**40])
    assert relu_fast.relu_squared(values).dtype == np.float64
    np.testing.assert_array_equal(relu_fast.leaky_relu(values, 0.5), [-1.5, 0, 2.0**40])


def test_longdouble_is_refused_rather_than_rounded():
    if np.finfo(np.longdouble).nmant > 52:
        with pytest.raises(TypeError):
            relu_fast.relu(np.zeros(2, np.longdouble))


def test_scalars_and_zero_dimensional_arrays():
    for value in (-1.5, np.float32(-1.5), np.array(-1.5), [-1.5][0]):
        y = relu_fast.leaky_relu(value, 0.5)
        assert y == -0.75
        assert not isinstance(y, np.ndarray)
    out = np.empty(())
    assert relu_fast.elu(-1.0, out=out) is out


@pytest.mark.parametrize("shape", [(0,), (3, 0, 2), (0, 5)])
@pytest.mark.parametrize("name", UFUNCS)
def test_empty(name, shape):
    empty = np.empty(shape, np.float32)
    operands = operands_of(name, empty)
    assert getattr(relu_fast, name)(*operands).shape == shape


def test_subclasses_and_overrides():
    class Tagged(np.ndarray):
        pass

    assert type(relu_fast.elu(np.zeros(3).view(Tagged))) is Tagged
    masked = np.ma.array([-1.0, 2.0], mask=[True, False])
    assert isinstance(relu_fast.relu(masked), np.ma.MaskedArray)

    class Override:
        def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
            return ufunc, method, inputs[1:], keywords

    assert relu_fast.elu(Override()) == (relu_fast.elu, "__call__", (1.0,), {})
    assert relu_fast.elu(Override(), alpha=3) == (relu_fast.elu, "__call__", (3,), {})
    assert relu_fast.relu(Override(), where=True)[0] is relu_fast.relu


def test_methods_are_numpys_own():
    x = np.array([-4.0, 3.0, -2.0])
    relu_fast.relu.at(x, [0, 2])
    np.testing.assert_array_equal(x, [0, 3, 0])
    np.testing.assert_array_equal(
        relu_fast.leaky_relu.outer([-1.0, 1.0], [0.5, 2.0]), [[-0.5, -2.0], [1.0, 1.0]]
    )
    x = np.array([-1.0, 2.0, 3.0, -0.5])
    # x0, then leaky_relu(x0, x1), then leaky_relu(that, x2), ...
    np.testing.assert_array_equal(relu_fast.leaky_relu.accumulate(x), [-1, -2, -6, 3])
    assert relu_fast.leaky_relu.reduce(x) == 3


def test_no_vectorcall_slot_is_an_import_error():
    """A NumPy whose ufuncs have no such slot: refused at import, no crash."""
    program = (
        "import relu_fast._ufuncs as u\n"
        "try: u.check_numpy(offset=-8)\n"
        "except ImportError as error: print(error)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert "vectorcall slot" in ran.stdout
    assert np.__version__ in ran.stdout
