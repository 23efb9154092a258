# The fast path: plain arguments go from the ufunc's vectorcall slot straight to the engine.
# NumPy's own machinery costs more than the work on a small array, and hands its inner loops
# pieces of some layouts that are too short for threads.
#
# Plain are exact ndarrays of one type, native and aligned; for parameters also Python numbers
# and NumPy's float scalars; and at most out= besides. For everything else, and wherever NumPy
# would do more than compute (convert, copy, warn, raise), `call_engine` returns NotImplemented
# and NumPy does it. tests/calls/test_fast_path.py holds the two against each other.

cdef extern from "array_view.h":
    ctypedef struct View "view":
        char *data
        int dims
        const cnp.npy_intp *shape
        const cnp.npy_intp *strides
        int flags
        relu_fast_dtype dtype
    ptrdiff_t PTRDIFF_MAX
    relu_fast_dtype dtype_of(int type_number)
    int bfloat16_number
    PyObject *bfloat16_scalar
    const int *NUMPY_TYPES
    int NUMPY_TYPES_COUNT
    bint view_array(PyObject *array, int type_number, relu_fast_dtype dtype, View *view)
    bint view_output(PyObject *array, int type_number, relu_fast_dtype dtype, View *view)
    bint view_number(PyObject *number, relu_fast_dtype dtype, View *view, double *to)
    bint read_number(PyObject *object, double *number)
    float nearest_float(double number)
    PyObject *Py_None
    object PyArray_Scalar(void *data, cnp.dtype dtype, object base)


cdef enum:
    # Elements from which it is worth to let other Python threads run, as in NumPy; up to
    # which the engine uses one thread in any case (team.c); and from which it is worth to ask
    # NumPy's iterator for the memory order of a result, which takes 2 microseconds.
    GIL_WORTH = 500
    SERIAL = 8192
    NDITER_WORTH = 16384


# A call: its operands as they came, and as the engine wants them.
ctypedef struct Call:
    const relu_fast_operation *operation
    int parameters  # the first of them, the first output, and one past the last
    int outputs
    int operands
    int given       # operands without outputs that are to be made
    View views[RELU_FAST_MAX_OPERANDS]
    double numbers[RELU_FAST_MAX_PARAMETERS]  # parameters that are numbers
    int dims
    ptrdiff_t shape[RELU_FAST_MAX_DIMS]
    ptrdiff_t strides[RELU_FAST_MAX_OPERANDS][RELU_FAST_MAX_DIMS]
    relu_fast_operand engine[RELU_FAST_MAX_OPERANDS]


