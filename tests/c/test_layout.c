/* engine/layout without kernels, against loops over all elements of small arrays. */
#include "engine/layout.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DIMS = 5, MAX_LENGTH = 4, ROUNDS = 200000 };

static int failures;

static void fail(const char *what, int dims, const ptrdiff_t *shape, const ptrdiff_t *strides)
{
    if (failures++ >= 20) return;
    printf("%s: shape", what);
    for (int d = 0; d < dims; d++) printf(" %td", shape[d]);
    printf(", strides");
    for (int d = 0; d < dims; d++) printf(" %td", strides[d]);
    printf("\n");
}

/* The same numbers in every run. */
static int choose(int count)
{
    static uint64_t seed = 1;
    seed = seed * 6364136223846793005 + 1442695040888963407;
    return (int)((seed >> 33) % (uint64_t)count);
}

/* The next index, first dimension fastest; 0 after the last one. */
static int next(int dims, const ptrdiff_t *shape, ptrdiff_t *index)
{
    for (int d = 0; d < dims; d++) {
        if (++index[d] < shape[d]) return 1;
        index[d] = 0;
    }
    return 0;
}

static ptrdiff_t offset_of(int dims, const ptrdiff_t *strides, const ptrdiff_t *index)
{
    ptrdiff_t offset = 0;
    for (int d = 0; d < dims; d++) offset += index[d] * strides[d];
    return offset;
}

/* ---- Coalescing ----------------------------------------------------------- */

typedef struct {
    int dims;
    ptrdiff_t shape[MAX_DIMS], strides[MAX_DIMS][2]; /* innermost first */
} dimensions;

static layout join_all(const dimensions *from)
{
    layout l;
    layout_init(&l, 2);
    for (int d = 0; d < from->dims; d++) layout_join(&l, from->shape[d], from->strides[d]);
    return l;
}

static void check_joined(const char *what, dimensions from, dimensions expected)
{
    const layout l = join_all(&from);
    int same = l.dims == expected.dims;
    for (int d = 0; d < expected.dims && same; d++) {
        same = l.shape[d] == expected.shape[d] &&
               !memcmp(l.strides[d], expected.strides[d], sizeof expected.strides[d]);
    }
    if (!same) fail(what, from.dims, from.shape, from.strides[0]);
}

static void check_known_joins(void)
{
    check_joined("contiguous", (dimensions){3, {5, 4, 3}, {{8, 4}, {40, 20}, {160, 80}}},
                 (dimensions){1, {60}, {{8, 4}}});
    check_joined("backwards", (dimensions){2, {5, 4}, {{-8, 4}, {-40, 20}}},
                 (dimensions){1, {20}, {{-8, 4}}});
    check_joined("broadcast", (dimensions){2, {5, 4}, {{0, 4}, {0, 20}}},
                 (dimensions){1, {20}, {{0, 4}}});
    check_joined("broadcast along one dimension", (dimensions){2, {5, 4}, {{8, 0}, {40, 4}}},
                 (dimensions){2, {5, 4}, {{8, 0}, {40, 4}}});
    check_joined("one array goes on", (dimensions){2, {5, 4}, {{8, 4}, {40, 24}}},
                 (dimensions){2, {5, 4}, {{8, 4}, {40, 24}}});
    check_joined("length 1", (dimensions){4, {1, 5, 1, 4}, {{7, 7}, {8, 4}, {-3, 0}, {40, 20}}},
                 (dimensions){1, {20}, {{8, 4}}});
    check_joined("only length 1", (dimensions){2, {1, 1}, {{8, 4}, {8, 4}}}, (dimensions){0});
    check_joined("turned round", (dimensions){2, {5, 4}, {{8, 4}, {-40, 20}}},
                 (dimensions){2, {5, 4}, {{8, 4}, {-40, 20}}});
}

