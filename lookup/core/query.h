/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * query - "what do we predict for this user?" on its way down the ladder, and
 * the answer that comes back.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/keyspace.h"
#include "lookup/core/dialect.h"
#include "lookup/core/generation.h"
#include "lookup/core/scoring.h"
#include "lookup/core/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why there is no prediction. */
enum answer_code {
    ANSWER_OK,
    ANSWER_UNKNOWN_USER,      /* proven absent */
    ANSWER_MISSING_FEATURES,  /* the row is not whole; query_lacks() names */
    ANSWER_STORE_UNAVAILABLE, /* Redis did not answer in time, or at all */
    ANSWER_TABLE_UNAVAILABLE, /* the table's keys are not what they must be */
    ANSWER_TOO_COSTLY,        /* no time left to score it, or no room */
    ANSWER_NOT_LIVE,          /* candidates: there is no scoring them live */
    ANSWER_MOVED, /* to a batch only: its generation is no longer live */
};

struct answer {
    enum outcome outcome;
    enum answer_code code;
    const struct generation *gen;        /* never NULL */
    const struct prediction *prediction; /* if ANSWER_OK */
    struct str record;                   /* as stored if precomputed */
    bool stale;    /* older than --max-age, or than the user's features */
    bool degraded; /* the store is silent: a default, or a record of which it
                      is not known whether the user is superseded */
};

struct query;

/*
 * Called exactly once per query, possibly before lookup_run() returns. The
 * answer and the query are valid until it returns.
 */
typedef void (*query_done_fn)(void *arg, const struct query *q,
                              const struct answer *a);

/* Called when the second look is over. */
typedef void (*second_look_fn)(struct query *q);

/* What the second look found, each by its own reply. */
struct second_look {
    second_look_fn done;
    unsigned waiting; /* replies yet to come */
    bool silent;      /* one of the first two did not come */
    bool moved;       /* the manifest's seq is another */
    bool lost;        /* the manifest or the bucket is gone */
    bool row_silent;  /* the feature row could not be read */
    bool row_bad;     /* ... or is not of its length */
    bool row_found;
};

/*
 * The first part is the dialect's to set after lookup_begin(), the second
 * lookup's own.
 */
struct query {
    enum dialect dialect;
    uint64_t deadline_ns; /* CLOCK_MONOTONIC */
    bool live;            /* the request carries features: score them */
    bool partial;         /* score although features are not known */
    bool probe;    /* would there be an answer? A live one is not computed */
    bool of_batch; /* not counted, not tried again: its batch does both */
    size_t k;      /* items wanted of a ranking */
    struct trace *trace; /* NULL: nobody asks how it went */
    query_done_fn done;
    void *arg;

    struct lookup *lookup;
    struct query *next; /* in the pool, among the started, the parked, or in a
                           flight */
    struct generation *gen;
    uint64_t seq;
    uint64_t moves; /* lookup's, when this one was begun */
    uint16_t table_id;
    uint16_t user_len;
    uint64_t hash; /* of the user */
    bool retried;
    bool has_place;  /* among those of batches that may ask the store */
    bool unread;     /* whether the user is superseded is not known */
    bool superseded; /* a stored record is older than the user's features */
    struct second_look look;
    struct scoring_job job;
    uint64_t row_hash;       /* of x, while it is scored elsewhere */
    struct query *followers; /* they wait for this one's prediction */
    size_t ncol;             /* of the generation's schema */
    size_t nnamed;           /* features the request named */
    bool row_begun;          /* x and known are of this query */
    size_t room; /* floats and items that x and the prediction have room for */
    float *x;    /* query_row() */
    struct prediction prediction;
    uint8_t *known; /* ncol: named by the request or read from the store */
    char table[TABLE_MAX + 1];
    char user[USER_MAX];
};

/* What a request for this query alone came to. */
static inline struct about
query_about(const struct query *q, const struct answer *a)
{
    return (struct about){q->table_id, (uint8_t)(1 + a->outcome)};
}

static inline struct str
query_user(const struct query *q)
{
    return (struct str){q->user, q->user_len};
}

/* RC_INVAL: not 1 to 512 bytes. */
MUST_USE enum rc query_set_user(struct query *q, struct str user);

/*
 * Begin to bring the user's record near, if it is in memory. Where it lies is
 * what query_set_user() began to bring: of many queries set all users first,
 * then prefetch all, then run them.
 */
void query_prefetch(const struct query *q);

/* The row as far as it is known: ncol floats, NaN where it is not. */
const float *query_row(struct query *q);

/*
 * Overlay one feature; NaN is missing. RC_NOT_FOUND: the schema has no such
 * name. RC_CONFLICT: it was named already.
 */
MUST_USE enum rc query_set_feature(struct query *q, struct str name,
                                   float value);

/*
 * Fill what the request did not name from a stored row; false: the row is not
 * of its length. The prediction's floats are overwritten.
 */
bool query_overlay(struct query *q, struct str row);

/*
 * Name of the first feature from *i on that is not known, and *i moves behind
 * it; p == NULL: no more.
 */
struct str query_lacks(const struct query *q, size_t *i);

/* Pin the generation and make room for its rows. RC_NOMEM. */
MUST_USE enum rc query_pin(struct query *q, struct generation *gen);

/* Let the generation go and free what the query owns, not q itself. */
void query_fini(struct query *q);
