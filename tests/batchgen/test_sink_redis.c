/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of users "a" to "f", whose payload is "12" and their letter. What
 * becomes of a bucket of records is test_bucket_writer's.
 */
#include "batchgen/sink_redis.h"

#include "common/base/hash.h"
#include "tests/batchgen/fake_redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define USERS  6
#define SCHEMA "0123456789abcdef"

struct bench {
    struct redis redis;
    struct table table;
    struct stop stop;
    struct keep *keep;
    struct sink_job job;
    _Atomic uint64_t done;
};

static void
begin(struct bench *b, const struct fake_answer *answer, size_t n)
{
    struct buf bytes;

    *b = (struct bench){.done = 0};
    fake_redis_init(&b->redis, answer, n);
    b->table = (struct table){.redis = &b->redis, .prefix = "p", .name = "t"};
    b->keep = keep_create();
    buf_init(&bytes, 1 << 16);
    for (size_t i = 0; i < USERS; i++) {
        char text[] = {'1', '2', (char)('a' + i)};
        struct str user = {text + 2, 1};
        size_t at = keep_put(&bytes, hash_key(user), user, sizeof(text));

        memcpy(bytes.p + at, text, sizeof(text));
    }
    assert_int_equal(keep_add(b->keep, &bytes, USERS), RC_OK);
    assert_int_equal(keep_group(b->keep, 1, NULL), RC_OK);
    buf_fini(&bytes);
    b->job = (struct sink_job){.table = &b->table,
                               .keep = b->keep,
                               .stop = &b->stop,
                               .done = &b->done};
}
#define BEGIN(b, answer)                                                       \
    begin((b), (answer), sizeof(answer) / sizeof((answer)[0]))

static void
end(struct bench *b)
{
    keep_destroy(&b->keep);
    fake_redis_fini(&b->redis);
}

static void
test_a_value_is_a_part_of_the_payload(void **state)
{
    static const struct fake_answer none[] = {{"x", ""}};
    struct str user, value;
    struct bench b;

    (void)state;
    BEGIN(&b, none);
    b.job.offset = 1;
    sink_row(&b.job, 0, 0, &user, &value);
    assert_int_equal(value.len, 2); /* all behind */
    assert_true(value.p[0] == '2' && value.p[1] == user.p[0]);
    b.job.size = 1;
    sink_row(&b.job, 0, 0, &user, &value);
    assert_true(str_eq(value, STR("2")));
    end(&b);
}

static void
test_records_end_with_all_acknowledged(void **state)
{
    static const struct fake_answer none[] = {{"RESTORE", "-no"}};
    struct bench b;
    struct err e;

    (void)state;
    BEGIN(&b, none);
    assert_int_equal(keep_group(b.keep, 4, NULL), RC_OK);
    assert_int_equal(sink_records(&b.job, 9, &e), RC_OK);
    assert_int_equal(fake_redis_count(&b.redis, "HSET p:t:9:"), 4);
    assert_int_equal(b.done, USERS);
    stop_ask(&b.stop, STOP_LEASE);
    assert_int_not_equal(sink_records(&b.job, 9, &e), RC_OK);
    assert_int_equal(fake_redis_count(&b.redis, "HSET p:t:9:"), 5);
    end(&b);
}

/* As many buckets as the table has, ours only if it has none. */
static void
test_feature_rows_go_where_others_are(void **state)
{
    static const struct fake_answer answers[] = {
        {"SET p:t:features:" SCHEMA " 65536 NX\n", ""},
        {"GET p:t:features:" SCHEMA "\n", "8"},
        {"GET p:t:features:" SCHEMA "\n", "many"},
        {"GET p:t:features:" SCHEMA "\n", "0"},
    };
    struct bench b;
    struct err e;

    (void)state;
    BEGIN(&b, answers);
    assert_int_equal(sink_features_group(&b.table, b.keep, SCHEMA, &e), RC_OK);
    assert_int_equal(keep_buckets(b.keep), 8);
    assert_int_equal(sink_features_group(&b.table, b.keep, SCHEMA, &e),
                     RC_FAILED);
    assert_non_null(strstr(e.text, "p:t:features:" SCHEMA " is not a number"));
    assert_int_equal(sink_features_group(&b.table, b.keep, SCHEMA, &e),
                     RC_FAILED);
    end(&b);
}

/* A script for each bucket that has users says how many were not older. */
static void
test_feature_rows_are_counted_as_written(void **state)
{
    static const struct fake_answer answers[] = {{"EVAL", "1"}};
    uint64_t written, nonempty = 0;
    struct bench b;
    struct err e;

    (void)state;
    BEGIN(&b, answers);
    assert_int_equal(keep_group(b.keep, 64, NULL), RC_OK);
    for (uint64_t i = 0; i < 64; i++) {
        nonempty += keep_bucket_rows(b.keep, i) > 0;
    }
    assert_int_equal(sink_features(&b.job, SCHEMA, &written, &e), RC_OK);
    assert_int_equal(written, nonempty);
    assert_int_equal(fake_redis_count(&b.redis, "EVAL"), nonempty);
    assert_non_null(strstr(fake_redis_asked(&b.redis), " 12a"));
    assert_int_equal(b.done, USERS);
    end(&b);
}

static void
test_users_are_superseded_without_their_rows(void **state)
{
    static const struct fake_answer answers[] = {{"EVAL", "1"}};
    struct bench b;
    struct err e;

    (void)state;
    BEGIN(&b, answers);
    assert_int_equal(sink_superseded(&b.job, &e), RC_OK);
    assert_int_equal(fake_redis_count(&b.redis, "EVAL"), 1);
    assert_non_null(strstr(fake_redis_asked(&b.redis), "p:t:superseded "));
    assert_null(strstr(fake_redis_asked(&b.redis), "12a"));
    b.redis.lost = true;
    assert_int_equal(sink_superseded(&b.job, &e), RC_UNAVAIL);
    end(&b);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_value_is_a_part_of_the_payload),
        cmocka_unit_test(test_records_end_with_all_acknowledged),
        cmocka_unit_test(test_feature_rows_go_where_others_are),
        cmocka_unit_test(test_feature_rows_are_counted_as_written),
        cmocka_unit_test(test_users_are_superseded_without_their_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
