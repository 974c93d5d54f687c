/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/recheck_way.h"

static enum rc
open_input(struct recheck *r, const struct intake_how *how, struct stop *stop,
           struct err *e)
{
    struct rescore *from = r->rescore;
    struct schema *schema = from->schema;
    enum rc rc;

    from->schema = NULL; /* the intake takes it */
    rc = intake_init(&r->intake, how, schema, schema_size(schema), e);
    if (rc != RC_OK) {
        return rc;
    }
    r->gather = (struct gather){
        .table = r->table->name,
        .rejected = "/dev/null", /* whoever made the batch has them */
        .max_rejected = "100%",
        .memory = RECHECK_MEMORY,
        .scorer = from->scoring.scorer,
        .ranked = from->ranks ? &from->ranked : NULL,
        .stop = stop,
        .progress = &r->progress,
    };
    rc = gather_prepare(&r->gather, &r->intake, e);
    return rc == RC_OK ? progress_start(&r->progress, stop, e) : rc;
}

enum rc
recheck_input(struct recheck *r, const struct intake_how *how,
              struct stop *stop, struct err *e)
{
    struct report report = {.table = r->table->name};
    enum rc rc = recheck_load(r, &r->stored, e);

    if (rc == RC_OK) {
        rc = open_input(r, how, stop, e);
    }
    if (rc == RC_OK) {
        rc = gather_run(&r->gather, &r->intake, &report, e);
    }
    progress_end(&r->progress);
    if (rc == RC_OK) {
        rc = recheck_compare(r, r->gather.sink.keep, e);
    }
    r->result.rejected = report.rejected;
    r->result.unchecked = r->result.found.gone;
    return rc;
}
