/* The kernels there should be, a way to call each through the engine, and a spy
 * that stands between the two.
 *
 * The program is linked with --wrap=relu_fast_active_kernels, so that the engine
 * gets its kernels from here: the active ones, with the spy in place of one. */
#include "check.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The two outputs of value_and_grad must have the bits of the single calls.  NULL: a sum is
 * called after its parameter. */
static const char *const hash_names[RELU_FAST_FORMS][RELU_FAST_MAX_OUTPUTS] = {
    [RELU_FAST_VALUE] = {"value"},
    [RELU_FAST_GRAD] = {"derivative"},
    [RELU_FAST_BACKWARD] = {"backward"},
    [RELU_FAST_VALUE_AND_GRAD] = {"value", "derivative"},
    [RELU_FAST_BACKWARD_FROM_RESULT] = {"backward_from_result"},
    [RELU_FAST_GATED_VALUE] = {"value"},
    [RELU_FAST_GATED_BACKWARD] = {"gate_gradient", "up_gradient"},
};

const char *hash_name(const kernel *k, int output)
{
    static char of_sum[64];
    if (!is_sum(k)) return hash_names[k->form][output];
    snprintf(of_sum, sizeof of_sum, "%s_gradient",
             relu_fast_activations[k->activation].parameter[k->parameter].name);
    return of_sum;
}

int is_sum(const kernel *k)
{
    return relu_fast_forms[k->form].kind == RELU_FAST_KIND_SUM;
}

relu_fast_operation operation_of(const kernel *k)
{
    return relu_fast_make_operation(k->activation, k->form, k->dtype);
}

int roles_of(const kernel *k, int *roles)
{
    const relu_fast_operation o = operation_of(k);
    const char *name = relu_fast_forms[k->form].inputs;
    int count = 0;
    for (; name; name = strchr(name, ' ') ? strchr(name, ' ') + 1 : NULL) {
        const size_t length = strcspn(name, " ");
        const int is_g = length == 1 && *name == 'g';
        const int is_up = length == 2 && *name == 'u';
        roles[count++] = is_g || is_up ? G : X;
    }
    for (int i = 0; i < o.parameters; i++) roles[count++] = PARAMETERS + i;
    for (int i = 0; i < o.outputs; i++) roles[count++] = OUTPUTS + i;
    return count;
}

/* Those of a form of one activation, for one type of elements. */
static int list_kernels_of(kernel k, kernel *found)
{
    const relu_fast_activation *row = &relu_fast_activations[k.activation];
    int count = 0;
    switch (relu_fast_forms[k.form].kind) {
    case RELU_FAST_KIND_IN_PLACE:
        break; /* a function of the bridge */
    case RELU_FAST_KIND_ELEMENTWISE:
        for (k.varying = 0; k.varying <= (row->parameters > 0); k.varying++) found[count++] = k;
        break;
    case RELU_FAST_KIND_SUM:
        for (; k.parameter < row->parameters; k.parameter++) {
            if (row->parameter[k.parameter].derivative) found[count++] = k;
        }
        break;
    }
    return count;
}

int list_kernels(kernel *found)
{
    int count = 0;
    for (int activation = 0; activation < RELU_FAST_ACTIVATIONS; activation++) {
        for (int f = 0; f < RELU_FAST_FORMS; f++) {
            const enum relu_fast_form form = (enum relu_fast_form)f;
            if (!relu_fast_has_form(activation, form)) continue;
            for (int d = 0; d < RELU_FAST_DTYPES; d++) {
                const enum relu_fast_dtype dtype = (enum relu_fast_dtype)d;
                const kernel k = {activation, form, dtype, 0, 0};
                if (!relu_fast_takes(activation, form, dtype)) continue;
                if (is_sum(&k) && relu_fast_is_half(dtype)) continue; /* the bridge widens them */
                count += list_kernels_of(k, found + count);
            }
        }
    }
    return count;
}

void print_kernel(const kernel *k)
{
    printf("  %s %s %s%s", relu_fast_activations[k->activation].name,
           is_sum(k) ? hash_name(k, 0) : relu_fast_forms[k->form].id,
           relu_fast_dtype_names[k->dtype], k->varying ? " varying" : "");
}

/* ---- The spy ------------------------------------------------------------- */

const relu_fast_kernels *__real_relu_fast_active_kernels(enum relu_fast_compute compute);
const relu_fast_kernels *__wrap_relu_fast_active_kernels(enum relu_fast_compute compute);

static struct {
    enum relu_fast_compute compute;
    enum relu_fast_dtype dtype; /* of its operands */
    int is_converted;           /* from and to another type */
    relu_fast_kernels kernels;  /* those that compute like it, with the spy */
    relu_fast_elementwise elementwise;
    relu_fast_row_sums row_sums;
    relu_fast_rounded_once rounded_once;
    relu_fast_on_bits on_bits;
    relu_fast_loop *loop;
    relu_fast_row_sum *row_sum;
    int output; /* the operand of `loop` that is corrupted */
    atomic_int calls, partial_blocks, corrupt;
} spy = {.compute = RELU_FAST_KERNEL_SETS};

const relu_fast_kernels *__wrap_relu_fast_active_kernels(enum relu_fast_compute compute)
{
    return compute == spy.compute ? &spy.kernels : __real_relu_fast_active_kernels(compute);
}

