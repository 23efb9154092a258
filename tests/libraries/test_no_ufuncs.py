"""Functions that are no ufuncs, with the arrays of other libraries: docs/guide/containers.md.

They honour what a container carries as the ufuncs do, or refuse it; they drop nothing in silence.
"""

import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from support import functions
from support.containers import CONTAINERS, Tagged, plain
from support.reference import bits

import relu_fast as rf

pytestmark = pytest.mark.version

X = np.array([-1.5, 2.0, -0.25, 0.0, 3.0, -4.0, 7.0, -0.5, 1.0])
G = np.array([1.0, -2.0, 0.5, 4.0, -1.0, 3.0, 2.0, -5.0, 0.25])
WHOLE = np.array([-2, 0, 3, 100])
PAGE = Path(__file__).parents[2] / "docs" / "guide" / "containers.md"

containers = pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)


def typical(function):
    return functions.made(function), function.activation.typical


# ---- In place --------------------------------------------------------------------


@containers
def test_in_place_all_or_nothing(container):
    for function in functions.TWINS:
        twin, values = typical(function)
        x = container.of(X)
        if container.is_changed:
            assert twin(x, *values) is x
            wanted = functions.made(functions.out_of_place(function))(X, *values)
            assert (bits(plain(x)) == bits(wanted)).all(), function.name
            continue
        before = repr(x)
        with pytest.raises(TypeError) as caught:
            twin(x, *values)
        if type(caught.value) is TypeError:  # and not pint's own
            assert re.match(rf"{function.name}(\(\))?: ", str(caught.value)), caught.value
        assert repr(x) == before, function.name


@containers
def test_in_place_keeps_the_dtype(container):
    """Integers stay integers or are refused, even where all results would be whole."""
    if not container.is_changed or plain(container.of(WHOLE)).dtype.kind != "i":
        pytest.skip("never changed, or never of integers")
    for function in functions.TWINS:
        twin, values = typical(function)
        ufunc = functions.out_of_place(function)
        x, wanted = container.of(WHOLE), WHOLE
        if ufunc.takes_integers:
            assert twin(x, *values) is x
            wanted = functions.made(ufunc)(WHOLE, *values)
        else:
            with pytest.raises(TypeError, match=rf"^{function.name}\(\): .*int"):
                twin(x, *values)
        assert plain(x).dtype == wanted.dtype
        assert plain(x).tolist() == wanted.tolist()


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def mixed_frame():
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame({"a": X.astype("f4"), "b": X, "c": np.arange(len(X))})


def frame_in_read_only_memory():
    pandas = pytest.importorskip("pandas", minversion="3")  # which copies on writing
    return pandas.DataFrame({"a": X, "b": read_only(X)}, copy=False)


def mixed_dataset():
    xarray = pytest.importorskip("xarray")
    return xarray.Dataset({"a": ("t", X.copy()), "b": ("t", np.arange(len(X)))})


def dataset_in_read_only_memory():
    xarray = pytest.importorskip("xarray")
    return xarray.Dataset({"a": ("t", X.copy()), "b": ("u", read_only(X))})


def changes(make, function):
    """Whether all of a table can take what a function makes of it."""
    if make in (mixed_frame, mixed_dataset):
        return functions.out_of_place(function).takes_integers
    return make is frame_in_read_only_memory  # pandas gives it memory of its own


@pytest.mark.parametrize(
    "make", [mixed_frame, frame_in_read_only_memory, mixed_dataset, dataset_in_read_only_memory]
)
def test_tables_change_in_all_columns_or_in_none(make):
    for function in functions.TWINS:
        twin, values = typical(function)
        x, wanted = make(), make()
        if changes(make, function):
            assert twin(x, *values) is x
            wanted = functions.made(functions.out_of_place(function))(wanted, *values)
        else:
            with pytest.raises((TypeError, ValueError), match=rf"^{function.name}\(\): "):
                twin(x, *values)
        assert x.equals(wanted), function.name
        assert dict(x.dtypes) == dict(wanted.dtypes)


def test_narrow_columns_take_wider_results():
    """As arrays do: same_kind."""
    pandas = pytest.importorskip("pandas")
    alpha, x = np.linspace(0.1, 0.9, len(X)), X.astype("f4")
    wanted = rf.prelu_(x.copy(), alpha)
    series, frame = pandas.Series(x.copy()), pandas.DataFrame({"a": x, "b": x})
    assert rf.prelu_(series, alpha) is series
    assert rf.prelu_(frame, alpha[:, None]) is frame
    for column in (series, frame["a"], frame["b"]):
        assert column.dtype == "float32"
        assert (bits(column.to_numpy()) == bits(wanted)).all()


