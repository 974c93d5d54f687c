/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/compare.h"

#include "common/base/hash.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BUCKETS 4
#define USERS   200

static void
add(struct buf *bytes, size_t i, float score)
{
    char name[24];
    struct str user = {name, 0};
    size_t at;

    user.len = (size_t)snprintf(name, sizeof(name), "u%zu", i);
    at = keep_put(bytes, hash_key(user), user, sizeof(score));
    assert_false(buf_failed(bytes));
    memcpy(bytes->p + at, &score, sizeof(score));
}

/* Users from..to, scored by their number, one of them by something else. */
static struct keep *
some(size_t from, size_t to, size_t odd, float score)
{
    struct keep *k = keep_create();
    struct buf bytes;
    struct err e;

    assert_non_null(k);
    buf_init(&bytes, 1 << 20);
    for (size_t i = from; i < to; i++) {
        add(&bytes, i, i == odd ? score : (float)i);
    }
    assert_int_equal(keep_add(k, &bytes, to - from), RC_OK);
    assert_int_equal(keep_group(k, BUCKETS, &e), RC_OK);
    buf_fini(&bytes);
    return k;
}

static void
users_come_and_go(void **state)
{
    struct keep *was = some(0, USERS, USERS, 0);
    struct keep *now = some(50, USERS + 30, 60, 61.5f);
    struct compared c;

    (void)state;
    compare_records(was, now, 0, &c);
    assert_int_equal(c.gone, 50);
    assert_int_equal(c.added, 30);
    assert_int_equal(c.changed, 1);
    assert_int_equal(c.same, USERS - 50 - 1);
    assert_int_equal(c.nmover, 1);
    assert_true(str_eq(c.mover[0].user, STR("u60")));
    assert_true(c.mover[0].was == 60.0f && c.mover[0].now == 61.5f);
    assert_true(c.moved == 1.5);
    assert_int_equal(c.nfirst, COMPARE_FIRST);
    for (size_t i = 0; i < c.nfirst; i++) {
        bool changed = c.first[i].was.p != NULL;

        assert_int_equal(changed, str_eq(c.first[i].user, STR("u60")));
        assert_int_equal(c.first[i].now.len, sizeof(float));
    }
    compare_records(was, now, SIZE_MAX, &c);
    assert_int_equal(c.changed, 1);
    assert_int_equal(c.nmover, 0);
    keep_destroy(&was);
    keep_destroy(&now);
}

static void
what_differs_is_named(void **state)
{
    struct keep *was = some(0, USERS, 7, -1);
    struct keep *now = some(3, USERS + 2, USERS, -2);
    size_t added = 0;
    struct compared c;

    (void)state;
    compare_records(was, now, 0, &c);
    assert_int_equal(c.changed, 1);
    assert_int_equal(c.nfirst, 3);
    for (size_t i = 0; i < c.nfirst; i++) {
        float value;

        memcpy(&value, c.first[i].now.p, sizeof(value));
        added += c.first[i].was.p == NULL;
        assert_true(value == (c.first[i].was.p != NULL ? 7.0f : value) &&
                    (value == 7.0f || value >= USERS || value == -2.0f));
    }
    assert_int_equal(added, 2);
    keep_destroy(&was);
    keep_destroy(&now);
}

static void
those_that_moved_most_are_first(void **state)
{
    struct keep *was = some(0, USERS, USERS, 0);
    struct keep *now = keep_create();
    struct compared c;
    struct buf bytes;
    struct err e;

    (void)state;
    buf_init(&bytes, 1 << 20);
    for (size_t i = 0; i < USERS; i++) {
        add(&bytes, i, i == 7 ? NAN : (float)(2 * i));
    }
    assert_int_equal(keep_add(now, &bytes, USERS), RC_OK);
    assert_int_equal(keep_group(now, BUCKETS, &e), RC_OK);
    compare_records(was, now, 0, &c);
    assert_int_equal(c.changed, USERS - 1); /* 0 stays 0 */
    assert_int_equal(c.nmover, COMPARE_MOVERS);
    for (size_t i = 0; i < COMPARE_MOVERS; i++) {
        assert_true(c.mover[i].was == (float)(USERS - 1 - i));
    }
    buf_fini(&bytes);
    keep_destroy(&was);
    keep_destroy(&now);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_come_and_go),
        cmocka_unit_test(what_differs_is_named),
        cmocka_unit_test(those_that_moved_most_are_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
