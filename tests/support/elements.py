"""Half types and integers as elements of arrays, beside float32 and float64."""

import numpy as np
import pytest

from relu_fast import _ufuncs
from support.dtypes import HAS_BFLOAT16, marked
from support.reference import bits

INTEGERS = [f"{kind}{size}" for size in (8, 16, 32, 64) for kind in ("int", "uint")]
INSTALLED = ["float16", *["bfloat16"] * HAS_BFLOAT16, "float32", "float64", *INTEGERS]


def each(*names):
    """A test of each of these types."""
    return pytest.mark.parametrize("element", marked(names))


def takes(function, name):
    """Whether a function of the catalogue takes arrays of this type, and returns such."""
    return _ufuncs.takes(function.activation.number, function.form.number, name)


def some(name, shape, seed=0):
    """Numbers of all kinds: codes of halves, NaNs among them; integers of all sizes."""
    dtype = np.dtype(name)
    draws = np.random.default_rng(seed)
    if dtype.itemsize == 2 and name not in INTEGERS:
        return draws.integers(0, 1 << 16, shape, np.uint16).view(dtype)
    if name not in INTEGERS:
        return draws.normal(0, 3, shape).astype(dtype)
    info = np.iinfo(dtype)
    far = draws.integers(info.min, info.max, shape, dtype, endpoint=True)
    return np.where(draws.random(shape) < 0.5, far, far % 10)


def bits_of(array):
    """Those of integers, too; NaNs may be signalling."""
    array = np.asarray(array)
    if array.dtype.kind in "iu":
        return array
    with np.errstate(invalid="ignore"):
        return bits(array)
