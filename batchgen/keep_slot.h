/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * keep_slot - the rows of a keep in the order they are to have. A row is
 *
 *   hash u64 | payload length u32 | id length u16 | id | payload
 *
 * and a slot is one that can be moved.
 */
#include "common/base/buf.h"
#include "common/base/str.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define KEEP_SLOT_HEAD 14

struct keep_slot {
    uint64_t hash;
    const char *row;
};

/* Append a row; the payload's place as an offset into bytes->p. */
size_t keep_slot_put(struct buf *bytes, uint64_t hash, struct str user,
                     size_t payload_size);

static inline struct str
keep_slot_user(const char *row)
{
    uint16_t len;

    memcpy(&len, row + sizeof(uint64_t) + sizeof(uint32_t), sizeof(len));
    return (struct str){row + KEEP_SLOT_HEAD, len};
}

static inline struct str
keep_slot_payload(const char *row)
{
    uint32_t len;

    memcpy(&len, row + sizeof(uint64_t), sizeof(len));
    return (struct str){row + KEEP_SLOT_HEAD + keep_slot_user(row).len, len};
}

static inline const char *
keep_slot_next(const char *row)
{
    struct str payload = keep_slot_payload(row);

    return payload.p + payload.len;
}

static inline uint64_t
keep_slot_hash(const char *row)
{
    uint64_t hash;

    memcpy(&hash, row, sizeof(hash));
    return hash;
}

/* By hash and user, stable: the last duplicate is the last. tmp: n slots. */
void keep_slot_sort(struct keep_slot *s, size_t n, struct keep_slot *tmp);

/* Of equal neighbours the last stays. Returns how many are left. */
uint32_t keep_slot_unique(struct keep_slot *s, uint32_t n);
