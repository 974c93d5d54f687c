/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A forest is believed when it has shown that it gives the bits of the
 * reference. All that is measured is compared as well:
 *
 *   1. sample rows one by one, walked: what a row alone costs (row_ns)
 *   2. all of them at once by each evaluator there is: the fastest is kept
 *   3. one row by that evaluator. It costs as much as a whole vector of rows,
 *      so from cost / row_ns rows a call on it is the better one (rank_from)
 *   4. all of them at once, as they will be scored
 *
 * An evaluator that this CPU or these trees do not allow is passed over; one
 * that differs in a bit refuses the forest, and the reference serves.
 *
 * Evaluators give margins. They are put where the outputs go and transformed
 * there, unless a row has more margins than outputs (multi:softmax: a class).
 */
#include "common/model/scorer_forest.h"
#include "common/model/forest.h"
#include "common/model/forest_rank.h"
#include "common/model/forest_walk.h"
#include "common/model/scorer_trial.h"

#include <stdlib.h>

#define STACK_MARGINS 1024
#define SINGLE_ROWS   64
#define RUNS          3

struct scorer_forest {
    struct scorer scorer; /* first: ops see this */
    enum scorer_predict predict;
    struct forest *forest;
    struct forest_walk *walk;
    struct forest_rank *rank; /* NULL: all rows are walked */
    size_t rank_from;         /* with so many rows a time it is faster */
};

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

/* Use this evaluator for any number of rows. */
static enum rc
set_rank(struct scorer_forest *s, enum forest_isa isa, struct err *e)
{
    if (!forest_isa_usable(isa)) {
        return err_set(e, RC_REFUSED, "this CPU has no such instructions");
    }
    if (s->predict == SCORER_LEAF) {
        return err_set(e, RC_REFUSED, "leaves have to be walked to");
    }
    s->rank_from = 1;
    return forest_rank_create(&s->rank, s->forest, isa, e);
}

/* The least of a few runs over `batch` rows. */
static enum rc
measure(const struct scorer_forest *s, const struct scorer_trial *t,
        size_t batch, uint64_t *ns, struct err *e)
{
    *ns = UINT64_MAX;
    for (int i = 0; i < RUNS; i++) {
        uint64_t took;
        enum rc rc = scorer_trial_run(t, &s->scorer, batch, 1, &took, e);

        if (rc != RC_OK) {
            return rc;
        }
        *ns = took < *ns ? took : *ns;
    }
    return RC_OK;
}

/* Few rows are walked faster: from how many on is one vector of them? */
static enum rc
set_threshold(struct scorer_forest *s, const struct scorer_trial *t,
              struct err *e)
{
    uint64_t ns;
    enum rc rc = measure(s, t, 1, &ns, e);

    s->rank_from = (size_t)(ns / (s->scorer.row_ns + 1)) + 1;
    return rc;
}

/* Keep what scores all rows fastest; what cannot be made is passed over. */
static enum rc
choose(struct scorer_forest *s, const struct scorer_trial *t, struct err *e)
{
    static const enum forest_isa isa[] = {FOREST_AVX2, FOREST_AVX512};
    struct forest_rank *best = NULL;
    uint64_t best_ns;
    enum rc rc = measure(s, t, t->nrow, &best_ns, e);

    for (size_t i = 0; rc == RC_OK && i < sizeof(isa) / sizeof(*isa); i++) {
        uint64_t ns;

        if (set_rank(s, isa[i], e) != RC_OK) {
            continue;
        }
        rc = measure(s, t, t->nrow, &ns, e);
        if (rc == RC_OK && ns < best_ns) {
            struct forest_rank *slower = best;

            best = s->rank;
            best_ns = ns;
            s->rank = slower;
        }
        forest_rank_destroy(&s->rank);
    }
    s->rank = best;
    return rc == RC_OK && best != NULL ? set_threshold(s, t, e) : rc;
}

static enum rc
set_bulk(struct scorer_forest *s, const struct scorer_trial *t,
         enum forest_bulk bulk, struct err *e)
{
    switch (bulk) {
    case FOREST_BULK_FASTEST:
        return choose(s, t, e);
    case FOREST_BULK_AVX2:
        return set_rank(s, FOREST_AVX2, e);
    case FOREST_BULK_AVX512:
        return set_rank(s, FOREST_AVX512, e);
    default:
        return RC_OK;
    }
}

/* Compare walks row by row, choose for bulk, compare all rows at once. */
static enum rc
prove(struct scorer_forest *s, const struct scorer *reference,
      enum forest_bulk bulk, struct err *e)
{
    struct scorer_trial t = {0};
    uint64_t ns;
    enum rc rc = scorer_trial_init(&t, s->forest, reference, e);

    if (rc == RC_OK) {
        rc = scorer_trial_run(&t, &s->scorer, 1, SINGLE_ROWS, &s->scorer.row_ns,
                              e);
    }
    if (rc == RC_OK) {
        rc = set_bulk(s, &t, bulk, e);
    }
    if (rc == RC_OK) {
        rc = scorer_trial_run(&t, &s->scorer, t.nrow, 1, &ns, e);
    }
    scorer_trial_fini(&t);
    return rc;
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
        rc = prove(s, reference, bulk, e);
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
