/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/estimate.h"

#include "common/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define VALUE 4

static const struct payload_limits limits = {.value = 64, .entries = 128};

/* n users of id_len bytes with a record of VALUE bytes. */
static void
fill(struct keep *k, size_t n, size_t id_len, uint64_t buckets)
{
    struct buf bytes;
    char id[512];

    buf_init(&bytes, 64 << 20);
    for (size_t i = 0; i < n; i++) {
        struct str user = {id, id_len};
        size_t at;

        memset(id, 'x', id_len);
        memcpy(id, &i, sizeof(i) < id_len ? sizeof(i) : id_len);
        at = keep_put(&bytes, hash_key(user), user, VALUE);
        memset(bytes.p + at, 0, VALUE);
    }
    assert_int_equal(keep_add(k, &bytes, n), RC_OK);
    assert_int_equal(keep_group(k, buckets, NULL), RC_OK);
    buf_fini(&bytes);
}

static uint64_t
bytes_of(size_t n, size_t id_len, uint64_t buckets, uint64_t *tables)
{
    struct keep *k = keep_create();
    struct sink_job job = {.keep = k, .size = VALUE};
    uint64_t bytes;

    fill(k, n, id_len, buckets);
    bytes = estimate_buckets(&job, 20, &limits, tables);
    keep_destroy(&k);
    return bytes;
}

/* 24 + 22 + 16 of a key, rounded; 7 + 16 a user, rounded. */
static void
a_bucket_is_counted_to_the_byte(void **state)
{
    uint64_t tables;

    (void)state;
    assert_int_equal(bytes_of(1, 8, 1, &tables), 32 + 32 + 16 + 32);
    assert_int_equal(bytes_of(10, 8, 1, &tables), 32 + 32 + 16 + 192);
    assert_int_equal(tables, 0);
}

static void
long_ids_make_hash_tables(void **state)
{
    uint64_t tables;

    (void)state;
    assert_true(bytes_of(100, 65, 2, &tables) > 100 * 120);
    assert_int_equal(tables, 2);
}

static void
a_sample_stands_for_all(void **state)
{
    uint64_t tables, some = bytes_of(40000, 8, 1024, &tables),
                     many = bytes_of(160000, 8, 4096, &tables);

    (void)state;
    assert_in_range(many, some * 4 * 97 / 100, some * 4 * 103 / 100);
}

static void
the_slower_limit_counts(void **state)
{
    (void)state;
    assert_true(estimate_records_s(1000, 100) == 10);
    assert_true(estimate_records_s(4000000, 0) == 1);
    assert_true(estimate_records_s(4000000, 100000000) == 1);
    assert_true(estimate_features_s(250000, 0) == 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_is_counted_to_the_byte),
        cmocka_unit_test(long_ids_make_hash_tables),
        cmocka_unit_test(a_sample_stands_for_all),
        cmocka_unit_test(the_slower_limit_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
