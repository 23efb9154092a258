/* A program of somebody else's, in C and in C++: what run_clients links against the installed
 * library, and as a subproject. */
#include <relu_fast.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MANY = 1 << 20 }; /* enough for several threads */

static int failed;

static void expect(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "wrong: %s\n", what);
    failed = 1;
}

int main(void)
{
    const float x[] = {-INFINITY, -1, 0, 1.5F}, g[] = {8, 8, 8, 8};
    float y[4], dx[4];
    relu_fast_elu_float32(4, x, 0.5F, y);
    expect(y[0] == -0.5F && y[1] == (float)(0.5 * expm1(-1)) && y[2] == 0 && y[3] == 1.5F, "elu");
    relu_fast_elu_backward_float32(4, g, x, 0.5F, dx);
    expect(dx[0] == 0 && dx[2] == 4 && dx[3] == 8, "elu_backward");

    /* Every second element, with a parameter that is one number for all. */
    const ptrdiff_t two = 2, apart = 2 * sizeof *x, next = sizeof *y, none = 0;
    float alpha = 0.5F, every_second[2];
    const relu_fast_operand operands[] = {{(char *)x, &apart, RELU_FAST_FLOAT32},
                                          {(char *)&alpha, &none, RELU_FAST_FLOAT32},
                                          {(char *)every_second, &next, RELU_FAST_FLOAT32}};
    relu_fast_apply(relu_fast_find("elu", RELU_FAST_FLOAT32), 1, &two, operands,
                    RELU_FAST_NO_OVERLAP);
    expect(every_second[0] == y[0] && every_second[1] == y[2], "elu of every second element");

    double *many = (double *)malloc(MANY * sizeof *many);
    if (!many) return 2;
    for (int i = 0; i < MANY; i++) many[i] = i % 7 - 3;
    relu_fast_leaky_relu_float64(MANY, many, 0.25, many); /* in place */
    int right = 0;
    for (int i = 0; i < MANY; i++) {
        const int before = i % 7 - 3;
        right += many[i] == (before < 0 ? 0.25 * before : before);
    }
    expect(right == MANY, "leaky_relu in place");
    free(many);

    printf("%s, %d threads: %s\n", relu_fast_isa(), relu_fast_threads(), failed ? "wrong" : "ok");
    relu_fast_shutdown();
    return failed;
}