/* Strides that often go on. */
static dimensions choose_dimensions(void)
{
    dimensions found = {.dims = choose(MAX_DIMS + 1)};
    ptrdiff_t run[2] = {choose(9) - 4, choose(9) - 4};
    for (int d = 0; d < found.dims; d++) {
        found.shape[d] = 1 + choose(MAX_LENGTH);
        for (int k = 0; k < 2; k++) {
            if (!choose(4)) run[k] = choose(17) - 8;
            found.strides[d][k] = run[k];
            run[k] *= found.shape[d];
        }
    }
    return found;
}

/* The same elements in the same order, in as few dimensions as can be; and layout_offset, which
 * adds to what is there. */
static void check_random_join(void)
{
    const dimensions from = choose_dimensions();
    const layout l = join_all(&from);
    ptrdiff_t index[MAX_DIMS] = {0}, at = 0;
    do {
        ptrdiff_t found[2] = {100, -100};
        layout_offset(&l, at++, found);
        for (int k = 0; k < 2; k++) {
            ptrdiff_t expected = k ? -100 : 100;
            for (int d = 0; d < from.dims; d++) expected += index[d] * from.strides[d][k];
            if (found[k] != expected) {
                fail("layout_offset", from.dims, from.shape, from.strides[0]);
                return;
            }
        }
    } while (next(from.dims, from.shape, index));
    if (layout_elements(&l) != at) fail("layout_elements", from.dims, from.shape, from.strides[0]);
    for (int d = 0; d < l.dims; d++) {
        const int joins = d > 0 && l.strides[d][0] == l.strides[d - 1][0] * l.shape[d - 1] &&
                          l.strides[d][1] == l.strides[d - 1][1] * l.shape[d - 1];
        if (l.shape[d] == 1 || joins) {
            fail("layout_join: not joined", from.dims, from.shape, from.strides[0]);
        }
    }
}

/* ---- Order ---------------------------------------------------------------- */

static ptrdiff_t magnitude(ptrdiff_t stride)
{
    return stride < 0 ? -stride : stride;
}

static void check_sort(void)
{
    ptrdiff_t strides[8];
    int dims[8], seen = 0, count = choose(9);
    for (int i = 0; i < count; i++) {
        strides[i] = choose(9) - 4;
        dims[i] = i;
    }
    relu_fast_layout_sort(count, dims, strides);
    for (int i = 0; i < count; i++) {
        seen |= 1 << dims[i];
        if (i == 0) continue;
        const ptrdiff_t before = magnitude(strides[dims[i - 1]]),
                        here = magnitude(strides[dims[i]]);
        if (before > here) fail("layout_sort: order", count, strides, strides);
        if (before == here && dims[i - 1] > dims[i]) {
            fail("layout_sort: not stable", count, strides, strides);
        }
    }
    if (seen != (1 << count) - 1) fail("layout_sort: lost", count, strides, strides);
}

/* ---- Overlap -------------------------------------------------------------- */

enum { MEMORY = 4096 };

typedef struct {
    int dims;
    ptrdiff_t shape[MAX_DIMS], strides[MAX_DIMS];
} array;

/* Small, so that many of them overlap. */
static array choose_array(const array *like)
{
    static const ptrdiff_t near[] = {1, 2, 3, 4, 6, 8, 12, 16, 32};
    array a = {.dims = like ? like->dims : choose(MAX_DIMS)};
    for (int d = 0; d < a.dims; d++) {
        a.shape[d] = like ? like->shape[d] : 1 + choose(MAX_LENGTH);
        a.strides[d] = choose(8) ? near[choose(9)] * (choose(3) ? 1 : -1) : 0;
    }
    return a;
}

/* A transposed, reversed view with gaps: what never overlaps itself. */
static array choose_view(ptrdiff_t size)
{
    array a = {.dims = choose(MAX_DIMS)};
    int order[MAX_DIMS];
    for (int d = 0; d < a.dims; d++) order[d] = d;
    for (int d = a.dims - 1; d > 0; d--) {
        const int other = choose(d + 1), here = order[d];
        order[d] = order[other];
        order[other] = here;
    }
    for (int i = 0; i < a.dims; i++) {
        const int d = order[i];
        a.shape[d] = 1 + choose(MAX_LENGTH);
        a.strides[d] = choose(2) ? size : -size;
        size *= a.shape[d] + choose(2);
    }
    return a;
}

