/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/spent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
laps_add_up(void **state)
{
    struct spent s = {0};
    uint64_t ns[SPENT_COUNT], sum = 0;

    (void)state;
    spent_add(&s, SPENT_READ, 5);
    spent_add(&s, SPENT_READ, 7);
    assert_true(spent_lap(&s, SPENT_WRITE, 1) > 1);
    spent_move(&s, SPENT_WRITE, SPENT_RATE, 30);
    assert_true(spent_read(&s, ns) > 42);
    assert_int_equal(ns[SPENT_READ], 12);
    assert_int_equal(ns[SPENT_RATE], 30);
    for (int i = 0; i < SPENT_COUNT; i++) {
        sum += ns[i];
    }
    assert_int_equal(sum, spent_read(&s, ns));
}

static void
names_are_all_there_and_differ(void **state)
{
    (void)state;
    for (int i = 0; i < SPENT_COUNT; i++) {
        assert_non_null(spent_name((enum spent_on)i));
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(spent_name((enum spent_on)i),
                                    spent_name((enum spent_on)j));
        }
    }
}

static void
who_is_busiest_keeps_the_others_waiting(void **state)
{
    uint64_t before[SPENT_COUNT] = {[SPENT_READ] = 1000};
    uint64_t now[SPENT_COUNT] = {[SPENT_READ] = 1000};

    (void)state;
    assert_null(spent_busiest(before, now, 2));
    now[SPENT_READ] += 50;
    assert_string_equal(spent_busiest(before, now, 2), "reader");
    now[SPENT_PARSE] = 60;
    now[SPENT_SCORE] = 20;
    now[SPENT_PACK] = 10;
    assert_string_equal(spent_busiest(before, now, 1), "scorers");
    assert_string_equal(spent_busiest(before, now, 2), "reader");
    now[SPENT_KEEP] = 51;
    assert_string_equal(spent_busiest(before, now, 2), "writer");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(laps_add_up),
        cmocka_unit_test(names_are_all_there_and_differ),
        cmocka_unit_test(who_is_busiest_keeps_the_others_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
