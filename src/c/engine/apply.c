/* One element-wise operation on whole arrays: coalesce the shape, cut it into tiles, split
 * these over threads, and feed the kernels contiguous vectors of the compute type.
 *
 * Long contiguous rows of the compute type go to the kernels as they are, and a run of tiles
 * in one row as one.  All else (strides, short rows, transposed operands, other element types,
 * a parameter that varies along rows) passes through buffers in the L1 cache, a tile at a
 * time. */
#include "layout.h"
#include "tail.h"
#include "tiling.h"

#include "../include/relu_fast.h"
#include "../runtime/cpu.h"
#include "../runtime/fpenv.h"
#include "../runtime/team.h"

#include <stdint.h>
#include <string.h>

/* From this length on the head of a contiguous array is computed by itself, so that
 * vectors lie in whole cache lines of the output: in place this takes 0.63 of the
 * time in the L2 cache, and 0.75 in L1 (benchmarks/bench_value.py). */
#define ALIGN_BYTES 8192

/* What is computed at a time where stores go past the cache.  With more, memory waits
 * for the computing: 4096 takes 1.2 times as long on two threads.  With less, calls
 * count: 256 takes 1.1 times as long (benchmarks/compare_peers.py). */
#define STREAM_BYTES 512

/* How far ahead of the computing the arrays are asked for meanwhile: the CPU's own prefetching
 * stops at the end of each page.  Without it relu of 10^7 numbers takes 1.12 times as long on
 * one thread and on two, and with 2048 or with pieces of 1024 bytes 1.05 times
 * (benchmarks/compare_peers.py). */
#define PREFETCH_BYTES 1024

/* The cost of a float32 element in kernels that only move data, with a margin: up to here
 * streaming stores are faster than ordinary ones even on one thread
 * (benchmarks/compare_peers.py). */
#define MOVING_PICOSECONDS 160

typedef struct {
    const relu_fast_moves *moves;
    relu_fast_loops loops;
    relu_fast_loop *loop;
    roles roles;
    char *data[RELU_FAST_MAX_OPERANDS];
    layout layout;
    tiling tiling;
    int is_uncached;             /* larger than the last-level cache */
    unsigned streamed;           /* a bit for each operand that the kernel writes */
    unsigned streamed_converted; /* the same for those that are stored from a buffer */
    /* From the end of a row that is a run of its own to the start of the next. */
    ptrdiff_t gaps[RELU_FAST_MAX_OPERANDS];
    /* Uniform parameters of another type than that computed in, converted. */
    double numbers[RELU_FAST_MAX_PARAMETERS];
} plan;

static int is_output(const plan *p, int k)
{
    return k >= p->roles.outputs;
}

static int is_parameter(const plan *p, int k)
{
    return k >= p->roles.parameters && k < p->roles.outputs;
}

static int is_uniform(const plan *p, int k)
{
    return is_parameter(p, k) && !p->tiling.varying;
}

/* A Python number of a float32 operation is a double, and by far the commonest case. */
static inline void load_number(const plan *p, int k, const char *from, void *to)
{
    if (p->roles.compute == RELU_FAST_FLOAT32 && p->roles.storage[k] == RELU_FAST_FLOAT64) {
        *(float *)to = (float)*(const double *)from;
        return;
    }
    p->moves->load[p->roles.storage[k]](1, 1, (relu_fast_place){to, 0, 0},
                                        (relu_fast_place){(char *)from, 0, 0});
}

/* ---- One tile ------------------------------------------------------------ */

/* The n elements before a whole cache line of the first output, at most `limit`. */
static ptrdiff_t misaligned(const plan *p, ptrdiff_t limit, const char *out)
{
    const ptrdiff_t size = relu_fast_size(p->roles.storage[p->roles.outputs]);
    return ptrdiff_min((ptrdiff_t)(-(uintptr_t)out % 64) / size, limit);
}

static void advance(const plan *p, ptrdiff_t n, char **data)
{
    for (int k = 0; k < p->roles.end; k++) {
        if (!is_uniform(p, k)) data[k] += n * p->roles.size;
    }
}

