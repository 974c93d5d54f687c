/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/intake.h"

#include "common/base/clock.h"

#include <stdlib.h>

#define DELIMITER ','
#define SECOND_US 1000000

static enum rc
plan_source(struct intake *in, size_t i, const char *id_column, struct err *e)
{
    const struct source *s = &in->sources.item[i];
    struct err why;
    enum rc rc = RC_OK;

    if (in->schema == NULL) {
        rc = row_schema_from_header(&in->schema, s->header, DELIMITER,
                                    id_column, &why);
    }
    if (rc == RC_OK) {
        rc = row_plan_create(&in->plan[i], s->header, DELIMITER, in->schema,
                             id_column, &why);
    }
    return rc == RC_OK ? RC_OK
                       : err_set(e, rc, "%s: %.900s", s->path, why.text);
}

enum rc
intake_open(struct intake *in, struct schema *schema, char *const *path,
            size_t n, const char *id_column, struct err *e)
{
    enum rc rc;

    *in = (struct intake){.schema = schema};
    rc = source_list_init(&in->sources, path, n, e);
    if (rc != RC_OK) {
        return rc;
    }
    in->plan = calloc(in->sources.n, sizeof(struct row_plan *));
    if (in->plan == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; rc == RC_OK && i < in->sources.n; i++) {
        rc = plan_source(in, i, id_column, e);
    }
    return rc;
}

void
intake_close(struct intake *in)
{
    for (size_t i = 0; in->plan != NULL && i < in->sources.n; i++) {
        row_plan_destroy(&in->plan[i]);
    }
    free(in->plan);
    schema_destroy(&in->schema);
    source_list_fini(&in->sources);
    *in = (struct intake){0};
}

enum rc
intake_as_of(const struct intake *in, const char *text, uint64_t *as_of_us,
             struct err *e)
{
    if (text == NULL) {
        *as_of_us = in->sources.oldest_us - SECOND_US;
        return RC_OK;
    }
    if (clock_parse_iso(str_of(text), as_of_us) != RC_OK) {
        return err_set(e, RC_INVAL,
                       "--as-of must be a time like 2026-11-22T02:00:00Z, got "
                       "'%s'",
                       text);
    }
    return RC_OK;
}
