/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/records.h"

#include "common/base/hash.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <string.h>

/* Rows are handed to the keep in blocks of about this size. */
#define BLOCK ((size_t)1 << 20)
#define MOST  ((size_t)1 << 30)

struct loading {
    struct keep *keep;
    size_t record_size; /* 0: any */
    struct buf bytes;
    size_t nrow;
    uint64_t total;
};

static enum rc
hand_over(struct loading *l, struct err *e)
{
    enum rc rc = buf_failed(&l->bytes) ? RC_NOMEM
                                       : keep_add(l->keep, &l->bytes, l->nrow);

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
    if (l->record_size != 0 && record.len != l->record_size) {
        return err_set(e, RC_FAILED,
                       "the record of '%.*s' has %zu bytes, not "
                       "%zu",
                       STR_ARG(user), record.len, l->record_size);
    }
    at = keep_put(&l->bytes, hash_key(user), user, record.len);
    if (!buf_failed(&l->bytes)) {
        memcpy(l->bytes.p + at, record.p, record.len);
    }
    l->nrow++;
    l->total++;
    return l->bytes.len < BLOCK ? RC_OK : hand_over(l, e);
}

enum rc
records_load(const struct table *t, uint64_t gen, struct generation_info *g,
             size_t record_size, struct keep *k, struct err *e)
{
    struct loading l = {.keep = k, .record_size = record_size};
    enum rc rc = RC_OK;

    buf_init(&l.bytes, MOST);
    for (uint64_t b = 0; rc == RC_OK && b < g->buckets; b++) {
        char key[KEY_MAX];

        REDIS_WORDS(t->redis, STR("HGETALL"),
                    key_bucket(key, t->prefix, t->name, gen, b));
        rc = redis_ask_hash(t->redis, on_record, &l, e);
    }
    if (rc == RC_OK) {
        rc = hand_over(&l, e);
    }
    if (generation_info_is_appending(g) && l.total > g->rows) {
        g->rows = l.total;
    }
    if (rc == RC_OK && l.total != g->rows) {
        rc = err_set(e, RC_FAILED,
                     "generation %" PRIu64 " of '%s' says %" PRIu64
                     " rows, its buckets hold %" PRIu64,
                     gen, t->name, g->rows, l.total);
    }
    buf_fini(&l.bytes);
    return rc;
}
