/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_link.h"
#include "tests/lookup/redis_fixture.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define AUTH_ONE "*2\r\n$4\r\nAUTH\r\n$3\r\np w\r\n"
#define AUTH_TWO "*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$3\r\np w\r\n"
#define SELECT   "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"

static void
begin(struct redis_fixture *f, const char *user, const char *password,
      unsigned db)
{
    fixture_init(f);
    snprintf(f->topology.user, sizeof(f->topology.user), "%s", user);
    snprintf(f->topology.password, sizeof(f->topology.password), "%s",
             password);
    f->topology.db = db;
    fixture_listen(f);
    fixture_create(f);
    fixture_accept(f);
}

static void
test_greeting(void **state)
{
    static const struct {
        const char *user, *password;
        unsigned db;
        const char *sent, *said;
    } t[] = {
        {"", "", 0, PING, PONG},
        {"", "p w", 0, AUTH_ONE PING, "+OK\r\n" PONG},
        {"me", "p w", 3, AUTH_TWO SELECT PING, "+OK\r\n+OK\r\n" PONG},
        {"", "", 3, SELECT PING, "+OK\r\n" PONG},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct redis_fixture f;

        begin(&f, t[i].user, t[i].password, t[i].db);
        fixture_hear(&f, t[i].sent);
        assert_int_equal(counter_get(&f.store->stats.connects), 0);
        fixture_say(&f, t[i].said);
        fixture_until(&f, &f.store->stats.connects, 1);
        fixture_fini(&f);
    }
}

/* Whichever word is refused: the link is not up, and tries again. */
static void
test_greeting_is_refused(void **state)
{
    static const char *const said[] = {
        "-WRONGPASS invalid username-password pair\r\n+OK\r\n" PONG,
        "+OK\r\n-ERR DB index is out of range\r\n" PONG,
        "+OK\r\n+OK\r\n-LOADING Redis is loading the dataset in memory\r\n",
        "-NOAUTH Authentication required.\r\n",
        ":1\r\n",
        "*-1\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
        struct redis_fixture f;

        begin(&f, "me", "p w", 3);
        fixture_hear(&f, AUTH_TWO SELECT PING);
        fixture_say(&f, said[i]);
        fixture_expect_close(&f);
        assert_int_equal(counter_get(&f.store->stats.connects), 0);
        fixture_accept(&f);
        fixture_hear(&f, AUTH_TWO SELECT PING);
        fixture_say(&f, "+OK\r\n+OK\r\n" PONG);
        fixture_until(&f, &f.store->stats.connects, 1);
        fixture_fini(&f);
    }
}

static void
never(void *arg, const struct store_reply *reply)
{
    (void)arg, (void)reply;
    fail();
}

static void
test_starts_without_redis(void **state)
{
    const struct store_read r = {
        .key = STR("k"), .deadline_ns = UINT64_MAX, .done = never};
    struct redis_fixture f;

    (void)state;
    fixture_init(&f);
    fixture_create(&f);
    for (int i = 0; i < 100; i++) {
        fixture_turn(&f);
        assert_int_equal(store_read(f.store, &r), RC_UNAVAIL);
    }
    fixture_listen(&f);
    fixture_accept(&f);
    fixture_hear(&f, PING);
    assert_int_equal(store_read(f.store, &r), RC_UNAVAIL);
    assert_int_equal(counter_get(&f.store->stats.shed), 101);
    fixture_say(&f, PONG);
    fixture_until(&f, &f.store->stats.connects, 1);
    fixture_fini(&f);
}

/* The peer is gone before the greeting is written, which fails at once. */
static void
test_closed_before_the_greeting(void **state)
{
    struct redis_fixture f;

    (void)state;
    fixture_init(&f);
    fixture_listen(&f);
    fixture_create(&f);
    for (int i = 0; i < 3; i++) {
        int fd = accept4(f.listener, NULL, NULL, SOCK_NONBLOCK);

        if (fd < 0) {
            fixture_turn(&f);
            i--;
            continue;
        }
        close(fd);
        fixture_turn(&f);
    }
    fixture_accept(&f);
    fixture_hear(&f, PING);
    fixture_fini(&f);
}

/* It takes the connection and says nothing, as one that is stopped does. */
static void
test_no_answer_to_the_greeting(void **state)
{
    struct redis_fixture f;

    (void)state;
    begin(&f, "", "", 0);
    fixture_hear(&f, PING);
    fixture_expect_close(&f);
    fixture_accept(&f);
    fixture_hear(&f, PING);
    fixture_say(&f, PONG);
    fixture_until(&f, &f.store->stats.connects, 1);
    fixture_fini(&f);
}

/* On an address of the loopback; *port 0: any, which it becomes. */
static int
listen_at(const char *address, uint16_t *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(*port)};
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    assert_int_equal(inet_pton(AF_INET, address, &a.sin_addr), 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

static void
expect_greeting(struct redis_fixture *f, uint64_t connects)
{
    fixture_accept(f);
    fixture_hear(f, PING);
    fixture_say(f, PONG);
    fixture_until(f, &f->store->stats.connects, connects);
}

/* Nobody asks for the address of a name here: it is told, and may change. */
static void
test_known_by_name(void **state)
{
    struct redis_fixture f;
    int there;

    (void)state;
    fixture_init(&f);
    snprintf(f.topology.path, sizeof(f.topology.path), "%s", "");
    snprintf(f.topology.host, sizeof(f.topology.host), "redis.test");
    f.listener = listen_at("127.0.0.1", &f.topology.port);
    there = listen_at("127.0.0.2", &f.topology.port);
    fixture_create(&f);
    store_move(f.store, "127.0.0.1");
    expect_greeting(&f, 1);
    store_move(f.store, "127.0.0.1"); /* no news */
    fixture_turn(&f);
    assert_int_equal(recv(f.peer, f.heard, 1, 0), -1);
    store_move(f.store, "127.0.0.2");
    fixture_expect_close(&f);
    close(f.listener);
    f.listener = there;
    expect_greeting(&f, 2);
    fixture_fini(&f);
}

/* One whose address was given stays where it is. */
static void
test_known_by_address(void **state)
{
    struct redis_fixture f;

    (void)state;
    fixture_up(&f);
    store_move(f.store, "127.0.0.2");
    fixture_turn(&f);
    assert_int_equal(recv(f.peer, f.heard, 1, 0), -1);
    fixture_fini(&f);
}

static void
test_destroyed_at_every_stage(void **state)
{
    struct redis_fixture f;

    (void)state;
    fixture_init(&f);
    fixture_create(&f); /* waits: there is no socket */
    fixture_fini(&f);

    fixture_init(&f);
    fixture_listen(&f);
    fixture_create(&f); /* connects */
    fixture_fini(&f);

    begin(&f, "me", "p w", 3);
    fixture_hear(&f, AUTH_TWO SELECT PING); /* greets */
    fixture_fini(&f);

    fixture_up(&f);
    fixture_fini(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_greeting),
        cmocka_unit_test(test_greeting_is_refused),
        cmocka_unit_test(test_starts_without_redis),
        cmocka_unit_test(test_closed_before_the_greeting),
        cmocka_unit_test(test_no_answer_to_the_greeting),
        cmocka_unit_test(test_known_by_name),
        cmocka_unit_test(test_known_by_address),
        cmocka_unit_test(test_destroyed_at_every_stage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
