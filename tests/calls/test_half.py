"""Half types come back as they are, by the types of the parameters; their values: tests/values."""

import itertools
import os
import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest
from support.reference import bits

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import FUNCTIONS

pytestmark = [pytest.mark.version, pytest.mark.coverage]

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
HALVES = [np.dtype("float16"), BFLOAT16]
SINGLE = [
    f
    for f in FUNCTIONS.values()
    if f.is_ufunc and f.form.inputs == ("x",) and len(f.form.outputs) == 1
]
PARAMETRIC = [f for f in SINGLE if len(f.activation.parameters) == 1]


@pytest.fixture(params=HALVES, ids=str)
def half(request):
    return request.param


@pytest.fixture(params=[True, False], ids=["fast path", "numpy's path"])
def path(request):
    _ufuncs.set_fast_path(request.param)
    yield
    _ufuncs.set_fast_path(True)


# On the bits, rounded once, by formulas of numbers and by those in vectors.
OF_EACH_KERNEL = [
    f for f in SINGLE if f.activation.name in ("relu", "leaky_relu", "hardswish", "elu", "silu")
]


class Tagged(np.ndarray):
    pass


def ids(functions):
    return [f.name for f in functions]


def everything(half):
    """All numbers of a half type."""
    return np.arange(2**16, dtype=np.uint16).view(half)


def finite(half):
    codes = np.arange(2**16, dtype=np.uint16)
    infinity = np.array(np.inf, half).view(np.uint16)
    return codes[codes & 0x7FFF < infinity].view(half)


# ---- Which type comes back ------------------------------------------------------


F2, BF, F4, F8 = HALVES[0], BFLOAT16, np.dtype("f4"), np.dtype("f8")
TABLE = {
    (F2, "float"): F2,
    (F2, "int"): F2,
    (F2, F2): F2,
    (F2, BF): F4,
    (F2, F4): F4,
    (F2, F8): F8,
    (BF, "float"): BF,
    (BF, "int"): BF,
    (BF, F2): F4,
    (BF, BF): BF,
    (BF, F4): F4,
    (BF, F8): F8,
    (F4, "float"): F4,
    (F4, F2): F4,
    (F4, BF): F4,
    (F4, F4): F4,
    (F4, F8): F8,
    (F8, "float"): F8,
    (F8, F2): F8,
    (F8, BF): F8,
    (F8, F4): F8,
}


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("function", PARAMETRIC, ids=ids(PARAMETRIC))
def test_result_by_the_parameters_type(function):
    """Python numbers keep the type; all else promotes as in NumPy."""
    ufunc = getattr(relu_fast, function.name)
    for (of_x, of_alpha), wanted in TABLE.items():
        x = np.linspace(-2, 2, 9).astype(of_x)
        if isinstance(of_alpha, str):
            assert ufunc(x, {"float": 0.5, "int": 2}[of_alpha]).dtype == wanted
            continue
        number = of_alpha.type(0.5)
        for alpha in (number, np.array(number), np.full(9, number)):
            assert ufunc(x, alpha).dtype == wanted


@pytest.mark.usefixtures("path")
def test_result_by_the_types_of_two_arrays():
    """As of one array and a parameter of that type; a default changes nothing."""
    for (of_g, of_x), wanted in TABLE.items():
        if isinstance(of_x, str):
            continue
        g, x = np.ones(3, of_g), np.ones(3, of_x)
        for name in ("relu_backward", "elu_backward", "leaky_relu_backward", "silu_backward"):
            assert getattr(relu_fast, name)(g, x).dtype == wanted
        assert relu_fast.swiglu(g, x).dtype == wanted
        assert {y.dtype for y in relu_fast.reglu_backward(g, x, x)} == {wanted}


