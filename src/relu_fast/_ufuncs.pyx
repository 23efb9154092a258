# cython: language_level=3, binding=True, embedsignature=False
"""From the tables to Python: makes the ufuncs, and lets them take defaults.

Two ways lead to the engine. A ufunc's own vectorcall slot, a public field of PyUFuncObject,
is replaced: plain calls take the fast path straight to the engine (_fast_path.pxi), and for
the others it fills in defaults, translates keywords such as alpha=..., and hands on to NumPy's
slot. NumPy's machinery then calls the ufunc's inner loop, which is the other way.
"""
from cpython.contextvars cimport get_value
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.pycapsule cimport PyCapsule_New
from cpython.ref cimport Py_INCREF
from libc.stdlib cimport calloc

import sys
from contextvars import ContextVar

cimport numpy as cnp
import numpy as np

from ._engine cimport *

cnp.import_array()
cnp.import_umath()

cdef extern from *:
    """
    #if defined(__clang__)
    #define COMPILER __VERSION__
    #elif defined(__GNUC__)
    #define COMPILER "GCC " __VERSION__
    #else
    #define COMPILER "unknown"
    #endif
    """
    const char *RELU_FAST_VERSION
    const char *COMPILER

cdef extern from "vectorcall.h":
    Py_ssize_t PY_SSIZE_T_MAX
    ctypedef PyObject *(*vectorcallfunc)(PyObject *, PyObject *const *, size_t,
                                         PyObject *) except NULL
    Py_ssize_t PyVectorcall_NARGS(size_t nargsf)
    Py_ssize_t PyTuple_GET_SIZE(PyObject *)
    PyObject *PyTuple_GET_ITEM(PyObject *, Py_ssize_t)
    int PyUnicode_CompareWithASCIIString(PyObject *, const char *)
    const char *PyUnicode_AsUTF8(PyObject *) except NULL
    ctypedef struct PyTypeObject:
        Py_ssize_t tp_vectorcall_offset
        unsigned long tp_flags
    unsigned long Py_TPFLAGS_HAVE_VECTORCALL
    ctypedef struct PyUFuncObject:
        void *const *data
        vectorcallfunc vectorcall
    PyTypeObject PyUFunc_Type
    Py_ssize_t VECTORCALL_OFFSET
    PyObject *call_numpy(vectorcallfunc, PyObject *, PyObject *const *, size_t,
                         PyObject *) except NULL
    bint used_blocks
    bint fast_path
    bint fast_path_only


# ---- What a ufunc needs for as long as the process lives ----------------------

# What NumPy hands to an inner loop: the operation, and how its operands are stored.
ctypedef struct Loop:
    relu_fast_operation operation
    int operands
    relu_fast_dtype storage[RELU_FAST_MAX_OPERANDS]
    const Function *function

ctypedef struct Function:
    Loop loops[RELU_FAST_DTYPES]       # by element type; those that there are have a `function`
    Loop half_loops[RELU_FAST_DTYPES]  # the same of half types with parameters of float32
    int arrays      # array operands, which come first
    int parameters
    int outputs
    int operands    # all together
    PyObject *names[RELU_FAST_MAX_PARAMETERS]     # of the parameters, interned
    PyObject *defaults[RELU_FAST_MAX_PARAMETERS]  # NULL: it must be given
    PyObject *half_ufunc  # the private ufunc of half_loops; NULL: there are no parameters
    vectorcallfunc numpys_vectorcall


cdef void inner_loop(char **args, const cnp.npy_intp *dimensions, const cnp.npy_intp *steps,
                     void *data) noexcept nogil:
    cdef const Loop *loop = <const Loop *>data
    cdef relu_fast_operand operands[RELU_FAST_MAX_OPERANDS]
    cdef int k
    for k in range(loop.operands):
        operands[k].data = args[k]
        operands[k].strides = <const ptrdiff_t *>&steps[k]
        operands[k].dtype = loop.storage[k]
    relu_fast_apply(&loop.operation, 1, <const ptrdiff_t *>dimensions, operands,
                    RELU_FAST_OVERLAP_IN_ORDER)


