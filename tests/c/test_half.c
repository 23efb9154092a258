/* Half types: every number to float, to the nearest from float and double, in runs as arrays are
 * converted, and through the engine, against arithmetic that is exact in double; and integers,
 * which are computed on the bits as well.
 *
 *     test_half [--all]     every float, not only one of some thousand */
#include "include/relu_fast.h"
#include "kernels/half.h"
#include "runtime/cpu.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODES = 1 << 16, MAGNITUDES = CODES / 2 };

typedef struct {
    enum relu_fast_dtype dtype;
    int digits, bias;  /* of the significand, after the point; of the exponent */
    unsigned infinity; /* code */
    float (*to_float)(uint16_t);
    uint16_t (*from_float)(float);
    uint16_t (*from_double)(double);
    uint64_t smallest, largest; /* bits of doubles: those between them are no plain 0 or infinity */
} format;

static const format formats[] = {
    {RELU_FAST_FLOAT16, 10, 15, 0x7c00, half_to_float, half_from_float, half_from_double,
     0x3e00000000000000, 0x4100000000000000},
    {RELU_FAST_BFLOAT16, 7, 127, 0x7f80, bfloat16_to_float, bfloat16_from_float,
     bfloat16_from_double, 0x3760000000000000, 0x4800000000000000},
};
enum { FORMATS = sizeof formats / sizeof *formats };

static const format *f; /* the one that is being checked */
static int failures;

static void fail(const char *what, double number, unsigned found, unsigned expected)
{
    if (failures++ < 20) {
        printf("%s, %s, %s: %a: 0x%04x, not 0x%04x\n", relu_fast_isa(),
               relu_fast_dtype_names[f->dtype], what, number, found, expected);
    }
}

/* ---- The truth ------------------------------------------------------------ */

/* From the definition of the format.  Infinity is where the next number would be. */
static double magnitudes[MAGNITUDES];

static void list_magnitudes(void)
{
    for (int code = 0; code < MAGNITUDES; code++) {
        const int exponent = code >> f->digits, one = 1 << f->digits;
        const int significand = code % one + (exponent ? one : 0);
        magnitudes[code] = ldexp(significand, (exponent ? exponent : 1) - f->bias - f->digits);
    }
}

static double number_of(unsigned code)
{
    const unsigned magnitude = code & 0x7fff;
    const double number = magnitude > f->infinity    ? NAN
                          : magnitude == f->infinity ? INFINITY
                                                     : magnitudes[magnitude];
    return code & 0x8000 ? -number : number;
}

/* By searching the two numbers around it; the middle between two is exact in double. */
static unsigned nearest(double number)
{
    const unsigned sign = signbit(number) ? 0x8000 : 0;
    const double magnitude = fabs(number);
    unsigned low = 0, high = f->infinity;
    if (isnan(number)) return f->infinity + 1;
    if (magnitude >= magnitudes[f->infinity]) return sign | f->infinity;
    while (high - low > 1) {
        const unsigned middle = (low + high) / 2;
        *(magnitudes[middle] <= magnitude ? &low : &high) = middle;
    }
    const double tie = (magnitudes[low] + magnitudes[high]) / 2;
    const int up = magnitude > tie || (magnitude == tie && low % 2);
    return sign | (up ? high : low);
}

/* Which NaN it is is not promised. */
static int are_same(unsigned a, unsigned b)
{
    return a == b || ((a & 0x7fff) > f->infinity && (b & 0x7fff) > f->infinity);
}

static int are_same_numbers(double a, double b)
{
    return isnan(a) ? isnan(b) : a == b && !signbit(a) == !signbit(b);
}

/* ---- Conversions of one number -------------------------------------------- */

static void check_up(void)
{
    for (unsigned code = 0; code < CODES; code++) {
        const double expected = number_of(code), found = f->to_float((uint16_t)code);
        if (!are_same_numbers(found, expected)) fail("to float", expected, nearest(found), code);
    }
}

static void check_float(float number)
{
    const unsigned found = f->from_float(number), expected = nearest((double)number);
    if (!are_same(found, expected)) fail("from float", (double)number, found, expected);
}

static void check_double(double number)
{
    const unsigned found = f->from_double(number), expected = nearest(number);
    if (!are_same(found, expected)) fail("from double", number, found, expected);
}

