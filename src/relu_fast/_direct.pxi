# The direct call: plain arguments go from the ufunc's vectorcall slot straight to the
# engine.  NumPy's own machinery costs more than the work on a small array, and hands its
# inner loops pieces of some layouts that are too short for threads.
#
# Plain are exact ndarrays of one type, native and aligned; for alpha also Python numbers
# and NumPy's float scalars; and at most out= besides.  For everything else, and wherever
# NumPy would do more than compute (convert, copy, warn, raise), `direct_call` returns
# NotImplemented and NumPy does it.  tests/test_direct_call.py holds the two against each
# other.

cdef extern from *:
    """
    #include <stdint.h>

    /* Arrays that NumPy warns about when they are written to; not in its headers. */
    #define WARN_ON_WRITE (1u << 31)

    /* What the direct call needs of an array.  A number is a view, too. */
    typedef struct {
        char *data;
        int dims;
        const npy_intp *shape, *strides;
        int flags;
    } view;

    static int view_array(PyObject *object, int type, view *v)
    {
        PyArrayObject *array = (PyArrayObject *)object;
        if (!PyArray_CheckExact(array) || PyArray_TYPE(array) != type ||
            !PyArray_ISBEHAVED_RO(array) || PyDataType_METADATA(PyArray_DESCR(array))) {
            return 0;
        }
        v->data = PyArray_BYTES(array);
        v->dims = PyArray_NDIM(array);
        v->shape = PyArray_DIMS(array);
        v->strides = PyArray_STRIDES(array);
        v->flags = PyArray_FLAGS(array);
        return 1;
    }

    static int view_output(PyObject *object, int type, view *v)
    {
        return view_array(object, type, v) &&
               (v->flags & (NPY_ARRAY_WRITEABLE | WARN_ON_WRITE)) == NPY_ARRAY_WRITEABLE;
    }

    /* `value` as a float32 in `to`, rounded to nearest, ties to even, in integers: a
     * conversion would set the caller's floating-point flags.  0 where NumPy's cast might
     * warn, and for other rare ones: what is not normal, but for zeros. */
    static int round_to_float32(double value, void *to)
    {
        uint64_t wide;
        memcpy(&wide, &value, sizeof wide);
        uint64_t magnitude = wide & (UINT64_MAX >> 1);
        uint32_t rounded = 0;
        if (magnitude) {
            magnitude += (1u << 28) - 1 + (magnitude >> 29 & 1);
            if (magnitude >> 52 < 1023 - 126 || magnitude >> 52 > 1023 + 127) return 0;
            rounded = (uint32_t)((magnitude >> 29) - ((uint64_t)(1023 - 127) << 23));
        }
        rounded |= (uint32_t)(wide >> 63) << 31;
        memcpy(to, &rounded, sizeof rounded);
        return 1;
    }

    /* A float32, given by its bits, as a double: in integers for the same reason, and
     * because a caller's mode may make subnormals 0. */
    static double widen(uint32_t single)
    {
        const uint64_t magnitude = single & (UINT32_MAX >> 1);
        uint64_t wide = magnitude << 29;
        double value;
        if (magnitude < 1u << 23) {
            value = (double)(int)magnitude * 0x1p-149;
            memcpy(&wide, &value, sizeof wide);
        }
        else {
            wide += (uint64_t)(magnitude < 255u << 23 ? 1023 - 127 : 2047 - 255) << 52;
        }
        wide |= (uint64_t)(single >> 31) << 63;
        memcpy(&value, &wide, sizeof value);
        return value;
    }

    /* A Python number, or a NumPy scalar that does not change the type of the loop,
     * stored in `to`. */
    static int view_number(PyObject *number, int type, view *v, double *to)
    {
        double value;
        v->data = (char *)to;
        v->dims = 0;
        v->flags = NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_F_CONTIGUOUS;
        if (PyFloat_CheckExact(number)) {
            value = PyFloat_AS_DOUBLE(number);
        }
        else if (PyLong_CheckExact(number)) {
            int overflow;
            long integer = PyLong_AsLongAndOverflow(number, &overflow);
            if (overflow || integer > 1 << 24 || integer < -(1 << 24)) return 0;
            value = (double)integer;
        }
        else if (Py_TYPE(number) == &PyFloatArrType_Type) {
            uint32_t single;
            memcpy(&single, &PyArrayScalar_VAL(number, Float), sizeof single);
            if (type == NPY_FLOAT) {
                memcpy(to, &single, sizeof single);
                return 1;
            }
            value = widen(single);
        }
        else if (Py_TYPE(number) == &PyDoubleArrType_Type && type == NPY_DOUBLE) {
            value = PyArrayScalar_VAL(number, Double);
        }
        else {
            return 0;
        }
        *to = value;
        return type != NPY_FLOAT || round_to_float32(value, to);
    }
    """
    ctypedef struct View "view":
        char *data
        int dims
        const cnp.npy_intp *shape
        const cnp.npy_intp *strides
        int flags
    ptrdiff_t PTRDIFF_MAX
    bint view_array(PyObject *array, int type, View *view)
    bint view_output(PyObject *array, int type, View *view)
    bint view_number(PyObject *number, int type, View *view, double *to)
    PyObject *Py_None
    object PyArray_Scalar(void *data, cnp.dtype dtype, object base)


