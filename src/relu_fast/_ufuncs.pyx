# cython: language_level=3, binding=True, embedsignature=False
"""From the table to Python: makes the ufuncs, and lets them take defaults.

Two doors lead to the engine.  A ufunc's own vectorcall slot, a public field of
PyUFuncObject, is replaced: plain calls go straight to the engine (_direct.pxi),
and for the others it fills in the default of alpha, translates the keyword
alpha=..., and hands on to NumPy's slot.  NumPy's machinery then calls the
ufunc's inner loop, which is the other door.
"""
from cpython.contextvars cimport get_value
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from libc.stddef cimport ptrdiff_t
from libc.stdlib cimport calloc

import operator
import os
from contextvars import ContextVar

cimport numpy as cnp
import numpy as np

from . import _docs

cnp.import_array()
cnp.import_umath()


cdef extern from "relu_fast.h" nogil:
    enum: RELU_FAST_MAX_OPERANDS
    enum: RELU_FAST_MAX_DIMS
    enum relu_fast_dtype:
        RELU_FAST_FLOAT32
        RELU_FAST_FLOAT64
        RELU_FAST_DTYPES
    enum relu_fast_form:
        RELU_FAST_VALUE
        RELU_FAST_DERIVATIVE
        RELU_FAST_BACKWARD
        RELU_FAST_BACKWARD_FROM_RESULT
    ctypedef struct relu_fast_activation:
        const char *name
        int parameters
        int has_default
        double default_value
        const char *summary
        const char *value
        const char *derivative
        const char *alpha_derivative
        const char *kink
        const char *value_bound
        const char *derivative_bound
        const char *backward_bound
        const char *result_bound
        const char *alpha_bound
        const char *reference
        const char *value_example
        const char *derivative_example
        const char *backward_example
        const char *alpha_example
    ctypedef struct relu_fast_operation:
        int activation
        relu_fast_form form
        relu_fast_dtype dtype
    ctypedef struct relu_fast_operand:
        char *data
        const ptrdiff_t *strides
    const relu_fast_activation relu_fast_catalog[]
    const int relu_fast_catalog_size
    const char *const *relu_fast_isas_built()
    bint relu_fast_isa_supported(const char *isa)
    const char *relu_fast_isa()
    int relu_fast_select_isa(const char *isa)
    int relu_fast_threads()
    int relu_fast_max_threads()
    void relu_fast_set_threads(int threads)
    void relu_fast_set_local_threads(int threads)
    bint relu_fast_openmp()
    void relu_fast_init_threads()
    bint relu_fast_has_form(int activation, relu_fast_form form)
    bint relu_fast_has_alpha_gradient(int activation)
    bint relu_fast_order_matters(const relu_fast_operation *operation, int dims,
                                 const ptrdiff_t *shape, const relu_fast_operand *operands)
    void relu_fast_set_cache_bytes(ptrdiff_t size)
    ptrdiff_t relu_fast_cache_bytes()
    void relu_fast_apply(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                         const relu_fast_operand *operands)
    int relu_fast_alpha_gradient(int activation, relu_fast_dtype dtype, int dims,
                                 const ptrdiff_t *shape, const char *kept, relu_fast_operand g,
                                 relu_fast_operand x, relu_fast_dtype result_dtype,
                                 void *result)

cdef extern from *:
    """
    #define RELU_FAST_VERSION_STRING RELU_FAST_VERSION
    #if defined(__clang__)
    #define COMPILER __VERSION__
    #elif defined(__GNUC__)
    #define COMPILER "GCC " __VERSION__
    #else
    #define COMPILER "unknown"
    #endif
    """
    const char *RELU_FAST_VERSION_STRING
    const char *COMPILER
    Py_ssize_t PY_SSIZE_T_MAX
    ctypedef PyObject *(*vectorcallfunc)(PyObject *, PyObject *const *, size_t,
                                         PyObject *) except NULL
    Py_ssize_t PyVectorcall_NARGS(size_t nargsf)
    Py_ssize_t PyTuple_GET_SIZE(PyObject *)
    PyObject *PyTuple_GET_ITEM(PyObject *, Py_ssize_t)
    int PyUnicode_CompareWithASCIIString(PyObject *, const char *)
    ctypedef struct PyTypeObject:
        Py_ssize_t tp_vectorcall_offset
        unsigned long tp_flags
    unsigned long Py_TPFLAGS_HAVE_VECTORCALL

