/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/net_stats.h"

#include "common/base/check.h"
#include "common/base/clock.h"

#include <stdlib.h>

/* The histogram at that place; NULL when out of memory. */
static struct hist *
hist_at(_Atomic(struct hist *) *place)
{
    struct hist *h = atomic_load_explicit(place, memory_order_relaxed);

    if (h == NULL) {
        h = calloc(1, sizeof(*h));
        atomic_store_explicit(place, h, memory_order_release);
    }
    return h;
}

static void
free_hists(_Atomic(struct hist *) *place)
{
    for (size_t i = 0; i < ABOUT_SOURCES; i++) {
        free(atomic_load(&place[i]));
    }
}

void
net_stats_fini(struct net_stats *s)
{
    for (size_t d = 0; d < DIALECT_COUNT; d++) {
        for (size_t t = 0; t <= TABLES_MAX; t++) {
            free_hists(s->duration[d][t]);
        }
    }
}

void
net_stats_settle(struct net_stats *s)
{
    uint64_t now_ns = s->nunsettled == 0 ? 0 : clock_mono_ns();

    for (size_t i = 0; i < s->nunsettled; i++) {
        const struct net_unsettled *u = &s->unsettled[i];

        hist_record_many(u->duration, now_ns - u->arrived_ns, u->n);
    }
    s->nunsettled = 0;
}

/* The commands of a pipeline are mostly of one kind. */
static void
leave_unsettled(struct net_stats *s, struct hist *h, uint64_t arrived_ns)
{
    struct net_unsettled *next = &s->unsettled[s->nunsettled];

    if (s->nunsettled > 0 && next[-1].duration == h &&
        next[-1].arrived_ns == arrived_ns) {
        next[-1].n++;
        return;
    }
    *next = (struct net_unsettled){h, arrived_ns, 1};
    if (++s->nunsettled == NET_UNSETTLED_MAX) {
        net_stats_settle(s);
    }
}

void
net_stats_request(struct net_stats *s, enum dialect dialect, int status,
                  struct about about, uint64_t arrived_ns)
{
    struct hist *h =
        hist_at(&s->duration[dialect][about.table_id][about.source]);

    CHECK(status >= NET_STATUS_MIN &&
          status < NET_STATUS_MIN + NET_STATUS_COUNT);
    counter_add(&s->request[dialect][status - NET_STATUS_MIN], 1);
    if (h != NULL) {
        leave_unsettled(s, h, arrived_ns);
    }
}

static void
forget_table(struct net_stats *s, size_t id)
{
    for (size_t d = 0; d < DIALECT_COUNT; d++) {
        for (size_t i = 0; i < ABOUT_SOURCES; i++) {
            struct hist *h = atomic_load(&s->duration[d][id][i]);

            if (h != NULL) {
                hist_clear(h);
            }
        }
    }
}

void
net_stats_set_tables(struct net_stats *s, const struct tables *from,
                     const struct tables *to)
{
    net_stats_settle(s);
    for (size_t i = 0; from != NULL && i < from->n; i++) {
        if (!tables_keep(to, &from->view[i])) {
            forget_table(s, from->view[i].id);
        }
    }
}

static void
add(counter *into, const counter *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        counter_add(&into[i], counter_get(&from[i]));
    }
}

void
net_stats_add_connections(struct net_stats *into, const struct net_stats *from)
{
    add(&into->accepted, &from->accepted, 1);
    add(&into->accept_errors, &from->accept_errors, 1);
    add(into->closed, from->closed, NET_CLOSED_COUNT);
    add(&into->received_bytes, &from->received_bytes, 1);
    add(&into->sent_bytes, &from->sent_bytes, 1);
}

static void
add_durations(struct net_stats *into, const struct net_stats *from,
              size_t dialect)
{
    for (size_t t = 0; t <= TABLES_MAX; t++) {
        for (size_t i = 0; i < ABOUT_SOURCES; i++) {
            const struct hist *h = net_stats_duration(from, dialect, t, i);
            struct hist *sum =
                h == NULL ? NULL : hist_at(&into->duration[dialect][t][i]);

            if (sum != NULL) {
                hist_add(sum, h);
            }
        }
    }
}

void
net_stats_add_requests(struct net_stats *into, const struct net_stats *from)
{
    for (size_t d = 0; d < DIALECT_COUNT; d++) {
        add(into->request[d], from->request[d], NET_STATUS_COUNT);
        add_durations(into, from, d);
    }
}
