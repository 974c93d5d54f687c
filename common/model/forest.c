/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/forest.h"
#include "common/model/ubj.h"

#include <math.h>
#include <stdlib.h>

/* Far above any real model: what a damaged one says has to be paid for. */
#define FEATURES_MAX (1u << 20)
#define GROUPS_MAX   (1u << 16)

/* Where the parts of a booster lie, and its dimensions. */
struct booster {
    struct ubj trees; /* the first one */
    struct ubj infos; /* group of the first tree */
    struct ubj weights;
    size_t ntree;
    size_t layer; /* trees of a round */
    bool dart;
};

/* One tree as saved: columns of equal length. */
struct columns {
    struct ubj_array left;
    struct ubj_array right;
    struct ubj_array feature;
    struct ubj_array value;
    struct ubj_array missing_left;
    struct ubj_array type; /* 0 numbers, 1 categories */
};

static enum rc
refuse(struct err *e, const char *why)
{
    return err_set(e, RC_REFUSED, "%s", why);
}

/* libxgboost writes parameters as text. */
static bool
param(struct ubj object, const char *key, double *out)
{
    struct str text;
    struct ubj v;
    char copy[64];
    char *end;

    if (!ubj_member(object, key, &v) || !ubj_string(v, &text) ||
        !str_copy(text, copy, sizeof(copy))) {
        return false;
    }
    *out = strtod(copy, &end);
    return end != copy && *end == '\0';
}

static bool
count(struct ubj object, const char *key, size_t *out)
{
    double d;

    if (!param(object, key, &d) || !(d >= 0) || d > INT32_MAX) {
        return false;
    }
    *out = (size_t)d;
    return true;
}

/* strtof, for a double would round twice. */
static bool
base_score(struct ubj learner_param, float *out)
{
    struct str text;
    struct ubj v;
    char copy[64];

    if (!ubj_member(learner_param, "base_score", &v) || !ubj_string(v, &text) ||
        !str_copy(text, copy, sizeof(copy))) {
        return false;
    }
    *out = strtof(copy, NULL);
    return isfinite(*out);
}

static bool
read_objective(struct forest *f, struct ubj learner)
{
    struct str name;
    struct ubj v;

    if (!ubj_member(learner, "objective", &v) || !ubj_member(v, "name", &v) ||
        !ubj_string(v, &name)) {
        return false;
    }
    f->link = forest_link_find(name);
    return f->link != NULL;
}

static bool
read_shape(struct forest *f, struct ubj learner)
{
    struct ubj p;
    size_t nclass;
    size_t ntarget;
    float base;

    if (!ubj_member(learner, "learner_model_param", &p) ||
        !base_score(p, &base) || !count(p, "num_feature", &f->nfeature) ||
        !count(p, "num_class", &nclass) || !count(p, "num_target", &ntarget)) {
        return false;
    }
    f->ngroup = nclass > ntarget ? nclass : ntarget;
    f->ngroup = f->ngroup == 0 ? 1 : f->ngroup;
    f->base = forest_link_margin(f->link, base);
    return isfinite(f->base) && f->nfeature <= FEATURES_MAX &&
           f->ngroup <= GROUPS_MAX;
}

static bool
open_booster(struct booster *b, const struct forest *f, struct ubj learner)
{
    struct ubj v;
    struct ubj p;
    struct str name;
    size_t n;

    if (!ubj_member(learner, "gradient_booster", &v) ||
        !ubj_member(v, "name", &p) || !ubj_string(p, &name)) {
        return false;
    }
    b->dart = str_eq(name, STR("dart"));
    if (b->dart &&
        (!ubj_member(v, "weight_drop", &p) || !ubj_list(p, &b->weights, &n) ||
         !ubj_member(v, "gbtree", &v))) {
        return false;
    }
    if (!ubj_member(v, "model", &v) ||
        !ubj_member(v, "gbtree_model_param", &p) ||
        !count(p, "num_parallel_tree", &b->layer) ||
        !ubj_member(v, "trees", &p) || !ubj_list(p, &b->trees, &b->ntree) ||
        !ubj_member(v, "tree_info", &p) || !ubj_list(p, &b->infos, &n)) {
        return false;
    }
    b->layer *= f->ngroup;
    return n == b->ntree;
}

static bool
column(struct ubj tree, const char *key, char type, size_t n,
       struct ubj_array *out)
{
    struct ubj v;

    return ubj_member(tree, key, &v) && ubj_typed(v, type, out) && out->n == n;
}

static bool
read_columns(struct ubj tree, struct columns *c)
{
    struct ubj v;

    if (!ubj_member(tree, "left_children", &v) ||
        !ubj_typed(v, 'l', &c->left)) {
        return false;
    }
    return c->left.n > 0 && c->left.n <= INT32_MAX &&
           column(tree, "right_children", 'l', c->left.n, &c->right) &&
           column(tree, "split_indices", 'l', c->left.n, &c->feature) &&
           column(tree, "split_conditions", 'd', c->left.n, &c->value) &&
           column(tree, "default_left", 'U', c->left.n, &c->missing_left) &&
           column(tree, "split_type", 'U', c->left.n, &c->type);
}

/* False: the row of a node is not one an evaluator could follow. */
static bool
fill_node(const struct forest *f, const struct columns *c,
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
fill_tree(struct forest *f, struct forest_tree *t, const struct columns *c)
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
skip(struct ubj *v, size_t n)
{
    while (n-- > 0) {
        if (!ubj_next(v)) {
            return false;
        }
    }
    return true;
}

static bool
read_tree(struct forest *f, struct booster *b, struct forest_tree *t)
{
    struct columns c;
    int64_t group;
    float weight;

    if (!read_columns(b->trees, &c) || !ubj_integer(b->infos, &group) ||
        group < 0 || (uint64_t)group >= f->ngroup) {
        return false;
    }
    t->first = f->nnode;
    t->group = (uint32_t)group;
    if (!fill_tree(f, t, &c)) {
        return false;
    }
    if (b->dart) {
        if (!ubj_number(b->weights, &weight) || !skip(&b->weights, 1)) {
            return false;
        }
        weigh_leaves(f, t, weight);
    }
    return skip(&b->trees, 1) && skip(&b->infos, 1);
}

/* Nodes of the next n trees, as saved. */
static bool
count_nodes(struct ubj trees, size_t n, size_t *out)
{
    struct columns c;

    *out = 0;
    while (n-- > 0) {
        if (!read_columns(trees, &c) || !ubj_next(&trees)) {
            return false;
        }
        *out += c.left.n;
    }
    return true;
}

static enum rc
read_trees(struct forest *f, struct booster *b, struct err *e)
{
    size_t nnode;

    if (!count_nodes(b->trees, f->ntree, &nnode)) {
        return refuse(e, "the booster's trees cannot be read");
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
    struct booster b = {0};
    struct ubj learner;

    if (!ubj_member(ubj_of(booster), "learner", &learner) ||
        !read_objective(f, learner)) {
        return refuse(e, "the objective's transformation is not known");
    }
    if (!read_shape(f, learner) || !open_booster(&b, f, learner)) {
        return refuse(e, "the booster is not made of trees");
    }
    if (begin > end || end > b.ntree || end * b.layer > b.ntree) {
        return refuse(e, "the booster has fewer rounds than asked for");
    }
    f->ntree = (end - begin) * b.layer;
    if (!skip(&b.trees, begin * b.layer) || !skip(&b.infos, begin * b.layer) ||
        (b.dart && !skip(&b.weights, begin * b.layer))) {
        return refuse(e, "the booster's trees cannot be read");
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
