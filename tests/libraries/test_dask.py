"""All functions on chunked arrays of dask: lazy ufuncs, and the recipes for the others."""

import numpy as np
import pytest
from support import functions

da = pytest.importorskip("dask.array")

pytestmark = pytest.mark.build_independent

ONE = [f for f in functions.UFUNCS if len(f.form.outputs) == 1 and f.form.kind != "in_place"]
TWO = [f for f in functions.UFUNCS if len(f.form.outputs) == 2]


def operands(function):
    """NumPy's, and the same arrays in chunks; a parameter for each column."""
    rng = np.random.default_rng(0)
    arrays = [rng.normal(0, 2, (9, 4)).astype(np.float32) for _ in function.form.inputs]
    parameters = functions.parameters(function, np.full(4, 0.3, np.float32))
    chunked = [da.from_array(array, chunks=(4, 3)) for array in arrays]
    return [*arrays, *parameters], [*chunked, *parameters]


def same(chunked, expected):
    computed = tuple(array.compute(scheduler="sync") for array in chunked)
    return functions.same_bits(computed, functions.as_tuple(expected))


@functions.each(ONE)
def test_ufuncs_stay_lazy(function):
    f = functions.made(function)
    arrays, chunked = operands(function)
    y = f(*chunked)
    assert isinstance(y, da.Array)
    assert y.dtype == np.float32
    assert y.chunks == chunked[0].chunks
    assert same([y], f(*arrays))


@functions.each(TWO)
def test_two_results_as_one_array(function):
    """dask refuses such ufuncs; with the recipe of the guide they stay lazy, too."""
    f = functions.made(function)
    arrays, chunked = operands(function)
    with pytest.raises(TypeError, match="NotImplemented"):
        f(*chunked)
    x = chunked[0]
    parameters = arrays[len(function.form.inputs) :]  # a number for all columns, in each chunk
    parameters = [parameter[0] for parameter in parameters]
    both = da.map_blocks(
        lambda *blocks: np.stack(f(*blocks, *parameters)),
        *chunked[: len(function.form.inputs)],
        dtype=x.dtype,
        new_axis=0,
        chunks=((2,), *x.chunks),
    )
    assert isinstance(both, da.Array)
    assert same(both, f(*arrays))


@functions.each(functions.SUMS)
def test_gradient_of_a_parameter_is_the_sum_of_the_chunks(function):
    """A row for each chunk of rows, summed in their order, whichever is computed first."""
    f = functions.made(function)
    arrays, _ = operands(function)
    g, x, alpha = arrays
    chunked = [da.from_array(array, chunks=(4, -1)) for array in (g, x)]
    parts = da.map_blocks(
        lambda g, x: f(g, x, alpha)[None],
        *chunked,
        dtype=alpha.dtype,
        chunks=((1,) * len(chunked[1].chunks[0]), alpha.shape),
    )
    expected = [f(g[i : i + 4], x[i : i + 4], alpha) for i in (0, 4, 8)]
    assert same([parts], np.stack(expected))
    total = parts.compute(scheduler="sync").sum(axis=0, dtype=np.float64).astype(alpha.dtype)
    np.testing.assert_allclose(total, f(g, x, alpha), rtol=1e-6)
