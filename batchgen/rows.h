/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rows - a chunk of text becomes rows for a sink: parsed, scored, packed.
 */
#include "batchgen/chunk.h"
#include "batchgen/ranked.h"
#include "batchgen/sink.h"
#include "batchgen/users.h"
#include "common/base/rc.h"
#include "common/model/row.h"
#include "common/model/scorer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is done about a row that is rejected, beside telling of it. */
enum rows_bad {
    ROWS_BAD_SKIP,
    ROWS_BAD_PLACEHOLDER, /* it goes to the sink, marked */
    ROWS_BAD_FAIL,        /* the run fails: RC_REFUSED */
};

/* How a chunk becomes rows; shared by all threads. */
struct recipe {
    struct row_plan **plan;      /* one per source */
    const struct scorer *scorer; /* NULL: feature rows only */
    const struct ranked *ranked; /* NULL: scores, not a ranking */
    size_t nfeature;
    const struct sink *sink;
    enum rows_bad bad;
    const struct users *users; /* only these; NULL: all */
};

struct rows;

/* One for each thread. NULL when out of memory. */
struct rows *rows_create(const struct recipe *r);

/* Frees and nulls; NULL is fine. */
void rows_destroy(struct rows **r);

/*
 * Fill in what the scorer sets of a chunk. Bad rows are counted and described
 * in c->rejects; not RC_OK is a failure of the whole run.
 */
MUST_USE enum rc rows_of_chunk(struct rows *r, struct chunk *c, struct err *e);
