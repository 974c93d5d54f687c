/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The booster is read as text in which trees are found one after another;
 * there is room for the nodes of one, and it grows to the largest.
 *
 *   left     1  3 -1 -1 -1     a walk from node 0; seen: no node twice, so
 *   right    2  4 -1 -1 -1     there is no loop and nobody has two parents
 *   feature  7  2  .  .  .     checked where the walk comes by
 *
 * Nodes the walk does not come by are not looked at: a prediction does not
 * come by them either. The class a tree adds to is an index as well; and with
 * a round that lacks a tree, trees and classes would not go together.
 */
#include "common/model/structure.h"

#include "common/base/number.h"
#include "common/model/doc.h"

#include <stdint.h>
#include <stdlib.h>

#define LEAF (-1)

/* What every tree is measured by, and room for the one in hand. */
struct checking {
    struct doc doc;
    uint64_t nfeature;
    uint64_t ngroup;
    int64_t *left;
    int64_t *right;
    int64_t *feature;
    char *seen;
    int64_t *todo; /* nodes still to visit */
    size_t cap;
};

static enum rc
damaged(struct err *e, const char *what)
{
    return err_set(e, RC_REFUSED,
                   "the model is damaged (%s): copy or save it again", what);
}

/* A number that XGBoost keeps as text; 0 when it is not there. */
static uint64_t
text_number(const struct doc *d, struct str value)
{
    struct str text;
    uint64_t n;

    return doc_string(d, value, &text) && number_parse_u64(text, &n) ? n : 0;
}

static bool
make_room(struct checking *c, size_t n)
{
    size_t cap = n * 2;
    int64_t *p;

    if (n <= c->cap) {
        return true;
    }
    p = calloc(cap * 4, sizeof(*p));
    free(c->left);
    free(c->seen);
    c->left = p;
    c->seen = malloc(cap);
    if (p == NULL || c->seen == NULL) {
        c->cap = 0;
        return false;
    }
    c->right = p + cap;
    c->feature = p + 2 * cap;
    c->todo = p + 3 * cap;
    c->cap = cap;
    return true;
}

/* Exactly n whole numbers. */
static bool
read_integers(const struct doc *d, struct str array, int64_t *out, size_t n)
{
    size_t have;

    return doc_integers(d, array, out, n, &have) && have == n;
}

/* Walk from the root; every node at most once, every index in its range. */
static enum rc
walk_tree(struct checking *c, size_t n, struct err *e)
{
    size_t ntodo = 1;

    memset(c->seen, 0, n);
    c->todo[0] = 0;
    while (ntodo > 0) {
        int64_t i = c->todo[--ntodo];

        if (i < 0 || (size_t)i >= n || c->seen[i]) {
            return damaged(e, "a tree that is none");
        }
        c->seen[i] = 1;
        if (c->left[i] == LEAF) {
            continue;
        }
        if (c->feature[i] < 0 || (uint64_t)c->feature[i] >= c->nfeature) {
            return damaged(e, "a split on a feature that is not there");
        }
        if (c->right[i] != c->left[i] + 1) {
            return err_set(e, RC_REFUSED,
                           "a tree of this model has children that are not "
                           "neighbours, libxgboost 1.7.4 would score it "
                           "wrong: train it again, or save it from a newer "
                           "XGBoost");
        }
        c->todo[ntodo++] = c->left[i];
        c->todo[ntodo++] = c->right[i];
    }
    return RC_OK;
}

static enum rc
check_tree(struct checking *c, struct str tree, struct err *e)
{
    struct doc_member m[] = {{.key = "tree_param"},
                             {.key = "left_children"},
                             {.key = "right_children"},
                             {.key = "split_indices"}};
    struct doc_member nodes = {.key = "num_nodes"};
    size_t n;

    if (!doc_members(&c->doc, tree, m, 4) ||
        !doc_members(&c->doc, m[0].value, &nodes, 1)) {
        return damaged(e, "a tree without its parts");
    }
    n = text_number(&c->doc, nodes.value);
    if (n == 0 || n > tree.len) {
        return damaged(e, "a tree without nodes");
    }
    /* Two children are pushed for each node popped: 2 n is room enough. */
    if (!make_room(c, 2 * n)) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    if (!read_integers(&c->doc, m[1].value, c->left, n) ||
        !read_integers(&c->doc, m[2].value, c->right, n) ||
        !read_integers(&c->doc, m[3].value, c->feature, n)) {
        return damaged(e, "a tree without all its nodes");
    }
    return walk_tree(c, n, e);
}

