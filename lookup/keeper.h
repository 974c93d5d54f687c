/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * keeper - the thread that writes the shelf, so that the loader need not wait
 * for a disk. What it is told of a table it does in order: remember the
 * manifest, keep the generations, remove the others.
 *
 * The manifest comes first: a server that starts without Redis serves what is
 * known to be live, or nothing, and never what is known to be replaced.
 */
#include "common/base/rc.h"
#include "lookup/followed.h"
#include "lookup/shelf.h"

struct keeper;

/* Starts the thread. The shelf is not owned. RC_NOMEM. */
MUST_USE enum rc keeper_create(struct keeper **out, const struct shelf *shelf,
                               struct err *e);

/*
 * Tell of a table as it is now, if Redis was read and anything is new since
 * the last time; generations that have their snapshot are kept. What cannot be
 * told now is told by the next call. Never waits.
 */
void keeper_follow(struct keeper *k, struct followed *f);

/* The table was dropped: nothing of it is kept. Never waits. */
void keeper_drop(struct keeper *k, const char *table);

/* Does what it was told, then ends. Frees and nulls; NULL is fine. */
void keeper_destroy(struct keeper **k);
