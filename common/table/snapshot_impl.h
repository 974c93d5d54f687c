/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * snapshot_impl - how a snapshot lies in memory, for what fills one
 * (snapshot.c) and what makes one of bytes (snapshot_parts.c); nobody else
 * includes this.
 */
#include "common/base/buf.h"
#include "common/table/keyspace.h"
#include "common/table/snapshot.h"

#define SNAPSHOT_LEN_BITS 10
#define SNAPSHOT_LEN_MASK ((1u << SNAPSHOT_LEN_BITS) - 1)

_Static_assert(USER_MAX <= SNAPSHOT_LEN_MASK, "an id's length fits the head");

struct snapshot {
    uint64_t buckets;
    uint64_t cells; /* of a bucket, a power of two */
    unsigned shift; /* buckets = 1 << shift, or 0: divide by them */
    size_t record_bytes;
    size_t limit_bytes;
    uint64_t users;
    uint64_t *offset; /* buckets * cells + 1 */
    char *bytes;
    size_t len, room;
    bool borrowed;                    /* offset and bytes are somebody else's */
    size_t bytes_paged, offset_paged; /* pages_enlarge() */
    /* The bucket that is being filled: its entries, in the order they came;
       the offsets of its cells are how long each will be. */
    uint64_t bucket;
    struct buf filling;
};

struct snapshot_entry {
    uint16_t head;
    struct str user, record;
    const char *end; /* the next one */
};

static inline void
snapshot_shape(struct snapshot *s, uint64_t buckets, uint64_t cells)
{
    bool is_power = (buckets & (buckets - 1)) == 0;

    s->buckets = buckets;
    s->cells = cells;
    s->shift = is_power ? (unsigned)__builtin_ctzll(buckets) : 0;
}

static inline size_t
snapshot_offsets(const struct snapshot *s)
{
    return s->buckets * s->cells + 1;
}

/* What goes before an entry's id. */
static inline size_t
snapshot_front(const struct snapshot *s)
{
    return sizeof(uint16_t) + (s->record_bytes == 0 ? sizeof(uint32_t) : 0);
}

static inline struct snapshot_entry
snapshot_entry(const struct snapshot *s, const char *at)
{
    uint32_t length = (uint32_t)s->record_bytes;
    struct snapshot_entry e;

    memcpy(&e.head, at, sizeof(e.head));
    at += sizeof(e.head);
    if (s->record_bytes == 0) {
        memcpy(&length, at, sizeof(length));
        at += sizeof(length);
    }
    e.user = (struct str){at, e.head & SNAPSHOT_LEN_MASK};
    e.record = (struct str){at + e.user.len, length};
    e.end = e.record.p + length;
    return e;
}