cdef object call_engine(const Function *function, PyObject *const *args, Py_ssize_t count,
                        PyObject *kwnames):
    cdef int first = function.arrays, outputs = function.arrays + function.parameters, k, type_num
    cdef PyObject *parameters[RELU_FAST_MAX_PARAMETERS]
    cdef PyObject *out[RELU_FAST_MAX_OUTPUTS]
    cdef PyObject *name
    cdef PyObject *value
    cdef Py_ssize_t i
    cdef relu_fast_dtype dtype
    cdef Call call

    # Which argument is which.
    if count < first or count > function.operands:
        return NotImplemented
    for k in range(function.parameters):
        parameters[k] = args[first + k] if count > first + k else function.defaults[k]
    for k in range(RELU_FAST_MAX_OUTPUTS):
        out[k] = NULL
    for i in range(outputs, count):
        out[i - outputs] = args[i]
    if kwnames != NULL:
        for i in range(PyTuple_GET_SIZE(kwnames)):
            name, value = PyTuple_GET_ITEM(kwnames, i), args[count + i]
            if name == <PyObject *>"out":
                if out[0] != NULL or not unpack_out(value, function.outputs, out):
                    return NotImplemented
                continue
            for k in range(function.parameters):
                if name == function.names[k] and count <= first + k:
                    parameters[k] = value
                    break
            else:
                return NotImplemented
    for k in range(function.outputs if kwnames != NULL or count > outputs else 0):
        if out[k] == Py_None:
            out[k] = NULL
        if (out[k] == NULL) != (out[0] == NULL):
            return NotImplemented

    # Whether all are plain.
    if not cnp.PyArray_CheckExact(<object>args[0]):
        return NotImplemented
    type_num = cnp.PyArray_TYPE(<cnp.ndarray>args[0])
    dtype = dtype_of(type_num)
    if dtype == RELU_FAST_DTYPES or function.loops[<int>dtype].function == NULL:
        return NotImplemented
    for k in range(first):
        if not view_array(args[k], type_num, dtype, &call.views[k]):
            return NotImplemented
    for k in range(function.parameters):
        if parameters[k] == NULL or not (
                view_number(parameters[k], dtype, &call.views[first + k], &call.numbers[k])
                or view_array(parameters[k], type_num, dtype, &call.views[first + k])):
            return NotImplemented
    if out[0] != NULL:
        for k in range(function.outputs):
            if not view_output(out[k], type_num, dtype, &call.views[outputs + k]):
                return NotImplemented

    # The whole array at once.
    call.operation = &function.loops[<int>dtype].operation
    call.parameters = first
    call.outputs = outputs
    call.operands = function.operands
    call.given = outputs if out[0] == NULL else function.operands
    for k in range(outputs, function.operands):
        call.engine[k].dtype = dtype
    cdef bint flat = lay_out_flat(&call)
    if not flat and not lay_out(&call):
        return NotImplemented
    if out[0] != NULL:
        if not compute(&call, RELU_FAST_OVERLAP_REFUSE):
            return NotImplemented
        return <object>out[0] if function.outputs == 1 else (<object>out[0], <object>out[1])
    if flat and call.views[0].dims == 0:
        return compute_scalar(&call, type_num)
    if flat:
        return compute_flat(&call, type_num)
    return compute_fresh(&call, args, parameters, type_num)


cdef bint unpack_out(PyObject *value, int outputs, PyObject **out) noexcept:
    """The keyword out: an array, or for several outputs a tuple of as many."""
    cdef int k
    if outputs == 1:
        out[0] = value
        return True
    if not isinstance(<object>value, tuple) or PyTuple_GET_SIZE(value) != outputs:
        return False
    for k in range(outputs):
        out[k] = PyTuple_GET_ITEM(value, k)
    return True


cdef bint lay_out_flat(Call *call) noexcept:
    """Contiguous arrays of one shape and order are one dimension; a parameter may be one number."""
    cdef const View *first = &call.views[0]
    cdef const View *v
    cdef int order = cnp.NPY_ARRAY_C_CONTIGUOUS, d, k
    cdef ptrdiff_t size = relu_fast_size(first.dtype)
    if not first.flags & order:
        order = cnp.NPY_ARRAY_F_CONTIGUOUS
    for k in range(call.operands):
        call.strides[k][0] = size
        call.engine[k].strides = call.strides[k]
        if k >= call.given:
            continue
        v = &call.views[k]
        call.engine[k].data = v.data
        call.engine[k].dtype = v.dtype
        if v.dims == 0 and call.parameters <= k < call.outputs:
            call.strides[k][0] = 0
            continue
        if v.dims != first.dims or not v.flags & order:
            return False
        for d in range(v.dims):
            if v.shape[d] != first.shape[d]:
                return False
    call.dims = 1
    call.shape[0] = 1
    for d in range(first.dims):
        call.shape[0] *= first.shape[d]
    return True


cdef bint lay_out(Call *call) noexcept:
    """Any shapes that broadcast, to that of outputs if given; False if they do not."""
    cdef const View *v
    cdef int d, k, missing
    cdef ptrdiff_t length
    call.dims = 0
    for k in range(call.given):
        call.dims = max(call.dims, call.views[k].dims)
    for d in range(call.dims):
        call.shape[d] = 1
    for k in range(call.given):
        v = &call.views[k]
        missing = call.dims - v.dims
        call.engine[k].data = v.data
        call.engine[k].dtype = v.dtype
        call.engine[k].strides = call.strides[k]
        for d in range(call.dims):
            call.strides[k][d] = 0
            length = 1 if d < missing else v.shape[d - missing]
            if length == 1:
                continue
            if call.shape[d] == 1:
                call.shape[d] = length
            elif call.shape[d] != length:
                return False
            call.strides[k][d] = v.strides[d - missing]
    for k in range(call.outputs, call.given):
        v = &call.views[k]
        if v.dims != call.dims:
            return False
        for d in range(call.dims):
            if v.shape[d] != call.shape[d]:
                return False
    return True


