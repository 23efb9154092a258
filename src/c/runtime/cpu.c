/* What this CPU can do, and which kernels are active. */
#include "cpu.h"

#include "../include/relu_fast.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

/* The psABI levels, feature by feature; __builtin_cpu_supports also asks
 * whether the operating system saves the registers.  It does not know three
 * older features by name in every compiler, so these are read from CPUID. */
static int supports_x86_64_v3(void)
{
    unsigned a, b, c, d, extended_c;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !__get_cpuid(0x80000001, &a, &b, &extended_c, &d)) {
        return 0;
    }
    __builtin_cpu_init();
    return (c & bit_F16C) && (c & bit_MOVBE) && (extended_c & bit_LZCNT) &&
           __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

static int supports_x86_64_v4(void)
{
    return supports_x86_64_v3() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

#if defined(__aarch64__)
#if defined(__linux__)
#include <sys/auxv.h>

#define HAS_SVE (1 << 22) /* HWCAP_SVE, which old headers lack */
static int supports_sve(void)
{
    return (getauxval(AT_HWCAP) & HAS_SVE) != 0;
}
#else
static int supports_sve(void)
{
    return 0;
}
#endif

static int supports_neon(void) /* part of every aarch64 */
{
    return 1;
}
#else
static int supports_baseline(void)
{
    return 1;
}
#endif

#define FORMULA_KERNELS(compute, isa)                                           \
    extern const relu_fast_elementwise relu_fast_elementwise_##compute##_##isa; \
    extern const relu_fast_moves relu_fast_moves_##compute##_##isa;             \
    extern const relu_fast_row_sums relu_fast_row_sums_##compute##_##isa;
#define HALF_KERNELS(isa) extern const relu_fast_rounded_once relu_fast_rounded_once_float32_##isa;
#define BITS_KERNELS(size, isa)                                      \
    extern const relu_fast_on_bits relu_fast_on_bits_##size##_##isa; \
    extern const relu_fast_moves relu_fast_moves_##size##_##isa;
#define ISA(isa)                  \
    FORMULA_KERNELS(float32, isa) \
    FORMULA_KERNELS(float64, isa) \
    HALF_KERNELS(isa)             \
    BITS_KERNELS(bits8, isa)      \
    BITS_KERNELS(bits16, isa)     \
    BITS_KERNELS(bits32, isa)     \
    BITS_KERNELS(bits64, isa)
#include "isas.def"

static const struct level {
    const char *name;
    int (*supported)(void);
    relu_fast_kernels kernels[RELU_FAST_KERNEL_SETS];
} levels[] = {
#define OF(compute, isa, ...)                                 \
    {.moves = &relu_fast_moves_##compute##_##isa,             \
     .elementwise = &relu_fast_elementwise_##compute##_##isa, \
     .row_sums = &relu_fast_row_sums_##compute##_##isa,       \
     __VA_ARGS__}
#define OF_BITS(size, isa) \
    {.moves = &relu_fast_moves_##size##_##isa, .on_bits = &relu_fast_on_bits_##size##_##isa}
#define ISA(isa)                                                                         \
    {#isa,                                                                               \
     supports_##isa,                                                                     \
     {OF(float32, isa, .rounded_once = &relu_fast_rounded_once_float32_##isa),           \
      OF(float64, isa, .rounded_once = NULL), OF_BITS(bits8, isa), OF_BITS(bits16, isa), \
      OF_BITS(bits32, isa), OF_BITS(bits64, isa)}},
#include "isas.def"
};
enum { LEVELS = sizeof levels / sizeof *levels };

/* Atomic, because the first calls of several threads may all look for it. */
static const struct level *_Atomic active;

const char *const *relu_fast_isas_built(void)
{
    static const char *const names[] = {
#define ISA(isa) #isa,
#include "isas.def"
        NULL};
    return names;
}

static const struct level *find(const char *isa)
{
    for (int i = 0; i < LEVELS; i++) {
        if (!isa ? levels[i].supported() : !strcmp(levels[i].name, isa)) return &levels[i];
    }
    return NULL;
}

int relu_fast_isa_supported(const char *isa)
{
    const struct level *level = find(isa);
    return level && level->supported();
}

int relu_fast_select_isa(const char *isa)
{
    if (!relu_fast_isa_supported(isa)) return -1;
    active = find(isa);
    return 0;
}

static const struct level *get_active(void)
{
    const struct level *level = atomic_load_explicit(&active, memory_order_relaxed);
    if (level) return level;
    relu_fast_select_isa(NULL);
    return active;
}

const char *relu_fast_isa(void)
{
    return get_active()->name;
}

const relu_fast_kernels *relu_fast_active_kernels(enum relu_fast_compute compute)
{
    return &get_active()->kernels[compute];
}
