/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other end is a thread that gives prepared bytes, a few at a time, and
 * keeps what it was sent.
 */
#include "batchgen/redis.h"

#include "tests/support/folder.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define PONG "+PONG\r\n"

struct peer {
    struct folder folder;
    struct topology topology;
    int listening;
    pthread_t thread;
    struct str answer;
    size_t step;      /* bytes a write */
    size_t expected;  /* bytes to read before the connection is closed */
    struct buf given; /* what the client sent behind its greeting */
};

static void
read_some(struct peer *p, int fd)
{
    char *to = buf_reserve(&p->given, 4096);
    ssize_t n = read(fd, to, 4096);

    CHECK(n >= 0);
    p->given.len += (size_t)n;
}

static void
write_all(int fd, struct str s, size_t step)
{
    for (size_t at = 0; at < s.len; at += step) {
        size_t n = s.len - at < step ? s.len - at : step;

        if (send(fd, s.p + at, n, MSG_NOSIGNAL) < 0) {
            return; /* the client had enough */
        }
    }
}

static void *
serve(void *arg)
{
    struct peer *p = arg;
    int fd = accept(p->listening, NULL, NULL);
    char rest[256];

    CHECK(fd >= 0);
    read_some(p, fd); /* the greeting */
    buf_clear(&p->given);
    write_all(fd, STR(PONG), 100);
    while (p->given.len < p->expected) {
        read_some(p, fd);
    }
    write_all(fd, p->answer, p->step);
    CHECK(shutdown(fd, SHUT_WR) == 0);
    while (read(fd, rest, sizeof(rest)) > 0) {
        /* until the client closes */
    }
    close(fd);
    return NULL;
}

static struct redis *
open_to(struct peer *p, struct str answer, size_t step, size_t expected)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct redis *r;

    *p = (struct peer){.answer = answer, .step = step, .expected = expected};
    folder_init(&p->folder);
    buf_init(&p->given, 64 << 20);
    snprintf(at.sun_path, sizeof(at.sun_path), "%s/s", p->folder.path);
    snprintf(p->topology.path, sizeof(p->topology.path), "%s", at.sun_path);
    p->listening = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(p->listening, (void *)&at, sizeof(at)), 0);
    assert_int_equal(listen(p->listening, 1), 0);
    assert_int_equal(pthread_create(&p->thread, NULL, serve, p), 0);
    assert_int_equal(redis_open(&r, &p->topology, NULL), RC_OK);
    return r;
}

static void
end(struct peer *p, struct redis *r)
{
    redis_close(&r);
    pthread_join(p->thread, NULL);
    close(p->listening);
    buf_fini(&p->given);
    folder_fini(&p->folder);
}

static void
commands_are_formatted(void **state)
{
    static const char expected[] = "*3\r\n$4\r\nHGET\r\n$3\r\nkey\r\n$0\r\n\r\n"
                                   "*2\r\n$4\r\nINCR\r\n$20\r\n"
                                   "18446744073709551615\r\n";
    struct peer p;
    struct redis *r =
        open_to(&p, STR(":1\r\n:41\r\n"), 1, sizeof(expected) - 1);
    uint64_t sum;

    (void)state;
    REDIS_WORDS(r, STR("HGET"), STR("key"), STR(""));
    assert_int_equal(redis_push(r, NULL), RC_OK);
    redis_begin(r, 2);
    redis_word(r, STR("INCR"));
    redis_number(r, UINT64_MAX);
    assert_int_equal(redis_push(r, NULL), RC_OK);
    assert_int_equal(redis_drain(r, &sum, NULL), RC_OK);
    assert_int_equal(sum, 42);
    assert_int_equal(p.given.len, sizeof(expected) - 1);
    assert_memory_equal(p.given.p, expected, p.given.len);
    end(&p, r);
}

static enum rc
count_pair(void *arg, struct str field, struct str value, struct err *e)
{
    (void)e;
    assert_true(str_eq(field, STR("f")) && value.len == 2);
    ++*(int *)arg;
    return RC_OK;
}

