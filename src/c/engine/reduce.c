/* The gradient of a learned parameter: g df/dparameter(x), summed over the dimensions
 * along which the parameter was broadcast, in one pass over g and x.
 *
 * The sum has one fixed order, which depends on the shape alone: not on the
 * ISA, the number of threads, or how the arrays lie in memory.  The last
 * dimensions, whether summed over or kept, make a row, as many as fit; the next
 * one is cut.  Each place of a row has its own sum, so that the loop along a row
 * is long however short the dimensions are.
 *
 *     shape           summed over     row             rows
 *     N               N               64              N / 64
 *     N, 3            N               32 x 3          N / 32
 *     N, 30000        N               7504            N, four times
 *     N, C, 56, 56    N, 56, 56       2 x 56          28, N C times
 *     N, 512, 7, 7    N, 7, 7         128 x 7 x 7     N, four times
 *
 *  1. Rows are added place by place, at most CHAIN of them, in the order that
 *     kernels.h states.
 *  2. The places that belong to one result are added, one half onto the other.
 *  3. The sums of all chains that belong to one result are added as a binary tree. */
#include "rows.h"

#include "../runtime/cpu.h"
#include "../runtime/fpenv.h"
#include "../runtime/team.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LANES RELU_FAST_LANES

/* The longest chain of additions.  With the trees above it (depth below 64) the
 * error stays below 2^8 * 2^-53 = 2^-45 of the sum of magnitudes, the bound
 * that is promised for float32. */
#define CHAIN RELU_FAST_MAX_ROWS

/* The longest row: as many doubles are a quarter of an L1 cache of 32 KiB. */
#define SHORT_ROW 1024

/* Longer, 64 KiB of sums, for a kept dimension that would otherwise be read in
 * short, scattered pieces: on an EPYC of 2023, plain AVX loads of two arrays reach 0.5
 * of the speed of memory in pieces of 4 KiB, and 0.8 in four simultaneous runs of
 * 32 KiB. */
#define LONG_ROW 8192

/* Long enough for a row of a dimension that is summed over: the shorter the row, the
 * less there is to add in the end. */
#define ENOUGH_COLUMNS 64

/* A chain with fewer terms to each result goes on over the next dimension, so
 * that memory for sums is small beside g and x: 8 bytes for 32 pairs. */
#define ENOUGH_TERMS 32

/* A chain ends after this many elements, so that 10^6 are still work for four threads. */
#define CHUNK_ELEMENTS (32 * LONG_ROW)

/* So many adjacent outer indices are read as a batch where they lie closest. */
#define BATCH 128

typedef struct {
    relu_fast_source source;
    layout chain; /* the dimensions beyond the row that a chain runs along */
    layout outer; /* all others */

    /* The dimensions of a row, innermost first, adjacent ones of a kind (kept or not) as
     * one; the last is the one that is cut, whose length depends on the row. */
    int groups;
    ptrdiff_t length[RELU_FAST_MAX_DIMS + 1];
    char kept[RELU_FAST_MAX_DIMS + 1];
    ptrdiff_t inner;         /* elements inside of one index of the dimension that is cut */
    ptrdiff_t inner_results; /* results among them */
    ptrdiff_t terms_in_row;  /* of one result, in all that the row is cut from */
    ptrdiff_t columns;       /* elements of a row; the last row may be shorter */
    ptrdiff_t tiles;         /* rows that it is cut into, if it is kept */
    ptrdiff_t pieces;        /* the same if it is summed over: parts of a chain */

    ptrdiff_t chain_rows, chunks;
    ptrdiff_t batch;
    ptrdiff_t width; /* results in the row dimensions */
    ptrdiff_t depth; /* sums to each result */
    double *sums;    /* [results / width][depth][width]; NULL if depth is 1 */
    enum relu_fast_dtype dtype;
    void *result; /* [results / width][width] */
} reduction;

/* What adding a chain needs: too much for the stacks of some threads, which are as small as
 * threading.stack_size and OMP_STACKSIZE say. */
typedef struct {
    _Alignas(64) double sums[LONG_ROW + LANES];
    relu_fast_tiles tiles;
} scratch;

/* Where there is no memory, threads take turns at this one. */
static scratch reserve;
static pthread_mutex_t reserve_mutex = PTHREAD_MUTEX_INITIALIZER;

static ptrdiff_t divide_up(ptrdiff_t n, ptrdiff_t by)
{
    return (n + by - 1) / by;
}

static ptrdiff_t round_up(ptrdiff_t n, ptrdiff_t by)
{
    return divide_up(n, by) * by;
}

/* ---- The plan, from the shape alone -------------------------------------- */

/* How many indices of a dimension of length n make a row: whole vectors if possible,
 * because a remainder has to be gathered. */
