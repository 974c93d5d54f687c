/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lookup/resp_bench.h"

#define GET_INFO                                                               \
    "*6\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n"                    \
    ":1\r\n:1\r\n:1\r\n"
#define MGET_INFO                                                              \
    "*6\r\n$4\r\nmget\r\n:-2\r\n*2\r\n+readonly\r\n+fast\r\n"                  \
    ":1\r\n:-1\r\n:1\r\n"
#define PING_INFO                                                              \
    "*6\r\n$4\r\nping\r\n:-1\r\n*2\r\n+readonly\r\n+fast\r\n"                  \
    ":0\r\n:0\r\n:0\r\n"

static void
test_the_server(void **state)
{
    static const char *const cases[][2] = {
        {"CONFIG GET save", "*2\r\n$4\r\nsave\r\n$0\r\n\r\n"},
        {"CONFIG GET nothing", "*0\r\n"},
        {"CONFIG GET databases save",
         "*4\r\n$4\r\nsave\r\n$0\r\n\r\n$9\r\ndatabases\r\n$1\r\n1\r\n"},
        {"CONFIG SET save x", "-ERR only CONFIG GET name is known\r\n"},
        {"CONFIG GET", "-ERR only CONFIG GET name is known\r\n"},
        {"DBSIZE", ":40\r\n"},
    };
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    resp_bench_check(b, cases, sizeof(cases) / sizeof(cases[0]));
    resp_bench_say(b, "INFO");
    buf_char(&b->out, '\0');
    assert_non_null(strstr(b->out.p, "redis_version:7.0.0\r\n"));
    assert_non_null(strstr(b->out.p, "db0:keys=40,"));
    resp_bench_say(b, "TIME");
    assert_true(str_starts(buf_view(&b->out), STR("*2\r\n$10\r\n")));
    lookup_set_tables(b->ladder.lookup, NULL);
    resp_bench_say(b, "DBSIZE");
    resp_bench_expect(b, ":0\r\n");
    resp_bench_end(b, 0);
}

static void
test_the_commands(void **state)
{
    static const char *const cases[][2] = {
        {"COMMAND COUNT", ":20\r\n"},
        {"COMMAND INFO nothing", "*1\r\n$-1\r\n"},
        {"COMMAND INFO get", "*1\r\n" GET_INFO},
        {"command info ping mget GET", "*3\r\n" PING_INFO MGET_INFO GET_INFO},
        {"COMMAND DOCS nothing", "*0\r\n"},
        {"COMMAND LIST", "-ERR unknown subcommand 'LIST'. Try COMMAND INFO, "
                         "DOCS or COUNT.\r\n"},
    };
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    resp_bench_check(b, cases, sizeof(cases) / sizeof(cases[0]));
    resp_bench_say(b, "COMMAND");
    assert_true(str_starts(buf_view(&b->out), STR("*20\r\n" GET_INFO)));
    b->session.resp3 = true;
    resp_bench_say(b, "COMMAND DOCS ping nothing");
    assert_true(str_starts(buf_view(&b->out),
                           STR("%1\r\n$4\r\nping\r\n%3\r\n$7\r\nsummary\r\n")));
    resp_bench_say(b, "COMMAND DOCS");
    assert_true(
        str_starts(buf_view(&b->out), STR("%20\r\n$3\r\nget\r\n%3\r\n")));
    assert_int_equal(b->finished, 1);
    resp_bench_end(b, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_server),
        cmocka_unit_test(test_the_commands),
    };

    return cmocka_run_group_tests(tests, resp_bench_set_up, ladder_tear_down);
}
