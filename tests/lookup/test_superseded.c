/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set of superseded users, fed by news: beside a table of stamps that the
 * test keeps in an array.
 */
#include "lookup/core/superseded.h"

#include "common/base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define USERS 5000 /* enough for the slots to grow several times */

static struct str
user(size_t i, char text[16])
{
    snprintf(text, 16, "u%zu", i);
    return str_of(text);
}

/* News of users first, first + step, ... before end; stamps: base + index. */
static void
tell(struct superseded *s, bool replace, size_t first, size_t end, size_t step,
     uint64_t base)
{
    struct superseded_news *n = superseded_news_create(3, replace);
    char text[16];

    CHECK(n != NULL);
    for (size_t i = first; i < end; i += step) {
        assert_int_equal(superseded_news_add(n, user(i, text), base + i),
                         RC_OK);
    }
    assert_int_equal(superseded_news_table(n), 3);
    assert_int_equal(superseded_news_size(n), (end - first + step - 1) / step);
    assert_int_equal(superseded_apply(s, n), RC_OK);
    superseded_news_release(&n);
    assert_null(n);
}

static void
check(const struct superseded *s, const uint64_t stamp[USERS])
{
    char text[16];
    size_t n = 0;

    for (size_t i = 0; i < USERS; i++) {
        assert_int_equal(superseded_at(s, user(i, text)), stamp[i]);
        n += stamp[i] != 0;
    }
    assert_int_equal(superseded_size(s), n);
    assert_int_equal(superseded_at(s, STR("nobody")), 0);
}

static void
test_nobody(void **state)
{
    struct superseded *s = superseded_create();

    (void)state;
    assert_int_equal(superseded_at(NULL, STR("u")), 0);
    assert_int_equal(superseded_size(NULL), 0);
    assert_int_equal(superseded_at(s, STR("u")), 0);
    tell(s, false, 0, 0, 1, 0);
    assert_int_equal(superseded_size(s), 0);
    superseded_destroy(&s);
    assert_null(s);
    superseded_destroy(&s);
}

/* A user named again has the stamp that came last. */
static void
test_news_add_up(void **state)
{
    struct superseded *s = superseded_create();
    uint64_t *stamp = calloc(USERS, sizeof(*stamp));

    (void)state;
    CHECK(stamp != NULL);
    for (size_t round = 1; round <= 40; round++) {
        size_t end = USERS / 40 * round;

        tell(s, false, 0, end, round, 1000000 * round);
        for (size_t i = 0; i < end; i += round) {
            stamp[i] = 1000000 * round + i;
        }
        check(s, stamp);
    }
    free(stamp);
    superseded_destroy(&s);
}

static void
test_replace(void **state)
{
    struct superseded *s = superseded_create();
    uint64_t *stamp = calloc(USERS, sizeof(*stamp));

    (void)state;
    CHECK(stamp != NULL);
    tell(s, false, 0, USERS, 1, 1);
    tell(s, true, 10, 13, 1, 500);
    stamp[10] = 510, stamp[11] = 511, stamp[12] = 512;
    check(s, stamp);
    tell(s, true, 0, 0, 1, 0);
    stamp[10] = stamp[11] = stamp[12] = 0;
    check(s, stamp);
    free(stamp);
    superseded_destroy(&s);
}

/* Ids are bytes: of any value, up to 512, none a part of another. */
static void
test_ids_are_bytes(void **state)
{
    static const char bytes[512] = {0};
    struct superseded *s = superseded_create();

    (void)state;
    for (size_t len = 1; len <= sizeof(bytes); len++) {
        struct superseded_news *n = superseded_news_create(1, false);

        CHECK(n != NULL);
        assert_int_equal(
            superseded_news_add(n, (struct str){bytes, len}, 7 * len), RC_OK);
        assert_int_equal(superseded_apply(s, n), RC_OK);
        superseded_news_release(&n);
    }
    for (size_t len = 1; len <= sizeof(bytes); len++) {
        assert_int_equal(superseded_at(s, (struct str){bytes, len}), 7 * len);
    }
    assert_int_equal(superseded_size(s), sizeof(bytes));
    superseded_destroy(&s);
}

/* Whoever holds news may apply them after the others let go. */
static void
test_news_are_held(void **state)
{
    struct superseded_news *n = superseded_news_create(1, false);
    struct superseded_news *mine = superseded_news_hold(n);
    struct superseded *s = superseded_create();

    (void)state;
    assert_int_equal(superseded_news_add(n, STR("u"), 9), RC_OK);
    superseded_news_release(&n);
    assert_int_equal(superseded_apply(s, mine), RC_OK);
    superseded_news_release(&mine);
    superseded_news_release(&mine);
    assert_int_equal(superseded_at(s, STR("u")), 9);
    superseded_destroy(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_news_add_up),
        cmocka_unit_test(test_replace),
        cmocka_unit_test(test_ids_are_bytes),
        cmocka_unit_test(test_news_are_held),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
