/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forest_walk - from root to leaf, eight walks at once so that the loads of
 * one hide behind the others'. For one row, deep trees and any CPU.
 * Immutable once created; any number of threads may share one.
 */
#include "common/base/rc.h"
#include "common/model/forest.h"

#include <stddef.h>

struct forest_walk;

/* RC_REFUSED: more features or larger trees than a node has room for. */
MUST_USE enum rc forest_walk_create(struct forest_walk **out,
                                    const struct forest *f, struct err *e);

/* Frees and nulls; NULL is fine. */
void forest_walk_destroy(struct forest_walk **w);

/*
 * x: nrow x nfeature, NaN is missing; margin: nrow x ngroup. RC_NOMEM: no
 * room for the rows in columns; needs none for a row of 1,024 columns.
 */
MUST_USE enum rc forest_walk_margins(const struct forest_walk *w,
                                     const float *x, size_t nrow,
                                     float *margin);

/* As above; leaf: nrow x ntree numbers of leaves as the booster counts. */
MUST_USE enum rc forest_walk_leaves(const struct forest_walk *w, const float *x,
                                    size_t nrow, float *leaf);
