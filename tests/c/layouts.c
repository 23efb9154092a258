/* Short arrays of every length, at any offset, with strides, in place, transposed and
 * overlapping: each against the results of one element at a time. */
#include "check.h"
#include "kernels/half.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AROUND 64 /* bytes before and after each array that must stay as they are */
#define UNTOUCHED 0x55
#define MAX_OFFSET 16 /* in elements */

typedef struct {
    ptrdiff_t first, n;       /* part of the points */
    ptrdiff_t strides[ROLES]; /* in elements */
    ptrdiff_t offset;         /* from a cache line to the arrays, in elements: times 1, 2, ... */
    int output, place; /* which output is stored over which operand; else a place of its own */
} arrangement;

static int is_parameter(int role)
{
    return role >= PARAMETERS && role < OUTPUTS;
}

static int is_output(int role)
{
    return role >= OUTPUTS;
}

/* The role that tells where an output lies. */
static int place_of(const arrangement *a, int output)
{
    return output == a->output ? a->place : OUTPUTS + output;
}

/* Puts n elements into `image`, with strides between them, negative ones from the end;
 * returns the place of the first. */
static char *scatter(const arrangement *a, int role, ptrdiff_t size, const char *from, char *image)
{
    const ptrdiff_t stride = a->strides[role];
    char *first = image + AROUND + a->offset * (role + 1) % MAX_OFFSET * size +
                  (stride < 0 && a->n ? (1 - a->n) * stride * size : 0);
    for (ptrdiff_t i = 0; from && i < a->n; i++) {
        memcpy(first + i * stride * size, from + i * size, (size_t)size);
    }
    return first;
}

static ptrdiff_t image_bytes(const arrangement *a, int role, ptrdiff_t size)
{
    return ((a->n + 1) * ptrdiff_abs(a->strides[role]) + MAX_OFFSET) * size + 2 * AROUND;
}

/* A half as a float32, which parameters of functions of half types may be. */
static float widen(enum relu_fast_dtype dtype, const char *number)
{
    uint16_t code;
    memcpy(&code, number, sizeof code);
    return dtype == RELU_FAST_FLOAT16 ? half_to_float(code) : bfloat16_to_float(code);
}

static int check_arrangement(const kernel *k, const inputs *in, const expected_results *expected,
                             const arrangement *a)
{
    const ptrdiff_t size = relu_fast_size(k->dtype), at = a->first * size;
    const int outputs = operation_of(k).outputs;
    const char *from[ROLES] = {in->g + at, in->x + at};
    char *images[ROLES], *wanted[ROLES];
    relu_fast_operand by_role[ROLES];
    ptrdiff_t strides[ROLES];
    float numbers[RELU_FAST_MAX_PARAMETERS];
    int differs = 0;

    for (int p = 0; p < RELU_FAST_MAX_PARAMETERS; p++) {
        from[PARAMETERS + p] = in->parameters[p][k->varying] + at;
    }
    for (int role = 0; role < ROLES; role++) {
        const ptrdiff_t bytes = image_bytes(a, role, size);
        images[role] = allocate(bytes);
        wanted[role] = allocate(bytes);
        memset(images[role], UNTOUCHED, (size_t)bytes);
        strides[role] = a->strides[role] * size;
        by_role[role] = (relu_fast_operand){scatter(a, role, size, from[role], images[role]),
                                            &strides[role], k->dtype};
        memcpy(wanted[role], images[role], (size_t)bytes);
        if (!is_parameter(role) || k->varying) continue;
        strides[role] = 0;
        if (relu_fast_is_half(k->dtype) && a->n % 2) {
            float *number = &numbers[role - PARAMETERS];
            *number = widen(k->dtype, by_role[role].data);
            by_role[role] = (relu_fast_operand){(char *)number, &strides[role], RELU_FAST_FLOAT32};
        }
    }
    for (int o = 0; o < outputs; o++) {
        by_role[OUTPUTS + o] = by_role[place_of(a, o)];
        scatter(a, place_of(a, o), size, expected->outputs[o] + at, wanted[place_of(a, o)]);
    }
    /* Outputs in place are no overlap that the order shows in. */
    if (!apply(k, 1, &a->n, by_role, RELU_FAST_OVERLAP_REFUSE)) differs = 1;

    for (int o = 0; o < outputs; o++) {
        for (ptrdiff_t i = 0; i < a->n; i++) {
            canonicalise(k->dtype, 1, by_role[OUTPUTS + o].data + i * strides[place_of(a, o)]);
        }
    }
    /* The gaps between the elements included, and what has only been read. */
    for (int role = 0; role < ROLES; role++) {
        differs |= memcmp(wanted[role], images[role], (size_t)image_bytes(a, role, size)) != 0;
        free(wanted[role]);
        free(images[role]);
    }
    if (differs) {
        print_kernel(k);
        printf(": %td elements from %td, offset %td, output %d in place of %d, strides", a->n,
               a->first, a->offset, a->output, a->place);
        for (int role = 0; role < ROLES; role++) printf(" %td", a->strides[role]);
        printf("\n");
    }
    return differs;
}

