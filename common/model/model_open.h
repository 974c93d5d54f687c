/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * model_open - the step of model_load that hands bytes to libxgboost.
 */
#include "common/model/model.h"
#include "common/model/unwrap.h"

/*
 * Copies what it needs of u. The bytes must have been tried before, or come
 * from where they were: libxgboost does not survive everything. RC_REFUSED
 * with what it said, RC_NOMEM.
 */
MUST_USE enum rc model_open(struct model **out, const struct unwrapped *u,
                            struct err *e);
