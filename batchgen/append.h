/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * append - the rows of a generation that is ready, but was never published,
 * taken back, so that it can have more of them.
 */
#include "batchgen/publish.h"
#include "batchgen/sink_keep.h"
#include "batchgen/sink_redis.h"
#include "batchgen/table.h"

#define APPEND_HASH_SIZE 17

struct append {
    const struct table *table;
    uint64_t gen;
    bool wait; /* for the lease */
    struct stop *stop;
    struct generation_info now; /* what this run makes: model, rounds, kind */
    struct sink_keep *sink;
};

/*
 * Take the lease, as publish_take_again has it, and put the generation's
 * records into the sink, ahead of the rows to come. *was: what it said of
 * itself; the caller finishes it. RC_REFUSED: it was published, or was made
 * with another model, other rounds, features or kind of record.
 */
MUST_USE enum rc append_begin(const struct append *a, struct publish *p,
                              struct generation_info *was, struct err *e);

/*
 * Hash of all records, grouped, whatever buckets they are in and whatever
 * order they came: 16 hex digits.
 */
void append_rows_hash(const struct sink_job *job, char out[APPEND_HASH_SIZE]);
