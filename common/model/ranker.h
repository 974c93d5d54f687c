/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ranker - a user's features in, the best items of a catalogue out.
 * Immutable once created; any number of threads may share one. This is ranking
 * in the words of a table: schemas, catalogue, records.
 *
 * Order: score down, NaN last, then the catalogue's order.
 */
#include "common/base/rc.h"
#include "common/model/catalogue.h"
#include "common/model/model.h"
#include "common/model/scorer.h"
#include "common/table/record.h"
#include "common/table/schema.h"

#include <stddef.h>
#include <stdint.h>

struct ranker;

/*
 * By what `scorer` says of the model's values. The model's features are those
 * of `users` and, in the model's order, the catalogue's columns. The scorer
 * must outlive the ranker. limit_bytes: how much may be spent on what items
 * share. RC_REFUSED: the model has no names, several outputs, or features that
 * are in neither.
 */
MUST_USE enum rc ranker_create(struct ranker **out, const struct model *model,
                               const struct scorer *scorer,
                               const struct schema *users,
                               const struct catalogue *catalogue,
                               size_t limit_bytes, struct err *e);

/* Frees and nulls; NULL is fine. */
void ranker_destroy(struct ranker **r);

/* Items there are of the best k: k, or the whole catalogue. */
size_t ranker_kept(const struct ranker *r, size_t k);

/*
 * The best k items of nuser users, each ranker_kept(k) items behind the
 * other's. user: nuser rows of schema_size(users) floats, NaN is missing.
 * Many users a call are cheaper each. Blocks.
 */
MUST_USE enum rc ranker_top(const struct ranker *r, const float *user,
                            size_t nuser, size_t k, struct record_item *item);

/*
 * The model's row of a user and an item of the catalogue the ranker was made
 * for. row: as many floats as the model has features.
 */
void ranker_row(const struct ranker *r, const struct catalogue *c,
                const float *user, uint32_t item, float *row);

/* How it ranks: "forest, item by item", "forest, items share their work". */
const char *ranker_name(const struct ranker *r);

/* Estimated cost of one user alone, measured at creation. */
uint64_t ranker_user_ns(const struct ranker *r);
