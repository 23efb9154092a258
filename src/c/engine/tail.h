/* Copying the few elements that do not fill a vector block. */
#ifndef RELU_FAST_TAIL_H
#define RELU_FAST_TAIL_H

#include <stddef.h>
#include <string.h>

/* Copies less than 64 bytes, at least one, of elements of any size, without the call of
 * memcpy, which takes longer than a kernel: two copies of a fixed size that overlap. */
static inline void copy_tail(char *to, const char *from, size_t bytes)
{
#define TWO_COPIES(size)                                          \
    if (bytes >= (size)) {                                        \
        memcpy(to, from, size);                                   \
        memcpy(to + bytes - (size), from + bytes - (size), size); \
        return;                                                   \
    }
    TWO_COPIES(32)
    TWO_COPIES(16)
    TWO_COPIES(8)
    TWO_COPIES(4)
    TWO_COPIES(2)
    *to = *from;
#undef TWO_COPIES
}

#endif
