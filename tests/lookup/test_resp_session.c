/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lookup/resp_bench.h"

static void
test_what_clients_say(void **state)
{
    static const char *const cases[][2] = {
        {"PING", "+PONG\r\n"},
        {"ping x", "$1\r\nx\r\n"},
        {"ECHO x", "$1\r\nx\r\n"},
        {"SELECT 0", "+OK\r\n"},
        {"SELECT 1", "-ERR DB index is out of range\r\n"},
        {"SELECT x", "-ERR value is not an integer or out of range\r\n"},
        {"AUTH default x", "+OK\r\n"},
        {"AUTH me x", "-WRONGPASS invalid username-password pair or user is "
                      "disabled.\r\n"},
        {"AUTH x", "-ERR AUTH <password> called without any password "
                   "configured for the default user.\r\n"},
        {"CLIENT ID", ":7\r\n"},
        {"CLIENT GETNAME", "$-1\r\n"},
        {"CLIENT SETNAME me", "+OK\r\n"},
        {"CLIENT GETNAME", "$2\r\nme\r\n"},
        {"CLIENT INFO", "$25\r\nid=7 name=me db=0 resp=2\n\r\n"},
        {"CLIENT SETINFO LIB-NAME x", "+OK\r\n"},
        {"CLIENT NO-EVICT on", "+OK\r\n"},
        {"CLIENT KILL", "-ERR unknown subcommand or wrong number of arguments "
                        "for 'KILL'. Try CLIENT ID, GETNAME, SETNAME or "
                        "INFO.\r\n"},
        {"RESET", "+RESET\r\n"},
        {"CLIENT GETNAME", "$-1\r\n"},
    };
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    resp_bench_check(b, cases, sizeof(cases) / sizeof(cases[0]));
    resp_bench_say(b, "QUIT");
    resp_bench_expect(b, "+OK\r\n");
    assert_true(b->session.is_over);
    resp_bench_end(b, 0);
}

static void
test_hello(void **state)
{
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    resp_bench_say(b, "HELLO 3 SETNAME you AUTH default x");
    assert_true(str_starts(buf_view(&b->out), STR("%7\r\n$6\r\nserver\r\n")));
    assert_true(b->session.resp3);
    assert_string_equal(b->session.name, "you");
    resp_bench_say(b, "CLIENT SETNAME \x7f");
    assert_int_equal(b->status, 400);
    resp_bench_say(b, "HELLO");
    assert_true(str_starts(buf_view(&b->out), STR("%7\r\n")));
    resp_bench_say(b, "RESET");
    assert_false(b->session.resp3);
    resp_bench_end(b, 0);
}

/* One that is refused leaves everything as it was. */
static void
test_hello_refused(void **state)
{
    static const char *const cases[][2] = {
        {"HELLO 4", "-NOPROTO unsupported protocol version\r\n"},
        {"HELLO 3 x", "-ERR Syntax error in HELLO option\r\n"},
        {"HELLO 3 SETNAME you x", "-ERR Syntax error in HELLO option\r\n"},
        {"HELLO 3 SETNAME you AUTH me x",
         "-WRONGPASS invalid username-password pair or user is disabled.\r\n"},
    };
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    resp_bench_check(b, cases, sizeof(cases) / sizeof(cases[0]));
    assert_false(b->session.resp3);
    assert_string_equal(b->session.name, "");
    resp_bench_end(b, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_clients_say),
        cmocka_unit_test(test_hello),
        cmocka_unit_test(test_hello_refused),
    };

    return cmocka_run_group_tests(tests, resp_bench_set_up, ladder_tear_down);
}
