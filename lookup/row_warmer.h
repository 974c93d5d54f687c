/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * row_warmer - reads the feature rows of the live generations' schemas into
 * memory, a slice between two polls, when all records are there. The loader's
 * thread only.
 */
#include "lookup/followed.h"
#include "lookup/warmer.h"

struct row_warmer;

/* Memory is warmer's to give, and must outlive it. NULL when out of memory. */
struct row_warmer *row_warmer_create(struct warmer *warmer);

/* Frees and nulls; NULL is fine. What it made stays. */
void row_warmer_destroy(struct row_warmer **w);

/*
 * Let go of rows that are not known to be current any more: of another seq of
 * the manifest, of another connection, of another schema. True: there were
 * some, and lists without them must be handed out before news of superseded
 * users.
 */
bool row_warmer_void(struct row_warmer *w, struct watch *watch,
                     struct followed *const *table, size_t n);

/*
 * Read on for some 20 ms; *changed is set when a table's rows are there.
 * RC_UNAVAIL: Redis went away; the next call begins anew.
 */
MUST_USE enum rc row_warmer_turn(struct row_warmer *w, struct watch *watch,
                                 struct followed *const *table, size_t n,
                                 bool *changed, struct err *e);

/* Rows are half read: call row_warmer_turn() again soon. */
bool row_warmer_busy(const struct row_warmer *w);