/* Ones are where every kernel takes its shortest way: in the ranges of all tables, as 0 is not
 * for tanhshrink (formulas/smooth.def), and in the domains of all parameters.  One number out
 * of range makes a call on one element, from C, 8 to 18 ns longer on x86_64_v4, and 21 to 33 ns
 * on x86_64_v3. */
#define FOUR_ONES 1, 1, 1, 1
static const float FLOAT32_ONES[16] = {FOUR_ONES, FOUR_ONES, FOUR_ONES, FOUR_ONES};
static const double FLOAT64_ONES[8] = {FOUR_ONES, FOUR_ONES};

/* Fewer elements than a block, in one padded with ones; the results for the padding are thrown
 * away. */
static void run_tail(const plan *p, ptrdiff_t n, char *const *data)
{
    _Alignas(64) char blocks[RELU_FAST_MAX_OPERANDS][64];
    void *operands[RELU_FAST_MAX_OPERANDS];
    const size_t bytes = (size_t)(n * p->roles.size);
    const int is_single = p->roles.compute == RELU_FAST_FLOAT32;
    const void *const ones = is_single ? (const void *)FLOAT32_ONES : FLOAT64_ONES;

    if (n == 0) return;
    const int arrays = p->tiling.varying ? p->roles.outputs : p->roles.parameters;
    int k = 0;
    for (; k < arrays; k++) {
        operands[k] = blocks[k];
        memcpy(blocks[k], ones, sizeof blocks[k]);
        copy_tail(blocks[k], data[k], bytes);
    }
    for (; k < p->roles.outputs; k++) operands[k] = data[k];
    for (; k < p->roles.end; k++) operands[k] = blocks[k];
    p->loop(p->roles.block, operands);
    for (k = p->roles.outputs; k < p->roles.end; k++) copy_tail(data[k], blocks[k], bytes);
}

/* Contiguous operands of any length.  The vectors that the kernel stores should not
 * straddle cache lines. */
static void run_contiguous(const plan *p, ptrdiff_t n, char *const *data)
{
    const char *out = data[p->roles.outputs];
    const ptrdiff_t head = n * p->roles.size < ALIGN_BYTES ? 0 : misaligned(p, n, out);
    if (head == 0 && (n & (p->roles.block - 1)) == 0) {
        p->loop(n, (void *const *)data);
        return;
    }
    char *at[RELU_FAST_MAX_OPERANDS];
    for (int k = 0; k < p->roles.end; k++) at[k] = data[k];
    run_tail(p, head, at);
    advance(p, head, at);
    const ptrdiff_t whole = (n - head) & -p->roles.block;
    if (whole) p->loop(whole, (void *const *)at);
    advance(p, whole, at);
    run_tail(p, n - head - whole, at);
}

/* Contiguous arrays of another type than that computed in, which fit into buffers; parameters are
 * one number each, of the compute type, or arrays as well. */
static void run_converted(const plan *p, ptrdiff_t n, char *const *data)
{
    _Alignas(64) char buffers[RELU_FAST_MAX_OPERANDS][BUFFER_BYTES];
    void *operands[RELU_FAST_MAX_OPERANDS];
    const ptrdiff_t size = p->roles.size, whole = (n + p->roles.block - 1) & -p->roles.block;
    const int is_single = p->roles.compute == RELU_FAST_FLOAT32;
    const void *const ones = is_single ? (const void *)FLOAT32_ONES : FLOAT64_ONES;
    for (int k = 0; k < p->roles.end; k++) {
        if (is_uniform(p, k)) {
            operands[k] = data[k];
            continue;
        }
        operands[k] = buffers[k];
        if (is_output(p, k)) continue;
        const enum relu_fast_dtype storage = p->roles.storage[k];
        p->moves->load[storage](1, n, (relu_fast_place){buffers[k], 0, size},
                                (relu_fast_place){data[k], 0, relu_fast_size(storage)});
        memcpy(buffers[k] + n * size, ones, (size_t)((whole - n) * size));
    }
    p->loop(whole, operands);
    for (int k = p->roles.outputs; k < p->roles.end; k++) {
        const enum relu_fast_dtype storage = p->roles.storage[k];
        p->moves->store[storage](1, n, (relu_fast_place){data[k], 0, relu_fast_size(storage)},
                                 (relu_fast_place){buffers[k], 0, size});
    }
}