# What may change after the import; atomic, for Pythons without a GIL.
cdef extern from *:
    """
    #include <stdatomic.h>
    /* Whether there has been a num_threads block: to ask the context takes 20 nanoseconds. */
    static atomic_bool used_blocks;
    /* Whether plain calls go straight to the engine, and whether all others are refused. */
    static atomic_bool direct_calls = 1, direct_only;
    """
    bint used_blocks
    bint direct_calls
    bint direct_only

cdef extern from "numpy/ufuncobject.h":
    """
    #define VECTORCALL_OFFSET ((Py_ssize_t)offsetof(PyUFuncObject, vectorcall))

    /* NumPy 2.4 and 2.5 may fail without an exception where memory runs out, and to
     * pass that on crashes Python 3.13. */
    static PyObject *call_numpy(vectorcallfunc numpys, PyObject *self, PyObject *const *args,
                                size_t nargsf, PyObject *kwnames)
    {
        PyObject *result = numpys(self, args, nargsf, kwnames);
        if (!result && !PyErr_Occurred()) PyErr_NoMemory();
        return result;
    }
    """
    ctypedef struct PyUFuncObject:
        void *const *data
        vectorcallfunc vectorcall
    PyTypeObject PyUFunc_Type
    Py_ssize_t VECTORCALL_OFFSET
    PyObject *call_numpy(vectorcallfunc, PyObject *, PyObject *const *, size_t,
                         PyObject *) except NULL


cdef enum:
    LOOPS = 2  # element types: float32, float64; narrowest first


# All that a ufunc needs for as long as the process lives.
ctypedef struct Function:
    relu_fast_operation operations[LOOPS]  # the loops' data: must come first
    cnp.PyUFuncGenericFunction loops[LOOPS]
    void *data[LOOPS]
    char types[LOOPS * RELU_FAST_MAX_OPERANDS]
    int arrays    # array operands in front of alpha
    int operands  # inputs and output
    const relu_fast_activation *activation
    PyObject *default  # of alpha; NULL: it must be given
    vectorcallfunc numpys_vectorcall


# ---- The inner loop ----------------------------------------------------------

cdef void inner_loop(char **args, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps,
                     void *data) noexcept nogil:
    cdef relu_fast_operand operands[RELU_FAST_MAX_OPERANDS]
    cdef int k
    cdef int count = (<relu_fast_operation *>data).form >= RELU_FAST_BACKWARD
    count += 2 + relu_fast_catalog[(<relu_fast_operation *>data).activation].parameters
    for k in range(count):
        operands[k].data = args[k]
        operands[k].strides = <const ptrdiff_t *>&steps[k]
    relu_fast_apply(<relu_fast_operation *>data, 1, <const ptrdiff_t *>dimensions, operands)


# ---- The threads of a context ------------------------------------------------

# The numbers of the num_threads blocks around the running code, the innermost last.
cdef object blocks = ContextVar("relu_fast.num_threads", default=())


cdef void heed_context() noexcept:
    """Tell the engine, which knows C threads alone, the number of the running context.

    A C thread runs the contexts of many asyncio tasks in turn, so each call that may be
    large does this. NumPy calls the methods of a ufunc past us: .outer goes by the last
    call on its C thread.
    """
    cdef tuple numbers
    if used_blocks:
        numbers = get_value(blocks)
        relu_fast_set_local_threads(numbers[-1] if numbers else 0)


# ---- The call: straight to the engine, or to NumPy with alpha filled in ------

include "_direct.pxi"