/* Some floats and doubles on both sides of a number, of both signs. */
static void check_around(double number)
{
    static const double nudges[] = {0x1p-52, 0x1p-45, 0x1p-36, 0x1p-30, 0x1p-25, 0x1p-24, 0x1p-14};
    float up = (float)number, down = up;
    for (int i = 0; i < 4; i++) {
        check_float(up);
        check_float(-up);
        check_float(down);
        check_float(-down);
        up = nextafterf(up, INFINITY);
        down = nextafterf(down, -INFINITY);
    }
    check_double(number);
    check_double(-number);
    check_double(nextafter(number, 0));
    check_double(nextafter(number, -INFINITY));
    for (size_t i = 0; i < sizeof nudges / sizeof *nudges; i++) {
        check_double(number * (1 + nudges[i]));
        check_double(number * (1 - nudges[i]));
        check_double(-number * (1 + nudges[i]));
        check_double(-number * (1 - nudges[i]));
    }
}

static void check_doubles(uint64_t first, uint64_t last, uint64_t step)
{
    for (uint64_t bits = first; bits < last - step; bits += step) {
        double number;
        memcpy(&number, &bits, sizeof number);
        check_double(number);
    }
}

static void check_down(int all)
{
    const uint64_t step = all ? 1 : 4099;
    for (unsigned code = 0; code < f->infinity; code++) {
        check_around(magnitudes[code]);
        check_around((magnitudes[code] + magnitudes[code + 1]) / 2);
    }
    check_around(magnitudes[f->infinity]);
    for (uint64_t i = 0; i < (uint64_t)1 << 32; i += step) {
        const uint32_t bits = (uint32_t)i;
        float number;
        memcpy(&number, &bits, sizeof number);
        check_float(number);
    }
    check_doubles(0, UINT64_MAX, 0xffffffffffff1);
    check_doubles(f->smallest, f->largest, (f->largest - f->smallest) / 1000003);
}

/* ---- Runs ------------------------------------------------------------------ */

enum { ROWS = 2, LONGEST = 600, AROUND = 64 };
static const unsigned char untouched = 0x55;

/* Rows with a gap of one element between them, at any element of a cache line. */
typedef struct {
    _Alignas(64) char bytes[AROUND + ROWS * (LONGEST + 1) * sizeof(double) + 2 * AROUND];
    ptrdiff_t n, size, first;
} rows;

static relu_fast_place make_rows(rows *r, ptrdiff_t n, ptrdiff_t size, ptrdiff_t offset)
{
    memset(r->bytes, untouched, sizeof r->bytes);
    r->n = n;
    r->size = size;
    r->first = AROUND + offset * size;
    return (relu_fast_place){r->bytes + r->first, (n + 1) * size, size};
}

static char *element(rows *r, ptrdiff_t row, ptrdiff_t i)
{
    return r->bytes + r->first + (row * (r->n + 1) + i) * r->size;
}

/* Replaces the elements, and sees that all else is untouched. */
static int is_all_else_untouched(rows *r)
{
    for (int row = 0; row < ROWS; row++) {
        memset(element(r, row, 0), untouched, (size_t)(r->n * r->size));
    }
    for (size_t i = 0; i < sizeof r->bytes; i++) {
        if ((unsigned char)r->bytes[i] != untouched) return 0;
    }
    return 1;
}

/* Numbers, ties and what is next to them. */
static double draw(ptrdiff_t i)
{
    const unsigned code = (unsigned)(i * 40503) % CODES, magnitude = code & 0x7fff;
    if (magnitude >= f->infinity) return number_of(code);
    const double tie = (magnitudes[magnitude] + magnitudes[magnitude + 1]) / 2;
    const double found = i % 4 == 0   ? magnitudes[magnitude]
                         : i % 4 == 1 ? tie
                                      : tie * (1 + (i % 4 == 2 ? -0x1p-20 : 0x1p-20));
    return code & 0x8000 ? -found : found;
}

static double read_number(enum relu_fast_compute compute, const char *from)
{
    return compute == RELU_FAST_COMPUTE_FLOAT32 ? (double)*(const float *)from
                                                : *(const double *)from;
}

static void write_number(enum relu_fast_compute compute, double number, char *to)
{
    if (compute == RELU_FAST_COMPUTE_FLOAT32) *(float *)to = (float)number;
    else *(double *)to = number;
}

