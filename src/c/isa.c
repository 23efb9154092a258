/* What this CPU can do, and which kernels are active. */
#include "isa.h"

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

/* RELU_FAST_ISAS comes from meson.build: the levels in the build, newest
 * first. */
#define DECLARE(isa)                                                \
    extern const relu_fast_kernels relu_fast_kernels_float32_##isa; \
    extern const relu_fast_kernels relu_fast_kernels_float64_##isa;
RELU_FAST_ISAS(DECLARE)

static const struct level {
    const char *name;
    int (*supported)(void);
    const relu_fast_kernels *kernels[RELU_FAST_DTYPES];
} levels[] = {
#define LEVEL(isa) \
    {#isa, supports_##isa, {&relu_fast_kernels_float32_##isa, &relu_fast_kernels_float64_##isa}},
    RELU_FAST_ISAS(LEVEL)};
enum { LEVELS = sizeof levels / sizeof *levels };

/* Atomic, for the first calls of several threads may all look for it. */
static const struct level *_Atomic active;

const char *const *relu_fast_isas_built(void)
{
#define NAME(isa) #isa,
    static const char *const names[] = {RELU_FAST_ISAS(NAME) NULL};
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

const relu_fast_kernels *relu_fast_active_kernels(enum relu_fast_dtype dtype)
{
    return get_active()->kernels[dtype];
}

int relu_fast_has_form(int activation, enum relu_fast_form form)
{
    return levels[0].kernels[0]->loops[activation][form].uniform != NULL;
}

int relu_fast_has_alpha_gradient(int activation)
{
    return levels[0].kernels[0]->row_sums[activation] != NULL;
}
