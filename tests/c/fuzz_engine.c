/* A libFuzzer target: any operation, of any operands, against the plain loop.
 *
 * The bytes of an input choose the operation, a shape of 0 to 6 dimensions, strides of
 * every kind (transposed, backwards, 0, so short that elements share a place), and
 * where the operands lie: apart, or over each other.  All lie in one arena, in which
 * what belongs to no operand is poisoned for AddressSanitizer.  The plain loop runs
 * on a copy of it, and then the two must agree in every byte.
 *
 * tests/c/fuzz builds and runs it. */
#include "include/relu_fast.h"
#include "kernels/half.h"
#include "runtime/cpu.h"

#include <math.h>
#include <sanitizer/asan_interface.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIMS 6
#define FEW (1 << 10)  /* elements: usually no more, for speed, */
#define SOME (1 << 13) /* but some inputs have many tiles, */
#define MANY (1 << 16) /* and a few are worth a second thread */
#define ARENA (1 << 22)
#define REDZONE 64

/* ---- Choices ------------------------------------------------------------- */

static const uint8_t *input;
static size_t left;

static int byte(void)
{
    if (!left) return 0;
    left--;
    return *input++;
}

static int choose(int count)
{
    return byte() % count;
}

/* One that is computed in: sums take and give no others. */
static enum relu_fast_dtype choose_compute(void)
{
    return relu_fast_dtype_of((enum relu_fast_compute)choose(RELU_FAST_COMPUTES));
}

static ptrdiff_t choose_length(ptrdiff_t most)
{
    static const int around[] = {16, 64, 128, 256, 1024, 2048, 4096, 8192};
    const int kind = byte();
    ptrdiff_t length = kind < 160 ? kind % 10 : around[kind % 8] / (1 + kind % 3) + choose(5) - 2;
    return ptrdiff_min(length, most);
}

/* ---- A case -------------------------------------------------------------- */

typedef struct {
    ptrdiff_t strides[DIMS];
    ptrdiff_t at, low, high; /* in the arena: the first element, and all of them */
} place;

static struct {
    ptrdiff_t size, shape[DIMS], elements;
    int dims, operands;
    enum relu_fast_dtype dtype;
    place places[RELU_FAST_MAX_OPERANDS];
    ptrdiff_t bytes; /* of the arena that are used */
} the;

static _Alignas(64) char arena[ARENA], copy[ARENA];

static void choose_shape(void)
{
    const int kind = byte();
    const ptrdiff_t most = kind < 8 ? MANY : kind < 40 ? SOME : FEW;
    the.dims = choose(DIMS + 1);
    the.elements = 1;
    for (int d = 0; d < the.dims; d++) {
        the.shape[d] = choose_length(the.elements ? most / the.elements : 9);
        the.elements *= the.shape[d];
    }
}

/* Of a view of a larger array, its dimensions in any order; or quite wild ones. */
static void choose_strides(place *p)
{
    static const int factors[] = {1, 1, 1, 1, 1, 2, -1, -2, 3, 0};
    const int order = choose(8), wild = order == 7;
    ptrdiff_t run = the.size;
    for (int i = the.dims - 1; i >= 0; i--) {
        const int d = order < 4 ? i : (i + order) % the.dims; /* C, or turned round */
        const int factor = order ? factors[choose(sizeof factors / sizeof *factors)] : 1;
        p->strides[d] = wild ? (int8_t)byte() * the.size : factor * run;
        run *= factor && the.shape[d] ? ptrdiff_abs(factor) * the.shape[d] : 1;
    }
}

static void find_extent(place *p)
{
    p->low = p->at;
    p->high = p->at + the.size;
    for (int d = 0; d < the.dims; d++) {
        const ptrdiff_t reach = (the.shape[d] - 1) * p->strides[d];
        *(reach < 0 ? &p->low : &p->high) += reach;
    }
}

/* Returns whether they fit. */
static int choose_places(void)
{
    ptrdiff_t low = 0, high = 0;
    for (int k = 0; k < the.operands; k++) {
        place *p = &the.places[k];
        const place *other = &the.places[k ? choose(k) : 0];
        const int how = choose(6);
        if (k && how == 0) {
            memcpy(p->strides, other->strides, sizeof p->strides); /* in place, or the same input */
            p->at = other->at + (choose(4) ? 0 : (int8_t)byte() * the.size);
        }
        else {
            choose_strides(p);
            p->at = k && how == 1 ? other->at + (int8_t)byte() * the.size : 0;
        }
        find_extent(p);
        if (!k || how > 1) { /* apart, at any alignment */
            p->at = high - p->low + REDZONE + choose(16) * the.size;
            find_extent(p);
        }
        low = ptrdiff_min(low, p->low);
        high = p->high > high ? p->high : high;
    }
    const ptrdiff_t shift = REDZONE - (low & -64); /* up to where the arena begins */
    for (int k = 0; k < the.operands; k++) {
        the.places[k].at += shift;
        find_extent(&the.places[k]);
    }
    the.bytes = (high + shift + REDZONE + 63) & -64;
    return the.bytes <= ARENA;
}

