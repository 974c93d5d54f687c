/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Prices that make a GiB and a core cost 1 a day. */
static const struct plan_costs costs = {
    .users = 1000,
    .rate = 1,
    .skew = 1,
    .batches = 2,
    .servers = 3,
    .record_bytes = 20,
    .snapshot_bytes = 10,
    .feature_bytes = 200,
    .hit_us = 10,
    .live_us = 110,
    .score_us = 5,
    .memory_price = PLAN_MONTH_D,
    .core_price = PLAN_MONTH_D,
};

static void
assert_near(double got, double want)
{
    if (fabs(got - want) > 1e-9 * fabs(want)) {
        fail_msg("%.12g, not %.12g", got, want);
    }
}

static void
test_zipf(void **state)
{
    static const double skew[] = {0, 0.5, 0.99, 1, 1.3, 3};

    (void)state;
    assert_true(plan_zipf(0, 1) == 0);
    assert_near(plan_zipf(4, 1), 1 + 1. / 2 + 1. / 3 + 1. / 4);
    for (size_t i = 0; i < sizeof(skew) / sizeof(skew[0]); i++) {
        double sum = 0;

        for (double k = 300000; k >= 1; k--) {
            sum += pow(k, -skew[i]);
        }
        assert_near(plan_zipf(300000, skew[i]), sum);
    }
}

static void
test_days(void **state)
{
    struct plan_day none = plan_day(&costs, 0);
    struct plan_day all = plan_day(&costs, 1000);
    struct plan_day some = plan_day(&costs, 2);
    double hits = 1.5 / plan_zipf(1000, 1);

    (void)state;
    assert_true(none.hits == 0 && all.hits == 1);
    assert_near(none.memory_bytes, 200000);
    assert_near(none.serve_s, 86400 * 110e-6);
    assert_true(none.batch_s == 0);
    assert_near(none.cost, 200000 / PLAN_GIB + 110e-6);

    assert_near(all.memory_bytes, 1000 * (20 + 3 * 10));
    assert_near(all.batch_s, 1000 * 2 * 5e-6);
    assert_near(all.serve_s, 86400 * 10e-6);

    assert_near(some.hits, hits);
    assert_near(some.memory_bytes, 2 * 50 + 998 * 200);
    assert_near(some.serve_s, 86400 * (hits * 10e-6 + (1 - hits) * 110e-6));
}

/* At the break-even one user more or less costs more. */
static void
test_break_even_is_the_cheapest(void **state)
{
    struct plan_costs c = costs;
    struct plan_even even;
    double at;

    (void)state;
    c.feature_bytes = 0;
    c.rate = 10;
    c.users = 1e6;
    even = plan_even(&c);
    assert_near(even.lookups,
                (50 / PLAN_GIB + 10e-6 / 86400) / (100e-6 / 86400));
    assert_true(even.stored > 1 && even.stored < c.users);
    at = plan_day(&c, even.stored).cost;
    assert_true(plan_day(&c, even.stored - 1).cost >= at);
    assert_true(plan_day(&c, even.stored + 1).cost >= at);
}

static void
test_ends_of_the_break_even(void **state)
{
    struct plan_costs c = costs;

    (void)state;
    assert_true(plan_even(&c).lookups < 0);
    assert_true(plan_even(&c).stored == c.users);
    c.feature_bytes = 0;
    c.rate = 0;
    assert_true(plan_even(&c).stored == 0);
    c.rate = 1000;
    c.skew = 0;
    assert_true(plan_even(&c).stored == c.users);
    c.live_us = c.hit_us;
    assert_true(isinf(plan_even(&c).lookups));
    assert_true(plan_even(&c).stored == 0);
    c.feature_bytes = 1000;
    assert_true(plan_even(&c).stored == c.users);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zipf),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_break_even_is_the_cheapest),
        cmocka_unit_test(test_ends_of_the_break_even),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