cdef bint is_c_order(const Call *call) noexcept:
    """Whether no operand has a longer stride along a later dimension than along an earlier one."""
    cdef ptrdiff_t stride, outer
    cdef int d, k
    for k in range(call.given):
        outer = PTRDIFF_MAX
        for d in range(call.dims):
            stride = call.strides[k][d]
            stride = -stride if stride < 0 else stride
            if stride > outer:
                return False
            if stride:
                outer = stride
    return True


cdef object compute_scalar(Call *call, int type_num):
    cdef double values[RELU_FAST_MAX_OUTPUTS]
    cdef int k
    for k in range(call.outputs, call.operands):
        call.engine[k].data = <char *>&values[k - call.outputs]
    compute(call, RELU_FAST_NO_OVERLAP)
    descr = cnp.PyArray_DescrFromType(type_num)
    if call.operands - call.outputs == 1:
        return PyArray_Scalar(&values[0], descr, None)
    return PyArray_Scalar(&values[0], descr, None), PyArray_Scalar(&values[1], descr, None)


cdef object compute_flat(Call *call, int type_num):
    """Into new arrays like the first operand."""
    cdef const View *first = &call.views[0]
    cdef bint fortran = not first.flags & cnp.NPY_ARRAY_C_CONTIGUOUS
    cdef int d
    if fortran and call.operands - call.outputs > 1:
        # NumPy's iterator gives dimensions of one element other strides in that case.
        for d in range(first.dims):
            if first.shape[d] == 1:
                return NotImplemented
    cdef object y = cnp.PyArray_EMPTY(first.dims, first.shape, type_num, fortran), dy = None
    call.engine[call.outputs].data = <char *>cnp.PyArray_DATA(<cnp.ndarray>y)
    if call.operands - call.outputs > 1:
        dy = cnp.PyArray_EMPTY(first.dims, first.shape, type_num, fortran)
        call.engine[call.outputs + 1].data = <char *>cnp.PyArray_DATA(<cnp.ndarray>dy)
    compute(call, RELU_FAST_NO_OVERLAP)
    return y if dy is None else (y, dy)


cdef object compute_fresh(Call *call, PyObject *const *args, PyObject **parameters, int type_num):
    """Into new arrays in the memory order that NumPy gives them, order="K"."""
    cdef int count = call.operands - call.outputs, d, k, output
    cdef ptrdiff_t elements = 1
    cdef list results
    if is_c_order(call):
        results = [cnp.PyArray_EMPTY(call.dims, <cnp.npy_intp *>call.shape, type_num, 0)
                   for k in range(count)]
    else:
        for d in range(call.dims):
            elements *= call.shape[d]
        if elements < NDITER_WORTH:
            return NotImplemented
        operands = [<object>args[k] for k in range(call.parameters)]
        for k in range(call.parameters, call.outputs):
            if call.views[k].dims:
                operands.append(<object>parameters[k - call.parameters])
        results = list(np.nditer([*operands, *[None] * count]).operands[len(operands):])
    for k in range(count):
        output = call.outputs + k
        for d in range(call.dims):
            call.strides[output][d] = cnp.PyArray_STRIDE(<cnp.ndarray>results[k], d)
        call.engine[output].strides = call.strides[output]
        call.engine[output].data = <char *>cnp.PyArray_DATA(<cnp.ndarray>results[k])
    compute(call, RELU_FAST_NO_OVERLAP)
    return results[0] if count == 1 else tuple(results)


cdef bint compute(Call *call, relu_fast_overlap overlap) noexcept:
    """False if the overlap of operands is refused."""
    cdef ptrdiff_t elements = 1
    cdef bint done
    cdef int d
    for d in range(call.dims):
        elements *= call.shape[d]
    if elements < GIL_WORTH:
        return relu_fast_apply(call.operation, call.dims, call.shape, call.engine, overlap)
    if elements > SERIAL:
        apply_context_thread_limit()
    with nogil:
        done = relu_fast_apply(call.operation, call.dims, call.shape, call.engine, overlap)
    return done