static ptrdiff_t cut_kept(ptrdiff_t n, ptrdiff_t inner, ptrdiff_t longest)
{
    const ptrdiff_t cut = longest / inner;
    if (cut < LANES) return cut ? cut : 1;
    return round_up(divide_up(n, divide_up(n, cut & -LANES)), LANES); /* about equal */
}

static ptrdiff_t cut_summed(ptrdiff_t n, ptrdiff_t inner)
{
    ptrdiff_t cut = 1;
    while (cut * inner < ENOUGH_COLUMNS || (cut * inner < SHORT_ROW / 2 && cut * inner % LANES)) {
        cut *= 2;
    }
    return ptrdiff_min(cut, n);
}

/* Fills in the row; returns its first dimension, which is cut unless all fit. */
static int plan_row(reduction *r, int dims, const ptrdiff_t *shape, const char *kept,
                    ptrdiff_t terms)
{
    int d = dims, is_kept = 1;
    ptrdiff_t n = 1, longest = 0;
    while (d > 0 && n == 1) {
        n = shape[--d];
        if (n == 1) continue;
        is_kept = kept[d];
        /* A long row pays where several are added to its sums. */
        const int several = is_kept ? terms > 1 : terms > n;
        longest =
            is_kept ? (several ? LONG_ROW : SHORT_ROW) : (several ? SHORT_ROW : 2 * ENOUGH_COLUMNS);
        if (n * r->inner > longest) break;
        if (!r->groups || r->kept[r->groups - 1] != is_kept) {
            r->kept[r->groups] = (char)is_kept;
            r->length[r->groups++] = 1;
        }
        r->length[r->groups - 1] *= n;
        r->inner *= n;
        if (is_kept) r->inner_results *= n;
        if (!is_kept) terms /= n;
        n = 1;
    }
    r->kept[r->groups++] = (char)is_kept;
    ptrdiff_t cut = 1;
    if (n > 1) cut = is_kept ? cut_kept(n, r->inner, longest) : cut_summed(n, r->inner);
    r->columns = cut * r->inner;
    r->width = is_kept ? n * r->inner_results : r->inner_results;
    *(is_kept ? &r->tiles : &r->pieces) = divide_up(n, cut);
    r->terms_in_row = (is_kept ? 1 : n) * r->inner / r->inner_results;
    return d;
}

/* Distributes the dimensions before `first` over chain and outer. */
static void plan_rest(reduction *r, int first, const ptrdiff_t *shape, const char *kept,
                      const ptrdiff_t *g, const ptrdiff_t *x)
{
    char in_chain[RELU_FAST_MAX_DIMS] = {0};
    ptrdiff_t terms = r->tiles > 1 ? 1 : r->terms_in_row; /* if rows are cut, there are several */
    ptrdiff_t outside = 1;
    for (int d = first - 1; d >= 0; d--) {
        if (kept[d]) continue;
        if (terms < ENOUGH_TERMS) {
            in_chain[d] = 1;
            terms *= shape[d];
            layout_join(&r->chain, shape[d], (ptrdiff_t[]){g[d], x[d], 0});
        }
        else {
            outside *= shape[d];
        }
    }
    r->chain_rows = ptrdiff_min(CHUNK_ELEMENTS / r->columns, CHAIN);
    r->chunks = divide_up(layout_elements(&r->chain) * r->pieces, r->chain_rows);
    r->depth = r->chunks * outside;

    ptrdiff_t strides[2] = {r->chunks * r->width, r->depth * r->width}; /* summed, kept */
    for (int d = first - 1; d >= 0; d--) {
        if (in_chain[d]) continue;
        layout_join(&r->outer, shape[d], (ptrdiff_t[]){g[d], x[d], strides[!!kept[d]]});
        strides[!!kept[d]] *= shape[d];
    }
}

/* ---- Places that belong to one result ------------------------------------ */

/* [a][n][b] becomes [a][b]: the second half is added to the first until one is left.
 * A loop of fewer than four iterations is never the inner one. */
static void fold_group(double *sums, ptrdiff_t a, ptrdiff_t n, ptrdiff_t b)
{
    const ptrdiff_t stride = n * b;
    for (; n > 1; n -= n / 2) {
        const ptrdiff_t half = n / 2 * b, gap = n * b - half;
        for (ptrdiff_t j = 0; j < half && half < 4; j++) {
            double *to = sums + j;
            for (ptrdiff_t i = 0; i < a; i++) to[i * stride] += to[i * stride + gap];
        }
        for (ptrdiff_t i = 0; i < a && half >= 4; i++) {
            double *to = sums + i * stride;
            for (ptrdiff_t j = 0; j < half; j++) to[j] += to[j + gap];
        }
    }
    for (ptrdiff_t j = 0; j < b && b < 4; j++) {
        for (ptrdiff_t i = 1; i < a; i++) sums[i * b + j] = sums[i * stride + j];
    }
    for (ptrdiff_t i = 1; i < a && b >= 4; i++) {
        memmove(sums + i * b, sums + i * stride, (size_t)b * sizeof *sums);
    }
}

