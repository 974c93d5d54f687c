/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)
#define S  (1000 * MS)

static void
no_limit_never_waits(void **state)
{
    struct rate r;

    (void)state;
    rate_init(&r, 0);
    assert_int_equal(rate_take(&r, UINT32_MAX, 5 * S), 0);
}

/* A clock that moves only by what is waited. */
static void
over_time_the_rate_is_kept(void **state)
{
    struct rate r;
    uint64_t begin = 5 * S, now = begin, waits = 0;

    (void)state;
    rate_init(&r, 1000);
    for (int i = 0; i < 1000; i++) {
        uint64_t ns = rate_take(&r, 3, now);

        now += ns;
        waits += ns > 0;
    }
    assert_in_range(now - begin, 3 * S - 20 * MS, 3 * S);
    assert_in_range(waits, 100, 300); /* saved up, 10 ms at least each */
}

static void
idle_time_is_no_credit(void **state)
{
    struct rate r;
    uint64_t now = 100 * S;

    (void)state;
    rate_init(&r, 1000);
    assert_true(rate_take(&r, 1000, now) > 900 * MS);
    now += 60 * S;
    assert_true(rate_take(&r, 1000, now) > 900 * MS);
}

static void
a_stop_ends_the_wait(void **state)
{
    struct stop stop = {0};
    struct rate r;
    struct err e;

    (void)state;
    rate_init(&r, 1);
    assert_int_equal(rate_wait(&r, 0, &stop, &e), RC_OK);
    stop_ask(&stop, STOP_FAILED);
    assert_int_not_equal(rate_wait(&r, 3600 * S, &stop, &e), RC_OK);
    assert_int_equal(r.waited_ns, 3600 * S);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_limit_never_waits),
        cmocka_unit_test(over_time_the_rate_is_kept),
        cmocka_unit_test(idle_time_is_no_credit),
        cmocka_unit_test(a_stop_ends_the_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
