/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files in, files out, no Redis. What can be wrong with the command, the
 * model or the first records is found before a file is written; a file that
 * fails later leaves the ones written before it.
 */
#include "batchgen/transform.h"

#include "batchgen/command.h"
#include "batchgen/pipeline.h"
#include "common/base/clock.h"

#include <stdlib.h>
#include <string.h>

#define OPTION_OWNER struct transform_options
static const struct option_def defs[] = {TRANSFORM_OPTION(OPTION_DEF)};

static const struct command_text text = {
    .usage = "transform --model F --input PATH... --output DIR [options]",
    .about = "Score files into files: DIR/NAME.out has one line for each row "
             "of NAME, in its\norder, and is there only when it is whole. The "
             "bytes do not depend on --threads.",
};

static enum rc
score_files(struct transform *t, struct err *e)
{
    const char *bad = t->o->on_bad_row;
    struct recipe recipe = {
        .plan = t->intake.plan,
        .scorer = t->scoring.scorer,
        .nfeature = schema_size(t->intake.schema),
        .sink = &t->sink.sink,
        .bad = strcmp(bad, "fail") == 0   ? ROWS_BAD_FAIL
               : strcmp(bad, "skip") == 0 ? ROWS_BAD_SKIP
                                          : ROWS_BAD_PLACEHOLDER,
    };
    struct pipeline p = {
        .sources = &t->intake.sources,
        .recipe = &recipe,
        .threads = t->o->threads,
        .sink = &t->sink.sink,
        .taking = SPENT_WRITE,
        .rejected = t->rejected,
        .stop = t->stop,
        .progress = &t->progress,
    };
    enum rc rc;

    progress_enter(&t->progress, PROGRESS_SCORE);
    t->progress.size = t->intake.sources.size;
    rc = pipeline_run(&p, e);
    if (rc == RC_OK) {
        rc = rejected_finish(t->rejected, e);
    }
    t->report.read = p.read;
    t->report.rejected = p.rejects;
    t->report.written = p.read - p.rejects;
    t->report.scored_ns = clock_mono_ns();
    return rc;
}

static void
report(struct transform *t)
{
    struct report *r = &t->report;

    r->output = t->o->output;
    r->files = t->sink.nfile;
    r->rejected_path = t->rejected_path;
    r->model = model_info(t->scoring.model)->objective;
    r->scorer = scorer_name(t->scoring.scorer);
    r->spent = &t->progress.spent;
    r->written_ns = r->scored_ns;
    r->end_ns = clock_mono_ns();
    report_print(r, t->o->json);
}

/* SPENT_COUNT: it counts by itself. */
static const struct step {
    enum rc (*take)(struct transform *t, struct err *e);
    enum spent_on spent;
} steps[] = {
    {transform_check, SPENT_BEGIN}, {transform_model, SPENT_MODEL},
    {transform_input, SPENT_READ},  {transform_outputs, SPENT_BEGIN},
    {transform_open, SPENT_BEGIN},  {score_files, SPENT_COUNT},
};

static enum rc
run(struct transform *t, struct err *e)
{
    enum rc rc = RC_OK;

    t->report.begin_ns = clock_mono_ns();
    progress_hold_signals();
    for (size_t i = 0; rc == RC_OK && i < sizeof(steps) / sizeof(*steps); i++) {
        uint64_t begin_ns = clock_mono_ns();

        rc = steps[i].take(t, e);
        if (steps[i].spent != SPENT_COUNT) {
            spent_lap(&t->progress.spent, steps[i].spent, begin_ns);
        }
    }
    progress_end(&t->progress);
    if (rc == RC_OK) {
        report(t);
    }
    return rc;
}

static void
clean(struct transform *t)
{
    sink_file_fini(&t->sink);
    rejected_destroy(&t->rejected);
    free(t->rejected_path);
    intake_fini(&t->intake);
    scoring_fini(&t->scoring);
}

enum rc
command_transform(int argc, char **argv, struct stop *stop, struct err *e)
{
    struct transform_options o = {0};
    struct option_set set = {defs, sizeof(defs) / sizeof(defs[0]), &o, 0};
    bool done;
    enum rc rc = command_options(&text, &set, argc, argv, NULL, 0, &done, e);

    if (rc == RC_OK && !done) {
        struct transform t = {.o = &o, .stop = stop};

        t.sink.folder = o.output;
        t.sink.fd = -1;
        rc = run(&t, e);
        clean(&t);
    }
    option_free(&set);
    return rc;
}
