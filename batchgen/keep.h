/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * keep - all rows of a batch in memory, then grouped by bucket.
 *
 * A row is a user id and a payload. Where two rows have the same user, the one
 * added last wins, unless all are asked for. One thread a time, but for
 * keep_put, which touches no keep.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stddef.h>
#include <stdint.h>

struct keep;

/* NULL when out of memory. */
struct keep *keep_create(void);

/*
 * From so many bytes of rows on, further ones go to a temporary file; without
 * it there is no limit. What grouping needs, 16 bytes a row, is not counted.
 */
void keep_limit(struct keep *k, uint64_t limit_bytes);

/* Frees and nulls; NULL is fine. */
void keep_destroy(struct keep **k);

/*
 * Append one row to bytes, which any thread may do for bytes of its own. The
 * payload's place is returned as an offset into bytes->p, to be filled by the
 * caller; hash is hash_key(user).
 */
size_t keep_put(struct buf *bytes, uint64_t hash, struct str user,
                size_t payload_size);

/*
 * Take the rows in bytes, which is empty afterwards. Order matters. RC_NOMEM;
 * RC_IO: the temporary file cannot be written.
 */
MUST_USE enum rc keep_add(struct keep *k, struct buf *bytes, size_t nrow);

/*
 * Sort all rows into buckets (hash mod buckets) and drop duplicates; may be
 * repeated with another number. Within a bucket rows are in order of their
 * hash, so the same rows give the same buckets in whatever order they came.
 */
MUST_USE enum rc keep_group(struct keep *k, uint64_t buckets, struct err *e);

/* The same, but all rows of a user stay, in the order they were added. */
MUST_USE enum rc keep_group_all(struct keep *k, uint64_t buckets,
                                struct err *e);

/* After keep_group: rows that are left, rows that were dropped. */
uint64_t keep_rows(const struct keep *k);
uint64_t keep_duplicates(const struct keep *k);
uint64_t keep_buckets(const struct keep *k);

/* Rows in bucket b, and one of them; views into k. */
size_t keep_bucket_rows(const struct keep *k, uint64_t b);
void keep_row(const struct keep *k, uint64_t b, size_t i, struct str *user,
              struct str *payload);