# ---- The threads of a context ------------------------------------------------

# The num_threads blocks around the running code, the innermost last.
blocks = ContextVar("relu_fast.num_threads", default=())


cdef void apply_context_thread_limit() noexcept:
    """Tell the engine, which knows C threads alone, the number of the running context.

    A C thread runs the contexts of many asyncio tasks in turn, so each call that may be large
    does this. Ufunc methods bypass this function, so `.outer` uses the limit left by the last
    call on its C thread.
    """
    cdef tuple entered
    if used_blocks:
        entered = get_value(blocks)
        relu_fast_set_local_threads(entered[-1].n if entered else 0)


# ---- The call ------------------------------------------------------------------

include "_fast_path.pxi"
include "_numpy_path.pxi"


cdef PyObject *call(PyObject *self, PyObject *const *args, size_t nargsf,
                    PyObject *kwnames) except NULL:
    cdef const Function *function = (<const Loop *>(<PyUFuncObject *>self).data[0]).function
    cdef Py_ssize_t count = PyVectorcall_NARGS(nargsf)
    if fast_path:
        result = call_engine(function, args, count, kwnames)
        if result is not NotImplemented:
            Py_INCREF(result)
            return <PyObject *>result
        if fast_path_only:
            raise RuntimeError("not a plain call")
    if bfloat16_number < 0:
        look_for_bfloat16()
    apply_context_thread_limit()
    if not function.parameters:
        return call_by_name(function, self, args, nargsf, kwnames)
    return call_with_parameters(function, self, args, count, kwnames)


# ---- Making the ufuncs ---------------------------------------------------------

cdef list alive = []  # what the ufuncs point to
cdef list made = []   # ufuncs and the addresses of their functions
cdef object bfloat16  # the type of its scalars


cdef void set_loop(Loop *loop, const Function *function, int activation, int form,
                   relu_fast_dtype dtype, relu_fast_dtype of_parameters):
    """A loop for arrays of one element type and parameters of another."""
    cdef int k
    loop.function = function
    loop.operation = relu_fast_make_operation(activation, <relu_fast_form>form, dtype)
    loop.operands = function.operands
    for k in range(function.operands):
        loop.storage[k] = dtype
        if function.arrays <= k < function.arrays + function.parameters:
            loop.storage[k] = of_parameters


cdef object new_ufunc(const Function *function, const Loop *loops, list numbers, bytes name,
                      bytes doc):
    """With a loop for each of these type numbers of NumPy."""
    cdef int count = len(numbers), i
    cdef cnp.PyUFuncGenericFunction *functions = <cnp.PyUFuncGenericFunction *>calloc(
        count, sizeof(cnp.PyUFuncGenericFunction))
    cdef void **data = <void **>calloc(count, sizeof(void *))
    cdef char *types = <char *>calloc(count, function.operands)
    if functions == NULL or data == NULL or types == NULL:
        raise MemoryError
    for i in range(count):
        functions[i] = inner_loop
        data[i] = <void *>&loops[<int>dtype_of(numbers[i])]
        fill_types(<const Loop *>data[i], numbers[i], types + i * function.operands)
    alive.extend((name, doc))
    return cnp.PyUFunc_FromFuncAndData(
        functions, data, types, count, function.operands - function.outputs, function.outputs,
        cnp.PyUFunc_None, name, doc, 0)


cdef void fill_types(const Loop *loop, int number, char *types):
    """The type numbers of a loop's operands, where its arrays have this one."""
    cdef int k
    for k in range(loop.operands):
        is_float32 = loop.storage[k] == RELU_FAST_FLOAT32
        types[k] = <char>(<int>cnp.NPY_FLOAT if is_float32 else number)


