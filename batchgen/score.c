/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main job, step after step as run() has them. What can be wrong with the
 * input is found before Redis is touched; what goes wrong later leaves the
 * live generation as it was.
 */
#include "batchgen/score.h"

#include "batchgen/command.h"
#include "batchgen/stop_at.h"
#include "common/base/clock.h"

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
    if (o->append != 0 && o->dry_run) {
        return err_set(e, RC_INVAL,
                       "--append knows no --dry-run: it adds to what is in "
                       "Redis, which a dry run does not touch");
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
go_dry(struct score *s, struct err *e)
{
    (void)e;
    s->session.table =
        (struct table){.prefix = s->o->prefix, .name = s->o->table};
    s->limits = PAYLOAD_LIMITS_REDIS;
    return RC_OK;
}

static enum rc
score_rows(struct score *s, struct err *e)
{
    enum rc rc = gather_run(&s->gather, &s->intake, &s->report, e);

    if (rc == RC_OK) {
        report_listpack(s->limits.value, s->gather.longest_id,
                        s->gather.longest_record);
    }
    return rc;
}

enum {
    REAL = 1, /* it is part of a real run... */
    DRY = 2,  /* ...of a dry one... */
    BOTH = REAL | DRY,
    AGAIN = 4, /* ...and may be taken again after Redis went away */
};

/* The name is for tests that stop behind it. */
static const struct step {
    enum rc (*take)(struct score *s, struct err *e);
    const char *name;
    int when;
    enum spent_on spent; /* SPENT_COUNT: it counts by itself */
} steps[] = {
    {check_options, "options", BOTH, SPENT_BEGIN},
    {score_model, "model", BOTH, SPENT_MODEL},
    {score_input, "input", BOTH, SPENT_READ},
    {score_connect, "connect", REAL, SPENT_BEGIN},
    {score_prepare, "prepare", BOTH, SPENT_BEGIN},
    {go_dry, "dry", DRY, SPENT_BEGIN},
    {score_begin, "begin", REAL | AGAIN, SPENT_BEGIN},
    {score_rows, "score", BOTH, SPENT_COUNT},
    {score_group, "group", DRY, SPENT_COUNT},
    {score_write, "write", REAL | AGAIN, SPENT_COUNT},
    {score_verify, "verify", REAL | AGAIN, SPENT_COUNT},
    {score_ready, "ready", REAL | AGAIN, SPENT_PUBLISH},
    {score_publish, "commit", REAL | AGAIN, SPENT_COUNT},
};

static enum rc
take(struct score *s, const struct step *step, struct err *e)
{
    uint64_t begin_ns = clock_mono_ns();
    enum rc rc = stop_check(s->stop, e);
    struct retry retry;

    if (rc != RC_OK) {
        return rc;
    }
    retry_init(&retry, s->session.table.redis, &s->publish, s->stop,
               s->o->retry);
    do {
        rc = step->take(s, e);
    } while (rc != RC_OK && (step->when & AGAIN) != 0 &&
             retry_again(&retry, &rc, e));
    if (step->spent != SPENT_COUNT) {
        spent_lap(&s->progress.spent, step->spent, begin_ns);
    }
    if (rc == RC_OK) {
        stop_at(step->name);
    }
    return rc;
}

static void
report(struct score *s)
{
    struct report *r = &s->report;

    r->end_ns = clock_mono_ns();
    r->dry = s->o->dry_run;
    r->generation = s->publish.gen;
    r->buckets = r->estimate.buckets;
    r->model = s->info.objective;
    r->scorer = s->o->items == NULL ? scorer_name(s->scoring.scorer)
                                    : ranker_name(s->ranked.ranker);
    r->spent = &s->progress.spent;
    report_print(r, s->o->json);
}

static enum rc
run(struct score *s, struct err *e)
{
    int when = s->o->dry_run ? DRY : REAL;
    enum rc rc = RC_OK;

    s->report.begin_ns = clock_mono_ns();
    progress_hold_signals();
    for (size_t i = 0; rc == RC_OK && i < sizeof(steps) / sizeof(*steps); i++) {
        if ((steps[i].when & when) != 0) {
            rc = take(s, &steps[i], e);
        }
    }
    progress_end(&s->progress);
    if (rc == RC_OK) {
        report(s);
    }
    return rc;
}

static void
clean(struct score *s)
{
    publish_end(&s->publish);
    session_fini(&s->session);
    gather_fini(&s->gather);
    intake_fini(&s->intake);
    ranked_fini(&s->ranked);
    scoring_fini(&s->scoring);
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
