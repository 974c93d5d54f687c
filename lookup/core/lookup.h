/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * lookup - THE LADDER: how a query is answered.
 *
 *   superseded, or the request names features -> the row
 *   the record in the snapshot -> precomputed; a snapshot proves absence, too
 *   the record in the store    -> precomputed
 *   nil: a second look         -> is it our generation, is the bucket there?
 *   the row: stored, overlaid with the request's -> scored -> live
 *   known absent               -> default or unknown
 *   no answer                  -> an error, never "absent"
 *
 * Of a model file and nothing else every user is known absent.
 *
 * One per worker, used from its thread only.
 */
#include "common/base/metric.h"
#include "lookup/core/query.h"
#include "lookup/core/superseded.h"
#include "lookup/core/tables.h"
#include "lookup/store/store.h"

struct lookup;

/* What an operator decides; copied. */
struct lookup_policy {
    uint64_t timeout_ns;     /* default deadline of a request */
    uint64_t max_age_us;     /* 0: no limit */
    bool default_on_unknown; /* else unknown users are 404 */
    bool default_on_failure; /* else a silent store is 503 */
};

struct lookup_stats {
    /* [0] is for requests that name no known table */
    counter answers[TABLES_MAX + 1][DIALECT_COUNT][OUTCOME_COUNT];
    counter tables_serial; /* of the list in force, a gauge */
    counter second_looks;
    counter moved; /* second looks that found another generation */
    counter lost;  /* ... that found a bucket or the manifest gone */
    counter superseded[TABLES_MAX + 1]; /* users in the sets, gauges */
    counter bad_records; /* records or rows that are not of their length */
    counter coalesced;   /* live queries that shared another's scoring */
    struct hist scoring; /* ns per live row, waiting included */
};

/* Ask the loader to look at the manifests now; called from the worker. */
typedef void (*lookup_reload_fn)(void *arg);

/*
 * store is not owned; it must outlive every query. prefix must outlive it.
 * NULL when out of memory.
 */
struct lookup *lookup_create(struct store *store, const char *prefix,
                             const struct lookup_policy *policy,
                             lookup_reload_fn reload, void *reload_arg);

/* No query may be under way. Frees and nulls. */
void lookup_destroy(struct lookup **l);

/*
 * Rows above SCORING_INLINE_NS are scored by these threads, and come back to
 * the mailbox, whose messages are to be given to lookup_scored(). Without, all
 * are scored here.
 */
void lookup_set_scoring(struct lookup *l, struct scoring *scoring,
                        struct mailbox *reply);

/*
 * Score the job's rows, here if that is cheap: its done is called once, perhaps
 * before this returns. The caller sets gen to deadline_ns, done and arg.
 */
void lookup_score(struct lookup *l, struct scoring_job *job);

/* A job came back. */
void lookup_scored(struct scoring_job *job);

/* Copied; in force for what is answered from now on. */
void lookup_set_policy(struct lookup *l, const struct lookup_policy *policy);
const struct lookup_policy *lookup_policy(const struct lookup *l);

/* Take over a list of tables; queries that wait for a reload go on. */
void lookup_set_tables(struct lookup *l, struct tables *t);

/* Take over news of superseded users. */
void lookup_supersede(struct lookup *l, struct superseded_news *n);

/* The list in force; NULL before the first. Valid until the next loop turn. */
const struct tables *lookup_tables(const struct lookup *l);

/* The same, which must not be NULL, until tables_release(). */
struct tables *lookup_hold_tables(const struct lookup *l);

/*
 * A query of this table, its generation pinned, deadline and dialect to be set
 * by the caller, who then calls lookup_run(), lookup_start() or lookup_drop().
 * NULL when out of memory. view->live must not be NULL.
 */
struct query *lookup_begin(struct lookup *l, const struct table_view *view);

/* Down the ladder. q->done is called once; the query is the ladder's. */
void lookup_run(struct query *q);

/*
 * The same, at the next lookup_flush() or, when many are started, in this
 * call: records of many users are fetched from memory together.
 */
void lookup_start(struct query *q);

/*
 * Run what was started, in that order, then what batches may ask for; false:
 * nothing was run since the last call. Call it once the requests that have come
 * are all read, and again while it is true: that is a turn.
 */
bool lookup_flush(struct lookup *l);

/* Batches have had their share of this turn: there is to be one at once. */
bool lookup_has_more(const struct lookup *l);

/* Gives up a query that was not run; counts nothing. */
void lookup_drop(struct query *q);

/* Count an answer that never became a query. view may be NULL. */
void lookup_count(struct lookup *l, const struct table_view *view,
                  enum dialect dialect, enum outcome outcome);

/* The same n times. */
void lookup_count_many(struct lookup *l, const struct table_view *view,
                       enum dialect dialect, enum outcome outcome, uint64_t n);

/*
 * At the begin of each turn: it is now_ns. Answer queries that waited past
 * their deadline, for a reload or for another query's score. True while some
 * still wait, or users of a batch do: call again within a few milliseconds.
 */
bool lookup_tick(struct lookup *l, uint64_t now_ns);

/* Answer all who still wait: nobody is left to take over. */
void lookup_end(struct lookup *l);

/* Queries under way. */
size_t lookup_busy(const struct lookup *l);

/* To be read from any thread; the ladder alone writes them. */
const struct lookup_stats *lookup_stats(const struct lookup *l);