static void prefetch(const char *data, ptrdiff_t bytes)
{
    for (ptrdiff_t i = 0; i < bytes; i += 64) __builtin_prefetch(data + i);
}

/* The same past the cache: a few cache lines at a time through buffers, so that reading,
 * computing and writing of neighbouring pieces overlap.  An output can be streamed only if
 * its cache lines begin at the same elements as those of the first output. */
static void run_streamed(const plan *p, ptrdiff_t n, char *const *data)
{
    _Alignas(64) char buffers[RELU_FAST_MAX_OUTPUTS][STREAM_BYTES];
    char *at[RELU_FAST_MAX_OPERANDS], *out[RELU_FAST_MAX_OPERANDS];
    const ptrdiff_t piece = STREAM_BYTES / p->roles.size;
    const int first = p->roles.outputs, end = p->roles.end;
    const ptrdiff_t head = misaligned(p, n, data[first]);
    unsigned streamed = 0;

    for (int k = 0; k < end; k++) at[k] = data[k];
    run_tail(p, head, at);
    advance(p, head, at);
    for (int k = first; k < end; k++) {
        if ((uintptr_t)at[k] % 64 == 0) streamed |= p->streamed & 1u << k;
    }
    const int arrays = p->tiling.varying ? p->roles.outputs : p->roles.parameters;
    for (n -= head; n >= piece; n -= piece) {
        const int is_near_end = n * p->roles.size < PREFETCH_BYTES + STREAM_BYTES;
        for (int k = 0; k < arrays; k++) {
            prefetch(at[k] + PREFETCH_BYTES + (is_near_end ? p->gaps[k] : 0), STREAM_BYTES);
        }
        for (int k = first; k < end; k++) {
            out[k] = at[k];
            if (streamed & 1u << k) at[k] = buffers[k - first];
        }
        p->loop(piece, (void *const *)at);
        for (int k = first; k < end; k++) {
            if (streamed & 1u << k) p->moves->stream(out[k], at[k], STREAM_BYTES);
            at[k] = out[k];
        }
        advance(p, piece, at);
    }
    run_contiguous(p, n, at);
}

static void run(const plan *p, ptrdiff_t n, char *const *data)
{
    (p->streamed ? run_streamed : run_contiguous)(p, n, data);
}

/* Of the next tile in a row, as many elements of an operand whose cache lines all count. */
static void prefetch_next(ptrdiff_t columns, relu_fast_place tile)
{
    const ptrdiff_t bytes = columns * ptrdiff_abs(tile.column);
    const char *next = tile.data + columns * tile.column;
    if (bytes <= 64 * columns) prefetch(tile.column < 0 ? next - bytes : next, bytes);
}

/* A row of a tile past the cache, where whole cache lines of it are. */
static void store_streamed(const plan *p, int k, ptrdiff_t columns, relu_fast_place to,
                           relu_fast_place from)
{
    _Alignas(64) char lines[BUFFER_BYTES];
    const enum relu_fast_dtype storage = p->roles.storage[k];
    const ptrdiff_t size = relu_fast_size(storage), bytes = columns * size;
    const ptrdiff_t streamed = (uintptr_t)to.data % 64 ? 0 : bytes & -64;
    const relu_fast_place place = {lines, bytes, size};
    p->moves->store[storage](1, columns, place, from);
    if (streamed) p->moves->stream(to.data, lines, streamed);
    memcpy(to.data + streamed, lines + streamed, (size_t)(bytes - streamed));
}

