/* One element-wise operation on whole arrays: simplify the shape, cut it into
 * tiles, split these over threads, and feed the kernels contiguous memory.
 *
 * A tile is a few rows of a few columns of the array.  Long contiguous rows go
 * to the kernels as they are, and a run of tiles in one row as one.  All else
 * (steps, short rows, a transposed operand, an alpha that varies along rows)
 * passes through buffers in the L1 cache, a tile at a time. */
#include "floatenv.h"
#include "isa.h"
#include "threads.h"

#include <stdint.h>
#include <string.h>

/* Per operand; with five operands 20 KiB, which fit in every L1 cache. */
#define BUFFER_BYTES 4096

/* Contiguous rows from this length on are not copied together in a buffer:
 * calling the kernel once more costs less (benchmarks/bench_layouts.py). */
#define LONG_ROW_BYTES 2048

/* From this length on the start of a contiguous array is computed apart, so that
 * vectors lie in whole cache lines of the output: in place that takes 0.63 of the
 * time in the L2 cache, and 0.75 in L1 (benchmarks/bench_value.py). */
#define ALIGN_BYTES 8192

/* Of long rows with steps this much is copied at a time, so that the operands
 * take turns quickly and the CPU goes on prefetching all of them: relu_backward of
 * x[::2] and x[::-1] larger than the cache takes 0.4 of the time with 4096
 * (benchmarks/compare_peers.py). */
#define STEPPED_BYTES 1024

/* What is computed at a time where stores go past the cache.  More lets memory
 * wait for the computing: 4096 takes 1.2 times as long on two threads, and 256
 * takes 1.1 times as long for the calls (benchmarks/compare_peers.py). */
#define STREAM_BYTES 512

/* Rows of a tile where an operand is transposed: whole cache lines of it. */
#define TRANSPOSED_ROWS_BYTES 128

/* What a tile finds at its place in an operand. */
enum access {
    BUFFERED,   /* not contiguous: copied */
    CONTIGUOUS, /* taken as it is */
    UNIFORM,    /* a parameter, with one value for all of the tile */
};

#define MAX_DIMS (RELU_FAST_MAX_DIMS + 2) /* a row and a column always */

typedef struct {
    const relu_fast_kernels *kernels;
    relu_fast_loops loops;
    relu_fast_loop *loop;
    ptrdiff_t size;  /* bytes an element */
    ptrdiff_t block; /* elements a block */
    int operands, first_parameter, output;
    char *data[RELU_FAST_MAX_OPERANDS];
    int dims; /* at least 2; the last are the rows and the columns of the tiles */
    ptrdiff_t shape[MAX_DIMS];
    ptrdiff_t strides[RELU_FAST_MAX_OPERANDS][MAX_DIMS];
    ptrdiff_t tile[MAX_DIMS];  /* its shape: 1 but for rows and columns */
    ptrdiff_t tiles[MAX_DIMS]; /* their number */
    enum access access[RELU_FAST_MAX_OPERANDS];
    int any_buffered, stream;
} plan;

static int first_parameter_of(const relu_fast_operation *operation)
{
    return operation->form >= RELU_FAST_BACKWARD ? 2 : 1;
}

static int output_of(const relu_fast_operation *operation)
{
    return first_parameter_of(operation) + relu_fast_catalog[operation->activation].parameters;
}

static int is_parameter(const plan *p, int k)
{
    return k >= p->first_parameter && k < p->output;
}

/* ---- One tile ------------------------------------------------------------ */

/* Fewer bytes than a block, a multiple of 4, without the call of memcpy, which
 * takes longer than a kernel. */
static void copy_rest(char *to, const char *from, size_t bytes)
{
    if (bytes >= 32) {
        memcpy(to, from, 32);
        memcpy(to + bytes - 32, from + bytes - 32, 32);
    }
    else if (bytes >= 16) {
        memcpy(to, from, 16);
        memcpy(to + bytes - 16, from + bytes - 16, 16);
    }
    else if (bytes >= 8) {
        memcpy(to, from, 8);
        memcpy(to + bytes - 8, from + bytes - 8, 8);
    }
    else {
        memcpy(to, from, 4);
    }
}

