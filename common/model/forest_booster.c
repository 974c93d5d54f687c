/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/forest_booster.h"

#include <math.h>
#include <stdlib.h>

/* Far above any real model: what a damaged one says has to be paid for. */
#define FEATURES_MAX (1u << 20)
#define GROUPS_MAX   (1u << 16)

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
read_objective(struct forest_booster *b, struct ubj learner)
{
    struct str name;
    struct ubj v;

    if (!ubj_member(learner, "objective", &v) || !ubj_member(v, "name", &v) ||
        !ubj_string(v, &name)) {
        return false;
    }
    b->link = forest_link_find(name);
    return b->link != NULL;
}

static bool
read_shape(struct forest_booster *b, struct ubj learner)
{
    struct ubj p;
    size_t nclass;
    size_t ntarget;
    float base;

    if (!ubj_member(learner, "learner_model_param", &p) ||
        !base_score(p, &base) || !count(p, "num_feature", &b->nfeature) ||
        !count(p, "num_class", &nclass) || !count(p, "num_target", &ntarget)) {
        return false;
    }
    b->ngroup = nclass > ntarget ? nclass : ntarget;
    b->ngroup = b->ngroup == 0 ? 1 : b->ngroup;
    b->base = forest_link_margin(b->link, base);
    return isfinite(b->base) && b->nfeature <= FEATURES_MAX &&
           b->ngroup <= GROUPS_MAX;
}

static bool
open_trees(struct forest_booster *b, struct ubj learner)
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
    b->layer *= b->ngroup;
    return n == b->ntree;
}

static bool
column(struct ubj tree, const char *key, char type, size_t n,
       struct ubj_array *out)
{
    struct ubj v;

    return ubj_member(tree, key, &v) && ubj_typed(v, type, out) && out->n == n;
}

bool
forest_columns_read(struct ubj tree, struct forest_columns *c)
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

enum rc
forest_booster_open(struct forest_booster *b, struct str booster, struct err *e)
{
    struct ubj learner;

    *b = (struct forest_booster){0};
    if (!ubj_member(ubj_of(booster), "learner", &learner) ||
        !read_objective(b, learner)) {
        return err_set(e, RC_REFUSED,
                       "the objective's transformation is not known");
    }
    if (!read_shape(b, learner) || !open_trees(b, learner)) {
        return err_set(e, RC_REFUSED, "the booster is not made of trees");
    }
    return RC_OK;
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

bool
forest_booster_skip(struct forest_booster *b, size_t ntree)
{
    return skip(&b->trees, ntree) && skip(&b->infos, ntree) &&
           (!b->dart || skip(&b->weights, ntree));
}
