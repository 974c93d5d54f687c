/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * net_stats - what one worker's connections count. The worker writes, others
 * may read at any time.
 */
#include "common/base/buf.h"
#include "common/base/hist.h"
#include "common/base/metric.h"
#include "lookup/core/dialect.h"
#include "lookup/core/tables.h"

#include <stdatomic.h>

/*      name      as a label */
#define NET_CLOSED(X)                                                          \
    X(CLIENT, "client")   /* the client closed first */                        \
    X(SERVER, "server")   /* after an answer with Connection: close */         \
    X(BROKEN, "broken")   /* after an answer to what was not a request */      \
    X(IDLE, "idle")       /* no request for too long */                        \
    X(TIMEOUT, "timeout") /* half a request, or an answer not taken */         \
    X(ERROR, "error")     /* the socket failed */                              \
    X(MEMORY, "memory")   /* a buffer's maximum, or no memory */               \
    X(DRAIN, "drain")     /* the server ends */                                \
    X(REFUSED, "refused") /* too many connections */

enum net_closed {
#define NET_CLOSED_ENUM(name, label) NET_CLOSED_##name,
    NET_CLOSED(NET_CLOSED_ENUM)
#undef NET_CLOSED_ENUM
    NET_CLOSED_COUNT,
};

#define NET_STATUS_MIN   100
#define NET_STATUS_COUNT 500

/* Answered requests whose time goes on, of one kind and one read. */
struct net_unsettled {
    struct hist *duration;
    uint64_t arrived_ns;
    uint64_t n;
};

#define NET_UNSETTLED_MAX 32

struct net_stats {
    counter accepted;
    counter accept_errors; /* no descriptor left, for one */
    counter closed[NET_CLOSED_COUNT];
    counter received_bytes;
    counter sent_bytes;
    counter request[DIALECT_COUNT][NET_STATUS_COUNT];
    /* Made at the first request of its kind, and owned. */
    _Atomic(struct hist *) duration[DIALECT_COUNT][TABLES_MAX + 1]
                                   [ABOUT_SOURCES];
    struct net_unsettled unsettled[NET_UNSETTLED_MAX]; /* the worker's own */
    size_t nunsettled;
};

/* Frees what s owns, not s itself; nobody may read it any more. */
void net_stats_fini(struct net_stats *s);

/*
 * One request answered; status is 100 to 599, as HTTP has it. It is counted
 * now, and its time, from arrived_ns, ends with net_stats_settle().
 */
void net_stats_request(struct net_stats *s, enum dialect dialect, int status,
                       struct about about, uint64_t arrived_ns);

/* What was answered is about to be written: one look at the clock for all. */
void net_stats_settle(struct net_stats *s);

/* ns per request; source: 0, or 1 + an outcome. NULL: there was none. */
static inline const struct hist *
net_stats_duration(const struct net_stats *s, size_t dialect, size_t table_id,
                   size_t source)
{
    return atomic_load_explicit(&s->duration[dialect][table_id][source],
                                memory_order_acquire);
}

/*
 * The list of tables changes; both may be NULL. Durations of a table that is
 * gone are forgotten, for another one may get its id. The owner only.
 */
void net_stats_set_tables(struct net_stats *s, const struct tables *from,
                          const struct tables *to);

/* into += from, of each half; `into` belongs to the caller alone. */
void net_stats_add_connections(struct net_stats *into,
                               const struct net_stats *from);
void net_stats_add_requests(struct net_stats *into,
                            const struct net_stats *from);

/*
 * Append all families in Prometheus' text format. Durations of tables that are
 * not in t, which may be NULL, are left out.
 */
void net_stats_render(const struct net_stats *s, const struct tables *t,
                      struct buf *out);
