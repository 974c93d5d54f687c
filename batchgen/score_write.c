/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/score.h"

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

/* As many as if no row had been rejected: repaired ones may follow. */
static uint64_t
buckets_for(const struct score *s)
{
    uint64_t users = s->o->item_column != NULL
                         ? s->report.users
                         : s->report.read - s->report.skipped;

    return s->o->append != 0 ? s->was.buckets : keyspace_buckets_for(users);
}

enum rc
score_write(struct score *s, struct err *e)
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
