/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_breaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MS 1000000ull
#define S  (1000 * MS)

/* Open since `now_ns`. */
static struct redis_breaker
opened(uint64_t now_ns)
{
    struct redis_breaker b = {0};

    redis_breaker_miss(&b, now_ns, now_ns);
    return b;
}

static void
test_closed_at_first(void **state)
{
    struct redis_breaker b = {0};

    (void)state;
    for (uint64_t ns = 0; ns < 3; ns++) {
        assert_true(redis_breaker_pass(&b, ns));
    }
}

static void
test_opens_when_patience_is_over(void **state)
{
    struct redis_breaker b = {0};

    (void)state;
    redis_breaker_miss(&b, 1 * S, 1 * S - 1);
    assert_true(redis_breaker_pass(&b, 1 * S - 1));
    redis_breaker_miss(&b, 1 * S, 1 * S);
    assert_false(redis_breaker_pass(&b, 1 * S));
}

static void
test_one_probe_at_a_time(void **state)
{
    struct redis_breaker b = opened(1 * S);

    (void)state;
    assert_false(redis_breaker_pass(&b, 1 * S + 100 * MS - 1));
    assert_true(redis_breaker_pass(&b, 1 * S + 100 * MS));
    assert_false(redis_breaker_pass(&b, 1 * S + 100 * MS));
    assert_false(redis_breaker_pass(&b, 1 * S + 200 * MS - 1));
    assert_true(redis_breaker_pass(&b, 1 * S + 200 * MS));
}

/* Turns that nobody took are not saved up. */
static void
test_one_probe_after_a_pause(void **state)
{
    struct redis_breaker b = opened(1 * S);

    (void)state;
    assert_true(redis_breaker_pass(&b, 5 * S));
    assert_false(redis_breaker_pass(&b, 5 * S + 100 * MS - 1));
    assert_true(redis_breaker_pass(&b, 5 * S + 100 * MS));
}

/* Else a thousand reads that expire one by one would put off every probe. */
static void
test_further_misses_put_no_probe_off(void **state)
{
    struct redis_breaker b = opened(1 * S);

    (void)state;
    redis_breaker_miss(&b, 1 * S, 1 * S + 99 * MS);
    assert_true(redis_breaker_pass(&b, 1 * S + 100 * MS));
}

static void
test_closes_on_an_answer_in_time(void **state)
{
    struct redis_breaker b = opened(1 * S);

    (void)state;
    redis_breaker_hear(&b, true, 1 * S, 2 * S);
    assert_true(redis_breaker_pass(&b, 1 * S));
    assert_true(redis_breaker_pass(&b, 1 * S));
}

/* Late for a hasty caller is not late for Redis. */
static void
test_closes_on_an_answer_within_patience(void **state)
{
    struct redis_breaker b = opened(1 * S);

    (void)state;
    redis_breaker_hear(&b, false, 2 * S, 2 * S);
    assert_false(redis_breaker_pass(&b, 1 * S));
    redis_breaker_hear(&b, false, 2 * S, 2 * S - 1);
    assert_true(redis_breaker_pass(&b, 1 * S));
}

static void
test_late_answers_open_nothing(void **state)
{
    struct redis_breaker b = {0};

    (void)state;
    redis_breaker_hear(&b, false, 1 * S, 2 * S);
    assert_true(redis_breaker_pass(&b, 2 * S));
    assert_true(redis_breaker_pass(&b, 2 * S)); /* no probe's turn was taken */
}

static void
test_closes_with_a_new_connection(void **state)
{
    struct redis_breaker b = opened(1 * S);

    (void)state;
    redis_breaker_reset(&b);
    assert_true(redis_breaker_pass(&b, 1 * S));

    /* ... and opens again as it did, its probes counted anew. */
    redis_breaker_miss(&b, 2 * S, 2 * S);
    assert_false(redis_breaker_pass(&b, 2 * S + 100 * MS - 1));
    assert_true(redis_breaker_pass(&b, 2 * S + 100 * MS));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_at_first),
        cmocka_unit_test(test_opens_when_patience_is_over),
        cmocka_unit_test(test_one_probe_at_a_time),
        cmocka_unit_test(test_one_probe_after_a_pause),
        cmocka_unit_test(test_further_misses_put_no_probe_off),
        cmocka_unit_test(test_closes_on_an_answer_in_time),
        cmocka_unit_test(test_closes_on_an_answer_within_patience),
        cmocka_unit_test(test_late_answers_open_nothing),
        cmocka_unit_test(test_closes_with_a_new_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