static void
answers_of_all_kinds_byte_by_byte(void **state)
{
    struct peer p;
    struct redis *r = open_to(&p,
                              STR("+OK\r\n$5\r\na\r\nbc\r\n$-1\r\n:7\r\n"
                                  "*2\r\n$1\r\nf\r\n$2\r\nvv\r\n"),
                              1, 0);
    struct buf out;
    bool found;
    int pairs = 0;

    (void)state;
    buf_init(&out, 100);
    REDIS_WORDS(r, STR("X"));
    assert_int_equal(redis_ask(r, NULL), RC_OK);
    REDIS_WORDS(r, STR("X"));
    assert_int_equal(redis_ask_text(r, &out, &found, NULL), RC_OK);
    assert_true(found && str_eq(buf_view(&out), STR("a\r\nbc")));
    REDIS_WORDS(r, STR("X"));
    assert_int_equal(redis_ask_text(r, &out, &found, NULL), RC_OK);
    assert_false(found);
    buf_clear(&out);
    REDIS_WORDS(r, STR("X"));
    assert_int_equal(redis_ask_text(r, &out, &found, NULL), RC_OK);
    assert_true(str_eq(buf_view(&out), STR("7")));
    REDIS_WORDS(r, STR("X"));
    assert_int_equal(redis_ask_hash(r, count_pair, &pairs, NULL), RC_OK);
    assert_int_equal(pairs, 1);
    buf_fini(&out);
    end(&p, r);
}

static void
error_reply_is_an_rc(void **state)
{
    struct peer p;
    struct redis *r =
        open_to(&p, STR("-ERR nothing\r\n+OK\r\n:1\r\n-OOM no\r\n"), 100, 0);
    struct err e = {""};

    (void)state;
    REDIS_WORDS(r, STR("X"));
    assert_int_equal(redis_ask(r, &e), RC_FAILED);
    assert_non_null(strstr(e.text, "ERR nothing"));
    REDIS_WORDS(r, STR("X")); /* an error that was asked for is over */
    assert_int_equal(redis_ask(r, &e), RC_OK);
    for (int i = 0; i < 2; i++) {
        REDIS_WORDS(r, STR("X"));
        assert_int_equal(redis_push(r, &e), RC_OK);
    }
    assert_int_equal(redis_drain(r, NULL, &e), RC_UNAVAIL);
    assert_non_null(strstr(e.text, "maxmemory"));
    end(&p, r);
}

static void
lost_connection_says_so(void **state)
{
    static const struct str cut[] = {STR(""), STR("$5\r\nab"), STR("$")};

    (void)state;
    for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
        struct peer p;
        struct redis *r = open_to(&p, cut[i], 1, 0);
        struct err e = {""};

        REDIS_WORDS(r, STR("X"));
        assert_int_equal(redis_ask(r, &e), RC_UNAVAIL);
        assert_non_null(strstr(e.text, p.topology.path));
        end(&p, r);
    }
}

static void
what_is_no_redis_is_refused(void **state)
{
    struct peer p;
    struct redis *r = open_to(&p, STR("HTTP/1.1 400 Bad\r\n\r\n"), 100, 0);
    struct err e = {""};

    (void)state;
    REDIS_WORDS(r, STR("X"));
    assert_int_not_equal(redis_ask(r, &e), RC_OK);
    end(&p, r);
}

/* Several windows full: the other end answers only once it has them all. */
static void
window_slides(void **state)
{
    enum {
        COMMANDS = 2000,
        WORD = 1000,
        SIZE = 4 + 7 + WORD + 2
    };
    char word[WORD];
    struct buf answer;
    struct peer p;
    struct redis *r;
    uint64_t sum;

    (void)state;
    memset(word, 'w', sizeof(word));
    buf_init(&answer, 1 << 20);
    for (int i = 0; i < COMMANDS; i++) {
        buf_c(&answer, ":2\r\n");
    }
    r = open_to(&p, buf_view(&answer), 777, (size_t)COMMANDS * SIZE);
    for (int i = 0; i < COMMANDS; i++) {
        redis_begin(r, 1);
        redis_word(r, (struct str){word, sizeof(word)});
        assert_int_equal(redis_push(r, NULL), RC_OK);
    }
    assert_int_equal(redis_drain(r, &sum, NULL), RC_OK);
    assert_int_equal(sum, 2 * COMMANDS);
    assert_int_equal(p.given.len, COMMANDS * SIZE);
    end(&p, r);
    buf_fini(&answer);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_formatted),
        cmocka_unit_test(answers_of_all_kinds_byte_by_byte),
        cmocka_unit_test(error_reply_is_an_rc),
        cmocka_unit_test(lost_connection_says_so),
        cmocka_unit_test(what_is_no_redis_is_refused),
        cmocka_unit_test(window_slides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
