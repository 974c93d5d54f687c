/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * describe - fill in what a generation says of its columns and its rows.
 */
#include "batchgen/keep.h"
#include "common/table/manifest.h"
#include "common/table/schema.h"

/* schema, schema_id. RC_NOMEM. */
MUST_USE enum rc describe_schema(const struct schema *s,
                                 struct generation_info *g);

/*
 * rows, buckets, score_stats: how the score that lies score_offset
 * into each payload is distributed. The keep must be grouped. RC_NOMEM.
 */
MUST_USE enum rc describe_rows(const struct keep *k, size_t score_offset,
                               struct generation_info *g);
