"""bfloat16 and integers in what other libraries make of arrays: dask, xarray, pandas, pickles.

What is in one is computed by the same loops, so what comes back has the same type.
"""

import pickle
import subprocess
import sys

import numpy as np
import pytest

import relu_fast as rf

pytestmark = pytest.mark.version


@pytest.fixture(params=["bfloat16", "float16", "int16"])
def x(request):
    if request.param == "bfloat16":
        pytest.importorskip("ml_dtypes")
    return np.linspace(-9, 9, 37).astype(request.param)


def assert_same(found, wanted):
    found = np.asarray(found)
    assert found.dtype == wanted.dtype
    assert found.tobytes() == wanted.tobytes()


def calls(x):
    """By name; those with a parameter are of half types."""
    found = {"relu": rf.relu, "relu6": rf.relu6}
    if x.dtype.kind != "i":
        found["gelu"] = rf.gelu
        found["leaky_relu"] = lambda x: rf.leaky_relu(x, 0.3)
    return found


def test_dask_is_lazy_and_keeps_the_type(x):
    da = pytest.importorskip("dask.array")
    blocks = da.from_array(x, chunks=10)
    for name, call in calls(x).items():
        for lazy in (call(blocks), blocks.map_blocks(call)):
            assert isinstance(lazy, da.Array), name
            assert lazy.dtype == x.dtype, name
            assert lazy.chunks == blocks.chunks
            assert_same(lazy, call(x))


def test_xarray_keeps_the_type_and_the_names(x):
    xarray = pytest.importorskip("xarray")
    series = xarray.DataArray(x, dims="time", coords={"time": np.arange(len(x))})
    for name, call in calls(x).items():
        y = call(series)
        assert isinstance(y, xarray.DataArray), name
        assert y.dims == ("time",)
        assert_same(y.values, call(x))


@pytest.mark.parametrize("dtype", ["int8", "int64", "Int8", "UInt16", "Int64"])
def test_pandas_keeps_integers_and_what_is_missing(dtype):
    pandas = pytest.importorskip("pandas")
    values = [7, 0, 100] if dtype[0] == "U" else [-7, 0, 100]
    if dtype[0] in "IU":
        values.append(None)
    series = pandas.Series(values, dtype=dtype)
    y = rf.relu6(series)
    assert y.dtype == series.dtype
    expected = [value if value is None else min(max(value, 0), 6) for value in values]
    assert [None if value is pandas.NA else value for value in y] == expected
    if dtype[0] in "IU":
        assert rf.gelu(series).isna().tolist() == series.isna().tolist()
    assert rf.relu6_(series).equals(y)
    assert series.equals(y)


def test_masks_stay(x):
    mask = np.arange(len(x)) % 3 == 0
    y = rf.relu(np.ma.array(x, mask=mask))
    assert y.dtype == x.dtype
    assert (y.mask == mask).all()
    assert_same(y.compressed(), rf.relu(x[~mask]))


def python(code, data):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, input=data, capture_output=True, timeout=60, check=True).stdout


def test_functions_and_arrays_in_a_pickle():
    """The other process imports ml_dtypes when it reads the array: after relu_fast."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    x = np.linspace(-3, 3, 37).astype(ml_dtypes.bfloat16)
    code = "import pickle, sys; f, x = pickle.load(sys.stdin.buffer); y = f(x); "
    code += "sys.stdout.buffer.write(pickle.dumps((y, f)))"
    y, function = pickle.loads(python(code, pickle.dumps((rf.gelu, x))))
    assert function is rf.gelu
    assert_same(y, rf.gelu(x))


# ---- What docs/guide/half_types.md says ------------------------------------------


@pytest.mark.parametrize("first", ["ml_dtypes", "relu_fast"])
def test_ml_dtypes_may_be_imported_before_or_after(first):
    pytest.importorskip("ml_dtypes")
    uses = "import relu_fast as rf; rf.leaky_relu(np.ones(3)); rf.prelu_(np.ones(3), 1)"
    imports = ["import ml_dtypes", uses] if first == "ml_dtypes" else [uses, "import ml_dtypes"]
    code = "\n".join(
        [
            "import numpy as np",
            *imports,
            "x = np.array([-3, 3], ml_dtypes.bfloat16)",
            "found = rf.leaky_relu(x, 0.3), rf.prelu_(x.copy(), 0.3), rf.leaky_relu.outer(x, x)",
            "print({y.dtype.name for y in found}, found[0])",
        ]
    )
    assert python(code, None) == b"{'bfloat16'} [-0.898438 3]\n"


def test_subclasses_and_scalars_go_numpys_way(tmp_path):
    """A default is rounded to the type of the arrays first."""
    x = np.float16([-3, 3])
    mapped = np.memmap(tmp_path / "x", np.float16, "w+", shape=2)
    mapped[:] = x
    rounded = rf.leaky_relu(x, np.float16(0.1))
    assert rf.leaky_relu(x, 0.1)[0] != rounded[0]
    assert_same(rf.leaky_relu(mapped, 0.1), rounded)
    assert_same(rf.leaky_relu(np.asarray(mapped), 0.1), rf.leaky_relu(x, 0.1))
    assert np.shares_memory(np.asarray(mapped), mapped)
    assert rf.leaky_relu(np.float16(-3), 0.1) == rounded[0]
    ml_dtypes = pytest.importorskip("ml_dtypes")
    assert rf.leaky_relu(ml_dtypes.bfloat16(-3)).dtype == ml_dtypes.bfloat16


@pytest.mark.parametrize("others", ["bool int8 uint8", "float16 float32 int16 uint16", "int32"])
def test_what_bfloat16_makes_with_others(others):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    x = np.ones(3, ml_dtypes.bfloat16)
    wanted = {"b": "bfloat16", "f": "float32", "i": "float64"}[others[0]]
    for dtype in others.split():
        assert rf.swiglu(x, np.ones(3, dtype)).dtype == wanted
        assert rf.prelu(x, np.ones(3, dtype)).dtype == wanted
