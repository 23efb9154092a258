/* One element-wise operation on whole arrays: simplify the shape, split it
 * over threads, and feed the kernels contiguous blocks.
 *
 * Kernels take contiguous arrays of whole vector blocks only.  Everything else
 * (steps, the last few elements) passes through a buffer in the L1 cache. */
#include "floatenv.h"
#include "isa.h"
#include "threads.h"

#include <string.h>

/* Per operand; with five operands 20 KiB, which fit in every L1 cache. */
#define BUFFER_BYTES 4096

/* Threads get multiples of this many elements, so that no two of them write to
 * one cache line of a contiguous array. */
#define SPLIT_ELEMENTS 1024

typedef struct {
    const relu_fast_kernels *kernels;
    relu_fast_loops loops;
    ptrdiff_t size; /* bytes an element */
    int operands, first_parameter, output;
    int dims; /* at least 1; the last is the row */
    ptrdiff_t shape[RELU_FAST_MAX_DIMS + 1]; /* + 1: see keep */
    char *data[RELU_FAST_MAX_OPERANDS];
    ptrdiff_t strides[RELU_FAST_MAX_OPERANDS][RELU_FAST_MAX_DIMS + 1];
} plan;

static int is_parameter(const plan *p, int k)
{
    return k >= p->first_parameter && k < p->output;
}

/* ---- Rows ---------------------------------------------------------------- */

/* Up to a buffer of elements, whatever the steps. */
static void run_block(const plan *p, relu_fast_loop *loop, ptrdiff_t n, char *const *data,
                      const ptrdiff_t *steps)
{
    _Alignas(64) char buffers[RELU_FAST_MAX_OPERANDS][BUFFER_BYTES];
    void *operands[RELU_FAST_MAX_OPERANDS] = {NULL};
    const ptrdiff_t block = RELU_FAST_BLOCK(p->size);
    const ptrdiff_t padded = (n + block - 1) & -block;
    int buffered = 0;

    for (int k = 0; k < p->operands; k++) {
        if ((is_parameter(p, k) && loop == p->loops.uniform) ||
            (steps[k] == p->size && n == padded)) {
            operands[k] = data[k];
            continue;
        }
        operands[k] = buffers[k];
        if (k == p->output) {
            buffered = 1;
        }
        else {
            /* The padding is computed and thrown away: zeros are quick. */
            memset(buffers[k] + (padded - block) * p->size, 0, (size_t)(block * p->size));
            p->kernels->gather(n, buffers[k], data[k], steps[k]);
        }
    }
    loop(padded, operands);
    if (buffered) p->kernels->scatter(n, data[p->output], steps[p->output], buffers[p->output]);
}

static void run_row(const plan *p, ptrdiff_t n, char *const *data, const ptrdiff_t *steps)
{
    char *at[RELU_FAST_MAX_OPERANDS];
    relu_fast_loop *loop = p->loops.uniform;
    int contiguous = 1;

    for (int k = 0; k < p->operands; k++) {
        at[k] = data[k];
        if (is_parameter(p, k) && steps[k] != 0 && n > 1) loop = p->loops.varying;
    }
    for (int k = 0; k < p->operands; k++) {
        int uniform = is_parameter(p, k) && loop == p->loops.uniform;
        if (steps[k] != p->size && !uniform) contiguous = 0;
    }
    ptrdiff_t whole = n & -RELU_FAST_BLOCK(p->size);
    if (contiguous && whole) {
        loop(whole, (void *const *)at);
    }
    else {
        whole = 0;
    }
    while (whole < n) {
        ptrdiff_t count = BUFFER_BYTES / p->size;
        if (count > n - whole) count = n - whole;
        for (int k = 0; k < p->operands; k++) at[k] = data[k] + whole * steps[k];
        run_block(p, loop, count, at, steps);
        whole += count;
    }
}

/* The elements begin..end of the flattened shape. */
static void run_range(const plan *p, ptrdiff_t begin, ptrdiff_t end)
{
    const int row = p->dims - 1;
    const ptrdiff_t length = p->shape[row];
    ptrdiff_t index[RELU_FAST_MAX_DIMS + 1];
    char *data[RELU_FAST_MAX_OPERANDS], *at[RELU_FAST_MAX_OPERANDS];
    ptrdiff_t steps[RELU_FAST_MAX_OPERANDS];
    ptrdiff_t rest = begin / length, column = begin % length;

    for (int d = row - 1; d >= 0; d--) {
        index[d] = rest % p->shape[d];
        rest /= p->shape[d];
    }
    for (int k = 0; k < p->operands; k++) {
        steps[k] = p->strides[k][row];
        data[k] = p->data[k];
        for (int d = 0; d < row; d++) data[k] += index[d] * p->strides[k][d];
    }
    while (begin < end) {
        ptrdiff_t n = length - column < end - begin ? length - column : end - begin;
        for (int k = 0; k < p->operands; k++) at[k] = data[k] + column * steps[k];
        run_row(p, n, at, steps);
        begin += n;
        column = 0;
        for (int d = row - 1; d >= 0; d--) {
            int wraps = ++index[d] == p->shape[d];
            ptrdiff_t moved = wraps ? 1 - p->shape[d] : 1;
            if (wraps) index[d] = 0;
            for (int k = 0; k < p->operands; k++) data[k] += moved * p->strides[k][d];
            if (!wraps) break;
        }
    }
}

/* ---- The shape ----------------------------------------------------------- */

