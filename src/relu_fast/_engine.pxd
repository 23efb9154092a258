"""Declarations of the C library (src/c): the table, the engine, the runtime."""
from libc.stddef cimport ptrdiff_t


cdef extern from "include/relu_fast.h" nogil:
    enum relu_fast_dtype:
        RELU_FAST_FLOAT16
        RELU_FAST_FLOAT32
        RELU_FAST_FLOAT64
        RELU_FAST_BFLOAT16
        RELU_FAST_DTYPES  # in table/catalog.h
    enum: RELU_FAST_MAX_DIMS
    ctypedef struct relu_fast_operand:
        char *data
        const ptrdiff_t *strides
        relu_fast_dtype dtype
    enum relu_fast_overlap:
        RELU_FAST_NO_OVERLAP
        RELU_FAST_OVERLAP_IN_ORDER
        RELU_FAST_OVERLAP_REFUSE
    ctypedef struct relu_fast_operation:  # in table/catalog.h
        short activation
        short form
        unsigned char inputs
        unsigned char parameters
        unsigned char outputs
        unsigned char parameter
    bint relu_fast_apply(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                         const relu_fast_operand *operands, relu_fast_overlap overlap)
    int relu_fast_sum_gradient(const relu_fast_operation *operation, int dims,
                               const ptrdiff_t *shape, const char *kept, relu_fast_operand g,
                               relu_fast_operand x, relu_fast_dtype result_dtype, void *result)
    const char *const *relu_fast_isas_built()
    bint relu_fast_isa_supported(const char *isa)
    const char *relu_fast_isa()
    int relu_fast_select_isa(const char *isa)
    int relu_fast_threads()
    int relu_fast_max_threads()
    void relu_fast_set_threads(int threads)
    void relu_fast_set_local_threads(int threads)
    const char *relu_fast_openmp()
    void relu_fast_set_cache_bytes(ptrdiff_t size)
    ptrdiff_t relu_fast_cache_bytes()
    ctypedef struct relu_fast_api:
        pass
    const relu_fast_api relu_fast_table
    const char *RELU_FAST_CAPSULE


cdef extern from "api/functions.h" nogil:
    ctypedef void relu_fast_any_function()
    ctypedef struct relu_fast_function_row:
        const char *name
        const char *signature
        relu_fast_any_function *function
    const relu_fast_function_row *relu_fast_function_rows
    int relu_fast_function_count


cdef extern from "table/catalog.h" nogil:
    enum: RELU_FAST_MAX_OPERANDS
    enum: RELU_FAST_MAX_OUTPUTS
    enum: RELU_FAST_MAX_PARAMETERS
    enum: RELU_FAST_ACTIVATIONS
    enum: RELU_FAST_STATED
    enum relu_fast_form:
        RELU_FAST_FORMS
    enum relu_fast_form_kind:
        RELU_FAST_KIND_ELEMENTWISE
        RELU_FAST_KIND_IN_PLACE
        RELU_FAST_KIND_SUM
    enum: RELU_FAST_COMPUTES
    ctypedef struct relu_fast_form_row:
        const char *id
        relu_fast_form_kind kind
        const char *suffix
        const char *inputs
        const char *outputs
    ctypedef struct relu_fast_parameter:
        const char *name
        int has_default
        double default_value
        double typical_value
        const char *meaning
        const char *derivative
    ctypedef struct relu_fast_bound:
        double at_defaults
        double elsewhere
    ctypedef struct relu_fast_activation:
        const char *name
        int parameters
        relu_fast_parameter parameter[RELU_FAST_MAX_PARAMETERS]
        const char *gate
        const char *value
        const char *derivative
        const char *from_result
        const char *domain
        relu_fast_bound bounds[RELU_FAST_FORMS][RELU_FAST_STATED]
        const char *near_zero
        double near_zero_bounds[RELU_FAST_STATED]
        int gradient_is_product
        int sum_bounds[RELU_FAST_STATED]
        const char *conditions[RELU_FAST_FORMS]
        const char *special_values
        int picoseconds[RELU_FAST_COMPUTES]
        const char *summary
        const char *kink
        const char *reference
        const char *group
        const char *examples[RELU_FAST_FORMS]
        int is_test_only
    const char *relu_fast_dtype_names[RELU_FAST_DTYPES]
    const relu_fast_form_row relu_fast_forms[RELU_FAST_FORMS]
    const relu_fast_activation relu_fast_activations[RELU_FAST_ACTIVATIONS]
    bint relu_fast_has_form(int activation, relu_fast_form form)
    bint relu_fast_takes(int activation, relu_fast_form form, relu_fast_dtype dtype)
    bint relu_fast_is_half(relu_fast_dtype dtype)
    relu_fast_operation relu_fast_make_operation(int activation, relu_fast_form form,
                                                 relu_fast_dtype dtype)
    ptrdiff_t relu_fast_size(relu_fast_dtype dtype)
