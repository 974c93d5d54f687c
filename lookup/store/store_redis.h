/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store_redis - the store over one asynchronous Redis connection.
 *
 * At most STORE_READS_MAX reads are under way. A missed deadline answers its
 * read with RC_TIMEOUT; once that read has been out for the store's patience
 * without a reply, the breaker opens: until an answer comes in time again, or
 * within that patience, one read per STORE_PROBE_NS is let through and the
 * others get RC_UNAVAIL at once. Late replies are dropped in their order; the
 * connection lives on unless it is silent for STORE_SILENCE_NS.
 */
#include "common/table/topology.h"
#include "lookup/store/store.h"

#define STORE_SILENCE_NS 5000000000ull

struct event_base;

/*
 * Starts connecting at once and keeps trying, with growing, jittered pauses,
 * for as long as it lives. A name server would be waited for, so a Redis that
 * has a name is unreachable until store_move() says where it is. NULL when out
 * of memory. base must outlive it; topology is copied.
 */
struct store *store_redis_create(struct event_base *base,
                                 const struct topology *topology);
