/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * estimate - what rows will take in Redis, worked out before they are there:
 * the bytes of each bucket as Redis 7 lays it out and jemalloc rounds it, of
 * SAMPLE buckets that are made up for all.
 */
#include "batchgen/payload.h"
#include "batchgen/sink_redis.h"

struct estimate {
    uint64_t buckets;
    uint64_t tables;        /* of them, that will be hash tables */
    uint64_t bytes;         /* keys and buckets, as MEMORY USAGE counts */
    uint64_t model_bytes;   /* model and catalogue */
    uint64_t feature_bytes; /* rows for live scoring, if none is there yet */
    double write_s;         /* all of them */
};

/* Bytes of job's rows, grouped, as buckets with keys of key_len bytes. */
uint64_t estimate_buckets(const struct sink_job *job, size_t key_len,
                          const struct payload_limits *limits,
                          uint64_t *tables);

/* Bytes of one string under a key. */
uint64_t estimate_string(size_t key_len, size_t len);

/*
 * Seconds to write so many records, or rows for live scoring: at rate a
 * second, 0: as a Redis on this host takes them.
 */
double estimate_records_s(uint64_t nrow, uint64_t rate);
double estimate_features_s(uint64_t nrow, uint64_t rate);
