/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forest_rank - many rows at once through trees of at most 8 levels, by
 * comparing bytes. Immutable once created; any number of threads may share
 * one.
 */
#include "common/base/rc.h"
#include "common/model/forest.h"

#include <stddef.h>

enum forest_isa {
    FOREST_AVX2,
    FOREST_AVX512,
};

struct forest_rank;

/* Whether this CPU has the instructions. */
bool forest_isa_usable(enum forest_isa isa);

/* RC_REFUSED: a tree is too deep, or there are too many thresholds. */
MUST_USE enum rc forest_rank_create(struct forest_rank **out,
                                    const struct forest *f, enum forest_isa isa,
                                    struct err *e);

/* Frees and nulls; NULL is fine. */
void forest_rank_destroy(struct forest_rank **r);

/*
 * x: nrow x nfeature, NaN is missing; margin: nrow x ngroup. Costs as much
 * for 1 row as for 64. RC_NOMEM: no room for a block of rows in bytes.
 */
MUST_USE enum rc forest_rank_margins(const struct forest_rank *r,
                                     const float *x, size_t nrow,
                                     float *margin);