/* A bit of the first result that is not a NaN: the lowest one, or where that may be lost because
 * results are rounded, the sign. */
static void flip_result(ptrdiff_t n, char *results)
{
    const enum relu_fast_dtype dtype = spy.dtype;
    const ptrdiff_t size = relu_fast_size(dtype);
    _Alignas(8) char nan[8], result[8];
    store_number(NAN, dtype, nan);
    canonicalise(dtype, 1, nan);
    for (ptrdiff_t i = 0; i < n; i++, results += size) {
        memcpy(result, results, (size_t)size);
        canonicalise(dtype, 1, result);
        if (!memcmp(result, nan, (size_t)size)) continue;
        if (spy.is_converted) results[size - 1] ^= (char)0x80;
        else *results ^= 1;
        return;
    }
}

static void spying_loop(ptrdiff_t n, void *const *operands)
{
    const ptrdiff_t block = relu_fast_block(relu_fast_size(spy.dtype));
    spy.loop(n, operands);
    atomic_fetch_add(&spy.calls, 1);
    if (n % block) atomic_fetch_add(&spy.partial_blocks, 1);
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

static void spying_row_sum(ptrdiff_t rows, ptrdiff_t interleave, ptrdiff_t columns, const char *g,
                           ptrdiff_t g_stride, const char *x, ptrdiff_t x_stride, double *sums)
{
    spy.row_sum(rows, interleave, columns, g, g_stride, x, x_stride, sums);
    atomic_fetch_add(&spy.calls, 1);
    if (columns % RELU_FAST_LANES) atomic_fetch_add(&spy.partial_blocks, 1);
    if (atomic_exchange(&spy.corrupt, 0)) flip_sum(sums);
}

/* Where the engine finds the element-wise kernel, in the spy's copy of the table. */
static relu_fast_loop **find_loop(const kernel *k, const relu_fast_operation *o)
{
    relu_fast_loops *loops;
    switch ((enum relu_fast_kernel_kind)o->kind) {
    case RELU_FAST_ON_BITS:
        memcpy(spy.on_bits, *spy.kernels.on_bits, sizeof spy.on_bits);
        spy.kernels.on_bits = (const relu_fast_on_bits *)&spy.on_bits;
        return &spy.on_bits[k->dtype][o->row][k->form];
    case RELU_FAST_ROUNDED_ONCE:
        memcpy(spy.rounded_once, *spy.kernels.rounded_once, sizeof spy.rounded_once);
        spy.kernels.rounded_once = (const relu_fast_rounded_once *)&spy.rounded_once;
        loops = &spy.rounded_once[k->dtype == RELU_FAST_BFLOAT16][o->row][k->form];
        break;
    default:
        memcpy(spy.elementwise, *spy.kernels.elementwise, sizeof spy.elementwise);
        spy.kernels.elementwise = (const relu_fast_elementwise *)&spy.elementwise;
        loops = &spy.elementwise[k->activation][k->form];
    }
    return k->varying ? &loops->varying : &loops->uniform;
}

void spy_on(const kernel *k, int corrupt)
{
    const relu_fast_operation o = operation_of(k);
    spy.compute = (enum relu_fast_compute)o.compute;
    spy.dtype = relu_fast_is_on_bits(&o) ? k->dtype : relu_fast_dtype_of(spy.compute);
    spy.is_converted = spy.dtype != k->dtype;
    spy.kernels = *__real_relu_fast_active_kernels(spy.compute);
    atomic_store(&spy.calls, 0);
    atomic_store(&spy.partial_blocks, 0);
    atomic_store(&spy.corrupt, corrupt != NOTHING);
    if (is_sum(k)) {
        memcpy(spy.row_sums, *spy.kernels.row_sums, sizeof spy.row_sums);
        spy.kernels.row_sums = (const relu_fast_row_sums *)&spy.row_sums;
        relu_fast_row_sum **row_sum = &spy.row_sums[k->activation][k->parameter];
        spy.row_sum = *row_sum;
        *row_sum = spying_row_sum;
        return;
    }
    relu_fast_loop **loop = find_loop(k, &o);
    spy.output = o.inputs + o.parameters + corrupt;
    spy.loop = *loop;
    *loop = spying_loop;
}

int spied_calls(void)
{
    return atomic_load(&spy.calls);
}

int spied_partial_blocks(void)
{
    return atomic_load(&spy.partial_blocks);
}

/* ---- The calls ----------------------------------------------------------- */

int apply(const kernel *k, int dims, const ptrdiff_t *shape, const relu_fast_operand *by_role,
          enum relu_fast_overlap overlap)
{
    const relu_fast_operation operation = operation_of(k);
    relu_fast_operand operands[RELU_FAST_MAX_OPERANDS];
    int roles[RELU_FAST_MAX_OPERANDS];
    const int count = roles_of(k, roles);
    for (int i = 0; i < count; i++) operands[i] = by_role[roles[i]];
    return relu_fast_apply(&operation, dims, shape, operands, overlap);
}

void sum(const kernel *k, int dims, const ptrdiff_t *shape, const char *kept, relu_fast_operand g,
         relu_fast_operand x, void *results)
{
    relu_fast_operation operation = operation_of(k);
    operation.parameter = (unsigned char)k->parameter;
    if (relu_fast_sum_gradient(&operation, dims, shape, kept, g, x, k->dtype, results)) {
        fprintf(stderr, "no memory\n");
        exit(2);
    }
}
