/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * small_snapshot - a snapshot of users u0, u1... whose records are their
 * numbers, four bytes each.
 */
#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/table/keyspace.h"
#include "common/table/snapshot.h"

#include <stdio.h>

/* differ: records are said to be of different lengths. */
static inline struct snapshot *
small_snapshot(uint32_t users, uint64_t buckets, bool differ)
{
    struct snapshot *s =
        snapshot_create(buckets, users, differ ? 0 : 4, SIZE_MAX);

    CHECK(s != NULL);
    for (uint64_t b = 0; b < buckets; b++) {
        for (uint32_t i = 0; i < users; i++) {
            char id[16];
            struct str user = {id, (size_t)snprintf(id, sizeof(id), "u%u", i)};
            struct str record = {(const char *)&i, sizeof(i)};

            if (keyspace_bucket(user, buckets) == b) {
                CHECK(snapshot_add(s, b, user, record) == RC_OK);
            }
        }
    }
    snapshot_seal(s);
    return s;
}

/* Does it have user i, with a record of its own? */
static inline bool
small_snapshot_has(const struct snapshot *s, uint32_t i)
{
    char id[16];
    struct str user = {id, (size_t)snprintf(id, sizeof(id), "u%u", i)};
    struct str record;

    return snapshot_find(s, user, hash_key(user), &record) &&
           record.len == sizeof(i) && memcmp(record.p, &i, sizeof(i)) == 0;
}