def test_labels_and_dimensions_of_a_parameter():
    pandas, xarray = pytest.importorskip("pandas"), pytest.importorskip("xarray")
    alpha = pandas.Series([0.1, 0.2], index=["b", "a"])
    for labels in (["a", "b"], ["b", "a"]):
        x = pandas.Series([-1.0, -2.0], index=["a", "b"])[labels]
        assert rf.prelu_(x, alpha[["a", "b"]]) is x
        assert [*x.index] == labels
        assert x.to_dict() == {"a": -0.2, "b": -0.2}
    with pytest.raises(ValueError, match=r"^prelu_\(\): x has the shape \(2,\)"):
        rf.prelu_(x, pandas.Series([0.1, 0.2], index=["b", "c"]))
    assert x.to_dict() == {"a": -0.2, "b": -0.2}
    frame = pandas.DataFrame({"a": X, "b": X})
    with pytest.raises(TypeError, match=r"^prelu_\(\): .* mixed DataFrame and Series"):
        rf.prelu_(frame, alpha)
    images = xarray.DataArray(-np.ones((2, 3, 4)), dims=("n", "c", "w"))
    rf.prelu_(images, xarray.DataArray([0.1, 0.2, 0.3], dims="c"))
    assert (images[0, :, 0].values == [-0.1, -0.2, -0.3]).all()


def test_what_others_share_stays():
    """A column taken out of a frame is another thing than the frame, if pandas says so."""
    pandas = pytest.importorskip("pandas", minversion="3")
    frame = pandas.DataFrame({"a": X, "b": X})
    column = frame["a"]
    assert rf.relu_(column) is column
    assert (frame["a"] == X).all()
    assert (column == rf.relu(X)).all()


def test_masks_stay_in_place():
    x = np.ma.array(X, mask=X > 1)
    assert rf.relu_(x) is x
    assert (x.mask == (X > 1)).all()
    assert (x.compressed() == rf.relu(X[X <= 1])).all()


# ---- Gradients of parameters -----------------------------------------------------


@functions.each(functions.SUMS)
@containers
def test_gradient_is_honoured_or_refused(container, function):
    gradient = functions.made(function)
    shape = getattr(container.of(X), "shape", X.shape)
    shape = shape if all(type(length) is int for length in shape) else X.shape
    for places in ("g", "x", "gx"):
        g, x = (
            container.of(array) if place in places else array.reshape(shape)
            for place, array in (("g", G), ("x", X))
        )
        if not container.is_summed:
            with pytest.raises(TypeError, match=f"^{function.name}: pass ") as caught:
                gradient(g, x, 0.5)
            assert type(caught.value) is TypeError
            continue
        found = gradient(g, x, 0.5)
        assert not container.is_lazy or hasattr(found, "compute")
        np.testing.assert_allclose(plain(found), gradient(G, X, 0.5), rtol=1e-13)


@functions.each(functions.SUMS)
@containers
def test_parameter_in_a_container(container, function):
    """One for each element; where that is refused, it is said in the name of the function."""
    gradient = functions.made(function)
    each = np.full(len(X), 0.25)
    parameter = container.of(each)
    shape = getattr(parameter, "shape", X.shape)
    shape = shape if all(type(length) is int for length in shape) else X.shape
    try:
        found = gradient(G.reshape(shape), X.reshape(shape), parameter)
    except TypeError as error:
        if not re.match(f"{function.name}: (pass |.* must be)", str(error)):
            raise
    else:
        np.testing.assert_allclose(plain(found), gradient(G, X, each), rtol=1e-13)