/* Returns how many results are left. */
static ptrdiff_t fold(const reduction *r, double *sums, ptrdiff_t columns)
{
    ptrdiff_t results = 1;
    for (int i = r->groups - 1; i >= 0; i--) {
        const ptrdiff_t n = i == r->groups - 1 ? columns / r->inner : r->length[i];
        columns /= n;
        if (!r->kept[i]) fold_group(sums, results, n, columns);
        if (r->kept[i]) results *= n;
    }
    return results;
}

/* ---- The sums ------------------------------------------------------------ */

static void store(const reduction *r, ptrdiff_t at, const double *sums, ptrdiff_t n)
{
    if (r->dtype == RELU_FAST_FLOAT32) {
        float *to = (float *)r->result + at;
        for (ptrdiff_t i = 0; i < n; i++) to[i] = (float)sums[i];
    }
    else {
        memcpy((double *)r->result + at, sums, (size_t)n * sizeof *sums);
    }
}

/* The rows of a chain from `row` on that lie equally far apart. */
static void find_rows(const reduction *r, ptrdiff_t row, relu_fast_rows *rows)
{
    const layout *a = r->pieces > 1 ? &r->source.row : &r->chain;
    const int d = r->pieces > 1 ? a->dims - 1 : 0; /* they are counted along this dimension, */
    const ptrdiff_t inside = r->pieces > 1 ? layout_elements(a) / a->shape[d] : 1;
    const ptrdiff_t columns = r->pieces > 1 ? r->columns : 1; /* from one to the next */
    const ptrdiff_t whole = a->dims ? a->shape[d] * inside / columns : 0;
    const ptrdiff_t index = r->pieces > 1 ? row % r->pieces : whole ? row % whole : 0;
    layout_offset(&r->chain, row / r->pieces, rows->offset);
    rows->count = 1;
    if (index >= whole || columns % inside) return;
    rows->count = whole - index;
    for (int k = G; k <= X; k++) rows->stride[k] = columns / inside * a->strides[d][k];
}

/* One chain of rows, at all places that are read together.  Chains are numbered as they
 * lie in memory, last dimension fastest, because memory is fast when addresses rise
 * steadily. */
static void sum_chain(const reduction *r, ptrdiff_t index, scratch *s)
{
    double *const sums = s->sums;
    const ptrdiff_t elements = layout_elements(&r->source.row);
    const ptrdiff_t tile = index % r->tiles, chunk = index / r->tiles % r->chunks;
    const ptrdiff_t columns = ptrdiff_min(elements - tile * r->columns, r->columns);
    const ptrdiff_t padded = round_up(columns, LANES);
    const ptrdiff_t first = chunk * r->chain_rows;
    const ptrdiff_t count =
        ptrdiff_min(layout_elements(&r->chain) * r->pieces - first, r->chain_rows);
    ptrdiff_t outer = index / r->tiles / r->chunks, place[ARRAYS] = {0};
    relu_fast_rows rows = {.batch = 1};
    if (r->outer.dims) {
        const ptrdiff_t length = r->outer.shape[0], strips = divide_up(length, r->batch);
        const ptrdiff_t begin = outer % strips * r->batch;
        outer = outer / strips * length + begin;
        rows.batch = ptrdiff_min(length - begin, r->batch);
        memcpy(rows.batch_stride, r->outer.strides[0], sizeof rows.batch_stride);
    }
    layout_offset(&r->outer, outer, place);
    memset(sums, 0, (size_t)(rows.batch * padded) * sizeof *sums);

    const ptrdiff_t interleave = columns > SHORT_ROW ? count / RELU_FAST_STREAMS : 0;
    for (ptrdiff_t i = 0; i < count; i += rows.count) {
        const ptrdiff_t row = first + relu_fast_nth_row(i, interleave);
        const ptrdiff_t begin = (tile + row % r->pieces) * r->columns;
        memcpy(rows.offset, place, sizeof place);
        find_rows(r, row, &rows);
        rows.count = ptrdiff_min(rows.count, count - i);
        rows.interleave = interleave;
        if (interleave &&
            (rows.count < count || !relu_fast_can_interleave(&r->source, &rows, begin, columns))) {
            rows.count = 1;
            rows.interleave = 0;
        }
        relu_fast_add_rows(&r->source, &rows, begin, ptrdiff_min(elements - begin, columns), sums,
                           padded, &s->tiles);
    }
    for (ptrdiff_t i = 0; i < rows.batch; i++) {
        double *from = sums + i * padded;
        const ptrdiff_t n = fold(r, from, columns);
        const ptrdiff_t to = place[SUMS] + i * rows.batch_stride[SUMS] + chunk * r->width +
                             tile * (r->columns / r->inner) * r->inner_results;
        if (r->sums) memcpy(r->sums + to, from, (size_t)n * sizeof *sums);
        if (!r->sums) store(r, to, from, n);
    }
}

