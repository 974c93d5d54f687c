/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A booster keeps a tree as columns over its nodes, in the order they were
 * grown, so that a node's number says nothing of where it stands. Here a tree
 * is laid out anew, breadth first, siblings side by side:
 *
 *   saved    0 -> 1, 2;  2 -> 3, 4;  1 -> 5, 6    id = place in the columns
 *   here     0 | 1 2 | 5 6 3 4                    left = place of the pair
 *
 * Children lie behind their parents and those of a level together: evaluators
 * can go through an array once, and a walk of few levels stays in few cache
 * lines. Nodes that cannot be reached (pruned ones) are left behind. The id
 * goes along, for leaf predictions name leaves by it.
 *
 * Nothing is taken on trust, for bytes may be damaged and evaluators do not
 * look again: whatever comes out of here has its children within its tree,
 * every feature below nfeature and every threshold finite.
 */
#include "common/model/forest.h"

#include "common/model/forest_booster.h"

#include <math.h>
#include <stdlib.h>

/* False: the row of a node is not one an evaluator could follow. */
static bool
fill_node(const struct forest *f, const struct forest_columns *c,
          struct forest_node *n)
{
    int32_t left = ubj_i32(c->left, n->id);
    int32_t feature = ubj_i32(c->feature, n->id);

    n->value = ubj_f32(c->value, n->id);
    if (left == -1) {
        return isfinite(n->value);
    }
    n->feature = (uint32_t)feature;
    n->missing_left = c->missing_left.p[n->id] != 0;
    /* libxgboost goes right by left + 1, whatever right_children says. */
    return isfinite(n->value) && c->type.p[n->id] == 0 && left > 0 &&
           (size_t)left + 1 < c->left.n &&
           ubj_i32(c->right, n->id) == left + 1 && feature >= 0 &&
           (size_t)feature < f->nfeature;
}

/*
 * Copy the nodes that can be reached, breadth first: `node` is the queue. A
 * damaged tree in which a node has two parents runs over its length.
 */
static bool
fill_tree(struct forest *f, struct forest_tree *t,
          const struct forest_columns *c)
{
    struct forest_node *node = f->node + t->first;
    uint32_t level_end = 1;

    t->nnode = 1;
    for (uint32_t i = 0; i < t->nnode; i++) {
        struct forest_node *n = &node[i];

        if (i == level_end) {
            t->depth++;
            level_end = t->nnode;
        }
        if (!fill_node(f, c, n)) {
            return false;
        }
        if (ubj_i32(c->left, n->id) == -1) {
            continue;
        }
        if (t->nnode + 2 > c->left.n) {
            return false;
        }
        n->left = t->nnode;
        node[t->nnode++].id = (uint32_t)ubj_i32(c->left, n->id);
        node[t->nnode++].id = (uint32_t)ubj_i32(c->left, n->id) + 1;
    }
    f->nnode += t->nnode;
    return true;
}

/* libxgboost sums a tree from 0, then weighs it: two roundings. */
static void
weigh_leaves(struct forest *f, const struct forest_tree *t, float weight)
{
    for (uint32_t i = 0; i < t->nnode; i++) {
        struct forest_node *n = &f->node[t->first + i];

        if (n->left == 0) {
            n->value = (0.0f + n->value) * weight;
        }
    }
}

static bool
read_tree(struct forest *f, struct forest_booster *b, struct forest_tree *t)
{
    struct forest_columns c;
    int64_t group;
    float weight;

    if (!forest_columns_read(b->trees, &c) || !ubj_integer(b->infos, &group) ||
        group < 0 || (uint64_t)group >= f->ngroup) {
        return false;
    }
    t->first = f->nnode;
    t->group = (uint32_t)group;
    if (!fill_tree(f, t, &c)) {
        return false;
    }
    if (b->dart) {
        if (!ubj_number(b->weights, &weight)) {
            return false;
        }
        weigh_leaves(f, t, weight);
    }
    return forest_booster_skip(b, 1);
}

/* Nodes of the next n trees, as saved. */
static bool
count_nodes(struct ubj trees, size_t n, size_t *out)
{
    struct forest_columns c;

    *out = 0;
    while (n-- > 0) {
        if (!forest_columns_read(trees, &c) || !ubj_next(&trees)) {
            return false;
        }
        *out += c.left.n;
    }
    return true;
}

static enum rc
read_trees(struct forest *f, struct forest_booster *b, struct err *e)
{
    size_t nnode;

    if (!count_nodes(b->trees, f->ntree, &nnode)) {
        return err_set(e, RC_REFUSED, "the booster's trees cannot be read");
    }
    f->tree = calloc(f->ntree + 1, sizeof(*f->tree));
    f->node = calloc(nnode + 1, sizeof(*f->node));
    if (f->tree == NULL || f->node == NULL) {
        return err_set(e, RC_NOMEM, "no memory for %zu tree nodes", nnode);
    }
    for (size_t i = 0; i < f->ntree; i++) {
        if (!read_tree(f, b, &f->tree[i])) {
            return err_set(e, RC_REFUSED, "tree %zu is not of plain thresholds",
                           i);
        }
    }
    return RC_OK;
}

static enum rc
read_forest(struct forest *f, struct str booster, uint32_t begin, uint32_t end,
            struct err *e)
{
    struct forest_booster b;
    enum rc rc = forest_booster_open(&b, booster, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (begin > end || end > b.ntree || end * b.layer > b.ntree) {
        return err_set(e, RC_REFUSED,
                       "the booster has fewer rounds than asked for");
    }
    f->link = b.link;
    f->nfeature = b.nfeature;
    f->ngroup = b.ngroup;
    f->base = b.base;
    f->ntree = (end - begin) * b.layer;
    if (!forest_booster_skip(&b, begin * b.layer)) {
        return err_set(e, RC_REFUSED, "the booster's trees cannot be read");
    }
    return read_trees(f, &b, e);
}

enum rc
forest_create(struct forest **out, struct str booster, uint32_t begin,
              uint32_t end, struct err *e)
{
    struct forest *f = calloc(1, sizeof(*f));
    enum rc rc;

    if (f == NULL) {
        return err_set(e, RC_NOMEM, "no memory for a forest");
    }
    rc = read_forest(f, booster, begin, end, e);
    if (rc != RC_OK) {
        forest_destroy(&f);
        return rc;
    }
    *out = f;
    return RC_OK;
}

void
forest_destroy(struct forest **f)
{
    if (f == NULL || *f == NULL) {
        return;
    }
    free((*f)->tree);
    free((*f)->node);
    free(*f);
    *f = NULL;
}

uint32_t
forest_depth(const struct forest *f)
{
    uint32_t depth = 0;

    for (size_t i = 0; i < f->ntree; i++) {
        depth = f->tree[i].depth > depth ? f->tree[i].depth : depth;
    }
    return depth;
}
