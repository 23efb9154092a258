"""Fixtures for all tests."""

import pytest

import relu_fast
from relu_fast import _ufuncs


@pytest.fixture(params=relu_fast.config()["isas_supported"])
def isa(request):
    """Runs the test once on each ISA that this machine supports."""
    active = relu_fast.config()["isa"]
    _ufuncs.select_isa(request.param)
    yield request.param
    _ufuncs.select_isa(active)


@pytest.fixture(params=["float32", "float64"])
def dtype(request):
    return request.param
