/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a table is made of, read part by part over the watch's connection.
 */
#include "common/base/number.h"
#include "lookup/store/watch_impl.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

/* Buckets asked for and not yet read. */
#define WINDOW 128

enum rc
watch_read_info(struct watch *w, const char *table, uint64_t gen,
                struct generation_info *info, struct err *e)
{
    char key[KEY_MAX];
    struct str arg[] = {STR("HGETALL"),
                        key_generation(key, w->prefix, table, gen)};
    redisReply *r;

    memset(info, 0, sizeof(*info));
    enum rc rc = watch_ask(w, 2, arg, &r, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (r->elements == 0) {
        rc = err_set(e, RC_NOT_FOUND, "%s is not in redis", key);
    }
    for (size_t i = 0; i + 1 < r->elements && rc == RC_OK; i += 2) {
        rc = generation_info_set(info, watch_text(r->element[i]),
                                 watch_text(r->element[i + 1]), e);
    }
    freeReplyObject(r);
    return rc;
}

/* A string; free(*bytes). */
static enum rc
read_string(struct watch *w, struct str key, char **bytes, size_t *len,
            struct err *e)
{
    struct str arg[] = {STR("GET"), key};
    redisReply *r;
    enum rc rc = watch_ask(w, 2, arg, &r, e);

    if (rc != RC_OK) {
        return rc;
    }
    struct str text = watch_text(r);

    if (text.p == NULL) {
        rc = err_set(e, RC_NOT_FOUND, "%s is not in redis", key.p);
    } else {
        *bytes = str_dup(text);
        *len = text.len;
        rc = *bytes == NULL ? err_set(e, RC_NOMEM, "out of memory") : RC_OK;
    }
    freeReplyObject(r);
    return rc;
}

enum rc
watch_read_model(struct watch *w, const char *table, uint64_t gen, char **bytes,
                 size_t *len, struct err *e)
{
    char key[KEY_MAX];

    return read_string(w, key_model(key, w->prefix, table, gen), bytes, len, e);
}

enum rc
watch_read_items(struct watch *w, const char *table, uint64_t gen, char **bytes,
                 size_t *len, struct err *e)
{
    char key[KEY_MAX];

    return read_string(w, key_items(key, w->prefix, table, gen), bytes, len, e);
}

enum rc
watch_feature_buckets(struct watch *w, const char *table, const char *schema_id,
                      uint64_t *n, struct err *e)
{
    char key[KEY_MAX];
    struct str arg[] = {STR("GET"),
                        key_features(key, w->prefix, table, schema_id)};
    redisReply *r;
    enum rc rc = watch_ask(w, 2, arg, &r, e);

    if (rc != RC_OK) {
        return rc;
    }
    struct str text = watch_text(r);

    *n = 0;
    if (text.p != NULL && !number_parse_u64(text, n)) {
        rc = err_set(e, RC_INVAL, "%s is not a number of buckets", key);
    }
    freeReplyObject(r);
    return rc;
}

/* Buckets of records, or of feature rows. */
struct source {
    const char *table;
    uint64_t gen;
    const char *schema_id; /* NULL: records */
};

static void
append_bucket(struct watch *w, const struct source *s, uint64_t bucket)
{
    char key[KEY_MAX];
    struct str arg[] = {
        STR("HGETALL"),
        s->schema_id == NULL
            ? key_bucket(key, w->prefix, s->table, s->gen, bucket)
            : key_features_bucket(key, w->prefix, s->table, s->schema_id,
                                  bucket)};

    watch_append(w, 2, arg);
}

/* A bucket without users has a placeholder, whose name is empty. */
static enum rc
give_records(const redisReply *r, uint64_t bucket, watch_record_fn fn,
             void *arg)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i + 1 < r->elements && rc == RC_OK; i += 2) {
        struct str user = watch_text(r->element[i]);

        if (user.len > 0) {
            rc = fn(arg, bucket, user, watch_text(r->element[i + 1]));
        }
    }
    return rc;
}

static enum rc
read_buckets(struct watch *w, const struct source *s, uint64_t first,
             uint64_t end, watch_record_fn fn, void *arg, struct err *e)
{
    uint64_t asked = first;
    enum rc rc = watch_connected(w, e);

    for (uint64_t i = first; i < end && rc == RC_OK; i++) {
        redisReply *r;

        while (asked < end && asked < i + WINDOW) {
            append_bucket(w, s, asked++);
        }
        rc = watch_next(w, &r, e);
        if (rc == RC_OK) {
            rc = give_records(r, i, fn, arg);
            freeReplyObject(r);
        }
    }
    if (rc != RC_OK) {
        watch_disconnect(w); /* replies may be left in the pipeline */
    }
    return rc;
}

enum rc
watch_read_records(struct watch *w, const char *table, uint64_t gen,
                   uint64_t first, uint64_t end, watch_record_fn fn, void *arg,
                   struct err *e)
{
    const struct source s = {table, gen, NULL};

    return read_buckets(w, &s, first, end, fn, arg, e);
}

enum rc
watch_read_rows(struct watch *w, const char *table, const char *schema_id,
                uint64_t first, uint64_t end, watch_record_fn fn, void *arg,
                struct err *e)
{
    const struct source s = {table, 0, schema_id};

    return read_buckets(w, &s, first, end, fn, arg, e);
}

enum rc
watch_superseded(struct watch *w, const char *table, uint64_t after_us,
                 watch_superseded_fn fn, void *arg, struct err *e)
{
    char key[KEY_MAX], after[24] = "(";
    struct str arg_after = {after, 1 + number_format_u64(after_us, after + 1)};
    struct str words[] = {STR("ZRANGEBYSCORE"),
                          key_superseded(key, w->prefix, table), arg_after,
                          STR("+inf"), STR("WITHSCORES")};
    redisReply *r;
    enum rc rc = watch_ask(w, 5, words, &r, e);

    if (rc != RC_OK) {
        return rc;
    }
    for (size_t i = 0; i + 1 < r->elements && rc == RC_OK; i += 2) {
        uint64_t stamp_us;

        rc = number_parse_u64(watch_text(r->element[i + 1]), &stamp_us)
                 ? fn(arg, watch_text(r->element[i]), stamp_us)
                 : err_set(e, RC_INVAL, "%s has a score that is no stamp", key);
    }
    freeReplyObject(r);
    return rc;
}

enum rc
watch_announce(struct watch *w, const char *server, struct str text,
               struct err *e)
{
    char key[KEY_MAX];
    struct str arg[] = {text.len > 0 ? STR("HSET") : STR("HDEL"),
                        key_servers(key, w->prefix), str_of(server), text};
    redisReply *r;
    enum rc rc = watch_ask(w, text.len > 0 ? 4 : 3, arg, &r, e);

    if (rc == RC_OK) {
        freeReplyObject(r);
    }
    return rc;
}