cdef enum:
    # Elements from which it is worth to let other Python threads run, as in NumPy; up to
    # which the engine uses one thread in any case (workers.c); and from which it is worth
    # to ask NumPy's iterator for the memory order of a result, which takes 2 microseconds.
    GIL_WORTH = 500
    SERIAL = 8192
    NDITER_WORTH = 16384


def set_direct_calls(bint on, *, bint only=False):
    """For tests: direct calls or not, and with `only` an error for what is not plain."""
    global direct_calls, direct_only
    direct_calls, direct_only = on, only


# A call: its operands as they came, and as the engine wants them.
ctypedef struct Call:
    const relu_fast_operation *operation
    int arrays    # operands in front of alpha
    int operands  # with the output
    int given     # with the output if there is one
    View views[RELU_FAST_MAX_OPERANDS]
    double alpha  # if it is a number, in the type of the loop
    int dims
    ptrdiff_t shape[RELU_FAST_MAX_DIMS]
    ptrdiff_t strides[RELU_FAST_MAX_OPERANDS][RELU_FAST_MAX_DIMS]
    relu_fast_operand engine[RELU_FAST_MAX_OPERANDS]


cdef object direct_call(const Function *function, PyObject *const *args, Py_ssize_t count,
                        PyObject *kwnames):
    cdef int output = function.operands - 1, type_num, k
    cdef bint parametric = function.arrays < output
    cdef PyObject *alpha = function.default
    cdef PyObject *out = NULL
    cdef PyObject *name
    cdef Py_ssize_t i
    cdef Call call

    # Which argument is which.
    if count < function.arrays or count > function.operands:
        return NotImplemented
    if parametric and count > function.arrays:
        alpha = args[function.arrays]
    if count > output:
        out = args[output]
    if kwnames != NULL:
        for i in range(PyTuple_GET_SIZE(kwnames)):
            name = PyTuple_GET_ITEM(kwnames, i)
            if name == <PyObject *>"out" and out == NULL:
                out = args[count + i]
            elif name == <PyObject *>"alpha" and parametric and count == function.arrays:
                alpha = args[count + i]
            else:
                return NotImplemented
    if out == Py_None:
        out = NULL

    # Whether all are plain.
    if not cnp.PyArray_CheckExact(<object>args[0]):
        return NotImplemented
    type_num = cnp.PyArray_TYPE(<cnp.ndarray>args[0])
    if type_num != cnp.NPY_FLOAT and type_num != cnp.NPY_DOUBLE:
        return NotImplemented
    for k in range(function.arrays):
        if not view_array(args[k], type_num, &call.views[k]):
            return NotImplemented
    if parametric and (alpha == NULL or not (
            view_number(alpha, type_num, &call.views[function.arrays], &call.alpha)
            or view_array(alpha, type_num, &call.views[function.arrays]))):
        return NotImplemented
    if out != NULL and not view_output(out, type_num, &call.views[output]):
        return NotImplemented

    # The whole array at once.
    call.operation = &function.operations[
        <int>(RELU_FAST_FLOAT32 if type_num == cnp.NPY_FLOAT else RELU_FAST_FLOAT64)]
    call.arrays = function.arrays
    call.operands = function.operands
    call.given = output if out == NULL else output + 1
    cdef bint flat = lay_out_flat(&call)
    if not flat and not lay_out(&call):
        return NotImplemented
    if out != NULL:
        if relu_fast_order_matters(call.operation, call.dims, call.shape, call.engine):
            return NotImplemented
        compute(&call)
        return <object>out
    if flat and call.views[0].dims == 0:
        return compute_scalar(&call, type_num)
    result = allocate_flat(&call, type_num) if flat else allocate(&call, args, alpha, type_num)
    if result is not NotImplemented:
        call.engine[output].data = <char *>cnp.PyArray_DATA(<cnp.ndarray>result)
        compute(&call)
    return result


