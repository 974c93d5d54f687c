/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/metrics_tables.h"

#include "common/base/clock.h"
#include "common/table/snapshot.h"
#include "lookup/core/feature_rows.h"
#include "lookup/core/generation.h"

static void
put_generations(struct buf *out, const struct tables *t)
{
    uint64_t now_us = clock_wall_us();

    metric_family(out, "lookup_generation", "gauge",
                  "Number of the live generation.");
    for (size_t i = 0; i < t->n; i++) {
        const struct metric_label label = {"table", str_of(t->view[i].name)};
        const struct generation *g = t->view[i].live;

        metric_sample_u64(out, "lookup_generation", &label, 1,
                          g == NULL ? 0 : g->number);
    }
    metric_family(out, "lookup_generation_age_seconds", "gauge",
                  "Age of the live generation's data.");
    for (size_t i = 0; i < t->n; i++) {
        const struct metric_label label = {"table", str_of(t->view[i].name)};
        const struct generation *g = t->view[i].live;

        if (g != NULL) {
            metric_sample_f64(out, "lookup_generation_age_seconds", &label, 1,
                              ((double)now_us - (double)g->info.as_of_us) /
                                  1e6);
        }
    }
}

static const struct snapshot *
view_snapshot(const struct table_view *view)
{
    return view->live == NULL ? NULL : generation_snapshot(view->live);
}

/* Tables whose live generation has no snapshot are left out. */
static void
put_snapshots(struct buf *out, const struct tables *t)
{
    metric_family(out, "lookup_snapshot_users", "gauge",
                  "Users of the live generation that are held in memory.");
    for (size_t i = 0; i < t->n; i++) {
        const struct metric_label label = {"table", str_of(t->view[i].name)};
        const struct snapshot *s = view_snapshot(&t->view[i]);

        if (s != NULL) {
            metric_sample_u64(out, "lookup_snapshot_users", &label, 1,
                              snapshot_users(s));
        }
    }
    metric_family(out, "lookup_snapshot_bytes", "gauge", "Memory they take.");
    for (size_t i = 0; i < t->n; i++) {
        const struct metric_label label = {"table", str_of(t->view[i].name)};
        const struct snapshot *s = view_snapshot(&t->view[i]);

        if (s != NULL) {
            metric_sample_u64(out, "lookup_snapshot_bytes", &label, 1,
                              snapshot_bytes(s));
        }
    }
}

/* Tables whose rows are not in memory are left out. */
static void
put_rows(struct buf *out, const struct tables *t)
{
    metric_family(out, "lookup_feature_rows", "gauge",
                  "Feature rows that are held in memory.");
    for (size_t i = 0; i < t->n; i++) {
        const struct metric_label label = {"table", str_of(t->view[i].name)};

        if (t->view[i].rows != NULL) {
            metric_sample_u64(out, "lookup_feature_rows", &label, 1,
                              feature_rows_users(t->view[i].rows));
        }
    }
}

/* Each source has all the sets. */
static void
put_superseded(struct buf *out, const struct lookup_stats *stats,
               const struct tables *t)
{
    metric_family(out, "lookup_superseded_users", "gauge",
                  "Users answered live because their features changed.");
    for (size_t i = 0; i < t->n; i++) {
        const struct metric_label label = {"table", str_of(t->view[i].name)};

        metric_sample_u64(out, "lookup_superseded_users", &label, 1,
                          counter_get(&stats->superseded[t->view[i].id]));
    }
}

void
metrics_tables_render(struct buf *out, const struct tables *t,
                      const struct lookup_stats *stats)
{
    put_generations(out, t);
    put_snapshots(out, t);
    put_superseded(out, stats, t);
    put_rows(out, t);
}
