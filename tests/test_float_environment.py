"""No warnings, no flags, and the caller's floating-point mode left alone."""

import ctypes
import platform
import subprocess
import sys

import numpy as np
import pytest
from reference import bits, points

import relu_fast

UFUNCS = sorted(name for name, f in vars(relu_fast).items() if isinstance(f, np.ufunc))
libm = ctypes.CDLL(None)
FE_ALL_EXCEPT = {"x86_64": 0x3D, "aarch64": 0x1F}.get(platform.machine(), 0x1F)


def operands_of(name, x):
    function = getattr(relu_fast, name)
    arrays = [np.roll(x, 77)] if "backward" in name else []
    return [*arrays, x] + ([x.dtype.type(0.3)] if function.nin > len(arrays) + 1 else [])


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", UFUNCS)
def test_nothing_is_raised(isa, dtype, name, threads):
    x = np.tile(points(dtype), 350)  # enough for two threads
    with relu_fast.num_threads(threads), np.errstate(all="raise"):
        for operands in (
            operands_of(name, x),
            operands_of(name, x[::-3]),
            operands_of(name, x[:5]),
        ):
            getattr(relu_fast, name)(*operands)


@pytest.mark.parametrize("alpha", [np.inf, np.nan, 1e30, -1e30, 0.0, 1e-30])
def test_extreme_alpha_raises_nothing(isa, dtype, alpha):
    x = points(dtype)
    with np.errstate(all="raise"):
        for name in ("leaky_relu", "leaky_relu_grad", "elu", "elu_grad"):
            getattr(relu_fast, name)(x, x.dtype.type(alpha))
        for name in ("leaky_relu_backward", "elu_backward", "elu_backward_from_result"):
            getattr(relu_fast, name)(x[::-1], x, x.dtype.type(alpha))


@pytest.mark.parametrize("name", ["prelu", "elu"])
def test_alpha_gradients_raise_nothing(isa, dtype, name):
    x = points(dtype)
    with np.errstate(all="raise"):
        getattr(relu_fast, name + "_alpha_backward")(x[::-1], x, np.dtype(dtype).type(0.3))
        getattr(relu_fast, name + "_alpha_backward")(
            x[:1500].reshape(30, 50), x[:1500].reshape(50, 30).T, np.zeros(50, dtype)
        )


@pytest.mark.parametrize("name", UFUNCS)
def test_no_flag_is_set(isa, dtype, name):
    """NumPy clears the flags when a call ends; a NaN that compares must not set one after."""
    x = points(dtype)
    operands = operands_of(name, x)
    out = np.empty_like(x)
    mask = np.arange(len(x)) % 2 == 0
    libm.feclearexcept(FE_ALL_EXCEPT)
    getattr(relu_fast, name)(*operands, out=out)
    assert libm.fetestexcept(FE_ALL_EXCEPT) == 0
    getattr(relu_fast, name)(*operands, out=out, where=mask)
    assert libm.fetestexcept(FE_ALL_EXCEPT) == 0


@pytest.mark.skipif(platform.machine() != "x86_64", reason="sets MXCSR through x86 code")
def test_flush_to_zero_of_the_caller_changes_no_result():
    """A library that turned subnormals off (-ffast-math does) must not change our bits."""
    program = """
import ctypes, mmap
import numpy as np, relu_fast
x = np.linspace(-1e-38, 1e-38, 3001, dtype=np.float32)
expected = relu_fast.leaky_relu(x, 0.5), relu_fast.elu(x), relu_fast.elu_grad(x * 1e40, 1e-30)
code = mmap.mmap(-1, 64, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex('0fae17c3' '0fae1fc3'))  # ldmxcsr (%rdi); ret   stmxcsr (%rdi); ret
address = ctypes.addressof(ctypes.c_char.from_buffer(code))
load, store = (ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address + at) for at in (0, 4))
mode = ctypes.c_uint(0x1f80 | 0x8040)  # flush to zero, denormals are zero
for threads in (1, 2):
    with relu_fast.num_threads(threads):
        load(ctypes.addressof(mode))
        got = relu_fast.leaky_relu(x, 0.5), relu_fast.elu(x), relu_fast.elu_grad(x * 1e40, 1e-30)
        after = ctypes.c_uint(0)
        store(ctypes.addressof(after))
        assert after.value & 0x8040 == 0x8040
    normal = ctypes.c_uint(0x1f80)
    load(ctypes.addressof(normal))
    for a, b in zip(got[:2], expected[:2]):
        assert (a.view(np.uint32) == b.view(np.uint32)).all()
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_subnormals_survive(isa, dtype):
    info = np.finfo(dtype)
    x = np.array([info.smallest_subnormal, -info.smallest_subnormal, -info.tiny], dtype)
    assert (bits(relu_fast.leaky_relu(x, 1.0)) == bits(x)).all()
    assert (bits(relu_fast.elu(x)) == bits(x)).all()
    assert relu_fast.relu(x[0]) == x[0]
    assert relu_fast.relu(x[1]) == 0
