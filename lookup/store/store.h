/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store - where records and feature rows are kept, seen from one thread: small
 * reads, and rarely a command, that are answered later, each by its own
 * deadline. A store belongs to one loop and is used from its thread only.
 */
#include "common/base/metric.h"
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum store_kind {
    STORE_NIL,     /* the store says: there is none */
    STORE_BYTES,   /* reply.bytes */
    STORE_INTEGER, /* reply.integer */
};

/*
 * rc: RC_OK, or why there is no answer: RC_TIMEOUT (the deadline passed),
 * RC_UNAVAIL (the connection broke, or the store said no).
 */
struct store_reply {
    enum rc rc;
    enum store_kind kind;
    struct str bytes; /* valid during the callback */
    int64_t integer;
};

typedef void (*store_done_fn)(void *arg, const struct store_reply *reply);

/*
 * One read. key and field are copied before the call returns. One that is
 * shared may be answered together with an equal one of the same turn, which
 * has not been sent either: with what the store says after both were started.
 */
struct store_read {
    struct str key;
    struct str field; /* p == NULL: does the key exist? (STORE_INTEGER) */
    bool shared;
    uint64_t deadline_ns; /* CLOCK_MONOTONIC */
    store_done_fn done;
    void *arg;
};

/* One command in words, for what is rare. They are copied likewise. */
struct store_command {
    const struct str *word;
    size_t nword;
    uint64_t deadline_ns;
    store_done_fn done;
    void *arg;
};

struct store_stats {
    counter commands; /* sent */
    counter errors;   /* refused by Redis, or lost with the connection */
    counter timeouts; /* deadlines missed */
    counter shed;     /* not sent: breaker open, too many, or no connection */
    counter connects; /* connections made */
};

struct store;

struct store_ops {
    const char *name;
    enum rc (*read)(struct store *s, const struct store_read *r);
    enum rc (*command)(struct store *s, const struct store_command *c);
    void (*flush)(struct store *s);
    void (*move)(struct store *s, const char *address);
    void (*destroy)(struct store *s);
};

/* First member of every store's own struct. */
struct store {
    const struct store_ops *ops;
    uint64_t patience_ns;
    struct store_stats stats;
};

/*
 * How long a read must have been out before its missed deadline is held
 * against the store, and not against the caller's haste. At first 0.
 */
static inline void
store_set_patience(struct store *s, uint64_t ns)
{
    s->patience_ns = ns;
}

/*
 * Start a read. RC_OK: done is called exactly once, later, never from within
 * this call. Anything else: done is not called. RC_UNAVAIL: no connection or
 * the breaker is open. RC_FULL: too many reads are under way. RC_TIMEOUT: the
 * deadline has passed.
 */
MUST_USE static inline enum rc
store_read(struct store *s, const struct store_read *r)
{
    return s->ops->read(s, r);
}

/* The same of a command. One whose deadline passed may have been done. */
MUST_USE static inline enum rc
store_command(struct store *s, const struct store_command *c)
{
    return s->ops->command(s, c);
}

/* Send what this turn of the loop has started, in one write. */
static inline void
store_flush(struct store *s)
{
    s->ops->flush(s);
}

/*
 * A store that is known by its name is at this numeric address now. What is
 * under way elsewhere is answered with RC_UNAVAIL.
 */
static inline void
store_move(struct store *s, const char *address)
{
    s->ops->move(s, address);
}

/* Frees and nulls; reads under way are answered with RC_UNAVAIL first. */
static inline void
store_destroy(struct store **s)
{
    if (s != NULL && *s != NULL) {
        (*s)->ops->destroy(*s);
        *s = NULL;
    }
}
