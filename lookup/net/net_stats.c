/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/net_stats.h"

#include "common/base/check.h"
#include "common/base/number.h"

#include <stdlib.h>

static const char *const dialect_name[] = DIALECT_NAMES;

static const char *const outcome_name[] = OUTCOME_NAMES;

static const char *const closed_name[] = {
#define NET_CLOSED_NAME(name, label) [NET_CLOSED_##name] = label,
    NET_CLOSED(NET_CLOSED_NAME)
#undef NET_CLOSED_NAME
};

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

static const struct hist *
find_hist(const struct net_stats *s, size_t dialect, size_t table,
          size_t source)
{
    return atomic_load_explicit(&s->duration[dialect][table][source],
                                memory_order_acquire);
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
net_stats_request(struct net_stats *s, enum dialect dialect, int status,
                  struct about about, uint64_t duration_ns)
{
    struct hist *h =
        hist_at(&s->duration[dialect][about.table_id][about.source]);

    CHECK(status >= NET_STATUS_MIN &&
          status < NET_STATUS_MIN + NET_STATUS_COUNT);
    counter_add(&s->request[dialect][status - NET_STATUS_MIN], 1);
    if (h != NULL) {
        hist_record(h, duration_ns);
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
            const struct hist *h = find_hist(from, dialect, t, i);
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

static void
render_total(struct buf *out, const char *name, const char *help,
             const counter *c)
{
    metric_family(out, name, "counter", help);
    metric_sample_u64(out, name, NULL, 0, counter_get(c));
}

static void
render_connections(const struct net_stats *s, struct buf *out)
{
    uint64_t open = counter_get(&s->accepted);

    metric_family(out, "lookup_connections_closed_total", "counter",
                  "Connections closed, by why.");
    for (size_t i = 0; i < NET_CLOSED_COUNT; i++) {
        struct metric_label label = {"reason", str_of(closed_name[i])};
        uint64_t n = counter_get(&s->closed[i]);

        open -= n < open ? n : open; /* read while the worker goes on */
        metric_sample_u64(out, "lookup_connections_closed_total", &label, 1, n);
    }
    metric_family(out, "lookup_connections", "gauge", "Connections open.");
    metric_sample_u64(out, "lookup_connections", NULL, 0, open);
    render_total(out, "lookup_connections_accepted_total",
                 "Connections accepted, refused ones too.", &s->accepted);
    render_total(out, "lookup_accept_errors_total",
                 "Times accepting failed, for want of descriptors mostly.",
                 &s->accept_errors);
}

static void
render_request(struct buf *out, size_t dialect, size_t status, uint64_t n)
{
    char code[20];
    struct metric_label label[] = {
        {"dialect", str_of(dialect_name[dialect])},
        {"code", {code, 0}},
    };

    label[1].value.len = number_format_u64(status, code);
    metric_sample_u64(out, "lookup_requests_total", label, 2, n);
}

static void
render_requests(const struct net_stats *s, struct buf *out)
{
    metric_family(out, "lookup_requests_total", "counter",
                  "Requests answered, by dialect and status.");
    for (size_t d = 0; d < DIALECT_COUNT; d++) {
        for (size_t i = 0; i < NET_STATUS_COUNT; i++) {
            uint64_t n = counter_get(&s->request[d][i]);

            if (n > 0) {
                render_request(out, d, NET_STATUS_MIN + i, n);
            }
        }
    }
}

/* Of one table; 0 is none, or several. */
static void
render_table(const struct net_stats *s, struct buf *out, size_t id,
             const char *name)
{
    for (size_t d = 0; d < DIALECT_COUNT; d++) {
        for (size_t i = 0; i < ABOUT_SOURCES; i++) {
            const struct hist *h = find_hist(s, d, id, i);
            const struct metric_label label[] = {
                {"dialect", str_of(dialect_name[d])},
                {"table", str_of(name)},
                {"source", str_of(i == 0 ? "" : outcome_name[i - 1])},
            };

            if (h != NULL) {
                metric_sample_hist(out, "lookup_request_seconds", label, 3, h);
            }
        }
    }
}

static void
render_durations(const struct net_stats *s, const struct tables *t,
                 struct buf *out)
{
    metric_family(out, "lookup_request_seconds", "histogram",
                  "From a request's last byte read to its answer rendered.");
    render_table(s, out, 0, "");
    for (size_t i = 0; t != NULL && i < t->n; i++) {
        render_table(s, out, t->view[i].id, t->view[i].name);
    }
}

void
net_stats_render(const struct net_stats *s, const struct tables *t,
                 struct buf *out)
{
    render_connections(s, out);
    render_total(out, "lookup_received_bytes_total", "Bytes read from clients.",
                 &s->received_bytes);
    render_total(out, "lookup_sent_bytes_total", "Bytes written to clients.",
                 &s->sent_bytes);
    render_requests(s, out);
    render_durations(s, t, out);
}
