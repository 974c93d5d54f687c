/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/scorer_forest.h"
#include "common/base/clock.h"
#include "common/model/forest.h"
#include "common/model/forest_sample.h"
#include "common/model/forest_walk.h"

#include <stdlib.h>

#define STACK_MARGINS 1024
#define SAMPLE_ROWS   1003      /* no multiple of a block */
#define SAMPLE_FLOATS (4 << 20) /* for models of very many features */
#define SINGLE_ROWS   64

struct scorer_forest {
    struct scorer scorer; /* first: ops see this */
    enum scorer_predict predict;
    struct forest *forest;
    struct forest_walk *walk;
};

static struct scorer_forest *
forest_of(struct scorer *s)
{
    return (struct scorer_forest *)s;
}

static enum rc
margins(const struct scorer_forest *s, const float *x, size_t nrow, float *y)
{
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

    forest_walk_destroy(&s->walk);
    forest_destroy(&s->forest);
    free(s);
}

static const struct scorer_ops ops = {
    .name = "forest",
    .score = score,
    .destroy = destroy,
};

/* Sample rows, what the reference says of them, and room for our answer. */
struct trial {
    size_t nrow;
    size_t nfeature;
    size_t noutput;
    float *x;
    float *expected;
    float *y;
};

static void
trial_fini(struct trial *t)
{
    free(t->x);
    free(t->expected);
    free(t->y);
}

static enum rc
trial_init(struct trial *t, const struct scorer_forest *s,
           const struct scorer *reference, struct err *e)
{
    size_t most = SAMPLE_FLOATS / (s->forest->nfeature + 1);

    t->nrow = most < SAMPLE_ROWS ? most + 1 : SAMPLE_ROWS;
    t->nfeature = s->forest->nfeature;
    t->noutput = s->scorer.noutput;
    t->x = malloc((t->nrow * t->nfeature + 1) * sizeof(*t->x));
    t->expected = malloc((t->nrow * t->noutput + 1) * sizeof(*t->expected));
    t->y = malloc((t->nrow * t->noutput + 1) * sizeof(*t->y));
    if (t->x == NULL || t->expected == NULL || t->y == NULL) {
        return err_set(e, RC_NOMEM, "no memory for the self-check");
    }
    forest_sample(s->forest, 1, t->nrow, t->x);
    if (scorer_score(reference, t->x, t->nrow, t->expected) != RC_OK) {
        return err_set(e, RC_REFUSED, "libxgboost does not score the sample");
    }
    return RC_OK;
}

static enum rc
compare(const struct trial *t, size_t nrow, struct err *e)
{
    for (size_t i = 0; i < nrow * t->noutput; i++) {
        if (memcmp(&t->y[i], &t->expected[i], sizeof(t->y[i])) != 0) {
            return err_set(e, RC_REFUSED,
                           "row %zu of the self-check: %.9g, libxgboost %.9g",
                           i / t->noutput, (double)t->y[i],
                           (double)t->expected[i]);
        }
    }
    return RC_OK;
}

static enum rc
check_bulk(const struct scorer_forest *s, const struct trial *t, struct err *e)
{
    enum rc rc = score(&s->scorer, t->x, t->nrow, t->y);

    return rc == RC_OK ? compare(t, t->nrow, e) : rc;
}

/* Row by row; the fastest is the estimate. */
static enum rc
check_single(struct scorer_forest *s, const struct trial *t, struct err *e)
{
    size_t nrow = t->nrow < SINGLE_ROWS ? t->nrow : SINGLE_ROWS;

    s->scorer.row_ns = UINT64_MAX;
    for (size_t i = 0; i < nrow; i++) {
        uint64_t start = clock_mono_ns();
        enum rc rc =
            score(&s->scorer, t->x + i * t->nfeature, 1, t->y + i * t->noutput);
        uint64_t took = clock_mono_ns() - start;

        if (rc != RC_OK) {
            return rc;
        }
        s->scorer.row_ns = took < s->scorer.row_ns ? took : s->scorer.row_ns;
    }
    return compare(t, nrow, e);
}

static enum rc
prove(struct scorer_forest *s, const struct scorer *reference, struct err *e)
{
    struct trial t = {0};
    enum rc rc = trial_init(&t, s, reference, e);

    if (rc == RC_OK) {
        rc = check_bulk(s, &t, e);
    }
    if (rc == RC_OK) {
        rc = check_single(s, &t, e);
    }
    trial_fini(&t);
    return rc;
}

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
    if (rc == RC_OK && bulk > FOREST_BULK_WALK) {
        rc = err_set(e, RC_REFUSED, "this CPU cannot");
    }
    if (rc == RC_OK) {
        rc = prove(s, reference, e);
    }
    if (rc != RC_OK) {
        destroy(&s->scorer);
        return rc;
    }
    *out = &s->scorer;
    return RC_OK;
}
