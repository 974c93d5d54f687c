/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * publish - begin, write, verify, ready, guard, commit; or abort, and then
 * nothing was ever visible. Killed anywhere, the live generation stays, and
 * what was written is found by its hash and cleared by the next run or gc.
 */
#include "batchgen/lease.h"
#include "batchgen/stop.h"
#include "batchgen/table.h"
#include "common/base/str.h"

struct publish {
    const struct table *table;
    struct lease *lease;
    uint64_t gen;
    uint64_t seq;      /* of the manifest the guards saw */
    uint64_t was;      /* live in it; 0: none */
    uint64_t buckets;  /* that may have been written */
    uint64_t begun_ns; /* that the generation was, on the monotonic clock */
    char uid[UID_SIZE];
    bool ready;  /* whole: an abort leaves it for `publish` */
    bool adding; /* it was, and is appended to: an abort leaves it too */
    bool asked;  /* the commit was sent... */
    bool commit; /* ...and is known to have been done */
};

/*
 * Take the lease and a number, clear what dead runs left. RC_CONFLICT names
 * the holder of the lease. p is all zero at first, may be begun again after
 * Redis went away meanwhile, and is to be ended in any case.
 */
MUST_USE enum rc publish_begin(struct publish *p, const struct table *t,
                               const char *schema_id, bool wait,
                               struct stop *stop, struct err *e);

/*
 * Take the lease to publish a ready generation, *g (all zero at first). As
 * publish_begin; RC_NOT_FOUND, RC_REFUSED.
 */
MUST_USE enum rc publish_take(struct publish *p, const struct table *t,
                              uint64_t gen, bool wait, struct stop *stop,
                              struct generation_info *g, struct err *e);

/*
 * Take the lease to append to a generation that is ready, or was when another
 * run began to; *g (all zero at first) is what it says now. It stays as it is
 * until publish_append. The uid is a new one: servers may have loaded the old
 * rows. As publish_begin; RC_NOT_FOUND, RC_REFUSED.
 */
MUST_USE enum rc publish_take_again(struct publish *p, const struct table *t,
                                    uint64_t gen, bool wait, struct stop *stop,
                                    struct generation_info *g, struct err *e);

/*
 * Buckets may be written over from here on, each with what it has and more.
 * The generation, which *was as it said, is not ready until publish_complete;
 * killed before that, it can be appended to again, with rows that lead to the
 * same `rows_hash` (16 hex digits). RC_REFUSED: they are others.
 */
MUST_USE enum rc publish_append(struct publish *p,
                                const struct generation_info *was,
                                const char *rows_hash, struct err *e);

/* What it says of itself and that it is ready, at once. As publish_ready. */
MUST_USE enum rc publish_complete(struct publish *p,
                                  const struct generation_info *g,
                                  struct err *e);

/*
 * What it says of itself, before the first bucket, its model, and the
 * catalogue of a ranking (else empty). A first generation waits until servers
 * that know an older one of that number have seen that it is gone: buckets are
 * found by the number.
 */
MUST_USE enum rc publish_describe(struct publish *p,
                                  const struct generation_info *g,
                                  struct str model, struct str items,
                                  struct err *e);

/*
 * After a reconnect: is the table still ours to write, if it was? RC_CONFLICT:
 * it is not. A commit whose answer was lost may turn out to have been done.
 */
MUST_USE enum rc publish_check(struct publish *p, struct err *e);

/* It is whole. RC_CONFLICT: the table is not ours to write any more. */
MUST_USE enum rc publish_ready(struct publish *p, struct err *e);

/* RC_GUARD names the breach and how to publish in spite of it. */
MUST_USE enum rc publish_guard(struct publish *p,
                               const struct generation_info *g, bool force,
                               struct err *e);

/*
 * Make it live, then clear up what nobody wants any more. RC_CONFLICT: the
 * live generation or the lease changed since the guards looked.
 */
MUST_USE enum rc publish_commit(struct publish *p, struct err *e);

/*
 * Give the lease back; what is not ready is removed, over a connection of its
 * own as this one may be broken.
 */
void publish_end(struct publish *p);