/* Any order of the elements is as good as another, so: no dimensions of length
 * 1, the output's steps positive and falling, and dimensions that follow each
 * other in every operand made one. */
static void simplify(plan *p, int dims, const ptrdiff_t *shape, const relu_fast_operand *operands)
{
    int order[RELU_FAST_MAX_DIMS], kept = 0;
    const ptrdiff_t *output = operands[p->output].strides;

    for (int d = 0; d < dims; d++) {
        if (shape[d] == 1) continue;
        int place = kept++;
        ptrdiff_t step = output[d] < 0 ? -output[d] : output[d];
        for (; place > 0; place--) {
            ptrdiff_t other = output[order[place - 1]];
            if ((other < 0 ? -other : other) >= step) break;
            order[place] = order[place - 1];
        }
        order[place] = d;
    }
    p->dims = 0;
    for (int i = 0; i < kept; i++) {
        int d = order[i], last = p->dims - 1, follows = p->dims > 0;
        ptrdiff_t steps[RELU_FAST_MAX_OPERANDS];
        for (int k = 0; k < p->operands; k++) {
            steps[k] = operands[k].strides[d];
            if (output[d] < 0) {
                p->data[k] += (shape[d] - 1) * steps[k];
                steps[k] = -steps[k];
            }
            follows = follows && p->strides[k][last] == steps[k] * shape[d];
        }
        if (follows) {
            p->shape[last] *= shape[d];
        }
        else {
            last = p->dims++;
            p->shape[last] = shape[d];
        }
        for (int k = 0; k < p->operands; k++) p->strides[k][last] = steps[k];
    }
    if (!p->dims) {
        p->dims = 1;
        p->shape[0] = 1;
        for (int k = 0; k < p->operands; k++) p->strides[k][0] = p->size;
    }
}

typedef struct {
    char *low, *high;
} extent;

static extent extent_of(const plan *p, int dims, const ptrdiff_t *shape, relu_fast_operand operand)
{
    extent bytes = {operand.data, operand.data + p->size};
    for (int d = 0; d < dims; d++) {
        ptrdiff_t reach = (shape[d] - 1) * operand.strides[d];
        if (reach < 0) {
            bytes.low += reach;
        }
        else {
            bytes.high += reach;
        }
    }
    return bytes;
}

/* Whether the order in which elements are computed can be seen: where the
 * output has one place for several elements, or overlaps an input otherwise
 * than element on element. */
static int order_matters(const plan *p, int dims, const ptrdiff_t *shape,
                         const relu_fast_operand *operands)
{
    const relu_fast_operand output = operands[p->output];
    for (int d = 0; d < dims; d++) {
        if (shape[d] > 1 && output.strides[d] == 0) return 1;
    }
    extent written = extent_of(p, dims, shape, output);
    for (int k = 0; k < p->output; k++) {
        int same = operands[k].data == output.data;
        for (int d = 0; d < dims && same; d++) {
            same = shape[d] == 1 || operands[k].strides[d] == output.strides[d];
        }
        extent read = extent_of(p, dims, shape, operands[k]);
        if (!same && read.low < written.high && written.low < read.high) return 1;
    }
    return 0;
}

/* The dimensions as they were given, for run_range one element at a time. */
static void keep(plan *p, int dims, const ptrdiff_t *shape, const relu_fast_operand *operands)
{
    p->dims = dims + 1;
    memcpy(p->shape, shape, (size_t)dims * sizeof *shape);
    p->shape[dims] = 1;
    for (int k = 0; k < p->operands; k++) {
        memcpy(p->strides[k], operands[k].strides, (size_t)dims * sizeof *shape);
        p->strides[k][dims] = p->size;
    }
}

/* ---- The operation ------------------------------------------------------- */

typedef struct {
    const plan *p;
    ptrdiff_t elements;
} job;

static void run_part(void *context, int part, int parts)
{
    const job *j = context;
    ptrdiff_t share = (j->elements / parts + SPLIT_ELEMENTS) & -(ptrdiff_t)SPLIT_ELEMENTS;
    ptrdiff_t begin = part * share, end = begin + share;
    if (end > j->elements || part == parts - 1) end = j->elements;
    relu_fast_floatenv caller = relu_fast_enter();
    if (begin < end) run_range(j->p, begin, end);
    relu_fast_leave(caller);
}

void relu_fast_apply(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                     const relu_fast_operand *operands)
{
    const relu_fast_activation *activation = &relu_fast_catalog[operation->activation];
    plan p;
    p.kernels = relu_fast_active_kernels(operation->dtype);
    p.loops = p.kernels->loops[operation->activation][operation->form];
    p.size = operation->dtype == RELU_FAST_FLOAT32 ? 4 : 8;
    p.first_parameter = operation->form >= RELU_FAST_BACKWARD ? 2 : 1;
    p.output = p.first_parameter + activation->parameters;
    p.operands = p.output + 1;
    for (int k = 0; k < p.operands; k++) p.data[k] = operands[k].data;

    ptrdiff_t elements = 1;
    for (int d = 0; d < dims; d++) elements *= shape[d];
    if (elements == 0) return;

    int threads = 1;
    if (elements > 1 && order_matters(&p, dims, shape, operands)) {
        keep(&p, dims, shape, operands);
    }
    else {
        simplify(&p, dims, shape, operands);
        threads = relu_fast_threads_for(activation->cost, elements);
    }
    job whole = {&p, elements};
    if (threads > 1) {
        relu_fast_parallel(threads, run_part, &whole);
    }
    else {
        run_part(&whole, 0, 1);
    }
}
