/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/bucket_writer.h"

#include "common/table/keyspace.h"

void
bucket_writer_init(struct bucket_writer *w, const struct sink_job *job,
                   uint64_t gen)
{
    struct payload_limits limits = table_listpack(job->table);

    *w = (struct bucket_writer){.job = job, .gen = gen};
    payload_init(&w->payload, &limits);
}

void
bucket_writer_fini(struct bucket_writer *w)
{
    payload_fini(&w->payload);
}

/* What a bucket of n rows holds: the rows, or the placeholder. */
static size_t
nfield(size_t n)
{
    return n == 0 ? 1 : n;
}

static void
get_field(const struct bucket_writer *w, uint64_t b, size_t i,
          struct str *field, struct str *value)
{
    *field = STR("");
    *value = STR("");
    if (keep_bucket_rows(w->job->keep, b) > 0) {
        sink_row(w->job, b, i, field, value);
    }
}

/* False: it would not be a listpack. */
static bool
pack_bucket(struct bucket_writer *w, uint64_t b, size_t n, struct str *out)
{
    payload_begin(&w->payload);
    for (size_t i = 0; i < n && w->payload.fits; i++) {
        struct str field, value;

        get_field(w, b, i, &field, &value);
        payload_add(&w->payload, field, value);
    }
    return payload_end(&w->payload, out);
}

static void
say_restore(struct redis *r, struct str key, struct str payload)
{
    REDIS_WORDS(r, STR("RESTORE"), key, STR("0"), payload, STR("REPLACE"));
}

static void
say_hset(const struct bucket_writer *w, struct str key, uint64_t b, size_t n)
{
    struct redis *r = w->job->table->redis;

    redis_begin(r, 2 + 2 * n);
    redis_word(r, STR("HSET"));
    redis_word(r, key);
    for (size_t i = 0; i < n; i++) {
        struct str field, value;

        get_field(w, b, i, &field, &value);
        redis_word(r, field);
        redis_word(r, value);
    }
}

struct reading {
    const struct bucket_writer *w;
    uint64_t bucket;
    size_t n;
    size_t equal;
};

static enum rc
on_pair(void *arg, struct str field, struct str value, struct err *e)
{
    struct reading *r = arg;
    struct str want_field, want_value;

    (void)e;
    if (r->equal == r->n) {
        return RC_FAILED;
    }
    get_field(r->w, r->bucket, r->equal++, &want_field, &want_value);
    return str_eq(field, want_field) && str_eq(value, want_value) ? RC_OK
                                                                  : RC_FAILED;
}

/*
 * Drains, stores the bucket and finds out which way to go from here on.
 * Whatever Redis has against it (an old version, a rule, no memory), HSET is
 * what will say so; a bucket that was there is still there then. RC_UNAVAIL:
 * the connection is lost.
 */
static enum rc
try_restore(struct bucket_writer *w, struct str key, uint64_t b, size_t n,
            struct str payload, struct err *e)
{
    struct redis *r = w->job->table->redis;
    struct reading reading = {.w = w, .bucket = b, .n = n};
    enum rc rc = redis_drain(r, NULL, e);
    bool taken;

    if (rc != RC_OK) {
        return rc;
    }
    say_restore(r, key, payload);
    rc = redis_ask(r, e);
    taken = rc == RC_OK;
    if (taken) {
        REDIS_WORDS(r, STR("HGETALL"), key);
        rc = redis_ask_hash(r, on_pair, &reading, e);
    }
    if (redis_is_lost(r)) {
        return rc;
    }
    w->way = rc == RC_OK && reading.equal == n ? BUCKET_RESTORE : BUCKET_HSET;
    if (w->way == BUCKET_RESTORE || !taken) {
        return RC_OK;
    }
    REDIS_WORDS(r, STR("DEL"), key);
    return redis_ask(r, e);
}

/* The rows as fields, and no placeholder from when there were none. */
static enum rc
push_fields(const struct bucket_writer *w, struct str key, uint64_t b,
            size_t rows, struct err *e)
{
    struct redis *r = w->job->table->redis;
    enum rc rc;

    say_hset(w, key, b, nfield(rows));
    rc = redis_push(r, e);
    if (rc == RC_OK && w->job->over && rows > 0) {
        REDIS_WORDS(r, STR("HDEL"), key, STR(""));
        rc = redis_push(r, e);
    }
    return rc;
}

enum rc
bucket_write(struct bucket_writer *w, uint64_t b, struct err *e)
{
    const struct table *t = w->job->table;
    size_t rows = keep_bucket_rows(w->job->keep, b);
    char key_bytes[KEY_MAX];
    struct str key = key_bucket(key_bytes, t->prefix, t->name, w->gen, b);
    struct str payload;
    bool packed =
        w->way != BUCKET_HSET && pack_bucket(w, b, nfield(rows), &payload);

    atomic_fetch_add_explicit(w->job->done, rows, memory_order_relaxed);
    if (packed && w->way == BUCKET_UNTRIED) {
        enum rc rc = try_restore(w, key, b, nfield(rows), payload, e);

        if (rc != RC_OK || w->way == BUCKET_RESTORE) {
            return rc;
        }
        packed = false;
    }
    if (!packed) {
        return push_fields(w, key, b, rows, e);
    }
    say_restore(t->redis, key, payload);
    return redis_push(t->redis, e);
}
