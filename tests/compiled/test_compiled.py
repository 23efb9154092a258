"""The compiled API: the same functions as those of Python, bit for bit, by the same library."""

import ctypes
import re
from pathlib import Path

import numpy as np
import pytest
from support import compiled, elements
from support.dtypes import FLOATING
from support.functions import SINGLE, SUMS, UFUNCS, as_tuple, each, made, named, of_each_shape
from support.reference import points

import relu_fast
from relu_fast import _ufuncs

PACKAGE = Path(relu_fast.__file__).parent
HEADER = Path(relu_fast.get_include())
STATIC = pytest.mark.build_independent
# What C stores for an element type, and the type of parameters.
STORED = {"float16": "uint16_t", "bfloat16": "uint16_t", "float32": "float", "float64": "double"}
NAMES = [
    f"{function.name}_{dtype}"
    for function in UFUNCS
    for dtype in compiled.DTYPES
    if elements.takes(function, dtype)
]
NAMES += [f"{function.name}_scalar" for function in SINGLE]


def same(found, expected):
    return all(
        a.dtype == b.dtype and (elements.bits_of(a) == elements.bits_of(b)).all()
        for a, b in zip(found, as_tuple(expected), strict=True)
    )


def operands(function, name, values):
    """Arrays for the inputs, and numbers for the parameters that the dtype holds exactly."""
    arrays = [np.roll(values, 3 * i) for i in range(len(function.form.inputs))]
    numbers = [0.75 + i for i in range(len(function.activation.parameters))]
    outputs = [np.empty_like(values) for _ in function.form.outputs]
    return arrays, numbers, outputs


# ---- What there is --------------------------------------------------------------


def test_names():
    assert sorted(compiled.CAPSULES) == sorted(NAMES)


@STATIC
def test_declarations_are_those_of_the_functions():
    """Of both files: their types are what Cython and C are told, by hand of a generator."""
    header = (HEADER / "relu_fast_functions.h").read_text()
    pxd = (PACKAGE / "cython_api.pxd").read_text()
    for_c = re.findall(r"^RELU_FAST_(SCALAR_)?FUNCTION\((\w+), \((.*)\)\)$", header, re.MULTILINE)
    for_cython = re.findall(r"^cdef (\w+) (\w+)\((.*)\) noexcept nogil$", pxd, re.MULTILINE)
    test_rows = {f.name for f in UFUNCS if f.activation.is_test_only}
    wanted = {n: compiled.signature(n) for n in NAMES if n.rpartition("_")[0] not in test_rows}

    def written(returned, arguments):
        types = [re.sub(r"\w+$", "", argument).strip() for argument in arguments.split(", ")]
        types = [re.sub(r"^const (\w+) \*$", r"\1 const *", text) for text in types]
        return f"{returned} ({', '.join(types)})"

    assert {name: written(returned, a) for returned, name, a in for_cython} == wanted
    assert {
        name: written("double" if scalar else "void", a.replace("ptrdiff_t", "Py_ssize_t"))
        for scalar, name, a in for_c
    } == wanted


def test_the_table_finds_the_same_functions():
    table = compiled.table()
    for name in NAMES:
        assert table.function(name.encode()) == compiled.address(name)
    for name in ("elu", "elu_float", "relu_float32 ", "", "elu__float32", "elu_int8"):
        assert table.function(name.encode()) is None


def test_find():
    """A name that begins as another does; a type that there is none for; a learned parameter."""
    table = compiled.table()
    for function in UFUNCS:
        for number, dtype in enumerate(compiled.DTYPES):
            found = table.find(function.name.encode(), number) is not None
            assert found == elements.takes(function, dtype), (function.name, dtype)
    addresses = [table.find(f.name.encode(), 1) for f in UFUNCS + SUMS]
    assert len(set(addresses)) == len(addresses)
    for function in SUMS:
        has = [bool(table.find(function.name.encode(), number)) for number in range(4)]
        assert has == [False, True, True, False]  # halves are summed as float32
    for name in ("elu_", "elu_beta_backward", "relu_alpha_backward", "el", "elu_grad_", ""):
        assert not table.find(name.encode(), 1)
    assert not table.find(b"relu", len(compiled.DTYPES))


# ---- The same bits ----------------------------------------------------------------


@pytest.mark.parametrize("name", FLOATING)
def test_contiguous(name):
    """All functions, for special values, and lengths around those of vectors."""
    if name == "bfloat16":
        values = np.arange(0, 1 << 16, 37, dtype=np.uint16).view(name)
    else:
        values = np.resize(points(name), 3001)
    for function in UFUNCS:
        for length in (0, 1, 15, 16, 17, 33, 3001):
            arrays, numbers, outputs = operands(function, name, values[:length])
            compiled.call(f"{function.name}_{name}", arrays, numbers, outputs)
            expected = made(function)(*arrays, *numbers)
            assert same(outputs, expected), (function.name, length)


