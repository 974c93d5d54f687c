/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main job, step after step as run() has them. What can be wrong with the
 * input is found before Redis is touched; what goes wrong later leaves the
 * live generation as it was.
 */
#include "batchgen/score.h"

#include "batchgen/append.h"
#include "batchgen/command.h"
#include "batchgen/describe.h"
#include "batchgen/stop_at.h"
#include "batchgen/verify.h"
#include "common/base/clock.h"

#include <string.h>

#define OPTION_OWNER struct score_options
static const struct option_def defs[] = {SCORE_OPTION(OPTION_DEF)};

static const struct command_text text = {
    .usage = "score --table T --model F --input PATH... [options]",
    .about = "Score all rows and publish them, whole, as the next generation.",
};

static enum rc
check_options(struct score *s, struct err *e)
{
    const struct score_options *o = s->o;

    if (o->table == NULL || o->model == NULL || o->input.n == 0) {
        return err_set(e, RC_INVAL, "--%s is missing (--help)",
                       o->table == NULL   ? "table"
                       : o->model == NULL ? "model"
                                          : "input");
    }
    if (o->append != 0 && o->with_features) {
        return err_set(e, RC_INVAL,
                       "--append knows no --with-features: store the rows "
                       "with batchgen features");
    }
    if (o->item_column != NULL && (o->with_features || o->append != 0)) {
        return err_set(e, RC_INVAL,
                       "--item-column knows no --with-features and no "
                       "--append: candidates are ranked once");
    }
    return table_check_names(o->prefix, o->table, e);
}

static enum rc
begin_append(struct score *s, struct err *e)
{
    struct append a = {
        .table = &s->session.table,
        .gen = s->o->append,
        .wait = s->o->wait,
        .stop = s->stop,
        .now = s->info,
        .sink = &s->gather.sink,
    };

    describe_answers(s->scoring.scorer, s->gather.ranked, &a.now);
    memcpy(a.now.schema_id, schema_id(s->intake.schema),
           sizeof(a.now.schema_id));
    return append_begin(&a, &s->publish, &s->was, e);
}

static enum rc
begin(struct score *s, struct err *e)
{
    enum rc rc = session_open(&s->session, &SESSION_WHERE(s->o), true, e);

    if (rc == RC_OK && !s->o->force) {
        rc = table_check_policy(&s->session.table, e);
    }
    if (rc == RC_OK && s->o->append != 0) {
        rc = begin_append(s, e);
    } else if (rc == RC_OK) {
        rc = publish_begin(&s->publish, &s->session.table,
                           schema_id(s->intake.schema), s->o->wait, s->stop, e);
    }
    return rc;
}

static enum rc
score_rows(struct score *s, struct err *e)
{
    enum rc rc = gather_run(&s->gather, &s->intake, &s->report, e);

    if (rc == RC_OK) {
        report_listpack(table_listpack(&s->session.table).value,
                        s->gather.longest_id, s->gather.longest_record);
    }
    return rc;
}

static enum rc
verify(struct score *s, struct err *e)
{
    s->progress.stage = PROGRESS_VERIFY;
    return verify_generation(&s->session.table, s->publish.gen, &s->info, e);
}

static enum rc
ready(struct score *s, struct err *e)
{
    return publish_ready(&s->publish, e);
}

static enum rc
publish(struct score *s, struct err *e)
{
    enum rc rc;

    s->progress.stage = PROGRESS_PUBLISH;
    if (s->o->no_publish) {
        return RC_OK;
    }
    rc = publish_guard(&s->publish, &s->info, s->o->force, e);
    if (rc == RC_OK) {
        rc = warm_wait(s->publish.table, s->publish.uid, s->o->warm_wait,
                       s->stop, e);
    }
    if (rc == RC_OK) {
        rc = publish_commit(&s->publish, e);
    }
    s->report.live = rc == RC_OK;
    return rc;
}

static const struct step {
    enum rc (*take)(struct score *s, struct err *e);
    const char *name; /* for tests that stop behind it */
    bool again;       /* may be taken again after Redis went away */
} steps[] = {{check_options, "options", false},
             {score_model, "model", false},
             {score_input, "input", false},
             {score_prepare, "prepare", false},
             {begin, "begin", false},
             {score_rows, "score", false},
             {score_write, "write", true},
             {verify, "verify", true},
             {ready, "ready", true},
             {publish, "commit", true}};

static enum rc
take(struct score *s, const struct step *step, struct err *e)
{
    enum rc rc = stop_check(s->stop, e);
    struct retry retry;

    if (rc != RC_OK) {
        return rc;
    }
    retry_init(&retry, &s->publish, s->stop, s->o->retry);
    do {
        rc = step->take(s, e);
    } while (rc != RC_OK && step->again && retry_again(&retry, &rc, e));
    if (rc == RC_OK) {
        stop_at(step->name);
    }
    return rc;
}

static enum rc
run(struct score *s, struct err *e)
{
    enum rc rc = RC_OK;

    s->report.begin_ns = clock_mono_ns();
    progress_hold_signals();
    for (size_t i = 0; rc == RC_OK && i < sizeof(steps) / sizeof(*steps); i++) {
        rc = take(s, &steps[i], e);
    }
    progress_end(&s->progress);
    if (rc == RC_OK) {
        s->report.end_ns = clock_mono_ns();
        s->report.generation = s->publish.gen;
        s->report.buckets = s->info.buckets;
        s->report.model = s->info.objective;
        s->report.scorer = s->o->items == NULL ? scorer_name(s->scoring.scorer)
                                               : ranker_name(s->ranked.ranker);
        report_print(&s->report, s->o->json);
    }
    return rc;
}

static void
clean(struct score *s)
{
    publish_end(&s->publish);
    session_close(&s->session);
    gather_fini(&s->gather);
    intake_close(&s->intake);
    ranked_fini(&s->ranked);
    scoring_close(&s->scoring);
    generation_info_fini(&s->info);
    generation_info_fini(&s->was);
}

enum rc
command_score(int argc, char **argv, struct stop *stop, struct err *e)
{
    struct score_options o = {0};
    struct option_set set = {defs, sizeof(defs) / sizeof(defs[0]), &o, 0};
    bool done;
    enum rc rc = command_options(&text, &set, argc, argv, NULL, 0, &done, e);

    if (rc == RC_OK && !done) {
        struct score s = {.o = &o, .stop = stop, .report.table = o.table};

        rc = run(&s, e);
        clean(&s);
    }
    option_free(&set);
    return rc;
}
