/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/score.h"

#include "common/base/clock.h"
#include "common/table/keyspace.h"

struct sink_job
score_job(struct score *s)
{
    return (struct sink_job){
        .table = &s->session.table,
        .keep = s->gather.sink.keep,
        .stop = s->stop,
        .rate = &s->rate,
        .done = &s->progress.written,
        .size = s->gather.sink.record_size,
    };
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

/* Feature rows lie in buckets of their own number. */
static enum rc
estimate_features(struct score *s, struct estimate *x, struct err *e)
{
    const struct table *t = &s->session.table;
    struct sink_job job = score_job(s);
    char key[KEY_MAX];
    uint64_t tables;
    size_t key_len =
        key_features_bucket(key, t->prefix, t->name,
                            schema_id(s->intake.schema), FEATURE_BUCKETS - 1)
            .len;
    enum rc rc = keep_group(s->gather.sink.keep, FEATURE_BUCKETS, e);

    job.offset = s->gather.sink.record_size;
    job.size = s->gather.sink.features_size;
    if (rc == RC_OK) {
        x->feature_bytes = estimate_buckets(&job, key_len, &s->limits, &tables);
    }
    return rc;
}

static void
estimate_records(struct score *s, struct estimate *x)
{
    const struct table *t = &s->session.table;
    struct sink_job job = score_job(s);
    uint64_t gen = s->publish.gen == 0 ? 1 : s->publish.gen;
    char key[KEY_MAX];

    *x = (struct estimate){.buckets = keep_buckets(job.keep)};
    x->bytes = estimate_buckets(
        &job, key_bucket(key, t->prefix, t->name, gen, x->buckets - 1).len,
        &s->limits, &x->tables);
    x->model_bytes =
        estimate_string(key_model(key, t->prefix, t->name, gen).len,
                        model_bytes(s->scoring.model).len);
    if (s->ranked.items.len > 0) {
        x->model_bytes += estimate_string(
            key_items(key, t->prefix, t->name, gen).len, s->ranked.items.len);
    }
    x->write_s = estimate_records_s(keep_rows(job.keep), s->o->rate);
    if (s->o->with_features) {
        x->write_s += estimate_features_s(keep_rows(job.keep), s->o->rate);
    }
}

enum rc
score_group(struct score *s, struct err *e)
{
    const struct keep *k = s->gather.sink.keep;
    uint64_t begin_ns = clock_mono_ns();
    enum rc rc = keep_group(s->gather.sink.keep, buckets_for(s), e);

    if (rc != RC_OK) {
        return rc;
    }
    if (s->o->item_column == NULL) {
        s->report.written = keep_rows(k) - s->was.rows;
        s->report.duplicate = s->report.read - s->report.rejected -
                              s->report.skipped - s->report.written;
    }
    estimate_records(s, &s->report.estimate);
    if (s->o->dry_run && s->o->with_features) {
        rc = estimate_features(s, &s->report.estimate, e);
    }
    s->report.written_ns = spent_lap(&s->progress.spent, SPENT_SORT, begin_ns);
    return rc;
}
