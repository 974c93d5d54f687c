/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many users, on a ladder whose store is the test.
 */
#include "tests/lookup/resp_bench.h"

static void
test_many(void **state)
{
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    resp_bench_say(b, "MGET t:u v");
    ladder_answer_half(&b->ladder, 0);
    ladder_answer_unknown(&b->ladder, 1);
    resp_bench_expect(b, "*2\r\n$110\r\n" RESP_BENCH_ANSWER("u") "\r\n$-1\r\n");
    resp_bench_say(b, "HMGET t u v");
    ladder_answer_half(&b->ladder, 5);
    fake_store_silence(&b->ladder.store, 6, RC_UNAVAIL);
    resp_bench_expect(b, "-ERR store unavailable\r\n");
    resp_bench_say(b, "EXISTS u v u");
    ladder_answer_half(&b->ladder, 7);
    ladder_answer_half(&b->ladder, 9);
    ladder_answer_unknown(&b->ladder, 8);
    resp_bench_expect(b, ":2\r\n");
    resp_bench_end(b, 7);
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
    ladder_answer_unknown(&b->ladder, 4);
    resp_bench_expect(b, ":-2\r\n");
    resp_bench_end(b, 2);
}

/* None is asked for unless all can be; all are counted. */
static void
test_one_cannot_be_asked_for(void **state)
{
    static const char *const cases[][2] = {
        {"MGET x:u v", "-ERR unknown table\r\n"},
        {"MGET v x:u", "-ERR unknown table\r\n"},
        {"HMGET x u v", "-ERR unknown table\r\n"},
        {"HMGET t u ", "-ERR a user has 1 to 512 bytes\r\n"},
        {"EXISTS u t:", "-ERR a user has 1 to 512 bytes\r\n"},
    };
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        resp_bench_say(b, cases[i][0]);
        resp_bench_expect(b, cases[i][1]);
        assert_int_equal(b->status, i < 3 ? 404 : 400);
    }
    assert_int_equal(b->ladder.store.n, 0);
    resp_bench_end(b, 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_existing_scores_nothing),
        cmocka_unit_test(test_one_cannot_be_asked_for),
    };

    return cmocka_run_group_tests(tests, resp_bench_set_up, ladder_tear_down);
}
