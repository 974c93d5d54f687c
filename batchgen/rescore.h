/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rescore - what a generation was scored with, out of Redis and ready to score
 * again: its model, its rounds, its features, its catalogue.
 */
#include "batchgen/ranked.h"
#include "batchgen/scoring.h"
#include "batchgen/table.h"

struct rescore {
    struct scoring scoring;
    struct ranked ranked;
    struct schema *schema; /* of the rows */
    bool ranks;            /* rows are ranked, not scored */
};

/*
 * Of a generation that verify_generation found to be whole. RC_FAILED, or as
 * scoring_init. rescore_fini in any case.
 */
MUST_USE enum rc rescore_init(struct rescore *r, const struct table *t,
                              uint64_t gen, const struct generation_info *g,
                              struct err *e);
void rescore_fini(struct rescore *r);

/* Its items come with the rows: there is no catalogue to rank by. */
bool rescore_of_candidates(const struct rescore *r);

/*
 * The records of n rows: *bytes gets them one behind the other, all of
 * rescore_size. Not of candidates. RC_FAILED: the model refuses a row.
 */
size_t rescore_size(const struct rescore *r);
MUST_USE enum rc rescore_rows(const struct rescore *r, const float *x, size_t n,
                              struct buf *bytes, struct err *e);
