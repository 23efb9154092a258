# Calls that NumPy does, with parameters filled in: defaults, and keywords made positional.

# How errors begin in which NumPy does not say whose they are.
cdef tuple ANONYMOUS = ("operands could not be broadcast", "non-broadcastable output",
                        "output array is read-only", "return arrays must be",
                        "The 'out' tuple must", "'out' must be")


cdef object is_real(dtype):
    """Whether NumPy converts it to float64 without losing what it is."""
    return dtype.kind in "biuf" and dtype.itemsize <= 8 or dtype == bfloat16


cdef str unfit(const Function *function, PyObject *const *args, Py_ssize_t count):
    """Which argument no loop takes, and what to pass instead."""
    for i in range(min(count, <Py_ssize_t>(function.arrays + function.parameters))):
        operand = <object>args[i]
        shown = type(operand).__name__
        if type(operand).__module__.startswith("scipy.sparse"):
            return f"{shown} (argument {i + 1}): pass its .data, if the function is 0 at 0"
        try:
            dtype = np.asarray(operand).dtype
            fits = is_real(dtype)
        except Exception:
            fits = False
        else:
            if isinstance(operand, (np.ndarray, list, tuple)):
                shown += f" of {dtype}"
        if not fits:
            return f"{shown} (argument {i + 1})"
    return ""


cdef PyObject *call_by_name(const Function *function, PyObject *self, PyObject *const *args,
                            size_t nargsf, PyObject *kwnames) except NULL:
    """NumPy's call, whose errors say which function they are about, and what it takes."""
    try:
        return call_numpy(function.numpys_vectorcall, self, args, nargsf, kwnames)
    except (TypeError, ValueError) as error:
        if type(error).__name__ == "TracerArrayConversionError":  # JAX's
            error.add_note(f"{(<object>self).__name__}() is NumPy's: under jit, grad and vmap "
                           "call it by jax.pure_callback (docs/guide/other_libraries.md)")
            raise
        if "not supported for the input types" in str(error):
            which = unfit(function, args, PyVectorcall_NARGS(nargsf))
            if which:
                raise TypeError(f"{(<object>self).__name__}(): expected real numbers that fit into "
                                f"float64, not {which}") from None
        if not str(error).startswith(ANONYMOUS):
            raise
        raise type(error)(f"{(<object>self).__name__}(): {str(error).strip()}") from None


cdef str quoted_names(const Function *function):
    return " and ".join([<object>function.names[i] for i in range(function.parameters)])


cdef relu_fast_dtype half_type_of(PyObject *operand):
    """That of an array of half type; RELU_FAST_DTYPES if it is none."""
    cdef relu_fast_dtype dtype
    if not cnp.PyArray_CheckExact(<object>operand):
        return RELU_FAST_DTYPES
    dtype = dtype_of(cnp.PyArray_TYPE(<cnp.ndarray>operand))
    return dtype if relu_fast_is_half(dtype) else RELU_FAST_DTYPES


cdef bint read_any_number(PyObject *object, double *number):
    """A Python number of any size; False if it is none, or an integer beyond float64."""
    if read_number(object, number):
        return True
    if type(<object>object) is not int:
        return False
    try:
        number[0] = <double>(<object>object)
    except OverflowError:
        return False
    return True


cdef bint may_take_over(object value):
    """Whether NumPy asks it to do the call: what has an __array_ufunc__ of its own."""
    if isinstance(value, tuple):
        return any([may_take_over(part) for part in value])
    return (hasattr(type(value), "__array_ufunc__") and type(value) is not np.ndarray
            and not isinstance(value, np.generic))


cdef bint takes_half_ufunc(const Function *function, PyObject **given, Py_ssize_t outputs,
                           list names, list values):
    """Whether all arrays are of one half type and some parameter is a Python number.

    Such a number acts as the float32 nearest to it, as in PyTorch. A public loop of these types
    would be an exact match for float32 arrays of parameters, too, and make half of them. What
    may take the call over must see the public ufunc, as out= or where= too.
    """
    cdef int i, numbers = 0, inputs = function.arrays + function.parameters
    cdef relu_fast_dtype half = half_type_of(given[0])
    cdef double number
    if half == RELU_FAST_DTYPES:
        return False
    for i in range(1, inputs):
        if i >= function.arrays and read_any_number(given[i], &number):
            numbers += 1
        elif half_type_of(given[i]) != half:
            return False
    if not numbers or any([name in names for name in ("dtype", "signature", "sig")]):
        return False
    return not any([may_take_over(<object>given[inputs + i]) for i in range(outputs)]
                   + [may_take_over(value) for value in values])


