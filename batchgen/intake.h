/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * intake - inputs and the plans that make rows of them.
 */
#include "batchgen/source.h"
#include "common/model/row.h"
#include "common/table/schema.h"

struct intake {
    struct source_list sources;
    struct schema *schema;
    struct row_plan **plan; /* one per source */
};

/*
 * Take over a schema (NULL: that of the first header), read all headers and
 * match their columns. RC_REFUSED names the file and what does not match.
 * intake_close in any case.
 */
MUST_USE enum rc intake_open(struct intake *in, struct schema *schema,
                             char *const *path, size_t n, const char *id_column,
                             struct err *e);
void intake_close(struct intake *in);

/* --as-of text, else the oldest input's mtime - 1 s. RC_INVAL. */
MUST_USE enum rc intake_as_of(const struct intake *in, const char *text,
                              uint64_t *as_of_us, struct err *e);
