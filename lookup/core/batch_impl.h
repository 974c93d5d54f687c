/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * batch_impl - the inside of a batch, for batch.c (its users and their answers)
 * and batch_queue.c (when they are asked for) only.
 */
#include "common/base/buf.h"
#include "lookup/core/batch.h"

#include <sys/queue.h>

struct batch_key {
    struct batch *batch;
    const struct table_view *view;
    size_t at; /* of the user's bytes, in ids */
    uint16_t len;
    struct answer answer;
    struct prediction prediction; /* what the answer points to */
};

struct batch {
    TAILQ_ENTRY(batch) waiting; /* while begun < n */
    struct lookup *lookup;
    struct batch_setup setup;
    struct tables *tables;
    struct buf ids;
    char *room; /* n predictions of room_bytes each */
    size_t room_bytes;
    size_t max, n, begun, answered;
    unsigned moves; /* of the table, each a reason to ask again */
    struct batch_key key[];
};

/*
 * Begin the next query, or fail it; begun < n. After the last one the batch is
 * not to be touched: it may have been answered.
 */
void batch_ask_next(struct batch *b);
void batch_fail_next(struct batch *b);
