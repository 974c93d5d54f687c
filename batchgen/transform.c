/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files in, files out, no Redis. What can be wrong with the command, the
 * model or the first records is found before a file is written; a file that
 * fails later leaves the ones written before it.
 */
#include "batchgen/command.h"
#include "batchgen/intake.h"
#include "batchgen/pipeline.h"
#include "batchgen/report.h"
#include "batchgen/scoring.h"
#include "batchgen/sink_file.h"
#include "common/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRANSFORM_OPTION(X)                                                    \
    SCORING_OPTION(X)                                                          \
    INTAKE_OPTION(X)                                                           \
    X(output, TEXT, NULL, "DIR", 0, 0,                                         \
      "where NAME.out is written for each input NAME")                         \
    X(predict, CHOICE, "value", "value|margin|leaf", 0, 0,                     \
      "what the objective predicts, untransformed sums, or leaf ids")          \
    SINK_LINE_OPTION(X)                                                        \
    X(on_bad_row, CHOICE, "fail", "fail|skip|placeholder", 0, 0,               \
      "fail names the first one; placeholder: its outputs are nan")            \
    X(rejected, TEXT, NULL, "FILE", 0, 0,                                      \
      "where rejected rows go (else DIR/rejected.csv, if there are any)")      \
    X(max_rejected, TEXT, NULL, "N|N%", 0, 0,                                  \
      "a file with more bad rows fails (else 0; 100% with --on-bad-row skip "  \
      "and placeholder)")                                                      \
    X(resume, FLAG, NULL, "", 0, 0, "leave out inputs whose output is there")  \
    X(threads, UINT, "0", "", 0, 256, "that score; 0: one per core")           \
    X(json, FLAG, NULL, "", 0, 0, "print the result as JSON")                  \
    X(help, FLAG, NULL, "", 0, 0, "print this and exit")

struct transform_options {
    TRANSFORM_OPTION(OPTION_FIELD)
};

#define OPTION_OWNER struct transform_options
static const struct option_def defs[] = {TRANSFORM_OPTION(OPTION_DEF)};

static const struct command_text text = {
    .usage = "transform --model F --input PATH... --output DIR [options]",
    .about = "Score files into files: DIR/NAME.out has one line for each row "
             "of NAME, in its\norder, and is there only when it is whole. The "
             "bytes do not depend on --threads.",
};

struct transform {
    const struct transform_options *o;
    struct stop *stop;
    struct scoring scoring;
    struct intake intake;
    struct sink_file sink;
    struct rejected *rejected;
    char *rejected_path;
    struct progress progress;
    struct report report;
};

/* Whoever says what becomes of bad rows wants a file in spite of them. */
static enum rc
check_limit(struct transform *t, struct err *e)
{
    bool fail = strcmp(t->o->on_bad_row, "fail") == 0;
    const char *most = t->o->max_rejected;
    enum rc rc;

    if (most == NULL) {
        most = fail ? "0" : "100%";
    }
    rc = rejected_limit_parse(&t->sink.limit, most, e);
    if (rc == RC_OK && fail && t->sink.limit.most > 0) {
        rc = err_set(e, RC_INVAL,
                     "--max-rejected %s: say what becomes of those rows with "
                     "--on-bad-row skip or placeholder",
                     most);
    }
    return rc;
}

static enum rc
check_options(struct transform *t, struct err *e)
{
    const struct transform_options *o = t->o;
    struct sink_line_how how =
        SINK_LINE_HOW(o, strcmp(o->predict, "leaf") == 0);
    enum rc rc;

    if (o->model == NULL || o->output == NULL) {
        return err_set(e, RC_INVAL, "--%s is missing (--help)",
                       o->model == NULL ? "model" : "output");
    }
    rc = sink_line_init(&t->sink.line, &how, e);
    return rc == RC_OK ? check_limit(t, e) : rc;
}

