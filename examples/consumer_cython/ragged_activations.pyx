# cython: language_level=3, boundscheck=False, wraparound=False
"""Activations of many sequences of different lengths, each with an alpha of its own.

The sequences lie one after the other in `values`; sequence i is values[offsets[i]:offsets[i + 1]].
No ufunc takes such a layout in one call. Here each thread of a prange loop calls relu_fast for
one sequence after the other, without the GIL.
"""
from cython cimport floating
from cython.parallel cimport prange
from relu_fast.cython_api cimport (
    elu_backward_float32, elu_backward_float64, elu_float32, elu_float64)

import numpy as np


def elu(const floating[::1] values, const Py_ssize_t[::1] offsets, const floating[::1] alpha):
    """elu of each sequence, with its alpha."""
    y = np.empty_like(values)
    cdef floating[::1] to = y
    cdef Py_ssize_t i, n
    check(values.shape[0], offsets, alpha.shape[0])
    for i in prange(alpha.shape[0], nogil=True, schedule="dynamic"):
        n = offsets[i + 1] - offsets[i]
        if n == 0:
            continue
        if floating is float:
            elu_float32(n, &values[offsets[i]], alpha[i], &to[offsets[i]])
        else:
            elu_float64(n, &values[offsets[i]], alpha[i], &to[offsets[i]])
    return y


def elu_backward(const floating[::1] g, const floating[::1] values,
                 const Py_ssize_t[::1] offsets, const floating[::1] alpha):
    """The gradient of the loss with respect to the values, where g is that of elu's results."""
    dx = np.empty_like(values)
    cdef floating[::1] to = dx
    cdef Py_ssize_t i, n
    check(values.shape[0], offsets, alpha.shape[0])
    if g.shape[0] != values.shape[0]:
        raise ValueError(f"elu_backward: {g.shape[0]} gradients of {values.shape[0]} values")
    for i in prange(alpha.shape[0], nogil=True, schedule="dynamic"):
        n = offsets[i + 1] - offsets[i]
        if n == 0:
            continue
        if floating is float:
            elu_backward_float32(n, &g[offsets[i]], &values[offsets[i]], alpha[i], &to[offsets[i]])
        else:
            elu_backward_float64(n, &g[offsets[i]], &values[offsets[i]], alpha[i], &to[offsets[i]])
    return dx


cdef void check(Py_ssize_t values, const Py_ssize_t[::1] offsets, Py_ssize_t sequences) except *:
    steps = np.diff(offsets)
    if (len(steps) != sequences or offsets[0] != 0 or offsets[sequences] != values
            or (steps < 0).any()):
        raise ValueError(f"offsets must rise from 0 to {values}, and there must be one more than "
                         f"the {sequences} numbers in alpha")


# ---- Any ufunc -----------------------------------------------------------------

# The fields of NumPy's PyUFuncObject that hold its inner loops, which need no GIL.
ctypedef void (*inner_loop "PyUFuncGenericFunction")(
    char **, const Py_ssize_t *, const Py_ssize_t *, void *) noexcept nogil

cdef extern from "numpy/ndarrayobject.h":
    pass

cdef extern from "numpy/ufuncobject.h":
    ctypedef struct PyUFuncObject:
        int ntypes
        inner_loop *functions
        void *const *data


def apply(ufunc, const floating[::1] values, const Py_ssize_t[::1] offsets,
          const floating[::1] parameter):
    """Any ufunc of a value and a parameter: of relu_fast, or np.power.

    A choice made while the program runs: by the object, not by a name in a cimport.
    """
    dtype = np.float32 if floating is float else np.float64
    character = np.dtype(dtype).char
    cdef int number = ufunc.types.index(f"{character}{character}->{character}")
    cdef inner_loop loop = (<PyUFuncObject *>ufunc).functions[number]
    cdef void *data = (<PyUFuncObject *>ufunc).data[number]
    y = np.empty_like(values)
    cdef floating[::1] to = y
    cdef Py_ssize_t i
    check(values.shape[0], offsets, parameter.shape[0])
    for i in prange(parameter.shape[0], nogil=True, schedule="dynamic"):
        if offsets[i + 1] > offsets[i]:
            run(loop, data, offsets[i + 1] - offsets[i], &values[offsets[i]], &parameter[i],
                &to[offsets[i]])
    return y


cdef void run(inner_loop loop, void *data, Py_ssize_t n, const floating *x,
              const floating *parameter, floating *y) noexcept nogil:
    cdef char *operands[3]
    cdef Py_ssize_t strides[3]
    operands[0], operands[1], operands[2] = <char *>x, <char *>parameter, <char *>y
    strides[0], strides[1], strides[2] = sizeof(floating), 0, sizeof(floating)
    loop(operands, &n, strides, data)