static void check_run(enum relu_fast_compute compute, ptrdiff_t n, ptrdiff_t offset)
{
    static rows codes, numbers;
    const relu_fast_moves *moves = relu_fast_active_kernels(compute)->moves;
    const ptrdiff_t size = relu_fast_size(relu_fast_dtype_of(compute));
    const ptrdiff_t any = n * 4243 + offset * 17;
    relu_fast_place from = make_rows(&codes, n, 2, offset);
    relu_fast_place to = make_rows(&numbers, n, size, 7 * offset % 8);
    for (ptrdiff_t i = 0; i < ROWS * n; i++) {
        *(uint16_t *)element(&codes, i / n, i % n) = (uint16_t)((any + i) * 40503);
    }
    moves->load[f->dtype](ROWS, n, to, from);
    for (ptrdiff_t i = 0; i < ROWS * n; i++) {
        const unsigned code = *(uint16_t *)element(&codes, i / n, i % n);
        const double found = read_number(compute, element(&numbers, i / n, i % n));
        if (!are_same_numbers(found, number_of(code))) {
            fail("load", number_of(code), nearest(found), code);
        }
    }
    if (!is_all_else_untouched(&numbers)) fail("load out of bounds", (double)n, 0, 0);

    to = make_rows(&codes, n, 2, offset);
    from = make_rows(&numbers, n, size, 7 * offset % 8);
    for (ptrdiff_t i = 0; i < ROWS * n; i++) {
        write_number(compute, draw(any + i), element(&numbers, i / n, i % n));
    }
    moves->store[f->dtype](ROWS, n, to, from);
    for (ptrdiff_t i = 0; i < ROWS * n; i++) {
        const double number = read_number(compute, element(&numbers, i / n, i % n));
        const unsigned found = *(uint16_t *)element(&codes, i / n, i % n);
        if (!are_same(found, nearest(number))) fail("store", number, found, nearest(number));
    }
    if (!is_all_else_untouched(&codes)) fail("store out of bounds", (double)n, 0, 0);
}

static void check_runs(void)
{
    static const ptrdiff_t long_ones[] = {255, 256, 257, 511, 512, 513, 599, LONGEST};
    for (int c = 0; c < RELU_FAST_COMPUTES; c++) {
        const enum relu_fast_compute compute = (enum relu_fast_compute)c;
        for (ptrdiff_t offset = 0; offset < 32; offset++) {
            for (ptrdiff_t n = 0; n <= 70; n++) check_run(compute, n, offset);
        }
        for (size_t i = 0; i < sizeof long_ones / sizeof *long_ones; i++) {
            check_run(compute, long_ones[i], (ptrdiff_t)i);
        }
    }
}

/* ---- Through the engine --------------------------------------------------- */

/* Of rows whose results are exact in double, before they are rounded. */
typedef struct {
    int activation;
    double slope; /* of the negative side, and not a parameter if it is 0 */
    double top;   /* from where on it is constant; 0: nowhere */
} rectifier;

static double value_of(rectifier r, double x)
{
    if (r.slope == 0 && x <= 0) return 0;
    return x < 0 ? r.slope * x : r.top > 0 && x > r.top ? r.top : x;
}

static double backward_of(rectifier r, double g, double x)
{
    if (isnan(x)) return x;
    if (x > 0) return r.top > 0 && x >= r.top ? 0 : g;
    return r.slope == 0 ? 0 : g * r.slope;
}

static void check_rectifier(rectifier r)
{
    static uint16_t x[CODES], g[CODES], y[CODES], dy[CODES];
    static const ptrdiff_t n = CODES, stride = sizeof(uint16_t), none = 0;
    const float slope = (float)r.slope;
    const relu_fast_operand in_g = {(char *)g, &stride, f->dtype},
                            in_x = {(char *)x, &stride, f->dtype},
                            number = {(char *)&slope, &none, RELU_FAST_FLOAT32},
                            out[RELU_FAST_MAX_OUTPUTS] = {{(char *)y, &stride, f->dtype},
                                                          {(char *)dy, &stride, f->dtype}};
    r.slope = (double)slope;
    for (int i = 0; i < CODES; i++) {
        x[i] = (uint16_t)i;
        g[i] = (uint16_t)(i * 40503u); /* each of them, too */
    }
    for (int i = 0; i < RELU_FAST_FORMS; i++) {
        const enum relu_fast_form form = (enum relu_fast_form)i;
        const relu_fast_form_row *row = &relu_fast_forms[form];
        if (row->kind != RELU_FAST_KIND_ELEMENTWISE || !relu_fast_has_form(r.activation, form)) {
            continue;
        }
        const relu_fast_operation o = relu_fast_make_operation(r.activation, form, f->dtype);
        relu_fast_operand operands[RELU_FAST_MAX_OPERANDS];
        int count = 0;
        if (o.inputs > 1) operands[count++] = in_g;
        operands[count++] = in_x;
        if (o.parameters) operands[count++] = number;
        for (int k = 0; k < o.outputs; k++) operands[count++] = out[k];
        relu_fast_apply(&o, 1, &n, operands, RELU_FAST_NO_OVERLAP);

        const char *name = row->outputs;
        for (int k = 0; k < o.outputs; k++) {
            if (k) name = strchr(name, ' ') + 1;
            const uint16_t *found = k ? dy : y;
            for (int code = 0; code < CODES; code++) {
                const double at = number_of(x[code]);
                const double exact =
                    *name == 'y' ? value_of(r, at)
                                 : backward_of(r, o.inputs > 1 ? number_of(g[code]) : 1, at);
                const unsigned expected = nearest(exact);
                if (!are_same(found[code], expected)) {
                    fail(relu_fast_activations[r.activation].name, at, found[code], expected);
                }
            }
        }
    }
}

