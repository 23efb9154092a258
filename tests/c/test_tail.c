/* The elements that do not fill a vector block: copy_tail, and arrays of elements of
 * all types through the engine, byte by byte. */
#include "table/catalog.h"
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

static int is_unsigned(enum relu_fast_dtype dtype)
{
    return relu_fast_dtype_names[dtype][0] == 'u';
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

/* relu of elements of this type, into memory of its own or in place. */
static void check_relu(enum relu_fast_dtype dtype, ptrdiff_t n, ptrdiff_t offset, int in_place)
{
    static _Alignas(64) unsigned char memory[(GUARD + 150 + 2 * GUARD) * sizeof(uint64_t)];
    static const unsigned char zeros[sizeof(uint64_t)];
    const ptrdiff_t size = relu_fast_size(dtype), bytes = n * size;
    const relu_fast_operation relu =
        relu_fast_make_operation(RELU_FAST_ID_relu, RELU_FAST_VALUE, dtype);
    unsigned char *at = memory + (GUARD / 2 + offset) * size, *x = malloc((size_t)bytes);
    if (!x) exit(2);
    memset(memory, UNTOUCHED, sizeof memory);
    /* The highest byte tells the sign, and that it is no NaN. */
    for (ptrdiff_t i = 0; i < bytes; i++) {
        const int is_negative = i / size % 3 == 0 && !is_unsigned(dtype);
        x[i] = (unsigned char)(i % size < size - 1 ? i * 7 : is_negative ? 0xbc : 0x3c);
    }
    if (in_place) memcpy(at, x, (size_t)bytes);
    relu_fast_apply(&relu, 1, &n,
                    (relu_fast_operand[]){
                        {(char *)(in_place ? at : x), &size, dtype},
                        {(char *)at, &size, dtype},
                    },
                    RELU_FAST_OVERLAP_IN_ORDER);
    for (ptrdiff_t i = 0; i < n; i++) {
        const int is_kept = i % 3 || is_unsigned(dtype);
        if (memcmp(at + i * size, is_kept ? x + i * size : zeros, (size_t)size)) {
            fail(relu_fast_dtype_names[dtype], n, offset);
        }
    }
    if (!is_untouched(memory, at - memory) ||
        !is_untouched(at + bytes, memory + sizeof memory - (at + bytes))) {
        fail("relu: out of bounds", n, offset);
    }
    free(x);
}

int main(void)
{
    for (size_t bytes = 1; bytes < 64; bytes++) {
        for (ptrdiff_t offset = 0; offset < GUARD; offset++) check_copy(bytes, offset);
    }
    for (int dtype = 0; dtype < RELU_FAST_DTYPES; dtype++) {
        for (ptrdiff_t n = 1; n <= 140; n++) {
            for (ptrdiff_t offset = 0; offset < GUARD; offset++) {
                check_relu((enum relu_fast_dtype)dtype, n, offset, 0);
                check_relu((enum relu_fast_dtype)dtype, n, offset, 1);
            }
        }
    }
    printf("%d failures\n", failures);
    return failures > 0;
}
