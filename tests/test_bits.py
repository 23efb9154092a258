"""An element's result does not depend on ISA, threads, length, place, strides or call path."""

import itertools

import numpy as np
import pytest
from reference import bits, points

import relu_fast
from relu_fast import _ufuncs

ISAS = relu_fast.config()["isas_supported"]
UFUNCS = sorted(name for name, f in vars(relu_fast).items() if isinstance(f, np.ufunc))


@pytest.fixture(autouse=True)
def _restored_isa():
    active = relu_fast.config()["isa"]
    yield
    _ufuncs.select_isa(active)


def operands_of(name, x, alpha=0.3):
    function = getattr(relu_fast, name)
    arrays = [np.roll(x, 311)] if "backward" in name else []
    parameters = [] if name.startswith("relu") else [x.dtype.type(alpha)]
    assert len(arrays) + 1 + len(parameters) == function.nin
    return [*arrays, x, *parameters]


@pytest.fixture
def baseline(dtype):
    """Results of all stored points on the baseline, one element at a time."""
    x = points(dtype)
    _ufuncs.select_isa(ISAS[-1])
    found = {}
    for name in UFUNCS:
        operands = operands_of(name, x)
        out = np.empty_like(x)
        for i in range(len(x)):
            getattr(relu_fast, name)(
                *(o[i : i + 1] if o.ndim else o for o in map(np.asarray, operands)),
                out=out[i : i + 1],
            )
        found[name] = bits(out)
    return found


def test_isa_threads_and_place(dtype, baseline):
    x = points(dtype)
    for isa, threads in itertools.product(ISAS, (1, 2, 3, 7)):
        _ufuncs.select_isa(isa)
        # Long enough for threads, and not a multiple of anything.
        repeats = 1 if threads == 1 else 1031
        with relu_fast.num_threads(threads):
            for name in UFUNCS:
                operands = [
                    np.tile(o, repeats)[3:] if np.ndim(o) else o for o in operands_of(name, x)
                ]
                got = bits(getattr(relu_fast, name)(*operands))
                assert (got == np.tile(baseline[name], repeats)[3:]).all(), (name, isa, threads)


def test_length_and_offset(dtype, baseline):
    """Every length from none to two vectors and one, at every place in a vector."""
    x = points(dtype)
    for isa in ISAS:
        _ufuncs.select_isa(isa)
        for name in UFUNCS:
            operands = operands_of(name, x)
            for length, offset in itertools.product(range(34), (0, 1, 3, 7)):
                part = slice(offset + 40 * length, offset + 41 * length)
                got = getattr(relu_fast, name)(*(o[part] if np.ndim(o) else o for o in operands))
                assert (bits(got) == baseline[name][part]).all(), (name, isa, length, offset)


def test_stride_and_call_path(dtype, baseline):
    x = points(dtype)
    for isa, name in itertools.product(ISAS, UFUNCS):
        _ufuncs.select_isa(isa)
        function = getattr(relu_fast, name)
        operands = [np.asarray(o) for o in operands_of(name, x)]
        for step in (2, -1, 3, -5):
            strided = [o[::step] if o.ndim else o for o in operands]
            assert (bits(function(*strided)) == baseline[name][::step]).all(), (name, isa, step)
        out = np.empty_like(x)
        function(*operands, out=out, where=np.ones(len(x), bool))
        assert (bits(out) == baseline[name]).all(), (name, isa, "where=")
        swapped = [o.astype(o.dtype.newbyteorder()) for o in operands]
        assert (bits(function(*swapped)) == baseline[name]).all(), (name, isa, "byte order")
        if function.nin > 1 + ("backward" in name):
            full = [*operands[:-1], np.full(x.shape, operands[-1])]
            assert (bits(function(*full)) == baseline[name]).all(), (name, isa, "array alpha")
        target = operands[0].copy()
        function(target, *operands[1:], out=target)
        assert (bits(target) == baseline[name]).all(), (name, isa, "in place")
