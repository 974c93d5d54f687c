/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * followed_load - one generation of a table, made of what Redis holds or of
 * its file on the shelf, which has the records as well.
 */
#include "lookup/followed.h"

/*
 * Generation `number`, the caller to hold it. Without a uid, whatever has that
 * number if it is ready: RC_CONFLICT while it is still being written, or with
 * another uid than asked for. RC_UNAVAIL: Redis went away. Blocks.
 */
MUST_USE enum rc followed_load(const char *table,
                               const struct followed_source *from,
                               uint64_t number, const char *uid,
                               struct generation **out, struct err *e);

/* From the shelf alone. RC_NOT_FOUND: it is not there. */
MUST_USE enum rc followed_unshelve(const char *table,
                                   const struct followed_source *from,
                                   uint64_t number, const char *uid,
                                   struct generation **out, struct err *e);
