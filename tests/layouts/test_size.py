"""Very large arrays: counts and steps that fit in no 32 bits, on a machine of ordinary size."""

import ctypes
import mmap
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from support import elements
from support.dtypes import HAS_BFLOAT16

import relu_fast
from relu_fast import _ufuncs

pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or sys.maxsize < 2**32,
        reason="needs the memory maps of 64-bit Linux",
    ),
]

WINDOW = 1 << 18  # elements
COUNT = 2**32 + 12345
GIB = 1 << 30
MAP_NORESERVE = 0x4000  # not in Python's mmap before 3.14


@pytest.fixture(autouse=True)
def _defaults():
    yield
    _ufuncs.set_fast_path(True)


@pytest.fixture(scope="module")
def repeated():
    """COUNT float32 in 2 MiB: one window of memory again and again, and a last one of its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    step = WINDOW * 4
    windows = -(-COUNT // WINDOW)
    file = os.memfd_create("repeated")
    os.truncate(file, 2 * step)
    private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE
    start = libc.mmap(None, windows * step, 0, private, -1, 0)
    assert start != ctypes.c_void_p(-1).value, os.strerror(ctypes.get_errno())
    fixed = mmap.MAP_SHARED | 0x10  # MAP_FIXED
    access = mmap.PROT_READ | mmap.PROT_WRITE
    for i in range(windows):
        offset = step if i == windows - 1 else 0
        assert libc.mmap(start + i * step, step, access, fixed, file, offset) == start + i * step
    os.close(file)
    yield np.frombuffer((ctypes.c_char * (windows * step)).from_address(start), np.float32)
    libc.munmap(start, windows * step)


def powers(count):
    """-1 after `count` multiplications by 0.999, each rounded: what shows how many there were."""
    value, factor = np.float32(-1), np.float32(0.999)
    for _ in range(count):
        value *= factor
    return value


def numbers(x, **keywords):
    return relu_fast.leaky_relu(x, 0.999, **keywords)


def alpha_each(x, **keywords):
    return relu_fast.prelu(x, np.broadcast_to(np.float32(0.999), x.shape), **keywords)


def gradient(x, **keywords):
    return relu_fast.leaky_relu_backward(x, np.broadcast_to(np.float32(-1), x.shape), 0.999, out=x)


slow = pytest.mark.slow
bfloat16 = pytest.mark.skipif(not HAS_BFLOAT16, reason="needs ml_dtypes")


@pytest.mark.parametrize(
    ("call", "step", "direct"),
    [
        (numbers, 1, True),
        (numbers, 1, False),
        (numbers, -1, True),
        (alpha_each, 1, True),
        pytest.param(numbers, 2, True, marks=slow),
        pytest.param(numbers, 2, False, marks=slow),
        pytest.param(gradient, 1, True, marks=slow),
    ],
)
def test_each_of_more_than_two_to_the_32_elements_once(repeated, call, step, direct):
    """In place, on one thread: each time that it is computed, an element becomes smaller."""
    repeated[:WINDOW] = repeated[-WINDOW:] = -1
    x = repeated[:COUNT][::step]
    assert x.size * abs(step) > 2**32
    _ufuncs.set_fast_path(direct)
    with relu_fast.num_threads(1):
        assert call(x, out=x) is x
    touched = slice(None, None, abs(step))
    assert (repeated[:WINDOW][touched] == powers(2**32 // WINDOW)).all()
    last = repeated[-WINDOW:]
    assert (last[: COUNT % WINDOW][touched] == powers(1)).all()
    assert (last[COUNT % WINDOW :] == -1).all()
    if abs(step) == 2:
        assert (repeated[1:WINDOW:2] == -1).all()


def test_threads_share_more_than_two_to_the_32_elements(repeated):
    repeated[:WINDOW] = repeated[-WINDOW:] = -1
    with relu_fast.num_threads(2):
        relu_fast.relu_(repeated[:COUNT])
    assert not repeated[:WINDOW].any()
    assert not repeated[-WINDOW:][: COUNT % WINDOW].any()
    assert (repeated[-WINDOW:][COUNT % WINDOW :] == -1).all()


# Parameters with which rounded numbers become smaller and smaller, each time.
OF_OTHER_TYPES = [
    pytest.param("int8", "relu", (), 2**32 + 12345, id="int8"),
    pytest.param("float16", "relu6", (), 2**31 + 12345, id="float16, bits"),
    pytest.param("int64", "relu6", (), 2**31 + 12345, id="int64", marks=slow),
    pytest.param("float16", "leaky_relu", (0.999,), 2**31 + 12345, id="float16", marks=slow),
    pytest.param(
        "bfloat16", "leaky_relu", (0.99,), 2**31 + 12345, id="bfloat16", marks=[slow, bfloat16]
    ),
]


@pytest.mark.parametrize(("element", "name", "parameters", "count"), OF_OTHER_TYPES)
def test_many_elements_of_other_types(repeated, element, name, parameters, count):
    """The last ones of the memory, which ends with a window of its own; in place, once each."""
    function = getattr(relu_fast, name)
    memory = repeated.view(np.dtype(element))
    window = WINDOW * 4 // memory.itemsize
    memory[:window] = memory[-window:] = -1
    x = memory[-777 - count : -777]
    with relu_fast.num_threads(1):
        assert function(x, *parameters, out=x) is x
    wanted = np.full(1, -1, memory.dtype)
    assert (memory[-777:] == -1).all()
    function(wanted, *parameters, out=wanted)
    assert (memory[-window:-777] == wanted).all()
    # Where x begins, a part of a window is computed once more.
    whole, part = divmod(count - (window - 777), window)
    for _ in range(whole - 1):
        function(wanted, *parameters, out=wanted)
    assert (memory[: window - part] == wanted).all()
    function(wanted, *parameters, out=wanted)
    assert (memory[window - part : window] == wanted).all()


def test_alpha_gradient_of_more_than_two_to_the_32_elements():
    """One number, repeated without memory: the sum is known."""
    x = np.broadcast_to(np.float32(-1), COUNT)
    assert relu_fast.prelu_alpha_backward(x, x, 0.5) == np.float32(COUNT)


def available():
    """Bytes of memory that are free, or can be made free."""
    found = re.search(r"MemAvailable: *(\d+) kB", Path("/proc/meminfo").read_text())
    return int(found.group(1)) * 1024


@slow
def test_eight_gibibytes():
    if available() < 10 * GIB:
        pytest.skip(f"needs 10 GiB of memory, {available() / GIB:.1f} are available")
    x = np.full(2**31 + 12345, -1, np.float32)
    x[1::2] = 2
    assert relu_fast.leaky_relu_(x, 0.5) is x
    assert (x[::2] == -0.5).all()
    assert (x[1::2] == 2).all()


# ---- Steps -------------------------------------------------------------------


@pytest.fixture
def sparse():
    """16 TiB of addresses; what is touched of them takes memory, by pages."""
    private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE
    memory = mmap.mmap(-1, 2**44, flags=private)
    memory.madvise(mmap.MADV_NOHUGEPAGE)
    return memory


STEP = 2**33 + 8  # bytes
FAR_APART = {
    "one dimension": ((1000,), (STEP,)),
    "backwards": ((1000,), (-STEP,)),
    "rows": ((100, 70), (STEP, 8)),
    "rows, backwards": ((100, 70), (-STEP, -8)),
    "columns": ((70, 100), (8, STEP)),
    "both": ((30, 31), (STEP, 31 * STEP)),
    "every second": ((100, 70), (STEP, 16)),
}


@elements.each("float16", "bfloat16", "int8", "int64")
@pytest.mark.parametrize("layout", FAR_APART)
def test_steps_beyond_32_bits_of_other_types(sparse, layout, element):
    shape, strides = FAR_APART[layout]
    start = sum((n - 1) * -s for n, s in zip(shape, strides, strict=True) if s < 0)
    x, out = (
        np.ndarray(shape, np.dtype(element), sparse, start + offset, strides)
        for offset in (0, 2**31)
    )
    values = elements.some(element, shape)
    x[...] = values
    names = ["relu"] if "int" in element else ["relu", "elu"]
    for name in names:
        function = getattr(relu_fast, name)
        expected = elements.bits_of(function(values))
        assert (elements.bits_of(function(x)) == expected).all()
        assert function(x, out=out) is out
        assert (elements.bits_of(out) == expected).all()


@pytest.mark.parametrize("direct", [True, False])
@pytest.mark.parametrize("layout", FAR_APART)
def test_steps_beyond_32_bits(sparse, layout, direct, dtype):
    shape, strides = FAR_APART[layout]
    start = sum((n - 1) * -s for n, s in zip(shape, strides, strict=True) if s < 0)

    def far(offset, values):
        array = np.ndarray(shape, dtype, sparse, start + offset, strides)
        array[...] = values
        return array

    draws = np.random.default_rng(2)
    values = draws.normal(0, 3, (3, *shape)).astype(dtype)
    g, x, alpha = (far(2**31 * k, values[k]) for k in range(3))
    _ufuncs.set_fast_path(direct)
    for name, operands in {
        "relu": [1],
        "elu_grad": [1],
        "prelu": [1, 2],
        "elu_backward": [0, 1, 2],
    }.items():
        function = getattr(relu_fast, name)
        arguments = [(g, x, alpha)[k] for k in operands]
        expected = function(*(values[k] for k in operands))
        np.testing.assert_array_equal(function(*arguments), expected)
        out = far(3 * 2**31, 7)
        assert function(*arguments, out=out) is out
        np.testing.assert_array_equal(out, expected)
    for alpha_shape in ((), shape[-1:], (shape[0], *(1,) * (len(shape) - 1))):
        some = np.zeros(alpha_shape, dtype)
        np.testing.assert_array_equal(
            relu_fast.elu_alpha_backward(g, x, some),
            relu_fast.elu_alpha_backward(values[0], values[1], some),
        )
    assert relu_fast.relu_(x) is x
    np.testing.assert_array_equal(x, np.maximum(values[1], 0))
    np.testing.assert_array_equal(g, values[0])


# ---- Counts that fit in nothing ----------------------------------------------


def repeat(*shape):
    return np.broadcast_to(np.float32(-1), shape)


@pytest.mark.parametrize("direct", [True, False])
def test_more_elements_than_can_be_counted(direct):
    """The product of the shapes does not fit in 63 bits, or memory for it can never be."""
    _ufuncs.set_fast_path(direct)
    for x, alpha in [
        (repeat(2**32, 1), repeat(1, 2**31)),
        (repeat(2**32, 1), repeat(1, 2**32)),
        (repeat(2**40, 1), repeat(1, 2**40)),
        (repeat(2**40, 1, 0), repeat(1, 2**40, 1)),
        (repeat(2**40, 1, 2), repeat(1, 2**40, 1).T),
    ]:
        for function in (np.copysign, relu_fast.prelu, relu_fast.elu_grad):
            with pytest.raises(ValueError, match=r"too (large|big)|broadcast"):
                function(x, alpha)
    for function in (np.spacing, relu_fast.relu, relu_fast.elu):
        with pytest.raises(MemoryError):
            function(repeat(2**50))
        with pytest.raises(ValueError, match=r"too (large|big)"):
            function(repeat(2**62))


@pytest.mark.parametrize("lengths", [(2**31, 2**32), (2**32, 2**32), (2**60, 2**60)])
def test_alpha_gradient_of_more_elements_than_can_be_counted(lengths):
    with pytest.raises(ValueError, match="too many elements"):
        relu_fast.prelu_alpha_backward(repeat(lengths[0], 1), repeat(1, lengths[1]), 0.5)


def test_alpha_gradient_without_memory_for_its_sums():
    with pytest.raises(MemoryError, match="prelu_alpha_backward"):
        relu_fast.prelu_alpha_backward(repeat(2**31, 1), repeat(1, 2**31), 0.5)
    with pytest.raises(MemoryError):
        relu_fast.prelu_alpha_backward(repeat(1), repeat(1), repeat(2**50))


def test_no_elements_of_a_huge_shape():
    """An empty dimension wins, in any place, over those whose product is too much."""
    assert relu_fast.relu(np.empty((2**30, 0, 2**30), np.float32)).shape == (2**30, 0, 2**30)
    g, x = repeat(2**40, 1, 0), repeat(1, 2**40, 1)
    assert relu_fast.elu_alpha_backward(g, x, 0.5) == 0
    assert relu_fast.elu_alpha_backward(g.T, x, np.empty((0, 1, 1), np.float32)).shape == (0, 1, 1)
