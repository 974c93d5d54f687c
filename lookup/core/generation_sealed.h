/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * generation_sealed - a generation and its snapshot as one file: all that is
 * needed to serve it without a store.
 *
 *   part 1   what the generation says of itself (fields)
 *   part 2   the model, part 3 the catalogue of a ranking, as stored
 *   part 4   the snapshot's head, 5 its offsets, 6 its bytes
 */
#include "common/table/snapshot.h"
#include "lookup/core/generation.h"

/*
 * Write one that has its snapshot; it is immutable, so any thread may. RC_IO:
 * see sealed_write(). RC_NOMEM.
 */
MUST_USE enum rc generation_seal(const struct generation *g, const char *path,
                                 struct err *e);

/*
 * Make a generation of such a file, which may change or go afterwards. It is
 * the one of that uid, or RC_INVAL. Held by
 * the caller; number and graveyard as in generation_create(), whose errors it
 * has. RC_NOT_FOUND: there is no file. RC_INVAL: it is damaged. Whatever the
 * bytes, no more is done with them than is safe.
 */
MUST_USE enum rc generation_unseal(struct generation **out, const char *path,
                                   const char *uid, uint64_t number,
                                   struct queue *graveyard, struct err *e);
