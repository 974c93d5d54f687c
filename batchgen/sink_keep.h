/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sink_keep - rows into a keep, from where they go to Redis.
 *
 * A payload is the record (outputs, or ranked items), if rows are scored, and
 * behind it the feature row (stamp and floats), if it is asked for.
 */
#include "batchgen/keep.h"
#include "batchgen/sink.h"

#include <stdint.h>

struct sink_keep {
    struct sink sink;
    struct keep *keep;
    enum record_encoding encoding;
    size_t record_size;   /* 0: feature rows only */
    size_t features_size; /* 0: none */
    uint64_t stamp_us;    /* of the feature rows */
};

/*
 * room: outputs or items in a record, 0 when nothing is scored. The keep is
 * made here. RC_NOMEM. sink_keep_fini in any case.
 */
MUST_USE enum rc sink_keep_init(struct sink_keep *s,
                                enum record_encoding encoding, size_t room,
                                size_t nfeature, bool with_features,
                                uint64_t stamp_us);

/* Where the first score lies in a record. */
size_t sink_keep_score_offset(const struct sink_keep *s);
void sink_keep_fini(struct sink_keep *s);
