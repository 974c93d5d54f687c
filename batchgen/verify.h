/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * verify - is what lies in Redis what the generation says of itself?
 */
#include "batchgen/table.h"

/*
 * Every bucket is there, the fields in them add up to `rows` (placeholders of
 * empty buckets apart), model and catalogue have their SHA-256. RC_FAILED says
 * what does not hold.
 */
MUST_USE enum rc verify_generation(const struct table *t, uint64_t gen,
                                   const struct generation_info *g,
                                   struct err *e);
