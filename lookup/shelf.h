/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * shelf - the directory of --snapshot-dir: the generations of each table with
 * their records, and which of them was live when Redis was last read.
 *
 *   <prefix>:<table>:<uid>.<place>.snapshot    a generation
 *   <prefix>:<table>.<place>.manifest          what the manifest said
 *
 * place is 16 hex digits that stand for the Redis it came from, so that
 * servers of several may share a directory. Servers of one do: what one wrote
 * the others use. Immutable; any thread may use it.
 */
#include "common/base/rc.h"
#include "lookup/core/generation.h"
#include "lookup/shelf_manifest.h"

struct shelf;

/*
 * Makes the directory if there is none (for the owner only), and removes what
 * was left half written. store is Redis' name. All are copied. RC_IO: it
 * cannot be made, or not be written; the message names it. RC_NOMEM.
 */
MUST_USE enum rc shelf_create(struct shelf **out, const char *dir,
                              const char *prefix, const char *store,
                              struct err *e);
void shelf_destroy(struct shelf **s);

/*
 * A generation with its snapshot, as generation_unseal(). RC_NOT_FOUND: it is
 * not here. A file that cannot be used is logged as such and removed, which is
 * RC_NOT_FOUND as well: it is to be read from Redis and kept anew.
 */
MUST_USE enum rc shelf_load(const struct shelf *s, const char *table,
                            const char *uid, uint64_t number,
                            struct queue *graveyard, struct generation **out,
                            struct err *e);

/* Keep a generation that has its snapshot, unless it is here. RC_IO. */
MUST_USE enum rc shelf_keep(const struct shelf *s, const char *table,
                            const struct generation *g, struct err *e);

/* RC_IO. */
MUST_USE enum rc shelf_remember(const struct shelf *s, const char *table,
                                const struct shelf_manifest *m, struct err *e);

/* Called for each table remembered. */
typedef void (*shelf_manifest_fn)(void *arg, const char *table,
                                  const struct shelf_manifest *m);

/* Those that cannot be read are logged, removed and left out. */
void shelf_recall(const struct shelf *s, shelf_manifest_fn fn, void *arg);

/* Remove the table's generations but those of n uids ("" is none). */
void shelf_trim(const struct shelf *s, const char *table,
                const char (*uid)[UID_SIZE], size_t n);

/* Remove all there is of a table. */
void shelf_forget(const struct shelf *s, const char *table);
