/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * guard - is this generation fit to follow the live one?
 */
#include "common/base/rc.h"
#include "common/table/manifest.h"

/*
 * live: NULL when there is none. RC_GUARD: e names every breach with figures.
 */
MUST_USE enum rc guard_check(const struct generation_info *live,
                             const struct generation_info *next, struct err *e);