static void run_tile(const plan *p, ptrdiff_t rows, ptrdiff_t columns, char *const *data)
{
    _Alignas(64) char buffers[RELU_FAST_MAX_OPERANDS][BUFFER_BYTES];
    char *operands[RELU_FAST_MAX_OPERANDS];
    const ptrdiff_t size = p->roles.size;

    for (int k = 0; k < p->roles.end; k++) {
        const enum access access = p->tiling.access[k];
        const enum relu_fast_dtype storage = p->roles.storage[k];
        const relu_fast_place from = {data[k], p->layout.strides[ROW][k],
                                      p->layout.strides[COLUMN][k]};
        operands[k] = access == CONVERTED ? buffers[k] : data[k];
        if (access == CONVERTED && p->is_uncached && rows == 1) prefetch_next(columns, from);
        if (access == CONVERTED && !is_output(p, k)) {
            p->moves->load[storage](rows, columns,
                                    (relu_fast_place){buffers[k], columns * size, size}, from);
        }
        if (access == UNIFORM && storage != p->roles.compute) {
            operands[k] = buffers[k];
            load_number(p, k, data[k], buffers[k]);
        }
    }
    run(p, rows * columns, operands);
    for (int k = p->roles.outputs; k < p->roles.end; k++) {
        if (p->tiling.access[k] != CONVERTED) continue;
        const relu_fast_place from = {buffers[k], columns * size, size};
        const relu_fast_place to = {data[k], p->layout.strides[ROW][k],
                                    p->layout.strides[COLUMN][k]};
        if (p->streamed_converted & 1u << k) store_streamed(p, k, columns, to, from);
        else p->moves->store[p->roles.storage[k]](rows, columns, to, from);
    }
}

/* Whole rows, which are contiguous each. */
static void run_rows(const plan *p, ptrdiff_t rows, char *const *data)
{
    char *at[RELU_FAST_MAX_OPERANDS];
    for (int k = 0; k < p->roles.end; k++) at[k] = data[k];
    for (; rows > 0; rows--) {
        run(p, p->layout.shape[COLUMN], at);
        for (int k = 0; k < p->roles.end; k++) at[k] += p->layout.strides[ROW][k];
    }
}

/* ---- Many tiles ---------------------------------------------------------- */

/* Advances by some tiles along a dimension, not past its end, and from its end to the next
 * outer dimension. */
static void go_on(const plan *p, int d, ptrdiff_t tiles, ptrdiff_t *index, char **data)
{
    for (; d < p->layout.dims; d++, tiles = 1) {
        index[d] += tiles;
        const int wraps = index[d] == p->tiling.tiles[d];
        if (wraps) {
            tiles -= p->tiling.tiles[d];
            index[d] = 0;
        }
        for (int k = 0; k < p->roles.end; k++) {
            data[k] += tiles * p->tiling.tile[d] * p->layout.strides[d][k];
        }
        if (!wraps) break;
    }
}

/* The tiles begin..end, in the order of the dimensions. */
static void run_tiles(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    const plan *p = context;
    const ptrdiff_t *tile = p->tiling.tile, *tiles = p->tiling.tiles, *shape = p->layout.shape;
    ptrdiff_t index[LAYOUT_DIMS], left = begin;
    char *data[RELU_FAST_MAX_OPERANDS];

    for (int k = 0; k < p->roles.end; k++) data[k] = p->data[k];
    for (int d = 0; d < p->layout.dims; d++) {
        index[d] = left % tiles[d];
        left /= tiles[d];
        for (int k = 0; k < p->roles.end; k++) {
            data[k] += index[d] * tile[d] * p->layout.strides[d][k];
        }
    }
    const fpenv caller = fpenv_save();
    while (begin < end) {
        const ptrdiff_t in_row = tiles[COLUMN] - index[COLUMN];
        ptrdiff_t rows = ptrdiff_min(tile[ROW], shape[ROW] - index[ROW] * tile[ROW]);
        const ptrdiff_t columns = shape[COLUMN] - index[COLUMN] * tile[COLUMN];
        left = end - begin;
        if (p->tiling.any_converted) {
            run_tile(p, rows, ptrdiff_min(columns, tile[COLUMN]), data);
            go_on(p, COLUMN, 1, index, data);
            begin += 1;
        }
        else if (tile[ROW] == 1 && index[COLUMN] == 0 && left >= in_row) {
            rows = ptrdiff_min(tiles[ROW] - index[ROW], left / in_row);
            run_rows(p, rows, data);
            go_on(p, ROW, rows, index, data);
            begin += rows * in_row;
        }
        else {
            const ptrdiff_t count = ptrdiff_min(left, in_row);
            run(p, rows * ptrdiff_min(columns, count * tile[COLUMN]), data);
            go_on(p, COLUMN, count, index, data);
            begin += count;
        }
    }
    if (p->streamed | p->streamed_converted) p->moves->finish_stream();
    fpenv_restore(caller);
}