@pytest.mark.parametrize("name", ["prelu_alpha_backward", "elu_alpha_backward"])
def test_gradient_of_alpha_has_alphas_type(half, name):
    gradient = getattr(relu_fast, name)
    x = np.linspace(-2, 2, 1000).astype(half)
    wide = gradient(x.astype("f8"), x.astype("f8"), 0.5)
    for alpha, wanted in ((0.5, half), (half.type(0.5), half), (F4.type(0.5), F4)):
        got = gradient(x, x, alpha)
        assert got.dtype == wanted
        assert got == wide.astype(F4).astype(wanted), (got, wide)
    per_row = gradient(x.reshape(10, 100), x.reshape(10, 100), np.zeros((10, 1), half))
    assert per_row.dtype == half
    assert per_row.shape == (10, 1)
    with pytest.raises(TypeError, match="must be floating-point"):
        gradient(x, x, np.zeros(3, np.int8))


def test_dtype_chooses_the_type(half):
    """(For bfloat16 NumPy wants `signature` where it has to convert, for np.exp as well.)"""
    assert relu_fast.elu([-1.0, 2.0], half.type(1), signature=(half,) * 3).dtype == half
    x = np.linspace(-1, 1, 5).astype(half)
    assert relu_fast.elu(x, dtype=half).dtype == half
    assert relu_fast.elu(x, dtype=np.float32).dtype == np.float32
    assert relu_fast.elu(x.astype(F4), out=x) is x
    assert relu_fast.leaky_relu.outer(x, x).dtype == half


@pytest.mark.usefixtures("path")
def test_containers_keep_the_type(half):
    """Numbers for parameters are weak there, too: they are rounded to the half type."""
    x = np.linspace(-2, 2, 9).astype(half)
    for container in (x[0], np.ma.array(x, mask=x > 1), x.view(Tagged)):
        for arguments in ((), (0.5,), (half.type(0.5),)):
            assert relu_fast.elu(container, *arguments).dtype == half
    assert relu_fast.elu(x.view(Tagged), 0.3)[0] == relu_fast.elu(x, half.type(0.3))[0]


# ---- When bfloat16 is there -----------------------------------------------------


def in_fresh_python(code):
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_ml_dtypes_is_not_imported_unasked():
    in_fresh_python(
        "import sys, numpy as np, relu_fast as rf\n"
        "for x in (np.ones(3), np.ones(3, 'f2'), np.ones(3, int), [1.0], 2.0):\n"
        "    rf.elu(x), rf.relu_(np.ones(3)), rf.prelu_alpha_backward(x, x, 0.5)\n"
        "assert 'ml_dtypes' not in sys.modules\n"
    )


FIRST_CALLS = [
    "rf.elu(x)",
    "rf.elu(x, 0.5)",
    "rf.elu(x, alpha=x)",
    "rf.elu(x, out=x.copy())",
    "rf.elu(x, where=True)",
    "rf.elu(list(x), x)",
    "rf.elu(x[0])",
    "rf.elu(np.ma.array(x))",
    "rf.elu(x, dtype=x.dtype)",
    "rf.elu_(x)",
    "rf.elu_backward(x, x)",
    "rf.elu_value_and_grad(x)[1]",
    "rf.elu_alpha_backward(x, x, x)",
    "rf.swiglu(x, x)",
]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    "first",
    [
        "import ml_dtypes, relu_fast as rf",
        "import relu_fast as rf; import ml_dtypes",
        "import relu_fast as rf; rf.elu(np.ones(3, 'f4'), 0.5); rf.elu([1.0]); import ml_dtypes",
    ],
)
def test_bfloat16_in_the_very_first_call(first):
    """NumPy keeps what it resolves first, so that a later call would not mend it."""
    in_fresh_python(
        f"import os, numpy as np; {first}\n"
        "x = np.ones(3, ml_dtypes.bfloat16)\n"
        f"for call in {FIRST_CALLS}:\n"
        "    if child := os.fork():\n"
        "        assert os.waitpid(child, 0)[1] == 0, call\n"
        "        continue\n"
        "    assert eval(call).dtype == x.dtype\n"
        "    assert rf.elu(x, np.float32(1)).dtype == np.float32\n"
        "    assert rf.relu6(x).dtype == x.dtype\n"
        "    os._exit(0)\n"
    )


# ---- Parameters -------------------------------------------------------------------


