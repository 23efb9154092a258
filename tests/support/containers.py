"""What other libraries make of arrays: how to make one, and what our functions do with it.

docs/guide/containers.md says the same. A library that is to be tested needs a row here, unless it
brings threads of its own: tests/support/libraries.py has processes for those.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest


class Container(NamedTuple):
    """A container of numbers in one dimension, or in one column."""

    package: str
    make: Callable[[Any, np.ndarray], Any]  # of the package and an array
    is_changed: bool  # in place; otherwise that is refused
    is_summed: bool  # in the gradient of a parameter; otherwise that is refused
    is_lazy: bool = False

    def of(self, array):
        """The container, or the test is skipped."""
        return self.make(pytest.importorskip(self.package), array.copy())


class Wrapped(np.ndarray):
    """Makes a new object of each result."""

    def __array_wrap__(self, array, context=None, return_scalar=False):
        return np.asarray(array).view(Wrapped)


class Tagged(np.ndarray):
    """A subclass that leaves all to NumPy."""


def dataset(xarray, array):
    return xarray.Dataset({"a": ("t", array)})


def lazy(xarray, array):
    return xarray.DataArray(pytest.importorskip("dask.array").from_array(array, 4), dims="t")


def partitions(of):
    def make(dask, array):
        pandas = pytest.importorskip("pandas")
        return dask.from_pandas(getattr(pandas, of)(array), npartitions=2)

    return make


@functools.cache
def registry(pint):
    return pint.UnitRegistry()  # which takes a second


def quantity(pint, array):
    return registry(pint).Quantity(array, "m")


def categories(pandas, array):
    return pandas.Series(array, dtype="category")


def arrow(_, array):
    pandas = pytest.importorskip("pandas", minversion="3")  # of which results are Arrow's, too
    pytest.importorskip("pyarrow")
    return pandas.Series(array, dtype="double[pyarrow]")


CONTAINERS = {
    "masked array": Container("numpy.ma", lambda ma, a: ma.array(a, mask=False), True, True),
    "matrix": Container("numpy", lambda np, a: a[:, None].view(np.matrix), True, True),
    "subclass": Container("numpy", lambda np, a: a.view(Tagged), True, True),
    "wrapping subclass": Container("numpy", lambda np, a: a.view(Wrapped), True, True),
    "pandas Series": Container("pandas", lambda pd, a: pd.Series(a), True, True),
    "pandas DataFrame": Container("pandas", lambda pd, a: pd.DataFrame({"a": a}), True, True),
    "pandas array": Container("pandas", lambda pd, a: pd.array(a, dtype="Float64"), True, True),
    "pandas Float64": Container("pandas", lambda pd, a: pd.Series(a, dtype="Float64"), True, True),
    "pandas of Arrow": Container("pandas", arrow, True, True),
    "pandas Index": Container("pandas", lambda pd, a: pd.Index(a), False, True),
    "pandas categories": Container("pandas", categories, False, False),
    "xarray DataArray": Container("xarray", lambda xr, a: xr.DataArray(a, dims="t"), True, True),
    "xarray Variable": Container("xarray", lambda xr, a: xr.Variable("t", a), True, True),
    "xarray Dataset": Container("xarray", dataset, True, False),
    "xarray of dask": Container("xarray", lazy, True, True, True),
    "dask array": Container("dask.array", lambda da, a: da.from_array(a, 4), True, True, True),
    "dask Series": Container("dask.dataframe", partitions("Series"), False, False, True),
    "dask DataFrame": Container("dask.dataframe", partitions("DataFrame"), False, False, True),
    "sparse array": Container("sparse", lambda sparse, a: sparse.asarray(a), False, True),
    "sparse GCXS": Container("sparse", lambda sparse, a: sparse.GCXS.from_numpy(a), False, True),
    "sparse DOK": Container("sparse", lambda sparse, a: sparse.DOK.from_numpy(a), False, False),
    "awkward": Container("awkward", lambda ak, a: ak.Array(a), False, True),
    "polars Series": Container("polars", lambda pl, a: pl.Series(a), False, False),
    "polars expression": Container("polars", lambda pl, a: pl.col("a"), False, False),
    "polars DataFrame": Container("polars", lambda pl, a: pl.DataFrame({"a": a}), False, True),
    "Arrow array": Container("pyarrow", lambda pa, a: pa.array(a), False, True),
    "astropy Quantity": Container("astropy.units", lambda u, a: a * u.m, False, False),
    "pint Quantity": Container("pint", quantity, False, False),
    "list": Container("numpy", lambda np, a: a.tolist(), False, True),
}


def plain(container):
    """An array of the numbers in a container."""
    if hasattr(type(container), "todense"):
        container = container.todense()
    if hasattr(type(container), "to_dataarray"):
        container = container.to_dataarray()
    return np.ravel(np.asarray(getattr(container, "magnitude", container)))
