/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * row_match - the columns of a header and the features of a model, by name.
 */
#include "common/base/rc.h"
#include "common/model/row_plan.h"

/*
 * Fill in p->feature, of p->header's columns. RC_REFUSED names the features
 * that are not there, and the columns that are neither a feature nor an id
 * (unless p->ignore_extra), as many of each as a message holds.
 */
MUST_USE enum rc row_match_names(struct row_plan *p, struct err *e);