static enum rc
load_model(struct transform *t, struct err *e)
{
    static const struct {
        const char *name;
        enum scorer_predict predict;
    } known[] = {{"value", SCORER_VALUE},
                 {"margin", SCORER_MARGIN},
                 {"leaf", SCORER_LEAF}};
    enum scorer_predict predict = SCORER_VALUE;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(t->o->predict, known[i].name) == 0) {
            predict = known[i].predict;
        }
    }
    return scoring_init(&t->scoring, t->o->model, t->o->iterations, predict, e);
}

/* Its value would have to go from the row to make room for ours. */
static enum rc
check_feature_names(const struct transform *t, struct err *e)
{
    const struct sink_line *line = &t->sink.line;
    const struct schema *s = t->intake.schema;

    for (size_t i = 0; i < schema_size(s); i++) {
        if (line->json && line->objects && line->input &&
            str_eq(schema_name(s, i), STR(SINK_PREDICTION))) {
            return err_set(e, RC_REFUSED,
                           "the model has a feature named " SINK_PREDICTION
                           ": rows cannot be joined with theirs");
        }
    }
    return RC_OK;
}

static enum rc
open_input(struct transform *t, struct err *e)
{
    struct intake_how how = INTAKE_HOW(t->o, t->sink.line.id);
    struct schema *schema;
    enum rc rc = scoring_schema(&t->scoring, &schema, e);

    if (rc == RC_OK) {
        progress_let_signals();
        rc = intake_init(&t->intake, &how, schema,
                         model_info(t->scoring.model)->nfeature, e);
        progress_hold_signals();
    }
    t->sink.line.delimiter = t->intake.spec.delimiter;
    return rc == RC_OK ? check_feature_names(t, e) : rc;
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two inputs of one name would write one file. */
static enum rc
check_twice(char **path, size_t n, struct err *e)
{
    qsort(path, n, sizeof(*path), by_text);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(path[i - 1], path[i]) == 0) {
            return err_set(e, RC_INVAL,
                           "two inputs would both be written to %s: give them "
                           "in runs with an --output of their own",
                           path[i]);
        }
    }
    return RC_OK;
}

static enum rc
check_outputs(struct transform *t, struct err *e)
{
    struct source_list *list = &t->intake.sources;
    char **path = calloc(list->n, sizeof(*path));
    enum rc rc = RC_OK;

    for (size_t i = 0; path != NULL && i < list->n; i++) {
        path[i] = sink_file_path(t->o->output, list->item[i].path);
        if (path[i] == NULL) {
            rc = RC_NOMEM;
            break;
        }
        list->item[i].skip =
            t->o->resume &&
            sink_file_is_whole(t->o->output, list->item[i].path);
        t->report.files_kept += list->item[i].skip ? 1 : 0;
    }
    rc = path == NULL || rc != RC_OK ? err_set(e, RC_NOMEM, "out of memory")
                                     : check_twice(path, list->n, e);
    for (size_t i = 0; path != NULL && i < list->n; i++) {
        free(path[i]);
    }
    free(path);
    return rc;
}

static enum rc
open_output(struct transform *t, struct err *e)
{
    const struct transform_options *o = t->o;
    int n = o->rejected == NULL
                ? asprintf(&t->rejected_path, "%s/rejected.csv", o->output)
                : asprintf(&t->rejected_path, "%s", o->rejected);
    enum rc rc;

    if (n < 0) {
        t->rejected_path = NULL;
        return err_set(e, RC_NOMEM, "out of memory");
    }
    if (source_list_has(&t->intake.sources, t->rejected_path)) {
        return err_set(e, RC_INVAL,
                       "%s is an input: name another file for rejected rows "
                       "with --rejected",
                       t->rejected_path);
    }
    t->rejected = rejected_create(t->rejected_path);
    if (t->rejected == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    t->sink.rejected_path = t->rejected_path;
    rc = sink_file_init(&t->sink, e);
    return rc == RC_OK ? progress_start(&t->progress, t->stop, e) : rc;
}

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
    {check_options, SPENT_BEGIN}, {load_model, SPENT_MODEL},
    {open_input, SPENT_READ},     {check_outputs, SPENT_BEGIN},
    {open_output, SPENT_BEGIN},   {score_files, SPENT_COUNT},
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
