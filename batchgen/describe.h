/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * describe - fill in what a generation says of its model, columns and rows.
 */
#include "batchgen/keep.h"
#include "batchgen/ranked.h"
#include "common/table/manifest.h"
#include "common/table/schema.h"

/* iterations, objective, sha256 of the model and its source. RC_REFUSED. */
MUST_USE enum rc describe_model(const struct scoring *s,
                                struct generation_info *g, struct err *e);

/* kind, encoding, outputs or top. ranked: NULL when rows are scored. */
void describe_answers(const struct scorer *scorer, const struct ranked *ranked,
                      struct generation_info *g);

/* schema, schema_id. RC_NOMEM. */
MUST_USE enum rc describe_schema(const struct schema *s,
                                 struct generation_info *g);

/*
 * rows, buckets, score_stats: how the score that lies score_offset
 * into each payload is distributed. The keep must be grouped. RC_NOMEM.
 */
MUST_USE enum rc describe_rows(const struct keep *k, size_t score_offset,
                               struct generation_info *g);
