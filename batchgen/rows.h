/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rows - a chunk of text becomes rows for keep: parsed, scored, packed.
 *
 * A payload is the record (outputs x float32), if there is a scorer, and
 * behind it the feature row (stamp and floats), if it is asked for.
 */
#include "batchgen/chunk.h"
#include "common/base/rc.h"
#include "common/model/row.h"
#include "common/model/scorer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a row becomes a payload; shared by all threads. */
struct recipe {
    struct row_plan **plan;      /* one per source */
    const struct scorer *scorer; /* NULL: feature rows only */
    size_t nfeature;
    bool with_features;
    uint64_t stamp_us; /* of the feature rows */
};

size_t recipe_record_size(const struct recipe *r);
size_t recipe_features_size(const struct recipe *r);

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