cdef object add_bfloat16(object ufunc, const Loop *loop):
    """Register a loop for a type that is not NumPy's own."""
    cdef int types[RELU_FAST_MAX_OPERANDS]
    cdef int k
    for k in range(loop.operands):
        is_float32 = loop.storage[k] == RELU_FAST_FLOAT32
        types[k] = <int>cnp.NPY_FLOAT if is_float32 else bfloat16_number
    if cnp.PyUFunc_RegisterLoopForType(<cnp.ufunc>ufunc, bfloat16_number, inner_loop, types,
                                       <void *>loop) < 0:
        raise RuntimeError("NumPy does not take a loop for bfloat16")


cdef object add_bfloat16_to(object ufunc, const Function *function):
    add_bfloat16(ufunc, &function.loops[<int>RELU_FAST_BFLOAT16])
    if function.half_ufunc != NULL:
        add_bfloat16(<object>function.half_ufunc, &function.half_loops[<int>RELU_FAST_BFLOAT16])


cdef object look_for_bfloat16():
    """Add bfloat16 to all functions, once ml_dtypes is imported, which is left to the user.

    Before NumPy first sees such a call: what it then resolves it keeps for good.
    """
    global bfloat16, bfloat16_number, bfloat16_scalar
    module = sys.modules.get("ml_dtypes")
    if module is None or not hasattr(module, "bfloat16"):
        return
    bfloat16 = module.bfloat16
    bfloat16_scalar = <PyObject *>bfloat16
    bfloat16_number = np.dtype(bfloat16).num
    for ufunc, address in made:
        add_bfloat16_to(ufunc, <const Function *><size_t>address)


def make_ufunc(int activation, int form, str name, str doc, signature, tuple parameters):
    """The ufunc of an activation in a form.

    `parameters` are pairs of name and default; None: it must be given.
    """
    cdef Function *function = <Function *>calloc(1, sizeof(Function))
    cdef relu_fast_operation operation = relu_fast_make_operation(
        activation, <relu_fast_form>form, RELU_FAST_FLOAT32)
    cdef relu_fast_dtype dtype
    cdef int i
    if function == NULL:
        raise MemoryError
    function.arrays = operation.inputs
    function.parameters = operation.parameters
    function.outputs = operation.outputs
    function.operands = function.arrays + function.parameters + function.outputs
    alive.append(parameters)
    for i in range(function.parameters):
        function.names[i] = <PyObject *>parameters[i][0]
        if parameters[i][1] is not None:
            function.defaults[i] = <PyObject *>parameters[i][1]
    for i in range(<int>RELU_FAST_DTYPES):
        dtype = <relu_fast_dtype>i
        if relu_fast_takes(activation, <relu_fast_form>form, dtype):
            set_loop(&function.loops[i], function, activation, form, dtype, dtype)
        if relu_fast_is_half(dtype):
            set_loop(&function.half_loops[i], function, activation, form, dtype,
                     RELU_FAST_FLOAT32)
    numbers = [NUMPY_TYPES[i] for i in range(NUMPY_TYPES_COUNT)
               if function.loops[<int>dtype_of(NUMPY_TYPES[i])].function != NULL]
    ufunc = new_ufunc(function, function.loops, numbers, name.encode(),
                      f"{name}{signature}\n\n{doc}".encode())
    if function.parameters:
        half_ufunc = new_ufunc(function, function.half_loops, [<int>cnp.NPY_FLOAT16],
                               name.encode(), b"")
        alive.append(half_ufunc)
        function.half_ufunc = <PyObject *>half_ufunc
    look_for_bfloat16()
    if bfloat16_number >= 0:
        add_bfloat16_to(ufunc, function)
    made.append((ufunc, <size_t>function))

    cdef PyUFuncObject *object = <PyUFuncObject *>ufunc
    function.numpys_vectorcall = object.vectorcall
    object.vectorcall = call
    try:  # NumPy 2.4 and later
        ufunc.__module__ = "relu_fast"
        ufunc.__qualname__ = name
        ufunc.__doc__ = f"{name}{signature}\n\n{doc}"
        ufunc.__signature__ = signature
    except AttributeError:
        pass
    return ufunc


# ---- Functions that are no ufuncs ------------------------------------------------

