/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * put - new features of one user into the store: the user is superseded
 * first, then the row is written, so that whatever fails between leaves an
 * answer that is live or stale, never one that passes for current.
 *
 *   bucket count -> (stored row, unless all are named) -> stamp -> overlay
 */
#include "lookup/core/query.h"
#include "lookup/core/tables.h"
#include "lookup/store/store.h"

struct put;

/*
 * code: ANSWER_OK, ANSWER_MISSING_FEATURES (no stored row to merge with;
 * query_lacks() names them) or ANSWER_STORE_UNAVAILABLE: it may or may not
 * have been written, and can be sent again. q is valid until it returns.
 */
typedef void (*put_done_fn)(void *arg, const struct query *q,
                            enum answer_code code);

/*
 * Of the view's live generation, which must not be NULL. prefix and store must
 * outlive it. NULL when out of memory.
 */
struct put *put_create(struct store *store, const char *prefix,
                       const struct table_view *view);

/* Its user, features and deadline_ns are to be set before put_run(). */
struct query *put_query(struct put *p);

/* done is called once, possibly before this returns; p is dead then. */
void put_run(struct put *p, put_done_fn done, void *arg);

/* Give up one that was not run. Frees and nulls; NULL is fine. */
void put_destroy(struct put **p);
