/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * measure - what a generation takes in Redis, by its own account.
 */
#include "batchgen/table.h"

/*
 * MEMORY USAGE of 256 buckets, made up for all, and of model and catalogue.
 * *bytes and *model_bytes are 0 where this user may not ask. RC_UNAVAIL: the
 * connection is lost.
 */
MUST_USE enum rc measure_generation(const struct table *t, uint64_t gen,
                                    uint64_t buckets, uint64_t *bytes,
                                    uint64_t *model_bytes, struct err *e);
