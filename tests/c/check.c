/* Checks every kernel of every ISA in this build that the CPU supports, without
 * Python: against the stored hashes, with any number of threads, any layout and
 * any floating-point mode.  Meant for machines on which nothing else runs (qemu).
 *
 *     check [--quick] [--corrupt] [--isa ISA] FOLDER
 *
 * FOLDER holds hashes*.txt and points_*.txt.  --quick: fewer inputs, and settings and
 * layouts for one of the kernels that the engine calls alike, for slow machines; of half
 * types and integers that is always so.  --isa: this one alone, for tools that do not know
 * all instructions.  --corrupt: flips one bit of one result in each output of each kernel,
 * to see that no kernel passes then: exits with 1, which is what it should do, or with 0 if
 * any did pass. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__aarch64__) && defined(__linux__)
#include <sys/prctl.h>
#endif

/* Vectors of SVE are as long as the machine has them. */
static void print_isa(const char *isa)
{
    printf("%s", isa);
#if defined(__aarch64__) && defined(__linux__)
    if (!strcmp(isa, "sve")) {
        printf(" (%d bits)", 8 * (prctl(PR_SVE_GET_VL) & PR_SVE_VL_LEN_MASK));
    }
#endif
}

/* Whether the engine does the same for the kernel of an earlier activation. */
static int is_called_like_another(const kernel *kernels, int i)
{
    const kernel *const k = &kernels[i];
    const relu_fast_operation o = operation_of(k);
    for (int j = 0; j < i; j++) {
        const kernel *const other = &kernels[j];
        if (other->form == k->form && other->dtype == k->dtype && other->varying == k->varying &&
            operation_of(other).parameters == o.parameters &&
            operation_of(other).compute == o.compute) {
            return 1;
        }
    }
    return 0;
}

/* Returns whether a flipped bit in any output passes. */
static int passes_corrupt(const kernel *k, const inputs *in)
{
    for (int output = 0; output < operation_of(k).outputs; output++) {
        spy_on(k, output);
        if (!check_hashes(k, in, 1, ONE_ARGUMENT)) return 1;
    }
    return 0;
}

static int check_kernel(const kernel *k, const inputs *in, const expected_results *expected,
                        int quick, int in_all_ways)
{
    spy_on(k, NOTHING);
    int differences = check_hashes(k, in, quick, in_all_ways ? ALL_SETTINGS : ALL_ARGUMENTS);
    if (is_sum(k)) differences += check_sum_layouts(k, in);
    else if (in_all_ways) differences += check_layouts(k, in, expected);
    if (spied_partial_blocks()) {
        print_kernel(k);
        printf(": called with parts of blocks\n");
        differences++;
    }
    return differences;
}

int main(int count, char **arguments)
{
    static kernel kernels[MAX_KERNELS];
    static expected_results expected[MAX_KERNELS];
    const char *folder = NULL, *only = NULL, *oldest = NULL;
    static int in_all_ways[MAX_KERNELS];
    static inputs in[RELU_FAST_DTYPES]; /* static: in use to the end, which is no leak */
    int quick = 0, corrupt = 0, isas = 0, checked = 0, failed = 0;

    for (int i = 1; i < count; i++) {
        if (!strcmp(arguments[i], "--quick")) quick = 1;
        else if (!strcmp(arguments[i], "--corrupt")) corrupt = 1;
        else if (!strcmp(arguments[i], "--isa") && i + 1 < count) only = arguments[++i];
        else folder = arguments[i];
    }
    if (!folder) {
        fprintf(stderr, "usage: check [--quick] [--corrupt] [--isa ISA] FOLDER\n");
        return 2;
    }
    read_hashes(folder, "hashes.txt");
#ifdef RELU_FAST_TEST_ROWS
    read_hashes(folder, "hashes_test_rows.txt");
#endif
    for (int i = 0; i < RELU_FAST_DTYPES; i++) {
        in[i] = read_inputs(folder, (enum relu_fast_dtype)i, quick || corrupt);
    }
    const int number = list_kernels(kernels);
    for (const char *const *isa = relu_fast_isas_built(); *isa; isa++) {
        if (relu_fast_isa_supported(*isa)) oldest = *isa;
    }
    relu_fast_select_isa(oldest);
    for (int i = 0; i < number; i++) {
        const kernel *const k = &kernels[i];
        const int is_swept = k->dtype == RELU_FAST_FLOAT32 || k->dtype == RELU_FAST_FLOAT64;
        in_all_ways[i] = (is_swept && !quick) || !is_called_like_another(kernels, i);
        if (in_all_ways[i] && !is_sum(k)) expected[i] = one_at_a_time(k, &in[k->dtype]);
    }

    for (const char *const *isa = relu_fast_isas_built(); *isa; isa++) {
        int passed = 0;
        if (only && strcmp(*isa, only)) continue;
        isas++;
        if (relu_fast_select_isa(*isa)) {
            printf("%s: this CPU does not support it\n", *isa);
            continue;
        }
        for (int i = 0; i < number; i++) {
            const kernel *k = &kernels[i];
            passed += corrupt
                          ? passes_corrupt(k, &in[k->dtype])
                          : !check_kernel(k, &in[k->dtype], &expected[i], quick, in_all_ways[i]);
        }
        print_isa(*isa);
        printf(": %d of %d kernels checked\n", passed, number);
        checked += passed;
        failed += number - passed;
    }
    printf("checked %d of %d kernels%s\n", checked, isas * number,
           corrupt ? ", one bit of each flipped"
           : quick ? ", with fewer inputs"
                   : "");
    relu_fast_shutdown(); /* leaves nothing that Valgrind could call lost */
    return corrupt ? checked == 0 : checked == 0 || failed > 0;
}
