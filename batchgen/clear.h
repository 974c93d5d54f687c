/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * clear - remove keys in slices, so that Redis never stalls.
 */
#include "batchgen/table.h"

/*
 * Everything of a generation: buckets first, the hash that knows how many
 * there are last, so that a run cut short is found and finished by the next.
 */
MUST_USE enum rc clear_generation(const struct table *t, uint64_t gen,
                                  struct err *e);

/* All feature rows of a schema, their bucket count last. */
MUST_USE enum rc clear_features(const struct table *t, const char *schema_id,
                                struct err *e);