static int is_integer(enum relu_fast_dtype dtype)
{
    return dtype > RELU_FAST_BFLOAT16;
}

/* The bits of an element: on a little-endian machine the first ones are its own. */
static uint64_t bits_of(double number)
{
    const float single = (float)number;
    uint64_t bits = 0;
    switch (the.dtype) {
    case RELU_FAST_FLOAT16:
        return half_from_double(number);
    case RELU_FAST_BFLOAT16:
        return bfloat16_from_double(number);
    case RELU_FAST_FLOAT32:
        memcpy(&bits, &single, sizeof single);
        return bits;
    default:
        memcpy(&bits, &number, sizeof number);
        return bits;
    }
}

/* Numbers of all kinds; `finite`: of those that can be summed. */
static void fill_arena(int finite, uint64_t seed)
{
    static const double special[] = {0,    -0.0, 1e-42, -1e-310, 1e30,     -1e30,
                                     -104, -745, -1e-3, NAN,     INFINITY, -INFINITY};
    for (ptrdiff_t i = 0; i < the.bytes; i += the.size) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        const int kind = (int)(seed >> 33) % 64;
        const double number =
            kind < (finite ? 9 : 12) ? special[kind] : (double)(int32_t)(seed >> 32) / (1 << 28);
        const uint64_t integer = kind < 12 ? (uint64_t)(kind - 3) : seed >> (64 - 8 * the.size);
        const uint64_t bits = is_integer(the.dtype) ? integer : bits_of(number);
        memcpy(arena + i, &bits, (size_t)the.size);
    }
}

static double load(enum relu_fast_dtype dtype, const void *numbers, ptrdiff_t i)
{
    switch (dtype) {
    case RELU_FAST_FLOAT16:
        return half_to_float(((const uint16_t *)numbers)[i]);
    case RELU_FAST_BFLOAT16:
        return bfloat16_to_float(((const uint16_t *)numbers)[i]);
    case RELU_FAST_FLOAT32:
        return ((const float *)numbers)[i];
    default:
        return ((const double *)numbers)[i];
    }
}

/* Which NaN comes out of two is not promised. */
static void canonicalise(char *numbers)
{
    for (ptrdiff_t i = 0; i < the.bytes && !is_integer(the.dtype); i += the.size) {
        if (isnan(load(the.dtype, numbers, i / the.size)))
            memset(numbers + i, 0x7f, (size_t)the.size);
    }
}

static void poison_redzones(void)
{
    ASAN_POISON_MEMORY_REGION(arena, ARENA);
    for (int k = 0; k < the.operands && the.elements; k++) {
        const place *p = &the.places[k];
        ASAN_UNPOISON_MEMORY_REGION(arena + p->low, (size_t)(p->high - p->low));
    }
}

/* The next element, last dimension fastest; returns 0 after the last one. */
static int next(ptrdiff_t *index)
{
    for (int d = the.dims - 1; d >= 0; d--) {
        if (++index[d] < the.shape[d]) return 1;
        index[d] = 0;
    }
    return 0;
}

static ptrdiff_t offset(int k, const ptrdiff_t *index)
{
    ptrdiff_t at = the.places[k].at;
    for (int d = 0; d < the.dims; d++) at += index[d] * the.places[k].strides[d];
    return at;
}

static relu_fast_operand operand(int k)
{
    return (relu_fast_operand){arena + the.places[k].at, the.places[k].strides, the.dtype};
}

/* Wakes the team: it is called for large jobs, or for jobs in a loop. */
static void wake_team(void)
{
    static double numbers[1 << 14];
    static const double one = 1;
    static const ptrdiff_t n = 1 << 14, strides[] = {sizeof(double), 0};
    const enum relu_fast_dtype dtype = RELU_FAST_FLOAT64;
    const relu_fast_operation elu =
        relu_fast_make_operation(RELU_FAST_ID_elu, RELU_FAST_VALUE, dtype);
    relu_fast_apply(&elu, 1, &n,
                    (relu_fast_operand[]){{(char *)numbers, strides, dtype},
                                          {(char *)&one, strides + 1, dtype},
                                          {(char *)numbers, strides, dtype}},
                    RELU_FAST_OVERLAP_IN_ORDER);
}