static int is_uniform(const plan *p, int k)
{
    return is_parameter(p, k) && p->loop == p->loops.uniform;
}

/* The n elements before a whole cache line of the output, at most `limit`. */
static ptrdiff_t misaligned(const plan *p, ptrdiff_t limit, const char *out)
{
    return least((ptrdiff_t)(-(uintptr_t)out % 64) * p->block / 64, limit);
}

static void advance(const plan *p, ptrdiff_t n, char **data)
{
    for (int k = 0; k < p->operands; k++) {
        if (!is_uniform(p, k)) data[k] += n * p->size;
    }
}

/* Fewer elements than a block, in one of its own: what is computed of the
 * padding is thrown away. */
static void run_rest(const plan *p, ptrdiff_t n, char *const *data)
{
    _Alignas(64) char blocks[RELU_FAST_MAX_OPERANDS][64];
    void *operands[RELU_FAST_MAX_OPERANDS];
    const size_t bytes = (size_t)(n * p->size);

    if (n == 0) return;
    for (int k = 0; k < p->operands; k++) {
        operands[k] = is_uniform(p, k) ? data[k] : blocks[k];
        if (is_uniform(p, k) || k == p->output) continue;
        memset(blocks[k], 0, sizeof blocks[k]);
        copy_rest(blocks[k], data[k], bytes);
    }
    p->loop(p->block, operands);
    copy_rest(data[p->output], blocks[p->output], bytes);
}

/* Contiguous operands of any length.  Vectors that the kernel stores should not
 * straddle cache lines. */
static void run_contiguous(const plan *p, ptrdiff_t n, char *const *data)
{
    ptrdiff_t head = n * p->size < ALIGN_BYTES ? 0 : misaligned(p, n, data[p->output]);
    if (head == 0 && (n & (p->block - 1)) == 0) {
        p->loop(n, (void *const *)data);
        return;
    }
    char *at[RELU_FAST_MAX_OPERANDS];
    for (int k = 0; k < p->operands; k++) at[k] = data[k];
    run_rest(p, head, at);
    advance(p, head, at);
    const ptrdiff_t whole = (n - head) & -p->block;
    if (whole) p->loop(whole, (void *const *)at);
    advance(p, whole, at);
    run_rest(p, n - head - whole, at);
}

/* The same past the cache: a few cache lines at a time through a buffer, so
 * that reading, computing and writing of neighbouring pieces overlap. */
static void run_streamed(const plan *p, ptrdiff_t n, char *const *data)
{
    _Alignas(64) char buffer[STREAM_BYTES];
    char *at[RELU_FAST_MAX_OPERANDS];
    const ptrdiff_t piece = STREAM_BYTES / p->size;
    ptrdiff_t head = misaligned(p, n, data[p->output]);

    for (int k = 0; k < p->operands; k++) at[k] = data[k];
    run_rest(p, head, at);
    advance(p, head, at);
    for (n -= head; n >= piece; n -= piece) {
        char *out = at[p->output];
        at[p->output] = buffer;
        p->loop(piece, (void *const *)at);
        p->kernels->stream(out, buffer, STREAM_BYTES);
        at[p->output] = out;
        advance(p, piece, at);
    }
    run_contiguous(p, n, at);
}

static void run(const plan *p, ptrdiff_t n, char *const *data)
{
    (p->stream ? run_streamed : run_contiguous)(p, n, data);
}

static void run_tile(const plan *p, ptrdiff_t rows, ptrdiff_t columns, char *const *data)
{
    _Alignas(64) char buffers[RELU_FAST_MAX_OPERANDS][BUFFER_BYTES];
    char *operands[RELU_FAST_MAX_OPERANDS];
    const int row = p->dims - 2, column = p->dims - 1, out = p->output;

    for (int k = 0; k < p->operands; k++) {
        const ptrdiff_t *steps = p->strides[k];
        operands[k] = p->access[k] == BUFFERED ? buffers[k] : data[k];
        if (p->access[k] != BUFFERED || k == out) continue;
        p->kernels->copy(rows, columns, buffers[k], columns * p->size, p->size, data[k], steps[row],
                         steps[column]);
    }
    run(p, rows * columns, operands);
    if (p->access[out] == BUFFERED) {
        p->kernels->copy(rows, columns, data[out], p->strides[out][row], p->strides[out][column],
                         buffers[out], columns * p->size, p->size);
    }
}