/* The ends of the type, what lies around 0 and 6, and all or some of the others. */
#define CHECK_INTEGERS(id, type_name, type)                                                       \
    static void check_##type_name(int activation, int top)                                        \
    {                                                                                             \
        static type x[CODES], y[CODES];                                                           \
        static const ptrdiff_t n = CODES, stride = sizeof(type);                                  \
        const relu_fast_operation o =                                                             \
            relu_fast_make_operation(activation, RELU_FAST_VALUE, RELU_FAST_##id);                \
        const uint64_t ends = ((uint64_t)1 << (8 * sizeof(type) - 1)) - 4;                        \
        for (uint64_t i = 0; i < CODES; i++) {                                                    \
            x[i] = (type)(sizeof(type) <= 2 ? i                                                   \
                          : i < 16          ? i - 8                                               \
                          : i < 24          ? i - 16 + ends                                       \
                                            : i * 0x9e3779b97f4a7c15 >> (64 - 8 * sizeof(type))); \
        }                                                                                         \
        relu_fast_apply(&o, 1, &n,                                                                \
                        (relu_fast_operand[]){{(char *)x, &stride, RELU_FAST_##id},               \
                                              {(char *)y, &stride, RELU_FAST_##id}},              \
                        RELU_FAST_NO_OVERLAP);                                                    \
        for (int i = 0; i < CODES; i++) {                                                         \
            type expected = x[i] > 0 ? x[i] : 0;                                                  \
            if (top && expected > (type)top) expected = (type)top;                                \
            if (y[i] != expected && failures++ < 20) {                                            \
                printf("%s, %s, %s: other integer than %.0f\n", relu_fast_isa(), #type_name,      \
                       relu_fast_activations[activation].name, (double)expected);                 \
            }                                                                                     \
        }                                                                                         \
    }
#define INTEGER(id, name, bytes, type) CHECK_INTEGERS(id, name, type)
#include "table/dtypes.def"

static void check_integers(int activation, int top)
{
#define INTEGER(id, name, ...) check_##name(activation, top);
#include "table/dtypes.def"
}

int main(int count, char **arguments)
{
    static const rectifier rectifiers[] = {
        {RELU_FAST_ID_relu, 0, 0},          {RELU_FAST_ID_relu6, 0, 6},
        {RELU_FAST_ID_leaky_relu, 0.01, 0}, {RELU_FAST_ID_leaky_relu, -0.5, 0},
        {RELU_FAST_ID_prelu, 0.3, 0},       {RELU_FAST_ID_prelu, 1.00048835, 0},
        {RELU_FAST_ID_prelu, 1e30, 0},
    };
    const int all = count > 1 && !strcmp(arguments[1], "--all");
    for (f = formats; f < formats + FORMATS; f++) {
        list_magnitudes();
        check_up();
        check_down(all);
        for (const char *const *isa = relu_fast_isas_built(); *isa; isa++) {
            if (relu_fast_select_isa(*isa)) continue;
            check_runs();
            for (size_t i = 0; i < sizeof rectifiers / sizeof *rectifiers; i++) {
                check_rectifier(rectifiers[i]);
            }
        }
    }
    for (const char *const *isa = relu_fast_isas_built(); *isa; isa++) {
        if (relu_fast_select_isa(*isa)) continue;
        check_integers(RELU_FAST_ID_relu, 0);
        check_integers(RELU_FAST_ID_relu6, 6);
    }
    printf("%d failures\n", failures);
    return failures > 0;
}
