/* What the kernels offer for one ISA and one compute type, or for the bits of one size.
 *
 * A kernel sees contiguous vectors of the compute type, or (convert.c) rows and columns of
 * elements; it knows nothing of shapes, broadcasting, threads or Python. */
#ifndef RELU_FAST_KERNELS_H
#define RELU_FAST_KERNELS_H

#include "../table/catalog.h"

static inline ptrdiff_t ptrdiff_min(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static inline ptrdiff_t ptrdiff_abs(ptrdiff_t a)
{
    return a < 0 ? -a : a;
}

/* ---- Element-wise operations (elementwise.c) ----------------------------- */

/* Elements of a vector block: 64 bytes of the compute type, the widest vector of any ISA
 * here.  All ISAs share it, so that all see the same blocks. */
static inline ptrdiff_t relu_fast_block(ptrdiff_t size)
{
    return 64 / size;
}

/* `n` is a multiple of a block; operands are contiguous, of the compute type, in the order
 * of relu_fast_operation.  An output may be the very array of an input, but not overlap one
 * otherwise; outputs do not overlap each other. */
typedef void relu_fast_loop(ptrdiff_t n, void *const *operands);

typedef struct {
    relu_fast_loop *uniform; /* parameters: one number each for all elements */
    relu_fast_loop *varying; /* parameters: arrays, one number for each element */
} relu_fast_loops;

/* ---- Moving elements (convert.c) ----------------------------------------- */

/* A place in memory and the strides between rows and columns, in bytes. */
typedef struct {
    char *data;
    ptrdiff_t row, column;
} relu_fast_place;

/* Copies rows x columns elements, converting between a storage type and the compute type;
 * the two places do not overlap. */
typedef void relu_fast_mover(ptrdiff_t rows, ptrdiff_t columns, relu_fast_place to,
                             relu_fast_place from);

typedef struct {
    relu_fast_mover *load[RELU_FAST_DTYPES];  /* from this storage type */
    relu_fast_mover *store[RELU_FAST_DTYPES]; /* to this storage type, rounded to nearest */
    /* Copies `bytes`, a multiple of 64, to aligned memory without reading it into
     * the cache first; other threads see it after finish_stream. */
    void (*stream)(void *to, const void *from, ptrdiff_t bytes);
    void (*finish_stream)(void);
} relu_fast_moves;

/* ---- Sums (row_sums.c) --------------------------------------------------- */

/* The sums that a reduction keeps side by side: as many as a vector block has floats. */
#define RELU_FAST_LANES 16

/* sums[i] += g[i] * df/dparameter(x[i]) for i < columns, a multiple of RELU_FAST_LANES,
 * and each row; strides in bytes.
 *
 * If interleave is 0, rows are added one after another.  Sums of long rows leave the L1
 * cache meanwhile; so interleave = rows / 4 adds four rows at once, 0, interleave,
 * 2 interleave, 3 interleave, then 1, 1 + interleave, ...  Adjacent rows would be read one
 * row at a time; memory is faster with four long sequential streams.  At most three rows
 * are left over at the end. */
#define RELU_FAST_STREAMS 4
typedef void relu_fast_row_sum(ptrdiff_t rows, ptrdiff_t interleave, ptrdiff_t columns,
                               const char *g, ptrdiff_t g_stride, const char *x, ptrdiff_t x_stride,
                               double *sums);

/* The row that is added in place i. */
static inline ptrdiff_t relu_fast_nth_row(ptrdiff_t i, ptrdiff_t interleave)
{
    if (i >= RELU_FAST_STREAMS * interleave) return i;
    return i / RELU_FAST_STREAMS + i % RELU_FAST_STREAMS * interleave;
}

/* ---- Operations on the bits (bits.c) ------------------------------------- */

/* By the type of all operands; NULL where there is none. */
typedef relu_fast_loop
    *relu_fast_on_bits[RELU_FAST_DTYPES][RELU_FAST_ROWS_ON_BITS][RELU_FAST_FORMS];

/* ---- Half types, rounded once (rounded_once.c) --------------------------- */

/* Of floats that are stored as float16 next, and as bfloat16.  Outputs are apart from inputs. */
typedef relu_fast_loops relu_fast_rounded_once[2][RELU_FAST_ROWS_ROUNDED_ONCE][RELU_FAST_FORMS];

/* ---- All of them --------------------------------------------------------- */

typedef relu_fast_loops relu_fast_elementwise[RELU_FAST_ACTIVATIONS][RELU_FAST_FORMS];
typedef relu_fast_row_sum *relu_fast_row_sums[RELU_FAST_ACTIVATIONS][RELU_FAST_MAX_PARAMETERS];

typedef struct {
    const relu_fast_moves *moves;
    const relu_fast_elementwise *elementwise; /* of a compute type, */
    const relu_fast_row_sums *row_sums;
    const relu_fast_rounded_once *rounded_once;
    const relu_fast_on_bits *on_bits; /* or of the bits */
} relu_fast_kernels;

/* The loops of an operation on arrays whose first is of this type. */
static inline relu_fast_loops relu_fast_loops_of(const relu_fast_kernels *kernels,
                                                 const relu_fast_operation *operation,
                                                 enum relu_fast_dtype dtype)
{
    const int form = operation->form;
    if (operation->kind == RELU_FAST_ON_BITS) {
        relu_fast_loop *loop = (*kernels->on_bits)[dtype][operation->row][form];
        return (relu_fast_loops){loop, loop};
    }
    if (operation->kind == RELU_FAST_ROUNDED_ONCE) {
        return (*kernels->rounded_once)[dtype == RELU_FAST_BFLOAT16][operation->row][form];
    }
    return (*kernels->elementwise)[operation->activation][form];
}

#endif