/* ---- The plan ------------------------------------------------------------ */

static void make_roles(roles *r, const relu_fast_operation *o, const relu_fast_operand *operands)
{
    r->compute = relu_fast_is_on_bits(o) ? operands[0].dtype
                                         : relu_fast_dtype_of((enum relu_fast_compute)o->compute);
    r->size = relu_fast_size(r->compute);
    r->block = relu_fast_block(r->size);
    r->parameters = o->inputs;
    r->outputs = o->inputs + o->parameters;
    r->end = r->outputs + o->outputs;
    for (int k = 0; k < r->end; k++) r->storage[k] = operands[k].dtype;
}

/* The dimensions as they were given, and two more of length 1 inside of them, which make
 * tiles of one element. */
static void keep_order(plan *p, int dims, const ptrdiff_t *shape, const relu_fast_operand *operands)
{
    ptrdiff_t strides[RELU_FAST_MAX_OPERANDS] = {0};
    layout_append(&p->layout, 1, strides);
    layout_append(&p->layout, 1, strides);
    for (int d = dims - 1; d >= 0; d--) {
        for (int k = 0; k < p->roles.end; k++) strides[k] = operands[k].strides[d];
        layout_append(&p->layout, shape[d], strides);
    }
}

/* Any order of the elements is as good as another, so: no dimensions of length 1, the first
 * output's strides positive and rising from the innermost dimension, and dimensions that
 * continue each other in every operand coalesced. */
static void simplify(plan *p, int dims, const ptrdiff_t *shape, const relu_fast_operand *operands)
{
    const ptrdiff_t *output = operands[p->roles.outputs].strides;
    ptrdiff_t strides[RELU_FAST_MAX_OPERANDS];
    int order[RELU_FAST_MAX_DIMS], count = 0;

    for (int d = dims - 1; d >= 0; d--) {
        if (shape[d] != 1) order[count++] = d;
    }
    relu_fast_layout_sort(count, order, output);
    for (int i = 0; i < count; i++) {
        const int d = order[i];
        for (int k = 0; k < p->roles.end; k++) {
            strides[k] = operands[k].strides[d];
            if (output[d] < 0) {
                p->data[k] += (shape[d] - 1) * strides[k];
                strides[k] = -strides[k];
            }
        }
        layout_join(&p->layout, shape[d], strides);
    }
    memset(strides, 0, sizeof strides);
    while (p->layout.dims < 2) layout_append(&p->layout, 1, strides); /* always rows and columns */
}

/* Parameters that are one number for the whole call are converted now, once. */
static void convert_numbers(plan *p, int dims, const ptrdiff_t *shape,
                            const relu_fast_operand *operands)
{
    for (int k = p->roles.parameters; k < p->roles.outputs; k++) {
        int is_number = p->roles.storage[k] != p->roles.compute;
        for (int d = 0; d < dims && is_number; d++) {
            is_number = shape[d] == 1 || operands[k].strides[d] == 0;
        }
        if (!is_number) continue;
        const fpenv caller = fpenv_save();
        load_number(p, k, p->data[k], &p->numbers[k - p->roles.parameters]);
        fpenv_restore(caller);
        p->data[k] = (char *)&p->numbers[k - p->roles.parameters];
        p->roles.storage[k] = p->roles.compute;
    }
}

static int order_matters(const plan *p, int dims, const ptrdiff_t *shape,
                         const relu_fast_operand *operands)
{
    for (int k = p->roles.outputs; k < p->roles.end; k++) {
        const relu_fast_operand out = operands[k];
        if (relu_fast_layout_overlaps_itself(dims, shape, out.strides, relu_fast_size(out.dtype)))
            return 1;
        for (int i = 0; i < k; i++) {
            if (!relu_fast_layout_meet(dims, shape, operands[i], out)) continue;
            if (is_output(p, i) || !relu_fast_layout_same(dims, shape, operands[i], out)) return 1;
        }
    }
    return 0;
}

