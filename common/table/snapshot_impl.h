/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * snapshot_impl - how a snapshot lies in memory, for what fills one
 * (snapshot.c) and what makes one of bytes (snapshot_parts.c); nobody else
 * includes this.
 */
#include "common/table/keyspace.h"
#include "common/table/snapshot.h"

#define SNAPSHOT_LEN_BITS 10
#define SNAPSHOT_LEN_MASK ((1u << SNAPSHOT_LEN_BITS) - 1)

_Static_assert(USER_MAX <= SNAPSHOT_LEN_MASK, "an id's length fits the head");

struct snapshot {
    uint64_t buckets;
    size_t record_bytes;
    size_t limit_bytes;
    uint64_t users;
    uint64_t *offset;
    char *bytes;
    size_t len, room;
    bool borrowed; /* offset and bytes are somebody else's */
    /* The bucket that is being filled: its entries are in bytes already. */
    uint64_t bucket;
    uint16_t *head;
    uint32_t *length;
    uint32_t n, index_room;
};

/* What goes before the entries of a bucket of n. */
static inline size_t
snapshot_index_bytes(const struct snapshot *s, size_t n)
{
    return sizeof(uint32_t) + n * sizeof(uint16_t) +
           (s->record_bytes == 0 ? n * sizeof(uint32_t) : 0);
}