/* Rows of g lie as columns, and so do those of the first result. */
static int check_transposed(const kernel *k, const inputs *in, const expected_results *expected)
{
    enum { ROWS = 37, COLUMNS = 31, N = ROWS * COLUMNS };
    const ptrdiff_t size = relu_fast_size(k->dtype), shape[2] = {ROWS, COLUMNS};
    const ptrdiff_t straight[2] = {COLUMNS * size, size}, across[2] = {size, ROWS * size};
    const ptrdiff_t none[2] = {0, 0};
    const int outputs = operation_of(k).outputs;
    char *g = allocate(N * size), *turned = allocate(N * size);
    char *found[RELU_FAST_MAX_OUTPUTS];
    int differs = 0;
    for (ptrdiff_t i = 0; i < N; i++) {
        const ptrdiff_t to = i % COLUMNS * ROWS + i / COLUMNS;
        memcpy(g + to * size, in->g + i * size, (size_t)size);
        memcpy(turned + to * size, expected->outputs[0] + i * size, (size_t)size);
    }
    relu_fast_operand by_role[ROLES] = {{g, across, k->dtype}, {in->x, straight, k->dtype}};
    for (int p = 0; p < RELU_FAST_MAX_PARAMETERS; p++) {
        by_role[PARAMETERS + p] = (relu_fast_operand){in->parameters[p][k->varying],
                                                      k->varying ? straight : none, k->dtype};
    }
    for (int o = 0; o < RELU_FAST_MAX_OUTPUTS; o++) {
        found[o] = allocate(N * size);
        by_role[OUTPUTS + o] = (relu_fast_operand){found[o], o ? straight : across, k->dtype};
    }
    apply(k, 2, shape, by_role, RELU_FAST_NO_OVERLAP);
    for (int o = 0; o < outputs; o++) {
        canonicalise(k->dtype, N, found[o]);
        differs |= memcmp(found[o], o ? expected->outputs[o] : turned, (size_t)(N * size)) != 0;
    }
    if (differs) {
        print_kernel(k);
        printf(": transposed\n");
    }
    for (int o = 0; o < RELU_FAST_MAX_OUTPUTS; o++) free(found[o]);
    free(g);
    free(turned);
    return differs;
}

/* An output that lies one element past x: each result is the next x, as in the plain loop; or
 * the call is refused. */
static int check_shifted(const kernel *k, const inputs *in, int output)
{
    enum { N = 70 };
    const ptrdiff_t size = relu_fast_size(k->dtype), n = N, one = 1;
    const ptrdiff_t parameter_stride = k->varying ? size : 0;
    char *x = allocate((N + 1) * size), *copy = allocate((N + 1) * size);
    char *others = allocate(N * size);
    relu_fast_operand by_role[ROLES] = {{in->g, &size, k->dtype}, {x, &size, k->dtype}};
    for (int p = 0; p < RELU_FAST_MAX_PARAMETERS; p++) {
        by_role[PARAMETERS + p] =
            (relu_fast_operand){in->parameters[p][k->varying], &parameter_stride, k->dtype};
    }
    for (int o = 0; o < RELU_FAST_MAX_OUTPUTS; o++) {
        by_role[OUTPUTS + o] =
            (relu_fast_operand){o == output ? x + size : others, &size, k->dtype};
    }
    memcpy(x, in->x, (size_t)((N + 1) * size));
    memcpy(copy, x, (size_t)((N + 1) * size));
    int differs = apply(k, 1, &n, by_role, RELU_FAST_OVERLAP_REFUSE) ||
                  memcmp(x, copy, (size_t)((N + 1) * size));
    apply(k, 1, &n, by_role, RELU_FAST_OVERLAP_IN_ORDER);
    for (int i = 0; i < N; i++) {
        relu_fast_operand single[ROLES];
        for (int role = 0; role < ROLES; role++) {
            single[role] = by_role[role];
            single[role].data += i * by_role[role].strides[0];
        }
        single[X].data = copy + i * size;
        single[OUTPUTS + output].data = copy + (i + 1) * size;
        apply(k, 1, &one, single, RELU_FAST_NO_OVERLAP);
    }
    canonicalise(k->dtype, N + 1, x);
    canonicalise(k->dtype, N + 1, copy);
    differs |= memcmp(x, copy, (size_t)((N + 1) * size)) != 0;
    if (differs) {
        print_kernel(k);
        printf(": output %d one element past x\n", output);
    }
    free(x);
    free(copy);
    free(others);
    return differs;
}

expected_results one_at_a_time(const kernel *k, const inputs *in)
{
    const ptrdiff_t size = relu_fast_size(k->dtype), one = 1;
    expected_results results = {{NULL}};
    relu_fast_operand by_role[ROLES];
    for (int o = 0; o < RELU_FAST_MAX_OUTPUTS; o++)
        results.outputs[o] = allocate(in->points * size);
    for (ptrdiff_t i = 0; i < in->points * size; i += size) {
        by_role[G] = (relu_fast_operand){in->g + i, &size, k->dtype};
        by_role[X] = (relu_fast_operand){in->x + i, &size, k->dtype};
        for (int p = 0; p < RELU_FAST_MAX_PARAMETERS; p++) {
            by_role[PARAMETERS + p] =
                (relu_fast_operand){in->parameters[p][k->varying] + i, &size, k->dtype};
        }
        for (int o = 0; o < RELU_FAST_MAX_OUTPUTS; o++) {
            by_role[OUTPUTS + o] = (relu_fast_operand){results.outputs[o] + i, &size, k->dtype};
        }
        apply(k, 1, &one, by_role, RELU_FAST_NO_OVERLAP);
    }
    for (int o = 0; o < operation_of(k).outputs; o++) {
        canonicalise(k->dtype, in->points, results.outputs[o]);
    }
    return results;
}

