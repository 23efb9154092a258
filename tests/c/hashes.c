/* Against the stored hashes, whole arrays at a time. */
#include "check.h"
#include "floatmode.h"

#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char activation[32], form[32], dtype[16];
    char argument[32]; /* the parameters, or the layout of a sum */
    unsigned hash[2];  /* full, quick */
} stored_hash;

static stored_hash *stored;
static int stored_count;

void read_hashes(const char *folder, const char *name)
{
    char path[4096], line[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(2);
    }
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#') continue;
        stored = realloc(stored, (size_t)(stored_count + 1) * sizeof *stored);
        stored_hash *s = &stored[stored_count++];
        if (sscanf(line, "%31s %31s %15s %31s %x %x", s->activation, s->form, s->dtype, s->argument,
                   &s->hash[1], &s->hash[0]) != 6) {
            fprintf(stderr, "%s: not a line of hashes: %s", path, line);
            exit(2);
        }
    }
    fclose(file);
}

/* The CRC-32 of zlib, gzip and PNG, of whole 32-bit words ("slicing by 4"). */
static uint32_t crc32(const unsigned char *bytes, ptrdiff_t n)
{
    static uint32_t table[4][256];
    uint32_t crc = 0xffffffff;
    for (uint32_t i = 0; i < 256; i++) {
        table[0][i] = i;
        for (int k = 0; k < 8; k++) {
            table[0][i] = table[0][i] >> 1 ^ (table[0][i] & 1) * 0xedb88320;
        }
    }
    for (int k = 1; k < 4; k++) {
        for (int i = 0; i < 256; i++) {
            const uint32_t before = table[k - 1][i];
            table[k][i] = before >> 8 ^ table[0][before & 0xff];
        }
    }
    for (ptrdiff_t i = 0; i < n; i += 4) {
        crc ^= bytes[i] | (uint32_t)bytes[i + 1] << 8 | (uint32_t)bytes[i + 2] << 16 |
               (uint32_t)bytes[i + 3] << 24;
        crc = table[3][crc & 0xff] ^ table[2][crc >> 8 & 0xff] ^ table[1][crc >> 16 & 0xff] ^
              table[0][crc >> 24];
    }
    return crc ^ 0xffffffff;
}

/* ---- Settings that change no bit ----------------------------------------- */

/* The first is used throughout, the others for the first argument alone. */
static const struct setting {
    const char *name;
    int threads, past_the_cache;
    uint64_t mode; /* of floating-point arithmetic, in the caller */
} settings[] = {
    {"2 threads", 2, 0, 0},      {"1 thread", 1, 0, 0},          {"7 threads", 7, 0, 0},
    {"past the cache", 2, 1, 0}, {"flush to zero", 2, 0, FLUSH}, {"flags set before", 2, 0, FLAGS},
};
enum { SETTINGS = sizeof settings / sizeof *settings };

typedef struct {
    int dims;
    ptrdiff_t shape[2], strides[2];
    char kept[2];
    char *g, *x, *parameters[RELU_FAST_MAX_PARAMETERS], *results[RELU_FAST_MAX_OUTPUTS];
    enum relu_fast_dtype parameter_dtype;
    ptrdiff_t parameter_stride, count;
} call;

static void make_call(const kernel *k, const call *c)
{
    relu_fast_operand by_role[ROLES] = {{c->g, c->strides, k->dtype}, {c->x, c->strides, k->dtype}};
    if (is_sum(k)) {
        sum(k, c->dims, c->shape, c->kept, by_role[G], by_role[X], c->results[0]);
        return;
    }
    for (int i = 0; i < RELU_FAST_MAX_PARAMETERS; i++) {
        by_role[PARAMETERS + i] =
            (relu_fast_operand){c->parameters[i], &c->parameter_stride, c->parameter_dtype};
    }
    for (int i = 0; i < RELU_FAST_MAX_OUTPUTS; i++) {
        by_role[OUTPUTS + i] = (relu_fast_operand){c->results[i], c->strides, k->dtype};
    }
    apply(k, c->dims, c->shape, by_role, RELU_FAST_NO_OVERLAP);
}

/* Returns whether the mode and the flags are what they were before. */
static int make_call_with(const struct setting *s, const kernel *k, const call *c)
{
    const uint64_t caller = get_float_mode();
    relu_fast_set_threads(s->threads);
    relu_fast_set_cache_bytes(s->past_the_cache);
    feclearexcept(FE_ALL_EXCEPT);
    set_float_mode(get_float_mode() | s->mode);
    const uint64_t before = get_float_mode();
    const int flags_before = fetestexcept(FE_ALL_EXCEPT);
    make_call(k, c);
    const uint64_t after = get_float_mode();
    const int flags_after = fetestexcept(FE_ALL_EXCEPT);
    set_float_mode(caller);
    relu_fast_set_cache_bytes(0);
    return before == after && flags_before == flags_after;
}

/* ---- One stored hash ----------------------------------------------------- */

