/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The classes of a tree are found by sending all items down it at once. At an
 * item split the run of items that can get there is parted in place; at a user
 * split both sides go on with all of the run, since a user may go either way:
 *
 *   list    3 0 5 2 1 4      all items, at the root: one class
 *   item    3 5 4 | 0 2 1    those that go left get a class of their own
 *   user    3 5 4 and 3 5 4  below the left ones: to both sides, as they are
 *
 * In the end an item is one number in each tree, its class. For every item
 * split one item of each class says whether the class goes left:
 *
 *   code    tree 0: class of item 0, 1, 2 ... | tree 1: ... | ...
 *   set     node: a bit a class, in words of 64 | next node ...
 *
 * Splitting takes numbers for classes and leaves some without items; they are
 * closed up when there are CLASSES_AN_ITEM times as many as items, and at the
 * end.
 */
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
    uint32_t *list;             /* all items; those of a split are a run */
    uint32_t *spare;            /* as many */
    uint32_t *class_of;         /* by item */
    struct renumber {
        uint32_t step; /* in which it was set */
        uint32_t to;
    } * renumber; /* by class, CLASSES_AN_ITEM x items */
    uint32_t step;
    uint32_t nclass; /* some may be empty */
};

/* Numbers of classes that became empty are used again only now and then. */
#define CLASSES_AN_ITEM 4

static bool
item_goes_left(const struct finder *f, const struct ranking_node *n,
               size_t item)
{
    return ranking_goes_left(n, f->column[n->feature][item * f->stride]);
}

/* Items of one class get the same new one: `next` on, as they are met. */
static uint32_t
renumber(struct finder *f, const uint32_t *item, size_t n, uint32_t next)
{
    f->step++;
    for (size_t i = 0; i < n; i++) {
        uint32_t *class = &f->class_of[item == NULL ? i : item[i]];
        struct renumber *r = &f->renumber[*class];

        if (r->step != f->step) {
            *r = (struct renumber){f->step, next++};
        }
        *class = r->to;
    }
    return next;
}

/* Without empty classes, in the order of their first items. */
static void
close_gaps(struct finder *f)
{
    f->nclass = renumber(f, NULL, f->p->nitem, 0);
}

/* Those that go left to the front; returns how many. */
static size_t
part_items(const struct finder *f, const struct ranking_node *n, uint32_t *item,
           size_t count)
{
    size_t nleft = 0, nright = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t one = item[i];
        bool left = item_goes_left(f, n, one);

        item[nleft] = one;
        f->spare[nright] = one;
        nleft += left;
        nright += !left;
    }
    memcpy(item + nleft, f->spare, nright * sizeof(*item));
    return nleft;
}

/*
 * Only items that can get to a split are told apart by it. They never share a
 * class with one that cannot, as a split above has told those apart.
 */
static void
find_classes(struct finder *f, const struct ranking_node *n, uint32_t *item,
             size_t count)
{
    size_t nleft = count, nright = count;

    if (n->left == 0 || count == 0) {
        return;
    }
    if (n->by_item) {
        nleft = part_items(f, n, item, count);
        nright = count - nleft;
        if (f->nclass + nleft > CLASSES_AN_ITEM * f->p->nitem) {
            close_gaps(f);
        }
        f->nclass = renumber(f, item, nleft, f->nclass);
    }
    find_classes(f, f->root + n->left, item, nleft);
    find_classes(f, f->root + n->left + 1, item + count - nright, nright);
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
    uint32_t *sample = f->spare;

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
    find_classes(f, f->root, f->list, p->nitem);
    close_gaps(f);
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
    f->list = calloc(p->nitem + 1, sizeof(*f->list));
    f->spare = calloc(p->nitem + 1, sizeof(*f->spare));
    f->class_of = calloc(p->nitem + 1, sizeof(*f->class_of));
    f->renumber = calloc(p->nitem + 1, CLASSES_AN_ITEM * sizeof(*f->renumber));
    if (p->node == NULL || p->tree == NULL || p->code == NULL ||
        f->list == NULL || f->spare == NULL || f->class_of == NULL ||
        f->renumber == NULL) {
        return RC_NOMEM;
    }
    for (size_t i = 0; i < c->ncolumn; i++) {
        column[c->column[i]] = c->x + i;
    }
    f->column = column;
    f->stride = c->ncolumn;
    for (size_t i = 0; i < p->nitem; i++) {
        f->list[i] = (uint32_t)i;
    }
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
    free(finder.list);
    free(finder.spare);
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
