/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/gc_stray.h"

#include "tests/batchgen/fake_redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SCAN  "SCAN 0 MATCH p:t:* COUNT"
#define READY "uid|x|state|ready|schema_id|" MINE
#define MINE  "0123456789abcdef"
#define OTHER "fedcba9876543210"

/* What the sweep found; *asked: all it did. */
static uint64_t
sweep(struct redis *r)
{
    struct table t = {.redis = r, .prefix = "p", .name = "t"};
    uint64_t removed;
    struct err e = {""};

    if (gc_strays(&t, &removed, &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    return removed;
}

/* Generation 1 is live, 2 lost its hash, 3 is written, 9 was never taken. */
static void
test_what_nothing_leads_to_goes(void **state)
{
    static const struct fake_answer answers[] = {
        {SCAN, "5|p:t:1|p:t:1:0|p:t:2:0|p:t:2:model|p:t:superseded"},
        {"SCAN 5 ", "0|p:t:3|p:t:3:0|p:t:9|p:t:9:0|p:t:0:1|p:t:2:items"},
        {SCAN, "0|p:t:1|p:t:1:0|p:t:2:0|p:t:2:model|p:t:superseded|"
               "p:t:3|p:t:3:0|p:t:9|p:t:9:0|p:t:0:1|p:t:2:items|p:t:7:0"},
        {"HGETALL p:t:1", READY},
        {"HGETALL p:t:2", ""},
        {"HGETALL p:t:3", "uid|x|state|writing|schema_id|" MINE},
        {"HGETALL p:t:9", "uid|x|state|writing|schema_id|" MINE},
        {"HGETALL p:t\n", "live|1|last|3"},
        {"TIME", "1000|0"},
    };
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, answers);
    assert_int_equal(sweep(&r), 2);
    assert_int_equal(fake_redis_count(&r, "UNLINK"), 5);
    assert_int_equal(fake_redis_count(&r, "UNLINK p:t:2:0"), 1);
    assert_int_equal(fake_redis_count(&r, "UNLINK p:t:2:model"), 1);
    assert_int_equal(fake_redis_count(&r, "UNLINK p:t:2:items"), 1);
    assert_int_equal(fake_redis_count(&r, "UNLINK p:t:9"), 2);
    fake_redis_fini(&r);
}

/* Named by the manifest, or ready though nobody took the number: it stays. */
static void
test_what_may_be_read_stays(void **state)
{
    static const struct fake_answer answers[] = {
        {SCAN, "0|p:t:1:0|p:t:2:0|p:t:3:0|p:t:8"},
        {"HGETALL p:t:8", READY},
        {"HGETALL p:t:", ""},
        {"HGETALL p:t\n", "live|1|previous|2|left|3@5000|last|3"},
        {"TIME", "1000|0"},
    };
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, answers);
    assert_int_equal(sweep(&r), 0);
    assert_int_equal(fake_redis_count(&r, "UNLINK"), 0);
    assert_int_equal(fake_redis_count(&r, "SCAN"), 1);
    fake_redis_fini(&r);
}

/* The rows of a generation's schema stay, those of no schema go... */
static void
test_feature_rows_of_no_schema_go(void **state)
{
    static const char keys[] =
        "0|p:t:1|p:t:features:" MINE "|p:t:features:" MINE
        ":7|p:t:features:" OTHER "|p:t:features:" OTHER ":7";
    static const struct fake_answer answers[] = {
        {SCAN, keys},
        {"HGETALL p:t:1", READY},
        {"HGETALL p:t\n", "live|1|last|1|writer_until_ms|999000"},
        {"TIME", "1000|0"},
    };
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, answers);
    assert_int_equal(sweep(&r), 1);
    assert_int_equal(fake_redis_count(&r, "UNLINK"), 2);
    assert_int_equal(fake_redis_count(&r, "UNLINK p:t:features:" OTHER), 2);
    fake_redis_fini(&r);
}

/* ...unless a run is at it, or a generation does not say what its schema is. */
static void
test_feature_rows_that_may_be_wanted_stay(void **state)
{
    static const char keys[] = "0|p:t:1|p:t:features:" OTHER ":7";
    static const struct fake_answer writing[] = {
        {SCAN, keys},
        {"HGETALL p:t:1", READY},
        {"HGETALL p:t\n", "live|1|last|1|writer_until_ms|1000001"},
        {"TIME", "1000|0"},
    };
    static const struct fake_answer silent[] = {
        {SCAN, keys},
        {"HGETALL p:t:1", "uid|x|state|ready"},
        {"HGETALL p:t\n", "live|1|last|1"},
        {"TIME", "1000|0"},
    };
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, writing);
    assert_int_equal(sweep(&r), 0);
    fake_redis_fini(&r);
    FAKE_REDIS(&r, silent);
    assert_int_equal(sweep(&r), 0);
    fake_redis_fini(&r);
}

static void
test_what_cannot_be_judged_is_no_stray(void **state)
{
    static const struct fake_answer answers[] = {
        {SCAN, "0|p:t:2:0"},
        {"HGETALL p:t:2", "-LOADING"},
        {"HGETALL p:t\n", "last|3"},
        {"TIME", "1000|0"},
    };
    struct table t = {.prefix = "p", .name = "t"};
    uint64_t removed;
    struct redis r;
    struct err e;

    (void)state;
    FAKE_REDIS(&r, answers);
    t.redis = &r;
    assert_int_equal(gc_strays(&t, &removed, &e), RC_FAILED);
    assert_int_equal(fake_redis_count(&r, "UNLINK"), 0);
    fake_redis_fini(&r);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_nothing_leads_to_goes),
        cmocka_unit_test(test_what_may_be_read_stays),
        cmocka_unit_test(test_feature_rows_of_no_schema_go),
        cmocka_unit_test(test_feature_rows_that_may_be_wanted_stay),
        cmocka_unit_test(test_what_cannot_be_judged_is_no_stray),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