/* Whether the elements of a tile's row follow each other without a gap. */
static int is_row_contiguous(const plan *p, int k)
{
    return p->layout.strides[COLUMN][k] == relu_fast_size(p->roles.storage[k]);
}

/* For one dimension: computes the elements before the output's first cache-line boundary, so
 * that every tile starts on one.  Returns whether there were any. */
static int align(plan *p)
{
    layout *l = &p->layout;
    const int out = p->roles.outputs;
    if (l->dims > 2 || l->shape[ROW] > 1 || !is_row_contiguous(p, out)) return 0;
    const ptrdiff_t head = misaligned(p, l->shape[COLUMN] - 1, p->data[out]);
    if (head == 0) return 0;
    const fpenv caller = fpenv_save();
    run_tile(p, 1, head, p->data);
    fpenv_restore(caller);
    for (int k = 0; k < p->roles.end; k++) p->data[k] += head * l->strides[COLUMN][k];
    l->shape[COLUMN] -= head;
    return 1;
}

/* Of an element of every input and output. */
static ptrdiff_t bytes_of_arrays(const roles *r)
{
    ptrdiff_t bytes = 0;
    for (int k = 0; k < r->end; k++) {
        if (k < r->parameters || k >= r->outputs) bytes += relu_fast_size(r->storage[k]);
    }
    return bytes;
}

/* Which outputs of an operation that is larger than the cache are streamed: all but those that
 * are read before they are written, as in place.  On one thread an exponential takes so long
 * that ordinary stores cost no more (benchmarks/compare_peers.py). */
static void find_streamed(plan *p, int moves)
{
    const int first = p->roles.outputs;
    if (!moves && relu_fast_threads() == 1) return;
    for (int k = first; k < p->roles.end; k++) {
        int streams = 1;
        for (int i = 0; i < p->roles.parameters && streams; i++) streams = p->data[i] != p->data[k];
        if (!streams) continue;
        if (p->tiling.access[k] == DIRECT && p->tiling.access[first] == DIRECT) {
            p->streamed |= 1u << k;
        }
        if (p->tiling.access[k] == CONVERTED && p->tiling.tile[ROW] == 1 &&
            is_row_contiguous(p, k)) {
            p->streamed_converted |= 1u << k;
        }
    }
}

static void find_gaps(plan *p)
{
    const layout *l = &p->layout;
    for (int k = 0; k < p->roles.end; k++) {
        p->gaps[k] = l->strides[ROW][k] - l->shape[COLUMN] * l->strides[COLUMN][k];
    }
}

/* Of an element.  What is computed on the bits only moves data. */
static int cost_of(const relu_fast_operation *operation, ptrdiff_t size)
{
    const int *picoseconds = relu_fast_activations[operation->activation].picoseconds;
    if (!relu_fast_is_on_bits(operation)) return picoseconds[operation->compute];
    return picoseconds[RELU_FAST_COMPUTE_FLOAT32] * (int)size / (int)sizeof(float);
}

/* ---- The operation ------------------------------------------------------- */

/* Up to here a contiguous array is computed at once: a second thread is not worth it, and
 * making a plan would cost more than some kernels. */
#define AT_ONCE_BYTES 16384

/* Whether two contiguous arrays of so many bytes meet, other than element on element. */
static int is_shifted(const char *a, const char *b, ptrdiff_t bytes)
{
    return a != b && a < b + bytes && b < a + bytes;
}

/* Whether an operand is an array of n contiguous elements of the first one's type. */
static inline int is_plain(const plan *p, int k, ptrdiff_t n, const relu_fast_operand *operands)
{
    const enum relu_fast_dtype storage = p->roles.storage[0];
    return p->roles.storage[k] == storage &&
           (n == 1 || operands[k].strides[0] == relu_fast_size(storage));
}

/* Whether contiguous outputs meet another operand, other than element on element. */
static int is_any_shifted(const plan *p, ptrdiff_t bytes, int numbers)
{
    for (int k = p->roles.outputs; k < p->roles.end; k++) {
        for (int i = 0; i < k; i++) {
            if (is_shifted(p->data[i], p->data[k], bytes)) return 1;
            /* A number must not be stored over while it is still needed. */
            const int apart = is_output(p, i) || (is_parameter(p, i) && numbers);
            if (apart && p->data[i] == p->data[k]) return 1;
        }
    }
    return 0;
}

