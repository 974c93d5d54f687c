/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/stats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS 10000

static float value[ROWS];

static struct stats
stats_from(float (*fn)(int))
{
    struct stats s;

    for (int i = 0; i < ROWS; i++) {
        value[i] = fn(i * 7919 % ROWS);
    }
    assert_int_equal(stats_of(&s, value, ROWS), RC_OK);
    return s;
}

static float
even(int i)
{
    return (float)i - ROWS / 2;
}

static float
later(int i)
{
    return (float)i - ROWS / 2 + ROWS / 4;
}

static float
two_values(int i)
{
    return i % 5 == 0 ? 1 : 0;
}

static float
two_values_turned(int i)
{
    return i % 5 == 0 ? 0 : 1;
}

static void
sorted_and_cut(void **state)
{
    struct stats s = stats_from(even);

    (void)state;
    assert_int_equal(s.count, ROWS);
    assert_true(s.min == -5000 && s.max == 4999 && fabs(s.mean + 0.5) < 1e-9);
    assert_true(s.edge[49] == 0 && s.edge[0] == -4900);
    assert_true(fabs(s.upto[49] - 0.5001) < 1e-12);
    for (int i = 1; i < ROWS; i++) {
        assert_true(value[i - 1] <= value[i]);
    }
}

static void
only_finite_values_count(void **state)
{
    float some[] = {1, NAN, INFINITY, -0.0f, -INFINITY, 3, 2};
    struct stats s;

    (void)state;
    assert_int_equal(stats_of(&s, some, 7), RC_OK);
    assert_int_equal(s.count, 4);
    assert_true(s.min == 0 && s.max == 3 && s.mean == 1.5);
    assert_int_equal(stats_of(&s, some, 0), RC_OK);
    assert_int_equal(s.count, 0);
}

static void
json_keeps_everything(void **state)
{
    struct stats s = stats_from(even), back;
    struct buf json;

    (void)state;
    buf_init(&json, 1 << 16);
    stats_to_json(&s, &json);
    assert_int_equal(stats_from_json(&back, buf_view(&json)), RC_OK);
    assert_memory_equal(s.edge, back.edge, sizeof(s.edge));
    assert_true(s.count == back.count && s.min == back.min &&
                s.max == back.max && s.upto[98] == back.upto[98]);
    for (size_t cut = 0; cut < json.len; cut++) {
        assert_int_equal(stats_from_json(&back, (struct str){json.p, cut}),
                         RC_INVAL);
    }
    buf_fini(&json);
}

static void
psi_sees_shifts_only(void **state)
{
    struct stats was = stats_from(even), now = stats_from(later);

    (void)state;
    assert_true(fabs(stats_psi(&was, &was)) < 1e-9);
    assert_true(stats_psi(&was, &now) > 0.2);
    assert_true(stats_psi(&now, &was) > 0.2);
    was = stats_from(two_values);
    now = stats_from(two_values_turned);
    assert_true(fabs(stats_psi(&was, &was)) < 1e-9);
    assert_true(stats_psi(&was, &now) > 0.2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorted_and_cut),
        cmocka_unit_test(only_finite_values_count),
        cmocka_unit_test(json_keeps_everything),
        cmocka_unit_test(psi_sees_shifts_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
