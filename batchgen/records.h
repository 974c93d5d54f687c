/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * records - the records of a generation, read back from Redis.
 */
#include "batchgen/keep.h"
#include "batchgen/table.h"

/*
 * Add all of them to k. RC_FAILED: there are not as many as the generation
 * says, or one has not the size of a record (0: any). Where a run that appended
 * did not come to its end there may be more: g->rows becomes what there is.
 */
MUST_USE enum rc records_load(const struct table *t, uint64_t gen,
                              struct generation_info *g, size_t record_size,
                              struct keep *k, struct err *e);
