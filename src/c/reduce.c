/* The gradient of a learned alpha: g df/dalpha(x), summed over the dimensions
 * along which alpha was broadcast.
 *
 * The sum has one fixed order, which depends on the shapes alone: not on the
 * ISA, the number of threads, or how the arrays lie in memory.  The trailing
 * dimensions that are all summed over, or all kept, make one row.
 *
 * Rows that are summed over: all elements that go into one result are taken in
 * order and cut into chunks of CHAIN * LANES; in a chunk element i goes to lane
 * i % LANES, and the lanes are added as a binary tree.
 * Rows that are kept: CHAIN rows make a chunk, added element by element.
 * Either way the chunks are then added as a binary tree, too. */
#include "floatenv.h"
#include "isa.h"
#include "threads.h"

#include <stdlib.h>
#include <string.h>

#define LANES RELU_FAST_LANES

/* The longest chain of additions.  With the trees above it (depth below 64) the
 * error stays below 2^8 * 2^-53 = 2^-45 of the sum of magnitudes, the bound
 * that is promised for float32. */
#define CHAIN 128

#define CHUNK (CHAIN * LANES)

/* A group of dimensions, C order, of g and x. */
typedef struct {
    int dims;
    ptrdiff_t shape[RELU_FAST_MAX_DIMS], g[RELU_FAST_MAX_DIMS], x[RELU_FAST_MAX_DIMS];
    ptrdiff_t elements;
} axes;

typedef struct {
    const relu_fast_kernels *kernels;
    int activation;
    ptrdiff_t size;
    const char *g, *x;
    int row_is_summed;
    axes row;          /* all summed dimensions, if the row is summed */
    axes kept, summed; /* the others */
    ptrdiff_t chunks; /* per result, or per row of results */
    ptrdiff_t width;  /* doubles per chunk: 1, or a row, padded */
    double *sums;     /* [kept][chunks][width] */
} reduction;

static void prepend(axes *a, ptrdiff_t shape, ptrdiff_t g, ptrdiff_t x)
{
    a->elements *= shape;
    if (shape == 1) return;
    /* Dimensions are held innermost first. */
    int last = a->dims - 1;
    if (a->dims && g == a->g[last] * a->shape[last] && x == a->x[last] * a->shape[last]) {
        a->shape[last] *= shape;
        return;
    }
    last = a->dims++;
    a->shape[last] = shape;
    a->g[last] = g;
    a->x[last] = x;
}

static void locate(const axes *a, ptrdiff_t index, const char **g, const char **x)
{
    for (int d = 0; d < a->dims; d++) {
        ptrdiff_t i = index % a->shape[d];
        index /= a->shape[d];
        *g += i * a->g[d];
        *x += i * a->x[d];
    }
}

/* The elements begin..begin + n of the flattened group, g and x apart. */
static void gather(const reduction *r, const axes *a, ptrdiff_t begin, ptrdiff_t n, const char *g,
                   const char *x, char *gs, char *xs)
{
    const ptrdiff_t length = a->dims ? a->shape[0] : 1;
    const ptrdiff_t g_step = a->dims ? a->g[0] : 0, x_step = a->dims ? a->x[0] : 0;
    while (n > 0) {
        ptrdiff_t count = length - begin % length;
        const char *from_g = g, *from_x = x;
        if (count > n) count = n;
        locate(a, begin, &from_g, &from_x);
        r->kernels->copy(1, count, gs, 0, r->size, from_g, 0, g_step);
        r->kernels->copy(1, count, xs, 0, r->size, from_x, 0, x_step);
        gs += count * r->size;
        xs += count * r->size;
        begin += count;
        n -= count;
    }
}

/* Adds the elements begin..begin + n of the flattened group into sums, n at
 * most CHUNK: to lane i % LANES, or (sums of a row) to sums[i]. */
static void add(const reduction *r, const axes *a, ptrdiff_t begin, ptrdiff_t n, const char *g,
                const char *x, double *sums)
{
    _Alignas(64) char gs[CHUNK * sizeof(double)], xs[CHUNK * sizeof(double)];
    relu_fast_lane_sum *kernel = r->row_is_summed ? r->kernels->lane_sums[r->activation]
                                                  : r->kernels->column_sums[r->activation];
    if (a->dims && a->g[0] == r->size && a->x[0] == r->size &&
        begin % a->shape[0] + n <= a->shape[0]) {
        ptrdiff_t whole = n & -(ptrdiff_t)LANES;
        const char *from_g = g, *from_x = x;
        locate(a, begin, &from_g, &from_x);
        kernel(whole, from_g, from_x, sums);
        begin += whole;
        n -= whole;
        if (!r->row_is_summed) sums += whole;
    }
    if (n > 0) {
        ptrdiff_t padded = (n + LANES - 1) & -(ptrdiff_t)LANES;
        gather(r, a, begin, n, g, x, gs, xs);
        memset(gs + n * r->size, 0, (size_t)((padded - n) * r->size)); /* adds g = 0 */
        memset(xs + n * r->size, 0, (size_t)((padded - n) * r->size));
        kernel(padded, gs, xs, sums);
    }
}

