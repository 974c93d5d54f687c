/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scorer_forest_impl - what scores rows (scorer_forest.c) and what decides how
 * (scorer_forest_choose.c) know of each other; nobody else includes this.
 */
#include "common/model/forest.h"
#include "common/model/forest_rank.h"
#include "common/model/forest_walk.h"
#include "common/model/scorer_forest.h"

struct scorer_forest {
    struct scorer scorer; /* first: ops see this */
    enum scorer_predict predict;
    struct forest *forest;
    struct forest_walk *walk;
    struct forest_rank *rank; /* NULL: all rows are walked */
    size_t rank_from;         /* with so many rows a time it is faster */
};

/*
 * Set what rows are scored with, and scorer.row_ns, when s has its forest and
 * its walk. RC_REFUSED says what differs from the reference, or why the
 * evaluator asked for cannot be had.
 */
MUST_USE enum rc scorer_forest_choose(struct scorer_forest *s,
                                      const struct scorer *reference,
                                      enum forest_bulk bulk, struct err *e);
