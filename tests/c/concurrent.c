/* Concurrent calls, for ThreadSanitizer (run_sanitizers): several threads compute at once,
 * small and large arrays, while another one changes the number of threads and the
 * size of the cache, and forks.  Then callers are cancelled.  In the end the threads are shut down, and start again when
 * something is computed.  All results must be those of one thread.
 *
 *     concurrent [--no-forks | --no-cancels] */
#define _POSIX_C_SOURCE 200809L /* fork, nanosleep */
#include "include/relu_fast.h"
#include "runtime/team.h"
#include "table/catalog.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    CALLERS = 4,
    ROUNDS = 8,
    MANY = 1 << 19, /* worth waking members of the team for: WAKE in src/c/runtime/team.c */
    COLUMNS = 64,
};
static const ptrdiff_t lengths[] = {37, 20000, MANY};
static const int threads[] = {1, 2, 3, 5, 16, 64};
enum { NUMBERS_OF_THREADS = sizeof threads / sizeof *threads };

static float g[MANY], x[MANY]; /* the bytes of x are integers, too, and its halves bfloat16 */
static atomic_int wrong, done;

/* relu of n integers, and mish of n halves: kernels on the bits, and conversions. */
static void compute_others(ptrdiff_t n, int8_t *integers, uint16_t *halves)
{
    static const ptrdiff_t one = 1, two = 2;
    const relu_fast_operation relu =
        relu_fast_make_operation(RELU_FAST_ID_relu, RELU_FAST_VALUE, RELU_FAST_INT8);
    const relu_fast_operation mish =
        relu_fast_make_operation(RELU_FAST_ID_mish, RELU_FAST_VALUE, RELU_FAST_BFLOAT16);
    relu_fast_apply(&relu, 1, &n,
                    (relu_fast_operand[]){{(char *)x, &one, RELU_FAST_INT8},
                                          {(char *)integers, &one, RELU_FAST_INT8}},
                    RELU_FAST_OVERLAP_IN_ORDER);
    relu_fast_apply(&mish, 1, &n,
                    (relu_fast_operand[]){{(char *)x, &two, RELU_FAST_BFLOAT16},
                                          {(char *)halves, &two, RELU_FAST_BFLOAT16}},
                    RELU_FAST_OVERLAP_IN_ORDER);
}

/* elu, its backward and the gradient of alpha, of n numbers. */
static void compute(ptrdiff_t n, float *value, float *backward, float *alpha_gradient)
{
    static const ptrdiff_t stride = sizeof(float), none = 0;
    static float one = 1;
    const enum relu_fast_dtype dtype = RELU_FAST_FLOAT32;
    const relu_fast_operand in_g = {(char *)g, &stride, dtype}, in_x = {(char *)x, &stride, dtype};
    const relu_fast_operand alpha = {(char *)&one, &none, dtype};
    const relu_fast_operation elu =
        relu_fast_make_operation(RELU_FAST_ID_elu, RELU_FAST_VALUE, dtype);
    const relu_fast_operation elu_backward =
        relu_fast_make_operation(RELU_FAST_ID_elu, RELU_FAST_BACKWARD, dtype);
    const relu_fast_operation elu_sum =
        relu_fast_make_operation(RELU_FAST_ID_elu, RELU_FAST_PARAMETER_GRADIENT, dtype);
    const ptrdiff_t shape[2] = {n / COLUMNS, COLUMNS}, strides[2] = {COLUMNS * stride, stride};
    static const char kept[2] = {0, 1};

    relu_fast_apply(&elu, 1, &n,
                    (relu_fast_operand[]){in_x, alpha, {(char *)value, &stride, dtype}},
                    RELU_FAST_OVERLAP_IN_ORDER);
    relu_fast_apply(&elu_backward, 1, &n,
                    (relu_fast_operand[]){in_g, in_x, alpha, {(char *)backward, &stride, dtype}},
                    RELU_FAST_OVERLAP_IN_ORDER);
    if (relu_fast_sum_gradient(
            &elu_sum, 2, shape, kept,
            (relu_fast_operand[]){{in_g.data, strides, dtype}, {in_x.data, strides, dtype}}, dtype,
            alpha_gradient)) {
        fprintf(stderr, "no memory\n");
        exit(2);
    }
}

typedef struct {
    float value[MANY], backward[MANY], alpha_gradient[COLUMNS];
    int8_t integers[MANY];
    uint16_t halves[MANY];
} results;

