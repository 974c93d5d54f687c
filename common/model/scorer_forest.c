/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluators give margins. They are put where the outputs go and transformed
 * there, unless a row has more margins than outputs (multi:softmax: a class).
 */
#include "common/model/scorer_forest_impl.h"

#include <stdlib.h>

#define STACK_MARGINS 1024

static struct scorer_forest *
forest_of(struct scorer *s)
{
    return (struct scorer_forest *)s;
}

static enum rc
margins(const struct scorer_forest *s, const float *x, size_t nrow, float *y)
{
    if (s->rank != NULL && nrow >= s->rank_from) {
        return forest_rank_margins(s->rank, x, nrow, y);
    }
    return forest_walk_margins(s->walk, x, nrow, y);
}

/* There are more margins than outputs: y has no room for them. */
static enum rc
score_aside(const struct scorer_forest *s, const float *x, size_t nrow,
            float *y)
{
    float stack[STACK_MARGINS];
    float *margin = stack;
    size_t ngroup = s->forest->ngroup;
    enum rc rc;

    if (nrow * ngroup > STACK_MARGINS) {
        margin = malloc(nrow * ngroup * sizeof(*margin));
        if (margin == NULL) {
            return RC_NOMEM;
        }
    }
    rc = margins(s, x, nrow, margin);
    if (rc == RC_OK) {
        forest_link_apply(s->forest->link, margin, nrow, ngroup, y);
    }
    if (margin != stack) {
        free(margin);
    }
    return rc;
}

static enum rc
score(const struct scorer *base, const float *x, size_t nrow, float *y)
{
    const struct scorer_forest *s = (const struct scorer_forest *)base;
    enum rc rc;

    if (s->predict == SCORER_LEAF) {
        return forest_walk_leaves(s->walk, x, nrow, y);
    }
    if (s->predict == SCORER_VALUE && base->noutput != s->forest->ngroup) {
        return score_aside(s, x, nrow, y);
    }
    rc = margins(s, x, nrow, y);
    if (rc == RC_OK && s->predict == SCORER_VALUE) {
        forest_link_apply(s->forest->link, y, nrow, s->forest->ngroup, y);
    }
    return rc;
}

static void
destroy(struct scorer *base)
{
    struct scorer_forest *s = forest_of(base);

    forest_rank_destroy(&s->rank);
    forest_walk_destroy(&s->walk);
    forest_destroy(&s->forest);
    free(s);
}

static const struct scorer_ops ops = {
    .name = "forest",
    .score = score,
    .destroy = destroy,
};

static size_t
outputs(const struct scorer_forest *s)
{
    switch (s->predict) {
    case SCORER_LEAF:
        return s->forest->ntree;
    case SCORER_MARGIN:
        return s->forest->ngroup;
    default:
        return forest_link_outputs(s->forest->link, s->forest->ngroup);
    }
}

static enum rc
build(struct scorer_forest *s, const struct model *m, uint32_t begin,
      uint32_t end, struct err *e)
{
    char *booster;
    size_t len;
    enum rc rc = model_ubj(m, &booster, &len, e);

    if (rc != RC_OK) {
        return rc;
    }
    rc = forest_create(&s->forest, (struct str){booster, len}, begin, end, e);
    free(booster);
    if (rc != RC_OK) {
        return rc;
    }
    s->scorer.nfeature = s->forest->nfeature;
    s->scorer.noutput = outputs(s);
    return forest_walk_create(&s->walk, s->forest, e);
}

enum rc
scorer_forest_create(struct scorer **out, const struct model *m,
                     const struct scorer *reference, uint32_t begin,
                     uint32_t end, enum scorer_predict predict,
                     enum forest_bulk bulk, struct err *e)
{
    struct scorer_forest *s = calloc(1, sizeof(*s));
    enum rc rc;

    if (s == NULL) {
        return err_set(e, RC_NOMEM, "no memory for a scorer");
    }
    s->scorer.ops = &ops;
    s->predict = predict;
    rc = build(s, m, begin, end, e);
    if (rc == RC_OK && (s->scorer.nfeature != reference->nfeature ||
                        s->scorer.noutput != reference->noutput)) {
        rc = err_set(e, RC_REFUSED, "its rows or outputs are of another size");
    }
    if (rc == RC_OK) {
        rc = scorer_forest_choose(s, reference, bulk, e);
    }
    if (rc != RC_OK) {
        destroy(&s->scorer);
        return rc;
    }
    *out = &s->scorer;
    return RC_OK;
}

const struct forest *
scorer_forest_trees(const struct scorer *s)
{
    const struct scorer_forest *f = (const struct scorer_forest *)s;

    return s->ops == &ops && f->predict == SCORER_VALUE ? f->forest : NULL;
}
