/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/conn.h"

#include "tests/lookup/toy_proto.h"

/* A connection on which `text` came in; `ns` later, `told` and the end. */
static void
check_expires(const char *text, uint64_t ns, const char *told,
              enum net_closed why)
{
    struct toy toy = {0};
    struct fixture f;
    int fd;

    fixture_init(&f, &conn_options_default);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, text);
    conn_group_expire(f.group, clock_mono_ns() + ns - 1000000000);
    assert_int_equal(recv(fd, &(char){0}, 1, MSG_PEEK), -1);
    conn_group_expire(f.group, clock_mono_ns() + ns);
    expect(&f, fd, told);
    expect_end(&f, fd);
    fixture_turn(&f);
    assert_int_equal(conn_group_count(f.group), 0);
    assert_int_equal(fixture_closed(&f, why), 1);
    fixture_fini(&f);
}

static void
test_what_waits_too_long_is_closed(void **state)
{
    const struct conn_options *o = &conn_options_default;

    (void)state;
    check_expires("", o->idle_ns, "", NET_CLOSED_IDLE);
    check_expires("=half", o->head_ns, "slow\n", NET_CLOSED_TIMEOUT);
    check_expires("(half", o->body_ns, "slow\n", NET_CLOSED_TIMEOUT);
}

/* A byte now and then does not make a request faster. */
static void
test_trickle_is_slow_too(void **state)
{
    struct toy toy = {0};
    struct fixture f;
    uint64_t begin_ns;
    int fd;

    (void)state;
    fixture_init(&f, &conn_options_default);
    fd = fixture_connect(&f, &proto_toy, &toy);
    begin_ns = clock_mono_ns();
    send_c(&f, fd, "=h");
    conn_group_expire(f.group, begin_ns + f.options.head_ns / 2);
    send_c(&f, fd, "alf");
    conn_group_expire(f.group, clock_mono_ns() + f.options.head_ns);
    expect(&f, fd, "slow\n");
    close(fd);
    fixture_fini(&f);
}

static void
test_our_own_slowness_closes_nobody(void **state)
{
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    fixture_init(&f, &conn_options_default);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, "later\n=half");
    conn_group_expire(f.group, clock_mono_ns() + 3600000000000ULL);
    toy_answer(&toy, 0, "a\n");
    expect(&f, fd, "a\n");
    close(fd);
    fixture_fini(&f);
}

static void
test_too_many_are_told(void **state)
{
    struct conn_options o = conn_options_default;
    struct toy toy = {0};
    struct fixture f;
    int one, two;

    (void)state;
    o.max_conns = 1;
    fixture_init(&f, &o);
    one = fixture_connect(&f, &proto_toy, &toy);
    two = fixture_connect(&f, &proto_toy, &toy);
    expect(&f, two, "many\n");
    expect_end(&f, two);
    assert_int_equal(counter_get(&f.stats.accepted), 2);
    assert_int_equal(fixture_closed(&f, NET_CLOSED_REFUSED), 1);
    send_c(&f, one, "=x\n");
    expect(&f, one, "x\n");
    close(one);
    fixture_fini(&f);
}

static void
test_input_has_a_maximum(void **state)
{
    struct conn_options o = conn_options_default;
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    o.input_bytes = 1000;
    fixture_init(&f, &o);
    fd = fixture_connect(&f, &proto_toy, &toy);
    for (size_t i = 0; i < 101; i++) {
        (void)send(fd, "=123456789", 10, MSG_NOSIGNAL);
        fixture_turn(&f);
    }
    expect_end(&f, fd);
    assert_int_equal(fixture_closed(&f, NET_CLOSED_MEMORY), 1);
    fixture_fini(&f);
}

static void
test_answer_has_a_maximum(void **state)
{
    struct conn_options o = conn_options_default;
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    o.output_bytes = 1000;
    fixture_init(&f, &o);
    fd = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, fd, "later\n*1001\n");
    toy_answer(&toy, 0, "a\n");
    fixture_turn(&f);
    assert_int_equal(fixture_closed(&f, NET_CLOSED_MEMORY), 1);
    close(fd);
    fixture_fini(&f);
}

