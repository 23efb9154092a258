"""No warnings, no flags, and the caller's floating-point mode left alone."""

import concurrent.futures
import ctypes
import functools
import itertools
import mmap
import platform

import numpy as np
import pytest
from support import elements, functions, team
from support.elements import bits_of
from support.programs import linux, openmp, output_of, run
from support.reference import bits, points

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import FUNCTIONS

UFUNCS = sorted(f.name for f in functions.of_each_shape(functions.SINGLE))
TWINS = [f.name for f in functions.of_each_shape(functions.TWINS)]
ALL = [*UFUNCS, *TWINS, *(f.name for f in functions.SUMS)]
# What a team does around a loop is the same for all loops.
IN_A_TEAM = functions.of_each_call(functions.SINGLE) + functions.SUMS
ON_THREADS = [*((name, 1) for name in ALL), *((f.name, 2) for f in IN_A_TEAM)]

libm = ctypes.CDLL(None)
# Invalid, division by zero, overflow, underflow, inexact in the platform's fenv.h.
FLAGS = {
    "x86_64": (0x01, 0x04, 0x08, 0x10, 0x20),
    "aarch64": (0x01, 0x02, 0x04, 0x08, 0x10),
}.get(platform.machine(), ())
ALL_FLAGS = sum(FLAGS)
has_flags = pytest.mark.skipif(not FLAGS, reason="which bits the flags are is not known here")


@pytest.fixture(autouse=True)
def _direct_calls():
    yield
    _ufuncs.set_fast_path(True)


def nans(dtype):
    """A quiet and a signalling one, by their bits."""
    info = np.finfo(dtype)
    infinity = np.array(np.inf, dtype).view(f"u{info.bits // 8}")
    return np.array([infinity | 1 << info.nmant - 1, infinity | 1]).view(dtype)


def values(dtype):
    """The stored points, which have everything, and more NaNs."""
    return np.concatenate([points(dtype), np.tile(nans(dtype), 4)])


def alphas(dtype):
    """Ordinary, and all that overflows, underflows or is no number."""
    far = 1e30 if dtype == "float32" else 1e300
    least = np.finfo(dtype).smallest_subnormal
    numbers = [0.3, 0.0, -0.0, np.inf, -np.inf, far, -far, 1 / far, -1 / far, least, -5 * least]
    return np.concatenate([np.array(numbers, dtype), nans(dtype)])


def alphas_of(name, dtype, threads):
    """Some of them for large arrays, and one that is not used without a parameter."""
    if not FUNCTIONS[name].activation.parameters:
        return [0.0]
    return alphas(dtype)[:: 1 if threads == 1 else 3]


