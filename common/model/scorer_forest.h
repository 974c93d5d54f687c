/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scorer_forest - our own evaluators of gbtree and dart models, with the bits
 * of libxgboost or not at all.
 */
#include "common/model/scorer.h"

struct forest;

/* How rows are scored that come many at a time. */
enum forest_bulk {
    FOREST_BULK_FASTEST, /* measured at creation, for this model and CPU */
    FOREST_BULK_WALK,
    FOREST_BULK_AVX2,
    FOREST_BULK_AVX512,
};

/*
 * As scorer_create. `reference` predicts the same from the same model; the
 * forest is compared with it, bit for bit. RC_REFUSED says what differs or
 * what the forest cannot hold, or that this CPU or the trees do not allow the
 * evaluator asked for; then the reference is the scorer to use.
 */
MUST_USE enum rc scorer_forest_create(struct scorer **out,
                                      const struct model *m,
                                      const struct scorer *reference,
                                      uint32_t begin, uint32_t end,
                                      enum scorer_predict predict,
                                      enum forest_bulk bulk, struct err *e);

/* The trees of a forest that predicts values; NULL of any other scorer. */
const struct forest *scorer_forest_trees(const struct scorer *s);