/* Whole rows, which are contiguous each. */
static void run_rows(const plan *p, ptrdiff_t rows, char *const *data)
{
    const int row = p->dims - 2, column = p->dims - 1;
    char *at[RELU_FAST_MAX_OPERANDS];
    for (int k = 0; k < p->operands; k++) at[k] = data[k];
    for (; rows > 0; rows--) {
        run(p, p->shape[column], at);
        for (int k = 0; k < p->operands; k++) at[k] += p->strides[k][row];
    }
}

/* Goes on by some tiles along a dimension, not past its end, and from there to
 * the next outer one. */
static void move(const plan *p, int d, ptrdiff_t tiles, ptrdiff_t *index, char **data)
{
    for (; d >= 0; d--, tiles = 1) {
        index[d] += tiles;
        int wraps = index[d] == p->tiles[d];
        if (wraps) {
            tiles -= p->tiles[d];
            index[d] = 0;
        }
        for (int k = 0; k < p->operands; k++) data[k] += tiles * p->tile[d] * p->strides[k][d];
        if (!wraps) break;
    }
}

/* The tiles begin..end, in the order of the dimensions. */
static void run_tiles(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    const plan *p = context;
    const int row = p->dims - 2, column = p->dims - 1;
    ptrdiff_t index[MAX_DIMS], rest = begin;
    char *data[RELU_FAST_MAX_OPERANDS];

    for (int k = 0; k < p->operands; k++) data[k] = p->data[k];
    for (int d = column; d >= 0; d--) {
        index[d] = rest % p->tiles[d];
        rest /= p->tiles[d];
        for (int k = 0; k < p->operands; k++) {
            data[k] += index[d] * p->tile[d] * p->strides[k][d];
        }
    }
    relu_fast_floatenv caller = relu_fast_enter();
    while (begin < end) {
        const ptrdiff_t left = end - begin, in_row = p->tiles[column] - index[column];
        ptrdiff_t rows = least(p->tile[row], p->shape[row] - index[row] * p->tile[row]);
        ptrdiff_t columns = p->shape[column] - index[column] * p->tile[column];
        if (p->any_buffered) {
            run_tile(p, rows, least(columns, p->tile[column]), data);
            move(p, column, 1, index, data);
            begin += 1;
        }
        else if (p->tile[row] == 1 && index[column] == 0 && left >= in_row) {
            rows = least(p->tiles[row] - index[row], left / in_row);
            run_rows(p, rows, data);
            move(p, row, rows, index, data);
            begin += rows * in_row;
        }
        else {
            const ptrdiff_t tiles = least(left, in_row);
            run(p, rows * least(columns, tiles * p->tile[column]), data);
            move(p, column, tiles, index, data);
            begin += tiles;
        }
    }
    if (p->stream) p->kernels->finish_stream();
    relu_fast_leave(caller);
}

/* ---- The shape ----------------------------------------------------------- */

static void append(plan *p, ptrdiff_t length, const ptrdiff_t *steps)
{
    const int d = p->dims++;
    p->shape[d] = length;
    for (int k = 0; k < p->operands; k++) p->strides[k][d] = steps[k];
}

/* The dimensions as they were given: two more of length 1 make tiles of one
 * element. */
static void keep(plan *p, int dims, const ptrdiff_t *shape, const relu_fast_operand *operands)
{
    ptrdiff_t steps[RELU_FAST_MAX_OPERANDS] = {0};
    for (int d = 0; d < dims; d++) {
        for (int k = 0; k < p->operands; k++) steps[k] = operands[k].strides[d];
        append(p, shape[d], steps);
    }
    append(p, 1, steps);
    append(p, 1, steps);
}