cdef PyObject *call(PyObject *self, PyObject *const *args, size_t nargsf,
                    PyObject *kwnames) except NULL:
    cdef const Function *function = <const Function *>(<PyUFuncObject *>self).data[0]
    cdef Py_ssize_t count = PyVectorcall_NARGS(nargsf)
    cdef Py_ssize_t keywords = PyTuple_GET_SIZE(kwnames) if kwnames != NULL else 0
    cdef Py_ssize_t i, at = -1
    cdef PyObject *alpha = function.default

    if direct_calls:
        result = direct_call(function, args, count, kwnames)
        if result is not NotImplemented:
            Py_INCREF(result)
            return <PyObject *>result
        if direct_only:
            raise RuntimeError("not a plain call")
    heed_context()
    if not function.activation.parameters:
        return call_numpy(function.numpys_vectorcall, self, args, nargsf, kwnames)
    for i in range(keywords):
        if PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(kwnames, i), "alpha") == 0:
            at = i
            alpha = args[count + i]
    if count > function.arrays and at < 0:
        return call_numpy(function.numpys_vectorcall, self, args, nargsf, kwnames)
    if count < function.arrays:
        raise TypeError(f"{(<object>self).__name__}() takes {function.arrays} "
                        f"array{'s' if function.arrays > 1 else ''} before alpha, "
                        f"but {count} were given")
    if count > function.arrays:
        raise TypeError(f"{(<object>self).__name__}() got alpha both by position and by keyword")
    if alpha == NULL:
        raise TypeError(f"{(<object>self).__name__}() missing required argument: 'alpha'")

    names = None
    if at >= 0 and keywords > 1:
        names = tuple([<object>PyTuple_GET_ITEM(kwnames, i) for i in range(keywords) if i != at])
    cdef PyObject *rest = <PyObject *>names if names is not None else NULL
    if at < 0:
        rest = kwnames
    cdef PyObject **given = <PyObject **>PyMem_Malloc((count + 1 + keywords) * sizeof(PyObject *))
    if given == NULL:
        raise MemoryError
    for i in range(count):
        given[i] = args[i]
    given[count] = alpha
    cdef Py_ssize_t place = count + 1
    for i in range(keywords):
        if i != at:
            given[place] = args[count + i]
            place += 1
    try:
        return call_numpy(function.numpys_vectorcall, self, given, count + 1, rest)
    finally:
        PyMem_Free(given)


# ---- Making the functions ----------------------------------------------------

cdef str text(const char *string):
    return None if string == NULL else string.decode()


cdef dict row_of(int activation):
    """The row of the table as a dict, for the documentation."""
    cdef const relu_fast_activation *a = &relu_fast_catalog[activation]
    cdef dict row = {
        "name": text(a.name),
        "parameters": a.parameters,
        "has_default": a.has_default,
        "default_value": a.default_value,
        "summary": text(a.summary),
        "value": text(a.value),
        "derivative": text(a.derivative),
        "alpha_derivative": text(a.alpha_derivative),
        "kink": text(a.kink),
        "value_bound": text(a.value_bound),
        "derivative_bound": text(a.derivative_bound),
        "backward_bound": text(a.backward_bound),
        "result_bound": text(a.result_bound),
        "alpha_bound": text(a.alpha_bound),
        "reference": text(a.reference),
        "value_example": text(a.value_example),
        "derivative_example": text(a.derivative_example),
        "backward_example": text(a.backward_example),
        "alpha_example": text(a.alpha_example),
    }
    suffixes = ["", "_", "_grad", "_backward"]
    if relu_fast_has_form(activation, RELU_FAST_BACKWARD_FROM_RESULT):
        suffixes.append("_backward_from_result")
    if relu_fast_has_alpha_gradient(activation):
        suffixes.append("_alpha_backward")
    row["functions"] = [row["name"] + suffix for suffix in suffixes]
    return row


def catalog():
    """The rows of the table as dicts, by name and in its order."""
    rows = map(row_of, range(relu_fast_catalog_size))
    return {row["name"]: row for row in rows}


_alive = []  # strings that the ufuncs point to


