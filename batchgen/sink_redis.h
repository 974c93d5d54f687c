/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sink_redis - grouped rows into the buckets of Redis.
 */
#include "batchgen/keep.h"
#include "batchgen/rate.h"
#include "batchgen/stop.h"
#include "batchgen/table.h"

#include <stdatomic.h>

struct sink_job {
    const struct table *table;
    const struct keep *keep;
    const struct stop *stop;
    struct rate *rate;      /* NULL: as fast as Redis takes them */
    _Atomic uint64_t *done; /* rows handed to Redis, for progress */
    bool over;              /* buckets with some of the rows are there */
    size_t offset, size;    /* of the value in a payload; size 0: all behind */
};

/* Row i of a bucket: its user and the bytes to be stored; views. */
void sink_row(const struct sink_job *job, uint64_t bucket, size_t i,
              struct str *user, struct str *value);

/*
 * One command a bucket of the generation. The keep must be grouped into the
 * buckets to be.
 */
MUST_USE enum rc sink_records(const struct sink_job *job, uint64_t gen,
                              struct err *e);

/*
 * Group rows into the buckets that the feature rows of a schema lie in: as
 * many as the table has once there is a count, else ours, which is stored.
 */
MUST_USE enum rc sink_features_group(const struct table *t, struct keep *k,
                                     const char *schema_id, struct err *e);

/*
 * Feature rows (they begin with their stamp), one script a bucket: a row
 * never replaces a newer one. *written: how many were not older.
 */
MUST_USE enum rc sink_features(const struct sink_job *job,
                               const char *schema_id, uint64_t *written,
                               struct err *e);

/* Remember every user as superseded now. */
MUST_USE enum rc sink_superseded(const struct sink_job *job, struct err *e);
