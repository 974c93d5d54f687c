/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * lease - one writer a table. The lease lies in the manifest, runs out 30 s
 * (of Redis' clock) after it was last renewed, and is renewed by a thread of
 * its own every 10 s.
 */
#include "batchgen/stop.h"
#include "batchgen/table.h"

#define LEASE_MS STR("30000")

struct lease;

/*
 * Take it for the generation of this uid. number: NULL, or where to put the
 * next generation number, taken in the same step. RC_CONFLICT names the
 * holder; with `wait`, waits for it instead. When the lease is lost, `stop`
 * is told.
 */
MUST_USE enum rc lease_take(struct lease **out, const struct table *t,
                            const char *uid, uint64_t *number, bool wait,
                            struct stop *stop, struct err *e);

/* Renew it, over this table's connection. RC_CONFLICT: it is lost. */
MUST_USE enum rc lease_renew(const struct lease *l, const struct table *t,
                             struct err *e);

/* "host:pid:uid", as the manifest has it. */
struct str lease_writer(const struct lease *l);

/*
 * End the renewing, and give the lease back over this table's connection if
 * it is still ours; t NULL: leave it to run out. Nulls; NULL is fine.
 */
void lease_give(struct lease **l, const struct table *t);

/* Write "host:pid:uid" into out. */
void lease_name(const char *uid, char out[WRITER_SIZE]);

/* RC_CONFLICT with what a "held <ms> <writer>" answer says. */
MUST_USE enum rc lease_held(const struct table *t, struct str answer,
                            struct err *e);
