/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RESP commands on a ladder whose store is the test: what is asked of it, and
 * what is answered, byte by byte.
 */
#include "lookup/api/resp_commands.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct bench {
    struct ladder ladder; /* first: ladder_tear_down ends it */
    struct resp_commands *resp;
    struct session session;
    struct command c;
    struct buf out;
    unsigned finished;
    int status;
};

static struct bench *
bench_of(struct command *c)
{
    return (struct bench *)((char *)c - offsetof(struct bench, c));
}

static struct buf *
on_out(struct command *c)
{
    return &bench_of(c)->out;
}

static void
on_finish(struct command *c, int status)
{
    struct bench *b = bench_of(c);

    b->finished++;
    b->status = status;
}

static void
begin(struct bench *b)
{
    ladder_begin(&b->ladder, (struct lookup_policy){.timeout_ns = 1000});
    b->resp = resp_commands_create(b->ladder.lookup, NULL);
    assert_non_null(b->resp);
    b->session = (struct session){.id = 7};
    buf_init(&b->out, 1024 * 1024);
}

/* asked: users and keys that were counted, each once. */
static void
end(struct bench *b, uint64_t asked)
{
    const struct lookup_stats *s = lookup_stats(b->ladder.lookup);
    uint64_t sum = 0;

    for (int i = 0; i < OUTCOME_COUNT; i++) {
        sum += counter_get(&s->answers[0][DIALECT_RESP][i]);
        sum += counter_get(&s->answers[1][DIALECT_RESP][i]);
    }
    assert_int_equal(sum, asked);
    assert_int_equal(lookup_busy(b->ladder.lookup), 0);
    buf_fini(&b->out);
    resp_commands_destroy(&b->resp);
    lookup_destroy(&b->ladder.lookup);
    sample_bury(&b->ladder.sample);
}

/* Words separated by one blank. */
static void
say(struct bench *b, const char *text)
{
    struct str arg[16], rest = str_of(text);
    struct command_line line = {.arg = arg, .session = &b->session};

    while (rest.p != NULL) {
        arg[line.narg++] = str_cut(&rest, ' ');
    }
    b->c = (struct command){
        .answer = on_out, .finish = on_finish, .resp3 = b->session.resp3};
    b->finished = 0;
    buf_clear(&b->out);
    resp_commands_handle(b->resp, &b->c, &line);
    (void)lookup_flush(b->ladder.lookup);
}

static void
expect(struct bench *b, const char *text)
{
    assert_int_equal(b->finished, 1);
    if (!str_eq(buf_view(&b->out), str_of(text))) {
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(buf_view(&b->out)), text);
    }
}

static void
answer_half(struct bench *b, size_t i)
{
    const float y = 0.5f;
    char record[4];

    record_put_f32(record, &y, 1);
    fake_store_bytes(&b->ladder.store, i, (struct str){record, 4});
}

/* Nil, and the second look finds all in order but no row. */
static void
answer_unknown(struct bench *b, size_t i)
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
    struct bench *b = *state;

    for (size_t i = 0; i < 3; i += 2) {
        begin(b);
        say(b, same[i]);
        assert_int_equal(b->finished, 0);
        assert_string_equal(b->ladder.store.read[0].field, "a:b");
        answer_half(b, 0);
        expect(b, "$112\r\n" ANSWER("a:b") "\r\n");
        end(b, 1);
    }
    begin(b);
    say(b, "STRLEN u");
    answer_half(b, 0);
    expect(b, ":110\r\n");
    say(b, same[1]);
    expect(b, "-ERR unknown table\r\n");
    assert_int_equal(b->status, 404);
    say(b, "GET t:");
    expect(b, "-ERR a user has 1 to 512 bytes\r\n");
    end(b, 3);
}

static void
test_unknown_is_nil_and_silence_is_not(void **state)
{
    struct bench *b = *state;

    for (int v3 = 0; v3 < 2; v3++) {
        begin(b);
        b->session.resp3 = v3;
        say(b, "GET t:u");
        answer_unknown(b, 0);
        expect(b, v3 ? "_\r\n" : "$-1\r\n");
        say(b, "GET t:u");
        fake_store_silence(&b->ladder.store, 4, RC_TIMEOUT);
        expect(b, "-ERR store unavailable\r\n");
        assert_int_equal(b->status, 503);
        end(b, 2);
    }
}

