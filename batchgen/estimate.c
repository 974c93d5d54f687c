/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/estimate.h"

#define SAMPLE        1024
#define LISTPACK_HEAD 7 /* and its end */
#define OBJECT        16
#define ENTRY         24 /* of a hash table */
#define DICT          56
#define RECORDS_PER_S 4e6 /* buckets by RESTORE, over a socket of this host */
#define FEATURES_PER_S                                                         \
    250e3 /* each compared with what is there, by a script                     \
           */

/* What malloc makes of it: steps of 16, from 128 on four a doubling. */
static uint64_t
rounded(uint64_t n)
{
    uint64_t step = 16;

    while (n > 8 * step) {
        step *= 2;
    }
    return (n + step - 1) / step * step;
}

/* A string of Redis: a head that says how long it is, and a NUL. */
static uint64_t
text(uint64_t len)
{
    uint64_t head = len < 32 ? 1 : len < 256 ? 3 : len < 65536 ? 5 : 9;

    return rounded(head + len + 1);
}

/* An element of a listpack: what it is, itself, and how long both are. */
static uint64_t
element(uint64_t len)
{
    uint64_t n = len + (len < 64 ? 1 : len < 4096 ? 2 : 5);

    return n + (n < 128 ? 1 : n < 16384 ? 2 : 3);
}

static uint64_t
key(uint64_t key_len)
{
    return rounded(ENTRY) + text(key_len) + OBJECT;
}

static uint64_t
table_slots(uint64_t n)
{
    uint64_t slots = 4;

    while (slots < n) {
        slots *= 2;
    }
    return slots;
}

static uint64_t
bucket(const struct sink_job *job, uint64_t b,
       const struct payload_limits *limits, bool *is_table)
{
    size_t n = keep_bucket_rows(job->keep, b);
    uint64_t packed = LISTPACK_HEAD, spread = 0;

    *is_table = n > limits->entries;
    for (size_t i = 0; i < n; i++) {
        struct str user, value;

        sink_row(job, b, i, &user, &value);
        *is_table =
            *is_table || user.len > limits->value || value.len > limits->value;
        packed += element(user.len) + element(value.len);
        spread += rounded(ENTRY) + text(user.len) + text(value.len);
    }
    if (n == 0) {
        packed += 2 * element(0);
    }
    return *is_table ? rounded(DICT) + rounded(8 * table_slots(n)) + spread
                     : rounded(packed);
}

uint64_t
estimate_buckets(const struct sink_job *job, size_t key_len,
                 const struct payload_limits *limits, uint64_t *tables)
{
    uint64_t n = keep_buckets(job->keep);
    uint64_t step = n <= SAMPLE ? 1 : n / SAMPLE;
    uint64_t bytes = 0, seen = 0;

    *tables = 0;
    for (uint64_t b = 0; b < n; b += step) {
        bool is_table;

        bytes += key(key_len) + bucket(job, b, limits, &is_table);
        *tables += is_table;
        seen++;
    }
    *tables = *tables * n / seen;
    return (uint64_t)((double)bytes * (double)n / (double)seen);
}

uint64_t
estimate_string(size_t key_len, size_t len)
{
    return key(key_len) + text(len);
}

static double
seconds(uint64_t nrow, uint64_t rate, double most)
{
    double rows_per_s = rate > 0 && (double)rate < most ? (double)rate : most;

    return (double)nrow / rows_per_s;
}

double
estimate_records_s(uint64_t nrow, uint64_t rate)
{
    return seconds(nrow, rate, RECORDS_PER_S);
}

double
estimate_features_s(uint64_t nrow, uint64_t rate)
{
    return seconds(nrow, rate, FEATURES_PER_S);
}
