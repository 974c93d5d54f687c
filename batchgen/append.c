/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/append.h"

#include "batchgen/records.h"
#include "common/base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

enum rc
append_begin(const struct append *a, struct publish *p,
             struct generation_info *was, struct err *e)
{
    enum rc rc =
        publish_take_again(p, a->table, a->gen, a->wait, a->stop, was, e);

    if (rc == RC_OK) {
        rc = check(a->table, a->gen, was, &a->now, e);
    }
    return rc == RC_OK ? records_load(a->table, a->gen, was,
                                      a->sink->record_size, a->sink->keep, e)
                       : rc;
}

void
append_rows_hash(const struct sink_job *job, char out[APPEND_HASH_SIZE])
{
    uint64_t sum = 0;

    for (uint64_t b = 0; b < keep_buckets(job->keep); b++) {
        size_t n = keep_bucket_rows(job->keep, b);

        for (size_t i = 0; i < n; i++) {
            uint64_t pair[2];
            struct str user, value;

            sink_row(job, b, i, &user, &value);
            pair[0] = hash_key(user);
            pair[1] = hash_key(value);
            sum += hash_key((struct str){(const char *)pair, sizeof(pair)});
        }
    }
    snprintf(out, APPEND_HASH_SIZE, "%016" PRIx64, sum);
}
