/* Tables of formulas in vectors, by tools/derive_tables.py --write. */
#ifndef RELU_FAST_TABLES_H
#define RELU_FAST_TABLES_H

#include "vector.h"

#if RELU_FAST_SINGLE
/* 2^((j - 7) / 8), as the sum of two numbers. */
static const real EXP2_HIGH[8] = {0x1.172b84p-1f, 0x1.306fep-1f, 0x1.4bfdaep-1f, 0x1.6a09e6p-1f, 0x1.8ace54p-1f, 0x1.ae89fap-1f, 0x1.d5818ep-1f, 0x1p+0f};
static const real EXP2_LOW[8] = {-0x1.c15742p-28f, 0x1.4636e2p-26f, -0x1.593abcp-26f, 0x1.9fcef4p-27f, 0x1.15506ep-28f, -0x1.a94b14p-27f, -0x1.822dbcp-28f, 0x0p+0f};
#define LOG2E_HIGH 0x1.715476p+0f
#define LOG2E_LOW 0x1.4ae0cp-26f
/* 2^r - 1 for -1/16 <= r <= 1/16, with an error of 2^-31.86. */
ALWAYS_INLINE vector exp2m1(vector r)
{
    vector c = splat(0x1.3b2ce6p-7f);
    c = fused(c, r, splat(0x1.c6b84ap-5f));
    c = fused(c, r, splat(0x1.ebfbep-3f));
    c = fused(c, r, splat(0x1.62e43p-1f));
    return c * r;
}
#else
/* 2^((j - 7) / 8), as the sum of two numbers. */
static const real EXP2_HIGH[8] = {0x1.172b83c7d517bp-1, 0x1.306fe0a31b715p-1, 0x1.4bfdad5362a27p-1, 0x1.6a09e667f3bcdp-1, 0x1.8ace5422aa0dbp-1, 0x1.ae89f995ad3adp-1, 0x1.d5818dcfba487p-1, 0x1p+0};
static const real EXP2_LOW[8] = {-0x1.19041b9d78a76p-56, 0x1.6f46ad23182e4p-56, 0x1.d4397afec42e2p-57, -0x1.bdd3413b26456p-55, 0x1.6e9f156864b27p-55, 0x1.7a1cd345dcc81p-55, 0x1.2ed02d75b3707p-56, 0x0p+0};
#define LOG2E_HIGH 0x1.71547652b82fep+0
#define LOG2E_LOW 0x1.777d0ffda0d24p-56
/* 2^r - 1 for -1/16 <= r <= 1/16, with an error of 2^-57.5. */
ALWAYS_INLINE vector exp2m1(vector r)
{
    vector c = splat(0x1.ffeba2db5632p-17);
    c = fused(c, r, splat(0x1.430dec9291ce3p-13));
    c = fused(c, r, splat(0x1.5d87fe1565a43p-10));
    c = fused(c, r, splat(0x1.3b2ab6f1f1db7p-7));
    c = fused(c, r, splat(0x1.c6b08d704b9b9p-5));
    c = fused(c, r, splat(0x1.ebfbdff82c6c5p-3));
    c = fused(c, r, splat(0x1.62e42fefa39efp-1));
    return c * r;
}
#endif

#endif
