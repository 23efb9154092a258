# The gradient of a learned parameter: summed to the parameter's shape.

cdef enum:
    PRODUCTS = 256  # that the ufunc of products computes at a time, in 2 KiB of stack

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
    cdef relu_fast_operand operands[2]
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

    cdef cnp.ndarray result = None
    cdef double number
    cdef void *sums = &number
    if p_dims:
        result = cnp.PyArray_EMPTY(p_dims, p_shape, result_type, 0)
        sums = cnp.PyArray_DATA(result)
    operands[0].data, operands[0].strides = <char *>cnp.PyArray_DATA(g), g_strides
    operands[1].data, operands[1].strides = <char *>cnp.PyArray_DATA(x), x_strides
    operands[0].dtype = operands[1].dtype = dtype_of(cnp.PyArray_TYPE(x))
    cdef relu_fast_dtype result_dtype = dtype_of(result_type)
    if elements < GIL_WORTH:
        failed = relu_fast_sum_gradient(operation, dims, shape, kept, operands, result_dtype,
                                        sums)
    else:
        apply_context_thread_limit()
        with nogil:
            failed = relu_fast_sum_gradient(operation, dims, shape, kept, operands, result_dtype,
                                            sums)
    if failed:
        raise MemoryError(f"{name}: no memory for the partial sums")
    return result if p_dims else PyArray_Scalar(sums, cnp.PyArray_DescrFromType(result_type), None)


cdef void compute_products(char **args, const cnp.npy_intp *dimensions,
                           const cnp.npy_intp *steps, void *data) noexcept nogil:
    """The inner loop of a ufunc: g times the derivative by the parameter, in float64."""
    cdef const Loop *loop = <const Loop *>data
    cdef relu_fast_operand operands[2]
    cdef char kept = True  # nothing is summed up
    cdef double block[PRODUCTS]
    cdef ptrdiff_t first = 0, count, i
    cdef int k
    while first < dimensions[0]:
        count = min(dimensions[0] - first, <ptrdiff_t>PRODUCTS)
        for k in range(2):
            operands[k].data = args[k] + first * steps[k]
            operands[k].strides = <const ptrdiff_t *>&steps[k]
            operands[k].dtype = loop.storage[k]
        relu_fast_sum_gradient(&loop.operation, 1, &count, &kept, operands, RELU_FAST_FLOAT64,
                               block)  # of one row, for which no memory can be refused
        for i in range(count):
            (<double *>(args[3] + (first + i) * steps[3]))[0] = block[i]
        first += count


cdef bint carries_more(object value):
    """Whether an operand has a say in what comes of a ufunc: a mask, labels, a unit, laziness.

    Other subclasses of ndarray count as arrays; memmap says nothing but that it becomes one.
    """
    cdef object cls = type(value), wrap
    if cls is np.ndarray or isinstance(value, np.generic):
        return False
    if getattr(cls, "__array_ufunc__", NUMPYS_UFUNC) is not NUMPYS_UFUNC:
        return True
    wrap = cls.__array_wrap__ if cnp.PyArray_Check(value) else NUMPYS_WRAP
    return wrap is not NUMPYS_WRAP and wrap is not np.memmap.__array_wrap__


