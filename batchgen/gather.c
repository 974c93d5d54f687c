/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/gather.h"

#include "batchgen/pipeline.h"
#include "common/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MAX 256

static size_t
threads_for(uint64_t asked)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (asked != 0) {
        return asked;
    }
    if (cores < 1) {
        return 1;
    }
    return cores > THREADS_MAX ? THREADS_MAX : (size_t)cores;
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
    return rejected_limit_parse(&g->limit, g->max_rejected, e);
}

static enum rc
run(struct gather *g, struct pipeline *p, struct err *e)
{
    enum rc rc;

    g->progress->stage = PROGRESS_SCORE;
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

enum rc
gather_run(struct gather *g, struct intake *in, const struct recipe *recipe,
           struct report *report, struct err *e)
{
    struct pipeline p = {
        .sources = &in->sources,
        .recipe = recipe,
        .threads = threads_for(g->threads),
        .stop = g->stop,
        .progress = g->progress,
    };
    enum rc rc;

    g->keep =
        keep_create(recipe_record_size(recipe) + recipe_features_size(recipe));
    p.keep = g->keep;
    p.rejected = rejected_create(g->rejected_path);
    rc = p.keep == NULL || p.rejected == NULL
             ? err_set(e, RC_NOMEM, "out of memory")
             : run(g, &p, e);
    rejected_destroy(&p.rejected);
    g->longest_id = p.longest_id;
    report->read = p.read;
    report->rejected = p.rejects;
    report->rejected_path = g->rejected_path;
    report->scored_ns = clock_mono_ns();
    return rc;
}

void
gather_fini(struct gather *g)
{
    keep_destroy(&g->keep);
    free(g->rejected_path);
    g->rejected_path = NULL;
}