/* The class each tree adds to; one for each tree. */
static enum rc
check_groups(const struct checking *c, struct str info, size_t ntree,
             struct err *e)
{
    struct str rest;
    struct str item;
    int64_t group;
    size_t n = 0;

    if (!doc_array(&c->doc, info, &rest)) {
        return damaged(e, "trees without classes");
    }
    while (doc_next(&c->doc, &rest, &item)) {
        if (!doc_integer(&c->doc, item, &group) || group < 0 ||
            (uint64_t)group >= c->ngroup) {
            return damaged(e, "a tree for a class that is not there");
        }
        n++;
    }
    return n == ntree ? RC_OK : damaged(e, "trees without classes");
}

static enum rc
check_trees(struct checking *c, struct str model, struct err *e)
{
    struct doc_member m[] = {
        {.key = "trees"}, {.key = "tree_info"}, {.key = "gbtree_model_param"}};
    struct doc_member parallel = {.key = "num_parallel_tree"};
    uint64_t round; /* trees of one */
    struct str rest;
    struct str tree;
    size_t ntree = 0;

    if (!doc_members(&c->doc, model, m, 3) ||
        !doc_members(&c->doc, m[2].value, &parallel, 1) ||
        !doc_array(&c->doc, m[0].value, &rest)) {
        return damaged(e, "no trees");
    }
    while (doc_next(&c->doc, &rest, &tree)) {
        enum rc rc = check_tree(c, tree, e);

        if (rc != RC_OK) {
            return rc;
        }
        ntree++;
    }
    round = text_number(&c->doc, parallel.value) * c->ngroup;
    if (round == 0 || ntree % round != 0) {
        return damaged(e, "a round without all its trees");
    }
    return check_groups(c, m[1].value, ntree, e);
}

static enum rc
check_weights(const struct checking *c, struct str model, struct err *e)
{
    struct doc_member weights = {.key = "weights"};
    struct str rest;
    struct str item;
    uint64_t n = 0;

    if (!doc_members(&c->doc, model, &weights, 1) ||
        !doc_array(&c->doc, weights.value, &rest)) {
        return damaged(e, "no weights");
    }
    while (doc_next(&c->doc, &rest, &item)) {
        n++;
    }
    return n == (c->nfeature + 1) * c->ngroup
               ? RC_OK
               : damaged(e, "a weight too few or too many");
}

static enum rc
check_booster(struct checking *c, struct str booster, struct err *e)
{
    struct doc_member m[] = {
        {.key = "name"}, {.key = "model"}, {.key = "gbtree"}};
    struct doc_member inner = {.key = "model"};
    struct str name;

    if (!doc_members(&c->doc, booster, m, 3) ||
        !doc_string(&c->doc, m[0].value, &name)) {
        return damaged(e, "no booster");
    }
    if (str_eq(name, STR("gblinear"))) {
        return check_weights(c, m[1].value, e);
    }
    if (str_eq(name, STR("dart"))) {
        (void)doc_members(&c->doc, m[2].value, &inner, 1);
        return check_trees(c, inner.value, e);
    }
    return check_trees(c, m[1].value, e);
}

enum rc
structure_check(struct str json, struct err *e)
{
    struct checking c = {.doc = {.text = json}};
    struct doc_member learner = {.key = "learner"};
    struct doc_member parts[] = {{.key = "learner_model_param"},
                                 {.key = "gradient_booster"}};
    struct doc_member param[] = {
        {.key = "num_feature"}, {.key = "num_class"}, {.key = "num_target"}};
    uint64_t ntarget;
    struct str root;
    enum rc rc;

    if (!doc_root(&c.doc, &root) || !doc_members(&c.doc, root, &learner, 1) ||
        !doc_members(&c.doc, learner.value, parts, 2) ||
        !doc_members(&c.doc, parts[0].value, param, 3)) {
        return damaged(e, "no learner");
    }
    c.nfeature = text_number(&c.doc, param[0].value);
    c.ngroup = text_number(&c.doc, param[1].value);
    ntarget = text_number(&c.doc, param[2].value);
    c.ngroup = c.ngroup < ntarget ? ntarget : c.ngroup;
    c.ngroup = c.ngroup == 0 ? 1 : c.ngroup;
    rc = check_booster(&c, parts[1].value, e);
    free(c.left);
    free(c.seen);
    return rc;
}
