/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/lookup_impl.h"

#include "common/table/snapshot.h"
#include "lookup/core/answer.h"
#include "lookup/core/flight.h"
#include "lookup/core/second_look.h"

/*
 * Each rung, from lookup_run down, either answers or calls the next one:
 *
 *   lookup_run -- superseded, or given features --> ask_row -> on_row
 *       |                                              |          |
 *       v                      (no row: stale) <-------+----------+
 *   ask_snapshot -- found ------------------------------------> answer
 *       |      (absent) |                                         ^
 *       v               v                                         |
 *   ask_record -> second_look -> judge ------------> score -------+
 *
 *   judge -> (another generation) -> park -> lookup_retry -> lookup_run
 */
static void ask_snapshot(struct query *q);
static void ask_record(struct query *q);
static void look_again(struct query *q, bool proven);
static void ask_row(struct query *q);
static void on_row(void *arg, const struct store_reply *reply);
static void score(struct query *q);

/* ------------------------------------------------ 1: superseded, or live? */

static bool
is_superseded(const struct query *q)
{
    return superseded_at(q->lookup->superseded[q->table_id], query_user(q)) >=
           q->gen->info.as_of_us;
}

void
lookup_run(struct query *q)
{
    trace_step(q->trace, RUNG_SUPERSEDED);
    q->superseded = is_superseded(q);
    if (q->live || (q->superseded && generation_is_live(q->gen))) {
        ask_row(q);
    } else {
        ask_snapshot(q);
    }
}

/* ----------------------------------------------- 2: the snapshot in memory */

static void
answer_record(struct query *q, struct str record)
{
    if (generation_decode(q->gen, record, &q->prediction) != RC_OK) {
        answer_bad_record(q);
    } else {
        answer_prediction(q, OUTCOME_PRECOMPUTED, record);
    }
}

/* At once, and without the store, if the generation is in memory. */
static void
ask_snapshot(struct query *q)
{
    const struct snapshot *s = generation_snapshot(q->gen);
    struct store_reply row;
    struct str record;

    if (q->gen->storeless) {
        answer_absent(q);
        return;
    }
    if (s == NULL) {
        ask_record(q);
        return;
    }
    trace_step(q->trace, RUNG_SNAPSHOT);
    if (snapshot_find(s, query_user(q), q->hash, &record)) {
        answer_record(q, record);
    } else if (lookup_find_row(q, &row)) {
        trace_step(q->trace, RUNG_FEATURES);
        on_row(q, &row);
    } else {
        look_again(q, true);
    }
}

/* --------------------------- 3: the record in Redis, and when nil is true */

/* All replies are in: is nil the truth? */
static void
judge(struct query *q)
{
    struct lookup_stats *stats = &q->lookup->stats;

    if (q->look.silent) {
        answer_silence(q);
    } else if (q->look.moved) {
        counter_add(&stats->moved, 1);
        if (q->retried) {
            answer_error(q, ANSWER_TABLE_UNAVAILABLE);
        } else {
            lookup_retry(q);
        }
    } else if (q->look.lost) {
        counter_add(&stats->lost, 1);
        answer_error(q, ANSWER_TABLE_UNAVAILABLE);
    } else if (q->look.row_silent) {
        answer_silence(q);
    } else if (q->look.row_bad) {
        answer_bad_record(q);
    } else if (q->look.row_found) {
        score(q);
    } else {
        answer_absent(q);
    }
}

static void
look_again(struct query *q, bool proven)
{
    trace_step(q->trace, RUNG_SECOND_LOOK);
    counter_add(&q->lookup->stats.second_looks, !proven);
    second_look(q, proven, judge);
}

static void
on_record(void *arg, const struct store_reply *reply)
{
    struct query *q = arg;

    if (reply->rc != RC_OK) {
        answer_silence(q);
    } else if (reply->kind != STORE_BYTES) {
        look_again(q, false);
    } else {
        answer_record(q, reply->bytes);
    }
}

static void
ask_record(struct query *q)
{
    trace_step(q->trace, RUNG_RECORD);
    if (lookup_read_record(q, on_record) != RC_OK) {
        answer_silence(q);
    }
}

/* ------------------------------- 4: the feature row, and what it scores */

static void
on_row(void *arg, const struct store_reply *reply)
{
    struct query *q = arg;

    if (reply->rc != RC_OK) {
        answer_silence(q);
    } else if (reply->kind == STORE_BYTES) {
        if (query_overlay(q, reply->bytes)) {
            score(q);
        } else {
            answer_bad_record(q);
        }
    } else if (q->partial) {
        score(q);
    } else if (!q->live) {
        ask_snapshot(q); /* superseded, but by what is not known: stale */
    } else {
        answer_error(q, ANSWER_MISSING_FEATURES);
    }
}

/* The request named features: only a whole row is scored. */
static void
ask_row(struct query *q)
{
    struct store_reply reply;

    if (q->nnamed == q->ncol) {
        score(q);
        return;
    }
    trace_step(q->trace, RUNG_FEATURES);
    if (lookup_find_row(q, &reply)) {
        on_row(q, &reply);
    } else if (lookup_read_row(q, on_row) != RC_OK) {
        answer_silence(q);
    }
}

static void
score(struct query *q)
{
    if (!generation_is_live(q->gen)) {
        answer_error(q, ANSWER_NOT_LIVE);
        return;
    }
    batch_queue_give_place(q);
    trace_step(q->trace, RUNG_SCORE);
    if (q->probe) {
        answer_prediction(q, OUTCOME_LIVE, (struct str){NULL, 0});
        return;
    }
    flight_begin(q);
}

/* -------------------------------------- another generation: once more */

/* Wait for the loader; the deadline still holds. */
static void
park(struct query *q)
{
    struct lookup *l = q->lookup;

    batch_queue_give_place(q);
    q->next = l->parked;
    l->parked = q;
    l->reload(l->reload_arg);
}

/* Go on with the generation that is live now, unless it is still the same. */
void
lookup_retry(struct query *q)
{
    const struct table_view *view =
        tables_find(q->lookup->tables, str_of(q->table));

    if (view != NULL && view->live != NULL && view->seq == q->seq) {
        park(q);
        return;
    }
    if (q->of_batch) {
        answer_error(q, ANSWER_MOVED);
        return;
    }
    q->retried = true;
    if (view == NULL || view->live == NULL ||
        query_pin(q, view->live) != RC_OK) {
        answer_error(q, ANSWER_TABLE_UNAVAILABLE);
        return;
    }
    q->seq = view->seq;
    lookup_run(q); /* an older batch knows less: superseded is asked anew */
}

void
lookup_expire(struct query *q)
{
    answer_error(q, ANSWER_TABLE_UNAVAILABLE);
}
