/* SPDX-License-Identifier: Apache-2.0 */
/*
 * That the shared way is right is tried, not trusted: when a ranking is made
 * every score of a few users at and around the forest's thresholds is compared
 * with the scorer's. A difference, or a catalogue over the limit, and the
 * ranking goes row by row.
 */
#include "common/model/ranking_score.h"

#include "common/base/aligned.h"
#include "common/base/check.h"
#include "common/base/log.h"
#include "common/model/forest_sample.h"
#include "common/model/ranking_pick.h"
#include "common/model/scorer_forest.h"

#include <stdlib.h>

#define CHECK_USERS 9

/* nuser <= w->lanes. */
static enum rc
rank_users(const struct ranking *r, const struct ranking_work *w,
           const float *user, size_t nuser, size_t k, struct record_item *out)
{
    if (w->row != NULL) {
        enum rc rc = ranking_score_rows(r, w, user);

        if (rc != RC_OK) {
            return rc;
        }
    } else {
        ranking_score_shared(r, w, user, nuser);
    }
    for (size_t u = 0; u < nuser; u++) {
        ranking_pick_best(w->score + u, r->nitem, w->lanes, k, out + u * k);
    }
    return RC_OK;
}

enum rc
ranking_top(const struct ranking *r, const float *user, size_t nuser, size_t k,
            struct record_item *out)
{
    struct ranking_work w;
    enum rc rc = r->forest == NULL ? ranking_work_init_rows(&w, r)
                                   : ranking_work_init_shared(&w, r, nuser);

    for (size_t u = 0; rc == RC_OK && u < nuser; u += w.lanes) {
        size_t n = nuser - u < w.lanes ? nuser - u : w.lanes;

        rc = rank_users(r, &w, user + u * r->nfeature, n, k, out + u * k);
    }
    ranking_work_fini(&w);
    return rc;
}

/* Every score of every user, bit for bit. */
static enum rc
compare(const struct ranking *r, const struct ranking_work *shared,
        const struct ranking_work *rows, const float *user, size_t nuser)
{
    ranking_score_shared(r, shared, user, nuser);
    for (size_t u = 0; u < nuser; u++) {
        enum rc rc = ranking_score_rows(r, rows, user + u * r->nfeature);

        if (rc != RC_OK) {
            return rc;
        }
        for (size_t i = 0; i < r->nitem; i++) {
            if (memcmp(&shared->score[i * shared->lanes + u], &rows->score[i],
                       sizeof(*rows->score)) != 0) {
                return RC_REFUSED;
            }
        }
    }
    return RC_OK;
}

static enum rc
check_users(const struct ranking *r, const float *user, size_t nuser)
{
    struct ranking_work shared;
    struct ranking_work rows = {0};
    enum rc rc = ranking_work_init_shared(&shared, r, nuser);

    rc = rc == RC_OK ? ranking_work_init_rows(&rows, r) : rc;
    rc = rc == RC_OK ? compare(r, &shared, &rows, user, nuser) : rc;
    ranking_work_fini(&shared);
    ranking_work_fini(&rows);
    return rc;
}

/* Together and alone, users at and around the forest's thresholds. */
static enum rc
check(const struct ranking *r)
{
    float *user = aligned_zeroed(CHECK_USERS * r->nfeature, sizeof(*user));
    enum rc rc = RC_NOMEM;

    if (user != NULL) {
        forest_sample(r->forest, 2, CHECK_USERS, user);
        rc = check_users(r, user, CHECK_USERS);
        rc = rc == RC_OK ? check_users(r, user, 1) : rc;
    }
    free(user);
    return rc;
}

static enum rc
share(struct ranking *r, size_t limit_bytes, struct err *e)
{
    struct ranking_catalogue c = {r->item, r->nitem, r->column, r->ncolumn};
    enum rc rc;

    if (r->forest->ngroup != 1) {
        return err_set(e, RC_REFUSED, "its trees make more than one sum");
    }
    rc = ranking_plan_init(&r->plan, r->forest, &c, limit_bytes);
    if (rc != RC_OK) {
        return err_set(e, rc, "%zu items in %zu trees are too many", r->nitem,
                       r->forest->ntree);
    }
    rc = check(r);
    return rc == RC_OK ? rc
                       : err_set(e, rc, "the self-check found a difference");
}

/* Items of a model that cannot be shared are scored row by row. */
static void
try_share(struct ranking *r, size_t limit_bytes)
{
    struct err e;

    r->forest = scorer_forest_trees(r->scorer);
    if (r->forest != NULL && share(r, limit_bytes, &e) != RC_OK) {
        log_info("the catalogue is scored row by row: %s", e.text);
        ranking_plan_fini(&r->plan);
        r->forest = NULL;
    }
}

static enum rc
copy_catalogue(struct ranking *r, const struct ranking_catalogue *c)
{
    size_t cells = c->nitem * c->ncolumn;

    r->nitem = c->nitem;
    r->ncolumn = c->ncolumn;
    r->item = malloc((cells + 1) * sizeof(*r->item));
    r->column = malloc((c->ncolumn + 1) * sizeof(*r->column));
    if (r->item == NULL || r->column == NULL) {
        return RC_NOMEM;
    }
    if (cells > 0) {
        memcpy(r->item, c->x, cells * sizeof(*r->item));
        memcpy(r->column, c->column, c->ncolumn * sizeof(*r->column));
    }
    return RC_OK;
}

enum rc
ranking_create(struct ranking **out, const struct scorer *scorer,
               const struct ranking_catalogue *catalogue, enum ranking_isa isa,
               size_t limit_bytes, struct err *e)
{
    struct ranking *r = calloc(1, sizeof(*r));
    enum rc rc;

    if (r == NULL || copy_catalogue(r, catalogue) != RC_OK) {
        rc = err_set(e, RC_NOMEM, "no memory for a catalogue");
        goto fail;
    }
    r->scorer = scorer;
    r->nfeature = scorer->nfeature;
    r->sum_lanes = ranking_sum_lanes(isa);
    for (size_t i = 0; i < r->ncolumn; i++) {
        CHECK(r->column[i] < r->nfeature);
    }
    if (scorer->noutput != 1) {
        rc = err_set(e, RC_REFUSED,
                     "the model predicts %zu values, a ranking needs one",
                     scorer->noutput);
        goto fail;
    }
    try_share(r, limit_bytes);
    *out = r;
    return RC_OK;

fail:
    ranking_destroy(&r);
    return rc;
}

void
ranking_destroy(struct ranking **r)
{
    if (r == NULL || *r == NULL) {
        return;
    }
    ranking_plan_fini(&(*r)->plan);
    free((*r)->item);
    free((*r)->column);
    free(*r);
    *r = NULL;
}

bool
ranking_is_shared(const struct ranking *r)
{
    return r->forest != NULL;
}