cdef object make_ufunc(int activation, relu_fast_form form, str suffix, dict row):
    cdef Function *function = <Function *>calloc(1, sizeof(Function))
    cdef int k, loop
    if function == NULL:
        raise MemoryError
    function.activation = &relu_fast_catalog[activation]
    function.arrays = len(_docs.FORMS[suffix])
    function.operands = function.arrays + function.activation.parameters + 1
    if function.activation.has_default:
        _alive.append(row["default_value"])
        function.default = <PyObject *>_alive[-1]
    for loop in range(LOOPS):
        function.operations[loop] = relu_fast_operation(activation, form, <relu_fast_dtype>loop)
        function.data[loop] = &function.operations[loop]
        function.loops[loop] = inner_loop
        for k in range(function.operands):
            function.types[loop * function.operands + k] = (
                cnp.NPY_FLOAT if loop == RELU_FAST_FLOAT32 else cnp.NPY_DOUBLE)

    name = row["name"] + suffix
    signature = _docs.signature(row, suffix)
    doc = f"{name}{signature}\n\n{_docs.docstring(row, suffix)}"
    name_bytes, doc_bytes = name.encode(), doc.encode()
    _alive.extend((name_bytes, doc_bytes))
    ufunc = cnp.PyUFunc_FromFuncAndData(
        function.loops, function.data, function.types, LOOPS, function.operands - 1, 1,
        cnp.PyUFunc_None, name_bytes, doc_bytes, 0)

    cdef PyUFuncObject *object = <PyUFuncObject *>ufunc
    function.numpys_vectorcall = object.vectorcall
    object.vectorcall = call
    try:  # NumPy 2.4 and later
        ufunc.__module__ = "relu_fast"
        ufunc.__qualname__ = name
        ufunc.__doc__ = doc
        ufunc.__signature__ = signature
    except AttributeError:
        pass
    return ufunc


cdef void check_target(str name, object x) except *:
    """Refuse what cannot be changed in place, before anything is computed."""
    if cnp.PyArray_Check(x):
        if not cnp.PyArray_ISWRITEABLE(<cnp.ndarray>x):
            raise ValueError(f"{name}: x is read-only and cannot be changed in place")
    elif isinstance(x, np.generic) or not hasattr(type(x), "__array_ufunc__"):
        raise TypeError(f"{name}: x must be an array to be changed in place, "
                        f"not {type(x).__name__}")


def make_in_place(ufunc, dict row):
    cdef str name = row["name"] + "_"

    if not row["parameters"]:
        def in_place(x, /):
            check_target(name, x)
            return ufunc(x, x)
    elif row["has_default"]:
        def in_place(x, /, alpha=row["default_value"]):
            check_target(name, x)
            return ufunc(x, alpha, x)
    else:
        def in_place(x, /, alpha):
            check_target(name, x)
            return ufunc(x, alpha, x)
    return named(in_place, row, "_")


cdef object named(function, dict row, str suffix):
    function.__name__ = function.__qualname__ = row["name"] + suffix
    function.__module__ = "relu_fast"
    function.__doc__ = _docs.docstring(row, suffix)
    function.__signature__ = _docs.signature(row, suffix)
    return function


# ---- The gradient of a learned alpha -----------------------------------------

cdef object native(object array, object dtype):
    """`array` as an aligned native array of `dtype`; without a copy where it is one."""
    array = np.asarray(array, dtype=dtype)
    return array if array.flags.aligned else array.copy()


