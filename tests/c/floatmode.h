/* The control and status registers of floating-point arithmetic, whole: glibc's
 * <fenv.h> does not know how to flush to zero. */
#ifndef CHECK_FLOATMODE_H
#define CHECK_FLOATMODE_H

#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>

#define FLUSH 0x8040u /* subnormal results and operands are zero */
#define FLAGS 0x000cu /* overflow and division by zero have happened */

static inline uint64_t get_float_mode(void)
{
    return _mm_getcsr();
}

static inline void set_float_mode(uint64_t mode)
{
    _mm_setcsr((unsigned)mode);
}

#elif defined(__aarch64__)
#define FLUSH ((uint64_t)1 << 24 << 32)
#define FLAGS 0x06u

static inline uint64_t get_float_mode(void)
{
    uint64_t control, status;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("mrs %0, fpsr" : "=r"(status));
    return control << 32 | status;
}

static inline void set_float_mode(uint64_t mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(mode >> 32));
    __asm__ volatile("msr fpsr, %0" : : "r"(mode & 0xffffffff));
}

#else
#include <fenv.h>

#define FLUSH 0u
#define FLAGS ((uint64_t)(FE_OVERFLOW | FE_DIVBYZERO))

static inline uint64_t get_float_mode(void)
{
    return (uint64_t)fetestexcept(FE_ALL_EXCEPT);
}

static inline void set_float_mode(uint64_t mode)
{
    feclearexcept(FE_ALL_EXCEPT);
    feraiseexcept((int)mode);
}
#endif

#endif