static call arrange_gradient(const char *layout, const inputs *in, ptrdiff_t size)
{
    ptrdiff_t length = 1;
    call c = {.dims = 1,
              .shape = {in->n, 1},
              .strides = {size, size},
              .kept = {1, 1},
              .g = in->g,
              .x = in->x,
              .count = in->n};
    if (!strcmp(layout, "each")) return c;
    const int by_rows = sscanf(layout, "rows_%td", &length) == 1;
    const int by_columns = sscanf(layout, "columns_%td", &length) == 1;
    const ptrdiff_t rows = in->moderates / length;
    c = (call){.dims = by_rows || by_columns ? 2 : 1,
               .shape = {rows, length},
               .strides = {length * size, size},
               .kept = {(char)by_rows, (char)by_columns},
               .g = in->moderate_g + (in->moderates - rows * length) * size,
               .x = in->moderate,
               .count = by_rows      ? rows
                        : by_columns ? length
                                     : 1};
    return c;
}

/* The parameters that a line names, separated by commas: one for each element, or one. */
static void arrange_parameters(const kernel *k, const char *text, call *c)
{
    const int parameters = is_sum(k) ? 0 : operation_of(k).parameters;
    const ptrdiff_t count = k->varying ? c->count : 1;
    const int is_float = relu_fast_is_half(k->dtype) && !k->varying;
    c->parameter_dtype = is_float ? RELU_FAST_FLOAT32 : k->dtype;
    const ptrdiff_t size = relu_fast_size(c->parameter_dtype);
    char *end;
    c->parameter_stride = k->varying ? size : 0;
    for (int p = 0; p < parameters; p++, text = end + 1) {
        const double number = strtod(text, &end);
        c->parameters[p] = allocate(count * size);
        for (ptrdiff_t i = 0; i < count; i++) {
            store_number(number, c->parameter_dtype, c->parameters[p] + i * size);
        }
    }
}

/* Arrays of half types may lack a number that one of float32 is. */
static int has_arguments(const kernel *k, const char *text)
{
    char *end;
    if (!k->varying) return 1;
    for (int p = 0; p < operation_of(k).parameters; p++, text = end + 1) {
        if (!holds_number(strtod(text, &end), k->dtype)) return 0;
    }
    return 1;
}

static int is_hash_of(const stored_hash *s, const kernel *k, int output)
{
    return !strcmp(s->activation, relu_fast_activations[k->activation].name) &&
           !strcmp(s->form, hash_name(k, output)) &&
           !strcmp(s->dtype, relu_fast_dtype_names[k->dtype]);
}

/* NULL if there is none. */
static const stored_hash *find_hash(const kernel *k, int output, const char *argument)
{
    for (const stored_hash *s = stored; s < stored + stored_count; s++) {
        if (is_hash_of(s, k, output) && !strcmp(s->argument, argument)) return s;
    }
    return NULL;
}

/* Whether this output differs from what is stored. */
static int differs(const kernel *k, int output, const stored_hash *s, const call *c, int quick,
                   const char *setting)
{
    canonicalise(k->dtype, c->count, c->results[output]);
    const unsigned found =
        crc32((unsigned char *)c->results[output], c->count * relu_fast_size(k->dtype));
    const stored_hash *expected = find_hash(k, output, s->argument);
    if (expected && expected->hash[quick] == found) return 0;
    print_kernel(k);
    printf(", %s, %s, %s: hash %08x, stored %08x\n", hash_name(k, output), s->argument, setting,
           found, expected ? expected->hash[quick] : 0);
    return 1;
}

static int check_one(const kernel *k, const stored_hash *s, const inputs *in, int quick,
                     int how_many_settings)
{
    const ptrdiff_t size = relu_fast_size(k->dtype);
    const int outputs = operation_of(k).outputs;
    int differences = 0;
    call c = arrange_gradient(is_sum(k) ? s->argument : "each", in, size);
    for (int o = 0; o < outputs; o++) c.results[o] = allocate(c.count * size);
    arrange_parameters(k, s->argument, &c);
    for (int i = 0; i < how_many_settings; i++) {
        for (int o = 0; o < outputs; o++) memset(c.results[o], 0x55, (size_t)(c.count * size));
        if (!make_call_with(&settings[i], k, &c)) {
            print_kernel(k);
            printf(", %s, %s: floating-point mode or flags have changed\n", s->argument,
                   settings[i].name);
            differences++;
        }
        for (int o = 0; o < outputs; o++) {
            differences += differs(k, o, s, &c, quick, settings[i].name);
        }
    }
    for (int p = 0; p < RELU_FAST_MAX_PARAMETERS; p++) free(c.parameters[p]);
    for (int o = 0; o < outputs; o++) free(c.results[o]);
    return differences;
}

int check_hashes(const kernel *k, const inputs *in, int quick, enum hash_extent extent)
{
    int differences = 0, seen = 0;
    for (int i = 0; i < stored_count && !(extent == ONE_ARGUMENT && seen); i++) {
        const stored_hash *s = &stored[i];
        if (!is_hash_of(s, k, 0) || !has_arguments(k, s->argument)) continue;
        differences += check_one(k, s, in, quick, extent < ALL_SETTINGS || seen ? 1 : SETTINGS);
        seen++;
    }
    if (seen && spied_calls()) return differences;
    print_kernel(k);
    printf(": %s\n", seen ? "was never called" : "there is no stored hash");
    return differences + 1;
}