cdef bint lay_out_flat(Call *call) noexcept:
    """Contiguous arrays of one shape and order are one dimension; alpha may be one number."""
    cdef const View *first = &call.views[0]
    cdef const View *v
    cdef int order = cnp.NPY_ARRAY_C_CONTIGUOUS, d, k
    cdef ptrdiff_t size = 4 if call.operation.dtype == RELU_FAST_FLOAT32 else 8
    if not first.flags & order:
        order = cnp.NPY_ARRAY_F_CONTIGUOUS
    for k in range(call.operands):
        call.strides[k][0] = size
        call.engine[k].strides = call.strides[k]
        if k >= call.given:
            break
        v = &call.views[k]
        call.engine[k].data = v.data
        if v.dims == 0 and call.arrays <= k < call.operands - 1:
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
    """Any shapes that broadcast, to that of out if it is given; False if they do not."""
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
    if call.given == call.operands:
        v = &call.views[call.operands - 1]
        if v.dims != call.dims:
            return False
        for d in range(call.dims):
            if v.shape[d] != call.shape[d]:
                return False
    return True


cdef object allocate_flat(Call *call, int type_num):
    cdef const View *first = &call.views[0]
    return cnp.PyArray_EMPTY(first.dims, first.shape, type_num,
                             not first.flags & cnp.NPY_ARRAY_C_CONTIGUOUS)


cdef bint is_c_order(const Call *call) noexcept:
    """Whether no operand has a longer step along a later dimension than along an earlier one."""
    cdef ptrdiff_t step, outer
    cdef int d, k
    for k in range(call.given):
        outer = PTRDIFF_MAX
        for d in range(call.dims):
            step = call.strides[k][d]
            step = -step if step < 0 else step
            if step > outer:
                return False
            if step:
                outer = step
    return True


cdef object allocate(Call *call, PyObject *const *args, PyObject *alpha, int type_num):
    """The result in the memory order that NumPy gives it, order="K"."""
    cdef int output = call.operands - 1, d, k
    cdef ptrdiff_t elements = 1
    cdef cnp.ndarray result
    if is_c_order(call):
        result = cnp.PyArray_EMPTY(call.dims, <cnp.npy_intp *>call.shape, type_num, 0)
    else:
        for d in range(call.dims):
            elements *= call.shape[d]
        if elements < NDITER_WORTH:
            return NotImplemented
        operands = [<object>args[k] for k in range(call.arrays)]
        if call.arrays < output and call.views[call.arrays].dims:
            operands.append(<object>alpha)
        result = np.nditer([*operands, None]).operands[len(operands)]
    for d in range(call.dims):
        call.strides[output][d] = cnp.PyArray_STRIDE(result, d)
    call.engine[output].strides = call.strides[output]
    return result


cdef object compute_scalar(Call *call, int type_num):
    cdef double value
    call.engine[call.operands - 1].data = <char *>&value
    compute(call)
    return PyArray_Scalar(&value, cnp.PyArray_DescrFromType(type_num), None)


cdef void compute(Call *call) noexcept:
    cdef ptrdiff_t elements = 1
    cdef int d
    for d in range(call.dims):
        elements *= call.shape[d]
    if elements < GIL_WORTH:
        relu_fast_apply(call.operation, call.dims, call.shape, call.engine)
    else:
        if elements > SERIAL:
            heed_context()
        with nogil:
            relu_fast_apply(call.operation, call.dims, call.shape, call.engine)
