/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/verify.h"

#include "common/base/hash.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <string.h>

/*
 * Sum of what a command gives for each bucket: `HLEN key` with an empty
 * field, else `HEXISTS key ""`.
 */
static enum rc
sum_buckets(const struct table *t, uint64_t gen, uint64_t buckets,
            struct str command, bool with_field, uint64_t *sum, struct err *e)
{
    enum rc rc = RC_OK;

    for (uint64_t b = 0; rc == RC_OK && b < buckets; b++) {
        char key[KEY_MAX];

        redis_begin(t->redis, with_field ? 3 : 2);
        redis_word(t->redis, command);
        redis_word(t->redis, key_bucket(key, t->prefix, t->name, gen, b));
        if (with_field) {
            redis_word(t->redis, STR(""));
        }
        rc = redis_push(t->redis, e);
    }
    return rc == RC_OK ? redis_drain(t->redis, sum, e) : rc;
}

static enum rc
verify_rows(const struct table *t, uint64_t gen,
            const struct generation_info *g, struct err *e)
{
    uint64_t fields = 0, there = 0, placeholders = 0;
    enum rc rc =
        sum_buckets(t, gen, g->buckets, STR("HLEN"), false, &fields, e);

    if (rc == RC_OK) {
        rc = sum_buckets(t, gen, g->buckets, STR("EXISTS"), false, &there, e);
    }
    if (rc == RC_OK && fields != g->rows) {
        rc = sum_buckets(t, gen, g->buckets, STR("HEXISTS"), true,
                         &placeholders, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    if (there != g->buckets) {
        return err_set(e, RC_FAILED,
                       "generation %" PRIu64 " of '%s': %" PRIu64
                       " of its %" PRIu64 " buckets are gone",
                       gen, t->name, g->buckets - there, g->buckets);
    }
    if (fields - placeholders != g->rows) {
        return err_set(e, RC_FAILED,
                       "generation %" PRIu64 " of '%s' says %" PRIu64
                       " rows, its buckets hold %" PRIu64,
                       gen, t->name, g->rows, fields - placeholders);
    }
    return RC_OK;
}

/* Does the string under key have this SHA-256? */
static enum rc
verify_string(const struct table *t, uint64_t gen, struct str key,
              const char *want, struct err *e)
{
    char sha[SHA256_HEX];
    struct buf bytes;
    bool found;
    enum rc rc = table_blob(t, key, &bytes, &found, e);

    hash_sha256(buf_view(&bytes), sha);
    buf_fini(&bytes);
    if (rc == RC_OK && strcmp(sha, want) != 0) {
        rc = err_set(e, RC_FAILED, "generation %" PRIu64 " of '%s': %s %s", gen,
                     t->name, key.p,
                     found ? "reads back with another SHA-256" : "is gone");
    }
    return rc;
}

enum rc
verify_generation(const struct table *t, uint64_t gen,
                  const struct generation_info *g, struct err *e)
{
    char key[KEY_MAX];
    enum rc rc = verify_rows(t, gen, g, e);

    if (rc == RC_OK) {
        rc = verify_string(t, gen, key_model(key, t->prefix, t->name, gen),
                           g->model_sha256, e);
    }
    if (rc == RC_OK && g->kind == TABLE_RANKING) {
        rc = verify_string(t, gen, key_items(key, t->prefix, t->name, gen),
                           g->items_sha256, e);
    }
    return rc;
}