cdef class ParameterGradient:
    """What computes the gradient of a learned parameter, by element type of g and x."""

    cdef relu_fast_operation operations[RELU_FAST_STATED]
    cdef Loop loops[2]  # of the ufunc, which keeps pointers to all this
    cdef void *data[2]
    cdef cnp.PyUFuncGenericFunction functions[2]
    cdef char types[8]
    cdef str name, parameter_name
    cdef bytes path
    cdef object backward, products, sum_products

    def __init__(self, int activation, int form, int index, str name, str parameter_name,
                 backward, sum_products):
        cdef int dtype
        for dtype in range(<int>RELU_FAST_STATED):
            self.operations[dtype] = relu_fast_make_operation(
                activation, <relu_fast_form>form, <relu_fast_dtype>dtype)
            self.operations[dtype].parameter = <unsigned char>index
        self.name = name
        self.parameter_name = parameter_name
        self.backward = backward
        self.sum_products = sum_products
        # Under the path to it, by which pickles find it: dask's workers may be processes.
        self.path = f"{name}.products".encode()
        self.products = self.make_products()
        alive.append(self)

    cdef object make_products(self):
        """The ufunc of what is summed, for operands that have a say in that."""
        cdef int number, k
        for i, number in enumerate((cnp.NPY_FLOAT, cnp.NPY_DOUBLE)):
            self.loops[i].operation = self.operations[<int>dtype_of(number)]
            for k in range(4):
                self.loops[i].storage[k] = dtype_of(number)
                self.types[4 * i + k] = <char>(number if k < 3 else <int>cnp.NPY_DOUBLE)
            self.data[i] = &self.loops[i]
            self.functions[i] = compute_products
        return cnp.PyUFunc_FromFuncAndData(self.functions, self.data, self.types, 2, 3, 1,
                                           cnp.PyUFunc_None, self.path, b"", 0)

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
        if carries_more(g) or carries_more(x) or carries_more(parameter):
            return self.compute_by_ufunc(g, x, parameter, weak)
        g, x, parameter = np.asarray(g), np.asarray(x), np.asarray(parameter)
        self.check_dtype(parameter.dtype, weak)
        try:
            dtype_of_all = self.common_dtype(g.dtype, x.dtype, parameter.dtype, weak)
        except TypeError:
            raise TypeError(
                f"{self.name}: g, x and {self.parameter_name} must be real numbers that fit into "
                f"float64, not {g.dtype}, {x.dtype} and {parameter.dtype}") from None
        result_dtype = dtype_of_all if weak else parameter.dtype
        # Half types are summed as float32, in double; rounded once: to float32 by the engine,
        # to half by NumPy.
        is_half = relu_fast_is_half(dtype_of(dtype_of_all.num))
        wide = np.dtype(np.float32) if is_half else dtype_of_all
        result = sum_gradient(
            &self.operations[<int>dtype_of(wide.num)], self.name, self.parameter_name,
            native(g, wide), native(x, wide), parameter,
            cnp.NPY_FLOAT if result_dtype == np.float32 else cnp.NPY_DOUBLE)
        with np.errstate(all="ignore"):  # a sum beyond the largest half is inf, silently
            return result.astype(result_dtype, copy=False)

    cdef object compute_by_ufunc(self, object g, object x, object parameter, bint weak):
        """The products by a ufunc, and their sum, as the operands would have them."""
        if not weak and not carries_more(parameter):
            parameter = np.asarray(parameter)
        dtype = None  # what the sum has, unless another is known
        if weak:
            try:
                dtype = self.common_dtype(g.dtype, x.dtype, None, weak)
            except (AttributeError, TypeError):
                pass
        elif hasattr(getattr(parameter, "dtype", None), "kind"):
            dtype = parameter.dtype
            self.check_dtype(dtype, weak)
        operands = {"g": g, "x": x, self.parameter_name: parameter}
        with np.errstate(all="ignore"):
            return self.sum_products(self.name, self.products, operands, dtype)

    cdef object check_dtype(self, object dtype, bint weak):
        """Refuse a parameter that cannot hold its gradient."""
        if not weak and dtype.kind != "f" and not is_bfloat16(dtype):
            raise TypeError(
                f"{self.name}: {self.parameter_name} must be floating-point, because its gradient "
                f"takes its dtype; got {dtype}")

    cdef object common_dtype(self, object g, object x, object parameter, bint weak):
        """What the ufuncs make of operands of these dtypes."""
        if weak:
            parameter = x if is_bfloat16(x) else float
        parameters = [parameter] * (self.backward.nin - 2)
        return self.backward.resolve_dtypes((g, x, *parameters, None))[0]


cdef bint is_bfloat16(object dtype):
    return isinstance(dtype, np.dtype) and dtype_of(dtype.num) == RELU_FAST_BFLOAT16


def make_parameter_gradient(int activation, int form, int index, str name, str parameter_name,
                            backward, sum_products):
    """The function that sums the gradient of the parameter of this index."""
    cdef ParameterGradient gradient = ParameterGradient(
        activation, form, index, name, parameter_name, backward, sum_products)
    cdef tuple names = (parameter_name,)

    def parameter_gradient(g=MISSING, x=MISSING, parameter=MISSING, /, *more, **keywords):
        if parameter is MISSING or more or keywords:
            values = (g, x, parameter, *more)[:(g is not MISSING) + (x is not MISSING)
                                              + (parameter is not MISSING) + len(more)]
            check_call(name, 2, names, names, values, keywords)
            parameter = values[2] if len(values) > 2 else keywords[parameter_name]
        return gradient.compute(g, x, parameter)

    parameter_gradient.products = gradient.products
    return parameter_gradient
