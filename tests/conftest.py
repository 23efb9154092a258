"""Fixtures for all tests."""

import zlib

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


@pytest.fixture
def some_isa(request):
    """One of them, another for each test, where all would take long.

    That all give the same bits is what tests/values/test_bits.py and test_hashes.py hold.
    """
    active = relu_fast.config()["isa"]
    isas = relu_fast.config()["isas_supported"]
    chosen = isas[zlib.crc32(request.node.nodeid.encode()) % len(isas)]
    _ufuncs.select_isa(chosen)
    yield chosen
    _ufuncs.select_isa(active)


@pytest.fixture(params=["float32", "float64"])
def dtype(request):
    return request.param
