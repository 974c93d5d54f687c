/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a connection says first, and what a failed one tells to do: against a
 * closed socket, a mute one, and a thread that plays Redis from a script.
 */
#include "common/table/topology.h"

#include <hiredis/hiredis.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define TIMEOUT_MS 200

struct fixture {
    char dir[32];
    struct topology t;
    int fd;
    const char *replies; /* the script, a line each */
    char heard[1024];    /* all that came */
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (f == NULL) {
        return -1;
    }
    *state = f;
    snprintf(f->dir, sizeof(f->dir), "/tmp/topology.XXXXXX");
    if (mkdtemp(f->dir) == NULL) {
        return -1;
    }
    snprintf(f->t.path, sizeof(f->t.path), "%s/s", f->dir);
    f->fd = -1;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;

    if (f->fd >= 0) {
        close(f->fd);
    }
    unlink(f->t.path);
    rmdir(f->dir);
    free(f);
    return 0;
}

static void
begin_listening(struct fixture *f)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};

    memcpy(addr.sun_path, f->t.path, sizeof(addr.sun_path));
    f->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(f->fd >= 0);
    assert_int_equal(bind(f->fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
    assert_int_equal(listen(f->fd, 4), 0);
}

static void
unreachable(const struct fixture *f, const char *says)
{
    struct redisContext *c = NULL;
    struct err e = {""};

    assert_int_equal(topology_connect(&f->t, TIMEOUT_MS, &c, &e), RC_UNAVAIL);
    assert_null(c);
    if (strstr(e.text, says) == NULL || strstr(e.text, f->t.path) == NULL) {
        fail_msg("'%s' lacks '%s' or '%s'", e.text, says, f->t.path);
    }
    assert_null(strstr(e.text, "secret"));
}

static void
nobody_is_there(void **state)
{
    struct fixture *f = *state;

    unreachable(f, "No such file");
    begin_listening(f);
    close(f->fd);
    f->fd = -1;
    unreachable(f, "Connection refused");
}

static void
nobody_answers(void **state)
{
    struct fixture *f = *state;

    begin_listening(f);
    unreachable(f, "no answer in time");
}

/* One line of the script for every command, however short the script. */
static void *
play(void *arg)
{
    struct fixture *f = arg;
    struct str rest = str_of(f->replies);
    int fd = accept(f->fd, NULL, NULL);
    size_t len = 0;
    ssize_t n;

    do {
        n = read(fd, f->heard + len, sizeof(f->heard) - 1 - len);
        if (n > 0) {
            struct str line = str_cut(&rest, '\n');

            len += (size_t)n;
            send(fd, line.p, line.len + 1, MSG_NOSIGNAL);
        }
    } while (n > 0);
    close(fd);
    return NULL;
}

/* Connect to a Redis that gives these replies, whatever it is told. */
static enum rc
connect_to(struct fixture *f, const char *replies, struct err *e)
{
    struct redisContext *c = NULL;
    pthread_t thread;
    enum rc rc;

    f->replies = replies;
    memset(f->heard, 0, sizeof(f->heard));
    if (f->fd < 0) {
        begin_listening(f);
    }
    assert_int_equal(pthread_create(&thread, NULL, play, f), 0);
    rc = topology_connect(&f->t, TIMEOUT_MS * 50, &c, e);
    assert_int_equal(c != NULL, rc == RC_OK);
    if (c != NULL) {
        redisFree(c);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    return rc;
}

static void
greets_with(struct fixture *f, const char *replies, const char *expected)
{
    struct err e = {""};

    if (connect_to(f, replies, &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    assert_string_equal(f->heard, expected);
}

#define PING "*1\r\n$4\r\nPING\r\n"

static void
only_what_is_needed_is_said(void **state)
{
    struct fixture *f = *state;

    greets_with(f, "+PONG\r\n", PING);
    f->t.db = 12;
    greets_with(f, "+PONG\r\n+OK\r\n",
                PING "*2\r\n$6\r\nSELECT\r\n$2\r\n12\r\n");
}

static void
passwords_are_given(void **state)
{
    struct fixture *f = *state;

    snprintf(f->t.password, sizeof(f->t.password), "p w");
    greets_with(f, "+OK\r\n+PONG\r\n",
                "*2\r\n$4\r\nAUTH\r\n$3\r\np w\r\n" PING);
    snprintf(f->t.user, sizeof(f->t.user), "ann");
    greets_with(f, "+OK\r\n+PONG\r\n",
                "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$3\r\np w\r\n" PING);
}

/* Else it would silently act as the default user. */
static void
a_user_without_a_password_is_named_too(void **state)
{
    struct fixture *f = *state;

    snprintf(f->t.user, sizeof(f->t.user), "ann");
    greets_with(f, "+OK\r\n+PONG\r\n",
                "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$0\r\n\r\n" PING);
}

static void
refused_with(struct fixture *f, const char *replies, enum rc rc,
             const char *says)
{
    struct err e = {""};

    assert_int_equal(connect_to(f, replies, &e), rc);
    if (strstr(e.text, says) == NULL || strstr(e.text, f->t.path) == NULL) {
        fail_msg("'%s' lacks '%s' or '%s'", e.text, says, f->t.path);
    }
    assert_null(strstr(e.text, "secret"));
}

static void
refusals_say_what_to_do(void **state)
{
    struct fixture *f = *state;

    refused_with(f, "-NOAUTH Authentication required.\r\n", RC_REFUSED,
                 "--redis-password-file");
    refused_with(f, "-LOADING Redis is loading the dataset in memory\r\n",
                 RC_UNAVAIL, "try again");
    refused_with(f, "-ERR max number of clients reached\r\n", RC_UNAVAIL,
                 "maxclients");
    refused_with(f, "-DENIED Redis is running in protected mode\r\n",
                 RC_REFUSED, "protected mode; ");
    refused_with(f, "-SURPRISE\r\n", RC_UNAVAIL, "'SURPRISE'");
    refused_with(f, "HTTP/1.1 400 Bad Request\r\n\r\n", RC_UNAVAIL,
                 "Protocol error");
    f->t.db = 99;
    refused_with(f, "+PONG\r\n-ERR DB index is out of range\r\n", RC_REFUSED,
                 "`databases`");
    snprintf(f->t.password, sizeof(f->t.password), "secret");
    refused_with(f, "-WRONGPASS invalid username-password pair\r\n", RC_REFUSED,
                 "check the user and password");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_is_there, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(only_what_is_needed_is_said, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(passwords_are_given, setup, teardown),
        cmocka_unit_test_setup_teardown(a_user_without_a_password_is_named_too,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(refusals_say_what_to_do, setup,
                                        teardown),
    };

    return cmocka_run_group_tests_name("topology_connect", tests, NULL, NULL);
}
