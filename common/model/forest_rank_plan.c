/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/forest_rank_plan.h"

#include "common/base/aligned.h"
#include "common/model/forest_rank_cuts.h"

#include <math.h>
#include <stdlib.h>

/* 16 pivots, then thresholds 16 by 16, NaN where there are none. */
static void
fill_range(struct rank_plan *p, struct rank_range *r,
           const struct rank_cut *cut, size_t n, size_t at)
{
    float *pivot = p->threshold + at;
    float *threshold = pivot + RANK_PIVOTS;

    *r = (struct rank_range){
        .feature = cut->feature,
        .wide = n > 16,
        .pivot = at,
        .first = at + RANK_PIVOTS,
        .missing_left = RANK_NO_COLUMN,
        .missing_right = RANK_NO_COLUMN,
    };
    for (size_t i = 0; i < RANK_PIVOTS; i++) {
        pivot[i] = 16 * (i + 1) < n ? cut[16 * i + 15].value : NAN;
    }
    for (size_t i = 0; i < (n + 15) / 16 * 16; i++) {
        threshold[i] = i < n ? cut[i].value : NAN;
    }
}

static enum rc
fill_ranges(struct rank_plan *p, const struct forest *f,
            const struct rank_cuts *c)
{
    size_t at = 0;
    size_t range = 0;

    p->range = calloc(p->nrange + 1, sizeof(*p->range));
    p->threshold = aligned_zeroed(p->nrange * (RANK_PIVOTS + RANK_RANGE + 1),
                                  sizeof(float));
    if (p->range == NULL || p->threshold == NULL) {
        return RC_NOMEM;
    }
    for (size_t k = 0; k < f->nfeature; k++) {
        size_t end = c->first[k + 1];

        for (size_t i = c->first[k]; i < end; i += RANK_RANGE) {
            size_t n = end - i < RANK_RANGE ? end - i : RANK_RANGE;

            fill_range(p, &p->range[range++], c->cut + i, n, at);
            at += RANK_PIVOTS + (n + 15) / 16 * 16;
        }
    }
    return RC_OK;
}

/* The byte column a node reads, numbered when first asked for. */
static uint16_t
node_column(struct rank_plan *p, struct rank_range *r, bool missing_left)
{
    uint32_t *column = missing_left ? &r->missing_left : &r->missing_right;

    if (*column == RANK_NO_COLUMN) {
        *column = (uint32_t)p->ncolumn++;
    }
    return (uint16_t)*column;
}

/* A leaf at `place` stands for all numbers below it. */
static void
fill_leaf(float *leaf, uint32_t depth, uint32_t place, float value)
{
    uint32_t first = place + 1;
    uint32_t n = 1;

    while (first < 1u << depth) {
        first *= 2;
        n *= 2;
    }
    first -= 1u << depth;
    while (n-- > 0) {
        leaf[first + n] = value;
    }
}

static void
fill_tree(struct rank_plan *p, const struct forest *f,
          const struct rank_cuts *c, const struct forest_tree *from,
          struct rank_tree *t)
{
    uint16_t place[2 << RANK_DEPTH_MAX] = {0};

    t->depth = from->depth == 0 ? 1 : from->depth;
    t->group = from->group;
    for (uint32_t i = 0; i < from->nnode; i++) {
        const struct forest_node *n = &f->node[from->first + i];
        size_t cut;

        if (n->left == 0) {
            fill_leaf(p->leaf + t->leaf, t->depth, place[i], n->value);
            continue;
        }
        place[n->left] = (uint16_t)(2 * place[i] + 1);
        place[n->left + 1] = (uint16_t)(2 * place[i] + 2);
        cut = rank_cuts_find(c, n);
        p->node[t->first + t->nnode++] = (struct rank_node){
            .column = node_column(
                p, &p->range[c->range[n->feature] + cut / RANK_RANGE],
                n->missing_left),
            .place = (uint8_t)place[i],
            .rank = (uint8_t)(cut % RANK_RANGE),
        };
    }
}

/* Room for the leaves of a tree; permutations want 32 at least. */
static size_t
leaf_room(const struct forest_tree *t)
{
    return t->depth < 5 ? 32 : (size_t)1 << t->depth;
}

static enum rc
fill_trees(struct rank_plan *p, const struct forest *f,
           const struct rank_cuts *c)
{
    size_t nleaf = 0;

    for (size_t i = 0; i < f->ntree; i++) {
        nleaf += leaf_room(&f->tree[i]);
    }
    p->tree = calloc(f->ntree + 1, sizeof(*p->tree));
    p->node = calloc(f->nnode + 1, sizeof(*p->node));
    p->leaf = aligned_zeroed(nleaf, sizeof(*p->leaf));
    if (p->tree == NULL || p->node == NULL || p->leaf == NULL) {
        return RC_NOMEM;
    }
    nleaf = 0;
    for (size_t i = 0; i < f->ntree; i++) {
        p->tree[i].first = f->tree[i].first;
        p->tree[i].leaf = nleaf;
        fill_tree(p, f, c, &f->tree[i], &p->tree[i]);
        nleaf += leaf_room(&f->tree[i]);
    }
    return RC_OK;
}

static enum rc
fill_plan(struct rank_plan *p, const struct forest *f,
          const struct rank_cuts *c, struct err *e)
{
    p->nrange = c->nrange;
    if (p->nrange > UINT16_MAX / 2) { /* two columns each, named by a u16 */
        return err_set(e, RC_REFUSED, "%zu thresholds are too many", c->n);
    }
    if (fill_ranges(p, f, c) != RC_OK || fill_trees(p, f, c) != RC_OK) {
        return err_set(e, RC_NOMEM, "no memory for %zu tree nodes", f->nnode);
    }
    return RC_OK;
}

enum rc
rank_plan_init(struct rank_plan *p, const struct forest *f, struct err *e)
{
    struct rank_cuts cuts;
    enum rc rc;

    *p = (struct rank_plan){
        .nfeature = f->nfeature,
        .ngroup = f->ngroup,
        .ntree = f->ntree,
        .base = f->base,
    };
    if (forest_depth(f) > RANK_DEPTH_MAX) {
        return err_set(e, RC_REFUSED, "a tree is over %d levels deep",
                       RANK_DEPTH_MAX);
    }
    rc = rank_cuts_init(&cuts, f) == RC_OK
             ? fill_plan(p, f, &cuts, e)
             : err_set(e, RC_NOMEM, "no memory for %zu thresholds", f->nnode);
    rank_cuts_fini(&cuts);
    return rc;
}

void
rank_plan_fini(struct rank_plan *p)
{
    free(p->range);
    free(p->tree);
    free(p->node);
    free(p->threshold);
    free(p->leaf);
}
