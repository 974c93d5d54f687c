/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * batch - many users asked for at once, one answer: in the order they were
 * added, and all users of a table from ONE generation. If the generation is
 * gone before all are answered, the whole batch is asked again of the one that
 * is live then.
 */
#include "lookup/core/lookup.h"

/* Users of one batch at most. */
#define BATCH_MAX 1000

struct batch;

/* The batch and what it gives are valid until it returns. */
typedef void (*batch_done_fn)(void *arg, const struct batch *b);

struct batch_setup {
    enum dialect dialect;
    uint64_t deadline_ns;
    bool probe; /* as in struct query */
    batch_done_fn done;
    void *arg;
};

/*
 * Room for n users, 1 to BATCH_MAX, of the list of tables in force, which must
 * not be NULL. NULL when out of memory.
 */
struct batch *batch_create(struct lookup *l, const struct batch_setup *setup,
                           size_t n);

/*
 * Ask for one more; at most the n of batch_create. view is one of
 * lookup_tables() with a live generation. RC_INVAL: not 1 to 512 bytes.
 */
MUST_USE enum rc batch_add(struct batch *b, const struct table_view *view,
                           struct str user);

/*
 * Ask, in this turn's lookup_flush() and, for a share of a turn is bounded, in
 * later ones. done is called once, not before this returns; the batch is dead
 * then. Each user is counted by the outcome that done sees.
 */
void batch_run(struct batch *b);

/* Give up a batch that was not run; counts nothing. Frees and nulls. */
void batch_destroy(struct batch **b);

/* Users asked for. */
size_t batch_size(const struct batch *b);

/* For the counters. */
struct about batch_about(const struct batch *b);

struct str batch_user(const struct batch *b, size_t i);

/* NULL: the table was gone when the batch was asked again. */
const struct table_view *batch_view(const struct batch *b, size_t i);

/* Without the record, and the prediction if it was a probe; gen is NULL if the
 * view is, or has none. */
const struct answer *batch_answer(const struct batch *b, size_t i);
