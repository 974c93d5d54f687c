/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store_redis_link - one hiredis connection that is always there or coming:
 * connects within a second or tries again, authenticates, selects, and only
 * then counts as up. Commands are written once per loop turn by flush(),
 * because hiredis' own adapter costs an epoll_ctl for each.
 */
#include "common/table/topology.h"

#include <hiredis/async.h>

struct event_base;
struct redis_link;

/* Called when the link comes up. */
typedef void (*redis_link_up_fn)(void *arg);

struct redis_link *redis_link_create(struct event_base *base,
                                     const struct topology *topology,
                                     redis_link_up_fn on_up, void *arg);

/* Commands under way get a NULL reply before this returns. */
void redis_link_destroy(struct redis_link **l);

/* The context to send on, or NULL while the link is not up. */
redisAsyncContext *redis_link_context(const struct redis_link *l);

/* Write what is buffered. */
void redis_link_flush(struct redis_link *l);

/* Drop the connection and make a new one. */
void redis_link_reset(struct redis_link *l);
