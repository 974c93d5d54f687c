/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/rows.h"

#include "common/base/check.h"

#include <math.h>
#include <stdlib.h>

static bool
make_room(struct rows *r)
{
    size_t room = r->n * generation_room(r->gen);

    r->x = malloc(r->n * r->ncol * sizeof(*r->x));
    if (r->gen->info.kind == TABLE_RANKING) {
        r->out.item = malloc(room * sizeof(*r->out.item));
    } else {
        r->out.y = malloc(room * sizeof(*r->out.y));
    }
    return r->x != NULL && (r->out.item != NULL || r->out.y != NULL);
}

struct rows *
rows_create(struct lookup *l, const struct table_view *view, size_t n)
{
    struct rows *r = calloc(1, sizeof(*r));

    CHECK(n >= 1 && n <= ROWS_MAX && generation_is_live(view->live));
    if (r == NULL) {
        return NULL;
    }
    r->lookup = l;
    r->view = view;
    r->tables = lookup_hold_tables(l);
    r->gen = view->live;
    r->n = n;
    r->ncol = schema_size(r->gen->schema);
    if (!make_room(r)) {
        rows_destroy(&r);
        return NULL;
    }
    for (size_t i = 0; i < n * r->ncol; i++) {
        r->x[i] = NAN;
    }
    return r;
}

void
rows_destroy(struct rows **out)
{
    struct rows *r = *out;

    if (r != NULL) {
        tables_release(&r->tables);
        free(r->x);
        free(r->out.y);
        free(r->out.item);
        free(r);
        *out = NULL;
    }
}

static void
on_scored(struct scoring_job *job)
{
    struct rows *r = job->arg;
    enum outcome outcome = job->rc == RC_OK ? OUTCOME_LIVE : OUTCOME_ERROR;

    for (size_t i = 0; i < r->n; i++) {
        lookup_count(r->lookup, r->view, r->dialect, outcome);
    }
    r->done(r->arg, r, job->rc);
    rows_destroy(&r);
}

void
rows_run(struct rows *r)
{
    r->job = (struct scoring_job){
        .gen = r->gen,
        .x = r->x,
        .nrow = r->n,
        .out = &r->out,
        .deadline_ns = r->deadline_ns,
        .done = on_scored,
        .arg = r,
    };
    lookup_score(r->lookup, &r->job);
}

struct about
rows_about(const struct rows *r, enum rc rc)
{
    enum outcome outcome = rc == RC_OK ? OUTCOME_LIVE : OUTCOME_ERROR;

    return (struct about){r->view->id, (uint8_t)(1 + outcome)};
}
