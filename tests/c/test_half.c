/* float16: every number to float, to the nearest from float and double, and through the
 * engine, against arithmetic that is exact in double.
 *
 *     test_half [--all]     every float, not only one of some thousand */
#include "engine/engine.h"
#include "kernels/half.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODES = 1 << 16, LAST = 0x7c00 }; /* the magnitude of infinity */

static int failures;

static void fail(const char *what, double number, unsigned found, unsigned expected)
{
    if (failures++ < 20) printf("%s: %a: 0x%04x, not 0x%04x\n", what, number, found, expected);
}

/* ---- The truth ------------------------------------------------------------ */

/* From the definition of the format.  Infinity is where the next number would be. */
static double magnitude_of(unsigned code)
{
    const int exponent = (int)(code >> 10), significand = (int)(code & 0x3ff);
    return exponent ? ldexp(1024 + significand, exponent - 25) : ldexp(significand, -24);
}

static double number_of(unsigned code)
{
    const unsigned magnitude = code & 0x7fff;
    const double number = magnitude > LAST    ? NAN
                          : magnitude == LAST ? INFINITY
                                              : magnitude_of(magnitude);
    return code & 0x8000 ? -number : number;
}

/* By searching the two numbers around it; the middle between two is exact in double. */
static unsigned nearest_half(double number)
{
    const unsigned sign = signbit(number) ? 0x8000 : 0;
    const double magnitude = fabs(number);
    unsigned low = 0, high = LAST;
    if (isnan(number)) return sign | 0x7e00;
    if (magnitude >= magnitude_of(LAST)) return sign | LAST;
    while (high - low > 1) {
        const unsigned middle = (low + high) / 2;
        *(magnitude_of(middle) <= magnitude ? &low : &high) = middle;
    }
    const double tie = (magnitude_of(low) + magnitude_of(high)) / 2;
    const int up = magnitude > tie || (magnitude == tie && low % 2);
    return sign | (up ? high : low);
}

/* Which NaN it is is not promised. */
static int are_same(unsigned a, unsigned b)
{
    return a == b || ((a & 0x7fff) > LAST && (b & 0x7fff) > LAST);
}

/* ---- Conversions ---------------------------------------------------------- */

static void check_up(void)
{
    for (unsigned code = 0; code < CODES; code++) {
        const double expected = number_of(code), found = half_to_float((uint16_t)code);
        const int same = isnan(expected)
                             ? isnan(found)
                             : found == expected && !signbit(found) == !signbit(expected);
        if (!same) fail("half_to_float", expected, nearest_half(found), code);
    }
}

static void check_float(float number)
{
    const unsigned found = half_from_float(number), expected = nearest_half((double)number);
    if (found != expected) fail("half_from_float", (double)number, found, expected);
}

