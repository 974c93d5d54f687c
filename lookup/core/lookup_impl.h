/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * lookup_impl - what the ladder (lookup.c) shares with the house it stands in
 * (lookup_house.c), with who waits for it (lookup_queries.c), with what it
 * reads (lookup_read.c, second_look.c) and with the other ways to an answer;
 * nobody else includes this.
 */
#include "lookup/core/batch_queue.h"
#include "lookup/core/lookup.h"

/* A power of two near half the jobs there can be. */
#define FLIGHT_CHAINS 512

struct lookup {
    struct store *store;
    const char *prefix;
    struct lookup_policy policy;
    lookup_reload_fn reload;
    void *reload_arg;
    struct scoring *scoring; /* NULL: score here */
    struct mailbox *scored;
    size_t at_scoring; /* jobs that have not come back */
    struct tables *tables;
    uint64_t moves; /* lists that were in force before */
    struct superseded *superseded[TABLES_MAX + 1]; /* by table id */
    struct query *pool;
    struct query *started, *last_started; /* until lookup_flush() */
    size_t nstarted;
    bool has_run; /* queries, since lookup_flush() said so */
    struct batch_queue batches;
    uint64_t now_ns;      /* of the last lookup_tick() */
    struct query *parked; /* wait for the loader, then try once more */
    struct query *flights[FLIGHT_CHAINS]; /* rows being scored: flight.c */
    size_t nfollower;
    uint64_t followers_due_ns; /* none is late before; if there are any */
    size_t busy;
    struct lookup_stats stats;
};

/* Are nrow rows more than a worker's loop may be held up for? */
bool lookup_is_costly(const struct lookup *l, const struct generation *gen,
                      size_t nrow);

/*
 * As if the store had said it: the user's row, if it is in memory and current
 * (feature_rows.h says when), or that there is none, if there is no store.
 */
bool lookup_find_row(const struct query *q, struct store_reply *reply);

/* The bucket of q's record. */
struct str lookup_record_key(const struct query *q, char key[KEY_MAX]);

/* Read q's feature row, or record, from the store; done's arg is q. */
MUST_USE enum rc lookup_read_row(struct query *q, store_done_fn done);
MUST_USE enum rc lookup_read_record(struct query *q, store_done_fn done);

/*
 * Try a query once more on the generation live now; it is parked (again) while
 * that is the one it was asked of.
 */
void lookup_retry(struct query *q);

/* Answer a parked query whose deadline has passed. */
void lookup_expire(struct query *q);
