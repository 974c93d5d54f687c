/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/measure.h"

#include "tests/batchgen/fake_redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MODEL "MEMORY USAGE p:t:3:model SAMPLES 0"
#define ITEMS "MEMORY USAGE p:t:3:items SAMPLES 0"

static enum rc
measure(struct redis *r, uint64_t buckets, uint64_t *bytes, uint64_t *model)
{
    struct table t = {.redis = r, .prefix = "p", .name = "t"};
    struct err e;

    return measure_generation(&t, 3, buckets, bytes, model, &e);
}

static void
test_every_bucket_of_few_is_asked(void **state)
{
    static const struct fake_answer answers[] = {
        {MODEL, "1000"},
        {ITEMS, "500"},
        {"MEMORY USAGE p:t:3:0 ", "10"},
        {"MEMORY USAGE p:t:3:1 ", "30"},
    };
    uint64_t bytes, model;
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, answers);
    assert_int_equal(measure(&r, 2, &bytes, &model), RC_OK);
    assert_int_equal(bytes, 40);
    assert_int_equal(model, 1500);
    assert_int_equal(fake_redis_count(&r, "MEMORY"), 4);
    fake_redis_fini(&r);
}

static void
test_a_sample_stands_for_many(void **state)
{
    static const struct fake_answer answers[] = {
        {MODEL, "1"},
        {ITEMS, NULL}, /* there are none */
        {"MEMORY USAGE", "8"},
    };
    uint64_t bytes, model;
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, answers);
    assert_int_equal(measure(&r, 4096, &bytes, &model), RC_OK);
    assert_int_equal(bytes, 4096 * 8);
    assert_int_equal(model, 1);
    assert_int_equal(fake_redis_count(&r, "MEMORY"), 2 + 256);
    assert_int_equal(fake_redis_count(&r, "MEMORY USAGE p:t:3:16 "), 1);
    assert_int_equal(fake_redis_count(&r, "MEMORY USAGE p:t:3:15 "), 0);
    fake_redis_fini(&r);
}

/* It is no reason to fail a run, and no other question is asked. */
static void
test_who_may_not_ask_learns_nothing(void **state)
{
    static const struct fake_answer answers[] = {
        {"MEMORY", "-NOPERM this user has no permissions"},
    };
    uint64_t bytes = 7, model = 7;
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, answers);
    assert_int_equal(measure(&r, 4, &bytes, &model), RC_OK);
    assert_int_equal(bytes, 0);
    assert_int_equal(model, 0);
    assert_int_equal(fake_redis_count(&r, "MEMORY"), 1);
    fake_redis_fini(&r);
}

static void
test_a_lost_connection_is_said(void **state)
{
    static const struct fake_answer at_once[] = {{"MEMORY", "!"}};
    static const struct fake_answer later[] = {
        {MODEL, "1"}, {ITEMS, "1"}, {"MEMORY", "!"}};
    uint64_t bytes, model;
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, at_once);
    assert_int_equal(measure(&r, 4, &bytes, &model), RC_UNAVAIL);
    fake_redis_fini(&r);
    FAKE_REDIS(&r, later);
    assert_int_equal(measure(&r, 4, &bytes, &model), RC_UNAVAIL);
    fake_redis_fini(&r);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_bucket_of_few_is_asked),
        cmocka_unit_test(test_a_sample_stands_for_many),
        cmocka_unit_test(test_who_may_not_ask_learns_nothing),
        cmocka_unit_test(test_a_lost_connection_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
