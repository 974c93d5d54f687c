/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Eight walks go on at once, for a step waits for its loads and nothing else.
 * No step has a branch: whoever has arrived stays (forest_walk_node.h), and
 * the number of steps is the deepest tree's.
 *
 * Missing values have no branch either: rows are laid out in columns, one per
 * feature and default direction in use, where NaN became -inf or +inf.
 *
 *   one row:     columns x 1 float, eight trees a time
 *   many rows:   tiles of columns x 8 floats, eight rows of one tree a time,
 *                eight tiles a block, so that a tree is used 64 times
 *
 * Leaves are added in the order of the trees, whichever way: a float32 sum
 * has other bits in another order.
 */
#include "common/model/forest_walk.h"

#include "common/model/forest_walk_node.h"

#include <immintrin.h>
#include <math.h>
#include <stdlib.h>

#define LANES      8
#define TILES      8
#define STACK_COLS 1024

#define EACH_LANE(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)

/*
 * Lay nrow rows out in columns of `stride` floats. Of a NaN and a number,
 * both instructions take the second operand.
 */
static inline void
lay_out(const struct forest_walk *w, const float *x, size_t nrow, size_t stride,
        float *tile)
{
    __m128 left = _mm_set_ss(-INFINITY);
    __m128 right = _mm_set_ss(INFINITY);
    size_t c = 0;

    for (; c < w->nleft; c++, tile += stride) {
        const float *v = x + w->feature[c];

        for (size_t r = 0; r < nrow; r++, v += w->nfeature) {
            tile[r] = _mm_cvtss_f32(_mm_max_ss(_mm_load_ss(v), left));
        }
    }
    for (; c < w->ncolumn; c++, tile += stride) {
        const float *v = x + w->feature[c];

        for (size_t r = 0; r < nrow; r++, v += w->nfeature) {
            tile[r] = _mm_cvtss_f32(_mm_min_ss(_mm_load_ss(v), right));
        }
    }
}

/* Written so that compilers subtract the carry of the comparison. */
static inline const struct walk_node *
step(const struct walk_node *n, const float *column, size_t stride)
{
    size_t ahead = n->right;

    ahead -= !(column[n->column * stride] >= n->split);
    return n + ahead;
}

/* Eight trees for one row. */
static void
walk_trees(const struct walk_node *node, const struct forest_tree *t,
           const float *row, size_t at[LANES])
{
    uint32_t depth = 0;

#define START(k)                                                               \
    const struct walk_node *n##k = node + t[k].first;                          \
    depth = t[k].depth > depth ? t[k].depth : depth;
    EACH_LANE(START)
#undef START
    while (depth-- > 0) {
#define STEP(k) n##k = step(n##k, row, 1);
        EACH_LANE(STEP)
#undef STEP
    }
#define ARRIVE(k) at[k] = (size_t)(n##k - node);
    EACH_LANE(ARRIVE)
#undef ARRIVE
}

/* One tree for the eight rows of a tile. */
static void
walk_rows(const struct walk_node *node, const struct forest_tree *t,
          const float *tile, size_t at[LANES])
{
    uint32_t depth = t->depth;

#define START(k) const struct walk_node *n##k = node + t->first;
    EACH_LANE(START)
#undef START
    while (depth-- > 0) {
#define STEP(k) n##k = step(n##k, tile + (k), LANES);
        EACH_LANE(STEP)
#undef STEP
    }
#define ARRIVE(k) at[k] = (size_t)(n##k - node);
    EACH_LANE(ARRIVE)
#undef ARRIVE
}

/* Fewer than eight trees are left over. */
static size_t
walk_one(const struct walk_node *node, const struct forest_tree *t,
         const float *row)
{
    const struct walk_node *n = node + t->first;

    for (uint32_t i = 0; i < t->depth; i++) {
        n = step(n, row, 1);
    }
    return (size_t)(n - node);
}

