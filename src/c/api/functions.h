/* The functions of relu_fast.h by name, for those who hand them on. */
#ifndef RELU_FAST_FUNCTIONS_LIST_H
#define RELU_FAST_FUNCTIONS_LIST_H

#include "../include/relu_fast.h"

typedef struct {
    const char *name;      /* without the prefix */
    const char *signature; /* as Cython writes it */
    relu_fast_any_function *function;
} relu_fast_function_row;

extern const relu_fast_function_row relu_fast_function_rows[];
extern const int relu_fast_function_count;

#endif
