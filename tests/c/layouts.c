/* Short arrays of every length, at every offset, with steps, in place and
 * transposed: each against the results of one element at a time. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AROUND 64 /* bytes before and after each array that must stay as they are */
#define UNTOUCHED 0x55

enum { G, X, A, OUT, ARRAYS };

typedef struct {
    ptrdiff_t first, n;      /* part of the points */
    ptrdiff_t steps[ARRAYS]; /* in elements */
    int place;               /* the operand that is overwritten; OUT: none */
} layout;

static int is_operand(const kernel *k, int array)
{
    return array == G ? k->form >= RELU_FAST_BACKWARD : array == A ? k->varying : 1;
}

static ptrdiff_t magnitude_bytes(const layout *l, int array, ptrdiff_t size)
{
    return (l->n ? (l->n - 1) * magnitude(l->steps[array]) + 1 : 0) * size;
}

/* Puts n elements into `memory`, with steps between them, negative ones from the
 * end; returns the place of the first. */
static char *scatter(const layout *l, int array, ptrdiff_t size, const char *from, char *memory)
{
    const ptrdiff_t step = l->steps[array];
    char *first = memory + AROUND + (step < 0 && l->n ? (1 - l->n) * step * size : 0);
    for (ptrdiff_t i = 0; from && i < l->n; i++) {
        memcpy(first + i * step * size, from + i * size, (size_t)size);
    }
    return first;
}

static int check_layout(const kernel *k, const inputs *in, const char *expected, const layout *l)
{
    const ptrdiff_t size = relu_fast_size(k->dtype);
    const ptrdiff_t at = l->first * size;
    const char *from[ARRAYS] = {in->g + at, in->x + at, in->alphas[k->varying] + at, NULL};
    char *memory[ARRAYS];
    relu_fast_operand operands[ARRAYS];
    ptrdiff_t strides[ARRAYS];
    const ptrdiff_t written = magnitude_bytes(l, l->place, size) + 2 * AROUND;

    for (int i = 0; i < ARRAYS; i++) {
        const ptrdiff_t bytes = magnitude_bytes(l, i, size) + 2 * AROUND;
        memory[i] = allocate(bytes);
        memset(memory[i], UNTOUCHED, (size_t)bytes);
        strides[i] = l->steps[i] * size;
        operands[i] = (relu_fast_operand){scatter(l, i, size, from[i], memory[i]), &strides[i]};
    }
    if (!k->varying) strides[A] = 0;
    operands[OUT] = operands[l->place];
    apply(k, 1, &l->n, operands[G], operands[X], operands[A], operands[OUT]);

    /* What should be there now, the gaps between the elements included. */
    char *wanted = allocate(written);
    memset(wanted, UNTOUCHED, (size_t)written);
    scatter(l, l->place, size, expected + at, wanted);
    for (ptrdiff_t i = 0; i < l->n; i++) {
        canonicalise(k->dtype, 1, operands[OUT].data + i * strides[l->place]);
    }
    const int differs = memcmp(wanted, memory[l->place], (size_t)written) != 0;
    if (differs) {
        print_kernel(k);
        printf(": %td elements from %td, steps g %td, x %td, alpha %td, out %td, in place of %d\n",
               l->n, l->first, l->steps[G], l->steps[X], l->steps[A], l->steps[l->place], l->place);
    }
    free(wanted);
    for (int i = 0; i < ARRAYS; i++) free(memory[i]);
    return differs;
}

/* Rows of g lie as columns, and so do those of the results. */
static int check_transposed(const kernel *k, const inputs *in, const char *expected)
{
    enum { ROWS = 37, COLUMNS = 41 };
    const ptrdiff_t size = relu_fast_size(k->dtype), shape[2] = {ROWS, COLUMNS};
    const ptrdiff_t straight[2] = {COLUMNS * size, size}, across[2] = {size, ROWS * size};
    const ptrdiff_t alpha_steps[2] = {k->varying ? COLUMNS * size : 0, k->varying ? size : 0};
    const ptrdiff_t bytes = ROWS * COLUMNS * size;
    char *g = allocate(bytes), *found = allocate(bytes), *turned = allocate(bytes);
    for (ptrdiff_t i = 0; i < ROWS * COLUMNS; i++) {
        const ptrdiff_t to = i % COLUMNS * ROWS + i / COLUMNS;
        memcpy(g + to * size, in->g + i * size, (size_t)size);
        memcpy(turned + to * size, expected + i * size, (size_t)size);
    }
    apply(k, 2, shape, (relu_fast_operand){g, across}, (relu_fast_operand){in->x, straight},
          (relu_fast_operand){in->alphas[k->varying], alpha_steps},
          (relu_fast_operand){found, across});
    canonicalise(k->dtype, ROWS * COLUMNS, found);
    const int differs = memcmp(found, turned, (size_t)bytes) != 0;
    if (differs) {
        print_kernel(k);
        printf(": transposed\n");
    }
    free(g);
    free(found);
    free(turned);
    return differs;
}

