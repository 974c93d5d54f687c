/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/gather.h"

#include "batchgen/pipeline.h"
#include "batchgen/shortlist.h"
#include "common/base/clock.h"

#include <stdio.h>
#include <stdlib.h>

static bool
are_candidates(const struct gather *g)
{
    return g->ranked != NULL && g->ranked->ranker == NULL;
}

/* What a record has room for; those of candidates have what they need. */
static enum rc
make_sinks(struct gather *g, const struct intake *in, struct err *e)
{
    bool candidates = are_candidates(g);
    size_t room = candidates          ? 0
                  : g->ranked != NULL ? ranked_items(g->ranked)
                  : g->scorer != NULL ? g->scorer->noutput
                                      : 0;
    enum rc rc = sink_keep_init(
        &g->sink, g->ranked == NULL ? RECORD_F32 : g->ranked->encoding, room,
        schema_size(in->schema), g->with_features, g->stamp_us);

    if (rc == RC_OK) {
        keep_limit(g->sink.keep, g->memory);
    }
    if (rc == RC_OK && candidates) {
        rc = sink_candidates_init(&g->candidates);
    }
    g->longest_record = g->sink.record_size;
    return rc == RC_OK ? RC_OK : err_set(e, rc, "out of memory");
}

enum rc
gather_prepare(struct gather *g, const struct intake *in, struct err *e)
{
    const char *name = g->rejected == NULL ? g->table : g->rejected;
    const char *end = g->rejected == NULL ? ".rejected.csv" : "";

    if (asprintf(&g->rejected_path, "%s%s", name, end) < 0) {
        g->rejected_path = NULL;
        return err_set(e, RC_NOMEM, "out of memory");
    }
    if (source_list_has(&in->sources, g->rejected_path)) {
        return err_set(e, RC_INVAL,
                       "%s is an input: name another file for rejected rows "
                       "with --rejected",
                       g->rejected_path);
    }
    if (g->users_path != NULL) {
        enum rc rc = users_read(&g->users, g->users_path, e);

        if (rc != RC_OK) {
            return rc;
        }
    }
    return rejected_limit_parse(&g->limit, g->max_rejected, e) == RC_OK
               ? make_sinks(g, in, e)
               : RC_INVAL;
}

static enum rc
run(struct gather *g, struct pipeline *p, struct err *e)
{
    enum rc rc;

    progress_enter(g->progress, PROGRESS_SCORE);
    g->progress->size = p->sources->size;
    rc = pipeline_run(p, e);
    if (rc == RC_OK) {
        rc = rejected_finish(p->rejected, e);
    }
    if (rc == RC_OK) {
        rc = rejected_limit_check(&g->limit, p->rejects, p->read,
                                  g->rejected_path, e);
    }
    return rc;
}

/* All candidates are there: rank them into g->sink. */
static enum rc
rank_candidates(struct gather *g, struct report *report, struct err *e)
{
    struct sink_candidates *c = &g->candidates;
    struct shortlist s = {.top = g->ranked->top,
                          .nitem = item_index_count(c->items)};
    struct catalogue *catalogue;
    enum rc rc;

    if (c->n == 0) {
        return err_set(e, RC_REFUSED, "there is no candidate to rank");
    }
    rc = item_index_catalogue(c->items, &catalogue, e);
    if (rc == RC_OK) {
        rc = ranked_set_catalogue(g->ranked, catalogue, "items", e);
    }
    if (rc == RC_OK) {
        s.encoding = g->ranked->encoding;
        g->sink.encoding = s.encoding;
        rc = shortlist_make(&s, c->keep, c->n, g->sink.keep, e);
    }
    sink_candidates_fini(c);
    g->longest_record = s.longest;
    report->users = s.users;
    report->written = s.listed;
    report->duplicate = s.duplicate;
    report->skipped += s.beaten;
    return rc;
}

enum rc
gather_run(struct gather *g, struct intake *in, struct report *report,
           struct err *e)
{
    struct sink *sink = are_candidates(g) ? &g->candidates.sink : &g->sink.sink;
    struct recipe recipe = {
        .plan = in->plan,
        .scorer = g->scorer,
        .ranked = are_candidates(g) ? NULL : g->ranked,
        .nfeature = schema_size(in->schema),
        .sink = sink,
        .users = g->users,
    };
    struct pipeline p = {
        .sources = &in->sources,
        .recipe = &recipe,
        .threads = g->threads,
        .sink = sink,
        .taking = SPENT_KEEP,
        .rejected = rejected_create(g->rejected_path),
        .stop = g->stop,
        .progress = g->progress,
    };
    enum rc rc;

    rc = p.rejected == NULL ? err_set(e, RC_NOMEM, "out of memory")
                            : run(g, &p, e);
    rejected_destroy(&p.rejected);
    g->longest_id = p.longest_id;
    report->read = p.read;
    report->rejected = p.rejects;
    report->skipped = p.skipped;
    report->rejected_path = g->rejected_path;
    if (rc == RC_OK && are_candidates(g)) {
        uint64_t begin_ns = clock_mono_ns();

        rc = rank_candidates(g, report, e);
        spent_lap(&g->progress->spent, SPENT_SORT, begin_ns);
    }
    report->scored_ns = clock_mono_ns();
    return rc;
}

void
gather_fini(struct gather *g)
{
    sink_keep_fini(&g->sink);
    sink_candidates_fini(&g->candidates);
    users_destroy(&g->users);
    free(g->rejected_path);
    g->rejected_path = NULL;
}
