/* The last-level cache. */
#ifndef RELU_FAST_CACHE_H
#define RELU_FAST_CACHE_H

#include "relu_fast.h"

/* The bytes that stay in the last-level cache of this machine, or what
 * relu_fast_set_cache_bytes said. */
ptrdiff_t relu_fast_cache_bytes(void);

#endif