char *one_at_a_time(const kernel *k, const inputs *in)
{
    const ptrdiff_t size = relu_fast_size(k->dtype), one = 1;
    char *results = allocate(in->points * size);
    for (ptrdiff_t i = 0; i < in->points * size; i += size) {
        apply(k, 1, &one, (relu_fast_operand){in->g + i, &size},
              (relu_fast_operand){in->x + i, &size},
              (relu_fast_operand){in->alphas[k->varying] + i, &size},
              (relu_fast_operand){results + i, &size});
    }
    canonicalise(k->dtype, in->points, results);
    return results;
}

int check_layouts(const kernel *k, const inputs *in, const char *expected)
{
    static const ptrdiff_t steps[][ARRAYS] = {
        {1, 1, 1, 1},  {2, 2, 2, 2}, {-1, -1, -1, -1}, {3, 1, 1, 2},
        {1, -5, 1, 1}, {1, 1, 2, 1}, {1, 1, 1, -3},
    };
    const ptrdiff_t longest = 3 * RELU_FAST_BLOCK(relu_fast_size(k->dtype)) + 1;
    if (check_transposed(k, in, expected)) return 1;

    /* Every length from none to three vectors and one, everywhere in the points. */
    for (ptrdiff_t n = 0; n <= longest; n++) {
        for (ptrdiff_t first = 0; first < 4; first++) {
            const layout l = {first + 29 * n % (in->points - longest - 4), n, {1, 1, 1, 1}, OUT};
            if (check_layout(k, in, expected, &l)) return 1;
        }
    }
    for (int place = G; place <= OUT; place++) {
        if (!is_operand(k, place)) continue;
        for (ptrdiff_t n = longest - 3; n <= longest; n++) {
            const layout l = {n, n, {1, 1, 1, 1}, place};
            if (check_layout(k, in, expected, &l)) return 1;
        }
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            layout l = {1, in->points - 1, {0}, place};
            memcpy(l.steps, steps[i], sizeof l.steps);
            if (check_layout(k, in, expected, &l)) return 1;
        }
    }
    return 0;
}

/* ---- The gradient of alpha ----------------------------------------------- */

static void sum(const kernel *k, const ptrdiff_t *shape, const char *kept, char *g,
                const ptrdiff_t *g_steps, char *x, const ptrdiff_t *x_steps, char *results)
{
    if (relu_fast_alpha_gradient(k->activation, k->dtype, 2, shape, kept,
                                 (relu_fast_operand){g, g_steps}, (relu_fast_operand){x, x_steps},
                                 k->dtype, results)) {
        fprintf(stderr, "no memory\n");
        exit(2);
    }
}

/* However g and x lie in memory: contiguous, which the stored hashes check, with
 * steps, backwards and transposed. */
int check_sum_layouts(const kernel *k, const inputs *in)
{
    enum { ROWS = 53, COLUMNS = 301, N = ROWS * COLUMNS };
    static const char kept[][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    const ptrdiff_t size = relu_fast_size(k->dtype), shape[2] = {ROWS, COLUMNS};
    const ptrdiff_t straight[2] = {COLUMNS * size, size}, across[2] = {size, ROWS * size};
    const ptrdiff_t stepped[2] = {-2 * COLUMNS * size, 2 * size};
    char *turned = allocate(N * size), *spread = allocate(2 * N * size);
    char *expected = allocate(N * size), *found = allocate(N * size);
    char *last_row = spread + 2 * (ROWS - 1) * COLUMNS * size;
    int differences = 0;

    memset(spread, UNTOUCHED, (size_t)(2 * N * size));
    for (ptrdiff_t i = 0; i < N; i++) {
        const ptrdiff_t row = i / COLUMNS, column = i % COLUMNS;
        memcpy(turned + (column * ROWS + row) * size, in->moderate + i * size, (size_t)size);
        memcpy(last_row + row * stepped[0] + column * stepped[1], in->moderate_g + i * size,
               (size_t)size);
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const size_t bytes = (size_t)((kept[i][0] ? ROWS : 1) * (kept[i][1] ? COLUMNS : 1) * size);
        sum(k, shape, kept[i], in->moderate_g, straight, in->moderate, straight, expected);
        sum(k, shape, kept[i], last_row, stepped, turned, across, found);
        if (!memcmp(expected, found, bytes)) continue;
        print_kernel(k);
        printf(": steps and transposed, rows %s, columns %s\n", kept[i][0] ? "kept" : "summed",
               kept[i][1] ? "kept" : "summed");
        differences++;
    }
    free(turned);
    free(spread);
    free(expected);
    free(found);
    return differences;
}