static void fail(const char *what)
{
    fprintf(stderr, "%s: isa %s, %td bytes an element, %d threads, shape", what, relu_fast_isa(),
            the.size, relu_fast_threads());
    for (int d = 0; d < the.dims; d++) fprintf(stderr, " %td", the.shape[d]);
    for (int k = 0; k < the.operands; k++) {
        fprintf(stderr, "\noperand %d at %td, strides", k, the.places[k].at);
        for (int d = 0; d < the.dims; d++) fprintf(stderr, " %td", the.places[k].strides[d]);
    }
    fprintf(stderr, "\n");
    abort();
}

/* ---- Element-wise operations --------------------------------------------- */

/* One element after another, each in a vector block of its own. */
static void apply_plainly(const relu_fast_operation *operation)
{
    const relu_fast_kernels *kernels =
        relu_fast_active_kernels((enum relu_fast_compute)operation->compute);
    relu_fast_loop *loop = relu_fast_loops_of(kernels, operation, the.dtype).uniform;
    const ptrdiff_t size =
        relu_fast_is_on_bits(operation)
            ? the.size
            : relu_fast_size(relu_fast_dtype_of((enum relu_fast_compute)operation->compute));
    ptrdiff_t index[DIMS] = {0};
    if (!the.elements) return;
    do {
        _Alignas(64) char blocks[RELU_FAST_MAX_OPERANDS][64] = {{0}};
        void *operands[RELU_FAST_MAX_OPERANDS];
        const int output = the.operands - operation->outputs;
        for (int k = 0; k < the.operands; k++) operands[k] = blocks[k];
        for (int k = 0; k < output; k++) {
            kernels->moves->load[the.dtype](1, 1, (relu_fast_place){blocks[k], 0, 0},
                                            (relu_fast_place){copy + offset(k, index), 0, 0});
        }
        loop(relu_fast_block(size), operands);
        for (int k = output; k < the.operands; k++) {
            kernels->moves->store[the.dtype](1, 1, (relu_fast_place){copy + offset(k, index), 0, 0},
                                             (relu_fast_place){blocks[k], 0, 0});
        }
    } while (next(index));
}

static void check_operation(relu_fast_operation operation, uint64_t seed)
{
    relu_fast_operand operands[RELU_FAST_MAX_OPERANDS];
    the.operands = operation.inputs + operation.parameters + operation.outputs;
    if (!choose_places()) return;
    for (int k = 0; k < the.operands; k++) operands[k] = operand(k);
    fill_arena(0, seed);
    memcpy(copy, arena, (size_t)the.bytes);
    apply_plainly(&operation);
    poison_redzones();
    relu_fast_apply(&operation, the.dims, the.shape, operands, RELU_FAST_OVERLAP_IN_ORDER);
    ASAN_UNPOISON_MEMORY_REGION(arena, ARENA);
    canonicalise(arena);
    canonicalise(copy);
    if (memcmp(arena, copy, (size_t)the.bytes))
        fail(relu_fast_activations[operation.activation].name);
}

/* ---- Sums ----------------------------------------------------------------- */

static void sum(const relu_fast_operation *operation, const char *kept, relu_fast_operand g,
                relu_fast_operand x, enum relu_fast_dtype result_dtype, void *results)
{
    if (relu_fast_sum_gradient(operation, the.dims, the.shape, kept, (relu_fast_operand[]){g, x},
                               result_dtype, results)) {
        exit(2);
    }
}

/* Twice: bit for bit against contiguous copies on one thread and the oldest ISA, and
 * nearly against a plain loop over the single terms. */
