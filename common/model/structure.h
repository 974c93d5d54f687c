/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * structure - is a booster sound enough for libxgboost 1.7.4, which follows
 * its indices without a look? Asked once, of a file nobody vouches for.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

/*
 * json: the booster as model_json gives it. RC_REFUSED: a child, feature,
 * class or weight that is not there, a tree that loops, or one whose right
 * child does not follow the left one: 1.7.4 takes that for granted and would
 * score it wrong.
 */
MUST_USE enum rc structure_check(struct str json, struct err *e);
