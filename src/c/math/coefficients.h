/* Polynomials and constants of exp.h, by tools/derive_coefficients.py. */
#ifndef RELU_FAST_COEFFICIENTS_H
#define RELU_FAST_COEFFICIENTS_H

/* derived: tools/derive_coefficients.py --write */
#if RELU_FAST_SINGLE
#define LOG2E 0x1.715476p+0f
#define LN2_HIGH 0x1.62e43p-1f
#define LN2_LOW -0x1.05c61p-29f
#define EXPM1_OFFSET 0x1.6cb0f6p-3f
/* Relative error of e^r - 1 by the polynomial alone: 2^-30.37. */
static inline real expm1_tail(real r)
{
    real c = 0x1.719cbcp-13f;
    c = FMA(c, r, 0x1.6af782p-10f);
    c = FMA(c, r, 0x1.111a4cp-7f);
    c = FMA(c, r, 0x1.5555eep-5f);
    c = FMA(c, r, 0x1.555554p-3f);
    return c;
}
/* Relative error of e^r by the polynomial alone: 2^-27.24. */
static inline real exp_tail(real r)
{
    real c = 0x1.65a622p-10f;
    c = FMA(c, r, 0x1.1231d8p-7f);
    c = FMA(c, r, 0x1.555b4ep-5f);
    c = FMA(c, r, 0x1.5554a4p-3f);
    return c;
}
#else
#define LOG2E 0x1.71547652b82fep+0
#define LN2_HIGH 0x1.62e42fefa39efp-1
#define LN2_LOW 0x1.abc9e3b39803fp-56
#define EXPM1_OFFSET 0x1.6cb0f6865c8eap-3
/* Relative error of e^r - 1 by the polynomial alone: 2^-61.17. */
static inline real expm1_tail(real r)
{
    real c = 0x1.fe5286063d25ep-30;
    c = FMA(c, r, 0x1.ac8e267be9658p-26);
    c = FMA(c, r, 0x1.27e4c268c860dp-22);
    c = FMA(c, r, 0x1.71dea24bf9aefp-19);
    c = FMA(c, r, 0x1.a01a03c9b5b35p-16);
    c = FMA(c, r, 0x1.a01a0192cf74ap-13);
    c = FMA(c, r, 0x1.6c16c16bb1c9ap-10);
    c = FMA(c, r, 0x1.11111111119c1p-7);
    c = FMA(c, r, 0x1.55555555555f1p-5);
    c = FMA(c, r, 0x1.5555555555555p-3);
    return c;
}
/* Relative error of e^r by the polynomial alone: 2^-56.5. */
static inline real exp_tail(real r)
{
    real c = 0x1.ad45d42d7fde8p-26;
    c = FMA(c, r, 0x1.28a018841ceedp-22);
    c = FMA(c, r, 0x1.71df4e0a4f204p-19);
    c = FMA(c, r, 0x1.a019aaf197451p-16);
    c = FMA(c, r, 0x1.a01a011b73c17p-13);
    c = FMA(c, r, 0x1.6c16c17cc2c0fp-10);
    c = FMA(c, r, 0x1.1111111128a08p-7);
    c = FMA(c, r, 0x1.5555555553208p-5);
    c = FMA(c, r, 0x1.5555555555501p-3);
    return c;
}
#endif
/* end derived */

#endif
