/* Loops of g * f'(x) by two formulas in vectors: the near one for x >= a bound, the far one
 * below that and for NaN.
 *
 * Which of the two an element gets depends on its x alone.  Where all x of two blocks lie on
 * the near side, as they nearly always do, the far formula is not computed. */
#ifndef RELU_FAST_BY_RANGE_H
#define RELU_FAST_BY_RANGE_H

#include "loop.h"

typedef vector backward_formula(vector g, vector x, vector p);
typedef struct {
    backward_formula *near, *far;
    real bound;
} backward_by_range;

/* g = NULL stands for ones, p = NULL for the one number in all lanes of `uniform`. */
typedef struct {
    const real *g, *x, *p;
    real *dx;
    vector uniform;
} backward_operands;

ALWAYS_INLINE vector apply_at(backward_formula *f, const backward_operands *o, ptrdiff_t i)
{
    const vector g = o->g ? load(o->g + i) : splat(1);
    const vector p = o->p ? load(o->p + i) : o->uniform;
    return f(g, load(o->x + i), p);
}

ALWAYS_INLINE void apply_to(backward_by_range f, const backward_operands *o, ptrdiff_t begin,
                            ptrdiff_t end)
{
    const vector bound = splat(f.bound);
    mask any = not_less(load(o->x + begin), bound), all = any;
    for (ptrdiff_t i = begin + LANES; i < end; i += LANES) {
        const mask is_near = not_less(load(o->x + i), bound);
        any |= is_near;
        all &= is_near;
    }
    if (__builtin_expect(is_everywhere(all), 1)) {
        for (ptrdiff_t i = begin; i < end; i += LANES) store(o->dx + i, apply_at(f.near, o, i));
    }
    else if (!is_anywhere(any)) {
        for (ptrdiff_t i = begin; i < end; i += LANES) store(o->dx + i, apply_at(f.far, o, i));
    }
    else {
        for (ptrdiff_t i = begin; i < end; i += LANES) {
            const mask is_near = not_less(load(o->x + i), bound);
            const vector near = apply_at(f.near, o, i), far = apply_at(f.far, o, i);
            store(o->dx + i, choose_lanes(is_near, near, far));
        }
    }
}

/* Two blocks at a time, so that the processor has something to do while it waits.  A uniform
 * parameter is read before the loop, because the compiler cannot know that no output is
 * stored over it. */
ALWAYS_INLINE void apply_by_range(ptrdiff_t n, backward_by_range f, const real *g, const real *x,
                                  const real *p, int varying, real *dx)
{
    /* One that varies may have no element, if n is below a block. */
    const backward_operands o = {g, x, varying ? p : NULL, dx, splat(varying ? 0 : *p)};
    n &= -BLOCK;
    ptrdiff_t i = 0;
    for (; i + 2 * BLOCK <= n; i += 2 * BLOCK) apply_to(f, &o, i, i + 2 * BLOCK);
    if (i < n) apply_to(f, &o, i, i + BLOCK);
}

#endif
