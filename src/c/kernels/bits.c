/* Operations on the bits of elements as they are stored, for elements of one size: of integers,
 * and of half types, which then need no conversion.
 *
 * Compiled once per ISA and size, with RELU_FAST_ISA and ELEMENT_BITS (8, 16, 32, 64) defined;
 * meson.build has the flags of each ISA. */
#include "kernels.h"

#include "../formulas/bits.h"

#define JOIN_(a, b, c) a##_##b##_##c
#define JOIN(a, b, c) JOIN_(a, b, c)
#define SYMBOL(name) JOIN(name, COMPUTE_NAME, RELU_FAST_ISA)

#if ELEMENT_BITS == 8
#define COMPUTE_NAME bits8
typedef uint8_t element;
#define SIZED(of_8, of_16, of_32, of_64) of_8
#elif ELEMENT_BITS == 16
#define COMPUTE_NAME bits16
typedef uint16_t element;
#define SIZED(of_8, of_16, of_32, of_64) of_16
#elif ELEMENT_BITS == 32
#define COMPUTE_NAME bits32
typedef uint32_t element;
#define SIZED(of_8, of_16, of_32, of_64) of_32
#else
#define COMPUTE_NAME bits64
typedef uint64_t element;
#define SIZED(of_8, of_16, of_32, of_64) of_64
#endif
#include "copy.h"

#define BLOCK (64 / (ptrdiff_t)sizeof(element))

/* The mask tells the compiler that the length is a whole number of vectors.  `arrays` are copies,
 * because elements of 8 bits, being characters, might lie where `operands` do. */
#define LOOP(name, type, count, statement)                                 \
    static void SYMBOL(name)(ptrdiff_t n, void *const *operands)           \
    {                                                                      \
        type *arrays[count];                                               \
        for (int k = 0; k < (count); k++) arrays[k] = (type *)operands[k]; \
        n &= -BLOCK;                                                       \
        _Pragma("omp simd") for (ptrdiff_t i = 0; i < n; i++)              \
        {                                                                  \
            statement;                                                     \
        }                                                                  \
    }
#define ARRAY(k) arrays[k][i]

typedef SIZED(int8_t, int16_t, int32_t, int64_t) with_sign;
typedef element without_sign;

#define OF_INTEGERS(name)                                         \
    LOOP(name##_value_of_signed, with_sign, 2,                    \
         ARRAY(1) = (with_sign)name##_value_of_integer(ARRAY(0))) \
    LOOP(name##_value_of_unsigned, without_sign, 2,               \
         ARRAY(1) = (without_sign)name##_value_of_integer(ARRAY(0)))

#define OF_HALVES(name, half)                                                        \
    LOOP(name##_value_of_##half, uint16_t, 2,                                        \
         ARRAY(1) = name##_value_of_half(ARRAY(0), half##_type))                     \
    LOOP(name##_grad_of_##half, uint16_t, 2,                                         \
         ARRAY(1) = name##_backward_of_half(half##_type.one, ARRAY(0), half##_type)) \
    LOOP(name##_backward_of_##half, uint16_t, 3,                                     \
         ARRAY(2) = name##_backward_of_half(ARRAY(0), ARRAY(1), half##_type))        \
    LOOP(name##_value_and_grad_of_##half, uint16_t, 3, const uint16_t x = ARRAY(0);  \
         ARRAY(1) = name##_value_of_half(x, half##_type);                            \
         ARRAY(2) = name##_backward_of_half(half##_type.one, x, half##_type))

#define ON_BITS(name) OF_INTEGERS(name)
#include "../table/activations.def"
#if ELEMENT_BITS == 16
#define ON_BITS(name) OF_HALVES(name, float16) OF_HALVES(name, bfloat16)
#include "../table/activations.def"
#endif

#define ENTRIES_OF_INTEGERS(name)                                                 \
    [SIZED(RELU_FAST_INT8, RELU_FAST_INT16, RELU_FAST_INT32,                      \
           RELU_FAST_INT64)][RELU_FAST_ON_BITS_##name][RELU_FAST_VALUE] =         \
        SYMBOL(name##_value_of_signed),                                           \
           [SIZED(RELU_FAST_UINT8, RELU_FAST_UINT16, RELU_FAST_UINT32,            \
                  RELU_FAST_UINT64)][RELU_FAST_ON_BITS_##name][RELU_FAST_VALUE] = \
               SYMBOL(name##_value_of_unsigned),
#define ENTRIES_OF_HALVES(name, half, id)                                                   \
    [id][RELU_FAST_ON_BITS_##name][RELU_FAST_VALUE] = SYMBOL(name##_value_of_##half),       \
    [id][RELU_FAST_ON_BITS_##name][RELU_FAST_GRAD] = SYMBOL(name##_grad_of_##half),         \
    [id][RELU_FAST_ON_BITS_##name][RELU_FAST_BACKWARD] = SYMBOL(name##_backward_of_##half), \
    [id][RELU_FAST_ON_BITS_##name][RELU_FAST_VALUE_AND_GRAD] =                              \
        SYMBOL(name##_value_and_grad_of_##half),

extern const relu_fast_on_bits SYMBOL(relu_fast_on_bits);
const relu_fast_on_bits SYMBOL(relu_fast_on_bits) = {
#define ON_BITS(name) ENTRIES_OF_INTEGERS(name)
#include "../table/activations.def"
#if ELEMENT_BITS == 16
#define ON_BITS(name)                                   \
    ENTRIES_OF_HALVES(name, float16, RELU_FAST_FLOAT16) \
    ENTRIES_OF_HALVES(name, bfloat16, RELU_FAST_BFLOAT16)
#include "../table/activations.def"
#endif
};

/* Of each type of this size: there is nothing to convert. */
#define OF_THIS_SIZE(id, bytes) [RELU_FAST_##id] = (bytes) == sizeof(element) ? copy_place : NULL,

extern const relu_fast_moves SYMBOL(relu_fast_moves);
const relu_fast_moves SYMBOL(relu_fast_moves) = {
    .load =
        {
#define DTYPE(id, name, bytes, ...) OF_THIS_SIZE(id, bytes)
#include "../table/dtypes.def"
        },
    .store =
        {
#define DTYPE(id, name, bytes, ...) OF_THIS_SIZE(id, bytes)
#include "../table/dtypes.def"
        },
    .stream = stream,
    .finish_stream = finish_stream,
};
