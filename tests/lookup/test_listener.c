/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/listener.h"

#include "tests/lookup/toy_proto.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>

struct server {
    struct fixture f;
    struct toy toy;
    struct listen_addr addr;
    struct listener *listener;
};

static void
server_init(struct server *s)
{
    struct err e = {""};
    int fd;

    *s = (struct server){0};
    fixture_init(&s->f, &conn_options_default);
    assert_int_equal(listen_addr_parse(STR("127.0.0.1:0"), &s->addr, &e),
                     RC_OK);
    assert_int_equal(listener_probe(&s->addr, &fd, &e), RC_OK);
    close(fd);
    s->listener = listener_create(&s->addr, s->f.base, s->f.group, &proto_toy,
                                  &s->toy, &s->f.stats, &e);
    if (s->listener == NULL) {
        fail_msg("%s", e.text);
    }
}

static void
server_fini(struct server *s)
{
    listener_destroy(&s->listener);
    fixture_fini(&s->f);
}

/* A client's socket; the kernel has accepted it, we need not have. */
static int
client(const struct server *s)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(
        connect(fd, (const struct sockaddr *)&s->addr.sa, s->addr.len), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void
test_accepts(void **state)
{
    struct server s;
    int fd;

    (void)state;
    server_init(&s);
    fd = client(&s);
    send_c(&s.f, fd, "=x\n");
    expect(&s.f, fd, "x\n");
    close(fd);
    server_fini(&s);
}

/* Every worker binds the same port; another program's port is an error. */
static void
test_port_in_use(void **state)
{
    struct listener *second;
    struct server s;
    struct err e = {""};
    int fd;

    (void)state;
    server_init(&s);
    assert_int_equal(listener_probe(&s.addr, &fd, &e), RC_IO);
    assert_int_equal(fd, -1);
    assert_non_null(strstr(e.text, s.addr.text));
    assert_non_null(strstr(e.text, "in use"));
    second = listener_create(&s.addr, s.f.base, s.f.group, &proto_toy, &s.toy,
                             &s.f.stats, &e);
    assert_non_null(second);
    listener_destroy(&second);
    server_fini(&s);
}

static void
test_destroy_takes_the_backlog(void **state)
{
    struct server s;
    int fd;

    (void)state;
    server_init(&s);
    fd = client(&s);
    assert_int_equal(send(fd, "=x\n", 3, 0), 3);
    listener_destroy(&s.listener);
    conn_group_drain(s.f.group);
    expect(&s.f, fd, "x\n");
    expect_end(&s.f, fd);
    server_fini(&s);
}

static void
test_out_of_descriptors(void **state)
{
    uint64_t deadline_ns = clock_mono_ns() + FIXTURE_PATIENCE_NS;
    struct rlimit before, none;
    struct server s;
    int fd;

    (void)state;
    server_init(&s);
    fd = client(&s);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){3, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    fixture_turn(&s.f);
    fixture_turn(&s.f);
    assert_int_equal(counter_get(&s.f.stats.accept_errors), 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    while (conn_group_count(s.f.group) == 0 && clock_mono_ns() < deadline_ns) {
        fixture_turn(&s.f);
    }
    send_c(&s.f, fd, "=x\n");
    expect(&s.f, fd, "x\n");
    close(fd);
    server_fini(&s);
}

/* The client resets in the middle: nothing is left behind. */
static void
test_reset(void **state)
{
    uint64_t deadline_ns = clock_mono_ns() + FIXTURE_PATIENCE_NS;
    struct linger linger = {.l_onoff = 1};
    struct server s;
    int fd;

    (void)state;
    server_init(&s);
    fd = client(&s);
    send_c(&s.f, fd, "*3000000\n");
    assert_int_equal(
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
    close(fd);
    while (conn_group_count(s.f.group) > 0 && clock_mono_ns() < deadline_ns) {
        fixture_turn(&s.f);
    }
    assert_int_equal(fixture_closed(&s.f, NET_CLOSED_ERROR), 1);
    server_fini(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_port_in_use),
        cmocka_unit_test(test_destroy_takes_the_backlog),
        cmocka_unit_test(test_out_of_descriptors),
        cmocka_unit_test(test_reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
