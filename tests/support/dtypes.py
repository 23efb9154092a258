"""The element types of tests; bfloat16 is NumPy's by ml_dtypes alone, once that is imported."""

import importlib
import importlib.util

import pytest

from relu_fast.accuracy.proof import DTYPES
from relu_fast.accuracy.proof import HALVES as NAMES_OF_HALVES

HAS_BFLOAT16 = importlib.util.find_spec("ml_dtypes") is not None
if HAS_BFLOAT16:
    importlib.import_module("ml_dtypes")


def marked(names):
    """Parameters of a test: bfloat16 is skipped where ml_dtypes is missing."""
    missing = pytest.mark.skipif(not HAS_BFLOAT16, reason="needs ml_dtypes")
    return [pytest.param(n, id=n, marks=missing if n == "bfloat16" else ()) for n in names]


INSTALLED = [name for name in DTYPES if name != "bfloat16" or HAS_BFLOAT16]
FLOATING = marked(DTYPES)
HALVES = marked(NAMES_OF_HALVES)
