/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RESP on a connection: order, sessions, protocol errors. The handler is the
 * test: "later" is answered when it says so, all else at once by its first
 * word and the session's protocol.
 */
#include "lookup/net/resp.h"
#include "tests/lookup/toy_proto.h"

struct desk {
    struct fixture f;
    struct resp *resp;
    size_t nlater;
    struct command *later[16];
};

static void
answer(struct command *c, struct str word)
{
    struct buf *out = c->answer(c);

    buf_str(out, word);
    buf_char(out, c->resp3 ? '3' : '2');
    buf_char(out, ' ');
    c->finish(c, 200);
}

static void
handle(void *arg, struct command *c, const struct command_line *line)
{
    struct desk *d = arg;

    if (str_eq(line->arg[0], STR("later"))) {
        d->later[d->nlater++] = c;
        return;
    }
    if (str_eq(line->arg[0], STR("hello"))) {
        line->session->resp3 = true;
    }
    line->session->is_over = str_eq(line->arg[0], STR("quit"));
    answer(c, line->arg[0]);
}

static void
begin(struct desk *d)
{
    memset(d, 0, sizeof(*d));
    fixture_init(&d->f, &conn_options_default);
    d->resp = resp_create(handle, d, &d->f.stats);
    assert_non_null(d->resp);
}

static int
connect_to(struct desk *d)
{
    return fixture_connect(&d->f, &proto_resp, d->resp);
}

static void
end(struct desk *d)
{
    fixture_fini(&d->f);
    resp_destroy(&d->resp);
    assert_null(d->resp);
}

static void
test_answers_keep_the_order(void **state)
{
    struct desk d;
    int fd;

    (void)state;
    begin(&d);
    fd = connect_to(&d);
    send_c(&d.f, fd, "later\r\n*1\r\n$1\r\na\r\nlater\r\n\r\nb\r\n");
    answer(d.later[1], STR("second"));
    answer(d.later[0], STR("first"));
    expect(&d.f, fd, "first2 a2 second2 b2 ");
    assert_int_equal(
        counter_get(&d.f.stats.request[DIALECT_RESP][200 - NET_STATUS_MIN]), 4);
    close(fd);
    end(&d);
}

static void
test_a_command_in_pieces(void **state)
{
    static const char bytes[] = "*2\r\n$4\r\nping\r\n$1\r\nx\r\n";
    struct desk d;
    int fd;

    (void)state;
    begin(&d);
    fd = connect_to(&d);
    for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
        assert_true(fixture_send(&d.f, fd, (struct str){&bytes[i], 1}));
        fixture_turn(&d.f);
    }
    expect(&d.f, fd, "ping2 ");
    close(fd);
    end(&d);
}

/* What was asked before HELLO is answered as it was asked. */
static void
test_the_protocol_is_the_sessions(void **state)
{
    struct desk d;
    int fd, other;

    (void)state;
    begin(&d);
    fd = connect_to(&d);
    other = connect_to(&d);
    send_c(&d.f, fd, "later\r\nhello\r\na\r\n");
    send_c(&d.f, other, "b\r\n");
    answer(d.later[0], STR("l"));
    expect(&d.f, fd, "l2 hello2 a3 ");
    expect(&d.f, other, "b2 ");
    close(fd);
    close(other);
    end(&d);
}

static void
test_quit_and_what_is_no_command(void **state)
{
    struct desk d;
    int fd;

    (void)state;
    begin(&d);
    fd = connect_to(&d);
    send_c(&d.f, fd, "later\r\nquit\r\na\r\n");
    answer(d.later[0], STR("l"));
    expect(&d.f, fd, "l2 quit2 ");
    expect_end(&d.f, fd);

    fd = connect_to(&d);
    send_c(&d.f, fd, "a\r\n*x\r\nb\r\n");
    expect(&d.f, fd, "a2 -ERR Protocol error: invalid multibulk length\r\n");
    expect_end(&d.f, fd);
    end(&d);
}

static void
test_answers_to_nobody_are_dropped(void **state)
{
    struct desk d;
    int fd;

    (void)state;
    begin(&d);
    fd = connect_to(&d);
    send_c(&d.f, fd, "later\r\nlater\r\nlater\r\n");
    close(fd);
    for (size_t i = 0; i < 3; i++) {
        answer(d.later[2 - i], STR("l"));
        fixture_turn(&d.f);
    }
    assert_int_equal(conn_group_count(d.f.group), 0);
    end(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_keep_the_order),
        cmocka_unit_test(test_a_command_in_pieces),
        cmocka_unit_test(test_the_protocol_is_the_sessions),
        cmocka_unit_test(test_quit_and_what_is_no_command),
        cmocka_unit_test(test_answers_to_nobody_are_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
