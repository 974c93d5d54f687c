/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * warmer - reads the snapshots of the generations the loader holds, a slice
 * between two polls: live ones first, then the next, then the previous. The
 * loader's thread only.
 */
#include "common/base/rc.h"
#include "lookup/followed.h"

#include <stdbool.h>
#include <stddef.h>

struct warmer;

/*
 * limit_bytes: what all snapshots may take together; 0: none are made.
 * NULL when out of memory.
 */
struct warmer *warmer_create(size_t limit_bytes);

/* Frees and nulls; NULL is fine. What it made stays. */
void warmer_destroy(struct warmer **w);

/*
 * Read on for some 20 ms. *changed is set when a snapshot was finished, or
 * given up: it would not fit (rows, and previous ones, are let go of first, for
 * a live or a next one), or the store does not hold the records it should.
 * RC_UNAVAIL: Redis went away; the next call begins anew.
 */
MUST_USE enum rc warmer_turn(struct warmer *w, struct watch *watch,
                             struct followed *const *table, size_t n,
                             bool *changed, struct err *e);

/* A snapshot is half read: call warmer_turn() again soon. */
bool warmer_busy(const struct warmer *w);

/* Is there no snapshot of g to wait for (any more)? */
bool warmer_settled(const struct warmer *w, const struct generation *g);

/*
 * Count the snapshot that g came with, from the shelf; false: it would not
 * fit, and is the caller's to drop.
 */
bool warmer_adopt(struct warmer *w, struct generation *g);

/* Memory there is left for rows; take it, and give it back. */
size_t warmer_free_bytes(const struct warmer *w);
void warmer_take(struct warmer *w, size_t bytes);
void warmer_give(struct warmer *w, size_t bytes);

/* Call before a generation is destroyed: its memory is free again. */
void warmer_forget(struct warmer *w, const struct generation *g);
