/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * flight - live scoring, once for all who ask for the same at one time. While
 * the scoring threads have a row, whoever comes with the same row of the same
 * generation follows the query that leads: it waits for that one's prediction,
 * is answered and counted as itself, and no later than its own deadline.
 *
 * The row decides, not the user: what was stored meanwhile is another row. A
 * row cheap enough to be scored here is scored at once and never waited for.
 */
#include "lookup/core/query.h"

/* Score q's row and answer q, perhaps before this returns. */
void flight_begin(struct query *q);

/*
 * Answer the followers whose deadline has passed. True while others still
 * wait: call again within a few milliseconds.
 */
bool flight_tick(struct lookup *l, uint64_t now_ns);
