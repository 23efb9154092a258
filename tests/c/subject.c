/* The kernels there should be, a way to call each through the engine, and a spy
 * that stands between the two.
 *
 * The program is linked with --wrap=relu_fast_active_kernels, so that the engine
 * gets its kernels from here: the active ones, with the spy in place of one. */
#include "check.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

const char *const form_names[RELU_FAST_FORMS + 1] = {
    [RELU_FAST_VALUE] = "value",         [RELU_FAST_DERIVATIVE] = "derivative",
    [RELU_FAST_BACKWARD] = "backward",   [RELU_FAST_BACKWARD_FROM_RESULT] = "backward_from_result",
    [ALPHA_GRADIENT] = "alpha_gradient",
};
const char *const dtype_names[RELU_FAST_DTYPES] = {
    [RELU_FAST_FLOAT32] = "float32",
    [RELU_FAST_FLOAT64] = "float64",
};

int list_kernels(kernel *found)
{
    int count = 0;
    for (int activation = 0; activation < relu_fast_catalog_size; activation++) {
        for (int form = 0; form <= ALPHA_GRADIENT; form++) {
            const int sum = form == ALPHA_GRADIENT;
            const int modes = sum ? 1 : 1 + relu_fast_catalog[activation].parameters;
            if (sum ? !relu_fast_has_alpha_gradient(activation)
                    : !relu_fast_has_form(activation, (enum relu_fast_form)form)) {
                continue;
            }
            for (int i = 0; i < modes * RELU_FAST_DTYPES; i++) {
                found[count++] =
                    (kernel){activation, form, (enum relu_fast_dtype)(i / modes), i % modes};
            }
        }
    }
    return count;
}

void print_kernel(const kernel *k)
{
    printf("  %s %s %s%s", relu_fast_catalog[k->activation].name, form_names[k->form],
           dtype_names[k->dtype], k->varying ? " varying" : "");
}

/* ---- The spy ------------------------------------------------------------- */

const relu_fast_kernels *__real_relu_fast_active_kernels(enum relu_fast_dtype dtype);
const relu_fast_kernels *__wrap_relu_fast_active_kernels(enum relu_fast_dtype dtype);

static struct {
    kernel subject;
    relu_fast_kernels kernels; /* those of its dtype, with the spy */
    relu_fast_loop *loop;
    relu_fast_row_sum *row_sum;
    int output; /* operand of `loop` */
    atomic_int calls, corrupt;
} spy = {.subject.dtype = RELU_FAST_DTYPES};

const relu_fast_kernels *__wrap_relu_fast_active_kernels(enum relu_fast_dtype dtype)
{
    return dtype == spy.subject.dtype ? &spy.kernels : __real_relu_fast_active_kernels(dtype);
}

/* A bit of the first result that is not a NaN. */
static void flip_result(ptrdiff_t n, char *results)
{
    const ptrdiff_t size = relu_fast_size(spy.subject.dtype);
    _Alignas(8) char nan[8], result[8];
    store_number(NAN, spy.subject.dtype, nan);
    canonicalise(spy.subject.dtype, 1, nan);
    for (ptrdiff_t i = 0; i < n; i++, results += size) {
        memcpy(result, results, (size_t)size);
        canonicalise(spy.subject.dtype, 1, result);
        if (!memcmp(result, nan, (size_t)size)) continue;
        *results ^= 1;
        return;
    }
}

static void spying_loop(ptrdiff_t n, void *const *operands)
{
    spy.loop(n, operands);
    atomic_fetch_add(&spy.calls, 1);
    if (atomic_exchange(&spy.corrupt, 0)) flip_result(n, operands[spy.output]);
}

/* The highest bit of the exponent: lower ones may be lost when sums are rounded. */
static void flip_sum(double *sum)
{
    uint64_t bits;
    memcpy(&bits, sum, sizeof bits);
    bits ^= (uint64_t)1 << 62;
    memcpy(sum, &bits, sizeof bits);
}

static void spying_row_sum(ptrdiff_t rows, ptrdiff_t apart, ptrdiff_t columns, const char *g,
                           ptrdiff_t g_step, const char *x, ptrdiff_t x_step, double *sums)
{
    spy.row_sum(rows, apart, columns, g, g_step, x, x_step, sums);
    atomic_fetch_add(&spy.calls, 1);
    if (atomic_exchange(&spy.corrupt, 0)) flip_sum(sums);
}

void spy_on(const kernel *k, int corrupt)
{
    relu_fast_loops *loops;
    spy.subject = *k;
    spy.kernels = *__real_relu_fast_active_kernels(k->dtype);
    atomic_store(&spy.calls, 0);
    atomic_store(&spy.corrupt, corrupt);
    if (k->form == ALPHA_GRADIENT) {
        spy.row_sum = spy.kernels.row_sums[k->activation];
        spy.kernels.row_sums[k->activation] = spying_row_sum;
        return;
    }
    loops = &spy.kernels.loops[k->activation][k->form];
    spy.output = k->form >= RELU_FAST_BACKWARD ? 2 : 1;
    spy.output += relu_fast_catalog[k->activation].parameters;
    spy.loop = k->varying ? loops->varying : loops->uniform;
    *(k->varying ? &loops->varying : &loops->uniform) = spying_loop;
}

int spied_calls(void)
{
    return atomic_load(&spy.calls);
}

/* ---- The call ------------------------------------------------------------ */

void apply(const kernel *k, int dims, const ptrdiff_t *shape, relu_fast_operand g,
           relu_fast_operand x, relu_fast_operand alpha, relu_fast_operand out)
{
    const relu_fast_operation operation = {k->activation, (enum relu_fast_form)k->form, k->dtype};
    relu_fast_operand operands[RELU_FAST_MAX_OPERANDS];
    int count = 0;
    if (k->form >= RELU_FAST_BACKWARD) operands[count++] = g;
    operands[count++] = x;
    if (relu_fast_catalog[k->activation].parameters) operands[count++] = alpha;
    operands[count] = out;
    relu_fast_apply(&operation, dims, shape, operands);
}