/* values[0] becomes the sum of `count` runs of `width` doubles, by pairs, then
 * pairs of pairs, ... */
static void add_tree(double *values, ptrdiff_t count, ptrdiff_t width)
{
    for (ptrdiff_t gap = 1; gap < count; gap *= 2) {
        for (ptrdiff_t i = 0; i + gap < count; i += 2 * gap) {
            double *to = values + i * width, *from = to + gap * width;
            for (ptrdiff_t j = 0; j < width; j++) to[j] += from[j];
        }
    }
}

static void sum_chunk_of_result(const reduction *r, ptrdiff_t chunk, const char *g, const char *x,
                                double *sum)
{
    double lanes[LANES] = {0};
    ptrdiff_t begin = chunk * CHUNK, n = r->row.elements - begin;
    add(r, &r->row, begin, n < CHUNK ? n : CHUNK, g, x, lanes);
    add_tree(lanes, LANES, 1);
    *sum = lanes[0];
}

static void sum_chunk_of_rows(const reduction *r, ptrdiff_t chunk, const char *g, const char *x,
                              double *sums)
{
    ptrdiff_t end = (chunk + 1) * CHAIN;
    if (end > r->summed.elements) end = r->summed.elements;
    memset(sums, 0, (size_t)r->width * sizeof *sums);
    for (ptrdiff_t i = chunk * CHAIN; i < end; i++) {
        const char *row_g = g, *row_x = x;
        locate(&r->summed, i, &row_g, &row_x);
        for (ptrdiff_t begin = 0; begin < r->row.elements; begin += CHUNK) {
            ptrdiff_t n = r->row.elements - begin;
            add(r, &r->row, begin, n < CHUNK ? n : CHUNK, row_g, row_x, sums + begin);
        }
    }
}

static void sum_tasks(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    const reduction *r = context;
    relu_fast_floatenv caller = relu_fast_enter();
    for (ptrdiff_t task = begin; task < end; task++) {
        const char *g = r->g, *x = r->x;
        locate(&r->kept, task / r->chunks, &g, &x);
        (r->row_is_summed ? sum_chunk_of_result : sum_chunk_of_rows)(
            r, task % r->chunks, g, x, r->sums + task * r->width);
    }
    relu_fast_leave(caller);
}

int relu_fast_alpha_gradient(int activation, enum relu_fast_dtype dtype, int dims,
                             const ptrdiff_t *shape, const char *kept, relu_fast_operand g,
                             relu_fast_operand x, double *result)
{
    reduction r = {
        .kernels = relu_fast_active_kernels(dtype),
        .activation = activation,
        .size = dtype == RELU_FAST_FLOAT32 ? 4 : 8,
        .g = g.data,
        .x = x.data,
        .kept = {.elements = 1},
        .summed = {.elements = 1},
        .row = {.elements = 1},
        .row_is_summed = 1,
    };
    int in_row = 1, row_known = 0;
    for (int d = dims - 1; d >= 0; d--) {
        if (shape[d] == 1) continue;
        if (!row_known) {
            r.row_is_summed = !kept[d];
            row_known = 1;
        }
        if (kept[d] == r.row_is_summed) in_row = 0;
        axes *group = in_row || (r.row_is_summed && !kept[d]) ? &r.row
                      : kept[d]                               ? &r.kept
                                                              : &r.summed;
        prepend(group, shape[d], g.strides[d], x.strides[d]);
    }
    ptrdiff_t results = r.kept.elements * (r.row_is_summed ? 1 : r.row.elements);
    ptrdiff_t terms = r.row_is_summed ? r.row.elements : r.summed.elements;
    if (results == 0) return 0;
    memset(result, 0, (size_t)results * sizeof *result);
    if (terms == 0) return 0;

    if (r.row_is_summed) {
        r.width = 1;
        r.chunks = (terms + CHUNK - 1) / CHUNK;
    }
    else {
        r.width = (r.row.elements + LANES - 1) & -(ptrdiff_t)LANES;
        r.chunks = (terms + CHAIN - 1) / CHAIN;
    }
    r.sums = malloc((size_t)(r.kept.elements * r.chunks) * (size_t)r.width * sizeof *r.sums);
    if (!r.sums) return -1;

    long long time =
        relu_fast_nanoseconds(relu_fast_catalog[activation].cost, results * terms * r.size);
    relu_fast_parallel(time, r.kept.elements * r.chunks, sum_tasks, &r);
    relu_fast_floatenv caller = relu_fast_enter();
    for (ptrdiff_t i = 0; i < r.kept.elements; i++) {
        double *sums = r.sums + i * r.chunks * r.width;
        ptrdiff_t n = r.row_is_summed ? 1 : r.row.elements;
        add_tree(sums, r.chunks, r.width);
        memcpy(result + i * n, sums, (size_t)n * sizeof *result);
    }
    relu_fast_leave(caller);
    free(r.sums);
    return 0;
}
