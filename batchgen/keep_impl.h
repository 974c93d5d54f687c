/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * keep_impl - how rows lie in a keep, for what takes them in (keep.c) and what
 * sorts them into buckets (keep_group.c); nobody else includes this.
 *
 * Rows lie one behind the other in the blocks they were parsed into, one
 * block a chunk of input, in memory or, past a limit, in a file.
 *
 * Grouping makes one array of slots (hash and place), bucket after bucket;
 * bucket b is slot[start[b]] to slot[start[b] + count[b]], count being less
 * than the distance to start[b + 1] where duplicates were dropped.
 */
#include "batchgen/keep.h"
#include "batchgen/keep_slot.h"
#include "batchgen/spill.h"

struct keep_block {
    char *p;         /* NULL: it is spilled... */
    uint64_t offset; /* ...to here */
    size_t nrow;
};

struct keep {
    struct keep_block *block;
    size_t nblock, block_cap;
    uint64_t held_bytes, limit_bytes; /* of blocks in memory */
    struct spill spill;
    const char *spilled; /* where it is mapped */
    uint64_t total;      /* rows added */
    uint64_t rows;       /* rows left after grouping */
    uint64_t buckets;
    struct keep_slot *slot;
    uint64_t *start;
    uint32_t *count;
};

/* Forget the buckets. */
void keep_ungroup(struct keep *k);
