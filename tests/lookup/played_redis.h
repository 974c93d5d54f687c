/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * played_redis - a thread that plays Redis by a script, for callers that block:
 * each command it is to hear, as words with blanks between, and what it says.
 */
#include "common/base/check.h"
#include "common/table/topology.h"
#include "tests/support/folder.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define PLAY_PATIENCE_MS 5000

struct play_line {
    const char *asked;
    const char *said; /* NULL: the connection is closed */
};

struct played_redis {
    struct folder folder;
    struct topology topology;
    const struct play_line *line;
    size_t n;
    size_t at; /* lines played */
    int listener;
    pthread_t thread;
    char wrong[512]; /* what did not go by the script, or "" */
};

static inline bool
play_can_read(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, PLAY_PATIENCE_MS) == 1;
}

/* The next command in out, as words; false: there is none any more. */
static inline bool
play_hear(int fd, redisReader *reader, char *out, size_t cap)
{
    redisReply *r = NULL;
    char bytes[4096];
    size_t len = 0;

    CHECK(redisReaderGetReply(reader, (void **)&r) == REDIS_OK);
    while (r == NULL) {
        ssize_t n = play_can_read(fd) ? read(fd, bytes, sizeof(bytes)) : 0;

        if (n <= 0) {
            return false;
        }
        CHECK(redisReaderFeed(reader, bytes, (size_t)n) == REDIS_OK);
        CHECK(redisReaderGetReply(reader, (void **)&r) == REDIS_OK);
    }
    for (size_t i = 0; i < r->elements && len < cap; i++) {
        len += (size_t)snprintf(out + len, cap - len, "%s%s", i == 0 ? "" : " ",
                                r->element[i]->str);
    }
    freeReplyObject(r);
    return true;
}

/* Whoever asked may be gone, and what it had in its pipeline still here. */
static inline void
play_say(int fd, const char *text)
{
    (void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* What each connection begins with, and no script has. */
static inline void
play_greet(int fd, redisReader *reader)
{
    char heard[256];

    if (play_hear(fd, reader, heard, sizeof(heard))) {
        CHECK(strcmp(heard, "PING") == 0);
        play_say(fd, "+PONG\r\n");
    }
}

/* One connection, to the client's end of it or the script's. */
static inline void
play_on(struct played_redis *p, int fd)
{
    redisReader *reader = redisReaderCreate();
    char heard[256];
    bool open = true;

    CHECK(reader != NULL);
    play_greet(fd, reader);
    while (open && p->at < p->n &&
           play_hear(fd, reader, heard, sizeof(heard))) {
        const struct play_line *line = &p->line[p->at++];

        if (strcmp(heard, line->asked) != 0) {
            snprintf(p->wrong, sizeof(p->wrong), "'%s', not '%s'", heard,
                     line->asked);
        }
        open = line->said != NULL && p->wrong[0] == '\0';
        if (open) {
            play_say(fd, line->said);
        }
    }
    redisReaderFree(reader);
}

static inline void *
play_run(void *arg)
{
    struct played_redis *p = arg;

    while (p->at < p->n && p->wrong[0] == '\0') {
        int fd =
            play_can_read(p->listener) ? accept(p->listener, NULL, NULL) : -1;

        if (fd < 0) {
            snprintf(p->wrong, sizeof(p->wrong), "nobody came for '%s'",
                     p->line[p->at].asked);
            break;
        }
        play_on(p, fd);
        close(fd);
    }
    return NULL;
}

static inline void
play_begin(struct played_redis *p, const struct play_line *line, size_t n)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    *p = (struct played_redis){.line = line, .n = n};
    folder_init(&p->folder);
    snprintf(p->topology.path, sizeof(p->topology.path), "%s/redis",
             p->folder.path);
    snprintf(a.sun_path, sizeof(a.sun_path), "%s", p->topology.path);
    p->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(p->listener >= 0);
    CHECK(bind(p->listener, (struct sockaddr *)&a, sizeof(a)) == 0);
    CHECK(listen(p->listener, 16) == 0);
    CHECK(pthread_create(&p->thread, NULL, play_run, p) == 0);
}

/* All of the script was played, and nothing else heard. */
static inline void
play_end(struct played_redis *p)
{
    CHECK(pthread_join(p->thread, NULL) == 0);
    close(p->listener);
    folder_fini(&p->folder);
    assert_string_equal(p->wrong, "");
    assert_int_equal(p->at, p->n);
}
