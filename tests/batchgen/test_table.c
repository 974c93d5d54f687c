/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/table.h"

#include "tests/batchgen/fake_redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct table
table_of(struct redis *r)
{
    return (struct table){.redis = r, .prefix = "p", .name = "t"};
}

static void
test_names_are_what_keys_can_hold(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(table_check_names("p", "t", &e), RC_OK);
    assert_int_equal(table_check_names("p:", "t", &e), RC_INVAL);
    assert_non_null(strstr(e.text, "--prefix"));
    assert_int_equal(table_check_names("p", "-t", &e), RC_INVAL);
    assert_non_null(strstr(e.text, "--table"));
}

static void
test_a_manifest_and_none(void **state)
{
    static const struct fake_answer answers[] = {
        {"HGETALL p:t\n", "live|7|seq|2|new field|x"},
        {"HGETALL p:t\n", ""},
        {"HGETALL p:t\n", "live|seven"},
    };
    struct manifest m;
    struct redis r;
    struct err e;

    (void)state;
    FAKE_REDIS(&r, answers);
    struct table t = table_of(&r);

    assert_int_equal(table_manifest(&t, &m, &e), RC_OK);
    assert_int_equal(m.live, 7);
    assert_int_equal(m.seq, 2);
    assert_int_equal(table_manifest(&t, &m, &e), RC_OK);
    assert_int_equal(m.live, 0);
    assert_int_equal(table_manifest(&t, &m, &e), RC_INVAL);
    fake_redis_fini(&r);
}

/* A damaged field hides no other, but ready it is not. */
static void
test_what_is_left_of_a_generation(void **state)
{
    static const struct fake_answer answers[] = {
        {"HGETALL p:t:3\n",
         "rows|many|buckets|none|schema|[\"a\"]|uid|x|state|ready"},
        {"HGETALL p:t:3\n",
         "rows|many|buckets|none|schema|[\"a\"]|uid|x|state|ready"},
        {"HGETALL p:t:3\n", "rows|5|state|ready"},
        {"HGETALL p:t:3\n", ""},
    };
    struct generation_info g;
    struct redis r;
    struct err damage, e;

    (void)state;
    FAKE_REDIS(&r, answers);
    struct table t = table_of(&r);

    assert_int_equal(table_generation_found(&t, 3, &g, &damage, &e), RC_OK);
    assert_non_null(strstr(damage.text, "rows")); /* the first of them */
    assert_string_equal(g.uid, "x");
    assert_string_equal(g.schema, "[\"a\"]");
    assert_false(g.ready);
    generation_info_fini(&g);
    assert_int_equal(table_generation(&t, 3, &g, &e), RC_FAILED);
    assert_non_null(strstr(e.text, "generation 3 of 't' is damaged"));
    assert_null(g.schema);
    assert_int_equal(table_generation(&t, 3, &g, &e), RC_OK);
    assert_true(g.ready && g.rows == 5);
    generation_info_fini(&g);
    assert_int_equal(table_generation(&t, 3, &g, &e), RC_NOT_FOUND);
    assert_non_null(strstr(e.text, "table 't' has no generation 3"));
    fake_redis_fini(&r);
}

static void
test_the_time_is_two_numbers(void **state)
{
    static const struct fake_answer answers[] = {
        {"TIME\n", "1700000000|42"}, {"TIME\n", "1|2|3"}, {"TIME\n", "now"}};
    uint64_t now_us;
    struct redis r;
    struct err e;

    (void)state;
    FAKE_REDIS(&r, answers);
    struct table t = table_of(&r);

    assert_int_equal(table_now_us(&t, &now_us, &e), RC_OK);
    assert_true(now_us == UINT64_C(1700000000000042));
    assert_int_equal(table_now_us(&t, &now_us, &e), RC_FAILED);
    assert_int_equal(table_now_us(&t, &now_us, &e), RC_FAILED);
    fake_redis_fini(&r);
}

static void
test_a_redis_that_evicts_is_unfit(void **state)
{
    static const struct fake_answer answers[] = {
        {"INFO memory\n", "# Memory\r\nmaxmemory_policy:noeviction\r\n"},
        {"INFO memory\n", "x:1\r\nmaxmemory_policy:allkeys-lru\r\ny:2\r\n"},
        {"INFO memory\n", "maxmemory_policy:volatile-lru\r\n"},
        {"INFO memory\n", "-NOPERM"},
    };
    struct redis r;
    struct err e;

    (void)state;
    FAKE_REDIS(&r, answers);
    struct table t = table_of(&r);

    assert_int_equal(table_check_policy(&t, &e), RC_OK);
    assert_int_equal(table_check_policy(&t, &e), RC_UNAVAIL);
    assert_non_null(strstr(e.text, "(maxmemory_policy:allkeys-lru)"));
    assert_int_equal(table_check_policy(&t, &e), RC_OK);
    assert_int_equal(table_check_policy(&t, &e), RC_FAILED);
    fake_redis_fini(&r);
}

static void
test_limits_of_a_listpack(void **state)
{
    static const struct fake_answer told[] = {
        {"CONFIG GET hash-max-listpack-value\n", "hash-max-listpack-value|7"},
        {"CONFIG GET hash-max-listpack-entries\n",
         "hash-max-listpack-entries|9"},
    };
    static const struct fake_answer forbidden[] = {{"CONFIG", "-NOPERM"}};
    struct payload_limits l;
    struct redis r;

    (void)state;
    FAKE_REDIS(&r, told);
    struct table t = table_of(&r);

    l = table_listpack(&t);
    assert_true(l.value == 7 && l.entries == 9);
    fake_redis_fini(&r);
    FAKE_REDIS(&r, forbidden);
    l = table_listpack(&t);
    assert_true(l.value == PAYLOAD_LIMITS_REDIS.value &&
                l.entries == PAYLOAD_LIMITS_REDIS.entries);
    fake_redis_fini(&r);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_what_keys_can_hold),
        cmocka_unit_test(test_a_manifest_and_none),
        cmocka_unit_test(test_what_is_left_of_a_generation),
        cmocka_unit_test(test_the_time_is_two_numbers),
        cmocka_unit_test(test_a_redis_that_evicts_is_unfit),
        cmocka_unit_test(test_limits_of_a_listpack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