def test_integers():
    for function in UFUNCS:
        for name in elements.INTEGERS:
            if elements.takes(function, name):
                arrays, numbers, outputs = operands(function, name, elements.some(name, 1001))
                compiled.call(f"{function.name}_{name}", arrays, numbers, outputs)
                assert same(outputs, made(function)(*arrays)), (function.name, name)


def test_numbers():
    values = np.resize(points("float64"), 40)
    for function in SINGLE:
        arrays, numbers, _ = operands(function, "float64", values)
        scalar = compiled.function(f"{function.name}_scalar")
        found = np.array([scalar(*given, *numbers) for given in zip(*arrays, strict=True)])
        assert same([found], made(function)(*arrays, *numbers)), function.name


@each(of_each_shape(UFUNCS))
def test_in_place(function):
    """Every input may be an output, one of several, too."""
    values = elements.some("float32", 5003)
    for k in range(len(function.form.inputs)):
        for j in range(len(function.form.outputs)):
            arrays, numbers, outputs = operands(function, "float32", values)
            expected = made(function)(*arrays, *numbers)
            outputs[j] = arrays[k]
            compiled.call(f"{function.name}_float32", arrays, numbers, outputs)
            assert same(outputs, expected)


@each(of_each_shape(UFUNCS))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_strides_and_parameters_that_vary(function, dtype):
    draws = np.random.default_rng(0)
    shape = (6, 5, 40)
    base = draws.normal(0, 2, (2 * shape[0], *shape[:0:-1])).astype(dtype)
    view = base[::-2].transpose(0, 2, 1)
    inputs = [view, view[:, :, ::-1], view[:1]][: len(function.form.inputs)]
    for i, _ in enumerate(function.activation.parameters):
        inputs.append(draws.uniform(0.5, 2, (shape[1], 1)).astype(dtype) + i)
    outputs = [np.empty(shape, dtype, order="F") for _ in function.form.outputs]
    assert compiled.apply(function.name, inputs, outputs) == 1
    assert same(outputs, made(function)(*inputs))


@each(named("elu"))
def test_parameters_of_another_type(function):
    """Half types take a parameter of float32 or float64, and round it once, to float32."""
    x = elements.some("float16", 100)
    y = np.empty_like(x)
    assert compiled.apply(function.name, [x, np.float64([0.3])], [y])
    assert same([y], relu_fast.elu(x, 0.3))


def test_overlap():
    x = np.arange(-50, 50, dtype=np.float32)
    before = x.copy()
    shifted = [x[:-1]], [x[1:]]
    assert compiled.apply("relu6", *shifted, compiled.REFUSE) == 0
    assert same([x], before)
    assert compiled.apply("relu6", *shifted, compiled.IN_ORDER) == 1
    expected = before.copy()
    for i in range(99):
        expected[i + 1] = relu_fast.relu6(expected[i])
    assert same([x], expected)


@each(SUMS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sum_gradient(function, dtype):
    draws = np.random.default_rng(0)
    g, x = draws.normal(size=(2, 40, 5, 30)).astype(dtype)
    number = compiled.DTYPES.index(np.dtype(dtype).name)
    operation = compiled.table().find(function.name.encode(), number)
    result = np.empty((5, 1), dtype)
    shape = (ctypes.c_ssize_t * 3)(*x.shape)
    operands = compiled.operand(g), compiled.operand(x[::-1])
    failed = compiled.table().sum_gradient(
        operation, 3, shape, b"\0\1\0", *operands, number, result.ctypes.data
    )
    assert failed == 0
    assert same([result], made(function)(g, x[::-1], np.ones_like(result)))


# ---- One library -------------------------------------------------------------------


def test_threads_are_those_of_python():
    table = compiled.table()
    try:
        relu_fast.set_num_threads(3)
        assert table.threads() == 3
        with relu_fast.num_threads(1):
            assert table.threads() == 1
        table.set_threads(2)
        assert relu_fast.get_num_threads() == 2
    finally:
        relu_fast.set_num_threads(None)


@pytest.mark.parametrize("isa", relu_fast.config()["isas_supported"])
def test_isa_is_that_of_python(isa):
    try:
        _ufuncs.select_isa(isa)
        assert compiled.table().isa().decode() == isa
    finally:
        _ufuncs.select_isa(None)


def test_version():
    header = (HEADER / "relu_fast.h").read_text()
    stated = dict(re.findall(r"#define RELU_FAST_API_(MAJOR|MINOR) (\d+)", header))
    assert (compiled.table().major, compiled.table().minor) == (
        int(stated["MAJOR"]),
        int(stated["MINOR"]),
    )
