/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/lookup_impl.h"

#include "common/base/number.h"
#include "common/table/snapshot.h"
#include "lookup/core/answer.h"
#include "lookup/core/feature_rows.h"
#include "lookup/core/flight.h"

/*
 * Each rung either answers or calls the next one:
 *
 *   lookup_run -- superseded, or given features --> ask_row -> on_row
 *       |                                              |          |
 *       v                      (no row: stale) <-------+----------+
 *   ask_snapshot -- found ------------------------------------> answer
 *       |      (absent) |                                         ^
 *       v               v                                         |
 *   ask_record -> on_record -> ask_again -> judge ---> score -----+
 *
 *   judge -> (another generation) -> park -> lookup_retry -> lookup_run
 */
static void ask_snapshot(struct query *q);

/* -------------------------------------------------------- the live rung */

static void
score(struct query *q)
{
    if (!generation_is_live(q->gen)) {
        answer_error(q, ANSWER_NOT_LIVE);
        return;
    }
    trace_step(q->trace, RUNG_SCORE);
    if (q->probe) {
        answer_prediction(q, OUTCOME_LIVE, (struct str){NULL, 0});
        return;
    }
    flight_begin(q);
}

enum rc
lookup_read_row(struct query *q, store_done_fn done)
{
    char key[KEY_MAX];
    uint64_t buckets = atomic_load(&q->gen->feature_buckets);
    uint64_t bucket = keyspace_bucket(query_user(q),
                                      buckets == 0 ? FEATURE_BUCKETS : buckets);
    struct store_read r = {
        .key = key_features_bucket(key, q->lookup->prefix, q->table,
                                   schema_id(q->gen->schema), bucket),
        .field = query_user(q),
        .deadline_ns = q->deadline_ns,
        .done = done,
        .arg = q,
    };

    return store_read(q->lookup->store, &r);
}

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

bool
lookup_find_row(const struct query *q, struct store_reply *reply)
{
    const struct lookup *l = q->lookup;
    const struct table_view *view = tables_find(l->tables, str_of(q->table));

    *reply = (struct store_reply){.rc = RC_OK, .kind = STORE_NIL};
    if (view == NULL || view->rows == NULL || view->live != q->gen ||
        superseded_at(l->superseded[q->table_id], query_user(q)) != 0) {
        return q->gen->storeless;
    }
    reply->kind = STORE_BYTES;
    return feature_rows_find(view->rows, query_user(q), q->hash, &reply->bytes);
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

/* ------------------------------------------------------ the second look */

/* Wait for the loader; the deadline still holds. */
static void
park(struct query *q)
{
    struct lookup *l = q->lookup;

    q->next = l->parked;
    l->parked = q;
    l->reload(l->reload_arg);
}

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
one_less(struct query *q)
{
    if (--q->look.waiting == 0) {
        judge(q);
    }
}

static void
on_seq(void *arg, const struct store_reply *reply)
{
    struct query *q = arg;
    uint64_t seq;

    if (reply->rc != RC_OK) {
        q->look.silent = true;
    } else if (reply->kind != STORE_BYTES ||
               !number_parse_u64(reply->bytes, &seq)) {
        q->look.lost = true;
    } else {
        q->look.moved = seq != q->seq;
    }
    one_less(q);
}

/* batchgen leaves no bucket empty: one without users has a placeholder. */
static void
on_exists(void *arg, const struct store_reply *reply)
{
    struct query *q = arg;

    if (reply->rc != RC_OK) {
        q->look.silent = true;
    } else if (reply->kind != STORE_INTEGER || reply->integer != 1) {
        q->look.lost = true;
    }
    one_less(q);
}

static void
on_second_row(void *arg, const struct store_reply *reply)
{
    struct query *q = arg;

    if (reply->rc != RC_OK) {
        q->look.row_silent = true;
    } else if (reply->kind == STORE_BYTES) {
        q->look.row_found = query_overlay(q, reply->bytes);
        q->look.row_bad = !q->look.row_found;
    }
    one_less(q);
}

static struct str
record_key(const struct query *q, char key[KEY_MAX])
{
    return key_bucket(key, q->lookup->prefix, q->table, q->gen->number,
                      keyspace_bucket(query_user(q), q->gen->info.buckets));
}

/*
 * Nil is believed only on a second look, sent together with the row's read.
 * What a snapshot proved needs no look at the bucket; but that the row is not
 * there is believed of a store that holds the table.
 */
static void
ask_again(struct query *q, bool proven)
{
    struct lookup *l = q->lookup;
    char manifest[KEY_MAX], bucket[KEY_MAX];
    struct store_read seq = {
        .key = key_manifest(manifest, l->prefix, q->table),
        .field = STR("seq"),
        .deadline_ns = q->deadline_ns,
        .done = on_seq,
        .arg = q,
    };
    struct store_read exists = {
        .key = record_key(q, bucket),
        .deadline_ns = q->deadline_ns,
        .done = on_exists,
        .arg = q,
    };

    trace_step(q->trace, RUNG_SECOND_LOOK);
    counter_add(&l->stats.second_looks, !proven);
    q->look = (struct second_look){.waiting = proven ? 2 : 3};
    if (store_read(l->store, &seq) != RC_OK) {
        q->look.silent = true;
        q->look.waiting--;
    }
    if (!proven && store_read(l->store, &exists) != RC_OK) {
        q->look.silent = true;
        q->look.waiting--;
    }
    if (lookup_read_row(q, on_second_row) != RC_OK) {
        q->look.row_silent = true;
        one_less(q);
    }
}

/* ----------------------------------------------------- the stored record */

static void
answer_record(struct query *q, struct str record)
{
    if (generation_decode(q->gen, record, &q->prediction) != RC_OK) {
        answer_bad_record(q);
    } else {
        answer_prediction(q, OUTCOME_PRECOMPUTED, record);
    }
}

static void
on_record(void *arg, const struct store_reply *reply)
{
    struct query *q = arg;

    if (reply->rc != RC_OK) {
        answer_silence(q);
    } else if (reply->kind != STORE_BYTES) {
        ask_again(q, false);
    } else {
        answer_record(q, reply->bytes);
    }
}

enum rc
lookup_read_record(struct query *q, store_done_fn done)
{
    char key[KEY_MAX];
    struct store_read r = {
        .key = record_key(q, key),
        .field = query_user(q),
        .deadline_ns = q->deadline_ns,
        .done = done,
        .arg = q,
    };

    return store_read(q->lookup->store, &r);
}

static void
ask_record(struct query *q)
{
    trace_step(q->trace, RUNG_RECORD);
    if (lookup_read_record(q, on_record) != RC_OK) {
        answer_silence(q);
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
        ask_again(q, true);
    }
}

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