/* Any order of the elements is as good as another, so: no dimensions of length
 * 1, the output's steps positive and falling, and dimensions that follow each
 * other in every operand made one. */
static void simplify(plan *p, int dims, const ptrdiff_t *shape, const relu_fast_operand *operands)
{
    int order[RELU_FAST_MAX_DIMS], kept = 0;
    const ptrdiff_t *output = operands[p->output].strides;
    ptrdiff_t steps[RELU_FAST_MAX_OPERANDS];

    for (int d = 0; d < dims; d++) {
        if (shape[d] == 1) continue;
        int place = kept++;
        for (; place > 0; place--) {
            if (magnitude(output[order[place - 1]]) >= magnitude(output[d])) break;
            order[place] = order[place - 1];
        }
        order[place] = d;
    }
    for (int i = 0; i < kept; i++) {
        const int d = order[i], last = p->dims - 1;
        int follows = p->dims > 0;
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
            for (int k = 0; k < p->operands; k++) p->strides[k][last] = steps[k];
        }
        else {
            append(p, shape[d], steps);
        }
    }
    /* There are always rows and columns. */
    for (; p->dims < 2; p->dims++) {
        const int d = p->dims;
        memmove(p->shape + 1, p->shape, (size_t)d * sizeof *p->shape);
        p->shape[0] = 1;
        for (int k = 0; k < p->operands; k++) {
            memmove(p->strides[k] + 1, p->strides[k], (size_t)d * sizeof *p->shape);
            p->strides[k][0] = 0;
        }
    }
}

typedef struct {
    const char *low, *high;
} extent;