int check_layouts(const kernel *k, const inputs *in, const expected_results *expected)
{
    /* g, x, parameters, outputs. */
    static const ptrdiff_t strides[][ROLES] = {
        {1, 1, 1, 1, 1, 1},  {2, 2, 2, 2, 2, 2}, {-1, -1, -1, -1, -1, -1}, {3, 1, 1, 2, 2, 1},
        {1, -5, 1, 1, 1, 1}, {1, 1, 2, 1, 1, 2}, {1, 1, 1, -2, -3, 1},
    };
    const ptrdiff_t longest = 3 * relu_fast_block(relu_fast_size(k->dtype)) + 1;
    int roles[RELU_FAST_MAX_OPERANDS];
    const int count = roles_of(k, roles);
    if (check_transposed(k, in, expected)) return 1;

    /* Every length from none to three vectors and one, everywhere in the points. */
    for (ptrdiff_t n = 0; n <= longest; n++) {
        for (ptrdiff_t first = 0; first < 4; first++) {
            arrangement a = {
                first + 29 * n % (in->points - longest - 4), n, {0}, first, 0, OUTPUTS};
            memcpy(a.strides, strides[0], sizeof a.strides);
            if (check_arrangement(k, in, expected, &a)) return 1;
        }
    }
    for (int output = 0; output < operation_of(k).outputs; output++) {
        if (check_shifted(k, in, output)) return 1;
        for (int i = 0; i < count; i++) {
            if (is_parameter(roles[i]) && !k->varying) continue;
            if (is_output(roles[i]) && roles[i] != OUTPUTS + output) continue;
            arrangement a = {0, 0, {0}, 0, output, roles[i]};
            for (size_t j = 0; j < sizeof strides / sizeof *strides; j++) {
                memcpy(a.strides, strides[j], sizeof a.strides);
                a.first = 1;
                a.n = in->points - 1;
                a.offset = (ptrdiff_t)j;
                if (check_arrangement(k, in, expected, &a)) return 1;
            }
            memcpy(a.strides, strides[0], sizeof a.strides);
            for (a.n = longest - 3; a.n <= longest; a.n++) {
                a.first = a.n;
                if (check_arrangement(k, in, expected, &a)) return 1;
            }
        }
    }
    return 0;
}

/* ---- Sums ---------------------------------------------------------------- */

/* However g and x lie in memory: contiguous, which the stored hashes check, with
 * gaps, backwards and transposed. */
int check_sum_layouts(const kernel *k, const inputs *in)
{
    enum { ROWS = 53, COLUMNS = 301, N = ROWS * COLUMNS };
    static const char kept[][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    const ptrdiff_t size = relu_fast_size(k->dtype), shape[2] = {ROWS, COLUMNS};
    const ptrdiff_t straight[2] = {COLUMNS * size, size}, across[2] = {size, ROWS * size};
    const ptrdiff_t spaced[2] = {-2 * COLUMNS * size, 2 * size};
    char *turned = allocate(N * size), *spread = allocate(2 * N * size);
    char *expected = allocate(N * size), *found = allocate(N * size);
    char *last_row = spread + 2 * (ROWS - 1) * COLUMNS * size;
    int differences = 0;

    memset(spread, UNTOUCHED, (size_t)(2 * N * size));
    for (ptrdiff_t i = 0; i < N; i++) {
        const ptrdiff_t row = i / COLUMNS, column = i % COLUMNS;
        memcpy(turned + (column * ROWS + row) * size, in->moderate + i * size, (size_t)size);
        memcpy(last_row + row * spaced[0] + column * spaced[1], in->moderate_g + i * size,
               (size_t)size);
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const size_t bytes = (size_t)((kept[i][0] ? ROWS : 1) * (kept[i][1] ? COLUMNS : 1) * size);
        sum(k, 2, shape, kept[i], (relu_fast_operand){in->moderate_g, straight, k->dtype},
            (relu_fast_operand){in->moderate, straight, k->dtype}, expected);
        sum(k, 2, shape, kept[i], (relu_fast_operand){last_row, spaced, k->dtype},
            (relu_fast_operand){turned, across, k->dtype}, found);
        if (!memcmp(expected, found, bytes)) continue;
        print_kernel(k);
        printf(": spaced and transposed, rows %s, columns %s\n", kept[i][0] ? "kept" : "summed",
               kept[i][1] ? "kept" : "summed");
        differences++;
    }
    free(turned);
    free(spread);
    free(expected);
    free(found);
    return differences;
}