def enough_for_two_threads(x):
    return np.tile(x, (220 << 10) // x.nbytes + 1)


LAYOUTS = {
    "contiguous": lambda x: x,
    "short": lambda x: x[-5:],
    "steps": lambda x: x[::-3],
    "transposed": lambda x: x[: x.size // 7 * 7].reshape(7, -1).T,
    "byte-swapped": lambda x: x.astype(x.dtype.newbyteorder()),
    "0-d": lambda x: x[-1:].reshape(()),
    "step 0": lambda x: np.broadcast_to(x[-1:], (40, 3)),
}


def layouts_of(name, *without):
    read_only = ("step 0",) if name in TWINS else ()
    return [layout for layout in LAYOUTS if layout not in (*without, *read_only)]


def operands_of(name, x, alpha, layout="contiguous"):
    """Of their own, for the twins; g has other values than x at each place."""
    x, g = (LAYOUTS[layout](values) for values in (x.copy(), np.roll(x, 77)))
    arrays = functions.arrays(FUNCTIONS[name], x, g)
    if FUNCTIONS[name].parameter:
        return [*arrays, alpha]
    return [*arrays, *functions.parameters(FUNCTIONS[name], alpha)]


def some_of(layouts, alphas):
    """Each alpha with every other layout."""
    for i, layout in enumerate(layouts):
        for j, alpha in enumerate(alphas):
            if len(alphas) == 1 or (i + j) % 2 == 0:
                yield layout, alpha


# ---- Warnings and flags ------------------------------------------------------


@has_flags
@pytest.mark.parametrize(("name", "threads"), ON_THREADS)
def test_nothing_is_raised_and_no_flag_is_set(some_isa, dtype, name, threads):
    x = values(dtype) if threads == 1 else enough_for_two_threads(values(dtype))
    layouts = layouts_of(name) if threads == 1 else ["contiguous", "transposed", "steps"]
    function = getattr(relu_fast, name)

    def call(*operands, **keywords):
        if threads > 1:
            team.wake()
        libm.feclearexcept(ALL_FLAGS)
        function(*operands, **keywords)
        assert libm.fetestexcept(ALL_FLAGS) == 0

    with relu_fast.num_threads(threads), np.errstate(all="raise"):
        for layout, alpha in some_of(layouts, alphas_of(name, dtype, threads)):
            operands = operands_of(name, x, alpha, layout)
            call(*operands)
            if name in UFUNCS:
                out = np.zeros_like(operands[0])
                call(*operands, out=out)
                call(*operands, out=out, where=np.arange(out.size).reshape(out.shape) % 2 == 0)


@has_flags
@pytest.mark.parametrize(("name", "threads"), ON_THREADS)
def test_flags_that_were_set_before_a_direct_call_are_set_after(some_isa, dtype, name, threads):
    x = values(dtype) if threads == 1 else enough_for_two_threads(values(dtype))
    layouts = layouts_of(name, "byte-swapped") if threads == 1 else ["contiguous"]
    function = getattr(relu_fast, name)
    _ufuncs.set_fast_path(True, only=True)
    with relu_fast.num_threads(threads):
        for layout, alpha in some_of(layouts, alphas_of(name, dtype, threads)):
            operands = operands_of(name, x, alpha, layout)
            keywords = {"out": np.empty_like(operands[0])} if name in UFUNCS else {}
            for flags in (*FLAGS, ALL_FLAGS):
                if threads > 1:
                    team.wake()
                libm.feclearexcept(ALL_FLAGS)
                libm.feraiseexcept(flags)
                assert libm.fetestexcept(ALL_FLAGS) == flags
                function(*operands, **keywords)
                assert libm.fetestexcept(ALL_FLAGS) == flags, (layout, alpha)


# ---- The mode of the CPU -----------------------------------------------------

x86_64 = pytest.mark.skipif(
    platform.machine() != "x86_64", reason="reads and sets MXCSR through x86-64 code"
)
USUAL = 0x1F80
ALL_SIX = 0x003F  # flags
FLUSH = 0x8040  # results that are subnormal, and operands
MODES = {
    "as usual": USUAL,
    "subnormal results are 0": USUAL | 0x8000,
    "subnormal operands are 0": USUAL | 0x0040,
    "both": USUAL | FLUSH,
    "round down": USUAL | 0x2000,
    "round up": USUAL | 0x4000,
    "round to 0": USUAL | 0x6000,
}
SIGNALS = USUAL & ~0x0E80  # SIGFPE for invalid, division by zero, overflow, underflow


@functools.cache
def mxcsr_code():
    """Functions that load and store MXCSR at an address, and the memory that they are in."""
    code = mmap.mmap(-1, 64, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes.fromhex("0fae17c30fae1fc3"))  # ldmxcsr (%rdi); ret   stmxcsr (%rdi); ret
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    load, store = (ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address + at) for at in (0, 4))
    return load, store, code


def mxcsr_around(call, mode):
    """MXCSR after `call`, which is made with MXCSR = mode."""
    load, store, _ = mxcsr_code()
    word, usual = ctypes.c_uint(mode), ctypes.c_uint(USUAL)
    at, at_usual = ctypes.addressof(word), ctypes.addressof(usual)
    load(at)
    call()
    store(at)
    load(at_usual)
    return word.value


def in_a_thread_of_its_own(call):
    """MXCSR is each thread's own: a failure in there leaves that of pytest as it is."""
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        return executor.submit(call).result()


@x86_64
@pytest.mark.parametrize(("name", "threads"), ON_THREADS)
def test_mode_and_flags_of_the_caller(some_isa, dtype, name, threads):
    """All of MXCSR, the sixth flag (subnormal operand) too, is as before, and so are the bits."""
    x = values(dtype) if threads == 1 else enough_for_two_threads(values(dtype))
    _ufuncs.set_fast_path(True, only=True)

    def result(alpha, mxcsr):
        operands = operands_of(name, x, alpha)
        keywords = {"out": np.empty_like(x)} if name in UFUNCS else {}
        got = []

        def call():
            if threads > 1:
                team.wake()
            got.append(getattr(relu_fast, name)(*operands, **keywords))

        with relu_fast.num_threads(threads):
            assert mxcsr_around(call, mxcsr) == mxcsr, alpha
        return bits(np.atleast_1d(got[0]))

    def check():
        for alpha in alphas_of(name, dtype, threads):
            expected = result(alpha, USUAL)
            for mode, word in MODES.items():
                assert (result(alpha, word | ALL_SIX) == expected).all(), (mode, alpha)

    in_a_thread_of_its_own(check)


@x86_64
def test_single_precision_alpha_in_any_mode():
    """A number is no array: the bridge itself must not convert it with the caller's mode."""

    def check():
        for alpha, dtype in itertools.product(alphas("float32"), ("float32", "float64")):
            x = np.array([-1.0, -1e30], dtype)
            with np.errstate(invalid="ignore"):  # NumPy's cast of a signalling NaN
                expected = bits(relu_fast.leaky_relu(x, np.full(2, alpha).astype(dtype)))
            out = np.empty_like(x)
            for mxcsr in MODES.values():
                call = functools.partial(relu_fast.leaky_relu, x, alpha, out=out)
                assert mxcsr_around(call, mxcsr) == mxcsr, alpha
                assert (bits(out) == expected).all(), alpha

    in_a_thread_of_its_own(check)


def compute_with_signals():
    """In a process of its own, for a signal ends it."""
    x = values("float32")
    for name, alpha in itertools.product(ALL, alphas("float32")):
        call = functools.partial(getattr(relu_fast, name), *operands_of(name, x, alpha))
        assert mxcsr_around(call, SIGNALS) == SIGNALS


@x86_64
def test_exceptions_that_the_caller_unmasked_are_no_signals(isa):
    program = "from robustness import test_float_environment as t; t.compute_with_signals()"
    ran = run("-c", program, RELU_FAST_ISA=isa)
    assert ran.returncode == 0, ran


def start_threads_that_flush():
    """In a fresh process: the team inherits the mode of the call that starts it."""
    x = np.linspace(-1e-38, -1e-40, 1 << 21, dtype=np.float32)
    _ufuncs.set_cache_bytes(1 << 40)
    with relu_fast.num_threads(1):
        expected = bits(relu_fast.leaky_relu(x, 0.5))

    def call(out):
        with relu_fast.num_threads(2):
            after = mxcsr_around(lambda: relu_fast.leaky_relu(x, 0.5, out), USUAL | FLUSH)
        assert after == USUAL | FLUSH
        assert (bits(out) == expected).all()

    assert team.take_part(call, x)


@x86_64
@linux
@openmp
def test_members_that_were_started_while_the_caller_flushed():
    output_of("from robustness import test_float_environment as t; t.start_threads_that_flush()")


# ---- Half types and integers -------------------------------------------------

# As Python numbers: the last ones go NumPy's way, which does not keep flags that were set.
DIRECT_ALPHAS = [0.3, 0.0, 1e30, -1e-30]
HALF_ALPHAS = [*DIRECT_ALPHAS, np.inf, -1e-45, np.nan]
OTHERS = [f.name for f in functions.of_each_shape(functions.SINGLE)] + [
    f.name for f in functions.named("relu6", "relu_backward", "relu_value_and_grad", "swiglu")
]


def all_codes(element, threads):
    """Of halves all numbers; enough for two threads if asked for."""
    x = np.arange(1 << 16, dtype=np.uint16).view(np.dtype(element))
    return x if threads == 1 else np.tile(x, 25)


def half_calls(name, x, alphas):
    """Operands: with each of these numbers for the parameters, and with arrays of them."""
    function = FUNCTIONS[name]
    arrays = functions.arrays(function, x, np.roll(x, 77))
    if function.activation.parameters:
        for alpha in (*alphas, np.roll(x, 12345)):
            yield [*arrays, *functions.parameters(function, alpha)]
    else:
        yield arrays


@has_flags
@pytest.mark.parametrize("threads", [1, 2])
@elements.each("float16", "bfloat16")
@pytest.mark.parametrize("name", OTHERS)
def test_halves_raise_nothing_and_set_no_flag(some_isa, name, element, threads):
    """All numbers, of bfloat16 the subnormal ones of float32, and NaNs that signal."""
    x = all_codes(element, threads)
    function = getattr(relu_fast, name)

    def call(*operands, **keywords):
        if threads > 1:
            team.wake()
        libm.feclearexcept(ALL_FLAGS)
        function(*operands, **keywords)
        assert libm.fetestexcept(ALL_FLAGS) == 0, operands

    with relu_fast.num_threads(threads), np.errstate(all="raise"):
        for operands in half_calls(name, x, HALF_ALPHAS[:: 1 if threads == 1 else 4]):
            call(*operands)
            if threads == 1:
                call(*(o[::-3] if np.ndim(o) else o for o in operands))
                if len(FUNCTIONS[name].form.outputs) == 1:
                    call(*operands, out=np.empty_like(x), where=np.arange(x.size) % 2 == 0)


@x86_64
@elements.each("float16", "bfloat16")
@pytest.mark.parametrize("name", OTHERS)
def test_halves_in_any_mode(some_isa, name, element):
    """The same bits, subnormal ones too, and the caller's mode and flags as before."""
    x = all_codes(element, 1)
    _ufuncs.set_fast_path(True, only=True)

    def result(operands, mxcsr):
        got = []
        call = functools.partial(getattr(relu_fast, name), *operands)
        assert mxcsr_around(lambda: got.append(call()), mxcsr) == mxcsr
        return [bits_of(y) for y in functions.as_tuple(got[0])]

    def check():
        for operands in half_calls(name, x, DIRECT_ALPHAS):
            expected = result(operands, USUAL)
            for mode, word in MODES.items():
                found = result(operands, word | ALL_SIX)
                for got, wanted in zip(found, expected, strict=True):
                    assert (got == wanted).all(), mode

    in_a_thread_of_its_own(check)


@elements.each("float16", "bfloat16")
def test_subnormal_halves_survive(isa, element):
    x = np.arange(1 << 16, dtype=np.uint16).view(np.dtype(element))
    digits = 10 if element == "float16" else 7
    subnormal = np.concatenate([x[1 : 1 << digits], x[32769 : 32768 + (1 << digits)]])
    steps = subnormal[: (1 << digits) - 1].astype(np.float64) / float(x[1])
    assert (steps == np.arange(1, 1 << digits)).all()
    assert (bits_of(relu_fast.leaky_relu(subnormal, 1.0)) == bits_of(subnormal)).all()
    assert (bits_of(relu_fast.elu(subnormal)) == bits_of(subnormal)).all()
    positive = bits_of(subnormal) < 0x8000
    assert (bits_of(relu_fast.relu(subnormal)) == np.where(positive, bits_of(subnormal), 0)).all()


@has_flags
@elements.each("int8", "uint16", "int64")
def test_integers_set_no_flag(some_isa, element):
    x = elements.some(element, 10000)
    for name in ("relu", "relu6"):
        libm.feclearexcept(ALL_FLAGS)
        libm.feraiseexcept(FLAGS[0])
        getattr(relu_fast, name)(x)
        assert libm.fetestexcept(ALL_FLAGS) == FLAGS[0]


def test_subnormals_survive(isa, dtype):
    info = np.finfo(dtype)
    x = np.array([info.smallest_subnormal, -info.smallest_subnormal, -info.tiny], dtype)
    assert (bits(relu_fast.leaky_relu(x, 1.0)) == bits(x)).all()
    assert (bits(relu_fast.elu(x)) == bits(x)).all()
    assert relu_fast.relu(x[0]) == x[0]
    assert relu_fast.relu(x[1]) == 0
