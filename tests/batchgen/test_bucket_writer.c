/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two buckets: 0 has the users of a test, one letter each, 1 has none. What a
 * RESTORE carries is test_payload's.
 */
#include "batchgen/bucket_writer.h"

#include "common/base/hash.h"
#include "tests/batchgen/fake_redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIRST   "p:t:1:0"
#define SECOND  "p:t:1:1"
#define RESTORE "RESTORE " FIRST " 0 "

struct bench {
    struct redis redis;
    struct table table;
    struct keep *keep;
    struct sink_job job;
    struct bucket_writer writer;
    _Atomic uint64_t done;
    char user[3]; /* of bucket 0, in its order */
};

static struct keep *
keep_of(const char *users, struct str value)
{
    struct keep *k = keep_create();
    struct buf bytes;
    struct err e;
    size_t n = 0;

    assert_non_null(k);
    buf_init(&bytes, 1 << 20);
    for (char c = 'a'; users[n] != '\0'; c++) {
        struct str user = {&c, 1};
        size_t at;

        assert_in_range(c, 'a', 'z');
        if (hash_key(user) % 2 != 0) {
            continue;
        }
        at = keep_put(&bytes, hash_key(user), user, value.len);
        memcpy(bytes.p + at, value.p, value.len);
        n++;
    }
    assert_int_equal(keep_add(k, &bytes, n), RC_OK);
    assert_int_equal(keep_group(k, 2, &e), RC_OK);
    buf_fini(&bytes);
    return k;
}

/* As many users as there are letters in `users`, each with this value. */
static void
begin(struct bench *b, const char *users, const char *value,
      const struct fake_answer *answer, size_t n)
{
    *b = (struct bench){.done = 0};
    fake_redis_init(&b->redis, answer, n);
    b->table = (struct table){.redis = &b->redis, .prefix = "p", .name = "t"};
    b->keep = keep_of(users, str_of(value));
    b->job = (struct sink_job){
        .table = &b->table, .keep = b->keep, .done = &b->done};
    bucket_writer_init(&b->writer, &b->job, 1);
    for (size_t i = 0; i < keep_bucket_rows(b->keep, 0); i++) {
        struct str user, payload;

        keep_row(b->keep, 0, i, &user, &payload);
        b->user[i] = user.p[0];
    }
    buf_clear(&b->redis.asked); /* what the limits are */
}
#define BEGIN(b, users, value, answer)                                         \
    begin((b), (users), (value), (answer), sizeof(answer) / sizeof((answer)[0]))

static void
end(struct bench *b)
{
    bucket_writer_fini(&b->writer);
    keep_destroy(&b->keep);
    fake_redis_fini(&b->redis);
}

static void
write_bucket(struct bench *b, uint64_t bucket)
{
    struct err e = {""};

    buf_clear(&b->redis.asked);
    if (bucket_write(&b->writer, bucket, &e) != RC_OK) {
        fail_msg("bucket %d: %s", (int)bucket, e.text);
    }
}

static void
test_restore_is_kept_to_once_it_was_read_back(void **state)
{
    char back[32];
    struct fake_answer answers[] = {{"RESTORE", ""}, {"HGETALL " FIRST, back}};
    struct bench b;

    (void)state;
    BEGIN(&b, "xx", "v", answers);
    snprintf(back, sizeof(back), "%c|v|%c|v", b.user[0], b.user[1]);
    write_bucket(&b, 0);
    assert_int_equal(b.writer.way, BUCKET_RESTORE);
    assert_int_equal(fake_redis_count(&b.redis, RESTORE), 1);
    assert_int_equal(fake_redis_count(&b.redis, "HGETALL"), 1);
    assert_int_equal(b.done, 2);
    write_bucket(&b, 1); /* not read back, and there all the same */
    assert_int_equal(fake_redis_count(&b.redis, "RESTORE " SECOND " 0 "), 1);
    assert_int_equal(fake_redis_count(&b.redis, "HGETALL"), 0);
    assert_int_equal(b.done, 2);
    end(&b);
}

static void
test_fields_where_restore_is_refused(void **state)
{
    static const struct fake_answer answers[] = {
        {"RESTORE", "-ERR Bad data format"}};
    char want[64];
    struct bench b;

    (void)state;
    BEGIN(&b, "xx", "v", answers);
    write_bucket(&b, 0);
    assert_int_equal(b.writer.way, BUCKET_HSET);
    assert_int_equal(fake_redis_count(&b.redis, RESTORE), 1);
    assert_int_equal(fake_redis_count(&b.redis, "DEL"), 0);
    snprintf(want, sizeof(want), "HSET " FIRST " %c v %c v", b.user[0],
             b.user[1]);
    assert_int_equal(fake_redis_count(&b.redis, want), 1);
    write_bucket(&b, 1); /* the placeholder, and RESTORE is not tried again */
    assert_string_equal(fake_redis_asked(&b.redis), "HSET " SECOND "  \n");
    end(&b);
}

