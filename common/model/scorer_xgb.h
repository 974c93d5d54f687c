/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scorer_xgb - the reference scorer: libxgboost itself, with its bits.
 */
#include "common/model/scorer.h"

/*
 * As scorer_create. RC_REFUSED when libxgboost cannot predict with the model;
 * RC_INVAL for leaves of a model without trees.
 */
MUST_USE enum rc scorer_xgb_create(struct scorer **out, const struct model *m,
                                   uint32_t begin, uint32_t end,
                                   enum scorer_predict predict, struct err *e);

/*
 * How much each feature of the row x adds to the margins of the first `end`
 * rounds: for each of *noutput outputs nfeature floats and the bias, which sum
 * up to that output's margin. free() *out. RC_REFUSED: libxgboost has none for
 * these rounds of this model. Blocks, far longer than scoring does.
 */
MUST_USE enum rc scorer_xgb_contributions(const struct model *m, uint32_t begin,
                                          uint32_t end, const float *x,
                                          float **out, size_t *noutput,
                                          struct err *e);
