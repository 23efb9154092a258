# The gradient of a learned parameter: summed to the parameter's shape.

cdef object native(object array, object dtype):
    """`array` as an aligned native array of `dtype`; without a copy where it is one."""
    array = np.asarray(array, dtype=dtype)
    return array if array.flags.aligned else array.copy()


cdef object sum_gradient(const relu_fast_operation *operation, str name, str parameter_name,
                         cnp.ndarray g, cnp.ndarray x, object parameter, int result_type):
    """The sum in `result_type`, in the shape of `parameter`; None stands for a number."""
    cdef ptrdiff_t shape[RELU_FAST_MAX_DIMS]
    cdef ptrdiff_t g_strides[RELU_FAST_MAX_DIMS]
    cdef ptrdiff_t x_strides[RELU_FAST_MAX_DIMS]
    cdef char kept[RELU_FAST_MAX_DIMS]
    cdef relu_fast_operand of_g, of_x
    cdef int p_dims = 0 if parameter is None else cnp.PyArray_NDIM(<cnp.ndarray>parameter)
    cdef cnp.npy_intp *p_shape = NULL
    cdef int g_dims = cnp.PyArray_NDIM(g), x_dims = cnp.PyArray_NDIM(x)
    cdef int dims = max(g_dims, x_dims, p_dims), d, failed
    cdef int g_first = g_dims - dims, x_first = x_dims - dims, p_first = p_dims - dims
    cdef ptrdiff_t in_g, in_x, in_p
    cdef double elements = 1
    if p_dims:
        p_shape = cnp.PyArray_DIMS(<cnp.ndarray>parameter)
    for d in range(dims):
        in_g = cnp.PyArray_DIM(g, g_first + d) if g_first + d >= 0 else 1
        in_x = cnp.PyArray_DIM(x, x_first + d) if x_first + d >= 0 else 1
        in_p = p_shape[p_first + d] if p_first + d >= 0 else 1
        shape[d] = in_g if in_g != 1 else in_x if in_x != 1 else in_p
        if (in_x != 1 and in_x != shape[d]) or (in_p != 1 and in_p != shape[d]):
            raise ValueError(
                f"{name}: g {(<object>g).shape}, x {(<object>x).shape} and {parameter_name} "
                f"{() if parameter is None else parameter.shape} do not broadcast")
        g_strides[d] = cnp.PyArray_STRIDE(g, g_first + d) if in_g != 1 else 0
        x_strides[d] = cnp.PyArray_STRIDE(x, x_first + d) if in_x != 1 else 0
        kept[d] = in_p == shape[d]
        elements *= shape[d]
    if elements >= PY_SSIZE_T_MAX:  # as a double, 2**63
        raise ValueError(
            f"{name}: g, x and {parameter_name} broadcast to too many elements")

    cdef cnp.ndarray result = cnp.PyArray_EMPTY(p_dims, p_shape, result_type, 0)
    cdef void *sums = cnp.PyArray_DATA(result)
    of_g.data, of_g.strides = <char *>cnp.PyArray_DATA(g), g_strides
    of_x.data, of_x.strides = <char *>cnp.PyArray_DATA(x), x_strides
    cdef relu_fast_dtype result_dtype = dtype_of(result_type)
    of_g.dtype = of_x.dtype = dtype_of(cnp.PyArray_TYPE(x))
    apply_context_thread_limit()
    with nogil:
        failed = relu_fast_sum_gradient(operation, dims, shape, kept, of_g, of_x, result_dtype,
                                        sums)
    if failed:
        raise MemoryError(f"{name}: no memory for the partial sums")
    return result if p_dims else cnp.PyArray_ToScalar(sums, result)


cdef class ParameterGradient:
    """What computes the gradient of a learned parameter, by element type of g and x."""

    cdef relu_fast_operation operations[RELU_FAST_STATED]
    cdef str name, parameter_name
    cdef object backward

    def __init__(self, int activation, int form, int index, str name, str parameter_name,
                 backward):
        cdef int dtype
        for dtype in range(<int>RELU_FAST_STATED):
            self.operations[dtype] = relu_fast_make_operation(
                activation, <relu_fast_form>form, <relu_fast_dtype>dtype)
            self.operations[dtype].parameter = <unsigned char>index
        self.name = name
        self.parameter_name = parameter_name
        self.backward = backward

    cdef object compute(self, object g, object x, object parameter):
        cdef bint weak = type(parameter) is float or type(parameter) is int
        cdef relu_fast_dtype dtype
        cdef int type_number
        cdef View view
        for type_number in (cnp.NPY_FLOAT, cnp.NPY_DOUBLE):
            dtype = dtype_of(type_number)
            if (view_array(<PyObject *>g, type_number, dtype, &view)
                    and view_array(<PyObject *>x, type_number, dtype, &view)
                    and (weak or view_array(<PyObject *>parameter, type_number, dtype, &view))):
                return sum_gradient(&self.operations[<int>dtype], self.name, self.parameter_name,
                                    g, x, None if weak else parameter, type_number)
        if bfloat16_number < 0:
            look_for_bfloat16()
        g, x, parameter = np.asarray(g), np.asarray(x), np.asarray(parameter)
        is_bfloat16 = dtype_of(parameter.dtype.num) == RELU_FAST_BFLOAT16
        if not weak and parameter.dtype.kind != "f" and not is_bfloat16:
            raise TypeError(
                f"{self.name}: {self.parameter_name} must be floating-point, because its gradient "
                f"takes its dtype; got {parameter.dtype}")
        weakest = x.dtype if dtype_of(x.dtype.num) == RELU_FAST_BFLOAT16 else float
        parameters = [weakest if weak else parameter.dtype] * (self.backward.nin - 2)
        try:
            dtypes = self.backward.resolve_dtypes((g.dtype, x.dtype, *parameters, None))
        except TypeError:
            raise TypeError(
                f"{self.name}: g, x and {self.parameter_name} must be real numbers that fit into "
                f"float64, not {g.dtype}, {x.dtype} and {parameter.dtype}") from None
        result_dtype = dtypes[0] if weak else parameter.dtype
        # Half types are summed as float32, in double; rounded once: to float32 by the engine,
        # to half by NumPy.
        is_half = relu_fast_is_half(dtype_of(dtypes[0].num))
        wide = np.dtype(np.float32) if is_half else dtypes[0]
        result = sum_gradient(
            &self.operations[<int>dtype_of(wide.num)], self.name, self.parameter_name,
            native(g, wide), native(x, wide), parameter,
            cnp.NPY_FLOAT if result_dtype == np.float32 else cnp.NPY_DOUBLE)
        with np.errstate(all="ignore"):  # a sum beyond the largest half is inf, silently
            return result.astype(result_dtype, copy=False)


def make_parameter_gradient(int activation, int form, int index, str name, str parameter_name,
                            backward):
    """The function that sums the gradient of the parameter of this index."""
    cdef ParameterGradient gradient = ParameterGradient(
        activation, form, index, name, parameter_name, backward)

    def parameter_gradient(g, x, parameter, /):
        return gradient.compute(g, x, parameter)

    return parameter_gradient
