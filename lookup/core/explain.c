/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/explain.h"

#include "common/base/check.h"
#include "common/table/record.h"
#include "common/table/snapshot.h"
#include "lookup/core/lookup_impl.h"

#include <stdlib.h>

/*
 * A query of its own goes down the ladder as a probe, with a trace: it tells
 * the answer and its rungs. Then the record (unless it is the answer) and the
 * row are read, whichever way the ladder went, and the row is scored, with what
 * each feature contributes.
 */

static void
destroy(struct explain *e)
{
    contributions_fini(&e->contributions);
    query_fini(&e->q);
    free(e->live.y);
    free(e->live.item);
    free(e);
}

static void
finish(struct explain *e)
{
    if (e->answer.outcome == OUTCOME_LIVE) {
        e->answer.prediction = &e->live;
        e->answer.code = e->live_code;
    }
    e->done(e->arg, e);
    destroy(e);
}

/* ------------------------------------------------------------- the score */

static void
on_scored(struct scoring_job *job)
{
    struct explain *e = job->arg;

    e->live_ns = clock_mono_ns() - job->begin_ns;
    if (job->rc == RC_TIMEOUT || job->rc == RC_FULL) {
        e->live_code = ANSWER_TOO_COSTLY;
    } else {
        e->live_code = job->rc == RC_OK ? ANSWER_OK : ANSWER_TABLE_UNAVAILABLE;
    }
    finish(e);
}

/* In a scoring thread. */
static enum rc
score_and_contribute(struct scoring_job *job)
{
    struct explain *e = job->arg;
    enum rc rc = generation_score(e->q.gen, e->q.x, 1, &e->live);

    if (rc == RC_OK) {
        contributions_find(&e->contributions, e->q.gen, e->q.x, &e->live);
    }
    return rc;
}

/* Room for what is scored; the query's own holds the record. */
static bool
make_room(struct explain *e)
{
    size_t n = generation_room(e->q.gen);

    e->live.y = malloc(n * sizeof(*e->live.y));
    e->live.item = malloc(n * sizeof(*e->live.item));
    return e->live.y != NULL && e->live.item != NULL;
}

static void
score(struct explain *e)
{
    static const enum answer_code without[] = {
        [EXPLAIN_NONE] = ANSWER_MISSING_FEATURES,
        [EXPLAIN_BAD] = ANSWER_TABLE_UNAVAILABLE,
        [EXPLAIN_SILENT] = ANSWER_STORE_UNAVAILABLE,
    };

    if (e->row != EXPLAIN_THERE) {
        e->live_code = without[e->row];
    } else if (!generation_is_live(e->q.gen)) {
        e->live_code = ANSWER_NOT_LIVE;
    } else if (!make_room(e)) {
        e->live_code = ANSWER_TOO_COSTLY;
    } else {
        e->q.job = (struct scoring_job){
            .gen = e->q.gen,
            .nrow = 1,
            .work = score_and_contribute,
            .heavy = e->q.lookup->scoring != NULL,
            .deadline_ns = e->q.deadline_ns,
            .done = on_scored,
            .arg = e,
        };
        lookup_score(e->q.lookup, &e->q.job);
        return;
    }
    finish(e);
}

/* ------------------------------------------------- the record and the row */

static void
one_less(struct explain *e)
{
    if (--e->waiting == 0) {
        score(e);
    }
}

static enum explain_found
decode(struct explain *e, struct str record)
{
    return generation_decode(e->q.gen, record, &e->q.prediction) == RC_OK
               ? EXPLAIN_THERE
               : EXPLAIN_BAD;
}

static void
on_record(void *arg, const struct store_reply *reply)
{
    struct explain *e = arg;

    if (reply->rc != RC_OK) {
        e->record = EXPLAIN_SILENT;
    } else if (reply->kind == STORE_BYTES) {
        e->record = decode(e, reply->bytes);
    }
    one_less(e);
}

