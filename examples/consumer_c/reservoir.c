/* An echo state network's reservoir: a recurrent network whose weights are fixed at random.
 * A step's result is the next one's input, so a Python call per step would cost more than the
 * computing.  Here all steps are one call, without the GIL. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <relu_fast.h>

#include <string.h>

static relu_fast_tanh_float64_function *tanh_float64;
static const relu_fast_api *relu_fast;
static const relu_fast_operation *leaky_relu;

/* A C-contiguous buffer of doubles of so many dimensions. */
static int get_buffer(PyObject *object, const char *name, int dims, int flags, Py_buffer *buffer)
{
    if (PyObject_GetBuffer(object, buffer, PyBUF_FORMAT | PyBUF_STRIDES | flags)) return 0;
    if (buffer->ndim == dims && !strcmp(buffer->format, "d")) return 1;
    PyErr_Format(PyExc_ValueError, "%s must be an array of float64 with %d dimensions", name, dims);
    PyBuffer_Release(buffer);
    return 0;
}

static PyObject *run(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    (void)module;
    Py_buffer weights, inputs, states;
    PyObject *result = NULL;
    if (count != 3) {
        PyErr_SetString(PyExc_TypeError, "run(weights, inputs, states) takes 3 arguments");
        return NULL;
    }
    if (!get_buffer(args[0], "weights", 2, PyBUF_C_CONTIGUOUS, &weights)) return NULL;
    if (!get_buffer(args[1], "inputs", 2, PyBUF_C_CONTIGUOUS, &inputs)) goto release_weights;
    if (!get_buffer(args[2], "states", 2, PyBUF_C_CONTIGUOUS | PyBUF_WRITABLE, &states))
        goto release_inputs;
    const Py_ssize_t steps = inputs.shape[0], n = inputs.shape[1];
    if (weights.shape[0] != n || weights.shape[1] != n || states.shape[0] != steps ||
        states.shape[1] != n) {
        PyErr_SetString(PyExc_ValueError,
                        "run: weights must be (n, n), inputs and states (steps, n)");
        goto release_states;
    }
    const double *w = weights.buf, *u = inputs.buf;
    double *h = states.buf;
    Py_BEGIN_ALLOW_THREADS for (Py_ssize_t t = 0; t < steps; t++, u += n, h += n)
    {
        for (Py_ssize_t i = 0; i < n; i++) {
            double sum = u[i];
            for (Py_ssize_t k = 0; t && k < n; k++) sum += w[i * n + k] * h[k - n];
            h[i] = sum;
        }
        tanh_float64(n, h, h);
    }
    Py_END_ALLOW_THREADS result = Py_NewRef(Py_None);

release_states:
    PyBuffer_Release(&states);
release_inputs:
    PyBuffer_Release(&inputs);
release_weights:
    PyBuffer_Release(&weights);
    return result;
}

/* In place, with an alpha for each column, of an array of any strides. */
static PyObject *rectify_columns(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    (void)module;
    Py_buffer array, alpha;
    PyObject *result = NULL;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "rectify_columns(array, alpha) takes 2 arguments");
        return NULL;
    }
    if (!get_buffer(args[0], "array", 2, PyBUF_WRITABLE, &array)) return NULL;
    if (!get_buffer(args[1], "alpha", 1, 0, &alpha)) goto release_array;
    if (alpha.shape[0] != array.shape[1]) {
        PyErr_SetString(PyExc_ValueError,
                        "rectify_columns: alpha must have a number for each column");
        goto release_alpha;
    }
    const ptrdiff_t alpha_strides[] = {0, alpha.strides[0]}; /* 0: it is broadcast */
    const relu_fast_operand operands[] = {
        {array.buf, array.strides, RELU_FAST_FLOAT64},
        {alpha.buf, alpha_strides, RELU_FAST_FLOAT64},
        {array.buf, array.strides, RELU_FAST_FLOAT64},
    };
    int computed;
    Py_BEGIN_ALLOW_THREADS computed =
        relu_fast->apply(leaky_relu, 2, array.shape, operands, RELU_FAST_OVERLAP_REFUSE);
    Py_END_ALLOW_THREADS if (computed) result = Py_NewRef(Py_None);
    else PyErr_SetString(PyExc_ValueError, "rectify_columns: array and alpha overlap");

release_alpha:
    PyBuffer_Release(&alpha);
release_array:
    PyBuffer_Release(&array);
    return result;
}

static PyMethodDef methods[] = {
    {"run", (PyCFunction)(void (*)(void))run, METH_FASTCALL,
     "run(weights, inputs, states): the states of all steps, each from the one before"},
    {"rectify_columns", (PyCFunction)(void (*)(void))rectify_columns, METH_FASTCALL,
     "rectify_columns(array, alpha): leaky_relu in place, with an alpha for each column"},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "reservoir",
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_reservoir(void)
{
    relu_fast = relu_fast_import();
    if (!relu_fast) return NULL;
    tanh_float64 = RELU_FAST_GET(relu_fast, tanh_float64);
    leaky_relu = relu_fast->find("leaky_relu", RELU_FAST_FLOAT64);
    if (!tanh_float64 || !leaky_relu) {
        PyErr_SetString(PyExc_ImportError, "reservoir needs a newer relu_fast");
        return NULL;
    }
    return PyModule_Create(&definition);
}