static void check_double(double number)
{
    const unsigned found = half_from_double(number), expected = nearest_half(number);
    if (found != expected) fail("half_from_double", number, found, expected);
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

static void check_down(int all)
{
    const uint64_t float_stride = all ? 1 : 4099, double_stride = 0xffffffffffff1;
    for (unsigned code = 0; code < LAST; code++) {
        check_around(magnitude_of(code));
        check_around((magnitude_of(code) + magnitude_of(code + 1)) / 2);
    }
    check_around(magnitude_of(LAST));
    for (uint64_t i = 0; i < (uint64_t)1 << 32; i += float_stride) {
        const uint32_t bits = (uint32_t)i;
        float number;
        memcpy(&number, &bits, sizeof number);
        check_float(number);
    }
    for (uint64_t bits = 0; bits < UINT64_MAX - double_stride; bits += double_stride) {
        double number;
        memcpy(&number, &bits, sizeof number);
        check_double(number);
    }
    /* Those doubles that are no plain zero or infinity as halves. */
    for (uint64_t bits = 0x3e00000000000000; bits < 0x4100000000000000; bits += 0x7ffffffff1) {
        double number;
        memcpy(&number, &bits, sizeof number);
        check_double(number);
    }
}

/* ---- Through the engine --------------------------------------------------- */

/* Of rows whose results are exact in double, before they are rounded. */
typedef struct {
    int activation;
    double slope; /* of the negative side, and not a parameter if it is 0 */
} rectifier;

static double value_of(rectifier r, double x)
{
    return x < 0 && r.slope == 0 ? 0 : x == 0 && r.slope == 0 ? 0 : x < 0 ? r.slope * x : x;
}

static double backward_of(rectifier r, double g, double x)
{
    return isnan(x) ? x : x > 0 ? g : r.slope == 0 ? 0 : g * r.slope;
}

static void check_rectifier(rectifier r)
{
    static uint16_t x[CODES], g[CODES], y[CODES], dy[CODES];
    static const ptrdiff_t n = CODES, stride = sizeof(uint16_t), none = 0;
    const float slope = (float)r.slope;
    const relu_fast_operand in_g = {(char *)g, &stride, RELU_FAST_FLOAT16},
                            in_x = {(char *)x, &stride, RELU_FAST_FLOAT16},
                            number = {(char *)&slope, &none, RELU_FAST_FLOAT32},
                            out[RELU_FAST_MAX_OUTPUTS] = {{(char *)y, &stride, RELU_FAST_FLOAT16},
                                                          {(char *)dy, &stride, RELU_FAST_FLOAT16}};
    for (int i = 0; i < CODES; i++) {
        x[i] = (uint16_t)i;
        g[i] = (uint16_t)(i * 40503u); /* each of them, too */
    }
    for (int f = 0; f < RELU_FAST_FORMS; f++) {
        const enum relu_fast_form form = (enum relu_fast_form)f;
        const relu_fast_form_row *row = &relu_fast_forms[form];
        if (row->kind != RELU_FAST_KIND_ELEMENTWISE || !relu_fast_has_form(r.activation, form)) {
            continue;
        }
        const relu_fast_operation o =
            relu_fast_make_operation(r.activation, form, RELU_FAST_FLOAT16);
        relu_fast_operand operands[RELU_FAST_MAX_OPERANDS];
        int count = 0;
        if (o.inputs > 1) operands[count++] = in_g;
        operands[count++] = in_x;
        if (o.parameters) operands[count++] = number;
        for (int i = 0; i < o.outputs; i++) operands[count++] = out[i];
        relu_fast_apply(&o, 1, &n, operands, RELU_FAST_NO_OVERLAP);

        const char *name = row->outputs;
        for (int k = 0; k < o.outputs; k++) {
            if (k) name = strchr(name, ' ') + 1;
            const uint16_t *found = k ? dy : y;
            for (int i = 0; i < CODES; i++) {
                const double number_x = number_of(x[i]);
                const double expected =
                    *name == 'y' ? value_of((rectifier){r.activation, (double)slope}, number_x)
                                 : backward_of((rectifier){r.activation, (double)slope},
                                               o.inputs > 1 ? number_of(g[i]) : 1, number_x);
                if (!are_same(found[i], nearest_half(expected))) {
                    fail(relu_fast_activations[r.activation].name, number_x, found[i],
                         nearest_half(expected));
                }
            }
        }
    }
}

int main(int count, char **arguments)
{
    static const rectifier rectifiers[] = {
        {RELU_FAST_ID_relu, 0},           {RELU_FAST_ID_leaky_relu, 0.01},
        {RELU_FAST_ID_leaky_relu, -0.5},  {RELU_FAST_ID_prelu, 0.3},
        {RELU_FAST_ID_prelu, 1.00048835}, {RELU_FAST_ID_prelu, 1e30},
    };
    check_up();
    check_down(count > 1 && !strcmp(arguments[1], "--all"));
    for (size_t i = 0; i < sizeof rectifiers / sizeof *rectifiers; i++) {
        check_rectifier(rectifiers[i]);
    }
    printf("%d failures\n", failures);
    return failures > 0;
}
