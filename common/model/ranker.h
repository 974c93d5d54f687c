/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ranker - a user's features in, the best items of a catalogue out.
 * Immutable once created; any number of threads may share one, each with its
 * own scratch.
 *
 * Order: score down, NaN last, then the catalogue's order.
 */
#include "common/base/rc.h"
#include "common/model/catalogue.h"
#include "common/model/scorer.h"
#include "common/table/record.h"
#include "common/table/schema.h"

#include <stddef.h>
#include <stdint.h>

struct ranker;

/*
 * model's features are those of `users`, and, in the model's order, the
 * catalogue's columns. All are borrowed and must outlive the ranker.
 * memory_bytes: how much may be spent on what items share. RC_REFUSED: the
 * model has no names, several outputs, or features that are in neither.
 */
MUST_USE enum rc ranker_create(struct ranker **out, const struct model *model,
                               const struct scorer *scorer,
                               const struct schema *users,
                               const struct catalogue *catalogue,
                               size_t memory_bytes, struct err *e);

void ranker_destroy(struct ranker **r);

/* Bytes of scratch ranker_top needs, to be aligned to 64. */
size_t ranker_scratch_bytes(const struct ranker *r);

/*
 * The best k items (fewer if the catalogue is smaller) for one user; user:
 * schema_size(users) floats, NaN is missing. *n: how many. Blocks.
 */
MUST_USE enum rc ranker_top(const struct ranker *r, const float *user, size_t k,
                            void *scratch, struct record_item *item, size_t *n);

/* How it ranks: "rows" (every pair is scored), "sets" (items are shared). */
const char *ranker_name(const struct ranker *r);

/* Estimated cost of one user, measured at creation. */
uint64_t ranker_user_ns(const struct ranker *r);
