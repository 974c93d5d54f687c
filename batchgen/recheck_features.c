/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stored records are taken back and grouped by the buckets of the feature
 * rows, so that one HMGET a bucket asks for all that is wanted there. A row
 * comes, a block of them is scored, and both the record that was and the one
 * that is go to a keep each, which are compared in the end:
 *
 *   all    b0: u7 u2 | b1: u4 u9 u5 | ...    records as stored
 *   HMGET          b1: row  nil  row         nil or newer: unchecked
 *   x      u4 u5 ...                         a block of rows
 *   stored u4 u5 ...   again u4 u5 ...
 *
 * A sample is every so many-th user of that order, which is that of a hash:
 * `sample` of `rows` are chosen where position * sample / rows steps up.
 */
#include "batchgen/recheck_way.h"

#include "common/base/hash.h"
#include "common/base/number.h"
#include "common/table/keyspace.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK     256 /* rows scored at once */
#define BYTES_MAX ((size_t)1 << 30)

/* The stored features of some users, a bucket after the other. */
struct walk {
    struct recheck *r;
    struct keep *all; /* stored records, by bucket of the feature rows */
    uint64_t sample;
    uint64_t bucket;
    size_t row;        /* in the bucket */
    uint64_t position; /* of that row among all */
    float *x;
    struct str user[BLOCK], record[BLOCK];
    size_t n; /* waiting in these */
    struct buf made;
    struct buf was, now; /* for the keeps */
};

static enum rc
no_memory(struct err *e)
{
    return err_set(e, RC_NOMEM, "out of memory");
}

static void
put(struct buf *bytes, struct str user, struct str record)
{
    size_t at = keep_put(bytes, hash_key(user), user, record.len);

    if (!buf_failed(bytes)) {
        memcpy(bytes->p + at, record.p, record.len);
    }
}

/* Score the waiting rows; both sides go to their keeps. */
static enum rc
flush(struct walk *w, struct err *e)
{
    struct recheck *r = w->r;
    size_t size = rescore_size(r->rescore);
    enum rc rc =
        w->n == 0 ? RC_OK : rescore_rows(r->rescore, w->x, w->n, &w->made, e);

    if (rc != RC_OK || w->n == 0) {
        return rc;
    }
    for (size_t i = 0; i < w->n; i++) {
        put(&w->was, w->user[i], w->record[i]);
        put(&w->now, w->user[i], (struct str){w->made.p + i * size, size});
    }
    if (buf_failed(&w->was) || buf_failed(&w->now)) {
        return no_memory(e);
    }
    rc = keep_add(r->stored, &w->was, w->n);
    if (rc == RC_OK) {
        rc = keep_add(r->again, &w->now, w->n);
    }
    w->n = 0;
    return rc == RC_OK ? RC_OK : no_memory(e);
}

static bool
is_chosen(const struct walk *w, uint64_t position)
{
    uint64_t rows = keep_rows(w->all);

    return w->sample >= rows ||
           (position + 1) * w->sample / rows > position * w->sample / rows;
}

/* The feature row of the next user that was asked for; NULL: there is none. */
static enum rc
on_features(void *arg, struct str value, struct err *e)
{
    struct walk *w = arg;
    struct recheck *r = w->r;
    size_t nfeature = schema_size(r->rescore->schema);
    uint64_t updated_us;
    size_t row;

    while (!is_chosen(w, w->position)) {
        w->position++;
        w->row++;
    }
    w->position++;
    row = w->row++;
    if (value.p == NULL ||
        record_get_features(value, &updated_us, w->x + w->n * nfeature,
                            nfeature) != RC_OK ||
        updated_us != r->info->as_of_us) {
        r->result.unchecked++;
        return RC_OK;
    }
    keep_row(w->all, w->bucket, row, &w->user[w->n], &w->record[w->n]);
    return ++w->n == BLOCK ? flush(w, e) : RC_OK;
}

/* Ask for the feature rows of the users chosen among a bucket's. */
static enum rc
walk_bucket(struct walk *w, struct err *e)
{
    const struct table *t = w->r->table;
    size_t rows = keep_bucket_rows(w->all, w->bucket);
    uint64_t behind = w->position + rows;
    size_t nchosen = 0;
    char key[KEY_MAX];
    enum rc rc;

    for (size_t i = 0; i < rows; i++) {
        nchosen += is_chosen(w, w->position + i);
    }
    if (nchosen == 0) {
        w->position = behind;
        return RC_OK;
    }
    redis_begin(t->redis, 2 + nchosen);
    redis_word(t->redis, STR("HMGET"));
    redis_word(t->redis, key_features_bucket(key, t->prefix, t->name,
                                             w->r->info->schema_id, w->bucket));
    for (size_t i = 0; i < rows; i++) {
        struct str user, record;

        keep_row(w->all, w->bucket, i, &user, &record);
        if (is_chosen(w, w->position + i)) {
            redis_word(t->redis, user);
        }
    }
    w->row = 0;
    rc = redis_ask_list(t->redis, on_features, w, e);
    w->position = behind;
    return rc;
}

/* How many buckets the feature rows lie in; 1 when there are none. */
static enum rc
feature_buckets(const struct recheck *r, uint64_t *n, struct err *e)
{
    const struct table *t = r->table;
    char key[KEY_MAX];
    struct buf text;
    bool found;
    enum rc rc;

    buf_init(&text, 64);
    REDIS_WORDS(t->redis, STR("GET"),
                key_features(key, t->prefix, t->name, r->info->schema_id));
    rc = redis_ask_text(t->redis, &text, &found, e);
    if (rc == RC_OK && (!number_parse_u64(buf_view(&text), n) || *n == 0)) {
        *n = 1;
    }
    buf_fini(&text);
    return rc;
}

static enum rc
walk_all(struct walk *w, struct err *e)
{
    uint64_t buckets;
    enum rc rc = recheck_load(w->r, &w->all, e);

    if (rc == RC_OK) {
        rc = feature_buckets(w->r, &buckets, e);
    }
    if (rc == RC_OK) {
        rc = keep_group(w->all, buckets, e);
    }
    for (; rc == RC_OK && w->bucket < buckets; w->bucket++) {
        rc = walk_bucket(w, e);
    }
    return rc == RC_OK ? flush(w, e) : rc;
}

enum rc
recheck_features(struct recheck *r, uint64_t sample, struct err *e)
{
    struct walk w = {.r = r, .sample = sample};
    enum rc rc;

    r->stored = keep_create();
    r->again = keep_create();
    w.x = calloc(BLOCK, schema_size(r->rescore->schema) * sizeof(*w.x));
    if (r->stored == NULL || r->again == NULL || w.x == NULL) {
        free(w.x);
        return no_memory(e);
    }
    buf_init(&w.made, BYTES_MAX);
    buf_init(&w.was, BYTES_MAX);
    buf_init(&w.now, BYTES_MAX);
    rc = walk_all(&w, e);
    free(w.x);
    buf_fini(&w.made);
    buf_fini(&w.was);
    buf_fini(&w.now);
    keep_destroy(&w.all);
    return rc == RC_OK ? recheck_compare(r, r->again, e) : rc;
}