static void compute_into(ptrdiff_t n, results *r)
{
    memset(r, 0, sizeof *r);
    compute(n, r->value, r->backward, r->alpha_gradient);
    compute_others(n, r->integers, r->halves);
}

static void *run_caller(void *unused)
{
    results *alone = malloc(sizeof *alone), *together = malloc(sizeof *together);
    if (!alone || !together) exit(2);
    for (int i = 0; i < ROUNDS; i++) {
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            relu_fast_set_local_threads(0);
            compute_into(lengths[k], together);
            relu_fast_set_local_threads(1);
            compute_into(lengths[k], alone);
            if (memcmp(together, alone, sizeof *alone)) atomic_fetch_add(&wrong, 1);
        }
    }
    free(alone);
    free(together);
    atomic_fetch_add(&done, 1);
    return unused;
}

/* A child has no team, whatever it was at, and computes all the same. */
static void fork_once(const results *in_parent, results *in_child)
{
    const pid_t child = fork();
    if (child < 0) exit(2);
    if (child == 0) {
        compute_into(MANY, in_child);
        _exit(memcmp(in_child, in_parent, sizeof *in_parent) != 0);
    }
    int status;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status)) atomic_fetch_add(&wrong, 1);
}

/* Until it is cancelled, in the middle of a call or between two. */
static void *compute_for_ever(void *unused)
{
    static results r;
    for (;;) {
        compute_into(MANY, &r);
        pthread_testcancel();
    }
    return unused;
}

static pthread_t caller;
static atomic_int helped;

/* Takes some microseconds. */
static void note_helpers(void *unused, ptrdiff_t begin, ptrdiff_t end)
{
    (void)unused;
    for (volatile ptrdiff_t i = 0; i < 10000 * (end - begin); i++) {
    }
    if (!pthread_equal(pthread_self(), caller)) atomic_store(&helped, 1);
}

/* A caller that is cancelled leaves the team to the next one. */
static void cancel_callers(void)
{
    relu_fast_set_threads(2);
    for (int i = 0; i < ROUNDS; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, compute_for_ever, NULL)) exit(2);
        nanosleep(&(struct timespec){.tv_nsec = 3000000 + 1000000 * i}, NULL);
        pthread_cancel(thread);
        pthread_join(thread, NULL);
    }
    caller = pthread_self();
    for (int i = 0; i < 1000 && !atomic_load(&helped) && relu_fast_threads() > 1; i++) {
        relu_fast_parallel(1000000000, 1000, note_helpers, NULL);
    }
    if (!atomic_load(&helped) && relu_fast_threads() > 1) atomic_fetch_add(&wrong, 1);
}

int main(int argc, char **argv)
{
    const char *option = argc > 1 ? argv[1] : "";
    const int forks = strcmp(option, "--no-forks") ? 4 : 0;
    static results in_parent, in_child;
    pthread_t callers[CALLERS];
    for (ptrdiff_t i = 0; i < MANY; i++) {
        x[i] = (float)(i % 2003 - 1500) / 128;
        g[i] = (float)(i % 1009 - 504) / 64;
    }
    /* Nothing else has been called: the first calls look for the ISA, all at once. */
    for (int i = 0; i < CALLERS; i++) {
        if (pthread_create(&callers[i], NULL, run_caller, NULL)) exit(2);
    }
    compute_into(MANY, &in_parent);
    for (int i = 0; atomic_load(&done) < CALLERS || i < forks; i++) {
        relu_fast_set_threads(threads[i % NUMBERS_OF_THREADS]);
        relu_fast_set_cache_bytes(i % 2);
        if (i < forks) fork_once(&in_parent, &in_child);
        else nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    for (int i = 0; i < CALLERS; i++) pthread_join(callers[i], NULL);
    if (strcmp(option, "--no-cancels")) cancel_callers();
    for (int i = 0; i < NUMBERS_OF_THREADS; i++) {
        relu_fast_shutdown();
        relu_fast_set_threads(threads[i]);
        compute_into(MANY, &in_child);
        if (memcmp(&in_child, &in_parent, sizeof in_parent)) atomic_fetch_add(&wrong, 1);
    }
    relu_fast_shutdown();
    printf("%d callers, %d rounds, %d forks: %d differences\n", CALLERS, ROUNDS, forks,
           atomic_load(&wrong));
    return atomic_load(&wrong) > 0;
}
