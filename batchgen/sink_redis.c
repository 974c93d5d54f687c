/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/sink_redis.h"

#include "batchgen/bucket_writer.h"
#include "batchgen/script.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/table/keyspace.h"

#include <inttypes.h>

void
sink_row(const struct sink_job *job, uint64_t bucket, size_t i,
         struct str *user, struct str *value)
{
    struct str payload;

    keep_row(job->keep, bucket, i, user, &payload);
    *value =
        (struct str){payload.p + job->offset,
                     job->size == 0 ? payload.len - job->offset : job->size};
}

static void
put_rows(const struct sink_job *job, uint64_t bucket)
{
    size_t n = keep_bucket_rows(job->keep, bucket);

    for (size_t i = 0; i < n; i++) {
        struct str user, value;

        sink_row(job, bucket, i, &user, &value);
        redis_word(job->table->redis, user);
        redis_word(job->table->redis, value);
    }
    atomic_fetch_add_explicit(job->done, n, memory_order_relaxed);
}

/*
 * n more rows were pushed: let the others have Redis for a while, if it is
 * time. What is pushed goes out first; *sum gets integer replies.
 */
static enum rc
pace(const struct sink_job *job, size_t n, uint64_t *sum, struct err *e)
{
    uint64_t some = 0, ns;
    enum rc rc = stop_check(job->stop, e);

    if (rc != RC_OK || job->rate == NULL) {
        return rc;
    }
    ns = rate_take(job->rate, n, clock_mono_ns());
    if (ns == 0) {
        return RC_OK;
    }
    rc = redis_drain(job->table->redis, &some, e);
    *sum += some;
    return rc == RC_OK ? rate_wait(job->rate, ns, job->stop, e) : rc;
}

enum rc
sink_records(const struct sink_job *job, uint64_t gen, struct err *e)
{
    struct bucket_writer writer;
    uint64_t ignored = 0;
    enum rc rc = RC_OK;

    bucket_writer_init(&writer, job, gen);
    for (uint64_t b = 0; rc == RC_OK && b < keep_buckets(job->keep); b++) {
        rc = bucket_write(&writer, b, e);
        if (rc == RC_OK) {
            rc = pace(job, keep_bucket_rows(job->keep, b), &ignored, e);
        }
    }
    if (rc == RC_OK) {
        rc = redis_drain(job->table->redis, NULL, e);
    }
    bucket_writer_fini(&writer);
    return rc;
}

static enum rc
features_buckets(const struct table *t, const char *schema_id,
                 uint64_t *buckets, struct err *e)
{
    char key_bytes[KEY_MAX], number[20];
    struct str key = key_features(key_bytes, t->prefix, t->name, schema_id);
    struct str ours = {number, number_format_u64(FEATURE_BUCKETS, number)};
    struct buf text;
    bool found;
    enum rc rc;

    REDIS_WORDS(t->redis, STR("SET"), key, ours, STR("NX"));
    rc = redis_ask(t->redis, e);
    if (rc != RC_OK) {
        return rc;
    }
    buf_init(&text, sizeof(number));
    REDIS_WORDS(t->redis, STR("GET"), key);
    rc = redis_ask_text(t->redis, &text, &found, e);
    if (rc == RC_OK &&
        (!number_parse_u64(buf_view(&text), buckets) || *buckets == 0)) {
        rc = err_set(e, RC_FAILED, "%s is not a number of buckets", key_bytes);
    }
    buf_fini(&text);
    return rc;
}

enum rc
sink_features_group(const struct table *t, struct keep *k,
                    const char *schema_id, struct err *e)
{
    uint64_t buckets;
    enum rc rc = features_buckets(t, schema_id, &buckets, e);

    return rc == RC_OK ? keep_group(k, buckets, e) : rc;
}

enum rc
sink_features(const struct sink_job *job, const char *schema_id,
              uint64_t *written, struct err *e)
{
    const struct table *t = job->table;
    uint64_t last = 0;
    enum rc rc = RC_OK;

    *written = 0;
    for (uint64_t b = 0; rc == RC_OK && b < keep_buckets(job->keep); b++) {
        size_t n = keep_bucket_rows(job->keep, b);
        char key[KEY_MAX];

        if (n == 0) {
            continue;
        }
        script_begin(t->redis, script_features,
                     key_features_bucket(key, t->prefix, t->name, schema_id, b),
                     2 * n);
        put_rows(job, b);
        rc = redis_push(t->redis, e);
        if (rc == RC_OK) {
            rc = pace(job, n, written, e);
        }
    }
    if (rc == RC_OK) {
        rc = redis_drain(t->redis, &last, e);
    }
    *written += last;
    return rc;
}

enum rc
sink_superseded(const struct sink_job *job, struct err *e)
{
    const struct table *t = job->table;
    char key_bytes[KEY_MAX];
    struct str key = key_superseded(key_bytes, t->prefix, t->name);
    uint64_t ignored = 0;
    enum rc rc = RC_OK;

    for (uint64_t b = 0; rc == RC_OK && b < keep_buckets(job->keep); b++) {
        size_t n = keep_bucket_rows(job->keep, b);

        if (n == 0) {
            continue;
        }
        script_begin(t->redis, script_supersede, key, n);
        for (size_t i = 0; i < n; i++) {
            struct str user;
            struct str payload;

            keep_row(job->keep, b, i, &user, &payload);
            redis_word(t->redis, user);
        }
        rc = redis_push(t->redis, e);
        if (rc == RC_OK) {
            rc = pace(job, n, &ignored, e);
        }
    }
    return rc == RC_OK ? redis_drain(t->redis, NULL, e) : rc;
}
