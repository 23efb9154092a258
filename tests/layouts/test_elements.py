"""Half types and integers in any layout: the same bits as of a contiguous copy.

What is copied, converted and transposed, and how, depends on the size of the elements.
"""

import itertools

import numpy as np
import pytest
from support import elements, functions
from support.elements import bits_of

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import FUNCTIONS

pytestmark = [pytest.mark.sanitizer, pytest.mark.coverage]

each_kind = elements.each("float16", "bfloat16", "int8", "int64")


@pytest.fixture(autouse=True)
def _defaults():
    yield
    _ufuncs.set_fast_path(True)
    _ufuncs.set_cache_bytes(0)
    relu_fast.set_num_threads(None)


def named(element, *names):
    """Those of these functions that take it: on the bits, and by conversion."""
    return [f for f in functions.named(*names) if elements.takes(f, element)]


def operands(function, x, *, seed=1):
    """x, and g in the same layout."""
    g = np.empty_like(x)
    g[...] = np.roll(x.ravel(), seed).reshape(x.shape)
    return [*functions.arrays(function, x, g), *functions.parameters(function, 0.3)]


def contiguous(function, arguments):
    flat = [np.ascontiguousarray(a) if np.ndim(a) else a for a in arguments]
    with relu_fast.num_threads(1):
        return bits_of(functions.made(function)(*flat))


# ---- Rows and columns --------------------------------------------------------

LENGTHS = range(1, 41)


@each_kind
def test_transposed_shapes(isa, element):
    """Each shape of few rows and columns: squares in registers, and what is left over of them.

    Onto a plain loop, which is that of NumPy's copy, and between neighbours that stay.
    """
    memory = elements.some(element, (42, 42))
    out = elements.some(element, (42, 42), seed=1)
    before = out.tobytes()
    expected = bits_of(relu_fast.relu(memory.reshape(-1))).reshape(42, 42)
    for rows, columns in itertools.product(LENGTHS, LENGTHS):
        there = (slice(1, 1 + rows), slice(1, 1 + columns))
        back = there[::-1]
        kept = out[there].copy()
        relu_fast.relu(memory[back].T, out=out[there])
        assert (bits_of(out[there]) == expected[back].T).all(), (rows, columns)
        out[there] = kept
        assert out.tobytes() == before
        kept = out[back].copy()
        relu_fast.relu(memory[there], out=out[back].T)
        assert (bits_of(out[back].T) == expected[there]).all(), (rows, columns)
        out[back] = kept
        assert out.tobytes() == before


@each_kind
def test_transposed_onto_itself(element):
    for n in (1, 7, 16, 40, 129):
        square = elements.some(element, (n, n))
        expected = contiguous(FUNCTIONS["relu"], [square.T.copy()])
        relu_fast.relu(square.T, out=square)
        assert (bits_of(square) == expected).all()


# ---- Steps, overlap, in place ------------------------------------------------

STEPS = (1, 2, -1, 3, -2, 0)


@each_kind
@pytest.mark.parametrize("direct", [True, False])
def test_steps(some_isa, element, direct):
    """Each length up to three vectors and one, with any step between elements of x and out."""
    _ufuncs.set_fast_path(direct)
    size = np.dtype(element).itemsize
    lengths = [*range(0, 3 * 64 // size + 2, 1 if size > 1 else 5), 1009, 4099]
    x = elements.some(element, 3 * max(lengths))
    for function in named(element, "relu6", "leaky_relu_backward", "elu"):
        for n, step in itertools.product(lengths, STEPS):
            view = np.broadcast_to(x[:1], n) if step == 0 else x[::step][:n]
            arguments = operands(function, view)
            expected = contiguous(function, arguments)
            made = functions.made(function)
            assert (bits_of(made(*arguments)) == expected).all(), (n, step)
            memory = np.zeros_like(x, shape=3 * n + 2)
            out = memory[1:-1][:: step or -3][:n]
            assert made(*arguments, out=out) is out
            assert (bits_of(out) == expected).all(), (n, step)
            out[...] = 0
            assert not memory.any()
            if step:
                target = view.copy()
                last = len(function.form.inputs) - 1
                arguments[last] = target
                assert made(*arguments, out=target) is target
                assert (bits_of(target) == expected).all()


@each_kind
@pytest.mark.parametrize("shift", [-40, -5, -1, 1, 3, 16])
def test_overlapping_out_gives_what_a_copy_gives(some_isa, element, shift):
    for function in named(element, "relu", "relu6", "elu", "prelu_backward"):
        memory = elements.some(element, 300)
        x, out = memory[50:200], memory[50 + shift : 200 + shift]
        arguments = operands(function, x)
        expected = contiguous(function, [a.copy() if np.ndim(a) else a for a in arguments])
        functions.made(function)(*arguments, out=out)
        assert (bits_of(out) == expected).all()


@each_kind
def test_in_place(isa, element):
    for function in functions.TWINS:
        if elements.takes(functions.out_of_place(function), element):
            x = elements.some(element, (37, 31))
            for view in (x, x.T, x[::-2, 1:], x[:, :3]):
                target = view.copy(order="K")
                parameters = functions.parameters(function, 0.3)
                expected = contiguous(functions.out_of_place(function), [view, *parameters])
                assert functions.made(function)(target, *parameters) is target
                assert (bits_of(target) == expected).all(), function.name


# ---- Large arrays ------------------------------------------------------------

# Each more than 2 MB, even of one byte an element; no size is a multiple of much.
LARGE = {
    "contiguous": ((1, 2200003), lambda a: a[0]),
    "rows x[:, :k]": ((1031, 2300), lambda a: a[:, :2011]),
    "short rows x[:, :3]": ((600011, 4), lambda a: a[:, :3]),
    "every second column": ((1031, 4100), lambda a: a[:, ::2]),
    "backwards": ((1, 2200003), lambda a: a[0, ::-1]),
    "transposed": ((1031, 2011), lambda a: a.T),
    "transposed, short": ((4, 600011), lambda a: a.T),
    "channels last": ((9, 33, 129, 67), lambda a: a.transpose(0, 2, 3, 1)),
    "broadcast columns": ((1031, 1), lambda a: np.broadcast_to(a, (1031, 2011))),
}


@each_kind
@pytest.mark.parametrize("layout", LARGE)
def test_large(layout, element):
    """One thread and stores as in the cache; three, and past it."""
    shape, view = LARGE[layout]
    x = view(elements.some(element, shape))
    name = "relu" if "int" in element or len(layout) % 2 else "leaky_relu"
    (function,) = named(element, name)
    arguments = operands(function, x)
    expected = contiguous(function, arguments)
    for threads, cache in ((1, 1 << 40), (3, 1)):
        relu_fast.set_num_threads(threads)
        _ufuncs.set_cache_bytes(cache)
        for order in "CF":
            out = np.empty_like(x, order=order)
            functions.made(function)(*arguments, out=out)
            assert (bits_of(out) == expected).all()
