/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/snapshot.h"

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/table/keyspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NO_LIMIT SIZE_MAX
#define MANY     20000

/* User n: ids of many lengths, any byte. */
static struct str
user(size_t n, char out[USER_MAX])
{
    size_t len = (size_t)snprintf(out, USER_MAX, "%zu", n);

    if (n % 7 == 0) {
        memset(out + len, (int)(n & 0xff), n % 97);
        len += n % 97;
    }
    if (n % 1000 == 999) {
        memset(out + len, 0, USER_MAX - len);
        len = USER_MAX;
    }
    return (struct str){out, len};
}

/* A record of n's own: 4 bytes, or up to 7 more where lengths differ. */
static struct str
record(size_t n, bool differ, char out[16])
{
    memset(out, (int)n, 16);
    memcpy(out, &n, 4);
    return (struct str){out, 4 + (differ ? n % 8 : 0)};
}

static struct snapshot *
fill(size_t n, uint64_t buckets, size_t hint, bool differ)
{
    struct snapshot *s =
        snapshot_create(buckets, hint, differ ? 0 : 4, NO_LIMIT);

    assert_non_null(s);
    for (uint64_t b = 0; b < buckets; b++) {
        for (size_t i = 0; i < n; i++) {
            char id[USER_MAX], rec[16];
            struct str u = user(i, id);

            if (keyspace_bucket(u, buckets) == b) {
                assert_int_equal(snapshot_add(s, b, u, record(i, differ, rec)),
                                 RC_OK);
            }
        }
    }
    snapshot_seal(s);
    return s;
}

static bool
find(const struct snapshot *s, struct str u, struct str *rec)
{
    uint64_t hash = hash_key(u);

    snapshot_prefetch(s, hash);
    return snapshot_find(s, u, hash, rec);
}

static void
test_finds_all_and_nothing_else(void **state)
{
    /* However many were said to come, and whatever the number of buckets. */
    const size_t hints[] = {0, 1, MANY, 100 * MANY};

    (void)state;
    for (size_t c = 0; c < 8; c++) {
        bool differ = c % 2 == 1;
        struct snapshot *s = fill(MANY, c < 4 ? 64 : 11, hints[c / 2], differ);

        assert_int_equal(snapshot_users(s), MANY);
        for (size_t i = 0; i < 2 * MANY; i++) {
            char id[USER_MAX], rec[16];
            struct str got = {NULL, 0};
            bool found = find(s, user(i, id), &got);

            assert_int_equal(found, i < MANY);
            assert_true(!found || str_eq(got, record(i, differ, rec)));
        }
        snapshot_destroy(&s);
        assert_null(s);
    }
}

static void
test_ids_are_bytes(void **state)
{
    const struct str ids[] = {STR("1"), STR("01"), STR("1\0"),
                              STR("\0"
                                  "1"),
                              STR("\xff")};
    struct snapshot *s = snapshot_create(1, 0, 1, NO_LIMIT);
    struct str rec;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(
            snapshot_add(s, 0, ids[i], (struct str){&"abcde"[i], 1}), RC_OK);
    }
    snapshot_seal(s);
    for (size_t i = 0; i < 5; i++) {
        assert_true(find(s, ids[i], &rec));
        assert_int_equal(rec.p[0], "abcde"[i]);
    }
    assert_false(find(s, STR("1\0\0"), &rec));
    snapshot_destroy(&s);
}

static void
test_empty(void **state)
{
    struct snapshot *s = snapshot_create(8, 0, 4, NO_LIMIT);
    struct str rec;

    (void)state;
    snapshot_seal(s);
    assert_int_equal(snapshot_users(s), 0);
    assert_false(find(s, STR("u"), &rec));
    snapshot_destroy(&s);
    snapshot_destroy(&s);
}

static void
test_refuses(void **state)
{
    struct snapshot *s = snapshot_create(2, 0, 4, NO_LIMIT);
    char long_id[USER_MAX + 1] = {0};
    struct str u = STR("u"), v = STR("v");
    uint64_t b = keyspace_bucket(u, 2);

    (void)state;
    for (int i = 0; keyspace_bucket(v, 2) == b; i++) {
        v = (struct str){&"abcdefgh"[i], 1};
    }
    assert_int_equal(snapshot_add(s, b, STR(""), STR("1234")), RC_INVAL);
    assert_int_equal(
        snapshot_add(s, b, (struct str){long_id, sizeof(long_id)}, STR("1234")),
        RC_INVAL);
    assert_int_equal(snapshot_add(s, b, u, STR("123")), RC_INVAL);
    assert_int_equal(snapshot_add(s, b, u, STR("12345")), RC_INVAL);
    assert_int_equal(snapshot_add(s, 1 - b, u, STR("1234")), RC_INVAL);
    assert_int_equal(snapshot_add(s, 2, u, STR("1234")), RC_INVAL);
    /* the second bucket, and back to the first */
    assert_int_equal(snapshot_add(s, 1, b == 1 ? u : v, STR("1234")), RC_OK);
    assert_int_equal(snapshot_add(s, 0, b == 0 ? u : v, STR("1234")), RC_INVAL);
    assert_int_equal(snapshot_users(s), 1);
    snapshot_destroy(&s);
    assert_null(snapshot_create(0, 0, 4, NO_LIMIT));
}

static void
test_limit(void **state)
{
    (void)state;
    assert_null(snapshot_create(1000, 0, 4, 1000));
    for (size_t limit = 64; limit < 8192; limit += 61) {
        struct snapshot *s = snapshot_create(1, 0, 4, limit);
        enum rc rc = RC_OK;
        size_t n = 0;

        while (s != NULL && rc == RC_OK) {
            char id[USER_MAX], rec[16];

            rc = snapshot_add(s, 0, user(n, id), record(n, false, rec));
            n += rc == RC_OK;
        }
        assert_int_equal(rc, RC_FULL);
        snapshot_seal(s);
        assert_int_equal(snapshot_users(s), n);
        assert_true(snapshot_bytes(s) <= limit + 256);
        snapshot_destroy(&s);
    }
}

/* A score of users with ids of 8 bytes: what the house promises. */
static void
test_bytes_per_user(void **state)
{
    struct snapshot *s = snapshot_create(512, 512 * 32, 4, NO_LIMIT);
    size_t n = 0;

    (void)state;
    for (uint64_t b = 0; b < 512; b++) {
        for (unsigned i = 0; i < 512 * 32; i++) {
            char id[16];
            struct str u = {id, (size_t)snprintf(id, 16, "u%07u", i)};

            if (keyspace_bucket(u, 512) == b) {
                assert_int_equal(snapshot_add(s, b, u, STR("1234")), RC_OK);
                n++;
            }
        }
    }
    snapshot_seal(s);
    assert_true(snapshot_bytes(s) <= 17 * n);
    snapshot_destroy(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_all_and_nothing_else),
        cmocka_unit_test(test_ids_are_bytes),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_bytes_per_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
