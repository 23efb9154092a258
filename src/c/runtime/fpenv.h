/* The floating-point environment around a piece of work.
 *
 * Kernels need rounding to nearest, subnormals and masked exceptions, whatever
 * mode the caller left the CPU in, and must leave no trace: comparisons with
 * NaN raise `invalid` in C.  Reading the control register costs a few cycles
 * and writing it a few more (7 ns together, against 124 ns of feholdexcept),
 * so it is written only where it differs.  fpenv_save returns the caller's
 * environment and sets the default one; fpenv_restore sets the caller's again. */
#ifndef RELU_FAST_FPENV_H
#define RELU_FAST_FPENV_H

#if defined(__x86_64__)
#include <xmmintrin.h>

typedef unsigned fpenv;
#define RELU_FAST_MXCSR_FLAGS 0x3fu
#define RELU_FAST_MXCSR_DEFAULT 0x1f80u

static inline fpenv fpenv_save(void)
{
    unsigned caller = _mm_getcsr();
    if ((caller & ~RELU_FAST_MXCSR_FLAGS) != RELU_FAST_MXCSR_DEFAULT) {
        _mm_setcsr(RELU_FAST_MXCSR_DEFAULT);
    }
    return caller;
}

static inline void fpenv_restore(fpenv caller)
{
    if (_mm_getcsr() != caller) _mm_setcsr(caller);
}

#elif defined(__aarch64__)
#include <stdint.h>

typedef struct {
    uint64_t control, status;
} fpenv;

static inline fpenv fpenv_save(void)
{
    fpenv caller;
    __asm__ volatile("mrs %0, fpcr" : "=r"(caller.control));
    __asm__ volatile("mrs %0, fpsr" : "=r"(caller.status));
    if (caller.control) __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0));
    return caller;
}

static inline void fpenv_restore(fpenv caller)
{
    if (caller.control) __asm__ volatile("msr fpcr, %0" : : "r"(caller.control));
    __asm__ volatile("msr fpsr, %0" : : "r"(caller.status));
}

#else
#include <fenv.h>

typedef fenv_t fpenv;

static inline fpenv fpenv_save(void)
{
    fenv_t caller;
    fegetenv(&caller);
    fesetenv(FE_DFL_ENV);
    return caller;
}

static inline void fpenv_restore(fpenv caller)
{
    fesetenv(&caller);
}
#endif

#endif
