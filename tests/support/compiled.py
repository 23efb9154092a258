"""The compiled API from Python: functions of `cython_api` and of the capsule, through ctypes."""

import ctypes
import re

import numpy as np

from relu_fast import _ufuncs, cython_api

CAPSULES = cython_api.__pyx_capi__

# As in relu_fast.h, whose numbers stay.
DTYPES = [
    *("float16", "float32", "float64", "bfloat16", "int8", "uint8"),
    *("int16", "uint16", "int32", "uint32", "int64", "uint64"),
]
NO_OVERLAP, IN_ORDER, REFUSE = range(3)
C_TYPES = {"Py_ssize_t": ctypes.c_ssize_t, "float": ctypes.c_float, "double": ctypes.c_double}

_name_of = ctypes.pythonapi.PyCapsule_GetName
_name_of.restype, _name_of.argtypes = ctypes.c_char_p, [ctypes.py_object]
_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype, _pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


def signature(name):
    """That of a function of `cython_api`, as Cython writes it."""
    return _name_of(CAPSULES[name]).decode()


def c_type(text):
    return ctypes.c_void_p if text.endswith("*") else C_TYPES[text]


def function(name):
    """The function of this name, which takes addresses, or numbers."""
    result, arguments = re.fullmatch(r"(\w+) \((.*)\)", signature(name)).groups()
    types = [c_type(text) for text in arguments.split(", ")]
    returned = None if result == "void" else C_TYPES[result]
    return ctypes.CFUNCTYPE(returned, *types)(address(name))


def address(name):
    return _pointer_of(CAPSULES[name], signature(name).encode())


def call(name, arrays, numbers, outputs):
    """Call a function for contiguous arrays, whose operands are arrays and numbers."""
    addresses = [array.ctypes.data for array in arrays]
    function(name)(arrays[0].size, *addresses, *numbers, *[out.ctypes.data for out in outputs])


# ---- The table -------------------------------------------------------------------


class Operand(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_void_p),
        ("strides", ctypes.POINTER(ctypes.c_ssize_t)),
        ("dtype", ctypes.c_int),
    )


_strides = ctypes.POINTER(ctypes.c_ssize_t)


class Table(ctypes.Structure):
    _fields_ = (
        ("major", ctypes.c_int),
        ("minor", ctypes.c_int),
        ("function", ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)),
        ("find", ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)),
        (
            "apply",
            ctypes.CFUNCTYPE(
                *(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, _strides),
                *(ctypes.POINTER(Operand), ctypes.c_int),
            ),
        ),
        (
            "sum_gradient",
            ctypes.CFUNCTYPE(
                *(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, _strides, ctypes.c_char_p),
                *(Operand, Operand, ctypes.c_int, ctypes.c_void_p),
            ),
        ),
        ("isa", ctypes.CFUNCTYPE(ctypes.c_char_p)),
        ("threads", ctypes.CFUNCTYPE(ctypes.c_int)),
        ("set_threads", ctypes.CFUNCTYPE(None, ctypes.c_int)),
        ("set_local_threads", ctypes.CFUNCTYPE(None, ctypes.c_int)),
    )


def table():
    """What the capsule holds."""
    return Table.from_address(_pointer_of(_ufuncs.C_API, _name_of(_ufuncs.C_API)))


def operand(array, shape=None):
    """An array as an operand, broadcast to `shape`."""
    array = array if shape is None else np.broadcast_to(array, shape)
    strides = (ctypes.c_ssize_t * max(array.ndim, 1))(*array.strides)
    return Operand(array.ctypes.data, strides, DTYPES.index(array.dtype.name))


def apply(name, inputs, outputs, overlap=NO_OVERLAP):
    """Call the operation of a ufunc on arrays that broadcast to the shape of the outputs."""
    shape, dtype = outputs[0].shape, inputs[0].dtype
    operation = table().find(name.encode(), DTYPES.index(dtype.name))
    assert operation, (name, dtype)
    operands = [operand(array, shape) for array in (*inputs, *outputs)]
    c_shape = (ctypes.c_ssize_t * max(len(shape), 1))(*shape)
    many = (Operand * len(operands))(*operands)
    return table().apply(operation, len(shape), c_shape, many, overlap)
