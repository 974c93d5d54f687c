/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/clear.h"

#include "common/base/number.h"
#include "common/table/keyspace.h"

#define SLICE      512 /* keys a command */
#define NUMBER_MAX 32

/* Writes the key of bucket i of whatever `arg` is. */
typedef struct str (*bucket_key_fn)(const void *arg, uint64_t i,
                                    char out[KEY_MAX]);

static enum rc
unlink_buckets(struct redis *r, uint64_t buckets, bucket_key_fn key_of,
               const void *arg, struct err *e)
{
    enum rc rc = RC_OK;

    for (uint64_t at = 0; rc == RC_OK && at < buckets; at += SLICE) {
        uint64_t n = buckets - at < SLICE ? buckets - at : SLICE;

        redis_begin(r, 1 + n);
        redis_word(r, STR("UNLINK"));
        for (uint64_t i = 0; i < n; i++) {
            char key[KEY_MAX];

            redis_word(r, key_of(arg, at + i, key));
        }
        rc = redis_push(r, e);
    }
    return rc == RC_OK ? redis_drain(r, NULL, e) : rc;
}

/* The number the command just given answers with; 0 for nil or no number. */
static enum rc
ask_count(struct redis *r, uint64_t *n, struct err *e)
{
    struct buf text;
    bool found;
    enum rc rc;

    buf_init(&text, NUMBER_MAX);
    rc = redis_ask_text(r, &text, &found, e);
    if (rc != RC_OK || !number_parse_u64(buf_view(&text), n)) {
        *n = 0;
    }
    buf_fini(&text);
    return rc;
}

struct generation_key {
    const struct table *table;
    uint64_t gen;
};

static struct str
generation_bucket(const void *arg, uint64_t i, char out[KEY_MAX])
{
    const struct generation_key *k = arg;

    return key_bucket(out, k->table->prefix, k->table->name, k->gen, i);
}

enum rc
clear_generation(const struct table *t, uint64_t gen, struct err *e)
{
    struct generation_key k = {t, gen};
    char hash[KEY_MAX], model[KEY_MAX], items[KEY_MAX];
    struct str key = key_generation(hash, t->prefix, t->name, gen);
    uint64_t buckets;
    enum rc rc;

    REDIS_WORDS(t->redis, STR("HGET"), key, STR("buckets"));
    rc = ask_count(t->redis, &buckets, e);
    if (rc == RC_OK) {
        rc = unlink_buckets(t->redis, buckets, generation_bucket, &k, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    REDIS_WORDS(t->redis, STR("UNLINK"),
                key_model(model, t->prefix, t->name, gen),
                key_items(items, t->prefix, t->name, gen));
    rc = redis_ask(t->redis, e);
    if (rc != RC_OK) {
        return rc;
    }
    REDIS_WORDS(t->redis, STR("UNLINK"), key);
    return redis_ask(t->redis, e);
}

struct features_key {
    const struct table *table;
    const char *schema_id;
};

static struct str
features_bucket(const void *arg, uint64_t i, char out[KEY_MAX])
{
    const struct features_key *k = arg;

    return key_features_bucket(out, k->table->prefix, k->table->name,
                               k->schema_id, i);
}

enum rc
clear_features(const struct table *t, const char *schema_id, struct err *e)
{
    struct features_key k = {t, schema_id};
    char count[KEY_MAX];
    struct str key = key_features(count, t->prefix, t->name, schema_id);
    uint64_t buckets;
    enum rc rc;

    REDIS_WORDS(t->redis, STR("GET"), key);
    rc = ask_count(t->redis, &buckets, e);
    if (rc == RC_OK) {
        rc = unlink_buckets(t->redis, buckets, features_bucket, &k, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    REDIS_WORDS(t->redis, STR("UNLINK"), key);
    return redis_ask(t->redis, e);
}