static extent extent_of(int dims, const ptrdiff_t *shape, relu_fast_operand operand, ptrdiff_t size)
{
    extent bytes = {operand.data, operand.data + size};
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

/* Whether several elements may share a place: not if each step goes past all
 * that the shorter steps reach. */
static int overlaps_itself(int dims, const ptrdiff_t *shape, relu_fast_operand operand,
                           ptrdiff_t size)
{
    ptrdiff_t steps[RELU_FAST_MAX_DIMS], lengths[RELU_FAST_MAX_DIMS], reached = size;
    int kept = 0;
    if (dims == 1 && magnitude(operand.strides[0]) >= size) return 0;
    for (int d = 0; d < dims; d++) {
        if (shape[d] == 1) continue;
        ptrdiff_t step = magnitude(operand.strides[d]);
        int place = kept++;
        for (; place > 0 && steps[place - 1] > step; place--) {
            steps[place] = steps[place - 1];
            lengths[place] = lengths[place - 1];
        }
        steps[place] = step;
        lengths[place] = shape[d];
    }
    for (int i = 0; i < kept; i++) {
        if (steps[i] < reached) return 1;
        reached += steps[i] * (lengths[i] - 1);
    }
    return 0;
}

int relu_fast_order_matters(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                            const relu_fast_operand *operands)
{
    const ptrdiff_t size = relu_fast_size(operation->dtype);
    const int output = output_of(operation);
    for (int d = 0; d < dims; d++) {
        if (shape[d] == 0) return 0;
    }
    if (overlaps_itself(dims, shape, operands[output], size)) return 1;
    extent written = extent_of(dims, shape, operands[output], size);
    for (int k = 0; k < output; k++) {
        int same = operands[k].data == operands[output].data;
        for (int d = 0; d < dims && same; d++) {
            same = shape[d] == 1 || operands[k].strides[d] == operands[output].strides[d];
        }
        extent read = extent_of(dims, shape, operands[k], size);
        if (!same && read.low < written.high && written.low < read.high) return 1;
    }
    return 0;
}

/* ---- The tiles ----------------------------------------------------------- */

/* The dimension along which an input lies transposed, for the output runs along
 * its columns: where its steps are shorter than along them.  -1: there is none. */
static int find_transposed(const plan *p)
{
    const int column = p->dims - 1;
    for (int k = 0; k < p->output; k++) {
        const ptrdiff_t *steps = p->strides[k];
        int shortest = column;
        for (int d = 0; d < column; d++) {
            if (p->shape[d] > 1 && steps[d] && magnitude(steps[d]) < magnitude(steps[shortest])) {
                shortest = d;
            }
        }
        if (shortest != column) return shortest;
    }
    return -1;
}

static void swap_dims(plan *p, int a, int b)
{
    ptrdiff_t length = p->shape[a];
    p->shape[a] = p->shape[b];
    p->shape[b] = length;
    for (int k = 0; k < p->operands; k++) {
        ptrdiff_t step = p->strides[k][a];
        p->strides[k][a] = p->strides[k][b];
        p->strides[k][b] = step;
    }
}

static void choose_tile(plan *p)
{
    const int row = p->dims - 2, column = p->dims - 1;
    const ptrdiff_t buffer = BUFFER_BYTES / p->size, length = p->shape[column];
    int contiguous = 1;

    for (int k = 0; k < p->operands; k++) {
        ptrdiff_t step = p->strides[k][column];
        if (step != p->size && !(is_parameter(p, k) && step == 0)) contiguous = 0;
    }
    const int is_long = length * p->size >= LONG_ROW_BYTES;
    const int transposed = contiguous && is_long ? -1 : find_transposed(p);
    ptrdiff_t rows = 1, columns = least(length, buffer);
    if (transposed >= 0) {
        swap_dims(p, row, transposed);
        rows = least(p->shape[row], TRANSPOSED_ROWS_BYTES / p->size);
        columns = least(length, buffer / rows);
    }
    else if (!is_long) {
        /* Whole blocks, where there are more tiles than one. */
        rows = least(p->shape[row], buffer / columns);
        if (rows < p->shape[row] && rows > p->block) rows &= -p->block;
    }
    else if (!contiguous) {
        columns = STEPPED_BYTES / p->size;
    }
    for (int d = 0; d < row; d++) p->tile[d] = 1;
    p->tile[row] = rows;
    p->tile[column] = columns;
}

static enum access access_of(const plan *p, int k)
{
    const int row = p->dims - 2, column = p->dims - 1;
    const ptrdiff_t *steps = p->strides[k], rows = p->tile[row], columns = p->tile[column];
    if (is_uniform(p, k)) return UNIFORM;
    if (columns > 1 && steps[column] != p->size) return BUFFERED;
    if (rows == 1) return CONTIGUOUS;
    return columns == p->shape[column] && steps[row] == columns * p->size ? CONTIGUOUS : BUFFERED;
}

/* Returns the number of tiles. */
static ptrdiff_t plan_tiles(plan *p)
{
    const int row = p->dims - 2, column = p->dims - 1;
    ptrdiff_t count = 1;
    for (int d = 0; d < p->dims; d++) {
        p->tiles[d] = (p->shape[d] + p->tile[d] - 1) / p->tile[d];
        count *= p->tiles[d];
    }
    p->loop = p->loops.uniform;
    for (int k = p->first_parameter; k < p->output; k++) {
        const ptrdiff_t *steps = p->strides[k];
        if ((p->tile[row] > 1 && steps[row]) || (p->tile[column] > 1 && steps[column])) {
            p->loop = p->loops.varying;
        }
    }
    p->any_buffered = 0;
    for (int k = 0; k < p->operands; k++) {
        p->access[k] = access_of(p, k);
        if (p->access[k] == BUFFERED) p->any_buffered = 1;
    }
    return count;
}

/* One dimension begins with a whole cache line of the output, and so does each of
 * its tiles: what is in front of it is computed here.  Returns whether there was
 * any. */
static int align(plan *p)
{
    const int row = p->dims - 2, column = p->dims - 1;
    if (p->dims > 2 || p->shape[row] > 1 || p->access[p->output] != CONTIGUOUS) return 0;
    ptrdiff_t head = misaligned(p, p->shape[column] - 1, p->data[p->output]);
    if (head == 0) return 0;
    relu_fast_floatenv caller = relu_fast_enter();
    run_tile(p, 1, head, p->data);
    relu_fast_leave(caller);
    for (int k = 0; k < p->operands; k++) p->data[k] += head * p->strides[k][column];
    p->shape[column] -= head;
    return 1;
}

/* Streaming stores for what does not fit in the cache and is not read before it
 * is written: not in place.  On one thread an exponential takes so long that
 * ordinary stores cost nothing more (benchmarks/compare_peers.py). */
static int should_stream(const plan *p, enum relu_fast_cost cost, ptrdiff_t bytes)
{
    ptrdiff_t touched = bytes;
    if (p->access[p->output] != CONTIGUOUS) return 0;
    for (int k = 0; k < p->first_parameter; k++) {
        if (p->data[k] == p->data[p->output]) return 0;
        touched += bytes;
    }
    if (touched <= relu_fast_cache_bytes()) return 0;
    return cost == RELU_FAST_MOVES || relu_fast_threads() > 1;
}

/* ---- The operation ------------------------------------------------------- */

/* Up to here a contiguous array is computed at once: no second thread is worth
 * it, and all that plans and splits would cost more than some kernels. */
#define AT_ONCE_BYTES 16384

/* The commonest case: few elements, all operands contiguous, and the output
 * one of the inputs or apart from them.  Returns 0 if it is another. */
static int run_at_once(plan *p, ptrdiff_t n, const relu_fast_operand *operands)
{
    const ptrdiff_t bytes = n * p->size;
    const char *out = p->data[p->output];
    ptrdiff_t uniform = p->output - p->first_parameter;

    if (bytes > AT_ONCE_BYTES) return 0;
    for (int k = 0; k < p->operands; k++) {
        ptrdiff_t step = n > 1 ? operands[k].strides[0] : p->size;
        const char *from = p->data[k];
        if (is_parameter(p, k) && n > 1 && step == 0) {
            if (from >= out && from < out + bytes) return 0;
            continue;
        }
        if (step != p->size || (from != out && from < out + bytes && out < from + bytes)) return 0;
        if (is_parameter(p, k) && n > 1) uniform--;
    }
    if (uniform && uniform < p->output - p->first_parameter) return 0;
    relu_fast_floatenv caller = relu_fast_enter();
    p->loop = uniform ? p->loops.uniform : p->loops.varying;
    run_contiguous(p, n, p->data);
    relu_fast_leave(caller);
    return 1;
}

void relu_fast_apply(const relu_fast_operation *operation, int dims, const ptrdiff_t *shape,
                     const relu_fast_operand *operands)
{
    const enum relu_fast_cost cost = relu_fast_catalog[operation->activation].cost;
    ptrdiff_t elements = 1;
    for (int d = 0; d < dims; d++) elements *= shape[d];
    if (elements == 0) return;

    plan p;
    p.kernels = relu_fast_active_kernels(operation->dtype);
    p.loops = p.kernels->loops[operation->activation][operation->form];
    p.size = relu_fast_size(operation->dtype);
    p.block = RELU_FAST_BLOCK(p.size);
    p.first_parameter = first_parameter_of(operation);
    p.output = output_of(operation);
    p.operands = p.output + 1;
    p.dims = 0;
    p.stream = 0;
    for (int k = 0; k < p.operands; k++) p.data[k] = operands[k].data;

    if (dims == 1 && run_at_once(&p, elements, operands)) return;
    if (relu_fast_order_matters(operation, dims, shape, operands)) {
        keep(&p, dims, shape, operands);
        for (int d = 0; d < p.dims; d++) p.tile[d] = 1;
        run_tiles(&p, 0, plan_tiles(&p));
        return;
    }
    simplify(&p, dims, shape, operands);
    choose_tile(&p);
    ptrdiff_t tiles = plan_tiles(&p), bytes = elements * p.size;
    if (align(&p)) tiles = plan_tiles(&p);
    p.stream = should_stream(&p, cost, bytes);
    relu_fast_parallel(relu_fast_nanoseconds(cost, bytes), tiles, run_tiles, &p);
}