/* Where a walk ends: its leaf's value into a sum, or its id into a list. */
struct sink {
    float *y;
    size_t width; /* floats of a row */
    bool leaves;
};

static inline void
arrive(const struct forest_walk *w, const struct sink *s, size_t row,
       size_t tree, size_t at)
{
    if (s->leaves) {
        s->y[row * s->width + tree] = w->id[at];
    } else {
        s->y[row * s->width + w->tree[tree].group] += w->value[at];
    }
}

/* Eight trees of one row; a single sum stays in a register meanwhile. */
static inline void
arrive_trees(const struct forest_walk *w, const struct sink *s, size_t row,
             size_t tree, const size_t at[LANES])
{
    if (!s->leaves && s->width == 1) {
        float sum = s->y[row];

#define ADD(k) sum += w->value[at[k]];
        EACH_LANE(ADD)
#undef ADD
        s->y[row] = sum;
        return;
    }
    for (size_t k = 0; k < LANES; k++) {
        arrive(w, s, row, tree + k, at[k]);
    }
}

static void
score_row(const struct forest_walk *w, const float *row, const struct sink *s,
          size_t r)
{
    size_t at[LANES];
    size_t t = 0;

    for (; t + LANES <= w->ntree; t += LANES) {
        walk_trees(w->node, w->tree + t, row, at);
        arrive_trees(w, s, r, t, at);
    }
    for (; t < w->ntree; t++) {
        arrive(w, s, r, t, walk_one(w->node, w->tree + t, row));
    }
}

static void
score_block(const struct forest_walk *w, const float *tiles, size_t ntile,
            const struct sink *s, size_t r)
{
    size_t at[LANES];

    for (size_t t = 0; t < w->ntree; t++) {
        for (size_t i = 0; i < ntile; i++) {
            walk_rows(w->node, &w->tree[t], tiles + i * w->ncolumn * LANES, at);
            for (size_t k = 0; k < LANES; k++) {
                arrive(w, s, r + i * LANES + k, t, at[k]);
            }
        }
    }
}

static void
score_all(const struct forest_walk *w, const float *x, size_t nrow,
          float *scratch, const struct sink *s)
{
    size_t r = 0;

    while (nrow - r >= LANES) {
        size_t ntile = (nrow - r) / LANES;

        ntile = ntile < TILES ? ntile : TILES;
        for (size_t i = 0; i < ntile; i++) {
            lay_out(w, x + (r + i * LANES) * w->nfeature, LANES, LANES,
                    scratch + i * w->ncolumn * LANES);
        }
        score_block(w, scratch, ntile, s, r);
        r += ntile * LANES;
    }
    for (; r < nrow; r++) {
        lay_out(w, x + r * w->nfeature, 1, 1, scratch);
        score_row(w, scratch, s, r);
    }
}

static enum rc
score(const struct forest_walk *w, const float *x, size_t nrow,
      const struct sink *s)
{
    float stack[STACK_COLS];
    float *scratch = stack;
    size_t lanes = nrow < LANES ? 1 : LANES * TILES;

    if (w->ncolumn * lanes > STACK_COLS) {
        scratch = malloc(w->ncolumn * lanes * sizeof(*scratch));
        if (scratch == NULL) {
            return RC_NOMEM;
        }
    }
    score_all(w, x, nrow, scratch, s);
    if (scratch != stack) {
        free(scratch);
    }
    return RC_OK;
}

enum rc
forest_walk_margins(const struct forest_walk *w, const float *x, size_t nrow,
                    float *margin)
{
    struct sink s = {margin, w->ngroup, false};

    for (size_t i = 0; i < nrow * w->ngroup; i++) {
        margin[i] = w->base;
    }
    return score(w, x, nrow, &s);
}

enum rc
forest_walk_leaves(const struct forest_walk *w, const float *x, size_t nrow,
                   float *leaf)
{
    struct sink s = {leaf, w->ntree, true};

    return score(w, x, nrow, &s);
}
