/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A catalogue is scored in one of two ways, which give the same bits:
 *
 *   row by row   the user's row with each item's features in it, BLOCK rows a
 *                time, to the scorer
 *   shared       what items have in common is done once for all of them:
 *                RANKING_TREES trees a time become tables of leaves by class
 *                (ranking_table.c), which are added to the sums of all items
 *                (ranking_sum.c); ranking_plan.h says why that is allowed
 *
 *   score   item 0: u0 u1 ... | item 1: u0 u1 ... | ...      `lanes` users
 *
 * Users are lanes of a vector; up to FEW of them are faster one by one than in
 * a vector with empty lanes.
 */
#include "common/model/ranking_score.h"

#include "common/base/aligned.h"

#include <stdlib.h>

#define BLOCK 1024 /* rows the scorer gets a time */
#define FEW   6    /* users, up to which each alone is faster */

void
ranking_work_fini(struct ranking_work *w)
{
    free(w->score);
    free(w->row);
    ranking_tables_fini(&w->tables);
}

enum rc
ranking_work_init_rows(struct ranking_work *w, const struct ranking *r)
{
    *w = (struct ranking_work){.lanes = 1};
    w->score = aligned_zeroed(r->nitem, sizeof(*w->score));
    w->row = aligned_zeroed(BLOCK * r->nfeature, sizeof(*w->row));
    return w->score != NULL && w->row != NULL ? RC_OK : RC_NOMEM;
}

enum rc
ranking_work_init_shared(struct ranking_work *w, const struct ranking *r,
                         size_t nuser)
{
    *w = (struct ranking_work){.lanes = nuser > FEW ? RANKING_LANES : 1};
    w->score = aligned_zeroed(r->nitem * w->lanes, sizeof(*w->score));
    if (w->score == NULL) {
        return RC_NOMEM;
    }
    return ranking_tables_init(&w->tables, &r->plan, w->lanes);
}

static void
join(const struct ranking *r, const float *user, size_t item, float *row)
{
    memcpy(row, user, r->nfeature * sizeof(*row));
    for (size_t c = 0; c < r->ncolumn; c++) {
        row[r->column[c]] = r->item[item * r->ncolumn + c];
    }
}

enum rc
ranking_score_rows(const struct ranking *r, const struct ranking_work *w,
                   const float *user)
{
    for (size_t i = 0; i < r->nitem; i += BLOCK) {
        size_t n = r->nitem - i < BLOCK ? r->nitem - i : BLOCK;
        enum rc rc;

        for (size_t k = 0; k < n; k++) {
            join(r, user, i + k, w->row + k * r->nfeature);
        }
        rc = scorer_score(r->scorer, w->row, n, w->score + i);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return RC_OK;
}

void
ranking_score_shared(const struct ranking *r, const struct ranking_work *w,
                     const float *user, size_t nuser)
{
    const struct ranking_plan *p = &r->plan;
    ranking_sum_fn sum = w->lanes == 1 ? ranking_sum_one : r->sum_lanes;
    size_t n = r->nitem * w->lanes;

    for (size_t i = 0; i < n; i++) {
        w->score[i] = p->base;
    }
    for (size_t t = 0; t < p->ntree; t += RANKING_TREES) {
        size_t left = p->ntree - t;
        size_t ntree = left < RANKING_TREES ? left : RANKING_TREES;

        ranking_tables_fill(&w->tables, p, t, ntree, user, nuser, r->nfeature);
        sum(p, &w->tables, t, ntree, w->score);
    }
    forest_link_apply(r->forest->link, w->score, n, 1, w->score);
}
