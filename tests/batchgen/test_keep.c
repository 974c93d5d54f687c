/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/keep.h"

#include "common/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define PAYLOAD 4

static void
add(struct keep *k, const char *const *user, const int *value, size_t n)
{
    struct buf bytes;

    buf_init(&bytes, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        struct str id = str_of(user[i]);
        size_t at = keep_put(&bytes, hash_key(id), id, PAYLOAD);

        memcpy(bytes.p + at, &value[i], PAYLOAD);
    }
    assert_int_equal(keep_add(k, &bytes, n), RC_OK);
    assert_int_equal(bytes.len, 0);
    buf_fini(&bytes);
}

/* -1: no such user. */
static int
value_of(const struct keep *k, const char *name)
{
    uint64_t b = hash_key(str_of(name)) % keep_buckets(k);

    for (size_t i = 0; i < keep_bucket_rows(k, b); i++) {
        struct str user;
        struct str payload;
        int value;

        keep_row(k, b, i, &user, &payload);
        memcpy(&value, payload.p, PAYLOAD);
        if (str_eq(user, str_of(name))) {
            return value;
        }
    }
    return -1;
}

static void
last_of_duplicates_wins(void **state)
{
    static const char *const first[] = {"ann", "bob", "ann"};
    static const char *const second[] = {"bob", "cy"};
    struct keep *k = keep_create();

    (void)state;
    add(k, first, (const int[]){1, 2, 3}, 3);
    add(k, second, (const int[]){4, 5}, 2);
    for (uint64_t buckets = 1; buckets <= 8; buckets *= 2) {
        assert_int_equal(keep_group(k, buckets, NULL), RC_OK);
        assert_int_equal(keep_rows(k), 3);
        assert_int_equal(keep_duplicates(k), 2);
        assert_int_equal(value_of(k, "ann"), 3);
        assert_int_equal(value_of(k, "bob"), 4);
        assert_int_equal(value_of(k, "cy"), 5);
    }
    keep_destroy(&k);
    assert_null(k);
}

/* Far more than a bucket should hold: the merging half of the sort. */
static void
one_user_many_times(void **state)
{
    struct keep *k = keep_create();

    (void)state;
    for (int i = 0; i < 3000; i++) {
        char name[16];
        const char *user[] = {"same", name};

        snprintf(name, sizeof(name), "user%d", i % 1000);
        add(k, user, (const int[]){i, i}, 2);
    }
    assert_int_equal(keep_group(k, 1, NULL), RC_OK);
    assert_int_equal(keep_rows(k), 1001);
    assert_int_equal(keep_duplicates(k), 4999);
    assert_int_equal(value_of(k, "same"), 2999);
    assert_int_equal(value_of(k, "user0"), 2000);
    assert_int_equal(value_of(k, "user999"), 2999);
    keep_destroy(&k);
}

/* Part in memory, part in the file, grouped twice, added to in between. */
static void
spilled_rows_are_as_the_others(void **state)
{
    struct keep *k = keep_create();
    char first[16], second[16];
    const char *user[] = {first, second};

    (void)state;
    keep_limit(k, 2000);
    for (int i = 0; i < 1000; i++) {
        snprintf(first, sizeof(first), "user%d", i);
        snprintf(second, sizeof(second), "user%d", i / 2);
        add(k, user, (const int[]){i, -i}, 2);
        if (i == 500) {
            assert_int_equal(keep_group(k, 4, NULL), RC_OK);
            assert_int_equal(value_of(k, "user250"), -500);
        }
    }
    assert_int_equal(keep_group(k, 16, NULL), RC_OK);
    assert_int_equal(keep_rows(k), 1000);
    assert_int_equal(value_of(k, "user0"), -1);
    assert_int_equal(value_of(k, "user499"), -999);
    assert_int_equal(value_of(k, "user500"), 500);
    assert_int_equal(value_of(k, "user999"), 999);
    keep_destroy(&k);
}

static void
nowhere_to_spill(void **state)
{
    struct keep *k = keep_create();
    struct buf bytes;

    (void)state;
    assert_int_equal(setenv("TMPDIR", "/nowhere", 1), 0);
    keep_limit(k, 0);
    buf_init(&bytes, 1 << 20);
    keep_put(&bytes, 1, STR("u"), 0);
    assert_int_equal(keep_add(k, &bytes, 1), RC_IO);
    assert_int_equal(keep_group(k, 4, NULL), RC_OK);
    assert_int_equal(keep_rows(k), 0);
    assert_int_equal(unsetenv("TMPDIR"), 0);
    buf_fini(&bytes);
    keep_destroy(&k);
}

static void
order_of_rows_does_not_show(void **state)
{
    static const char *const there[] = {"a", "b", "c", "d", "e"};
    static const char *const back[] = {"e", "d", "c", "b", "a"};
    struct keep *x = keep_create(), *y = keep_create();

    (void)state;
    add(x, there, (const int[]){1, 2, 3, 4, 5}, 5);
    add(y, back, (const int[]){5, 4, 3, 2, 1}, 5);
    assert_int_equal(keep_group(x, 2, NULL), RC_OK);
    assert_int_equal(keep_group(y, 2, NULL), RC_OK);
    for (uint64_t b = 0; b < 2; b++) {
        assert_int_equal(keep_bucket_rows(x, b), keep_bucket_rows(y, b));
        for (size_t i = 0; i < keep_bucket_rows(x, b); i++) {
            struct str u, v, p, q;

            keep_row(x, b, i, &u, &p);
            keep_row(y, b, i, &v, &q);
            assert_true(str_eq(u, v));
            assert_true(str_eq(p, q));
        }
    }
    keep_destroy(&x);
    keep_destroy(&y);
}

/* Payloads of any length, in the order they were added. */
static void
all_rows_of_a_user(void **state)
{
    static const char *const said[] = {"one", "", "three", "fourth"};
    struct keep *k = keep_create();

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct buf bytes;
        struct str id = str_of(i == 1 ? "bob" : "ann"), text = str_of(said[i]);
        size_t at;

        buf_init(&bytes, 1 << 10);
        at = keep_put(&bytes, hash_key(id), id, text.len);
        memcpy(bytes.p + at, text.p, text.len);
        assert_int_equal(keep_add(k, &bytes, 1), RC_OK);
    }
    assert_int_equal(keep_group_all(k, 1, NULL), RC_OK);
    assert_int_equal(keep_rows(k), 4);
    assert_int_equal(keep_duplicates(k), 0);
    for (size_t i = 0, ann = 0; i < 4; i++) {
        static const char *const anns[] = {"one", "three", "fourth"};
        struct str user, payload;

        keep_row(k, 0, i, &user, &payload);
        assert_true(str_eq(user, STR("bob"))
                        ? payload.len == 0
                        : str_eq(payload, str_of(anns[ann++])));
    }
    keep_destroy(&k);
}

static void
nothing_at_all(void **state)
{
    struct keep *k = keep_create();

    (void)state;
    assert_int_equal(keep_group(k, 2, NULL), RC_OK);
    assert_int_equal(keep_rows(k), 0);
    assert_int_equal(keep_bucket_rows(k, 1), 0);
    keep_destroy(&k);
    keep_destroy(&k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_of_duplicates_wins),
        cmocka_unit_test(one_user_many_times),
        cmocka_unit_test(spilled_rows_are_as_the_others),
        cmocka_unit_test(nowhere_to_spill),
        cmocka_unit_test(order_of_rows_does_not_show),
        cmocka_unit_test(all_rows_of_a_user),
        cmocka_unit_test(nothing_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
