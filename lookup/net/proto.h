/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * proto - what a protocol is to a connection, and what a connection offers a
 * protocol. A connection knows bytes, order, time and limits; a protocol
 * knows where a request ends and what an answer looks like.
 */
#include "lookup/net/line.h"
#include "lookup/net/net_stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;

enum conn_refusal {
    CONN_TOO_SLOW, /* half a request, and its time is over */
    CONN_TOO_MANY, /* connections: this one is closed at once */
};

struct proto {
    const char *name;
    size_t conn_bytes; /* what it keeps per connection, zeroed at the start */
    size_t turn_bytes; /* its turn: a struct that begins with struct turn */

    /*
     * Bytes [p, p + *len) have come. Begin a turn for each complete request
     * while conn_room(c) holds, and return how many bytes they took. What is
     * left is given again, with more behind it; *len may shrink by bytes that
     * the left request does not need.
     */
    size_t (*parse)(struct conn *c, char *p, size_t *len);

    /* Append what a client is told that is refused. */
    void (*refuse)(void *arg, enum conn_refusal why, struct buf *out);
};

/* conn_bytes of memory, and the arg given to conn_open. */
void *conn_state(struct conn *c);
void *conn_arg(struct conn *c);

/* clock_mono_ns() when the bytes being parsed were read. */
uint64_t conn_now_ns(const struct conn *c);

/* May another request be begun? If not, parse is called again once it may. */
bool conn_room(struct conn *c);

/*
 * A turn for the request just parsed. NULL when memory is out; the connection
 * then closes. Until conn_finish it is the protocol's, even if the connection
 * goes away.
 */
struct turn *conn_begin(struct conn *c);

/* Where t's answer is to be appended. Valid until the next call on any turn. */
struct buf *conn_answer(struct turn *t);

/* t is answered and dead; any time, from the worker's thread. */
void conn_finish(struct turn *t);

/* In parse: the request that is left is complete but for its body. */
void conn_expect_body(struct conn *c);

/*
 * In parse: where to write a word between answers. NULL while somebody is
 * unanswered; parse is then called again when nobody is.
 */
struct buf *conn_interim(struct conn *c);

/* Take no further request, and close when all are answered. */
void conn_stop(struct conn *c, enum net_closed why);

/* The server ends: the last answer should say that it is the last. */
bool conn_is_draining(const struct conn *c);

/* t's answer is the last before the server closes the connection. */
bool conn_is_leaving(const struct turn *t);