/* Another value, a field too few, one too many: it is not what was sent. */
static void
test_what_reads_back_otherwise_is_replaced_by_fields(void **state)
{
    static const char *const wrong[] = {"%c|w", "", "%c|v|z|v", "z|v"};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char back[32];
        struct fake_answer answers[] = {{"RESTORE", ""},
                                        {"HGETALL " FIRST, back}};
        struct bench b;

        BEGIN(&b, "x", "v", answers);
        snprintf(back, sizeof(back), wrong[i], b.user[0]);
        write_bucket(&b, 0);
        assert_int_equal(b.writer.way, BUCKET_HSET);
        assert_int_equal(fake_redis_count(&b.redis, "DEL " FIRST), 1);
        assert_int_equal(fake_redis_count(&b.redis, "HSET " FIRST), 1);
        end(&b);
    }
}

/* Redis would not keep 65 bytes in a listpack: this bucket goes otherwise. */
static void
test_a_bucket_over_the_limits_decides_nothing(void **state)
{
    static const struct fake_answer answers[] = {{"RESTORE", ""}};
    static const char long_value[] =
        "0123456789012345678901234567890123456789012345678901234567890123456";
    struct bench b;

    (void)state;
    BEGIN(&b, "x", long_value, answers);
    write_bucket(&b, 0);
    assert_int_equal(b.writer.way, BUCKET_UNTRIED);
    assert_int_equal(fake_redis_count(&b.redis, "RESTORE"), 0);
    assert_int_equal(fake_redis_count(&b.redis, "HSET " FIRST), 1);
    end(&b);
}

static void
test_limits_are_those_of_this_redis(void **state)
{
    static const struct fake_answer answers[] = {
        {"CONFIG GET hash-max-listpack-value", "hash-max-listpack-value|2"},
        {"RESTORE", "-no"}};
    struct bench b;

    (void)state;
    BEGIN(&b, "x", "v12", answers);
    write_bucket(&b, 0);
    assert_int_equal(fake_redis_count(&b.redis, "RESTORE"), 0);
    end(&b);
    BEGIN(&b, "x", "v1", answers);
    write_bucket(&b, 0);
    assert_int_equal(fake_redis_count(&b.redis, "RESTORE"), 1);
    end(&b);
}

/* A bucket that was empty gets its first rows: no placeholder stays. */
static void
test_rows_on_top_take_the_placeholder_away(void **state)
{
    static const struct fake_answer answers[] = {{"RESTORE", "-no"}};
    struct bench b;

    (void)state;
    BEGIN(&b, "x", "v", answers);
    b.job.over = true;
    write_bucket(&b, 0);
    assert_int_equal(fake_redis_count(&b.redis, "HDEL " FIRST " "), 1);
    write_bucket(&b, 1);
    assert_int_equal(fake_redis_count(&b.redis, "HDEL"), 0);
    end(&b);
}

static void
test_a_lost_connection_ends_it(void **state)
{
    static const struct fake_answer at_restore[] = {{"RESTORE", "!"}};
    static const struct fake_answer reading[] = {{"RESTORE", ""},
                                                 {"HGETALL", "!"}};
    struct bench b;
    struct err e;

    (void)state;
    BEGIN(&b, "x", "v", at_restore);
    assert_int_equal(bucket_write(&b.writer, 0, &e), RC_UNAVAIL);
    assert_int_equal(b.writer.way, BUCKET_UNTRIED);
    end(&b);
    BEGIN(&b, "x", "v", reading);
    assert_int_equal(bucket_write(&b.writer, 0, &e), RC_UNAVAIL);
    assert_int_equal(b.writer.way, BUCKET_UNTRIED);
    assert_int_equal(fake_redis_count(&b.redis, "HSET"), 0);
    end(&b);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restore_is_kept_to_once_it_was_read_back),
        cmocka_unit_test(test_fields_where_restore_is_refused),
        cmocka_unit_test(test_what_reads_back_otherwise_is_replaced_by_fields),
        cmocka_unit_test(test_a_bucket_over_the_limits_decides_nothing),
        cmocka_unit_test(test_limits_are_those_of_this_redis),
        cmocka_unit_test(test_rows_on_top_take_the_placeholder_away),
        cmocka_unit_test(test_a_lost_connection_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