static void check_sum(int activation, int parameter, uint64_t seed)
{
    relu_fast_operation operation =
        relu_fast_make_operation(activation, RELU_FAST_PARAMETER_GRADIENT, the.dtype);
    operation.parameter = (unsigned char)parameter;
    if (!relu_fast_activations[activation].parameter[parameter].derivative) return;
    const enum relu_fast_dtype result_dtype = choose_compute();
    const ptrdiff_t result_size = relu_fast_size(result_dtype);
    const char all[DIMS] = {1, 1, 1, 1, 1, 1};
    char kept[DIMS] = {0};
    ptrdiff_t results = 1, strides[DIMS], index[DIMS] = {0}, i = 0;
    the.operands = 2;
    if (!choose_places()) return;
    for (int d = 0; d < the.dims; d++) {
        kept[d] = (char)choose(2);
        if (kept[d]) results *= the.shape[d];
    }
    fill_arena(1, seed);

    void *found = malloc((size_t)(results * result_size)),
         *same = malloc((size_t)(results * result_size));
    poison_redzones();
    sum(&operation, kept, operand(0), operand(1), result_dtype, found);
    ASAN_UNPOISON_MEMORY_REGION(arena, ARENA);

    char *g = malloc((size_t)(the.elements * the.size)),
         *x = malloc((size_t)(the.elements * the.size));
    double *terms = malloc((size_t)the.elements * sizeof *terms);
    double *sums = calloc((size_t)results, sizeof *sums);
    double *sizes = calloc((size_t)results, sizeof *sizes);
    for (ptrdiff_t d = the.dims - 1, stride = the.size; d >= 0; stride *= the.shape[d--])
        strides[d] = stride;
    for (int more = the.elements > 0; more; more = next(index), i++) {
        memcpy(g + i * the.size, arena + offset(0, index), (size_t)the.size);
        memcpy(x + i * the.size, arena + offset(1, index), (size_t)the.size);
    }
    const char *isa = relu_fast_isa();
    const int threads = relu_fast_threads();
    relu_fast_set_threads(1);
    for (const char *const *oldest = relu_fast_isas_built(); *oldest; oldest++)
        relu_fast_select_isa(*oldest);
    const relu_fast_operand flat_g = {g, strides, the.dtype}, flat_x = {x, strides, the.dtype};
    sum(&operation, kept, flat_g, flat_x, result_dtype, same);
    sum(&operation, all, flat_g, flat_x, RELU_FAST_FLOAT64, terms);
    relu_fast_select_isa(isa);
    relu_fast_set_threads(threads);
    if (memcmp(found, same, (size_t)(results * result_size))) fail("sum: other bits");

    i = 0;
    for (int more = the.elements > 0; more; more = next(index), i++) {
        ptrdiff_t to = 0;
        for (int d = 0; d < the.dims; d++) to = kept[d] ? to * the.shape[d] + index[d] : to;
        sums[to] += terms[i];
        sizes[to] += fabs(terms[i]);
    }
    const int is_single = result_dtype == RELU_FAST_FLOAT32;
    const double precision = is_single ? 0x1p-23 : 0x1p-52;
    /* Where terms cancel, what is left of one sum may be beyond float32, and of the other not. */
    const double largest = is_single ? 0x1.fffffep127 : INFINITY;
    for (i = 0; i < results; i++) {
        const double got = fmax(-largest, fmin(load(result_dtype, found, i), largest));
        const double wanted = fmax(-largest, fmin(sums[i], largest));
        if (!(fabs(got - wanted) <= 0x1p-36 * sizes[i] + precision * fabs(wanted) + 0x1p-140)) {
            fprintf(stderr, "result %td is %a, not %a\n", i, got, wanted);
            fail("sum: other sum");
        }
    }
    free(found);
    free(same);
    free(g);
    free(x);
    free(terms);
    free(sums);
    free(sizes);
}

/* ---- One input ----------------------------------------------------------- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input = data;
    left = size;
    const int activation = choose(RELU_FAST_ACTIVATIONS);
    const enum relu_fast_form form = (enum relu_fast_form)choose(RELU_FAST_FORMS);
    if (!relu_fast_has_form(activation, form)) return -1;
    const enum relu_fast_form_kind kind = relu_fast_forms[form].kind;
    the.dtype = kind == RELU_FAST_KIND_SUM ? choose_compute()
                                           : (enum relu_fast_dtype)choose(RELU_FAST_DTYPES);
    if (!relu_fast_takes(activation, form, the.dtype)) return -1;
    the.size = relu_fast_size(the.dtype);
    const char *const *isa = relu_fast_isas_built();
    for (int i = choose(4); i > 0 && isa[1]; i--) isa++;
    if (relu_fast_select_isa(*isa)) relu_fast_select_isa(NULL);
    relu_fast_set_threads(1 + choose(4));
    relu_fast_set_cache_bytes(choose(4) ? 0 : 1); /* 1: all goes past the cache */
    choose_shape();
    const uint64_t seed = (uint64_t)byte();
    if (the.elements > SOME && relu_fast_threads() > 1) wake_team();
    switch (kind) {
    case RELU_FAST_KIND_SUM:
        check_sum(activation, choose(RELU_FAST_MAX_PARAMETERS), seed);
        break;
    case RELU_FAST_KIND_ELEMENTWISE:
        check_operation(relu_fast_make_operation(activation, form, the.dtype), seed);
        break;
    case RELU_FAST_KIND_IN_PLACE:
        return -1; /* a function of the bridge */
    }
    return 0;
}
