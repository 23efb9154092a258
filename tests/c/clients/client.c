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
