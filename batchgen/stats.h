/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * stats - how the scores of a batch are distributed, small enough to travel
 * in the generation's hash, exact enough to compare two batches.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stddef.h>
#include <stdint.h>

#define STATS_EDGES 99

struct stats {
    uint64_t count; /* finite values */
    float min, max;
    double mean;
    float edge[STATS_EDGES];  /* values at 1 %, 2 % ... 99 % */
    double upto[STATS_EDGES]; /* exact share of values <= edge */
};

/* Sorts value; not finite ones are left out. RC_NOMEM. */
MUST_USE enum rc stats_of(struct stats *s, float *value, size_t n);

/* {"count":..,"min":..,"max":..,"mean":..,"edges":[..],"upto":[..]} */
void stats_to_json(const struct stats *s, struct buf *out);

/* RC_INVAL when it is not what stats_to_json wrote. */
MUST_USE enum rc stats_from_json(struct stats *s, struct str json);

/*
 * Population stability index of `now` against `was`: ten bins at the deciles
 * of `was`. 0 is equal, above 0.2 counts as a shift.
 */
double stats_psi(const struct stats *was, const struct stats *now);
