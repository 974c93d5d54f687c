/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/score.h"

#include "batchgen/append.h"
#include "batchgen/describe.h"
#include "batchgen/sink_redis.h"
#include "common/base/clock.h"
#include "common/table/keyspace.h"

#include <string.h>

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

/* What it says of itself comes first with a new one, and last with another. */
static enum rc
announce(struct score *s, struct sink_job *job, struct err *e)
{
    char hash[APPEND_HASH_SIZE];

    if (s->o->append == 0) {
        return publish_describe(&s->publish, &s->info,
                                model_bytes(s->scoring.model),
                                buf_view(&s->ranked.items), e);
    }
    job->over = true;
    append_rows_hash(job, hash);
    return publish_append(&s->publish, &s->was, hash, e);
}

static enum rc
write_generation(struct score *s, struct sink_job *job, struct err *e)
{
    enum rc rc = describe(s, e);

    if (rc == RC_OK) {
        rc = announce(s, job, e);
    }
    if (rc == RC_OK) {
        rc = sink_records(job, s->publish.gen, e);
    }
    return rc == RC_OK && s->o->with_features ? write_features(s, job, e) : rc;
}

enum rc
score_write(struct score *s, struct err *e)
{
    struct sink_job job = score_job(s);
    enum rc rc = score_group(s, e);
    uint64_t begin_ns = clock_mono_ns();

    progress_enter(&s->progress, PROGRESS_WRITE);
    s->progress.rows = keep_rows(job.keep) * (s->o->with_features ? 2 : 1);
    s->progress.written = 0;
    rate_init(&s->rate, s->o->rate);
    if (rc == RC_OK) {
        rc = write_generation(s, &job, e);
    }
    s->report.written_ns = spent_lap(&s->progress.spent, SPENT_WRITE, begin_ns);
    spent_move(&s->progress.spent, SPENT_WRITE, SPENT_RATE, s->rate.waited_ns);
    return rc;
}
