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
