/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store_redis_link - one connection to Redis that is always there or coming:
 * connects within a second or tries again, authenticates, selects, and only
 * then counts as up. Commands are written once per loop turn by flush(), and
 * by nothing else.
 */
#include "common/table/topology.h"
#include "lookup/store/store.h"

struct event_base;
struct redis_link;

/* Called when the link comes up. */
typedef void (*redis_link_up_fn)(void *arg);

/*
 * Called for each command in the order they were sent. What is no string,
 * integer or nil is RC_UNAVAIL. NULL: the connection is lost, and with it all
 * that has no reply; the link is not up then.
 */
typedef void (*redis_link_reply_fn)(void *arg, const struct store_reply *reply);

struct redis_link *redis_link_create(struct event_base *base,
                                     const struct topology *topology,
                                     redis_link_up_fn on_up,
                                     redis_link_reply_fn on_reply, void *arg);

/* If it was up, on_reply is called with NULL before this returns. */
void redis_link_destroy(struct redis_link **l);

/* May something be sent? */
bool redis_link_is_up(const struct redis_link *l);

/* When Redis was last heard: CLOCK_MONOTONIC, 0 for never. */
uint64_t redis_link_heard_ns(const struct redis_link *l);

/*
 * Add a command in Redis' own format to what flush() writes; it is copied. The
 * link must be up. False: out of memory.
 */
bool redis_link_send(struct redis_link *l, struct str command);

/* Write what is buffered; may call on_reply with NULL. */
void redis_link_flush(struct redis_link *l);

/*
 * Redis, where the topology names it, is at this numeric address: connect
 * there, unless that was known. May call on_reply with NULL.
 */
void redis_link_move(struct redis_link *l, const char *address);

/* Drop the connection and make a new one. */
void redis_link_reset(struct redis_link *l);
