/* The vectorcall slot of NumPy's ufuncs, and the switches of what stands in it. */
#ifndef RELU_FAST_VECTORCALL_H
#define RELU_FAST_VECTORCALL_H

#include <Python.h>
#include <numpy/ndarraytypes.h>
#include <numpy/ufuncobject.h>

#include <stdatomic.h>
#include <stddef.h>

#define VECTORCALL_OFFSET ((Py_ssize_t)offsetof(PyUFuncObject, vectorcall))

/* NumPy 2.4 and 2.5 may fail without an exception where memory runs out, and to pass that on
 * crashes Python 3.13. */
static PyObject *call_numpy(vectorcallfunc numpys, PyObject *self, PyObject *const *args,
                            size_t nargsf, PyObject *kwnames)
{
    PyObject *result = numpys(self, args, nargsf, kwnames);
    if (!result && !PyErr_Occurred()) PyErr_NoMemory();
    return result;
}

/* What may change after the import; atomic, for Pythons without a GIL.  Whether there has been
 * a num_threads block, because asking the context takes 20 nanoseconds: */
static atomic_bool used_blocks;
/* Whether plain calls take the fast path, and whether all others are refused. */
static atomic_bool fast_path = 1, fast_path_only;

#endif
