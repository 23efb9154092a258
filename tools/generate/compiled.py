"""``relu_fast_functions.h`` and ``cython_api.pxd``: declarations for C and for Cython."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from relu_fast import _ufuncs
from relu_fast._catalog import Function

from . import functions

# By dtype: the C types of elements, half types being their bits, and of parameters.
TYPES = {
    "float16": ("uint16_t", "float"),
    "float32": ("float", "float"),
    "float64": ("double", "double"),
    "bfloat16": ("uint16_t", "float"),
    **{
        f"{sign}int{bits}": (f"{sign}int{bits}_t", "")
        for bits in (8, 16, 32, 64)
        for sign in ("", "u")
    },
}
HEADER = """\
/* Made by tools/update.py from the tables; included by relu_fast.h. */
/* clang-format off */
{functions}
#undef RELU_FAST_FUNCTION
#undef RELU_FAST_SCALAR_FUNCTION
"""
PXD = '''\
# Made by tools/update.py from the tables.
"""The functions of relu_fast for Cython, which docs/guide/compiled_code.md describes."""
from libc.stdint cimport (
    int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t)

{functions}'''


class Declaration(NamedTuple):
    """A function of the compiled API."""

    name: str
    arguments: str
    is_scalar: bool  # returns its number

    @property
    def for_c(self) -> str:
        macro = "RELU_FAST_SCALAR_FUNCTION" if self.is_scalar else "RELU_FAST_FUNCTION"
        return f"{macro}({self.name}, ({self.arguments.replace('Py_ssize_t', 'ptrdiff_t')}))\n"

    @property
    def for_cython(self) -> str:
        returned = "double" if self.is_scalar else "void"
        return f"cdef {returned} {self.name}({self.arguments}) noexcept nogil\n"


def _of_arrays(function: Function, dtype: str) -> Declaration:
    element, number = TYPES[dtype]
    arguments = ["Py_ssize_t n"]
    arguments += [f"const {element} *{name}" for name in function.form.inputs]
    arguments += [f"{number} {p.name}" for p in function.activation.parameters]
    arguments += [f"{element} *{name}" for name in function.form.outputs]
    return Declaration(f"{function.name}_{dtype}", ", ".join(arguments), is_scalar=False)


def _of_numbers(function: Function) -> Declaration:
    arguments = [f"double {name}" for name in function.arguments]
    return Declaration(f"{function.name}_scalar", ", ".join(arguments), is_scalar=True)


def declarations(*, test_rows: bool) -> Iterator[Declaration]:
    """All functions of the compiled API."""
    for function in functions(test_rows=test_rows):
        if not function.is_ufunc:
            continue
        for dtype in TYPES:
            if _ufuncs.takes(function.activation.number, function.form.number, dtype):
                yield _of_arrays(function, dtype)
        if len(function.form.outputs) == 1:
            yield _of_numbers(function)


def header(*, test_rows: bool = False) -> str:
    """The file for C."""
    found = declarations(test_rows=test_rows)
    return HEADER.format(functions="".join(declaration.for_c for declaration in found))


def pxd(*, test_rows: bool = False) -> str:
    """The file for Cython."""
    found = declarations(test_rows=test_rows)
    return PXD.format(functions="".join(declaration.for_cython for declaration in found))
