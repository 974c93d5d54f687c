/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_tables.h"

#include "common/base/clock.h"
#include "common/table/snapshot.h"
#include "lookup/core/generation.h"

#include <inttypes.h>

static void
put_snapshot(struct buf *out, const struct snapshot *s)
{
    if (s == NULL) {
        buf_c(out, ",\"snapshot\":null");
    } else {
        buf_printf(out, ",\"snapshot\":{\"users\":%" PRIu64 ",\"bytes\":%zu}",
                   snapshot_users(s), snapshot_bytes(s));
    }
}

static void
put_generation(struct buf *out, const struct generation *g, uint64_t now_us)
{
    const struct generation_info *info = &g->info;
    char text[CLOCK_ISO_MAX];
    uint64_t age_us = now_us > info->as_of_us ? now_us - info->as_of_us : 0;

    clock_format_iso(info->created_us, text);
    buf_printf(out,
               ",\"generation\":%" PRIu64 ",\"uid\":\"%s\",\"kind\":\"%s\","
               "\"as_of\":\"%s\",\"age_seconds\":%" PRIu64
               ",\"created\":\"%s\",\"rows\":%" PRIu64,
               g->number, info->uid,
               info->kind == TABLE_SCORE ? "score" : "ranking", g->as_of,
               age_us / 1000000, text, info->rows);
    if (info->kind == TABLE_SCORE) {
        buf_printf(out, ",\"outputs\":%" PRIu64, info->outputs);
    } else {
        buf_printf(out, ",\"top\":%" PRIu64 ",\"items\":%" PRIu32, info->top,
                   catalogue_size(g->catalogue));
    }
    put_snapshot(out, generation_snapshot(g));
    buf_c(out, ",\"objective\":");
    buf_json_str(out, str_of(info->objective));
    buf_printf(out,
               ",\"iterations\":\"%s\",\"scorer\":\"%s\","
               "\"model_sha256\":\"%s\",\"schema_id\":\"%s\",\"features\":",
               info->iterations, scorer_name(g->scorer), info->model_sha256,
               info->schema_id);
    schema_to_json(g->schema, out);
}

void
native_tables_render_one(struct buf *out, const struct table_view *view,
                         uint64_t now_us)
{
    buf_printf(out, "{\"table\":\"%s\"", view->name);
    if (view->live != NULL) {
        put_generation(out, view->live, now_us);
    } else {
        buf_c(out, ",\"generation\":null");
    }
    if (view->problem[0] != '\0') {
        buf_c(out, ",\"problem\":");
        buf_json_str(out, str_of(view->problem));
    }
    buf_c(out, "}\n");
}

void
native_tables_render(struct buf *out, const struct tables *t)
{
    buf_c(out, "{\"tables\":[");
    for (size_t i = 0; i < t->n; i++) {
        const struct table_view *view = &t->view[i];

        buf_printf(out,
                   "%s{\"table\":\"%s\",\"generation\":", i == 0 ? "" : ",",
                   view->name);
        if (view->live != NULL) {
            buf_printf(out, "%" PRIu64 ",\"as_of\":\"%s\"}", view->live->number,
                       view->live->as_of);
        } else {
            buf_c(out, "null}");
        }
    }
    buf_c(out, "]}\n");
}
