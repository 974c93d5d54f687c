/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * followed_spares - which generations are held beside the live one, so that a
 * rollback and the next commit are one pointer away; and what they share with
 * the switch to another live one (followed.c).
 */
#include "lookup/followed.h"

/*
 * Hold the previous generation and the next one that m lets expect, loading
 * what is not here; let go of others. A generation that cannot be prepared is
 * logged and tried again later. Blocks. RC_UNAVAIL: Redis went away.
 */
MUST_USE enum rc followed_hold_spares(struct followed *f,
                                      const struct followed_source *from,
                                      const struct manifest *m, struct err *e);

/* May the generation of that uid be loaded into the slot, or is it too soon? */
bool followed_may_try(const struct followed *f, enum followed_slot slot,
                      const char *uid);

/* It could not be. */
void followed_note_failure(struct followed *f, enum followed_slot slot,
                           const char *uid);

/* g may be NULL. */
static inline bool
followed_is_uid(const struct generation *g, const char *uid)
{
    return g != NULL && strcmp(g->info.uid, uid) == 0;
}
