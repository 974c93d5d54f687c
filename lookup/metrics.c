/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/metrics.h"

#include "common/base/version.h"
#include "lookup/metrics_tables.h"

#include <stdlib.h>

/*
 * What the fleet, the workers and the admin listener, has counted, each for
 * itself: summed while they go on, so that sums of one page may be of slightly
 * different moments.
 */

static const char *const dialects[] = DIALECT_NAMES;
static const char *const outcomes[] = OUTCOME_NAMES;

struct fleet {
    const struct metrics_source *source;
    size_t n;
};

static uint64_t
sum_answers(const struct fleet *f, uint16_t table, size_t dialect,
            size_t outcome)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < f->n; i++) {
        const struct lookup_stats *s = f->source[i].lookup;

        sum += counter_get(&s->answers[table][dialect][outcome]);
    }
    return sum;
}

/* Dialects that never answered for the table are left out. */
static void
put_answers(struct buf *out, const struct fleet *f, uint16_t table,
            const char *name)
{
    for (size_t d = 0; d < DIALECT_COUNT; d++) {
        uint64_t sum[OUTCOME_COUNT], all = 0;

        for (size_t o = 0; o < OUTCOME_COUNT; o++) {
            sum[o] = sum_answers(f, table, d, o);
            all += sum[o];
        }
        for (size_t o = 0; o < OUTCOME_COUNT && all > 0; o++) {
            const struct metric_label label[] = {
                {"table", str_of(name)},
                {"dialect", str_of(dialects[d])},
                {"outcome", str_of(outcomes[o])},
            };

            metric_sample_u64(out, "lookup_answers_total", label, 3, sum[o]);
        }
    }
}

static void
put_all_answers(struct buf *out, const struct fleet *f, const struct tables *t)
{
    metric_family(out, "lookup_answers_total", "counter",
                  "Users and rows asked for, by what was answered.");
    put_answers(out, f, 0, "");
    for (size_t i = 0; t != NULL && i < t->n; i++) {
        put_answers(out, f, t->view[i].id, t->view[i].name);
    }
}

/* One counter of a struct of counters, summed over the workers. */
struct sum {
    const char *name;
    const char *help;
    size_t offset;
};

#define LOOKUP_SUM(name, member, help)                                         \
    {                                                                          \
        name, help, offsetof(struct lookup_stats, member)                      \
    }
#define STORE_SUM(name, member, help)                                          \
    {                                                                          \
        name, help, offsetof(struct store_stats, member)                       \
    }

static const struct sum lookup_sums[] = {
    LOOKUP_SUM("lookup_second_looks_total", second_looks,
               "Nil records that were looked at twice."),
    LOOKUP_SUM("lookup_second_looks_moved_total", moved,
               "Second looks that found another generation live."),
    LOOKUP_SUM("lookup_second_looks_lost_total", lost,
               "Second looks that found a bucket or the manifest gone."),
    LOOKUP_SUM("lookup_coalesced_total", coalesced,
               "Users scored live by the scoring that another one asked for."),
    LOOKUP_SUM("lookup_bad_records_total", bad_records,
               "Records and feature rows of a wrong length."),
};

static const struct sum store_sums[] = {
    STORE_SUM("lookup_store_commands_total", commands,
              "Commands sent to Redis."),
    STORE_SUM("lookup_store_errors_total", errors,
              "Commands Redis refused, or lost with a connection."),
    STORE_SUM("lookup_store_timeouts_total", timeouts,
              "Commands not answered before their deadline."),
    STORE_SUM("lookup_store_shed_total", shed,
              "Commands not sent: breaker open, too many, no connection."),
    STORE_SUM("lookup_store_connects_total", connects,
              "Connections to Redis made."),
};

static void
put_sum(struct buf *out, const struct fleet *f, const struct sum *s,
        bool of_store)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < f->n; i++) {
        const char *base = of_store ? (const char *)f->source[i].store
                                    : (const char *)f->source[i].lookup;

        sum += counter_get((const counter *)(base + s->offset));
    }
    metric_family(out, s->name, "counter", s->help);
    metric_sample_u64(out, s->name, NULL, 0, sum);
}

static void
put_scoring(struct buf *out, const struct fleet *f)
{
    struct hist *h = calloc(1, sizeof(*h));

    for (size_t i = 0; i < f->n && h != NULL; i++) {
        hist_add(h, &f->source[i].lookup->scoring);
    }
    if (h != NULL) {
        metric_family(out, "lookup_scoring_seconds", "histogram",
                      "Time to score one row live.");
        metric_sample_hist(out, "lookup_scoring_seconds", NULL, 0, h);
    }
    free(h);
}

static void
put_net(struct buf *out, const struct fleet *f, const struct tables *t)
{
    struct net_stats *sum = calloc(1, sizeof(*sum));

    for (size_t i = 0; i < f->n && sum != NULL; i++) {
        net_stats_add_requests(sum, f->source[i].net);
        if (!f->source[i].is_admin) {
            net_stats_add_connections(sum, f->source[i].net);
        }
    }
    if (sum != NULL) {
        net_stats_render(sum, t, out);
        net_stats_fini(sum);
    }
    free(sum);
}

void
metrics_render(struct buf *out, const struct metrics_source *source, size_t n,
               const struct tables *t)
{
    struct fleet f = {source, n};
    const struct metric_label version = {"version", STR(LOOKUP_VERSION)};

    metric_family(out, "lookup_build_info", "gauge", "Always 1.");
    metric_sample_u64(out, "lookup_build_info", &version, 1, 1);
    put_all_answers(out, &f, t);
    put_net(out, &f, t);
    put_scoring(out, &f);
    for (size_t i = 0; i < sizeof(lookup_sums) / sizeof(lookup_sums[0]); i++) {
        put_sum(out, &f, &lookup_sums[i], false);
    }
    for (size_t i = 0; i < sizeof(store_sums) / sizeof(store_sums[0]); i++) {
        put_sum(out, &f, &store_sums[i], true);
    }
    if (t == NULL || !t->storeless) {
        metric_family(out, "lookup_store_up", "gauge",
                      "1 if the last poll of the manifests was answered.");
        metric_sample_u64(out, "lookup_store_up", NULL, 0,
                          t != NULL && t->store_ok);
    }
    if (t != NULL) {
        metrics_tables_render(out, t, source[0].lookup);
    }
}
