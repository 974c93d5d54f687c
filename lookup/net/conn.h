/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * conn - one worker's connections: bytes in, answers out in order. All from
 * the worker's thread; nothing here blocks.
 */
#include "lookup/net/net_stats.h"
#include "lookup/net/proto.h"

#include <stddef.h>
#include <stdint.h>

struct event_base;
struct conn_group;

struct conn_options {
    size_t max_conns;     /* more are told so and closed */
    size_t max_pipelined; /* requests unanswered, per connection */
    size_t max_turns;     /* requests unanswered, of all connections */
    size_t input_bytes;   /* a request's most: its head and coded body */
    size_t
        output_bytes; /* an answer's most, and all that wait for one reader */
    size_t
        output_pause;   /* read no further request while more than this waits */
    uint64_t idle_ns;   /* between requests */
    uint64_t head_ns;   /* from a request's first byte to its head's last */
    uint64_t body_ns;   /* from there to its last; also: no byte of an answer
                           was taken */
    uint64_t linger_ns; /* for the client to close after our last answer */
    uint64_t drain_ns;  /* while the server ends, for who asks on and on */
};

/* Those of lookup/README.md ("Limits"). */
extern const struct conn_options conn_options_default;

/* base, o and stats must outlive the group. NULL when out of memory. */
struct conn_group *conn_group_create(struct event_base *base,
                                     const struct conn_options *o,
                                     struct net_stats *stats);

/*
 * Closes what is open. Every turn must have been finished, or never will be:
 * destroy what answers later (the store) first.
 */
void conn_group_destroy(struct conn_group **g);

/*
 * Take a connected non-blocking socket. arg is the protocol's and must outlive
 * the group's connections. fd is the group's from now on, whatever happens.
 */
void conn_open(struct conn_group *g, int fd, const struct proto *proto,
               void *arg);

/* Call after each turn of the loop: writes what was answered meanwhile. */
void conn_group_flush(struct conn_group *g);

/*
 * The server ends: requests already sent are answered, then each connection
 * closes, the idle ones now. One that has always begun to send another is told
 * after drain_ns that this was its last. Done when conn_group_count() is 0.
 */
void conn_group_drain(struct conn_group *g);

/* Connections that are open, those that only wait for the client's FIN too. */
size_t conn_group_count(const struct conn_group *g);

/* Close what is overdue. The group's own timer calls it; tests may. */
void conn_group_expire(struct conn_group *g, uint64_t now_ns);
