/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of the keys and the way from a user to a bucket are a contract:
 * the expected values were computed by other means.
 */
#include "common/table/keyspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
is_key(struct str key, const char *expected)
{
    assert_string_equal(key.p, expected);
    assert_int_equal(key.len, strlen(expected));
}

static void
keys_are_the_contract(void **state)
{
    char out[KEY_MAX];

    (void)state;
    is_key(key_tables(out, "lookup"), "lookup");
    is_key(key_servers(out, "lookup"), "lookup::servers");
    is_key(key_manifest(out, "lookup", "recs"), "lookup:recs");
    is_key(key_generation(out, "lookup", "recs", 3), "lookup:recs:3");
    is_key(key_model(out, "lookup", "recs", 3), "lookup:recs:3:model");
    is_key(key_items(out, "lookup", "recs", 3), "lookup:recs:3:items");
    is_key(key_bucket(out, "lookup", "recs", 3, 0), "lookup:recs:3:0");
    is_key(key_features(out, "p", "recs", "d8dbaba34e28dbe9"),
           "p:recs:features:d8dbaba34e28dbe9");
    is_key(key_features_bucket(out, "p", "recs", "d8dbaba34e28dbe9", 65535),
           "p:recs:features:d8dbaba34e28dbe9:65535");
    is_key(key_superseded(out, "p", "recs"), "p:recs:superseded");
}

static void
longest_key_fits(void **state)
{
    char prefix[PREFIX_MAX + 1] = "";
    char table[TABLE_MAX + 1] = "";
    char out[KEY_MAX];

    (void)state;
    memset(prefix, 'p', PREFIX_MAX);
    memset(table, 't', TABLE_MAX);
    assert_int_equal(key_bucket(out, prefix, table, UINT64_MAX, UINT64_MAX).len,
                     64 + 1 + 128 + 1 + 20 + 1 + 20);
    assert_int_equal(
        key_features_bucket(out, prefix, table, "d8dbaba34e28dbe9", UINT64_MAX)
            .len,
        64 + 1 + 128 + 10 + 16 + 1 + 20);
}

static void
prefixes_are_checked(void **state)
{
    char longest[PREFIX_MAX + 1];

    (void)state;
    memset(longest, 'x', sizeof(longest));
    assert_true(keyspace_prefix_ok(STR("lookup")));
    assert_true(keyspace_prefix_ok(STR("-._azAZ09")));
    assert_true(keyspace_prefix_ok((struct str){longest, PREFIX_MAX}));
    assert_false(keyspace_prefix_ok((struct str){longest, PREFIX_MAX + 1}));
    assert_false(keyspace_prefix_ok(STR("")));
    assert_false(keyspace_prefix_ok((struct str){NULL, 0}));
    assert_false(keyspace_prefix_ok(STR("a:b")));
    assert_false(keyspace_prefix_ok(STR("a b")));
    assert_false(keyspace_prefix_ok(STR("a\0")));
    assert_false(keyspace_prefix_ok(STR("{a}")));
    assert_false(keyspace_prefix_ok(STR("\xc3\xa4")));
}

static void
tables_are_checked(void **state)
{
    char longest[TABLE_MAX + 1];

    (void)state;
    memset(longest, 'x', sizeof(longest));
    assert_true(keyspace_table_ok(STR("recs")));
    assert_true(keyspace_table_ok(STR("0-a_b.C")));
    assert_true(keyspace_table_ok((struct str){longest, TABLE_MAX}));
    assert_false(keyspace_table_ok((struct str){longest, TABLE_MAX + 1}));
    assert_false(keyspace_table_ok(STR("")));
    assert_false(keyspace_table_ok((struct str){NULL, 0}));
    assert_false(keyspace_table_ok(STR("-a")));
    assert_false(keyspace_table_ok(STR(".")));
    assert_false(keyspace_table_ok(STR("_a")));
    assert_false(keyspace_table_ok(STR("a:b")));
    assert_false(keyspace_table_ok(STR("a/b")));
    assert_false(keyspace_table_ok(STR("a\n")));
}

static void
users_are_any_bytes(void **state)
{
    char longest[USER_MAX + 1] = "";

    (void)state;
    assert_true(keyspace_user_ok(STR("\0")));
    assert_true(keyspace_user_ok(STR(" \xff:\n")));
    assert_true(keyspace_user_ok((struct str){longest, 512}));
    assert_false(keyspace_user_ok((struct str){longest, 513}));
    assert_false(keyspace_user_ok(STR("")));
}

/* XXH64 with seed 0, by an implementation in Python written for this. */
static void
buckets_are_xxh64(void **state)
{
    static const struct {
        struct str user;
        uint64_t hash;
    } known[] = {
        {{"a", 1}, UINT64_C(0xd24ec4f1a98c6e5b)},
        {{"1", 1}, UINT64_C(0xb7b41276360564d4)},
        {{"01", 2}, UINT64_C(0x6ed10a79b52ef0f5)},
        {{"u42", 3}, UINT64_C(0x3d8c6979f480d9c1)},
        {{"user\0\xff\n", 7}, UINT64_C(0x3c31d21c70dd91e6)},
        {{"session-0123456789-0123456789-0123456789", 40},
         UINT64_C(0x8abd181ca63f946d)},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        struct str user = known[i].user;

        assert_int_equal(keyspace_bucket(user, 1), 0);
        assert_int_equal(keyspace_bucket(user, 65536), known[i].hash & 65535);
        assert_int_equal(keyspace_bucket(user, 3), known[i].hash % 3);
        assert_true(keyspace_bucket(user, UINT64_MAX) == known[i].hash);
    }
    assert_int_equal(keyspace_bucket(STR("u42"), 65536), 55745);
}

static void
bucket_counts_at_the_boundaries(void **state)
{
    static const struct {
        uint64_t rows, buckets;
    } expected[] = {
        {0, 1},
        {1, 1},
        {48, 1},
        {49, 2},
        {96, 2},
        {97, 4},
        {12330, 512},
        {1000000, 32768},
        {48 << 15, 1 << 15},
        {(48 << 15) + 1, 1 << 16},
        {UINT64_C(48) << 58, UINT64_C(1) << 58},
        {(UINT64_C(48) << 58) + 1, UINT64_C(1) << 59},
        {UINT64_MAX, UINT64_C(1) << 59},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_true(keyspace_buckets_for(expected[i].rows) ==
                    expected[i].buckets);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_the_contract),
        cmocka_unit_test(longest_key_fits),
        cmocka_unit_test(prefixes_are_checked),
        cmocka_unit_test(tables_are_checked),
        cmocka_unit_test(users_are_any_bytes),
        cmocka_unit_test(buckets_are_xxh64),
        cmocka_unit_test(bucket_counts_at_the_boundaries),
    };

    return cmocka_run_group_tests_name("keyspace", tests, NULL, NULL);
}
