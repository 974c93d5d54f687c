/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * followed - one table as the loader follows it: the live generation, the
 * previous one (a rollback is one pointer away), and the next one as soon as
 * it is ready, so that the commit is one pointer away too.
 */
#include "common/base/rc.h"
#include "lookup/core/generation.h"
#include "lookup/core/superseded.h"
#include "lookup/core/tables.h"
#include "lookup/shelf.h"
#include "lookup/store/watch.h"

struct feature_rows;
struct queue;
struct warmer;

enum followed_slot {
    FOLLOWED_LIVE,
    FOLLOWED_PREVIOUS,
    FOLLOWED_NEXT,
    FOLLOWED_SLOTS,
};

/* What could not be loaded, and is not tried again before retry_ns. */
struct followed_failure {
    char uid[UID_SIZE];
    uint64_t retry_ns;
};

/* What the manifest said when it was last read, or remembered. */
struct followed_said {
    struct shelf_manifest manifest;
    char previous_uid[UID_SIZE];
};

/* Where generations come from, and where they go in the end. */
struct followed_source {
    struct watch *watch;
    const struct shelf *shelf; /* or NULL */
    struct warmer *warmer;     /* which counts what the shelf gives */
    struct queue *graveyard;
};

/* Feature rows in memory, and when they were current. */
struct followed_rows {
    struct feature_rows *rows; /* or NULL */
    bool settled;              /* they will not come */
    uint64_t moves, connects;
    char schema_id[SCHEMA_ID_SIZE];
};

struct followed {
    char name[TABLE_MAX + 1];
    uint16_t id;
    uint64_t seq;
    struct generation *held[FOLLOWED_SLOTS];
    char problem[256];
    struct followed_failure failed[FOLLOWED_SLOTS];
    uint64_t moves; /* of the manifest, as seen: a table that was dropped and
                       made anew may have the seq it had */
    bool gone;      /* the manifest was, at the last poll */
    uint64_t superseded_us;    /* the last stamp that was read */
    uint64_t superseded_moves; /* ... then; the set is read anew */
    uint64_t connects;         /* ... when they or the connection are others */
    bool read;                 /* it was, since the server started */
    struct followed_said said;
    struct followed_rows rows;
    uint64_t kept; /* a hash of what the keeper was last told */
};

/*
 * Bring f in step with what the poll saw, loading what is to be held. Blocks.
 * *changed is set when the view of the table did. RC_UNAVAIL: Redis went away
 * on the way; f is whole, perhaps behind.
 */
MUST_USE enum rc followed_update(struct followed *f,
                                 const struct followed_source *from,
                                 const struct watch_table *t, bool *changed,
                                 struct err *e);

/* At the start: hold what was live when Redis was last read, if it is here. */
void followed_recall(struct followed *f, const struct followed_source *from,
                     const struct shelf_manifest *m);

/*
 * Users superseded since the last call: *news, which the caller holds, or NULL
 * if there are none. All of them again after the manifest moved (the set was
 * trimmed) or Redis was reached anew (it may be another).
 */
MUST_USE enum rc followed_superseded(struct followed *f, struct watch *w,
                                     struct superseded_news **news,
                                     struct err *e);

/* What workers are to see; warming: its snapshot is still to come. */
void followed_view(const struct followed *f, bool warming,
                   struct table_view *view);

/* Let every generation go. */
void followed_fini(struct followed *f);
