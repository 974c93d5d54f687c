/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/recheck_way.h"

#include "batchgen/records.h"

#include <inttypes.h>
#include <stdlib.h>

struct recheck *
recheck_create(const struct table *t, uint64_t gen,
               struct generation_info *info, struct rescore *rescore)
{
    struct recheck *r = calloc(1, sizeof(*r));

    if (r != NULL) {
        r->table = t;
        r->gen = gen;
        r->info = info;
        r->rescore = rescore;
    }
    return r;
}

void
recheck_destroy(struct recheck **r)
{
    struct recheck *old = *r;

    *r = NULL;
    if (old != NULL) {
        gather_fini(&old->gather);
        intake_fini(&old->intake);
        keep_destroy(&old->stored);
        keep_destroy(&old->again);
        free(old);
    }
}

enum rc
recheck_load(const struct recheck *r, struct keep **out, struct err *e)
{
    *out = keep_create();
    if (*out == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    keep_limit(*out, RECHECK_MEMORY);
    return records_load(r->table, r->gen, r->info, 0, *out, e);
}

enum rc
recheck_compare(struct recheck *r, struct keep *again, struct err *e)
{
    enum rc rc = keep_group(r->stored, r->info->buckets, e);

    if (rc == RC_OK) {
        rc = keep_group(again, r->info->buckets, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    compare_records(r->stored, again,
                    record_size(r->info->encoding, 1) - sizeof(float),
                    &r->result.found);
    r->result.checked = keep_rows(again);
    return r->result.checked > 0
               ? RC_OK
               : err_set(e, RC_FAILED,
                         "no user of generation %" PRIu64 " of '%s' could be "
                         "scored again: rows are stored by score "
                         "--with-features, or give them with --input",
                         r->gen, r->table->name);
}

const struct recheck_result *
recheck_result(const struct recheck *r)
{
    return &r->result;
}
