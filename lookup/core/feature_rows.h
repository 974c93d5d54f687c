/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * feature_rows - the stored feature rows of a table's live schema in memory,
 * so that who has no record is scored without asking the store. Immutable and
 * counted; a list of tables holds one, and with the list it goes.
 *
 * Why a row found here is current, for a user who is not in the set of the
 * superseded at all:
 *
 *   - Who writes a row of a user whose features changed (PUT, batchgen
 *     features --supersede) stamps the user superseded first. A row written
 *     after it was read here thus follows a stamp, which is in every worker's
 *     set as soon as any change is; from then on the store is asked.
 *   - Stamps leave the set only when the manifest moves (commit trims it), or
 *     with the Redis that had them. Rows are of one state of the manifest
 *     and one connection to Redis: a list without them is handed out before
 *     what is left of the set is told.
 *   - Rows that a batch stores without superseding anybody count from the next
 *     move of the manifest on, when all are read again. Who has no row here
 *     may have one by now: absence is the store's to say.
 */
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct feature_rows;
struct snapshot;

/* Of rows as stored; takes s over, which is sealed. NULL when out of memory. */
struct feature_rows *feature_rows_create(struct snapshot *s);

struct feature_rows *feature_rows_hold(struct feature_rows *r);

/* Nulls *r; the last holder frees it. Any thread. NULL is fine. */
void feature_rows_release(struct feature_rows **r);

/* A user's row, valid as long as r is held. hash: hash_key(user). */
bool feature_rows_find(const struct feature_rows *r, struct str user,
                       uint64_t hash, struct str *row);

uint64_t feature_rows_users(const struct feature_rows *r);

/* Memory they take. */
size_t feature_rows_bytes(const struct feature_rows *r);
