/* Tiles: pieces of a layout, a few rows of a few columns each, whose operands fit into
 * buffers in the L1 cache. */
#ifndef RELU_FAST_TILING_H
#define RELU_FAST_TILING_H

#include "layout.h"

/* Per operand; with five operands 20 KiB, which fit in every L1 cache. */
#define BUFFER_BYTES 4096

/* The dimensions of a layout that tiles are made of. */
enum { COLUMN, ROW };

/* What a tile finds at its place in an operand. */
enum access {
    CONVERTED, /* elements to be copied to or from a buffer: not contiguous, or of another type */
    DIRECT,    /* contiguous elements of the compute type, taken as they are */
    UNIFORM,   /* a parameter, with one value for all of the tile */
};

/* The operands of a layout, by their roles. */
typedef struct {
    int parameters, outputs, end; /* the first of each, and one past the last */
    ptrdiff_t size, block;        /* bytes, and elements of a block, of the compute type */
    enum relu_fast_dtype compute; /* as an element type */
    enum relu_fast_dtype storage[RELU_FAST_MAX_OPERANDS];
} roles;

typedef struct {
    ptrdiff_t tile[LAYOUT_DIMS];  /* its shape: 1 but for rows and columns */
    ptrdiff_t tiles[LAYOUT_DIMS]; /* their number along each dimension */
    ptrdiff_t count;              /* of all */
    enum access access[RELU_FAST_MAX_OPERANDS];
    int any_converted, varying; /* whether any operand, any parameter is */
} tiling;

/* The best tiles for a layout with at least two dimensions; may swap dimensions of it.
 * `is_uncached`: its arrays are larger than the last-level cache. */
void relu_fast_tiling_choose(tiling *t, const roles *r, layout *l, int is_uncached);
/* Tiles of one element, for a layout whose elements must be computed in order. */
void relu_fast_tiling_of_elements(tiling *t, const roles *r, const layout *l);
/* Brings the number of tiles and their access up to date after the layout has changed. */
void relu_fast_tiling_update(tiling *t, const roles *r, const layout *l);

#endif