@functions.each(functions.SUMS)
@pytest.mark.parametrize("shape", [(), (3,), (4, 1), (1, 1), (2, 1, 1), (1, 3), (4, 3), (2, 4, 3)])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_masked_elements_are_left_out(function, shape, dtype):
    """As of elements whose g is 0; and where all are masked, the sum is."""
    gradient = functions.made(function)
    draws = np.random.default_rng(1)
    g, x = draws.normal(size=(2, 2, 4, 3)).astype(dtype)
    mask = draws.random(x.shape) < 0.5
    mask[:, 0, 0] = True
    parameter = np.full(shape, 0.25, dtype)
    wanted = gradient(np.where(mask, 0, g), x, parameter)
    for operands in (
        (np.ma.array(g, mask=mask), x),
        (g, np.ma.array(x, mask=mask)),
        (np.ma.array(g, mask=mask), np.ma.array(x, mask=mask)),
    ):
        found = gradient(*operands, parameter)
        assert (found.dtype, np.shape(found)) == (dtype, shape)
        np.testing.assert_allclose(
            np.ma.filled(found, 0), wanted, rtol=1e-3 if dtype == "float16" else 1e-6, atol=1e-6
        )
        assert np.ma.is_masked(found) == (shape in [(4, 3), (2, 4, 3)])
    masked = np.ma.array(x, mask=True)
    assert np.all(np.ma.getmaskarray(gradient(g, masked, parameter)))
    assert gradient(g, masked, 0.25) is np.ma.masked


def test_masked_bfloat16():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    x = np.ma.array(X.astype(ml_dtypes.bfloat16), mask=X > 1)
    found = rf.prelu_alpha_backward(x, x, 0.25)
    assert found.dtype == "bfloat16"
    expected = (x.compressed().astype(float).clip(max=0) ** 2).sum()
    assert found == ml_dtypes.bfloat16(expected)


@functions.each(functions.SUMS)
def test_subclasses_that_leave_all_to_numpy_are_arrays(function, tmp_path):
    """Their sums are ours, of the same bits."""
    gradient = functions.made(function)
    x = np.random.default_rng(1).normal(size=(50, 3)).astype("f4")
    mapped = np.memmap(tmp_path / "x", x.dtype, "w+", shape=x.shape)
    mapped[:] = x
    for parameter in (0.5, np.full(3, 0.5, "f4")):
        wanted = gradient(x, x, parameter)
        for same in (mapped, x.view(Tagged), x.view(np.matrix), x.view(np.recarray)):
            found = gradient(same, same, parameter)
            assert type(found) is type(wanted)
            assert (bits(found) == bits(wanted)).all()


def test_products_in_any_layout():
    """The ufunc behind it: strides, several blocks, broadcasting, no warnings."""
    for name in [function.name for function in functions.SUMS]:
        gradient = getattr(rf, name)
        for dtype in ("float32", "float64"):
            g, x = np.random.default_rng(1).normal(size=(2, 700, 3)).astype(dtype)
            wanted = gradient(g.astype("f8"), x.astype("f8"), np.zeros(x.shape))
            out = np.zeros((700, 6))
            for found in (
                gradient.products(g, x, 0.5),
                gradient.products(np.asfortranarray(g), x, 0.5),
                gradient.products(g[::-1], x[::-1], 0.5)[::-1],
                gradient.products(g, x, 0.5, out=out[:, ::2]),
            ):
                assert found.dtype == "float64"
                np.testing.assert_allclose(found, wanted, rtol=1e-6 if dtype == "float32" else 0)
        huge = np.ma.array([1e300, np.inf], mask=False)
        assert np.isinf(gradient(huge, -huge, 0.5))
        assert pickle.loads(pickle.dumps(gradient.products)) is gradient.products


def test_pandas_labels():
    pandas = pytest.importorskip("pandas")
    g = pandas.Series([1.0, 2.0, 3.0], index=["a", "b", "c"])
    x = pandas.Series([-1.0, -10.0, -100.0], index=["c", "b", "a"])
    assert rf.prelu_alpha_backward(g, x, 0.5) == -100 - 20 - 3
    by_label = rf.prelu_alpha_backward(g, x, pandas.Series(0.5, index=["b", "c", "a"]))
    assert by_label.to_dict() == {"a": -100, "b": -20, "c": -3}
    frame = pandas.DataFrame(-np.ones((2, 3)), columns=list("abc"))
    by_column = rf.prelu_alpha_backward(frame, frame, np.zeros(3, "f4"))
    assert by_column.dtype == "float32"
    assert by_column.to_dict() == {"a": 2, "b": 2, "c": 2}
    with pytest.raises(
        TypeError, match=r"pass g.to_numpy\(\), x.to_numpy\(\), alpha.to_numpy\(\): "
    ):
        rf.prelu_alpha_backward(frame, frame, pandas.Series([0.1, 0.2, 0.3], index=list("abc")))
    with pytest.raises(TypeError, match=r"^prelu_alpha_backward: alpha must be floating-point"):
        rf.prelu_alpha_backward(g, x, pandas.Series([1, 2, 3], dtype="Int64"))