static void sum_chains(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    scratch *own = aligned_alloc(_Alignof(scratch), sizeof *own);
    if (!own) pthread_mutex_lock(&reserve_mutex);
    const fpenv caller = fpenv_save();
    for (ptrdiff_t i = begin; i < end; i++) sum_chain(context, i, own ? own : &reserve);
    fpenv_restore(caller);
    if (!own) pthread_mutex_unlock(&reserve_mutex);
    free(own);
}

/* Each result from its sums: pairs, then pairs of pairs, ... */
static void add_trees(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    const reduction *r = context;
    const fpenv caller = fpenv_save();
    for (ptrdiff_t i = begin; i < end; i++) {
        double *sums = r->sums + i * r->depth * r->width;
        for (ptrdiff_t gap = 1; gap < r->depth; gap *= 2) {
            for (ptrdiff_t k = 0; k + gap < r->depth; k += 2 * gap) {
                double *to = sums + k * r->width, *from = to + gap * r->width;
                for (ptrdiff_t j = 0; j < r->width; j++) to[j] += from[j];
            }
        }
        store(r, i * r->width, sums, r->width);
    }
    fpenv_restore(caller);
}

/* The cost of adding two doubles in the cache (benchmarks/bench_alpha_gradient.py). */
#define ADDING_PICOSECONDS 156

int relu_fast_sum_gradient(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                           const char *kept, const relu_fast_operand *operands,
                           enum relu_fast_dtype result_dtype, void *result)
{
    const relu_fast_operand g = operands[0], x = operands[1];
    const enum relu_fast_compute compute = (enum relu_fast_compute)operation->compute;
    const relu_fast_kernels *kernels = relu_fast_active_kernels(compute);
    const relu_fast_activation *row = &relu_fast_activations[operation->activation];
    reduction r; /* set field by field, because most of its 10 KiB stays unused */
    r.source.load = kernels->moves->load[x.dtype];
    r.source.kernel = (*kernels->row_sums)[operation->activation][operation->parameter];
    r.source.size = relu_fast_size(x.dtype);
    r.source.data[G] = g.data;
    r.source.data[X] = x.data;
    layout_init(&r.source.row, ARRAYS);
    layout_init(&r.chain, ARRAYS);
    layout_init(&r.outer, ARRAYS);
    r.groups = 0;
    r.inner = r.inner_results = r.tiles = r.pieces = r.batch = 1;
    r.sums = NULL;
    r.dtype = result_dtype;
    r.result = result;
    ptrdiff_t results = 1, terms = 1;
    for (int d = 0; d < dims; d++) *(kept[d] ? &results : &terms) *= shape[d];
    if (results == 0 || terms == 0) {
        memset(result, 0, (size_t)(results * relu_fast_size(result_dtype)));
        return 0;
    }
    const int first = plan_row(&r, dims, shape, kept, terms);
    plan_rest(&r, first, shape, kept, g.strides, x.strides);
    for (int d = dims - 1; d >= first; d--) {
        layout_join(&r.source.row, shape[d], (ptrdiff_t[]){g.strides[d], x.strides[d], 0});
    }

    ptrdiff_t tasks = layout_elements(&r.outer) * r.chunks * r.tiles;
    if (r.outer.dims && r.columns <= SHORT_ROW &&
        relu_fast_is_closer(&r.source, r.outer.strides[0])) {
        r.batch = ptrdiff_min(BATCH, LONG_ROW / round_up(r.columns, LANES));
        tasks = tasks / r.outer.shape[0] * divide_up(r.outer.shape[0], r.batch);
    }
    if (r.depth > 1) {
        r.sums = malloc((size_t)(results * r.depth) * sizeof *r.sums);
        if (!r.sums) return -1;
    }
    const ptrdiff_t bytes = relu_fast_size(g.dtype) + relu_fast_size(x.dtype);
    relu_fast_parallel(relu_fast_nanoseconds(row->picoseconds[compute], results * terms, bytes),
                       tasks, sum_chains, &r);
    if (r.sums) {
        relu_fast_parallel(relu_fast_nanoseconds(ADDING_PICOSECONDS, results * r.depth, 0),
                           results / r.width, add_trees, &r);
    }
    free(r.sums);
    return 0;
}