cdef object alpha_gradient(int activation, str name, cnp.ndarray g, cnp.ndarray x, object alpha,
                           int type_number, int result_type):
    """The sum in `result_type`, in the shape of `alpha`; None stands for a number."""
    cdef ptrdiff_t shape[RELU_FAST_MAX_DIMS]
    cdef ptrdiff_t g_strides[RELU_FAST_MAX_DIMS]
    cdef ptrdiff_t x_strides[RELU_FAST_MAX_DIMS]
    cdef char kept[RELU_FAST_MAX_DIMS]
    cdef relu_fast_operand operand_g, operand_x
    cdef int alpha_dims = 0 if alpha is None else cnp.PyArray_NDIM(<cnp.ndarray>alpha)
    cdef cnp.npy_intp *alpha_shape = NULL
    cdef int g_dims = cnp.PyArray_NDIM(g), x_dims = cnp.PyArray_NDIM(x)
    cdef int dims = max(g_dims, x_dims, alpha_dims), d, failed
    cdef int of_g = g_dims - dims, of_x = x_dims - dims, of_alpha = alpha_dims - dims
    cdef ptrdiff_t in_g, in_x, in_alpha
    cdef double elements = 1
    if alpha_dims:
        alpha_shape = cnp.PyArray_DIMS(<cnp.ndarray>alpha)
    for d in range(dims):
        in_g = cnp.PyArray_DIM(g, of_g + d) if of_g + d >= 0 else 1
        in_x = cnp.PyArray_DIM(x, of_x + d) if of_x + d >= 0 else 1
        in_alpha = alpha_shape[of_alpha + d] if of_alpha + d >= 0 else 1
        shape[d] = in_g if in_g != 1 else in_x if in_x != 1 else in_alpha
        if (in_x != 1 and in_x != shape[d]) or (in_alpha != 1 and in_alpha != shape[d]):
            raise ValueError(f"{name}: g {(<object>g).shape}, x {(<object>x).shape} and alpha "
                             f"{() if alpha is None else alpha.shape} do not broadcast")
        g_strides[d] = cnp.PyArray_STRIDE(g, of_g + d) if in_g != 1 else 0
        x_strides[d] = cnp.PyArray_STRIDE(x, of_x + d) if in_x != 1 else 0
        kept[d] = in_alpha == shape[d]
        elements *= shape[d]
    if elements >= PY_SSIZE_T_MAX:  # as a double, 2**63
        raise ValueError(f"{name}: g, x and alpha broadcast to too many elements")

    cdef cnp.ndarray result = cnp.PyArray_EMPTY(alpha_dims, alpha_shape, result_type, 0)
    cdef void *sums = cnp.PyArray_DATA(result)
    operand_g.data, operand_g.strides = <char *>cnp.PyArray_DATA(g), g_strides
    operand_x.data, operand_x.strides = <char *>cnp.PyArray_DATA(x), x_strides
    heed_context()
    with nogil:
        failed = relu_fast_alpha_gradient(
            activation, RELU_FAST_FLOAT32 if type_number == cnp.NPY_FLOAT else RELU_FAST_FLOAT64,
            dims, shape, kept, operand_g, operand_x,
            RELU_FAST_FLOAT32 if result_type == cnp.NPY_FLOAT else RELU_FAST_FLOAT64, sums)
    if failed:
        raise MemoryError(f"{name}: no memory for the partial sums")
    return result if alpha_dims else cnp.PyArray_ToScalar(sums, result)


def make_alpha_backward(int activation, backward, dict row):
    cdef str name = row["name"] + "_alpha_backward"

    def alpha_backward(g, x, alpha, /):
        cdef bint weak = type(alpha) is float or type(alpha) is int
        cdef int type_number
        cdef View view
        for type_number in (cnp.NPY_FLOAT, cnp.NPY_DOUBLE):
            if (view_array(<PyObject *>g, type_number, &view)
                    and view_array(<PyObject *>x, type_number, &view)
                    and (weak or view_array(<PyObject *>alpha, type_number, &view))):
                return alpha_gradient(activation, name, g, x, None if weak else alpha, type_number,
                                      type_number)
        g, x, alpha = np.asarray(g), np.asarray(x), np.asarray(alpha)
        if not weak and alpha.dtype.kind != "f":
            raise TypeError(f"{name}: alpha must be floating-point, for its gradient takes its "
                            f"dtype; got {alpha.dtype}")
        try:
            dtypes = backward.resolve_dtypes(
                (g.dtype, x.dtype, float if weak else alpha.dtype, None))
        except TypeError:
            raise TypeError(f"{name}: g, x and alpha must be real numbers that fit into float64, "
                            f"not {g.dtype}, {x.dtype} and {alpha.dtype}") from None
        result_dtype = dtypes[0] if weak else alpha.dtype
        # Rounded once: to float32 by the engine, to float16 by NumPy.
        result = alpha_gradient(
            activation, name, native(g, dtypes[0]), native(x, dtypes[0]), alpha, dtypes[0].num,
            cnp.NPY_FLOAT if result_dtype == np.float32 else cnp.NPY_DOUBLE)
        with np.errstate(all="ignore"):  # a sum beyond float16 is inf, silently
            return result.astype(result_dtype, copy=False)

    return named(alpha_backward, row, "_alpha_backward")