cdef bint are_bfloat16(PyObject **given, int arrays):
    """Whether all are arrays or scalars of that type, none of which does the call itself."""
    cdef int i
    for i in range(arrays):
        operand = <object>given[i]
        if not isinstance(operand, (np.ndarray, np.generic)):
            return False
        if dtype_of(operand.dtype.num) != RELU_FAST_BFLOAT16:
            return False
        if (isinstance(operand, np.ndarray)
                and type(operand).__array_ufunc__ is not np.ndarray.__array_ufunc__):
            return False
    return True


cdef PyObject *call_with_parameters(const Function *function, PyObject *self,
                                    PyObject *const *args, Py_ssize_t count,
                                    PyObject *kwnames) except NULL:
    cdef Py_ssize_t keywords = PyTuple_GET_SIZE(kwnames) if kwnames != NULL else 0
    cdef int inputs = function.arrays + function.parameters
    cdef Py_ssize_t i, k
    cdef PyObject *parameters[RELU_FAST_MAX_PARAMETERS]
    cdef double number

    if count < function.arrays:
        raise TypeError(f"{(<object>self).__name__}() takes {function.arrays} "
                        f"array{'s' if function.arrays > 1 else ''} before "
                        f"{quoted_names(function)}, but {count} were given")
    names = []  # of the keywords that NumPy gets
    values = []
    named = set()
    for k in range(function.parameters):
        parameters[k] = function.defaults[k]
        if count > function.arrays + k:
            parameters[k] = args[function.arrays + k]
    for i in range(keywords):
        for k in range(function.parameters):
            if PyUnicode_CompareWithASCIIString(
                    PyTuple_GET_ITEM(kwnames, i), PyUnicode_AsUTF8(function.names[k])) == 0:
                if count > function.arrays + k:
                    raise TypeError(f"{(<object>self).__name__}() got "
                                    f"{<object>function.names[k]} both by position and by keyword")
                if k in named:  # names that are equal as strings need not be equal as keys
                    raise TypeError(f"{(<object>self).__name__}() got multiple values for "
                                    f"{<object>function.names[k]}")
                named.add(k)
                parameters[k] = args[count + i]
                break
        else:
            names.append(<object>PyTuple_GET_ITEM(kwnames, i))
            values.append(<object>args[count + i])
    for k in range(function.parameters):
        if parameters[k] == NULL:
            raise TypeError(f"{(<object>self).__name__}() missing required argument: "
                            f"{<object>function.names[k]!r}")

    cdef Py_ssize_t outputs = max(count - inputs, 0)
    cdef PyObject **given = <PyObject **>PyMem_Malloc(
        (inputs + outputs + keywords) * sizeof(PyObject *))
    if given == NULL:
        raise MemoryError
    try:
        for i in range(function.arrays):
            given[i] = args[i]
        for i in range(function.parameters):
            given[function.arrays + i] = parameters[i]
        for i in range(outputs):
            given[inputs + i] = args[inputs + i]
        for i in range(<Py_ssize_t>len(values)):
            given[inputs + outputs + i] = <PyObject *>values[i]
        rest = tuple(names)
        numbers = []
        if takes_half_ufunc(function, given, outputs, names, values):
            self = function.half_ufunc
            for i in range(function.arrays, inputs):
                if read_any_number(given[i], &number):
                    numbers.append(np.float32(nearest_float(number)))
                    given[i] = <PyObject *>numbers[-1]
        elif bfloat16_number >= 0 and are_bfloat16(given, function.arrays):
            # Python numbers are weak beside NumPy's own types alone.
            for i in range(function.arrays, inputs):
                if read_any_number(given[i], &number):
                    numbers.append(bfloat16(number))
                    given[i] = <PyObject *>numbers[-1]
        return call_by_name(function, self, given, inputs + outputs,
                            <PyObject *>rest if names else NULL)
    finally:
        PyMem_Free(given)
