/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feature rows for live scoring, without a model: the live generation says
 * which columns there are.
 */
#include "batchgen/command.h"
#include "batchgen/gather.h"
#include "batchgen/rate.h"
#include "batchgen/retry.h"
#include "batchgen/session.h"
#include "batchgen/sink_redis.h"
#include "batchgen/stop_at.h"
#include "common/base/clock.h"

#define FEATURES_OPTION(X)                                                     \
    GATHER_OPTION(X)                                                           \
    X(supersede, FLAG, NULL, "", 0, 0,                                         \
      "stamp the rows now, and answer these users live until the next batch")  \
    X(force, FLAG, NULL, "", 0, 0, "store them in spite of eviction")          \
    RATE_OPTION(X)                                                             \
    RETRY_OPTION(X)                                                            \
    SESSION_OPTION(X)

struct features_options {
    FEATURES_OPTION(OPTION_FIELD)
};

#define OPTION_OWNER struct features_options
static const struct option_def defs[] = {FEATURES_OPTION(OPTION_DEF)};

static const struct command_text text = {
    .usage = "features --table T --input PATH... [options]",
    .about = "Store rows of features, by the columns of the live generation, "
             "so that their\nusers can be scored live. A row never replaces a "
             "newer one.",
};

struct features {
    const struct features_options *o;
    struct stop *stop;
    struct session session;
    struct progress progress;
    struct intake intake;
    struct gather gather;
    struct rate rate;
    struct report report;
};

static enum rc
live_schema(const struct table *t, struct schema **out, struct err *e)
{
    struct generation_info g;
    struct manifest m;
    enum rc rc = table_manifest(t, &m, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (m.live == 0) {
        return err_set(e, RC_NOT_FOUND,
                       "table '%s' has no live generation to say which "
                       "features there are: publish one first (batchgen "
                       "score)",
                       t->name);
    }
    rc = table_generation(t, m.live, &g, e);
    if (rc == RC_OK) {
        rc = schema_from_json(out, str_of(g.schema), e);
        generation_info_fini(&g);
    }
    return rc;
}

static enum rc
open_all(struct features *f, struct err *e)
{
    const struct features_options *o = f->o;
    struct session_where where = SESSION_WHERE(o);
    struct intake_how how = INTAKE_HOW(o, true);
    struct schema *schema;
    enum rc rc;

    if (o->input.n == 0) {
        return err_set(e, RC_INVAL, "--input is missing (--help)");
    }
    if (o->supersede && o->as_of != NULL) {
        return err_set(e, RC_INVAL,
                       "--supersede stamps the rows now: leave "
                       "out --as-of");
    }
    rc = session_init(&f->session, &where, true, e);
    if (rc == RC_OK && !o->force) {
        rc = table_check_policy(&f->session.table, e);
    }
    if (rc == RC_OK) {
        rc = live_schema(&f->session.table, &schema, e);
    }
    return rc == RC_OK
               ? intake_init(&f->intake, &how, schema, schema_size(schema), e)
               : rc;
}

static enum rc
prepare(struct features *f, struct err *e)
{
    enum rc rc;

    f->gather = (struct gather){
        .table = f->o->table,
        .rejected = f->o->rejected,
        .max_rejected = f->o->max_rejected,
        .users_path = f->o->users,
        .threads = f->o->threads,
        .memory = f->o->memory,
        .with_features = true,
        .stop = f->stop,
        .progress = &f->progress,
    };
    if (f->o->supersede) {
        rc = table_now_us(&f->session.table, &f->gather.stamp_us, e);
    } else {
        rc = intake_as_of(&f->intake, f->o->as_of, &f->gather.stamp_us, e);
    }
    if (rc == RC_OK && !f->o->supersede) {
        rc = table_limit_as_of(&f->session.table, &f->gather.stamp_us, e);
    }
    if (rc == RC_OK) {
        rc = gather_prepare(&f->gather, &f->intake, e);
    }
    return rc == RC_OK ? progress_start(&f->progress, f->stop, e) : rc;
}

/* Superseded first: a user with a new row must not get an old answer. */
static enum rc
write_rows(struct features *f, struct err *e)
{
    struct sink_job job = {
        .table = &f->session.table,
        .keep = f->gather.sink.keep,
        .stop = f->stop,
        .rate = &f->rate,
        .done = &f->progress.written,
        .size = f->gather.sink.features_size,
    };
    const char *id = schema_id(f->intake.schema);
    enum rc rc = sink_features_group(job.table, f->gather.sink.keep, id, e);

    f->progress.rows = keep_rows(job.keep);
    f->progress.written = 0;
    if (rc == RC_OK && f->o->supersede) {
        rc = sink_superseded(&job, e);
    }
    return rc == RC_OK ? sink_features(&job, id, &f->report.stored, e) : rc;
}

/* Rows may be stored twice: they are the same and of the same stamp. */
static enum rc
write_until_done(struct features *f, struct err *e)
{
    struct spent *spent = &f->progress.spent;
    uint64_t begin_ns = clock_mono_ns();
    struct retry retry;
    enum rc rc;

    progress_enter(&f->progress, PROGRESS_WRITE);
    rate_init(&f->rate, f->o->rate);
    retry_init(&retry, f->session.table.redis, NULL, f->stop, f->o->retry);
    do {
        rc = write_rows(f, e);
    } while (rc != RC_OK && retry_again(&retry, &rc, e));
    spent_lap(spent, SPENT_WRITE, begin_ns);
    spent_move(spent, SPENT_WRITE, SPENT_RATE, f->rate.waited_ns);
    return rc;
}

static void
report(struct features *f)
{
    struct report *r = &f->report;

    r->table = f->o->table;
    r->written = keep_rows(f->gather.sink.keep);
    r->duplicate = keep_duplicates(f->gather.sink.keep);
    r->buckets = keep_buckets(f->gather.sink.keep);
    r->written_ns = clock_mono_ns();
    r->end_ns = r->written_ns;
    r->spent = &f->progress.spent;
    report_print(r, f->o->json);
}

static enum rc
run(struct features *f, struct err *e)
{
    enum rc rc;

    f->report.begin_ns = clock_mono_ns();
    rc = open_all(f, e);
    if (rc == RC_OK) {
        rc = prepare(f, e);
    }
    spent_lap(&f->progress.spent, SPENT_BEGIN, f->report.begin_ns);
    if (rc == RC_OK) {
        rc = gather_run(&f->gather, &f->intake, &f->report, e);
    }
    if (rc == RC_OK) {
        stop_at("score");
        rc = write_until_done(f, e);
    }
    progress_end(&f->progress);
    if (rc == RC_OK) {
        report(f);
    }
    return rc;
}

enum rc
command_features(int argc, char **argv, struct stop *stop, struct err *e)
{
    struct features_options o = {0};
    struct option_set set = {defs, sizeof(defs) / sizeof(defs[0]), &o, 0};
    bool done;
    enum rc rc = command_options(&text, &set, argc, argv, NULL, 0, &done, e);

    if (rc == RC_OK && !done) {
        struct features f = {.o = &o, .stop = stop};

        rc = run(&f, e);
        session_fini(&f.session);
        gather_fini(&f.gather);
        intake_fini(&f.intake);
    }
    option_free(&set);
    return rc;
}