static void
on_row(void *arg, const struct store_reply *reply)
{
    struct explain *e = arg;
    struct query *q = &e->q;

    if (reply->rc != RC_OK) {
        e->row = EXPLAIN_SILENT;
    } else if (reply->kind == STORE_BYTES) {
        e->row = record_get_features(reply->bytes, &e->row_updated_us, q->x,
                                     q->ncol) == RC_OK
                     ? EXPLAIN_THERE
                     : EXPLAIN_BAD;
    }
    one_less(e);
}

/* From where the ladder would have it. */
static void
find_record(struct explain *e)
{
    const struct snapshot *s = generation_snapshot(e->q.gen);
    struct str record;

    if (e->q.gen->storeless) {
        return;
    }
    if (s == NULL) {
        e->waiting++;
        if (lookup_read_record(&e->q, on_record) != RC_OK) {
            on_record(e, &(struct store_reply){.rc = RC_UNAVAIL});
        }
    } else if (snapshot_find(s, query_user(&e->q), e->q.hash, &record)) {
        e->record = decode(e, record);
    }
}

static void
find_row(struct explain *e)
{
    struct store_reply reply;

    e->waiting++;
    if (lookup_find_row(&e->q, &reply)) {
        on_row(e, &reply);
    } else if (lookup_read_row(&e->q, on_row) != RC_OK) {
        on_row(e, &(struct store_reply){.rc = RC_UNAVAIL});
    }
}

/* ------------------------------------------------------------- the ladder */

static void
on_answer(void *arg, const struct query *q, const struct answer *a)
{
    struct explain *e = arg;

    e->answered_ns = clock_mono_ns();
    e->answer = *a;
    e->answer.record = (struct str){NULL, 0};
    e->superseded = q->superseded;
    if (query_pin(&e->q, q->gen) != RC_OK) {
        e->answer.outcome = OUTCOME_ERROR;
        e->answer.code = ANSWER_TOO_COSTLY;
        e->answer.gen = e->q.gen;
        finish(e);
        return;
    }
    e->waiting = 1;
    if (a->outcome == OUTCOME_PRECOMPUTED) {
        e->record = decode(e, a->record);
        e->answer.prediction = &e->q.prediction;
    } else {
        find_record(e);
    }
    find_row(e);
    one_less(e);
}

static struct explain *
create(struct lookup *l, const struct table_view *view,
       const struct explain_setup *setup)
{
    struct explain *e = calloc(1, sizeof(*e));

    if (e == NULL) {
        return NULL;
    }
    e->q.lookup = l;
    e->q.dialect = DIALECT_ADMIN;
    e->q.k = setup->k;
    e->q.deadline_ns = setup->deadline_ns;
    e->done = setup->done;
    e->arg = setup->arg;
    e->q.table_id = view->id;
    memcpy(e->q.table, view->name, sizeof(e->q.table));
    if (query_pin(&e->q, view->live) != RC_OK) {
        destroy(e);
        return NULL;
    }
    CHECK(query_set_user(&e->q, setup->user) == RC_OK);
    return e;
}

enum rc
explain_run(struct lookup *l, const struct table_view *view,
            const struct explain_setup *setup)
{
    struct explain *e;
    struct query *q;

    if (!keyspace_user_ok(setup->user)) {
        return RC_INVAL;
    }
    e = create(l, view, setup);
    if (e == NULL) {
        return RC_NOMEM;
    }
    q = lookup_begin(l, view);
    if (q == NULL) {
        destroy(e);
        return RC_NOMEM;
    }
    CHECK(query_set_user(q, setup->user) == RC_OK);
    q->deadline_ns = setup->deadline_ns;
    q->dialect = DIALECT_ADMIN;
    q->probe = true;
    q->trace = &e->trace;
    q->done = on_answer;
    q->arg = e;
    lookup_run(q);
    return RC_OK;
}
