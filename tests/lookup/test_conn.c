/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/conn.h"

#include "tests/lookup/toy_proto.h"

static void
test_one_write_for_a_batch(void **state)
{
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    fixture_init(&f, &conn_options_default);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, "=a\n=b\n=c");
    expect(&f, fd, "a\nb\n");
    send_c(&f, fd, "d\n");
    expect(&f, fd, "cd\n");
    assert_int_equal(counter_get(&f.stats.received_bytes), 10);
    assert_int_equal(counter_get(&f.stats.sent_bytes), 7);
    close(fd);
    while (conn_group_count(f.group) > 0) {
        fixture_turn(&f);
    }
    assert_int_equal(fixture_closed(&f, NET_CLOSED_CLIENT), 1);
    fixture_fini(&f);
}

static void
test_answers_keep_their_order(void **state)
{
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    fixture_init(&f, &conn_options_default);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, "later\n=b\nlater\n=d\nlater\n");
    toy_answer(&toy, 2, "e\n");
    toy_answer(&toy, 1, "c\n");
    fixture_turn(&f);
    assert_int_equal(counter_get(&f.stats.sent_bytes), 0);
    toy_answer(&toy, 0, "a\n");
    expect(&f, fd, "a\nb\nc\nd\ne\n");
    close(fd);
    fixture_fini(&f);
}

static void
test_pipelining_stops_reading(void **state)
{
    struct conn_options o = conn_options_default;
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    o.max_pipelined = 2;
    fixture_init(&f, &o);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, "later\nlater\nlater\n=x\nlater\n");
    assert_int_equal(toy.nparsed, 2);
    toy_answer(&toy, 0, "a\n");
    expect(&f, fd, "a\n");
    assert_int_equal(toy.nparsed, 3);
    toy_answer(&toy, 1, "b\n");
    toy_answer(&toy, 2, "c\n");
    expect(&f, fd, "b\nc\nx\n");
    assert_int_equal(toy.nlater, 4);
    toy_answer(&toy, 3, "d\n");
    expect(&f, fd, "d\n");
    close(fd);
    fixture_fini(&f);
}

/* All turns are taken by one connection: the other goes on when they are not */
static void
test_turns_are_limited(void **state)
{
    struct conn_options o = conn_options_default;
    struct toy toy = {0};
    struct fixture f;
    int one, two;

    (void)state;
    o.max_turns = 2;
    fixture_init(&f, &o);
    one = fixture_connect(&f, &proto_toy, &toy);
    two = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, one, "later\nlater\n");
    send_c(&f, two, "=x\n");
    fixture_turn(&f);
    assert_int_equal(toy.nparsed, 2);
    toy_answer(&toy, 0, "a\n");
    expect(&f, two, "x\n");
    expect(&f, one, "a\n");
    toy_answer(&toy, 1, "b\n");
    close(one);
    close(two);
    fixture_fini(&f);
}

static void
test_slow_reader_is_not_read(void **state)
{
    struct conn_options o = conn_options_default;
    struct toy toy = {0};
    struct fixture f;
    int fd, size = 4096;
    size_t asked = 0;

    (void)state;
    o.output_pause = 64 * 1024;
    fixture_init(&f, &o);
    fd = fixture_connect(&f, &proto_toy, &toy);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)),
                     0);
    while (send(fd, "*50000\n", 7, MSG_NOSIGNAL) == 7) {
        asked++;
        fixture_turn(&f);
    }
    assert_true(toy.nparsed < 20 && toy.nparsed < asked);
    assert_int_equal(fixture_read(&f, fd, asked * 50000).len, asked * 50000);
    assert_int_equal(toy.nparsed, asked);
    close(fd);
    fixture_fini(&f);
}

static void
test_reader_who_stopped_is_closed(void **state)
{
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    fixture_init(&f, &conn_options_default);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, "*4000000\n");
    conn_group_expire(f.group, clock_mono_ns() + f.options.body_ns / 2);
    assert_int_equal(conn_group_count(f.group), 1);
    conn_group_expire(f.group, clock_mono_ns() + f.options.body_ns);
    assert_int_equal(conn_group_count(f.group), 0);
    assert_int_equal(fixture_closed(&f, NET_CLOSED_TIMEOUT), 1);
    close(fd);
    fixture_fini(&f);
}

static void
test_half_closed_gets_its_answers(void **state)
{
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    fixture_init(&f, &conn_options_default);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, "later\n=b\n=half a requ");
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    fixture_turn(&f);
    toy_answer(&toy, 0, "a\n");
    expect(&f, fd, "a\nb\n");
    expect_end(&f, fd);
    assert_int_equal(fixture_closed(&f, NET_CLOSED_CLIENT), 1);
    fixture_fini(&f);
}

static void
test_answer_after_the_client_left(void **state)
{
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    fixture_init(&f, &conn_options_default);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, "later\nlater\n=x\nlater\n");
    toy_answer(&toy, 1, "b\n");
    close(fd);
    fixture_turn(&f); /* EOF: the answers are still owed */
    toy_answer(&toy, 0, "a\n");
    fixture_turn(&f); /* the write fails */
    assert_int_equal(conn_group_count(f.group), 0);
    toy_answer(&toy, 2, "d\n");
    fixture_turn(&f);
    fixture_fini(&f);
}

static void
test_stop_answers_then_lingers(void **state)
{
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    fixture_init(&f, &conn_options_default);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, "later\nstop\n=never\n");
    toy_answer(&toy, 0, "a\n");
    expect(&f, fd, "a\ntop\n");
    assert_int_equal(fixture_read_all(&f, fd).len, 0);
    send_c(&f, fd, "=this is read and dropped\n");
    assert_int_equal(conn_group_count(f.group), 1);
    close(fd);
    fixture_turn(&f);
    assert_int_equal(conn_group_count(f.group), 0);
    assert_int_equal(fixture_closed(&f, NET_CLOSED_SERVER), 1);
    assert_int_equal(toy.nparsed, 2);
    fixture_fini(&f);
}

static void
test_lingering_ends(void **state)
{
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    fixture_init(&f, &conn_options_default);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, "stop\n");
    conn_group_expire(f.group, clock_mono_ns() + f.options.linger_ns);
    assert_int_equal(conn_group_count(f.group), 0);
    close(fd);
    fixture_fini(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_write_for_a_batch),
        cmocka_unit_test(test_answers_keep_their_order),
        cmocka_unit_test(test_pipelining_stops_reading),
        cmocka_unit_test(test_turns_are_limited),
        cmocka_unit_test(test_slow_reader_is_not_read),
        cmocka_unit_test(test_reader_who_stopped_is_closed),
        cmocka_unit_test(test_half_closed_gets_its_answers),
        cmocka_unit_test(test_answer_after_the_client_left),
        cmocka_unit_test(test_stop_answers_then_lingers),
        cmocka_unit_test(test_lingering_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
