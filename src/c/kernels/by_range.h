/* Loops of two formulas in vectors: the near one where a test holds, the far one elsewhere.
 *
 * Which of the two an element gets depends on its x and p alone, never on what is beside it.
 * Where all elements of two blocks are near, as they nearly always are, the far formula is
 * not computed.  Where some are, both are; but AVX-512, which can move lanes together, computes
 * the far one of those alone that need it: for x of N(0, 3^2) 0.4 to 0.7 of the time, of
 * N(0, 10^2) 0.6 to 0.9. */
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

#if defined __AVX512F__

#define SORTED_BLOCKS 16

typedef struct {
    real g[(SORTED_BLOCKS + 1) * BLOCK], x[(SORTED_BLOCKS + 1) * BLOCK];
    real p[(SORTED_BLOCKS + 1) * BLOCK];
} far_operands;

/* The near formula of all elements, and the far one, which takes two or three times as long, of
 * those that need it.  At least one does. */
ALWAYS_INLINE void apply_sorted(by_range f, const range_operands *o, ptrdiff_t begin, ptrdiff_t end)
{
    far_operands far;
    const range_operands sorted = {o->g ? far.g : NULL, far.x, o->p ? far.p : NULL, far.x,
                                   o->uniform};
    mask is_far[SORTED_BLOCKS];
    ptrdiff_t count = 0;
    for (ptrdiff_t i = begin, k = 0; i < end; i += LANES, k++) {
        is_far[k] = (mask)~is_near_at(f, o, i);
        if (o->g) store(far.g + count, packed(is_far[k], load(o->g + i)));
        if (o->p) store(far.p + count, packed(is_far[k], load(o->p + i)));
        store(far.x + count, packed(is_far[k], load(o->x + i)));
        count += __builtin_popcount(is_far[k]);
        store(o->to + i, apply_at(f.near, o, i));
    }
    /* The first one again, in the lanes that are left over. */
    if (o->g) store(far.g + count, splat(far.g[0]));
    if (o->p) store(far.p + count, splat(far.p[0]));
    store(far.x + count, splat(far.x[0]));
    for (ptrdiff_t i = 0; i < count; i += LANES) store(far.x + i, apply_at(f.far, &sorted, i));

    count = 0;
    for (ptrdiff_t i = begin, k = 0; i < end; i += LANES, k++) {
        store(o->to + i, unpacked(is_far[k], load(far.x + count), load(o->to + i)));
        count += __builtin_popcount(is_far[k]);
    }
}

#endif

/* A block, or two, or up to n if it is worth it.  Returns where it ended. */
ALWAYS_INLINE ptrdiff_t apply_to(by_range f, const range_operands *o, ptrdiff_t begin,
                                 ptrdiff_t end, ptrdiff_t n)
{
    mask any = is_near_at(f, o, begin), all = any;
    for (ptrdiff_t i = begin + LANES; i < end; i += LANES) {
        const mask is_near = is_near_at(f, o, i);
        any |= is_near;
        all &= is_near;
    }
    if (__builtin_expect(is_everywhere(all), 1)) {
        for (ptrdiff_t i = begin; i < end; i += LANES) store(o->to + i, apply_at(f.near, o, i));
        return end;
    }
    const int some_near = is_anywhere(any);
#if defined __AVX512F__
    if (some_near && end - begin > BLOCK) {
        /* One of thousands, as of N(0, 1), is likely to be far alone. */
        const int is_rare = __builtin_popcount((mask)~all) <= LANES / 8;
        if (!is_rare) end = begin + ptrdiff_min(n - begin, SORTED_BLOCKS * BLOCK);
        apply_sorted(f, o, begin, end);
        return end;
    }
#else
    (void)n;
#endif
    for (ptrdiff_t i = begin; i < end; i += LANES) {
        vector y = apply_at(f.far, o, i);
        if (some_near) y = choose_lanes(is_near_at(f, o, i), apply_at(f.near, o, i), y);
        store(o->to + i, y);
    }
    return end;
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
    while (i + 2 * BLOCK <= n) i = apply_to(f, &o, i, i + 2 * BLOCK, n);
    if (i < n) apply_to(f, &o, i, i + BLOCK, n);
}

#endif
