/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/append.h"

#include "common/base/hash.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <string.h>

/* Rows are handed to the keep in blocks of about this size. */
#define BLOCK ((size_t)1 << 20)
#define MOST  ((size_t)1 << 30)

static const char *
difference(const struct generation_info *was, const struct generation_info *now)
{
    return strcmp(was->model_sha256, now->model_sha256) != 0 ? "model"
           : strcmp(was->iterations, now->iterations) != 0   ? "iterations"
           : strcmp(was->schema_id, now->schema_id) != 0     ? "features"
           : was->kind != now->kind                          ? "kind of answer"
           : was->encoding != now->encoding || was->outputs != now->outputs ||
                   was->top != now->top
               ? "size of records"
           : strcmp(was->items_sha256, now->items_sha256) != 0 ? "catalogue"
                                                               : NULL;
}

static enum rc
check(const struct table *t, uint64_t gen, const struct generation_info *was,
      const struct generation_info *now, struct err *e)
{
    const char *other = difference(was, now);
    struct manifest m;
    enum rc rc = table_manifest(t, &m, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (gen == m.live || gen == m.previous || manifest_left_ms(&m, gen) != 0 ||
        manifest_is_bad(&m, gen)) {
        return err_set(e, RC_REFUSED,
                       "generation %" PRIu64 " of '%s' was published, and "
                       "never changes again: --append is for one that is "
                       "ready only",
                       gen, t->name);
    }
    if (other != NULL) {
        return err_set(e, RC_REFUSED,
                       "generation %" PRIu64 " of '%s' was made with another "
                       "%s: append to it with what it was made with",
                       gen, t->name, other);
    }
    return RC_OK;
}

struct loading {
    struct sink_keep *sink;
    struct buf bytes;
    size_t nrow;
    uint64_t total;
};

static enum rc
hand_over(struct loading *l, struct err *e)
{
    enum rc rc = buf_failed(&l->bytes)
                     ? RC_NOMEM
                     : keep_add(l->sink->keep, &l->bytes, l->nrow);

    l->nrow = 0;
    return rc == RC_OK ? RC_OK : err_set(e, rc, "out of memory");
}

static enum rc
on_record(void *arg, struct str user, struct str record, struct err *e)
{
    struct loading *l = arg;
    size_t at;

    if (user.len == 0) {
        return RC_OK; /* what holds an empty bucket open */
    }
    if (record.len != l->sink->record_size) {
        return err_set(e, RC_FAILED,
                       "the record of '%.*s' has %zu bytes, not "
                       "%zu",
                       STR_ARG(user), record.len, l->sink->record_size);
    }
    at = keep_put(&l->bytes, hash_key(user), user, record.len);
    if (!buf_failed(&l->bytes)) {
        memcpy(l->bytes.p + at, record.p, record.len);
    }
    l->nrow++;
    l->total++;
    return l->bytes.len < BLOCK ? RC_OK : hand_over(l, e);
}

/* Its records into the sink, ahead of the rows to come. */
static enum rc
load(const struct table *t, uint64_t gen, const struct generation_info *was,
     struct sink_keep *sink, struct err *e)
{
    struct loading l = {.sink = sink};
    enum rc rc = RC_OK;

    buf_init(&l.bytes, MOST);
    for (uint64_t b = 0; rc == RC_OK && b < was->buckets; b++) {
        char key[KEY_MAX];

        REDIS_WORDS(t->redis, STR("HGETALL"),
                    key_bucket(key, t->prefix, t->name, gen, b));
        rc = redis_ask_hash(t->redis, on_record, &l, e);
    }
    if (rc == RC_OK) {
        rc = hand_over(&l, e);
    }
    if (rc == RC_OK && l.total != was->rows) {
        rc = err_set(e, RC_FAILED,
                     "generation %" PRIu64 " of '%s' says %" PRIu64
                     " rows, its buckets hold %" PRIu64,
                     gen, t->name, was->rows, l.total);
    }
    buf_fini(&l.bytes);
    return rc;
}

enum rc
append_begin(const struct append *a, struct publish *p,
             struct generation_info *was, struct err *e)
{
    enum rc rc =
        publish_take_again(p, a->table, a->gen, a->wait, a->stop, was, e);

    if (rc == RC_OK) {
        rc = check(a->table, a->gen, was, &a->now, e);
    }
    return rc == RC_OK ? load(a->table, a->gen, was, a->sink, e) : rc;
}
