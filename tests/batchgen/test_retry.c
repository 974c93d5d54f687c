/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publish_check is the test's own: whether the table is still ours.
 */
#include "batchgen/retry.h"

#include "tests/batchgen/fake_redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000000)

enum rc
publish_check(struct publish *p, struct err *e)
{
    (void)p;
    check_expected_ptr(p);
    return mock_type(int) != 0 ? RC_OK
                               : err_set(e, RC_CONFLICT, "somebody else's");
}

/* A step failed with rc, Redis being lost or not. */
static bool
again(struct redis *r, struct publish *p, uint64_t limit_ns, bool stopped,
      enum rc *rc)
{
    struct err e = {"the step failed"};
    struct stop stop = {.why = stopped ? STOP_FAILED : 0};
    struct retry retry;

    retry_init(&retry, r, p, &stop, limit_ns);
    return retry_again(&retry, rc, &e);
}

static void
test_it_comes_back(void **state)
{
    static const struct fake_answer answers[] = {{"reopen", "!"},
                                                 {"reopen", ""}};
    enum rc rc = RC_UNAVAIL;
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, answers);
    r.lost = true;
    assert_true(again(&r, NULL, SECOND, false, &rc));
    assert_int_equal(rc, RC_OK);
    assert_int_equal(r.reopened, 2);
    fake_redis_fini(&r);
}

/* 50, 100 and 200 ms of half a second; 400 would be too many. */
static void
test_it_stays_away(void **state)
{
    static const struct fake_answer answers[] = {{"reopen", "!"}};
    enum rc rc = RC_UNAVAIL;
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, answers);
    r.lost = true;
    assert_false(again(&r, NULL, SECOND / 2, false, &rc));
    assert_int_equal(rc, RC_UNAVAIL);
    assert_int_equal(r.reopened, 3);
    fake_redis_fini(&r);
}

static void
test_the_table_is_somebody_elses_then(void **state)
{
    static const struct fake_answer answers[] = {{"reopen", ""}};
    static struct publish p;
    enum rc rc = RC_UNAVAIL;
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, answers);
    r.lost = true;
    expect_value(publish_check, p, &p);
    will_return(publish_check, 0);
    assert_false(again(&r, &p, SECOND, false, &rc));
    assert_int_equal(rc, RC_CONFLICT);
    assert_int_equal(r.reopened, 1);
    rc = RC_UNAVAIL;
    r.lost = true;
    expect_value(publish_check, p, &p);
    will_return(publish_check, 1);
    assert_true(again(&r, &p, SECOND, false, &rc));
    fake_redis_fini(&r);
}

/* Another failure, another password, no time, a stop, or no Redis at all. */
static void
test_nothing_is_waited_for_in_vain(void **state)
{
    static const struct fake_answer answers[] = {{"reopen", ""}};
    enum rc rc = RC_UNAVAIL;
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, answers);
    assert_false(again(&r, NULL, SECOND, false, &rc));
    r.lost = true;
    assert_false(again(&r, NULL, 0, false, &rc));
    assert_false(again(&r, NULL, SECOND, true, &rc));
    assert_false(again(NULL, NULL, SECOND, false, &rc));
    r.locked_out = true;
    assert_false(again(&r, NULL, SECOND, false, &rc));
    assert_int_equal(rc, RC_UNAVAIL);
    assert_int_equal(r.reopened, 0);
    fake_redis_fini(&r);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_comes_back),
        cmocka_unit_test(test_it_stays_away),
        cmocka_unit_test(test_the_table_is_somebody_elses_then),
        cmocka_unit_test(test_nothing_is_waited_for_in_vain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
