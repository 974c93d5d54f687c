/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The generation of a run, or that of --append: from the lease to the move of
 * the manifest. publish.h knows how, this is where a run's options decide.
 */
#include "batchgen/score.h"

#include "batchgen/append.h"
#include "batchgen/describe.h"
#include "batchgen/measure.h"
#include "batchgen/verify.h"
#include "common/base/clock.h"

#include <string.h>

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

enum rc
score_connect(struct score *s, struct err *e)
{
    enum rc rc = session_init(&s->session, &SESSION_WHERE(s->o), true, e);

    if (rc == RC_OK && !s->o->force) {
        rc = table_check_policy(&s->session.table, e);
    }
    if (rc == RC_OK) {
        s->limits = table_listpack(&s->session.table);
        rc = table_limit_as_of(&s->session.table, &s->info.as_of_us, e);
    }
    return rc;
}

enum rc
score_begin(struct score *s, struct err *e)
{
    return s->o->append != 0 ? begin_append(s, e)
                             : publish_begin(&s->publish, &s->session.table,
                                             schema_id(s->intake.schema),
                                             s->o->wait, s->stop, e);
}

enum rc
score_verify(struct score *s, struct err *e)
{
    const struct table *t = &s->session.table;
    uint64_t begin_ns = clock_mono_ns();
    enum rc rc;

    progress_enter(&s->progress, PROGRESS_VERIFY);
    rc = verify_generation(t, s->publish.gen, &s->info, e);
    if (rc == RC_OK) {
        rc = measure_generation(t, s->publish.gen, s->info.buckets,
                                &s->report.bytes, &s->report.model_bytes, e);
    }
    spent_lap(&s->progress.spent, SPENT_VERIFY, begin_ns);
    return rc;
}

enum rc
score_ready(struct score *s, struct err *e)
{
    return s->o->append != 0 ? publish_complete(&s->publish, &s->info, e)
                             : publish_ready(&s->publish, e);
}

enum rc
score_publish(struct score *s, struct err *e)
{
    struct spent *spent = &s->progress.spent;
    uint64_t at_ns = clock_mono_ns();
    enum rc rc;

    progress_enter(&s->progress, PROGRESS_PUBLISH);
    if (s->o->no_publish) {
        return RC_OK;
    }
    rc = publish_guard(&s->publish, &s->info, s->o->force, e);
    at_ns = spent_lap(spent, SPENT_PUBLISH, at_ns);
    if (rc == RC_OK) {
        rc = warm_wait(s->publish.table, s->publish.uid, s->o->warm_wait,
                       s->stop, e);
        at_ns = spent_lap(spent, SPENT_WARM, at_ns);
    }
    if (rc == RC_OK) {
        rc = publish_commit(&s->publish, e);
        spent_lap(spent, SPENT_PUBLISH, at_ns);
    }
    s->report.live = rc == RC_OK;
    return rc;
}
