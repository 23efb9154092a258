/* Loops of two formulas in vectors: the near one where a test holds, the far one elsewhere.
 *
 * Which of the two an element gets depends on its x and p alone, never on what is beside it.
 * Where all elements of two blocks are near, as they nearly always are, the far formula is
 * not computed. */
#ifndef RELU_FAST_BY_RANGE_H
#define RELU_FAST_BY_RANGE_H

#include "loop.h"

/* False for NaN. */
typedef mask range_test(vector x, vector p);
/* f(x), or g f'(x); p is a parameter.  What a formula has no use for it leaves alone. */
typedef vector range_formula(vector g, vector x, vector p);
typedef struct {
    range_test *is_near;
    range_formula *near, *far;
} by_range;

/* g = NULL stands for ones, p = NULL for the one number in all lanes of `uniform`. */
typedef struct {
    const real *g, *x, *p;
    real *to;
    vector uniform;
} range_operands;

ALWAYS_INLINE vector parameter_at(const range_operands *o, ptrdiff_t i)
{
    return o->p ? load(o->p + i) : o->uniform;
}

ALWAYS_INLINE mask is_near_at(by_range f, const range_operands *o, ptrdiff_t i)
{
    return f.is_near(load(o->x + i), parameter_at(o, i));
}

ALWAYS_INLINE vector apply_at(range_formula *f, const range_operands *o, ptrdiff_t i)
{
    return f(o->g ? load(o->g + i) : splat(1), load(o->x + i), parameter_at(o, i));
}

ALWAYS_INLINE void apply_to(by_range f, const range_operands *o, ptrdiff_t begin, ptrdiff_t end)
{
    mask any = is_near_at(f, o, begin), all = any;
    for (ptrdiff_t i = begin + LANES; i < end; i += LANES) {
        const mask is_near = is_near_at(f, o, i);
        any |= is_near;
        all &= is_near;
    }
    if (__builtin_expect(is_everywhere(all), 1)) {
        for (ptrdiff_t i = begin; i < end; i += LANES) store(o->to + i, apply_at(f.near, o, i));
        return;
    }
    const int some_near = is_anywhere(any);
    for (ptrdiff_t i = begin; i < end; i += LANES) {
        vector y = apply_at(f.far, o, i);
        if (some_near) y = choose_lanes(is_near_at(f, o, i), apply_at(f.near, o, i), y);
        store(o->to + i, y);
    }
}

/* Two blocks at a time, so that the processor has something to do while it waits.  A uniform
 * parameter is read before the loop, because the compiler cannot know that no output is
 * stored over it; p = NULL: there is none. */
ALWAYS_INLINE void apply_by_range(ptrdiff_t n, by_range f, const real *g, const real *x,
                                  const real *p, int varying, real *to)
{
    /* One that varies may have no element, if n is below a block. */
    const range_operands o = {g, x, varying ? p : NULL, to, splat(varying || !p ? 0 : *p)};
    n &= -BLOCK;
    ptrdiff_t i = 0;
    for (; i + 2 * BLOCK <= n; i += 2 * BLOCK) apply_to(f, &o, i, i + 2 * BLOCK);
    if (i < n) apply_to(f, &o, i, i + BLOCK);
}

#endif
