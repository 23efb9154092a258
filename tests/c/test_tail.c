/* The elements that do not fill a vector block: copy_tail, and arrays of 2-byte elements
 * through the engine, byte by byte. */
#include "engine/engine.h"
#include "engine/tail.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GUARD 64
#define UNTOUCHED 0x55

static int failures;

static void fail(const char *what, ptrdiff_t length, ptrdiff_t offset)
{
    if (failures++ < 20) printf("%s: length %td, offset %td\n", what, length, offset);
}

static int is_untouched(const unsigned char *bytes, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        if (bytes[i] != UNTOUCHED) return 0;
    }
    return 1;
}

/* Sources have exactly the size of what is copied, for tools that see reads out of bounds. */
static void check_copy(size_t bytes, ptrdiff_t offset)
{
    unsigned char numbers[64], to[64 + 2 * GUARD];
    unsigned char *from = malloc(bytes), *at = to + GUARD / 2 + offset;
    if (!from) exit(2);
    for (int i = 0; i < 64; i++) numbers[i] = (unsigned char)(i + 1);
    memcpy(from, numbers, bytes);
    memset(to, UNTOUCHED, sizeof to);
    copy_tail((char *)at, (const char *)from, bytes);
    if (memcmp(at, from, bytes)) fail("copy_tail: other bytes", (ptrdiff_t)bytes, offset);
    if (!is_untouched(to, at - to) ||
        !is_untouched(at + bytes, to + sizeof to - at - (ptrdiff_t)bytes)) {
        fail("copy_tail: out of bounds", (ptrdiff_t)bytes, offset);
    }
    free(from);
}

/* relu of float16, into memory of its own or in place. */
static void check_half(ptrdiff_t n, ptrdiff_t offset, int in_place)
{
    static _Alignas(64) uint16_t memory[GUARD + 70 + 2 * GUARD];
    static const ptrdiff_t stride = sizeof(uint16_t);
    const relu_fast_operation relu =
        relu_fast_make_operation(RELU_FAST_ID_relu, RELU_FAST_VALUE, RELU_FAST_FLOAT16);
    uint16_t *at = memory + GUARD / 2 + offset, *x = malloc((size_t)n * sizeof *x);
    if (!x) exit(2);
    memset(memory, UNTOUCHED, sizeof memory);
    for (ptrdiff_t i = 0; i < n; i++) x[i] = (uint16_t)(i % 3 ? 0x3c00 + i : 0xbc00 + i);
    if (in_place) memcpy(at, x, (size_t)n * sizeof *x);
    relu_fast_apply(&relu, 1, &n,
                    (relu_fast_operand[]){
                        {(char *)(in_place ? at : x), &stride, RELU_FAST_FLOAT16},
                        {(char *)at, &stride, RELU_FAST_FLOAT16},
                    },
                    RELU_FAST_OVERLAP_IN_ORDER);
    for (ptrdiff_t i = 0; i < n; i++) {
        if (at[i] != (i % 3 ? x[i] : 0)) fail("relu of float16: other bits", n, offset);
    }
    const unsigned char *first = (unsigned char *)memory, *end = first + sizeof memory;
    if (!is_untouched(first, (unsigned char *)at - first) ||
        !is_untouched((unsigned char *)(at + n), end - (unsigned char *)(at + n))) {
        fail("relu of float16: out of bounds", n, offset);
    }
    free(x);
}

int main(void)
{
    for (size_t bytes = 1; bytes < 64; bytes++) {
        for (ptrdiff_t offset = 0; offset < GUARD; offset++) check_copy(bytes, offset);
    }
    for (ptrdiff_t n = 1; n <= 70; n++) {
        for (ptrdiff_t offset = 0; offset < GUARD; offset++) {
            check_half(n, offset, 0);
            check_half(n, offset, 1);
        }
    }
    printf("%d failures\n", failures);
    return failures > 0;
}
