/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main job, step after step as run() has them. What can be wrong with the
 * input is found before Redis is touched; what goes wrong later leaves the
 * live generation as it was.
 */
#include "batchgen/append.h"
#include "batchgen/command.h"
#include "batchgen/describe.h"
#include "batchgen/gather.h"
#include "batchgen/intake.h"
#include "batchgen/publish.h"
#include "batchgen/ranked.h"
#include "batchgen/report.h"
#include "batchgen/retry.h"
#include "batchgen/scoring.h"
#include "batchgen/session.h"
#include "batchgen/sink_redis.h"
#include "batchgen/stop_at.h"
#include "batchgen/verify.h"
#include "batchgen/warm.h"
#include "common/base/clock.h"
#include "common/table/keyspace.h"

#include <stdlib.h>

#define SCORE_OPTION(X)                                                        \
    SCORING_OPTION(X)                                                          \
    RANKED_OPTION(X)                                                           \
    X(with_features, FLAG, NULL, "", 0, 0,                                     \
      "store the rows too, for live scoring")                                  \
    X(append, UINT, "0", "N", 0, 0,                                            \
      "add the rows to generation N, which is ready and was not published")    \
    X(no_publish, FLAG, NULL, "", 0, 0, "stop when the generation is ready")   \
    X(force, FLAG, NULL, "", 0, 0, "publish in spite of guards and eviction")  \
    X(wait, FLAG, NULL, "", 0, 0, "wait for another run on this table")        \
    WARM_OPTION(X)                                                             \
    RETRY_OPTION(X)                                                            \
    GATHER_OPTION(X)                                                           \
    SESSION_OPTION(X)

struct score_options {
    SCORE_OPTION(OPTION_FIELD)
};

#define OPTION_OWNER struct score_options
static const struct option_def defs[] = {SCORE_OPTION(OPTION_DEF)};

static const struct command_text text = {
    .usage = "score --table T --model F --input PATH... [options]",
    .about = "Score all rows and publish them, whole, as the next generation.",
};

struct score {
    const struct score_options *o;
    struct stop *stop;
    struct session session;
    struct progress progress;
    struct intake intake;
    struct scoring scoring;
    struct ranked ranked; /* top 0: there is no ranking */
    struct gather gather;
    struct publish publish;
    struct generation_info info;
    struct generation_info was; /* used with --append */
    struct report report;
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
load_model(struct score *s, struct err *e)
{
    enum rc rc = scoring_open(&s->scoring, s->o->model, s->o->iterations,
                              SCORER_VALUE, e);

    return rc == RC_OK ? describe_model(&s->scoring, &s->info, e) : rc;
}

static enum rc
open_input(struct score *s, struct err *e)
{
    const struct score_options *o = s->o;
    struct intake_how how = INTAKE_HOW(o, true);
    struct schema *schema;
    enum rc rc = scoring_schema(&s->scoring, &schema, e);

    how.item_column = o->item_column;
    if (rc == RC_OK) {
        rc = ranked_open(&s->ranked, &s->scoring, RANKED_HOW(o), &schema, e);
    }
    if (rc == RC_OK) {
        size_t nfeature = schema == NULL
                              ? model_info(s->scoring.model)->nfeature
                              : schema_size(schema);

        progress_let_signals();
        rc = intake_open(&s->intake, &how, schema, nfeature, e);
        progress_hold_signals();
    }
    return rc == RC_OK
               ? intake_as_of(&s->intake, o->as_of, &s->info.as_of_us, e)
               : rc;
}

static enum rc
prepare(struct score *s, struct err *e)
{
    enum rc rc;

    s->gather = (struct gather){
        .table = s->o->table,
        .rejected = s->o->rejected,
        .max_rejected = s->o->max_rejected,
        .users_path = s->o->users,
        .threads = s->o->threads,
        .memory = s->o->memory,
        .scorer = s->scoring.scorer,
        .ranked = s->ranked.top == 0 ? NULL : &s->ranked,
        .with_features = s->o->with_features,
        .stamp_us = s->info.as_of_us,
        .stop = s->stop,
        .progress = &s->progress,
    };
    rc = gather_prepare(&s->gather, &s->intake, e);
    return rc == RC_OK ? progress_start(&s->progress, s->stop, e) : rc;
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
describe(struct score *s, struct err *e)
{
    struct generation_info *g = &s->info;

    g->format = MANIFEST_FORMAT;
    memcpy(g->uid, s->publish.uid, sizeof(g->uid));
    if (s->o->append != 0 && s->was.as_of_us < g->as_of_us) {
        g->as_of_us = s->was.as_of_us; /* the older rows decide */
    }
    describe_answers(s->scoring.scorer, s->gather.ranked, g);
    return describe_schema(s->intake.schema, g) == RC_OK &&
                   describe_rows(s->gather.sink.keep,
                                 sink_keep_score_offset(&s->gather.sink),
                                 g) == RC_OK
               ? table_now_us(&s->session.table, &g->created_us, e)
               : err_set(e, RC_NOMEM, "out of memory");
}

static enum rc
write_features(struct score *s, const struct sink_job *records, struct err *e)
{
    struct sink_job job = *records;
    const char *id = schema_id(s->intake.schema);
    enum rc rc = sink_features_group(job.table, s->gather.sink.keep, id, e);

    job.offset = s->gather.sink.record_size;
    job.size = s->gather.sink.features_size;
    return rc == RC_OK ? sink_features(&job, id, &s->report.stored, e) : rc;
}

/* As many as if no row had been rejected: repaired ones may follow. */
static uint64_t
buckets_for(const struct score *s)
{
    uint64_t users = s->o->item_column != NULL
                         ? s->report.users
                         : s->report.read - s->report.skipped;

    return s->o->append != 0 ? s->was.buckets : keyspace_buckets_for(users);
}

static enum rc
write_rows(struct score *s, struct err *e)
{
    struct sink_job job = {
        .table = &s->session.table,
        .keep = s->gather.sink.keep,
        .stop = s->stop,
        .done = &s->progress.written,
        .size = s->gather.sink.record_size,
    };
    enum rc rc;

    s->progress.stage = PROGRESS_WRITE;
    s->progress.written = 0;
    rc = keep_group(s->gather.sink.keep, buckets_for(s), e);
    if (rc == RC_OK && s->o->append != 0) {
        rc = publish_again(&s->publish, schema_id(s->intake.schema), e);
    }
    if (rc == RC_OK) {
        rc = describe(s, e);
    }
    if (rc == RC_OK) {
        rc = publish_describe(&s->publish, &s->info,
                              model_bytes(s->scoring.model),
                              buf_view(&s->ranked.items), e);
    }
    if (rc == RC_OK) {
        rc = sink_records(&job, s->publish.gen, e);
    }
    if (s->o->item_column == NULL) {
        s->report.written = keep_rows(s->gather.sink.keep) - s->was.rows;
        s->report.duplicate = keep_duplicates(s->gather.sink.keep);
    }
    if (rc == RC_OK && s->o->with_features) {
        rc = write_features(s, &job, e);
    }
    s->report.written_ns = clock_mono_ns();
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
             {load_model, "model", false},
             {open_input, "input", false},
             {prepare, "prepare", false},
             {begin, "begin", false},
             {score_rows, "score", false},
             {write_rows, "write", true},
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
