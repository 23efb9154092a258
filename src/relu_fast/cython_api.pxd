# Made by tools/update.py from the tables.
"""The functions of relu_fast for Cython, which docs/guide/compiled_code.md describes."""
from libc.stdint cimport (
    int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t)

cdef void relu_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void relu_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void relu_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void relu_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void relu_int8(Py_ssize_t n, const int8_t *x, int8_t *y) noexcept nogil
cdef void relu_uint8(Py_ssize_t n, const uint8_t *x, uint8_t *y) noexcept nogil
cdef void relu_int16(Py_ssize_t n, const int16_t *x, int16_t *y) noexcept nogil
cdef void relu_uint16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void relu_int32(Py_ssize_t n, const int32_t *x, int32_t *y) noexcept nogil
cdef void relu_uint32(Py_ssize_t n, const uint32_t *x, uint32_t *y) noexcept nogil
cdef void relu_int64(Py_ssize_t n, const int64_t *x, int64_t *y) noexcept nogil
cdef void relu_uint64(Py_ssize_t n, const uint64_t *x, uint64_t *y) noexcept nogil
cdef double relu_scalar(double x) noexcept nogil
cdef void relu_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void relu_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void relu_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void relu_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double relu_grad_scalar(double x) noexcept nogil
cdef void relu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void relu_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void relu_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void relu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double relu_backward_scalar(double g, double x) noexcept nogil
cdef void relu_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void relu_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void relu_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void relu_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void relu6_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void relu6_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void relu6_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void relu6_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void relu6_int8(Py_ssize_t n, const int8_t *x, int8_t *y) noexcept nogil
cdef void relu6_uint8(Py_ssize_t n, const uint8_t *x, uint8_t *y) noexcept nogil
cdef void relu6_int16(Py_ssize_t n, const int16_t *x, int16_t *y) noexcept nogil
cdef void relu6_uint16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void relu6_int32(Py_ssize_t n, const int32_t *x, int32_t *y) noexcept nogil
cdef void relu6_uint32(Py_ssize_t n, const uint32_t *x, uint32_t *y) noexcept nogil
cdef void relu6_int64(Py_ssize_t n, const int64_t *x, int64_t *y) noexcept nogil
cdef void relu6_uint64(Py_ssize_t n, const uint64_t *x, uint64_t *y) noexcept nogil
cdef double relu6_scalar(double x) noexcept nogil
cdef void relu6_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void relu6_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void relu6_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void relu6_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double relu6_grad_scalar(double x) noexcept nogil
cdef void relu6_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void relu6_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void relu6_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void relu6_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double relu6_backward_scalar(double g, double x) noexcept nogil
cdef void relu6_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void relu6_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void relu6_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void relu6_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void relu_squared_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void relu_squared_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void relu_squared_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void relu_squared_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double relu_squared_scalar(double x) noexcept nogil
cdef void relu_squared_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void relu_squared_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void relu_squared_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void relu_squared_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double relu_squared_grad_scalar(double x) noexcept nogil
cdef void relu_squared_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void relu_squared_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void relu_squared_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void relu_squared_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double relu_squared_backward_scalar(double g, double x) noexcept nogil
cdef void relu_squared_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void relu_squared_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void relu_squared_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void relu_squared_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void leaky_relu_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y) noexcept nogil
cdef void leaky_relu_float32(Py_ssize_t n, const float *x, float alpha, float *y) noexcept nogil
cdef void leaky_relu_float64(Py_ssize_t n, const double *x, double alpha, double *y) noexcept nogil
cdef void leaky_relu_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y) noexcept nogil
cdef double leaky_relu_scalar(double x, double alpha) noexcept nogil
cdef void leaky_relu_grad_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *dy) noexcept nogil
cdef void leaky_relu_grad_float32(Py_ssize_t n, const float *x, float alpha, float *dy) noexcept nogil
cdef void leaky_relu_grad_float64(Py_ssize_t n, const double *x, double alpha, double *dy) noexcept nogil
cdef void leaky_relu_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *dy) noexcept nogil
cdef double leaky_relu_grad_scalar(double x, double alpha) noexcept nogil
cdef void leaky_relu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float alpha, uint16_t *dx) noexcept nogil
cdef void leaky_relu_backward_float32(Py_ssize_t n, const float *g, const float *x, float alpha, float *dx) noexcept nogil
cdef void leaky_relu_backward_float64(Py_ssize_t n, const double *g, const double *x, double alpha, double *dx) noexcept nogil
cdef void leaky_relu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float alpha, uint16_t *dx) noexcept nogil
cdef double leaky_relu_backward_scalar(double g, double x, double alpha) noexcept nogil
cdef void leaky_relu_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void leaky_relu_value_and_grad_float32(Py_ssize_t n, const float *x, float alpha, float *y, float *dy) noexcept nogil
cdef void leaky_relu_value_and_grad_float64(Py_ssize_t n, const double *x, double alpha, double *y, double *dy) noexcept nogil
cdef void leaky_relu_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void prelu_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y) noexcept nogil
cdef void prelu_float32(Py_ssize_t n, const float *x, float alpha, float *y) noexcept nogil
cdef void prelu_float64(Py_ssize_t n, const double *x, double alpha, double *y) noexcept nogil
cdef void prelu_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y) noexcept nogil
cdef double prelu_scalar(double x, double alpha) noexcept nogil
cdef void prelu_grad_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *dy) noexcept nogil
cdef void prelu_grad_float32(Py_ssize_t n, const float *x, float alpha, float *dy) noexcept nogil
cdef void prelu_grad_float64(Py_ssize_t n, const double *x, double alpha, double *dy) noexcept nogil
cdef void prelu_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *dy) noexcept nogil
cdef double prelu_grad_scalar(double x, double alpha) noexcept nogil
cdef void prelu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float alpha, uint16_t *dx) noexcept nogil
cdef void prelu_backward_float32(Py_ssize_t n, const float *g, const float *x, float alpha, float *dx) noexcept nogil
cdef void prelu_backward_float64(Py_ssize_t n, const double *g, const double *x, double alpha, double *dx) noexcept nogil
cdef void prelu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float alpha, uint16_t *dx) noexcept nogil
cdef double prelu_backward_scalar(double g, double x, double alpha) noexcept nogil
cdef void prelu_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void prelu_value_and_grad_float32(Py_ssize_t n, const float *x, float alpha, float *y, float *dy) noexcept nogil
cdef void prelu_value_and_grad_float64(Py_ssize_t n, const double *x, double alpha, double *y, double *dy) noexcept nogil
cdef void prelu_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void elu_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y) noexcept nogil
cdef void elu_float32(Py_ssize_t n, const float *x, float alpha, float *y) noexcept nogil
cdef void elu_float64(Py_ssize_t n, const double *x, double alpha, double *y) noexcept nogil
cdef void elu_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y) noexcept nogil
cdef double elu_scalar(double x, double alpha) noexcept nogil
cdef void elu_grad_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *dy) noexcept nogil
cdef void elu_grad_float32(Py_ssize_t n, const float *x, float alpha, float *dy) noexcept nogil
cdef void elu_grad_float64(Py_ssize_t n, const double *x, double alpha, double *dy) noexcept nogil
cdef void elu_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *dy) noexcept nogil
cdef double elu_grad_scalar(double x, double alpha) noexcept nogil
cdef void elu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float alpha, uint16_t *dx) noexcept nogil
cdef void elu_backward_float32(Py_ssize_t n, const float *g, const float *x, float alpha, float *dx) noexcept nogil
cdef void elu_backward_float64(Py_ssize_t n, const double *g, const double *x, double alpha, double *dx) noexcept nogil
cdef void elu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float alpha, uint16_t *dx) noexcept nogil
cdef double elu_backward_scalar(double g, double x, double alpha) noexcept nogil
cdef void elu_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void elu_value_and_grad_float32(Py_ssize_t n, const float *x, float alpha, float *y, float *dy) noexcept nogil
cdef void elu_value_and_grad_float64(Py_ssize_t n, const double *x, double alpha, double *y, double *dy) noexcept nogil
cdef void elu_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void elu_backward_from_result_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *y, float alpha, uint16_t *dx) noexcept nogil
cdef void elu_backward_from_result_float32(Py_ssize_t n, const float *g, const float *y, float alpha, float *dx) noexcept nogil
cdef void elu_backward_from_result_float64(Py_ssize_t n, const double *g, const double *y, double alpha, double *dx) noexcept nogil
cdef void elu_backward_from_result_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *y, float alpha, uint16_t *dx) noexcept nogil
cdef double elu_backward_from_result_scalar(double g, double y, double alpha) noexcept nogil
cdef void selu_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void selu_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void selu_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void selu_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double selu_scalar(double x) noexcept nogil
cdef void selu_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void selu_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void selu_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void selu_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double selu_grad_scalar(double x) noexcept nogil
cdef void selu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void selu_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void selu_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void selu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double selu_backward_scalar(double g, double x) noexcept nogil
cdef void selu_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void selu_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void selu_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void selu_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void selu_backward_from_result_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *y, uint16_t *dx) noexcept nogil
cdef void selu_backward_from_result_float32(Py_ssize_t n, const float *g, const float *y, float *dx) noexcept nogil
cdef void selu_backward_from_result_float64(Py_ssize_t n, const double *g, const double *y, double *dx) noexcept nogil
cdef void selu_backward_from_result_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *y, uint16_t *dx) noexcept nogil
cdef double selu_backward_from_result_scalar(double g, double y) noexcept nogil
cdef void celu_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y) noexcept nogil
cdef void celu_float32(Py_ssize_t n, const float *x, float alpha, float *y) noexcept nogil
cdef void celu_float64(Py_ssize_t n, const double *x, double alpha, double *y) noexcept nogil
cdef void celu_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y) noexcept nogil
cdef double celu_scalar(double x, double alpha) noexcept nogil
cdef void celu_grad_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *dy) noexcept nogil
cdef void celu_grad_float32(Py_ssize_t n, const float *x, float alpha, float *dy) noexcept nogil
cdef void celu_grad_float64(Py_ssize_t n, const double *x, double alpha, double *dy) noexcept nogil
cdef void celu_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *dy) noexcept nogil
cdef double celu_grad_scalar(double x, double alpha) noexcept nogil
cdef void celu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float alpha, uint16_t *dx) noexcept nogil
cdef void celu_backward_float32(Py_ssize_t n, const float *g, const float *x, float alpha, float *dx) noexcept nogil
cdef void celu_backward_float64(Py_ssize_t n, const double *g, const double *x, double alpha, double *dx) noexcept nogil
cdef void celu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float alpha, uint16_t *dx) noexcept nogil
cdef double celu_backward_scalar(double g, double x, double alpha) noexcept nogil
cdef void celu_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void celu_value_and_grad_float32(Py_ssize_t n, const float *x, float alpha, float *y, float *dy) noexcept nogil
cdef void celu_value_and_grad_float64(Py_ssize_t n, const double *x, double alpha, double *y, double *dy) noexcept nogil
cdef void celu_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float alpha, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void celu_backward_from_result_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *y, float alpha, uint16_t *dx) noexcept nogil
cdef void celu_backward_from_result_float32(Py_ssize_t n, const float *g, const float *y, float alpha, float *dx) noexcept nogil
cdef void celu_backward_from_result_float64(Py_ssize_t n, const double *g, const double *y, double alpha, double *dx) noexcept nogil
cdef void celu_backward_from_result_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *y, float alpha, uint16_t *dx) noexcept nogil
cdef double celu_backward_from_result_scalar(double g, double y, double alpha) noexcept nogil
cdef void threshold_float16(Py_ssize_t n, const uint16_t *x, float threshold, float value, uint16_t *y) noexcept nogil
cdef void threshold_float32(Py_ssize_t n, const float *x, float threshold, float value, float *y) noexcept nogil
cdef void threshold_float64(Py_ssize_t n, const double *x, double threshold, double value, double *y) noexcept nogil
cdef void threshold_bfloat16(Py_ssize_t n, const uint16_t *x, float threshold, float value, uint16_t *y) noexcept nogil
cdef double threshold_scalar(double x, double threshold, double value) noexcept nogil
cdef void threshold_grad_float16(Py_ssize_t n, const uint16_t *x, float threshold, float value, uint16_t *dy) noexcept nogil
cdef void threshold_grad_float32(Py_ssize_t n, const float *x, float threshold, float value, float *dy) noexcept nogil
cdef void threshold_grad_float64(Py_ssize_t n, const double *x, double threshold, double value, double *dy) noexcept nogil
cdef void threshold_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float threshold, float value, uint16_t *dy) noexcept nogil
cdef double threshold_grad_scalar(double x, double threshold, double value) noexcept nogil
cdef void threshold_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float threshold, float value, uint16_t *dx) noexcept nogil
cdef void threshold_backward_float32(Py_ssize_t n, const float *g, const float *x, float threshold, float value, float *dx) noexcept nogil
cdef void threshold_backward_float64(Py_ssize_t n, const double *g, const double *x, double threshold, double value, double *dx) noexcept nogil
cdef void threshold_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float threshold, float value, uint16_t *dx) noexcept nogil
cdef double threshold_backward_scalar(double g, double x, double threshold, double value) noexcept nogil
cdef void threshold_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float threshold, float value, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void threshold_value_and_grad_float32(Py_ssize_t n, const float *x, float threshold, float value, float *y, float *dy) noexcept nogil
cdef void threshold_value_and_grad_float64(Py_ssize_t n, const double *x, double threshold, double value, double *y, double *dy) noexcept nogil
cdef void threshold_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float threshold, float value, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void hardswish_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void hardswish_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void hardswish_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void hardswish_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double hardswish_scalar(double x) noexcept nogil
cdef void hardswish_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void hardswish_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void hardswish_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void hardswish_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double hardswish_grad_scalar(double x) noexcept nogil
cdef void hardswish_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void hardswish_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void hardswish_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void hardswish_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double hardswish_backward_scalar(double g, double x) noexcept nogil
cdef void hardswish_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void hardswish_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void hardswish_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void hardswish_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void softplus_float16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *y) noexcept nogil
cdef void softplus_float32(Py_ssize_t n, const float *x, float beta, float *y) noexcept nogil
cdef void softplus_float64(Py_ssize_t n, const double *x, double beta, double *y) noexcept nogil
cdef void softplus_bfloat16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *y) noexcept nogil
cdef double softplus_scalar(double x, double beta) noexcept nogil
cdef void softplus_grad_float16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *dy) noexcept nogil
cdef void softplus_grad_float32(Py_ssize_t n, const float *x, float beta, float *dy) noexcept nogil
cdef void softplus_grad_float64(Py_ssize_t n, const double *x, double beta, double *dy) noexcept nogil
cdef void softplus_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *dy) noexcept nogil
cdef double softplus_grad_scalar(double x, double beta) noexcept nogil
cdef void softplus_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float beta, uint16_t *dx) noexcept nogil
cdef void softplus_backward_float32(Py_ssize_t n, const float *g, const float *x, float beta, float *dx) noexcept nogil
cdef void softplus_backward_float64(Py_ssize_t n, const double *g, const double *x, double beta, double *dx) noexcept nogil
cdef void softplus_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float beta, uint16_t *dx) noexcept nogil
cdef double softplus_backward_scalar(double g, double x, double beta) noexcept nogil
cdef void softplus_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void softplus_value_and_grad_float32(Py_ssize_t n, const float *x, float beta, float *y, float *dy) noexcept nogil
cdef void softplus_value_and_grad_float64(Py_ssize_t n, const double *x, double beta, double *y, double *dy) noexcept nogil
cdef void softplus_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void log_sigmoid_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void log_sigmoid_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void log_sigmoid_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void log_sigmoid_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double log_sigmoid_scalar(double x) noexcept nogil
cdef void log_sigmoid_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void log_sigmoid_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void log_sigmoid_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void log_sigmoid_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double log_sigmoid_grad_scalar(double x) noexcept nogil
cdef void log_sigmoid_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void log_sigmoid_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void log_sigmoid_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void log_sigmoid_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double log_sigmoid_backward_scalar(double g, double x) noexcept nogil
cdef void log_sigmoid_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void log_sigmoid_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void log_sigmoid_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void log_sigmoid_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void silu_float16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *y) noexcept nogil
cdef void silu_float32(Py_ssize_t n, const float *x, float beta, float *y) noexcept nogil
cdef void silu_float64(Py_ssize_t n, const double *x, double beta, double *y) noexcept nogil
cdef void silu_bfloat16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *y) noexcept nogil
cdef double silu_scalar(double x, double beta) noexcept nogil
cdef void silu_grad_float16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *dy) noexcept nogil
cdef void silu_grad_float32(Py_ssize_t n, const float *x, float beta, float *dy) noexcept nogil
cdef void silu_grad_float64(Py_ssize_t n, const double *x, double beta, double *dy) noexcept nogil
cdef void silu_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *dy) noexcept nogil
cdef double silu_grad_scalar(double x, double beta) noexcept nogil
cdef void silu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float beta, uint16_t *dx) noexcept nogil
cdef void silu_backward_float32(Py_ssize_t n, const float *g, const float *x, float beta, float *dx) noexcept nogil
cdef void silu_backward_float64(Py_ssize_t n, const double *g, const double *x, double beta, double *dx) noexcept nogil
cdef void silu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float beta, uint16_t *dx) noexcept nogil
cdef double silu_backward_scalar(double g, double x, double beta) noexcept nogil
cdef void silu_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void silu_value_and_grad_float32(Py_ssize_t n, const float *x, float beta, float *y, float *dy) noexcept nogil
cdef void silu_value_and_grad_float64(Py_ssize_t n, const double *x, double beta, double *y, double *dy) noexcept nogil
cdef void silu_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float beta, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void mish_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void mish_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void mish_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void mish_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double mish_scalar(double x) noexcept nogil
cdef void mish_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void mish_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void mish_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void mish_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double mish_grad_scalar(double x) noexcept nogil
cdef void mish_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void mish_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void mish_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void mish_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double mish_backward_scalar(double g, double x) noexcept nogil
cdef void mish_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void mish_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void mish_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void mish_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void gelu_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void gelu_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void gelu_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void gelu_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double gelu_scalar(double x) noexcept nogil
cdef void gelu_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void gelu_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void gelu_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void gelu_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double gelu_grad_scalar(double x) noexcept nogil
cdef void gelu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void gelu_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void gelu_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void gelu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double gelu_backward_scalar(double g, double x) noexcept nogil
cdef void gelu_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void gelu_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void gelu_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void gelu_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void gelu_tanh_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void gelu_tanh_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void gelu_tanh_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void gelu_tanh_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double gelu_tanh_scalar(double x) noexcept nogil
cdef void gelu_tanh_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void gelu_tanh_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void gelu_tanh_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void gelu_tanh_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double gelu_tanh_grad_scalar(double x) noexcept nogil
cdef void gelu_tanh_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void gelu_tanh_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void gelu_tanh_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void gelu_tanh_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double gelu_tanh_backward_scalar(double g, double x) noexcept nogil
cdef void gelu_tanh_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void gelu_tanh_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void gelu_tanh_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void gelu_tanh_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void quick_gelu_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void quick_gelu_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void quick_gelu_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void quick_gelu_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double quick_gelu_scalar(double x) noexcept nogil
cdef void quick_gelu_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void quick_gelu_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void quick_gelu_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void quick_gelu_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double quick_gelu_grad_scalar(double x) noexcept nogil
cdef void quick_gelu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void quick_gelu_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void quick_gelu_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void quick_gelu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double quick_gelu_backward_scalar(double g, double x) noexcept nogil
cdef void quick_gelu_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void quick_gelu_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void quick_gelu_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void quick_gelu_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void squareplus_float16(Py_ssize_t n, const uint16_t *x, float b, uint16_t *y) noexcept nogil
cdef void squareplus_float32(Py_ssize_t n, const float *x, float b, float *y) noexcept nogil
cdef void squareplus_float64(Py_ssize_t n, const double *x, double b, double *y) noexcept nogil
cdef void squareplus_bfloat16(Py_ssize_t n, const uint16_t *x, float b, uint16_t *y) noexcept nogil
cdef double squareplus_scalar(double x, double b) noexcept nogil
cdef void squareplus_grad_float16(Py_ssize_t n, const uint16_t *x, float b, uint16_t *dy) noexcept nogil
cdef void squareplus_grad_float32(Py_ssize_t n, const float *x, float b, float *dy) noexcept nogil
cdef void squareplus_grad_float64(Py_ssize_t n, const double *x, double b, double *dy) noexcept nogil
cdef void squareplus_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float b, uint16_t *dy) noexcept nogil
cdef double squareplus_grad_scalar(double x, double b) noexcept nogil
cdef void squareplus_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float b, uint16_t *dx) noexcept nogil
cdef void squareplus_backward_float32(Py_ssize_t n, const float *g, const float *x, float b, float *dx) noexcept nogil
cdef void squareplus_backward_float64(Py_ssize_t n, const double *g, const double *x, double b, double *dx) noexcept nogil
cdef void squareplus_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float b, uint16_t *dx) noexcept nogil
cdef double squareplus_backward_scalar(double g, double x, double b) noexcept nogil
cdef void squareplus_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float b, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void squareplus_value_and_grad_float32(Py_ssize_t n, const float *x, float b, float *y, float *dy) noexcept nogil
cdef void squareplus_value_and_grad_float64(Py_ssize_t n, const double *x, double b, double *y, double *dy) noexcept nogil
cdef void squareplus_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float b, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void hardtanh_float16(Py_ssize_t n, const uint16_t *x, float min_val, float max_val, uint16_t *y) noexcept nogil
cdef void hardtanh_float32(Py_ssize_t n, const float *x, float min_val, float max_val, float *y) noexcept nogil
cdef void hardtanh_float64(Py_ssize_t n, const double *x, double min_val, double max_val, double *y) noexcept nogil
cdef void hardtanh_bfloat16(Py_ssize_t n, const uint16_t *x, float min_val, float max_val, uint16_t *y) noexcept nogil
cdef double hardtanh_scalar(double x, double min_val, double max_val) noexcept nogil
cdef void hardtanh_grad_float16(Py_ssize_t n, const uint16_t *x, float min_val, float max_val, uint16_t *dy) noexcept nogil
cdef void hardtanh_grad_float32(Py_ssize_t n, const float *x, float min_val, float max_val, float *dy) noexcept nogil
cdef void hardtanh_grad_float64(Py_ssize_t n, const double *x, double min_val, double max_val, double *dy) noexcept nogil
cdef void hardtanh_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float min_val, float max_val, uint16_t *dy) noexcept nogil
cdef double hardtanh_grad_scalar(double x, double min_val, double max_val) noexcept nogil
cdef void hardtanh_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float min_val, float max_val, uint16_t *dx) noexcept nogil
cdef void hardtanh_backward_float32(Py_ssize_t n, const float *g, const float *x, float min_val, float max_val, float *dx) noexcept nogil
cdef void hardtanh_backward_float64(Py_ssize_t n, const double *g, const double *x, double min_val, double max_val, double *dx) noexcept nogil
cdef void hardtanh_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float min_val, float max_val, uint16_t *dx) noexcept nogil
cdef double hardtanh_backward_scalar(double g, double x, double min_val, double max_val) noexcept nogil
cdef void hardtanh_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float min_val, float max_val, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void hardtanh_value_and_grad_float32(Py_ssize_t n, const float *x, float min_val, float max_val, float *y, float *dy) noexcept nogil
cdef void hardtanh_value_and_grad_float64(Py_ssize_t n, const double *x, double min_val, double max_val, double *y, double *dy) noexcept nogil
cdef void hardtanh_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float min_val, float max_val, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void hardsigmoid_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void hardsigmoid_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void hardsigmoid_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void hardsigmoid_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double hardsigmoid_scalar(double x) noexcept nogil
cdef void hardsigmoid_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void hardsigmoid_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void hardsigmoid_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void hardsigmoid_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double hardsigmoid_grad_scalar(double x) noexcept nogil
cdef void hardsigmoid_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void hardsigmoid_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void hardsigmoid_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void hardsigmoid_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double hardsigmoid_backward_scalar(double g, double x) noexcept nogil
cdef void hardsigmoid_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void hardsigmoid_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void hardsigmoid_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void hardsigmoid_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void sigmoid_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void sigmoid_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void sigmoid_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void sigmoid_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double sigmoid_scalar(double x) noexcept nogil
cdef void sigmoid_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void sigmoid_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void sigmoid_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void sigmoid_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double sigmoid_grad_scalar(double x) noexcept nogil
cdef void sigmoid_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void sigmoid_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void sigmoid_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void sigmoid_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double sigmoid_backward_scalar(double g, double x) noexcept nogil
cdef void sigmoid_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void sigmoid_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void sigmoid_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void sigmoid_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void sigmoid_backward_from_result_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *y, uint16_t *dx) noexcept nogil
cdef void sigmoid_backward_from_result_float32(Py_ssize_t n, const float *g, const float *y, float *dx) noexcept nogil
cdef void sigmoid_backward_from_result_float64(Py_ssize_t n, const double *g, const double *y, double *dx) noexcept nogil
cdef void sigmoid_backward_from_result_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *y, uint16_t *dx) noexcept nogil
cdef double sigmoid_backward_from_result_scalar(double g, double y) noexcept nogil
cdef void tanh_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void tanh_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void tanh_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void tanh_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double tanh_scalar(double x) noexcept nogil
cdef void tanh_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void tanh_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void tanh_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void tanh_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double tanh_grad_scalar(double x) noexcept nogil
cdef void tanh_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void tanh_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void tanh_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void tanh_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double tanh_backward_scalar(double g, double x) noexcept nogil
cdef void tanh_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void tanh_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void tanh_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void tanh_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void tanh_backward_from_result_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *y, uint16_t *dx) noexcept nogil
cdef void tanh_backward_from_result_float32(Py_ssize_t n, const float *g, const float *y, float *dx) noexcept nogil
cdef void tanh_backward_from_result_float64(Py_ssize_t n, const double *g, const double *y, double *dx) noexcept nogil
cdef void tanh_backward_from_result_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *y, uint16_t *dx) noexcept nogil
cdef double tanh_backward_from_result_scalar(double g, double y) noexcept nogil
cdef void softsign_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void softsign_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void softsign_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void softsign_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double softsign_scalar(double x) noexcept nogil
cdef void softsign_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void softsign_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void softsign_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void softsign_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double softsign_grad_scalar(double x) noexcept nogil
cdef void softsign_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void softsign_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void softsign_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void softsign_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double softsign_backward_scalar(double g, double x) noexcept nogil
cdef void softsign_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void softsign_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void softsign_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void softsign_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void hardshrink_float16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *y) noexcept nogil
cdef void hardshrink_float32(Py_ssize_t n, const float *x, float lambd, float *y) noexcept nogil
cdef void hardshrink_float64(Py_ssize_t n, const double *x, double lambd, double *y) noexcept nogil
cdef void hardshrink_bfloat16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *y) noexcept nogil
cdef double hardshrink_scalar(double x, double lambd) noexcept nogil
cdef void hardshrink_grad_float16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *dy) noexcept nogil
cdef void hardshrink_grad_float32(Py_ssize_t n, const float *x, float lambd, float *dy) noexcept nogil
cdef void hardshrink_grad_float64(Py_ssize_t n, const double *x, double lambd, double *dy) noexcept nogil
cdef void hardshrink_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *dy) noexcept nogil
cdef double hardshrink_grad_scalar(double x, double lambd) noexcept nogil
cdef void hardshrink_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float lambd, uint16_t *dx) noexcept nogil
cdef void hardshrink_backward_float32(Py_ssize_t n, const float *g, const float *x, float lambd, float *dx) noexcept nogil
cdef void hardshrink_backward_float64(Py_ssize_t n, const double *g, const double *x, double lambd, double *dx) noexcept nogil
cdef void hardshrink_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float lambd, uint16_t *dx) noexcept nogil
cdef double hardshrink_backward_scalar(double g, double x, double lambd) noexcept nogil
cdef void hardshrink_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void hardshrink_value_and_grad_float32(Py_ssize_t n, const float *x, float lambd, float *y, float *dy) noexcept nogil
cdef void hardshrink_value_and_grad_float64(Py_ssize_t n, const double *x, double lambd, double *y, double *dy) noexcept nogil
cdef void hardshrink_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void softshrink_float16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *y) noexcept nogil
cdef void softshrink_float32(Py_ssize_t n, const float *x, float lambd, float *y) noexcept nogil
cdef void softshrink_float64(Py_ssize_t n, const double *x, double lambd, double *y) noexcept nogil
cdef void softshrink_bfloat16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *y) noexcept nogil
cdef double softshrink_scalar(double x, double lambd) noexcept nogil
cdef void softshrink_grad_float16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *dy) noexcept nogil
cdef void softshrink_grad_float32(Py_ssize_t n, const float *x, float lambd, float *dy) noexcept nogil
cdef void softshrink_grad_float64(Py_ssize_t n, const double *x, double lambd, double *dy) noexcept nogil
cdef void softshrink_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *dy) noexcept nogil
cdef double softshrink_grad_scalar(double x, double lambd) noexcept nogil
cdef void softshrink_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float lambd, uint16_t *dx) noexcept nogil
cdef void softshrink_backward_float32(Py_ssize_t n, const float *g, const float *x, float lambd, float *dx) noexcept nogil
cdef void softshrink_backward_float64(Py_ssize_t n, const double *g, const double *x, double lambd, double *dx) noexcept nogil
cdef void softshrink_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, float lambd, uint16_t *dx) noexcept nogil
cdef double softshrink_backward_scalar(double g, double x, double lambd) noexcept nogil
cdef void softshrink_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void softshrink_value_and_grad_float32(Py_ssize_t n, const float *x, float lambd, float *y, float *dy) noexcept nogil
cdef void softshrink_value_and_grad_float64(Py_ssize_t n, const double *x, double lambd, double *y, double *dy) noexcept nogil
cdef void softshrink_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, float lambd, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void tanhshrink_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef void tanhshrink_float32(Py_ssize_t n, const float *x, float *y) noexcept nogil
cdef void tanhshrink_float64(Py_ssize_t n, const double *x, double *y) noexcept nogil
cdef void tanhshrink_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y) noexcept nogil
cdef double tanhshrink_scalar(double x) noexcept nogil
cdef void tanhshrink_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef void tanhshrink_grad_float32(Py_ssize_t n, const float *x, float *dy) noexcept nogil
cdef void tanhshrink_grad_float64(Py_ssize_t n, const double *x, double *dy) noexcept nogil
cdef void tanhshrink_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *dy) noexcept nogil
cdef double tanhshrink_grad_scalar(double x) noexcept nogil
cdef void tanhshrink_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef void tanhshrink_backward_float32(Py_ssize_t n, const float *g, const float *x, float *dx) noexcept nogil
cdef void tanhshrink_backward_float64(Py_ssize_t n, const double *g, const double *x, double *dx) noexcept nogil
cdef void tanhshrink_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *x, uint16_t *dx) noexcept nogil
cdef double tanhshrink_backward_scalar(double g, double x) noexcept nogil
cdef void tanhshrink_value_and_grad_float16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void tanhshrink_value_and_grad_float32(Py_ssize_t n, const float *x, float *y, float *dy) noexcept nogil
cdef void tanhshrink_value_and_grad_float64(Py_ssize_t n, const double *x, double *y, double *dy) noexcept nogil
cdef void tanhshrink_value_and_grad_bfloat16(Py_ssize_t n, const uint16_t *x, uint16_t *y, uint16_t *dy) noexcept nogil
cdef void reglu_float16(Py_ssize_t n, const uint16_t *gate, const uint16_t *up, uint16_t *y) noexcept nogil
cdef void reglu_float32(Py_ssize_t n, const float *gate, const float *up, float *y) noexcept nogil
cdef void reglu_float64(Py_ssize_t n, const double *gate, const double *up, double *y) noexcept nogil
cdef void reglu_bfloat16(Py_ssize_t n, const uint16_t *gate, const uint16_t *up, uint16_t *y) noexcept nogil
cdef double reglu_scalar(double gate, double up) noexcept nogil
cdef void reglu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *gate, const uint16_t *up, uint16_t *d_gate, uint16_t *d_up) noexcept nogil
cdef void reglu_backward_float32(Py_ssize_t n, const float *g, const float *gate, const float *up, float *d_gate, float *d_up) noexcept nogil
cdef void reglu_backward_float64(Py_ssize_t n, const double *g, const double *gate, const double *up, double *d_gate, double *d_up) noexcept nogil
cdef void reglu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *gate, const uint16_t *up, uint16_t *d_gate, uint16_t *d_up) noexcept nogil
cdef void geglu_float16(Py_ssize_t n, const uint16_t *gate, const uint16_t *up, uint16_t *y) noexcept nogil
cdef void geglu_float32(Py_ssize_t n, const float *gate, const float *up, float *y) noexcept nogil
cdef void geglu_float64(Py_ssize_t n, const double *gate, const double *up, double *y) noexcept nogil
cdef void geglu_bfloat16(Py_ssize_t n, const uint16_t *gate, const uint16_t *up, uint16_t *y) noexcept nogil
cdef double geglu_scalar(double gate, double up) noexcept nogil
cdef void geglu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *gate, const uint16_t *up, uint16_t *d_gate, uint16_t *d_up) noexcept nogil
cdef void geglu_backward_float32(Py_ssize_t n, const float *g, const float *gate, const float *up, float *d_gate, float *d_up) noexcept nogil
cdef void geglu_backward_float64(Py_ssize_t n, const double *g, const double *gate, const double *up, double *d_gate, double *d_up) noexcept nogil
cdef void geglu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *gate, const uint16_t *up, uint16_t *d_gate, uint16_t *d_up) noexcept nogil
cdef void swiglu_float16(Py_ssize_t n, const uint16_t *gate, const uint16_t *up, uint16_t *y) noexcept nogil
cdef void swiglu_float32(Py_ssize_t n, const float *gate, const float *up, float *y) noexcept nogil
cdef void swiglu_float64(Py_ssize_t n, const double *gate, const double *up, double *y) noexcept nogil
cdef void swiglu_bfloat16(Py_ssize_t n, const uint16_t *gate, const uint16_t *up, uint16_t *y) noexcept nogil
cdef double swiglu_scalar(double gate, double up) noexcept nogil
cdef void swiglu_backward_float16(Py_ssize_t n, const uint16_t *g, const uint16_t *gate, const uint16_t *up, uint16_t *d_gate, uint16_t *d_up) noexcept nogil
cdef void swiglu_backward_float32(Py_ssize_t n, const float *g, const float *gate, const float *up, float *d_gate, float *d_up) noexcept nogil
cdef void swiglu_backward_float64(Py_ssize_t n, const double *g, const double *gate, const double *up, double *d_gate, double *d_up) noexcept nogil
cdef void swiglu_backward_bfloat16(Py_ssize_t n, const uint16_t *g, const uint16_t *gate, const uint16_t *up, uint16_t *d_gate, uint16_t *d_up) noexcept nogil