def make_all():
    """Every function of the package, by name."""
    functions = {}
    for activation, (name, row) in enumerate(catalog().items()):
        functions[name] = make_ufunc(activation, RELU_FAST_VALUE, "", row)
        functions[name + "_"] = make_in_place(functions[name], row)
        functions[name + "_grad"] = make_ufunc(activation, RELU_FAST_DERIVATIVE, "_grad", row)
        backward = make_ufunc(activation, RELU_FAST_BACKWARD, "_backward", row)
        functions[name + "_backward"] = backward
        if relu_fast_has_form(activation, RELU_FAST_BACKWARD_FROM_RESULT):
            functions[name + "_backward_from_result"] = make_ufunc(
                activation, RELU_FAST_BACKWARD_FROM_RESULT, "_backward_from_result", row)
        if relu_fast_has_alpha_gradient(activation):
            functions[name + "_alpha_backward"] = make_alpha_backward(activation, backward, row)
    return functions


# ---- Control -----------------------------------------------------------------

__version__ = text(RELU_FAST_VERSION_STRING)
compiler = text(COMPILER)


def isas_built():
    """The ISA levels in this build, newest first."""
    cdef const char *const *names = relu_fast_isas_built()
    found = []
    while names[0] != NULL:
        found.append(text(names[0]))
        names += 1
    return found


def select_isa(isa):
    """Switch the kernels; `isa` None: the newest that this CPU supports. For tests."""
    built = isas_built()
    if isa is None:
        relu_fast_select_isa(NULL)
    elif isa not in built:
        raise ValueError(f"unknown ISA {isa!r}; this build has {', '.join(built)}")
    elif relu_fast_select_isa(isa.encode()):
        raise ValueError(f"this CPU does not support the ISA {isa!r}")


def set_cache_bytes(ptrdiff_t size):
    """What counts as the size of the last-level cache; 0: the machine's own. For tests."""
    relu_fast_set_cache_bytes(size)


def cache_bytes():
    """The size of the last-level cache. For tests."""
    return relu_fast_cache_bytes()


def config():
    """How this installation computes, as a dict.

    Returns
    -------
    dict
        ``version``; ``isa``, the active instruction set level; ``isas_built``
        and ``isas_supported``, newest first; ``threads``, what a large call
        would use now; ``openmp``, whether OpenMP's settings are heeded.

    See Also
    --------
    show_config

    Examples
    --------
    >>> import relu_fast
    >>> sorted(relu_fast.config())
    ['isa', 'isas_built', 'isas_supported', 'openmp', 'threads', 'version']
    """
    built = isas_built()
    return {
        "version": __version__,
        "isa": text(relu_fast_isa()),
        "isas_built": built,
        "isas_supported": [isa for isa in built if relu_fast_isa_supported(isa.encode())],
        "threads": get_num_threads(),
        "openmp": bool(relu_fast_openmp()),
    }


def show_config():
    """Print how this installation computes: `config`, a line for each key.

    Returns
    -------
    None

    See Also
    --------
    config

    Examples
    --------
    >>> import relu_fast
    >>> relu_fast.show_config()  # doctest: +ELLIPSIS
    relu_fast ...
    """
    found = config()
    print(f"relu_fast {found['version']}")
    print(f"  ISA      {found['isa']} (built: {', '.join(found['isas_built'])}; "
          f"this CPU supports: {', '.join(found['isas_supported'])})")
    unheeded = "" if found["openmp"] else " (settings of OpenMP are not heeded)"
    print(f"  threads  {found['threads']}{unheeded}")


cdef int checked_threads(str source, object n) except -1:
    cdef int most = relu_fast_max_threads()
    try:
        count = operator.index(n)
    except TypeError:
        raise TypeError(f"{source}: the number of threads must be an integer, "
                        f"not {type(n).__name__}") from None
    if isinstance(n, bool) or not 1 <= count <= most:
        # Python refuses to print integers of thousands of digits.
        given = n if abs(count) < 1 << 64 else "a number of more than 64 bits"
        raise ValueError(f"{source}: the number of threads must be 1 to {most} "
                         f"(4 times the CPUs), not {given}")
    return count