@pytest.mark.parametrize("function", PARAMETRIC, ids=ids(PARAMETRIC))
def test_a_number_acts_as_the_nearest_float32_on_both_paths(half, function):
    ufunc = getattr(relu_fast, function.name)
    x = finite(half)
    for alpha in (0.01, 0.1, 1 / 3, 2, -0.7, 1e-3):
        direct = ufunc(x, alpha)
        masked = ufunc(x, alpha, out=np.empty_like(x), where=np.ones(x.shape, bool))
        keyword = ufunc(x, **{function.activation.parameters[0].name: alpha})
        assert (bits(direct) == bits(masked)).all()
        assert (bits(direct) == bits(keyword)).all()
        if function.name in ("leaky_relu", "prelu") and half == np.float16:
            # In double, rounded once: an independent way for what only multiplies.
            product = np.where(x >= 0, x, x.astype(np.float64) * np.float64(np.float32(alpha)))
            with np.errstate(all="ignore"):
                assert (bits(direct) == bits(product.astype(np.float16))).all()


# ---- Layouts ----------------------------------------------------------------------


@pytest.mark.sanitizer
@pytest.mark.parametrize("function", OF_EACH_KERNEL, ids=ids(OF_EACH_KERNEL))
def test_layouts_and_places(half, function):
    ufunc, numbers = getattr(relu_fast, function.name), everything(half)
    required = function.activation.required
    whole = ufunc(numbers, *required)
    for length, first in itertools.product(range(71), (0, 1, 3)):
        x = numbers[20000 + first : 20000 + first + length]
        assert (bits(ufunc(x, *required)) == bits(whole[20000 + first :][:length])).all()
    for length in (1000, 1023, 1024, 1025, 2047, 4100):  # around what is converted at once
        assert (bits(ufunc(numbers[:length], *required)) == bits(whole[:length])).all()
    strided = numbers.reshape(256, 256)
    views = [strided[:, ::2], strided[::-1], strided.T, strided[:, :3]]
    if half == np.float16:
        views.append(numbers.astype(">f2"))
    for view in views:
        wanted = ufunc(np.ascontiguousarray(view, half), *required)
        assert (bits(ufunc(view, *required)) == bits(wanted)).all()
    memory = np.zeros(2 * numbers.size + 1, np.uint8)
    unaligned = memory[1:].view(half)
    unaligned[...] = numbers
    assert (bits(ufunc(unaligned, *required)) == bits(whole)).all()
    in_place = numbers.copy()
    assert ufunc(in_place, *required, out=in_place) is in_place
    assert (bits(in_place) == bits(whole)).all()
    guarded = np.full(80, 9, half)
    ufunc(numbers[:33], *required, out=guarded[20:53])
    assert (guarded[:20] == 9).all()
    assert (guarded[53:] == 9).all()
    out = np.empty(numbers.shape, np.float64)
    with np.errstate(invalid="ignore"):  # NumPy's cast of some NaNs
        ufunc(numbers, *required, out=out)
        assert (bits(out.astype(half)) == bits(whole)).all()


@pytest.mark.sanitizer
@pytest.mark.parametrize("function", OF_EACH_KERNEL, ids=ids(OF_EACH_KERNEL))
def test_past_the_cache(half, function):
    """Whole cache lines are streamed, from any first element on, and the rest is not."""
    ufunc, numbers = getattr(relu_fast, function.name), everything(half)
    required = function.activation.required
    whole = ufunc(numbers, *required)
    _ufuncs.set_cache_bytes(1)
    try:
        for first, last in ((0, 65536), (1, 65535), (31, 60000), (5, 1200)):
            out = np.full(65600, 9, half)
            ufunc(numbers[first:last], *required, out=out[first:last])
            assert (bits(out[first:last]) == bits(whole[first:last])).all()
            assert (out[:first] == 9).all()
            assert (out[last:] == 9).all()
        in_place = numbers.copy()
        ufunc(in_place, *required, out=in_place)
        assert (bits(in_place) == bits(whole)).all()
    finally:
        _ufuncs.set_cache_bytes(0)
