/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/readiness.h"

#include "common/base/clock.h"
#include "lookup/core/generation.h"

#include <inttypes.h>

/* Right after the start a worker may still be behind the loader. */
static bool
all_started(const struct readiness *r)
{
    bool needs_store = r->tables->store_ok && !r->tables->storeless;

    for (size_t i = 0; i < r->nworker; i++) {
        const struct lookup_stats *stats = worker_lookup_stats(r->worker[i]);
        const struct store_stats *store = worker_store_stats(r->worker[i]);

        if (counter_get(&stats->tables_serial) < r->tables->serial ||
            (needs_store && counter_get(&store->connects) == 0)) {
            return false;
        }
    }
    return true;
}

void
readiness_reasons(const struct readiness *r, struct buf *out)
{
    const struct tables *t = r->tables;

    if (r->draining) {
        buf_c(out, "the server is shutting down\n");
    }
    tables_reasons(t, out);
    if (t != NULL && tables_any_live(t) && !all_started(r)) {
        buf_c(out, "a worker is still starting\n");
    }
}

void
readiness_notes(const struct readiness *r, struct buf *out)
{
    const struct tables *t = r->tables;
    uint64_t now_us = clock_wall_us();

    if (t == NULL) {
        return;
    }
    if (!t->store_ok) {
        buf_printf(out, "%s\n", t->problem);
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct generation *live = t->view[i].live;

        if (live != NULL && !t->store_ok) {
            buf_printf(out,
                       "table %s: generation %" PRIu64
                       " as of %s is served from %s\n",
                       t->view[i].name, live->number, live->as_of,
                       live->sealed == NULL ? "memory" : "--snapshot-dir");
        }
        if (live != NULL && r->max_age_us > 0 &&
            now_us > live->info.as_of_us + r->max_age_us) {
            buf_printf(out,
                       "table %s: generation %" PRIu64
                       " as of %s is older than --max-age\n",
                       t->view[i].name, live->number, live->as_of);
        }
    }
}
