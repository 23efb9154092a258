/* The inputs, as the head of tests/data/hashes.txt defines them, in integers. */
#include "check.h"
#include "kernels/half.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUICK, FULL };
static const ptrdiff_t sweep_lengths[] = {1 << 14, 1 << 20}, code_lengths[] = {1 << 11, 1 << 16};

static const struct {
    int bits;
    uint64_t near, far; /* of the range where an exponential happens: -2^-12; -200 and -750 */
    uint64_t infinity, nan;
} formats[RELU_FAST_DTYPES] = {
    [RELU_FAST_FLOAT16] = {16, 0, 0, 0x7c00, 0x7e00},
    [RELU_FAST_BFLOAT16] = {16, 0, 0, 0x7f80, 0x7fc0},
    [RELU_FAST_FLOAT32] = {32, 0xb9800000, 0xc3480000, 0x7f800000, 0x7fc00000},
    [RELU_FAST_FLOAT64] = {64, 0xbf30000000000000, 0xc087700000000000, 0x7ff0000000000000,
                           0x7ff8000000000000},
#define INTEGER(id, name, bytes, ...) [RELU_FAST_##id] = {8 * (bytes), 0, 0, 0, 0},
#include "table/dtypes.def"
};

static int has_sweep(enum relu_fast_dtype dtype)
{
    return dtype == RELU_FAST_FLOAT32 || dtype == RELU_FAST_FLOAT64;
}

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
    case 8:
        ((uint8_t *)numbers)[i] = (uint8_t)bits;
        break;
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

static uint64_t bits_of(double number, enum relu_fast_dtype dtype)
{
    const float rounded = (float)number;
    uint32_t single;
    uint64_t wide;
    switch (dtype) {
    case RELU_FAST_FLOAT16:
        return half_from_double(number);
    case RELU_FAST_BFLOAT16:
        return bfloat16_from_double(number);
    case RELU_FAST_FLOAT32:
        memcpy(&single, &rounded, sizeof single);
        return single;
    default:
        memcpy(&wide, &number, sizeof wide);
        return wide;
    }
}

void store_number(double number, enum relu_fast_dtype dtype, void *to)
{
    store_bits(bits_of(number, dtype), dtype, to, 0);
}

int holds_number(double number, enum relu_fast_dtype dtype)
{
    const uint16_t code = (uint16_t)bits_of(number, dtype);
    if (isnan(number) || !relu_fast_is_half(dtype)) return 1;
    return number ==
           (double)(dtype == RELU_FAST_FLOAT16 ? half_to_float(code) : bfloat16_to_float(code));
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
    if (!nan) return; /* integers */
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

/* The nth codes: of x, or with those as numbers, of g. */
static void list_codes(enum relu_fast_dtype dtype, int of_g, ptrdiff_t n, char *to)
{
    const int width = formats[dtype].bits;
    for (ptrdiff_t i = 0; i < n; i++) {
        const uint64_t u = ((uint64_t)i + 1) * 0x9e3779b97f4a7c15 >> (64 - width);
        const uint64_t code = (uint64_t)i * 0x9e37;
        store_bits(width <= 16 ? (of_g ? code * 0x9e37 : code)
                   : i % 2     ? u % 16 - 4
                               : u,
                   dtype, to, i);
    }
}

static char *reversed(const char *x, ptrdiff_t n, ptrdiff_t size)
{
    char *to = allocate(n * size);
    for (ptrdiff_t i = 0; i < n; i++) memcpy(to + i * size, x + (n - 1 - i) * size, (size_t)size);
    return to;
}

/* Returns their number. */
static ptrdiff_t read_points(const char *folder, enum relu_fast_dtype dtype, char **x,
                             ptrdiff_t sweep_length)
{
    const ptrdiff_t size = relu_fast_size(dtype);
    ptrdiff_t points = 0;
    char path[4096];
    uint64_t bits;
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

static inputs read_swept(const char *folder, enum relu_fast_dtype dtype, ptrdiff_t sweep_length)
{
    const ptrdiff_t size = relu_fast_size(dtype);
    inputs in = {.moderates = sweep_length};
    in.points = read_points(folder, dtype, &in.x, sweep_length);
    in.n = in.points + sweep_length;
    sweep(dtype, 0, sweep_length, in.x + in.points * size);
    in.g = reversed(in.x, in.n, size);
    in.moderate = allocate(sweep_length * size);
    sweep(dtype, 1, sweep_length, in.moderate);
    in.moderate_g = reversed(in.moderate, sweep_length, size);
    return in;
}

static inputs make_codes(enum relu_fast_dtype dtype, ptrdiff_t n)
{
    const ptrdiff_t bytes = n * relu_fast_size(dtype);
    inputs in = {.points = 1150, .n = n, .x = allocate(bytes), .g = allocate(bytes)};
    list_codes(dtype, 0, n, in.x);
    list_codes(dtype, 1, n, in.g);
    return in;
}

inputs read_inputs(const char *folder, enum relu_fast_dtype dtype, int quick)
{
    static const double numbers[RELU_FAST_MAX_PARAMETERS][7] = {
        {0.3, -0.5, 1, 0, 2, 1e-3, -1},
        {0.7, 3, -0.25, 6, 0, -2, 1},
    };
    const ptrdiff_t size = relu_fast_size(dtype);
    inputs in = has_sweep(dtype) ? read_swept(folder, dtype, sweep_lengths[quick ? QUICK : FULL])
                                 : make_codes(dtype, code_lengths[quick ? QUICK : FULL]);
    for (int p = 0; p < RELU_FAST_MAX_PARAMETERS; p++) {
        for (int varying = 0; varying < 2; varying++) {
            char *to = allocate(in.points * size);
            for (ptrdiff_t i = 0; i < in.points; i++) {
                store_number(numbers[p][varying ? i % 7 : 0], dtype, to + i * size);
            }
            in.parameters[p][varying] = to;
        }
    }
    return in;
}
