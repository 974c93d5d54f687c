/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/ranking_plan.h"

#include <stdlib.h>

#define DEPTH_MAX 64
#define CLASS_MAX 65536

/* Finding the classes of one tree. */
struct finder {
    struct ranking_plan *p;
    const struct ranking_node *root;
    const float *const *column; /* of the catalogue, by feature, or NULL */
    size_t stride;              /* from an item to the next in a column */
    uint8_t *reach;             /* items that get here: nitem bytes a level */
    uint32_t *class_of;         /* by item */
    uint32_t *renumber;         /* by class and decision */
    uint32_t nclass;
};

static bool
item_goes_left(const struct finder *f, const struct ranking_node *n,
               size_t item)
{
    return ranking_goes_left(n, f->column[n->feature][item * f->stride]);
}

/* Split classes by whether their items are in `left`. */
static void
split_classes(struct finder *f, const uint8_t *left)
{
    uint32_t n = 0;

    memset(f->renumber, 0xff, 2 * f->nclass * sizeof(*f->renumber));
    for (size_t i = 0; i < f->p->nitem; i++) {
        uint32_t *to = &f->renumber[2 * f->class_of[i] + left[i]];

        if (*to == UINT32_MAX) {
            *to = n++;
        }
        f->class_of[i] = *to;
    }
    f->nclass = n;
}

/* Only items that can get to a split are told apart by it. */
static void
find_classes(struct finder *f, const struct ranking_node *n,
             const uint8_t *reach, uint32_t level)
{
    uint8_t *next = f->reach + level * f->p->nitem;

    if (n->left == 0) {
        return;
    }
    if (!n->by_item) {
        find_classes(f, f->root + n->left, reach, level);
        find_classes(f, f->root + n->left + 1, reach, level);
        return;
    }
    for (size_t i = 0; i < f->p->nitem; i++) {
        next[i] = reach[i] && item_goes_left(f, n, i);
    }
    split_classes(f, next);
    find_classes(f, f->root + n->left, next, level + 1);
    for (size_t i = 0; i < f->p->nitem; i++) {
        next[i] = reach[i] && !next[i];
    }
    find_classes(f, f->root + n->left + 1, next, level + 1);
}

static void
copy_nodes(struct ranking_plan *p, const struct forest *f,
           const float *const *column)
{
    for (size_t i = 0; i < f->nnode; i++) {
        const struct forest_node *n = &f->node[i];

        p->node[i] = (struct ranking_node){
            .value = n->value,
            .feature = n->feature,
            .left = n->left,
            .missing_left = n->missing_left,
            .by_item = n->left != 0 && column[n->feature] != NULL,
        };
    }
}

static bool
add_set(struct ranking_plan *p, struct ranking_node *n, size_t nword,
        size_t *nset)
{
    uint64_t *more = realloc(p->set, (*nset + nword) * sizeof(*more));

    if (more == NULL) {
        return false;
    }
    memset(more + *nset, 0, nword * sizeof(*more));
    p->set = more;
    n->set = *nset;
    *nset += nword;
    return true;
}

/* One set for every item split, by an item of each class. */
static bool
fill_sets(const struct finder *f, struct ranking_tree *t, uint32_t nnode,
          size_t *nset)
{
    struct ranking_plan *p = f->p;
    uint32_t *sample = f->renumber;

    for (size_t i = p->nitem; i-- > 0;) {
        sample[f->class_of[i]] = (uint32_t)i;
    }
    for (uint32_t i = 0; i < nnode; i++) {
        struct ranking_node *n = &p->node[t->first + i];

        if (!n->by_item) {
            continue;
        }
        if (!add_set(p, n, t->nword, nset)) {
            return false;
        }
        for (uint32_t c = 0; c < t->nclass; c++) {
            uint64_t bit = item_goes_left(f, n, sample[c]);

            p->set[n->set + c / 64] |= bit << c % 64;
        }
    }
    return true;
}

static enum rc
fill_tree(struct finder *f, struct ranking_tree *t, uint16_t *code)
{
    struct ranking_plan *p = f->p;

    f->root = p->node + t->first;
    f->nclass = 1;
    memset(f->class_of, 0, p->nitem * sizeof(*f->class_of));
    find_classes(f, f->root, f->reach, 1);
    if (f->nclass > CLASS_MAX) {
        return RC_REFUSED;
    }
    t->nclass = f->nclass;
    t->nword = (t->nclass + 63) / 64;
    p->nclass = t->nclass > p->nclass ? t->nclass : p->nclass;
    p->nword = t->nword > p->nword ? t->nword : p->nword;
    for (size_t i = 0; i < p->nitem; i++) {
        code[i] = (uint16_t)f->class_of[i];
    }
    return RC_OK;
}

static enum rc
fill_trees(struct finder *f, const struct forest *forest)
{
    struct ranking_plan *p = f->p;
    size_t nset = 0;

    for (size_t i = 0; i < p->ntree; i++) {
        struct ranking_tree *t = &p->tree[i];
        enum rc rc;

        t->first = forest->tree[i].first;
        rc = fill_tree(f, t, p->code + i * p->nitem);
        if (rc != RC_OK) {
            return rc;
        }
        if (!fill_sets(f, t, forest->tree[i].nnode, &nset)) {
            return RC_NOMEM;
        }
    }
    return RC_OK;
}

static enum rc
fill_plan(struct finder *f, const struct forest *forest,
          const struct ranking_catalogue *c, const float **column)
{
    struct ranking_plan *p = f->p;

    p->node = calloc(forest->nnode + 1, sizeof(*p->node));
    p->tree = calloc(forest->ntree + 1, sizeof(*p->tree));
    p->code = calloc(p->ntree * p->nitem + 1, sizeof(*p->code));
    f->reach = malloc((p->depth + 2) * (p->nitem + 1));
    f->class_of = calloc(p->nitem + 1, sizeof(*f->class_of));
    f->renumber = calloc(2 * p->nitem + 2, sizeof(*f->renumber));
    if (p->node == NULL || p->tree == NULL || p->code == NULL ||
        f->reach == NULL || f->class_of == NULL || f->renumber == NULL) {
        return RC_NOMEM;
    }
    for (size_t i = 0; i < c->ncolumn; i++) {
        column[c->column[i]] = c->x + i;
    }
    f->column = column;
    f->stride = c->ncolumn;
    memset(f->reach, 1, p->nitem);
    copy_nodes(p, forest, column);
    return fill_trees(f, forest);
}

enum rc
ranking_plan_init(struct ranking_plan *p, const struct forest *f,
                  const struct ranking_catalogue *c, size_t limit_bytes)
{
    struct finder finder = {.p = p};
    const float **column;
    enum rc rc;

    *p = (struct ranking_plan){
        .ntree = f->ntree,
        .nitem = c->nitem,
        .depth = forest_depth(f),
        .base = f->base,
    };
    if (p->depth > DEPTH_MAX) {
        return RC_REFUSED;
    }
    if (f->ntree * c->nitem * sizeof(*p->code) > limit_bytes) {
        return RC_FULL;
    }
    column = calloc(f->nfeature + 1, sizeof(*column));
    rc = column == NULL ? RC_NOMEM : fill_plan(&finder, f, c, column);
    free(column);
    free(finder.reach);
    free(finder.class_of);
    free(finder.renumber);
    return rc;
}

void
ranking_plan_fini(struct ranking_plan *p)
{
    free(p->node);
    free(p->tree);
    free(p->set);
    free(p->code);
    *p = (struct ranking_plan){0};
}
