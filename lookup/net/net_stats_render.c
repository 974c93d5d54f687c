/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/net_stats.h"

#include "common/base/number.h"

/* What connections count, as Prometheus reads it. */

static const char *const dialect_name[] = DIALECT_NAMES;

static const char *const outcome_name[] = OUTCOME_NAMES;

static const char *const closed_name[] = {
#define NET_CLOSED_NAME(name, label) [NET_CLOSED_##name] = label,
    NET_CLOSED(NET_CLOSED_NAME)
#undef NET_CLOSED_NAME
};

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
            const struct hist *h = net_stats_duration(s, d, id, i);
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
                  "From a request's last byte read to its answer's writing.");
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
