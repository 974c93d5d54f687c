/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sink_candidates - rows that are a user, an item and its score, kept until
 * all are there and each user's can be ranked.
 */
#include "batchgen/item_index.h"
#include "batchgen/keep.h"
#include "batchgen/sink.h"

struct sink_candidates {
    struct sink sink;
    struct keep *keep; /* a row a candidate: a struct record_item */
    struct item_index *items;
    struct buf packed; /* for keep_add */
    uint64_t n;        /* candidates */
};

/* RC_NOMEM. sink_candidates_fini in any case. */
MUST_USE enum rc sink_candidates_init(struct sink_candidates *s);
void sink_candidates_fini(struct sink_candidates *s);
