/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * redis_fixture - a store and the Redis it talks to, played by the test: what
 * the store sends is read as text, what it is to hear is written as text. The
 * clock stands in for common/base/clock and moves when the test says so; only
 * the loop's own timers take their time.
 */
#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/store/store_redis.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 5
#define MS         1000000ull
#define PING       "*1\r\n$4\r\nPING\r\n"
#define PONG       "+PONG\r\n"

struct redis_clock {
    uint64_t now_ns;
};

static struct redis_clock redis_clock = {1000000000};

uint64_t
clock_mono_ns(void)
{
    return redis_clock.now_ns;
}

struct redis_fixture {
    char dir[32];
    struct topology topology;
    struct event_base *base;
    struct store *store;
    int listener;
    int peer; /* -1: not connected */
    char heard[1 << 18];
    size_t len;
    time_t patience_end;
};

static inline time_t
fixture_seconds(void)
{
    struct timespec t;

    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return t.tv_sec;
}

static inline void
fixture_listen(struct redis_fixture *f)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    snprintf(a.sun_path, sizeof(a.sun_path), "%s", f->topology.path);
    f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    CHECK(f->listener >= 0);
    CHECK(bind(f->listener, (struct sockaddr *)&a, sizeof(a)) == 0);
    CHECK(listen(f->listener, 16) == 0);
}

/* A topology and a loop; neither Redis nor store yet. */
static inline void
fixture_init(struct redis_fixture *f)
{
    signal(SIGPIPE, SIG_IGN);
    *f = (struct redis_fixture){
        .dir = "/tmp/lookup-XXXXXX", .listener = -1, .peer = -1};
    CHECK(mkdtemp(f->dir) != NULL);
    snprintf(f->topology.path, sizeof(f->topology.path), "%s/redis", f->dir);
    f->base = event_base_new();
    f->patience_end = fixture_seconds() + PATIENCE_S;
    CHECK(f->base != NULL);
}

static inline void
fixture_create(struct redis_fixture *f)
{
    f->store = store_redis_create(f->base, &f->topology);
    CHECK(f->store != NULL);
}

static inline void
fixture_fini(struct redis_fixture *f)
{
    store_destroy(&f->store);
    event_base_free(f->base);
    if (f->peer >= 0) {
        close(f->peer);
    }
    if (f->listener >= 0) {
        close(f->listener);
    }
    unlink(f->topology.path);
    rmdir(f->dir);
}

/* One turn of a worker that need not wait. */
static inline void
fixture_turn(struct redis_fixture *f)
{
    CHECK(fixture_seconds() <= f->patience_end);
    (void)event_base_loop(f->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    store_flush(f->store);
}

/* Turn until the store has connected. */
static inline void
fixture_accept(struct redis_fixture *f)
{
    while ((f->peer = accept4(f->listener, NULL, NULL, SOCK_NONBLOCK)) < 0) {
        fixture_turn(f);
    }
    f->len = 0;
}

/* Turn until the store has sent exactly this. */
static inline void
fixture_hear(struct redis_fixture *f, const char *text)
{
    size_t want = strlen(text);

    while (f->len < want) {
        ssize_t n = recv(f->peer, f->heard + f->len, want - f->len, 0);

        f->len += n > 0 ? (size_t)n : 0;
        fixture_turn(f);
    }
    CHECK(memcmp(f->heard, text, want) == 0);
    f->len = 0;
}

static inline void
fixture_say(struct redis_fixture *f, const char *text)
{
    CHECK(send(f->peer, text, strlen(text), MSG_NOSIGNAL) ==
          (ssize_t)strlen(text));
}

/* Turn until the store has closed its side. */
static inline void
fixture_expect_close(struct redis_fixture *f)
{
    char c;

    while (recv(f->peer, &c, 1, 0) != 0) {
        fixture_turn(f);
    }
    close(f->peer);
    f->peer = -1;
}

/* Turn until a counter has that value. */
static inline void
fixture_until(struct redis_fixture *f, const counter *c, uint64_t value)
{
    while (counter_get(c) != value) {
        fixture_turn(f);
    }
}

/* A store with a connection that is up. */
static inline void
fixture_up(struct redis_fixture *f)
{
    fixture_init(f);
    fixture_listen(f);
    fixture_create(f);
    fixture_accept(f);
    fixture_hear(f, PING);
    fixture_say(f, PONG);
    fixture_until(f, &f->store->stats.connects, 1);
}
