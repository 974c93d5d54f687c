/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * gc_stray - keys that nothing leads to: a run wrote on while its table was
 * dropped, or its Redis lost some keys, and was killed before it cleared up.
 */
#include "batchgen/table.h"

/*
 * Look through all keys of this Redis for those of the table that are under a
 * generation whose hash is gone, or that is not ready and has a number the
 * manifest knows nothing of, or under feature rows of no generation's schema,
 * and remove them. May run beside a run; what the manifest names is spared.
 * *removed: generations and schemas that were strays.
 */
MUST_USE enum rc gc_strays(const struct table *t, uint64_t *removed,
                           struct err *e);
