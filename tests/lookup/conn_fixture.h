/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * conn_fixture - a group of connections on socket pairs. The tests turn the
 * loop themselves and tell the time: nothing sleeps.
 */
#include "common/base/buf.h"
#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/net/conn.h"

#include <errno.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIXTURE_PATIENCE_NS 5000000000ULL

struct fixture {
    struct event_base *base;
    struct conn_options options;
    struct net_stats stats;
    struct conn_group *group;
    struct buf got; /* what read_until has read */
};

static inline void
fixture_init(struct fixture *f, const struct conn_options *options)
{
    *f = (struct fixture){.options = *options};
    f->base = event_base_new();
    f->group = conn_group_create(f->base, &f->options, &f->stats);
    CHECK(f->base != NULL && f->group != NULL);
    buf_init(&f->got, 64 * 1024 * 1024);
}

static inline void
fixture_fini(struct fixture *f)
{
    conn_group_destroy(&f->group);
    event_base_free(f->base);
    net_stats_fini(&f->stats);
    buf_fini(&f->got);
}

/* A client's end of a new connection, non-blocking. */
static inline int
fixture_connect(struct fixture *f, const struct proto *proto, void *arg)
{
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == 0);
    conn_open(f->group, fd[1], proto, arg);
    return fd[0];
}

/* One turn of a worker, without waiting. */
static inline void
fixture_turn(struct fixture *f)
{
    (void)event_base_loop(f->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    conn_group_flush(f->group);
}

/* Send all, turning the loop; false: the other side is closed. */
static inline bool
fixture_send(struct fixture *f, int fd, struct str s)
{
    uint64_t deadline_ns = clock_mono_ns() + FIXTURE_PATIENCE_NS;

    while (s.len > 0 && clock_mono_ns() < deadline_ns) {
        ssize_t n = send(fd, s.p, s.len, MSG_NOSIGNAL);

        if (n > 0) {
            s = (struct str){s.p + n, s.len - (size_t)n};
        } else if (errno != EAGAIN) {
            return false;
        }
        fixture_turn(f);
    }
    CHECK(s.len == 0);
    return true;
}

/* Read into f->got (emptied first) until it has n bytes or the end came. */
static inline struct str
fixture_read(struct fixture *f, int fd, size_t n)
{
    uint64_t deadline_ns = clock_mono_ns() + FIXTURE_PATIENCE_NS;
    ssize_t got = -1;

    buf_clear(&f->got);
    while (got != 0 && f->got.len < n && clock_mono_ns() < deadline_ns) {
        char *room = buf_reserve(&f->got, 64 * 1024);

        fixture_turn(f);
        got = recv(fd, room, 64 * 1024, 0);
        f->got.len += got > 0 ? (size_t)got : 0;
        if (got < 0 && errno != EAGAIN) {
            break;
        }
    }
    return buf_view(&f->got);
}

/* All that comes until the server closes. */
static inline struct str
fixture_read_all(struct fixture *f, int fd)
{
    return fixture_read(f, fd, SIZE_MAX);
}

static inline uint64_t
fixture_closed(const struct fixture *f, enum net_closed why)
{
    return counter_get(&f->stats.closed[why]);
}
