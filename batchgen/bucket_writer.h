/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * bucket_writer - one bucket of a generation is one command: a RESTORE of the
 * whole hash where this Redis takes it (7.0 and newer, and this user may),
 * else an HSET of all its fields. Which, is found out with the first bucket,
 * which is read back.
 */
#include "batchgen/payload.h"
#include "batchgen/sink_redis.h"

enum bucket_way {
    BUCKET_UNTRIED,
    BUCKET_RESTORE,
    BUCKET_HSET,
};

struct bucket_writer {
    const struct sink_job *job;
    uint64_t gen;
    enum bucket_way way;
    struct payload payload;
};

/* job must outlive it. */
void bucket_writer_init(struct bucket_writer *w, const struct sink_job *job,
                        uint64_t gen);
void bucket_writer_fini(struct bucket_writer *w);

/* Push bucket b; an empty one gets a placeholder, so that every key exists. */
MUST_USE enum rc bucket_write(struct bucket_writer *w, uint64_t b,
                              struct err *e);
