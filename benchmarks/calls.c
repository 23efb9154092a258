/* Calls of the compiled API in a loop, for compare_compiled.py: the seconds that they take. */
#include <relu_fast.h>

#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#define TIMED(call)                               \
    const double start = now();                   \
    for (ptrdiff_t i = 0; i < repeats; i++) call; \
    return now() - start;

double function(relu_fast_elu_float32_function *f, ptrdiff_t n, const float *x, float alpha,
                float *y, ptrdiff_t repeats)
{
    TIMED(f(n, x, alpha, y))
}

double numbers(relu_fast_elu_scalar_function *f, ptrdiff_t n, const float *x, float alpha, float *y,
               ptrdiff_t repeats)
{
    TIMED({
        for (ptrdiff_t k = 0; k < n; k++) y[k] = (float)f(x[k], alpha);
    })
}

double operation(const relu_fast_api *api, const char *name, ptrdiff_t n, const float *x,
                 float alpha, float *y, ptrdiff_t repeats)
{
    const relu_fast_operation *found = api->find(name, RELU_FAST_FLOAT32);
    const ptrdiff_t stride = sizeof *x, none = 0;
    const relu_fast_operand operands[] = {
        {(char *)x, &stride, RELU_FAST_FLOAT32},
        {(char *)&alpha, &none, RELU_FAST_FLOAT32},
        {(char *)y, &stride, RELU_FAST_FLOAT32},
    };
    TIMED(api->apply(found, 1, &n, operands, RELU_FAST_OVERLAP_REFUSE))
}

typedef void inner_loop(char **, const ptrdiff_t *, const ptrdiff_t *, void *);

double ufunc_loop(inner_loop *loop, void *data, ptrdiff_t n, const float *x, float alpha, float *y,
                  ptrdiff_t repeats)
{
    const ptrdiff_t strides[] = {sizeof *x, 0, sizeof *y};
    char *operands[] = {(char *)x, (char *)&alpha, (char *)y};
    TIMED(loop(operands, &n, strides, data))
}