static void
test_many(void **state)
{
    struct bench *b = *state;

    begin(b);
    say(b, "MGET t:u v");
    answer_half(b, 0);
    answer_unknown(b, 1);
    expect(b, "*2\r\n$110\r\n" ANSWER("u") "\r\n$-1\r\n");
    say(b, "HMGET t u v");
    answer_half(b, 5);
    fake_store_silence(&b->ladder.store, 6, RC_UNAVAIL);
    expect(b, "-ERR store unavailable\r\n");
    say(b, "EXISTS u v u");
    answer_half(b, 7);
    answer_half(b, 9);
    answer_unknown(b, 8);
    expect(b, ":2\r\n");
    say(b, "MGET x:u v");
    expect(b, "-ERR unknown table\r\n");
    end(b, 9);
}

/* A user who would be scored exists; nothing is scored to say so. */
static void
test_existing_scores_nothing(void **state)
{
    struct bench *b = *state;
    char row[LADDER_ROW];

    begin(b);
    say(b, "TTL u");
    fake_store_nil(&b->ladder.store, 0);
    fake_store_bytes(&b->ladder.store, 1, STR("7"));
    fake_store_integer(&b->ladder.store, 2, 1);
    fake_store_bytes(&b->ladder.store, 3, ladder_row(row, 1, 2, 3));
    expect(b, ":-1\r\n");
    assert_int_equal(lookup_stats(b->ladder.lookup)->scoring.sum, 0);
    say(b, "TTL u");
    answer_unknown(b, 4);
    expect(b, ":-2\r\n");
    end(b, 2);
}

static void
test_what_clients_say(void **state)
{
    static const char *const cases[][2] = {
        {"PING", "+PONG\r\n"},
        {"ping x", "$1\r\nx\r\n"},
        {"ECHO x", "$1\r\nx\r\n"},
        {"SELECT 0", "+OK\r\n"},
        {"SELECT 1", "-ERR DB index is out of range\r\n"},
        {"AUTH default x", "+OK\r\n"},
        {"CLIENT ID", ":7\r\n"},
        {"CLIENT GETNAME", "$-1\r\n"},
        {"CLIENT SETNAME me", "+OK\r\n"},
        {"CLIENT GETNAME", "$2\r\nme\r\n"},
        {"CLIENT SETINFO LIB-NAME x", "+OK\r\n"},
        {"CLIENT NO-EVICT on", "+OK\r\n"},
        {"CONFIG GET save", "*2\r\n$4\r\nsave\r\n$0\r\n\r\n"},
        {"CONFIG GET nothing", "*0\r\n"},
        {"COMMAND COUNT", ":20\r\n"},
        {"COMMAND INFO nothing", "*1\r\n$-1\r\n"},
        {"DBSIZE", ":40\r\n"},
        {"HELLO 4", "-NOPROTO unsupported protocol version\r\n"},
        {"HELLO 3 x", "-ERR Syntax error in HELLO option\r\n"},
        {"GET", "-ERR wrong number of arguments for 'get' command\r\n"},
        {"FOO a", "-ERR unknown command 'FOO', with args beginning with: "
                  "'a' \r\n"},
        {"set a b",
         "-READONLY You can't write against a read only server.\r\n"},
        {"RESET", "+RESET\r\n"},
        {"CLIENT GETNAME", "$-1\r\n"},
    };
    struct bench *b = *state;

    begin(b);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        say(b, cases[i][0]);
        expect(b, cases[i][1]);
        assert_int_equal(b->status, cases[i][1][0] == '-' ? 400 : 200);
    }
    say(b, "HELLO 3 SETNAME you AUTH default x");
    assert_true(str_starts(buf_view(&b->out), STR("%7\r\n$6\r\nserver\r\n")));
    assert_true(b->session.resp3);
    assert_string_equal(b->session.name, "you");
    say(b, "QUIT");
    assert_true(b->session.is_over);
    end(b, 0);
}

static int
set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    CHECK(b != NULL);
    sample_init(&b->ladder.sample, 1);
    *state = b;
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_user),
        cmocka_unit_test(test_unknown_is_nil_and_silence_is_not),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_existing_scores_nothing),
        cmocka_unit_test(test_what_clients_say),
    };

    return cmocka_run_group_tests(tests, set_up, ladder_tear_down);
}
