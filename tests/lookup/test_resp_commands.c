/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RESP commands on a ladder whose store is the test: what is asked of it, and
 * what is answered, byte by byte.
 */
#include "tests/lookup/resp_bench.h"

static void
answer_half(struct resp_bench *b, size_t i)
{
    const float y = 0.5f;
    char record[4];

    record_put_f32(record, &y, 1);
    fake_store_bytes(&b->ladder.store, i, (struct str){record, 4});
}

/* Nil, and the second look finds all in order but no row. */
static void
answer_unknown(struct resp_bench *b, size_t i)
{
    size_t at = b->ladder.store.n;

    fake_store_nil(&b->ladder.store, i);
    fake_store_bytes(&b->ladder.store, at, STR("7"));
    fake_store_integer(&b->ladder.store, at + 1, 1);
    fake_store_nil(&b->ladder.store, at + 2);
}

#define ANSWER(user)                                                           \
    "{\"table\":\"t\",\"user\":\"" user "\",\"source\":\"precomputed\","       \
    "\"generation\":1,\"as_of\":\"2026-11-22T02:00:00Z\",\"prediction\":0.5}"

static void
test_one_user(void **state)
{
    static const char *const same[] = {"GET t:a:b", "get a:b:", "hget t a:b"};
    struct resp_bench *b = *state;

    for (size_t i = 0; i < 3; i += 2) {
        resp_bench_begin(b);
        resp_bench_say(b, same[i]);
        assert_int_equal(b->finished, 0);
        assert_string_equal(b->ladder.store.read[0].field, "a:b");
        answer_half(b, 0);
        resp_bench_expect(b, "$112\r\n" ANSWER("a:b") "\r\n");
        resp_bench_end(b, 1);
    }
    resp_bench_begin(b);
    resp_bench_say(b, "STRLEN u");
    answer_half(b, 0);
    resp_bench_expect(b, ":110\r\n");
    resp_bench_say(b, same[1]);
    resp_bench_expect(b, "-ERR unknown table\r\n");
    assert_int_equal(b->status, 404);
    resp_bench_say(b, "GET t:");
    resp_bench_expect(b, "-ERR a user has 1 to 512 bytes\r\n");
    resp_bench_end(b, 3);
}

static void
test_unknown_is_nil_and_silence_is_not(void **state)
{
    struct resp_bench *b = *state;

    for (int v3 = 0; v3 < 2; v3++) {
        resp_bench_begin(b);
        b->session.resp3 = v3;
        resp_bench_say(b, "GET t:u");
        answer_unknown(b, 0);
        resp_bench_expect(b, v3 ? "_\r\n" : "$-1\r\n");
        resp_bench_say(b, "GET t:u");
        fake_store_silence(&b->ladder.store, 4, RC_TIMEOUT);
        resp_bench_expect(b, "-ERR store unavailable\r\n");
        assert_int_equal(b->status, 503);
        resp_bench_end(b, 2);
    }
}

static void
test_many(void **state)
{
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    resp_bench_say(b, "MGET t:u v");
    answer_half(b, 0);
    answer_unknown(b, 1);
    resp_bench_expect(b, "*2\r\n$110\r\n" ANSWER("u") "\r\n$-1\r\n");
    resp_bench_say(b, "HMGET t u v");
    answer_half(b, 5);
    fake_store_silence(&b->ladder.store, 6, RC_UNAVAIL);
    resp_bench_expect(b, "-ERR store unavailable\r\n");
    resp_bench_say(b, "EXISTS u v u");
    answer_half(b, 7);
    answer_half(b, 9);
    answer_unknown(b, 8);
    resp_bench_expect(b, ":2\r\n");
    resp_bench_say(b, "MGET x:u v");
    resp_bench_expect(b, "-ERR unknown table\r\n");
    resp_bench_end(b, 9);
}

/* A user who would be scored exists; nothing is scored to say so. */
static void
test_existing_scores_nothing(void **state)
{
    struct resp_bench *b = *state;
    char row[LADDER_ROW];

    resp_bench_begin(b);
    resp_bench_say(b, "TTL u");
    fake_store_nil(&b->ladder.store, 0);
    fake_store_bytes(&b->ladder.store, 1, STR("7"));
    fake_store_integer(&b->ladder.store, 2, 1);
    fake_store_bytes(&b->ladder.store, 3, ladder_row(row, 1, 2, 3));
    resp_bench_expect(b, ":-1\r\n");
    assert_int_equal(lookup_stats(b->ladder.lookup)->scoring.sum, 0);
    resp_bench_say(b, "TTL u");
    answer_unknown(b, 4);
    resp_bench_expect(b, ":-2\r\n");
    resp_bench_end(b, 2);
}

/* What Redis knows, and what nobody does. */
static void
test_not_for_us(void **state)
{
    static const char *const cases[][2] = {
        {"GET", "-ERR wrong number of arguments for 'get' command\r\n"},
        {"FOO a", "-ERR unknown command 'FOO', with args beginning with: "
                  "'a' \r\n"},
        {"set a b",
         "-READONLY You can't write against a read only server.\r\n"},
    };
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    resp_bench_check(b, cases, sizeof(cases) / sizeof(cases[0]));
    resp_bench_end(b, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_user),
        cmocka_unit_test(test_unknown_is_nil_and_silence_is_not),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_existing_scores_nothing),
        cmocka_unit_test(test_not_for_us),
    };

    return cmocka_run_group_tests(tests, resp_bench_set_up, ladder_tear_down);
}