/* Marks the bytes of each element; returns whether one had been marked before. */
static int mark(const array *a, ptrdiff_t at, ptrdiff_t size, char *memory)
{
    ptrdiff_t index[MAX_DIMS] = {0};
    int twice = 0;
    do {
        char *element = memory + at + offset_of(a->dims, a->strides, index);
        for (ptrdiff_t i = 0; i < size; i++) twice |= element[i]++ != 0;
    } while (next(a->dims, a->shape, index));
    return twice;
}

static void check_overlaps_itself(void)
{
    const ptrdiff_t size = (ptrdiff_t)1 << choose(4);
    char memory[MEMORY] = {0};
    const array a = choose_array(NULL), view = choose_view(size);
    const int found = relu_fast_layout_overlaps_itself(a.dims, a.shape, a.strides, size);
    if (mark(&a, MEMORY / 2, size, memory) && !found) {
        fail("layout_overlaps_itself: missed", a.dims, a.shape, a.strides);
    }
    if (relu_fast_layout_overlaps_itself(view.dims, view.shape, view.strides, size)) {
        fail("layout_overlaps_itself: of a view", view.dims, view.shape, view.strides);
    }
}

/* Two arrays somewhere in the same memory. */
static void check_pair(void)
{
    static char memory[MEMORY];
    char marks[2][MEMORY] = {{0}};
    ptrdiff_t at[2], low[2] = {MEMORY, MEMORY}, high[2] = {0, 0};
    array arrays[2];
    relu_fast_operand operands[2];
    int shared = 0, same;
    arrays[0] = choose_array(NULL);
    arrays[1] = choose(3) ? choose_array(&arrays[0]) : arrays[0];
    at[0] = MEMORY / 2;
    at[1] = choose(3) ? MEMORY / 2 + choose(401) - 200 : at[0];
    /* Strides along a length of 1 mean nothing. */
    for (int d = 0; d < arrays[1].dims; d++) {
        if (arrays[1].shape[d] == 1) arrays[1].strides[d] = choose(100);
    }
    for (int k = 0; k < 2; k++) {
        operands[k] = (relu_fast_operand){memory + at[k], arrays[k].strides,
                                          (enum relu_fast_dtype)choose(RELU_FAST_DTYPES)};
        mark(&arrays[k], at[k], relu_fast_size(operands[k].dtype), marks[k]);
        for (ptrdiff_t i = 0; i < MEMORY; i++) {
            if (!marks[k][i]) continue;
            low[k] = i < low[k] ? i : low[k];
            high[k] = i;
        }
    }
    for (ptrdiff_t i = 0; i < MEMORY; i++) shared |= marks[0][i] && marks[1][i];
    const int meet = low[0] <= high[1] && low[1] <= high[0];
    const array *a = &arrays[0];
    if (relu_fast_layout_meet(a->dims, a->shape, operands[0], operands[1]) != meet ||
        (shared && !meet)) {
        fail("layout_meet", a->dims, a->shape, a->strides);
    }
    same = operands[0].dtype == operands[1].dtype;
    ptrdiff_t index[MAX_DIMS] = {0};
    do {
        same &= at[0] + offset_of(a->dims, a->strides, index) ==
                at[1] + offset_of(a->dims, arrays[1].strides, index);
    } while (next(a->dims, a->shape, index));
    if (relu_fast_layout_same(a->dims, a->shape, operands[0], operands[1]) != same) {
        fail("layout_same", a->dims, a->shape, arrays[1].strides);
    }
}

int main(void)
{
    check_known_joins();
    for (int i = 0; i < ROUNDS; i++) {
        check_random_join();
        check_sort();
        check_overlaps_itself();
        if (i % 8 == 0) check_pair();
    }
    printf("%d failures\n", failures);
    return failures > 0;
}
