/* Whether arithmetic is what the kernels are written for, in a program that is compiled and
 * linked with all the flags of this build: meson.build runs it before anything is built.  Prints
 * what is wrong, and exits with 1 then.
 *
 * Operands go through volatile, results are looked at as bits: what is tested is what the CPU is
 * told to do, and a compiler that need not heed NaN would else take away the tests, too. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Kernels of most ISAs have fma, and those alone can be contracted. */
#if defined __x86_64__
#define WITH_FMA __attribute__((noinline, target("fma")))
#define HAS_FMA __builtin_cpu_supports("fma")
#else
#define WITH_FMA __attribute__((noinline))
#define HAS_FMA 1
#endif

enum { MANY = 64 };

static int wrong;

static void expect(int holds, const char *what)
{
    if (!holds) printf("%s%s", wrong++ ? ", " : "", what);
}

/* ---- float ----------------------------------------------------------------------- */

static float any(float x)
{
    volatile float hidden = x;
    return hidden;
}

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float from_bits(uint32_t bits)
{
    volatile uint32_t hidden = bits;
    const uint32_t read = hidden;
    float x;
    memcpy(&x, &read, sizeof x);
    return x;
}

static int is_nan(float x)
{
    return (bits_of(x) & 0x7fffffff) > 0x7f800000;
}

__attribute__((noinline)) static void divide_all(float *x, float divisor)
{
    for (int i = 0; i < MANY; i++) x[i] = x[i] / divisor;
}

__attribute__((noinline)) static void divide_all_by_41(float *x)
{
    for (int i = 0; i < MANY; i++) x[i] = x[i] / 41;
}

__attribute__((noinline)) static float sum(const float *x)
{
    float total = 0;
    for (int i = 0; i < MANY; i++) total += x[i];
    return total;
}

WITH_FMA static float product_and_sum(float a, float b, float c)
{
    return a * b + c;
}

static void check_float(void)
{
    const float nan = from_bits(0x7fc00000), infinity = from_bits(0x7f800000);
    const float minus_zero = from_bits(0x80000000), least = from_bits(1);
    const float known = 0x1p-149f; /* to the compiler, which may compute with it */
    float x[MANY], y[MANY];

    expect(nan != nan && !(nan <= 0) && !(nan > 0) && is_nan(nan * 0), "NaN");
    expect(is_nan(infinity - infinity) && infinity == INFINITY, "infinity");
    expect(!bits_of(minus_zero + 0.0f) && bits_of(0.0f - any(0)) == 0 &&
               bits_of(minus_zero * any(1)) == 0x80000000,
           "the sign of 0");
    expect(bits_of(any(FLT_MIN) * 0.5f) == 0x400000 && bits_of(least * any(2)) == 2 &&
               bits_of(known + known) == 2,
           "subnormal numbers");

    const float large = any(0x1p60f);
    expect((any(1) + large) - large == 0, "the order of sums");
    for (int i = 0; i < MANY; i++) x[i] = any(i < MANY - 1 ? 0x1p-24f : 1);
    x[0] = any(1); /* to which the next 62 add nothing one by one */
    expect(sum(x) == 2, "the order of sums in loops");

    int equal = 0;
    for (int i = 0; i < MANY; i++) x[i] = y[i] = any((float)(i * 41));
    divide_all(x, any(41));
    divide_all_by_41(y);
    for (int i = 0; i < MANY; i++) equal += x[i] == (float)i && y[i] == (float)i;
    expect(equal == MANY && any(41) / any(41) == 1, "quotients");

    equal = 0;
    for (int i = 0; i < MANY; i++) equal += sqrtf(any((float)(i * i))) == (float)i;
    expect(equal == MANY, "square roots");

    const float a = any(1 + 0x1p-12f);
    expect(!HAS_FMA || product_and_sum(a, a, any(-1 - 0x1p-11f)) == 0, "the rounding of products");
}

/* ---- double, long double --------------------------------------------------------- */

static double any_double(double x)
{
    volatile double hidden = x;
    return hidden;
}

static int is(double x, uint64_t expected)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits == expected;
}

static void check_wider(void)
{
    const double large = any_double(0x1p100), a = any_double(1 + 0x1p-30);
    expect((any_double(1) + large) - large == 0, "the order of sums of double");
    expect(a * a - any_double(1 + 0x1p-29) == 0, "products of double");
    expect(is(any_double(DBL_MIN) * 0.5, (uint64_t)1 << 51), "subnormal numbers of double");
    expect(is(any_double(0.1), 0x3fb999999999999a), "constants of double");

    /* Of no kernel; but its precision is a mode of the process. */
    volatile long double one = 1;
    expect(one + LDBL_EPSILON > 1, "the precision of long double");
    expect(FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 16, "the precision of float");
}

int main(void)
{
    check_float();
    check_wider();
    return wrong > 0;
}
