/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * snapshot - all records of one generation as one block of memory, in the
 * buckets they have in Redis. Filled once by one thread; from then on
 * immutable, and any number of threads may look users up.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot;

/*
 * An empty one. users: about how many it will hold, 0 if that is not known.
 * record_bytes: the length all records have, or 0 if they differ. It takes
 * limit_bytes at most. NULL when out of memory, or when the limit has no room
 * for the table of offsets.
 */
struct snapshot *snapshot_create(uint64_t buckets, uint64_t users,
                                 size_t record_bytes, size_t limit_bytes);

/* Frees and nulls; NULL is fine. */
void snapshot_destroy(struct snapshot **s);

/*
 * Add one user, bucket by bucket in ascending order; the same user twice is
 * for the caller to exclude. Copies both. RC_INVAL: an id of no legal length,
 * a record of another length, a bucket that is not the user's or comes after a
 * later one. RC_FULL: the limit. RC_NOMEM.
 */
MUST_USE enum rc snapshot_add(struct snapshot *s, uint64_t bucket,
                              struct str user, struct str record);

/* No more is added: room that is not used is given back. */
void snapshot_seal(struct snapshot *s);

/*
 * The user's record, valid as long as the snapshot; false: there is none.
 * hash: hash_key(user). Only after snapshot_seal().
 */
bool snapshot_find(const struct snapshot *s, struct str user, uint64_t hash,
                   struct str *record);

/*
 * Begin to bring near where the user's neighbours lie; then, a while later,
 * these themselves, for a snapshot_find() soon after.
 */
void snapshot_prefetch_index(const struct snapshot *s, uint64_t hash);
void snapshot_prefetch(const struct snapshot *s, uint64_t hash);

/*
 * Lay a part of a sealed one on larger pages; true: no more is to be done. One
 * thread at a time, beside any number that look users up. Blocks for a few
 * milliseconds.
 */
bool snapshot_enlarge_pages(struct snapshot *s);

uint64_t snapshot_users(const struct snapshot *s);
uint64_t snapshot_buckets(const struct snapshot *s);

/* Memory it takes. */
size_t snapshot_bytes(const struct snapshot *s);

/*
 * A sealed snapshot as bytes, to be kept in a file; views, valid as long as s.
 * Numbers are in this machine's byte order.
 */
struct snapshot_parts {
    struct str head;
    struct str offsets;
    struct str bytes;
};

/* head: room for what parts.head shows. */
#define SNAPSHOT_HEAD 32
void snapshot_parts(const struct snapshot *s, char head[SNAPSHOT_HEAD],
                    struct snapshot_parts *parts);

/*
 * A snapshot of such bytes, which are not copied and must outlive it; the
 * offsets lie at a multiple of 8. All is checked: whatever the bytes,
 * snapshot_find() stays within them. RC_INVAL: they are not whole. RC_NOMEM.
 */
MUST_USE enum rc snapshot_open(struct snapshot **out,
                               const struct snapshot_parts *parts,
                               struct err *e);
