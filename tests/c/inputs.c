/* The inputs, as the head of tests/data/hashes.txt defines them, in integers. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUICK (1 << 16)
#define FULL (1 << 20)

static const struct {
    int bits;
    uint64_t near, far; /* of the range where an exponential happens: -2^-12 and -200, -750 */
    uint64_t infinity, nan;
} formats[RELU_FAST_DTYPES] = {
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
    if (dtype == RELU_FAST_FLOAT32) {
        ((uint32_t *)numbers)[i] = (uint32_t)bits;
    }
    else {
        ((uint64_t *)numbers)[i] = bits;
    }
}

void store_number(double number, enum relu_fast_dtype dtype, void *to)
{
    const float rounded = (float)number;
    if (dtype == RELU_FAST_FLOAT32) {
        memcpy(to, &rounded, sizeof rounded);
    }
    else {
        memcpy(to, &number, sizeof number);
    }
}

void canonicalise(enum relu_fast_dtype dtype, ptrdiff_t n, void *numbers)
{
    const uint64_t infinity = formats[dtype].infinity, nan = formats[dtype].nan;
    if (dtype == RELU_FAST_FLOAT32) {
        uint32_t *bits = numbers;
        for (ptrdiff_t i = 0; i < n; i++) {
            if ((bits[i] & 0x7fffffff) > infinity) bits[i] = (uint32_t)nan;
        }
    }
    else {
        uint64_t *bits = numbers;
        for (ptrdiff_t i = 0; i < n; i++) {
            if ((bits[i] & 0x7fffffffffffffff) > infinity) bits[i] = nan;
        }
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

inputs read_inputs(const char *folder, enum relu_fast_dtype dtype, int quick)
{
    const ptrdiff_t size = relu_fast_size(dtype);
    inputs in = {.moderates = quick ? QUICK : FULL};
    char path[4096];
    uint64_t bits;
    snprintf(path, sizeof path, "%s/points_%s.txt", folder, dtype_names[dtype]);
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(2);
    }
    while (fscanf(file, "%" SCNx64, &bits) == 1) in.points++;
    rewind(file);
    in.n = in.points + in.moderates;
    in.x = allocate(in.n * size);
    for (ptrdiff_t i = 0; fscanf(file, "%" SCNx64, &bits) == 1; i++) {
        store_bits(bits, dtype, in.x, i);
    }
    fclose(file);
    sweep(dtype, 0, in.moderates, in.x + in.points * size);
    in.g = reversed(in.x, in.n, size);
    for (int varying = 0; varying < 2; varying++) {
        static const double alphas[] = {0.3, -0.5, 1, 0, 2, 1e-3, -1};
        in.alphas[varying] = allocate(in.points * size);
        for (ptrdiff_t i = 0; i < in.points; i++) {
            store_number(alphas[varying ? i % 7 : 0], dtype, in.alphas[varying] + i * size);
        }
    }
    in.moderate = allocate(in.moderates * size);
    sweep(dtype, 1, in.moderates, in.moderate);
    in.moderate_g = reversed(in.moderate, in.moderates, size);
    return in;
}
