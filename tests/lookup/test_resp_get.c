/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One user, on a ladder whose store is the test: what is asked of it, and what
 * is answered, byte by byte.
 */
#include "tests/lookup/resp_bench.h"

static void
test_one_user(void **state)
{
    static const char *const same[] = {"GET t:a:b", "hget t a:b"};
    struct resp_bench *b = *state;

    for (size_t i = 0; i < 2; i++) {
        resp_bench_begin(b);
        resp_bench_say(b, same[i]);
        assert_int_equal(b->finished, 0);
        assert_string_equal(b->ladder.store.read[0].field, "a:b");
        ladder_answer_half(&b->ladder, 0);
        resp_bench_expect(b, "$112\r\n" RESP_BENCH_ANSWER("a:b") "\r\n");
        resp_bench_end(b, 1);
    }
    resp_bench_begin(b);
    resp_bench_say(b, "STRLEN u");
    ladder_answer_half(&b->ladder, 0);
    resp_bench_expect(b, ":110\r\n");
    resp_bench_say(b, "STRLEN v");
    ladder_answer_unknown(&b->ladder, 1);
    resp_bench_expect(b, ":0\r\n");
    assert_int_equal(b->status, 404);
    resp_bench_end(b, 2);
}

static void
test_unknown_is_nil_and_silence_is_not(void **state)
{
    struct resp_bench *b = *state;

    for (int v3 = 0; v3 < 2; v3++) {
        resp_bench_begin(b);
        b->session.resp3 = v3;
        resp_bench_say(b, "GET t:u");
        ladder_answer_unknown(&b->ladder, 0);
        resp_bench_expect(b, v3 ? "_\r\n" : "$-1\r\n");
        resp_bench_say(b, "GET t:u");
        fake_store_silence(&b->ladder.store, 4, RC_TIMEOUT);
        resp_bench_expect(b, "-ERR store unavailable\r\n");
        assert_int_equal(b->status, 503);
        resp_bench_end(b, 2);
    }
}

/* Refused before the store is asked, and counted. */
static void
test_nobody_to_ask_for(void **state)
{
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    resp_bench_say(b, "get a:b:");
    resp_bench_expect(b, "-ERR unknown table\r\n");
    assert_int_equal(b->status, 404);
    resp_bench_say(b, "GET t:");
    resp_bench_expect(b, "-ERR a user has 1 to 512 bytes\r\n");
    assert_int_equal(b->status, 400);
    assert_int_equal(b->ladder.store.n, 0);
    resp_bench_end(b, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_user),
        cmocka_unit_test(test_unknown_is_nil_and_silence_is_not),
        cmocka_unit_test(test_nobody_to_ask_for),
    };

    return cmocka_run_group_tests(tests, resp_bench_set_up, ladder_tear_down);
}