/* The commonest case: few elements, all arrays contiguous and of one type, outputs the same as an
 * input or apart from all.  Returns 0 if it is another. */
static int run_at_once(plan *p, ptrdiff_t n, const relu_fast_operand *operands, int may_overlap)
{
    const roles *r = &p->roles;
    const int is_converted = r->storage[0] != r->compute;
    int k = 0, numbers = 0;
    if (is_converted && n * r->size > BUFFER_BYTES) return 0;
    for (; k < r->parameters; k++) {
        if (!is_plain(p, k, n, operands)) return 0;
    }
    for (; k < r->outputs; k++) {
        if (n == 1 || operands[k].strides[0] == 0) numbers++;
        else if (!is_plain(p, k, n, operands)) return 0;
    }
    for (; k < r->end; k++) {
        if (!is_plain(p, k, n, operands)) return 0;
    }
    if (numbers && numbers < r->outputs - r->parameters) return 0;
    if (may_overlap && is_any_shifted(p, n * relu_fast_size(r->storage[0]), numbers)) return 0;
    p->tiling.varying = r->parameters < r->outputs && !numbers;
    p->loop = p->tiling.varying ? p->loops.varying : p->loops.uniform;
    const fpenv caller = fpenv_save();
    for (k = r->parameters; k < r->parameters + numbers; k++) {
        if (r->storage[k] == r->compute) continue;
        load_number(p, k, p->data[k], &p->numbers[k - r->parameters]);
        p->data[k] = (char *)&p->numbers[k - r->parameters];
    }
    (is_converted ? run_converted : run_contiguous)(p, n, p->data);
    fpenv_restore(caller);
    return 1;
}

int relu_fast_apply(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                    const relu_fast_operand *operands, enum relu_fast_overlap overlap)
{
    ptrdiff_t elements = 1;
    for (int d = 0; d < dims; d++) elements *= shape[d];
    if (elements == 0) return 1;

    plan p;
    const relu_fast_kernels *kernels =
        relu_fast_active_kernels((enum relu_fast_compute)operation->compute);
    p.moves = kernels->moves;
    p.loops = relu_fast_loops_of(kernels, operation, operands[0].dtype);
    p.is_uncached = 0;
    p.streamed = p.streamed_converted = 0;
    make_roles(&p.roles, operation, operands);
    for (int k = 0; k < p.roles.end; k++) p.data[k] = operands[k].data;
    if (dims == 1 && elements * p.roles.size <= AT_ONCE_BYTES &&
        run_at_once(&p, elements, operands, overlap != RELU_FAST_NO_OVERLAP)) {
        return 1;
    }

    layout_init(&p.layout, p.roles.end);
    const int in_order =
        overlap != RELU_FAST_NO_OVERLAP && order_matters(&p, dims, shape, operands);
    if (in_order && overlap == RELU_FAST_OVERLAP_REFUSE) return 0;
    if (in_order) {
        keep_order(&p, dims, shape, operands);
        relu_fast_tiling_of_elements(&p.tiling, &p.roles, &p.layout);
        p.loop = p.loops.uniform;
        run_tiles(&p, 0, p.tiling.count);
        return 1;
    }
    convert_numbers(&p, dims, shape, operands);
    simplify(&p, dims, shape, operands);
    const ptrdiff_t bytes = bytes_of_arrays(&p.roles);
    p.is_uncached = elements * bytes > relu_fast_cache_bytes();
    relu_fast_tiling_choose(&p.tiling, &p.roles, &p.layout, p.is_uncached);
    p.loop = p.tiling.varying ? p.loops.varying : p.loops.uniform;
    if (align(&p)) relu_fast_tiling_update(&p.tiling, &p.roles, &p.layout);
    const int picoseconds = cost_of(operation, p.roles.size);
    if (p.is_uncached) {
        find_streamed(&p, picoseconds <= MOVING_PICOSECONDS);
        find_gaps(&p);
    }
    relu_fast_parallel(relu_fast_nanoseconds(picoseconds, elements, bytes), p.tiling.count,
                       run_tiles, &p);
    return 1;
}