def test_xarray_dimensions_by_name():
    xarray = pytest.importorskip("xarray")
    values = -np.arange(24.0).reshape(2, 3, 4)
    x = xarray.DataArray(values, dims=("n", "c", "w"))
    g = xarray.ones_like(x).transpose("w", "n", "c")
    for dims in [(), ("c",), ("n",), ("w", "n")]:
        alpha = xarray.DataArray(np.zeros([x.sizes[dim] for dim in dims], "f4"), dims=dims)
        found = rf.prelu_alpha_backward(g, x, alpha)
        assert (found.dims, found.dtype) == (dims, "float32")
        wanted = x.sum([dim for dim in x.dims if dim not in dims]).transpose(*dims)
        assert (found == wanted).all()


def test_dask_is_lazy_in_all_shapes():
    da = pytest.importorskip("dask.array")
    dask = pytest.importorskip("dask")

    def refuse(*arguments, **keywords):
        raise AssertionError("computed")

    g, x = np.random.default_rng(1).normal(size=(2, 2, 4, 3))
    for shape in [(), (3,), (4, 1), (2, 1, 1), (2, 4, 3)]:
        alpha = np.zeros(shape, "f4")
        with dask.config.set(scheduler=refuse):
            found = rf.prelu_alpha_backward(da.from_array(g, 2), da.from_array(x, 2), alpha)
            assert isinstance(found, da.Array)
        assert (found.dtype, found.shape) == ("float32", shape)
        np.testing.assert_allclose(found, rf.prelu_alpha_backward(g, x, alpha), rtol=1e-6)
    with dask.config.set(scheduler=refuse):
        lazy = da.from_array(x, 2)
        assert rf.leaky_relu_(lazy) is lazy
    assert (lazy == rf.leaky_relu(x)).all()


# ---- The recipes of the page -----------------------------------------------------


@pytest.fixture
def recipe(request):
    """Runs a block of the page that imports a package."""
    package = pytest.importorskip(request.param)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (block,) = (block for block in blocks if f"from {request.param}" in block)
    exec(block, {"rf": rf})
    return package


@pytest.mark.parametrize("recipe", ["astropy"], indirect=True)
def test_astropy_units(recipe):
    units = pytest.importorskip("astropy.units")
    x = X * units.km
    for found, wanted in (
        (rf.relu(x), rf.relu(X)),
        (rf.leaky_relu(x), rf.leaky_relu(X)),
        (rf.leaky_relu(x, alpha=50 * units.percent), rf.leaky_relu(X, 0.5)),
        (rf.prelu(x, 0.25), rf.prelu(X, 0.25)),
    ):
        assert found.unit == units.km
        assert (found.value == wanted).all()
    assert rf.relu_(x) is x
    assert (x == rf.relu(X) * units.km).all()
    assert (rf.sigmoid(X * units.percent).value == rf.sigmoid(X / 100)).all()
    for call, wrong in ((rf.sigmoid, x), (rf.gelu, x)):
        with pytest.raises(TypeError):
            call(wrong)
    with pytest.raises(units.UnitConversionError):
        rf.leaky_relu_(x, 1 * units.s)


@pytest.mark.parametrize("recipe", ["pint"], indirect=True)
def test_pint_units(recipe):
    registry = recipe.UnitRegistry()
    x = registry.Quantity(X.copy(), "km")
    assert (rf.relu(x) == registry.Quantity(rf.relu(X), "km")).all()
    for found in (rf.leaky_relu(x, 0.5), rf.leaky_relu(x, alpha=0.5)):
        assert (found == registry.Quantity(rf.leaky_relu(X, 0.5), "km")).all()
    assert rf.leaky_relu_(x, 0.5) is x
    assert (x == registry.Quantity(rf.leaky_relu(X, 0.5), "km")).all()
    percent = rf.sigmoid(registry.Quantity(X, "percent"))
    np.testing.assert_allclose(percent.magnitude, rf.sigmoid(X / 100))
    with pytest.raises(recipe.DimensionalityError):
        rf.sigmoid(x)
    with pytest.raises(TypeError):
        rf.gelu(x)