def set_num_threads(n):
    """Set how many threads large calls may use, in all of this process.

    Parameters
    ----------
    n : int or None
        1 to 4 times the number of CPUs. None returns to the default: what
        OpenMP would use, but no more than the CPUs this process may run on
        (affinity mask, cgroup quota).

    Raises
    ------
    TypeError
        If `n` is not an integer.
    ValueError
        If `n` is out of range.

    See Also
    --------
    get_num_threads, num_threads

    Notes
    -----
    Which number holds, the first of these that applies:

    1. 1 in a child process after a fork, and inside another library's OpenMP
       parallel region;
    2. `num_threads`, the innermost block;
    3. `set_num_threads`; at import, the environment variable
       ``RELU_FAST_NUM_THREADS`` does the same;
    4. the default: the least of OpenMP's number (``OMP_NUM_THREADS``), the
       affinity mask and the cgroup quota, asked at each call.

    A lower limit of OpenMP that was set later, as threadpoolctl does, holds
    besides 2 and 3. Small calls use fewer threads: as many as are worth it.

    Examples
    --------
    >>> import relu_fast
    >>> relu_fast.set_num_threads(1)
    >>> relu_fast.get_num_threads()
    1
    >>> relu_fast.set_num_threads(None)
    """
    relu_fast_set_threads(0 if n is None else checked_threads("set_num_threads", n))


def get_num_threads():
    """Return how many threads a large call made now would use.

    Returns
    -------
    int
        1 in a child process after a fork, and inside another library's OpenMP
        parallel region.

    See Also
    --------
    set_num_threads, num_threads

    Examples
    --------
    >>> import relu_fast
    >>> relu_fast.get_num_threads() >= 1
    True
    """
    heed_context()
    return relu_fast_threads()


class num_threads:
    """Context manager: use at most this many threads, in this context.

    A context is that of `contextvars`: each Python thread has one, and each
    asyncio task, which inherits the number from where it was created.

    Parameters
    ----------
    n : int
        1 to 4 times the number of CPUs.

    See Also
    --------
    set_num_threads, get_num_threads

    Notes
    -----
    One object may be used for several blocks, nested or in several threads at
    once. `set_num_threads` says which number holds when there are several.

    Examples
    --------
    >>> import relu_fast
    >>> with relu_fast.num_threads(1):
    ...     relu_fast.get_num_threads()
    1
    """

    __module__ = "relu_fast"

    def __init__(self, n):
        self._n = checked_threads("num_threads", n)

    @property
    def n(self):
        """The number of threads."""
        return self._n

    def __enter__(self):
        global used_blocks
        used_blocks = True
        blocks.set((*blocks.get(), self._n))
        heed_context()
        return self

    def __exit__(self, *error):
        blocks.set(blocks.get()[:-1])
        heed_context()


def check_numpy(Py_ssize_t offset):
    """Refuse a NumPy whose ufuncs are not called through the slot that `call` replaces."""
    if not PyUFunc_Type.tp_flags & Py_TPFLAGS_HAVE_VECTORCALL or offset != VECTORCALL_OFFSET:
        raise ImportError(
            f"relu_fast {__version__} needs the vectorcall slot of NumPy's ufuncs, which NumPy "
            f"{np.__version__} does not have where it is expected (2.0 to 2.5 do)")


def _initialise():
    check_numpy(PyUFunc_Type.tp_vectorcall_offset)
    relu_fast_init_threads()
    isa = os.environ.get("RELU_FAST_ISA")
    try:
        select_isa(isa or None)
    except ValueError as error:
        raise ValueError(f"environment variable RELU_FAST_ISA: {error}") from None
    threads = os.environ.get("RELU_FAST_NUM_THREADS")
    if threads:
        try:
            threads = int(threads)
        except ValueError:
            raise ValueError(f"environment variable RELU_FAST_NUM_THREADS: not an integer: "
                             f"{threads!r}") from None
        relu_fast_set_threads(
            checked_threads("environment variable RELU_FAST_NUM_THREADS", threads))


_initialise()