static void
test_drain(void **state)
{
    struct toy toy = {0};
    struct fixture f;
    int idle, sent, busy;

    (void)state;
    fixture_init(&f, &conn_options_default);
    idle = fixture_connect(&f, &proto_toy, &toy);
    sent = fixture_connect(&f, &proto_toy, &toy);
    busy = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, busy, "later\n");
    assert_int_equal(send(sent, "=x\n", 3, 0), 3);
    conn_group_drain(f.group);
    expect_end(&f, idle);
    expect(&f, sent, "x\n");
    expect_end(&f, sent);
    fixture_turn(&f);
    assert_int_equal(conn_group_count(f.group), 1);
    toy_answer(&toy, 0, "a\n");
    expect(&f, busy, "a\n");
    expect_end(&f, busy);
    fixture_turn(&f);
    assert_int_equal(conn_group_count(f.group), 0);
    assert_int_equal(fixture_closed(&f, NET_CLOSED_DRAIN), 3);
    fixture_fini(&f);
}

/* Who has always begun another request is not waited for to the end. */
static void
test_drain_of_who_asks_on(void **state)
{
    struct conn_options options = conn_options_default;
    struct toy toy = {0};
    struct fixture f;
    int patient, cut;

    (void)state;
    fixture_init(&f, &options);
    patient = fixture_connect(&f, &proto_toy, &toy);
    cut = fixture_connect(&f, &proto_toy, &toy);
    send_c(&f, patient, "=");
    send_c(&f, cut, "=");
    conn_group_drain(f.group);
    send_c(&f, patient, "a\n=b\n=");
    expect(&f, patient, "a\nb\n");
    f.options.drain_ns = 0;
    send_c(&f, cut, "a\n=b\n=");
    expect(&f, cut, "a\nb\n");
    expect_end(&f, cut);
    f.options.drain_ns = options.drain_ns;
    send_c(&f, patient, "c\n");
    expect(&f, patient, "c\n");
    expect_end(&f, patient);
    fixture_fini(&f);
}

/* One's long pipeline leaves the loop to others between two writes. */
static void
test_a_long_pipeline_takes_turns(void **state)
{
    enum {
        MANY = 100
    };
    struct conn_options options = conn_options_default;
    struct toy toy = {0};
    struct fixture f;
    int fd;

    (void)state;
    options.output_pause = 1;
    fixture_init(&f, &options);
    fd = fixture_connect(&f, &proto_toy, &toy);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(send(fd, "=x\n", 3, 0), 3);
    }
    fixture_turn(&f);
    assert_in_range(toy.nparsed, 1, MANY / 10);
    assert_int_equal(fixture_read(&f, fd, 2 * MANY).len, 2 * MANY);
    close(fd);
    fixture_fini(&f);
}

/* What connections lend each other: many take turns, memory stays small. */
static void
test_many_connections(void **state)
{
    enum {
        MANY = 400
    };
    struct toy toy = {0};
    struct fixture f;
    int fd[MANY];

    (void)state;
    fixture_init(&f, &conn_options_default);
    for (size_t i = 0; i < MANY; i++) {
        fd[i] = fixture_connect(&f, &proto_toy, &toy);
    }
    for (size_t round = 0; round < 3; round++) {
        toy.nlater = 0;
        for (size_t i = 0; i < MANY; i++) {
            send_c(&f, fd[i], "later\n=b\n=c");
        }
        for (size_t i = MANY; i-- > 0;) {
            toy_answer(&toy, i, "a\n");
        }
        for (size_t i = 0; i < MANY; i++) {
            expect(&f, fd[i], "a\nb\n");
            send_c(&f, fd[i], "\n");
            expect(&f, fd[i], "c\n");
        }
    }
    for (size_t i = 0; i < MANY; i++) {
        close(fd[i]);
    }
    fixture_turn(&f);
    fixture_fini(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_waits_too_long_is_closed),
        cmocka_unit_test(test_trickle_is_slow_too),
        cmocka_unit_test(test_our_own_slowness_closes_nobody),
        cmocka_unit_test(test_too_many_are_told),
        cmocka_unit_test(test_input_has_a_maximum),
        cmocka_unit_test(test_answer_has_a_maximum),
        cmocka_unit_test(test_drain),
        cmocka_unit_test(test_drain_of_who_asks_on),
        cmocka_unit_test(test_a_long_pipeline_takes_turns),
        cmocka_unit_test(test_many_connections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