cdef object MISSING = object()  # in the place of an argument
cdef object NUMPYS_UFUNC = np.ndarray.__array_ufunc__, NUMPYS_WRAP = np.ndarray.__array_wrap__


cdef void check_call(str name, int arrays, tuple names, tuple required, tuple values,
                     dict keywords) except *:
    """Refuse a call with too few arguments or wrong ones, in the name of the function.

    Of the values by position, the first so many are arrays.
    """
    if len(values) < arrays:
        raise TypeError(f"{name}() takes {arrays} array{'s' if arrays > 1 else ''} by position, "
                        f"but {len(values)} were given")
    if len(values) > arrays + len(names):
        raise TypeError(f"{name}() takes {arrays + len(names)} arguments, "
                        f"but {len(values)} were given")
    by_position = names[:len(values) - arrays]
    for keyword in keywords:
        if keyword not in names:
            raise TypeError(f"{name}() got an unexpected keyword argument {keyword!r}")
        if keyword in by_position:
            raise TypeError(f"{name}() got {keyword} both by position and by keyword")
    for parameter in required:
        if parameter not in keywords and parameter not in by_position:
            raise TypeError(f"{name}() missing required argument: {parameter!r}")


cdef void check_in_place(str name, str called, object x) except *:
    """Refuse what cannot be changed in place, before anything is computed."""
    if cnp.PyArray_Check(x):
        if not cnp.PyArray_ISWRITEABLE(<cnp.ndarray>x):
            raise ValueError(f"{name}: x is read-only and cannot be changed in place")
    elif (isinstance(x, np.generic) or not hasattr(type(x), "__array_ufunc__")
            or not hasattr(type(x), "__setitem__")):
        raise TypeError(f"{name}: x must be an array to be changed in place, "
                        f"not {type(x).__name__}; {called} returns its result instead")


def make_in_place(ufunc, str name, tuple parameters, store):
    """The in-place twin of a ufunc; `parameters` as for `make_ufunc`.

    `store` takes the name of the ufunc, what is no ndarray, and the result for it.
    """
    cdef tuple names = tuple([parameter for parameter, _ in parameters])
    cdef tuple required = tuple([parameter for parameter, default in parameters if default is None])
    cdef Py_ssize_t required_count = len(required)
    cdef str called = ufunc.__name__

    def in_place(x=MISSING, /, *values, **keywords):
        if x is MISSING or keywords or not required_count <= len(values) <= len(names):
            check_call(name, 1, names, required, () if x is MISSING else (x, *values), keywords)
        check_in_place(name, called, x)
        try:
            if not cnp.PyArray_Check(x):
                store(called, x, ufunc(x, *values, **keywords))
            elif keywords or values:
                ufunc(x, *values, out=x, **keywords)
            else:
                ufunc(x, out=x)
        except (NotImplementedError, TypeError, ValueError) as error:
            raise named(error, name, called) from None
        return x

    return in_place


cdef object named(object error, str name, str called):
    """The error of a call of `called`, in the name of the function that the user called.

    An error of a type that is another library's own stays as it is.
    """
    if type(error).__module__.partition(".")[0] not in ("builtins", "numpy"):
        return error
    text = str(error).removeprefix(f"{called}(): ")
    return (ValueError if isinstance(error, ValueError) else TypeError)(f"{name}(): {text}")


include "_parameter_gradients.pxi"
include "_tables.pxi"
include "_control.pxi"


def check_numpy(Py_ssize_t offset=PyUFunc_Type.tp_vectorcall_offset):
    """Refuse a NumPy whose ufuncs are not called through the slot that `call` replaces."""
    if not PyUFunc_Type.tp_flags & Py_TPFLAGS_HAVE_VECTORCALL or offset != VECTORCALL_OFFSET:
        raise ImportError(
            f"relu_fast {version} needs the vectorcall slot of NumPy's ufuncs, which NumPy "
            f"{np.__version__} does not have where it is expected (2.0 to 2.5 do)")


check_numpy()
