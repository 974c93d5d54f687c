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
 */
#include "common/model/scorer_forest_impl.h"
#include "common/model/scorer_trial.h"

#define SINGLE_ROWS 64
#define RUNS        3

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
choose_fastest(struct scorer_forest *s, const struct scorer_trial *t,
               struct err *e)
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
        return choose_fastest(s, t, e);
    case FOREST_BULK_AVX2:
        return set_rank(s, FOREST_AVX2, e);
    case FOREST_BULK_AVX512:
        return set_rank(s, FOREST_AVX512, e);
    default:
        return RC_OK;
    }
}

/* Compare walks row by row, choose for bulk, compare all rows at once. */
enum rc
scorer_forest_choose(struct scorer_forest *s, const struct scorer *reference,
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
