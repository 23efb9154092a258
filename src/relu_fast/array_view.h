/* What the fast path needs of its arguments: views of plain arrays and numbers. */
#ifndef RELU_FAST_ARRAY_VIEW_H
#define RELU_FAST_ARRAY_VIEW_H

#include "table/catalog.h"
#include "runtime/fpenv.h"

#include <numpy/arrayscalars.h>
#include <numpy/ndarrayobject.h>

#include <stdint.h>
#include <string.h>

/* Arrays that NumPy warns about when they are written to; not in its headers. */
#define WARN_ON_WRITE (1u << 31)

/* An array, or a number as one of no dimensions. */
typedef struct {
    char *data;
    int dims;
    const npy_intp *shape, *strides;
    int flags;
    enum relu_fast_dtype dtype;
} view;

/* NumPy's number of the type ml_dtypes.bfloat16; -1: it has not been seen. */
static int bfloat16_number = -1;
static PyObject *bfloat16_scalar; /* the type of its scalars */

/* Of a C integer, by its size. */
static inline enum relu_fast_dtype integer_dtype(size_t size, int is_unsigned)
{
    const enum relu_fast_dtype with_sign = size == 1   ? RELU_FAST_INT8
                                           : size == 2 ? RELU_FAST_INT16
                                           : size == 4 ? RELU_FAST_INT32
                                                       : RELU_FAST_INT64;
    return (enum relu_fast_dtype)(with_sign + is_unsigned);
}

/* The element type of a NumPy type number; RELU_FAST_DTYPES if it is none. */
static inline enum relu_fast_dtype dtype_of(int type_number)
{
#define SIGNED_AND_UNSIGNED(id, type)                \
    case NPY_##id:                                   \
        return integer_dtype(sizeof(npy_##type), 0); \
    case NPY_U##id:                                  \
        return integer_dtype(sizeof(npy_##type), 1);
    switch (type_number) {
    case NPY_FLOAT:
        return RELU_FAST_FLOAT32;
    case NPY_DOUBLE:
        return RELU_FAST_FLOAT64;
    case NPY_HALF:
        return RELU_FAST_FLOAT16;
        SIGNED_AND_UNSIGNED(BYTE, byte)
        SIGNED_AND_UNSIGNED(SHORT, short)
        SIGNED_AND_UNSIGNED(INT, int)
        SIGNED_AND_UNSIGNED(LONG, long)
        SIGNED_AND_UNSIGNED(LONGLONG, longlong)
    default:
        return type_number == bfloat16_number ? RELU_FAST_BFLOAT16 : RELU_FAST_DTYPES;
    }
#undef SIGNED_AND_UNSIGNED
}

/* NumPy's own types that functions exist for, narrowest first: the order of a ufunc's loops. */
static const int NUMPY_TYPES[] = {
    NPY_BYTE,  NPY_UBYTE,    NPY_SHORT,     NPY_USHORT, NPY_INT,   NPY_UINT,   NPY_LONG,
    NPY_ULONG, NPY_LONGLONG, NPY_ULONGLONG, NPY_HALF,   NPY_FLOAT, NPY_DOUBLE,
};
enum { NUMPY_TYPES_COUNT = sizeof NUMPY_TYPES / sizeof *NUMPY_TYPES };

/* Whether `object` is plain: an exact ndarray of this type, native and aligned. */
static int view_array(PyObject *object, int type_number, enum relu_fast_dtype dtype, view *v)
{
    PyArrayObject *array = (PyArrayObject *)object;
    if (!PyArray_CheckExact(array) || PyArray_TYPE(array) != type_number ||
        !PyArray_ISBEHAVED_RO(array) || PyDataType_METADATA(PyArray_DESCR(array))) {
        return 0;
    }
    v->data = PyArray_BYTES(array);
    v->dims = PyArray_NDIM(array);
    v->shape = PyArray_DIMS(array);
    v->strides = PyArray_STRIDES(array);
    v->flags = PyArray_FLAGS(array);
    v->dtype = dtype;
    return 1;
}

static int view_output(PyObject *object, int type_number, enum relu_fast_dtype dtype, view *v)
{
    return view_array(object, type_number, dtype, v) &&
           (v->flags & (NPY_ARRAY_WRITEABLE | WARN_ON_WRITE)) == NPY_ARRAY_WRITEABLE;
}

/* The float32 nearest to a number; no floating-point flag of the caller is set.  Volatile, because
 * for the compiler the cast depends on no environment, and may move out of this one. */
static inline float nearest_float(double number)
{
    const fpenv caller = fpenv_save();
    const volatile double given = number;
    const volatile float nearest = (float)given;
    fpenv_restore(caller);
    return nearest;
}

/* Whether NumPy's cast of this number to float32 is silent: zeros, and what is a normal number
 * there.  In integers, because a comparison with NaN sets a flag. */
static inline int casts_silently(double number)
{
    const double smallest = 0x1p-126, too_large = 0x1.ffffffp127;
    uint64_t bits, low, high;
    memcpy(&bits, &number, sizeof bits);
    memcpy(&low, &smallest, sizeof low);
    memcpy(&high, &too_large, sizeof high);
    bits &= UINT64_MAX >> 1;
    return bits == 0 || (bits >= low && bits < high);
}

/* A Python number; returns 0 if `object` is none, or a large integer. */
static inline int read_number(PyObject *object, double *number)
{
    if (PyFloat_CheckExact(object)) {
        *number = PyFloat_AS_DOUBLE(object);
        return 1;
    }
    if (PyLong_CheckExact(object)) {
        int overflow;
        const long integer = PyLong_AsLongAndOverflow(object, &overflow);
        if (overflow || integer > 1 << 24 || integer < -(1 << 24)) return 0;
        *number = (double)integer;
        return 1;
    }
    return 0;
}

static inline int is_half_scalar(PyObject *object, enum relu_fast_dtype dtype)
{
    if (dtype == RELU_FAST_FLOAT16) return Py_TYPE(object) == &PyHalfArrType_Type;
    return dtype == RELU_FAST_BFLOAT16 && (PyObject *)Py_TYPE(object) == bfloat16_scalar;
}

/* A number as a parameter of arrays of type `dtype`, stored in `to`: a Python number, or a
 * scalar of NumPy that does not change the type of the result. */
static int view_number(PyObject *object, enum relu_fast_dtype dtype, view *v, double *to)
{
    v->data = (char *)to;
    v->dims = 0;
    v->flags = NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_F_CONTIGUOUS;
    v->dtype = RELU_FAST_FLOAT64; /* the engine rounds it */
    if (read_number(object, to)) {
        if (dtype == RELU_FAST_FLOAT64) return 1;
        if (!casts_silently(*to)) return 0;
        if (relu_fast_is_half(dtype)) {
            /* It acts as the nearest float32, whatever is computed in. */
            const float nearest = nearest_float(*to);
            memcpy(to, &nearest, sizeof nearest);
            v->dtype = RELU_FAST_FLOAT32;
        }
        return 1;
    }
    if (is_half_scalar(object, dtype)) {
        *to = PyFloat_AsDouble(object);
        return 1;
    }
    if (Py_TYPE(object) == &PyFloatArrType_Type && !relu_fast_is_half(dtype)) {
        memcpy(to, &PyArrayScalar_VAL(object, Float), sizeof(float));
        v->dtype = RELU_FAST_FLOAT32;
        return 1;
    }
    if (Py_TYPE(object) == &PyDoubleArrType_Type && dtype == RELU_FAST_FLOAT64) {
        *to = PyArrayScalar_VAL(object, Double);
        return 1;
    }
    return 0;
}

#endif
