/* The inputs, as the head of tests/data/hashes.txt defines them, in integers. */
#include "check.h"
#include "kernels/half.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUICK (1 << 14)
#define FULL (1 << 20)
#define HALF_POINTS 1500

static const struct {
    int bits;
    uint64_t near, far; /* of the range where an exponential happens: -2^-12; -200 and -750 */
    uint64_t infinity, nan;
} formats[RELU_FAST_DTYPES] = {
    [RELU_FAST_FLOAT16] = {16, 0x8c00, 0xcd00, 0x7c00, 0x7e00}, /* -20 */
    [RELU_FAST_FLOAT32] = {32, 0xb9800000, 0xc3480000, 0x7f800000, 0x7fc00000},
    [RELU_FAST_FLOAT64] = {64, 0xbf30000000000000, 0xc087700000000000, 0x7ff0000000000000,
                           0x7ff8000000000000},
};

void *allocate(ptrdiff_t bytes)
{
    void *memory = aligned_alloc(64, (size_t)(bytes + 127) & (size_t)-64);
    if (!memory) {
        fprintf(stderr, "no memory\n");
        exit(2);
    }
    return memory;
}

static void store_bits(uint64_t bits, enum relu_fast_dtype dtype, void *numbers, ptrdiff_t i)
{
    switch (formats[dtype].bits) {
    case 16:
        ((uint16_t *)numbers)[i] = (uint16_t)bits;
        break;
    case 32:
        ((uint32_t *)numbers)[i] = (uint32_t)bits;
        break;
    default:
        ((uint64_t *)numbers)[i] = bits;
    }
}

void store_number(double number, enum relu_fast_dtype dtype, void *to)
{
    const float rounded = (float)number;
    switch (dtype) {
    case RELU_FAST_FLOAT16:
        store_bits(half_from_double(number), dtype, to, 0);
        break;
    case RELU_FAST_FLOAT32:
        memcpy(to, &rounded, sizeof rounded);
        break;
    default:
        memcpy(to, &number, sizeof number);
    }
}

#define CANONICALISE(type)                                           \
    for (ptrdiff_t i = 0; i < n; i++) {                              \
        type *number = (type *)numbers + i;                          \
        if ((type)(*number & ~sign) > infinity) *number = (type)nan; \
    }

void canonicalise(enum relu_fast_dtype dtype, ptrdiff_t n, void *numbers)
{
    const uint64_t infinity = formats[dtype].infinity, nan = formats[dtype].nan;
    const uint64_t sign = (uint64_t)1 << (formats[dtype].bits - 1);
    switch (formats[dtype].bits) {
    case 16:
        CANONICALISE(uint16_t) break;
    case 32:
        CANONICALISE(uint32_t) break;
    default:
        CANONICALISE(uint64_t)
    }
}

static void sweep(enum relu_fast_dtype dtype, int moderate, ptrdiff_t n, char *to)
{
    const int width = formats[dtype].bits;
    const uint64_t near = formats[dtype].near, far = formats[dtype].far;
    for (ptrdiff_t i = 0; i < n; i++) {
        const uint64_t u = ((uint64_t)i + 1) * 0x9e3779b97f4a7c15 >> (64 - width);
        const uint64_t exponential = near + u % (far - near);
        const uint64_t positive = exponential ^ (uint64_t)1 << (width - 1);
        store_bits(i % 2 ? exponential : moderate ? positive : u, dtype, to, i);
    }
}

static char *reversed(const char *x, ptrdiff_t n, ptrdiff_t size)
{
    char *to = allocate(n * size);
    for (ptrdiff_t i = 0; i < n; i++) memcpy(to + i * size, x + (n - 1 - i) * size, (size_t)size);
    return to;
}

/* Returns their number.  For float16 no points are stored: it has few numbers. */
static ptrdiff_t read_points(const char *folder, enum relu_fast_dtype dtype, char **x,
                             ptrdiff_t sweep_length)
{
    const ptrdiff_t size = relu_fast_size(dtype);
    ptrdiff_t points = 0;
    char path[4096];
    uint64_t bits;
    if (dtype == RELU_FAST_FLOAT16) {
        points = HALF_POINTS;
        *x = allocate((points + sweep_length) * size);
        sweep(dtype, 0, points, *x);
        return points;
    }
    snprintf(path, sizeof path, "%s/points_%s.txt", folder, relu_fast_dtype_names[dtype]);
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(2);
    }
    while (fscanf(file, "%" SCNx64, &bits) == 1) points++;
    rewind(file);
    *x = allocate((points + sweep_length) * size);
    for (ptrdiff_t i = 0; fscanf(file, "%" SCNx64, &bits) == 1; i++) store_bits(bits, dtype, *x, i);
    fclose(file);
    return points;
}

inputs read_inputs(const char *folder, enum relu_fast_dtype dtype, int quick)
{
    static const double numbers[RELU_FAST_MAX_PARAMETERS][7] = {
        {0.3, -0.5, 1, 0, 2, 1e-3, -1},
        {0.7, 3, -0.25, 6, 0, -2, 1},
    };
    const ptrdiff_t size = relu_fast_size(dtype);
    inputs in = {.moderates = quick ? QUICK : FULL};
    in.points = read_points(folder, dtype, &in.x, in.moderates);
    in.n = in.points + in.moderates;
    sweep(dtype, 0, in.moderates, in.x + in.points * size);
    in.g = reversed(in.x, in.n, size);
    for (int p = 0; p < RELU_FAST_MAX_PARAMETERS; p++) {
        for (int varying = 0; varying < 2; varying++) {
            char *to = allocate(in.points * size);
            for (ptrdiff_t i = 0; i < in.points; i++) {
                store_number(numbers[p][varying ? i % 7 : 0], dtype, to + i * size);
            }
            in.parameters[p][varying] = to;
        }
    }
    in.moderate = allocate(in.moderates * size);
    sweep(dtype, 1, in.moderates, in.moderate);
    in.moderate_g = reversed(in.moderate, in.moderates, size);
    return in;
}
