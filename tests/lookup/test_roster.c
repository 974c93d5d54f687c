/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct followed *
add(struct roster *r, size_t n)
{
    char name[16];

    snprintf(name, sizeof(name), "t%zu", n);
    return roster_add(r, name);
}

static void
test_by_name(void **state)
{
    struct roster r;

    (void)state;
    roster_init(&r);
    assert_int_equal(roster_add(&r, "b")->id, 1);
    assert_int_equal(roster_add(&r, "a")->id, 2);
    assert_string_equal(r.table[0]->name, "a");
    assert_ptr_equal(roster_find(&r, "b"), r.table[1]);
    assert_null(roster_find(&r, "c"));
    roster_drop(&r, r.table[0]);
    assert_int_equal(r.n, 1);
    assert_null(roster_find(&r, "a"));
    roster_fini(&r);
}

/* Any number of tables come and go; no two have one id at a time. */
static void
test_ids_are_used_again(void **state)
{
    struct roster r;
    size_t seen[TABLES_MAX + 1] = {0};

    (void)state;
    roster_init(&r);
    for (size_t i = 0; i < 3 * TABLES_MAX; i++) {
        struct followed *f = add(&r, i);

        assert_non_null(f);
        assert_in_range(f->id, 1, TABLES_MAX);
        assert_int_equal(++seen[f->id], i / TABLES_MAX + 1);
        roster_drop(&r, f);
        roster_settle(&r);
    }
    roster_fini(&r);
}

/* Not before everybody knows that the table is gone. */
static void
test_ids_wait(void **state)
{
    struct roster r;
    struct followed *f;

    (void)state;
    roster_init(&r);
    for (size_t i = 0; i < TABLES_MAX; i++) {
        assert_non_null(add(&r, i));
    }
    assert_null(add(&r, TABLES_MAX));
    f = roster_find(&r, "t7");
    assert_int_equal(f->id, 8);
    roster_drop(&r, f);
    assert_null(add(&r, TABLES_MAX));
    roster_settle(&r);
    assert_int_equal(add(&r, TABLES_MAX)->id, 8);
    roster_fini(&r);
    assert_int_equal(r.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_name),
        cmocka_unit_test(test_ids_are_used_again),
        cmocka_unit_test(test_ids_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
