/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a connection:
 *
 *   reading --(stop or EOF, all answered and written)--> lingering --> closed
 *
 * One read per readiness, into the group's scratch buffer. Only what is left
 * of it, an incomplete request or one there was no room for, is copied into
 * c->in. Answers collect in c->line.out and leave in one write: at the end of
 * the read that brought their requests, or, for those answered later, in
 * conn_group_flush. Readable is watched all the time but while there is no
 * room (held_back), writable only while a write is blocked, so that a request
 * costs no epoll_ctl. Who has more to ask than there is room for goes on in the
 * next turn of the loop, when the others had theirs.
 *
 * Closing with unread input makes the kernel send RST, which can destroy an
 * answer under way. So after our last answer we shut down our side and read
 * on, dropping bytes, until the client closes too or linger_ns are over.
 *
 * conn_settle() is the one place that decides what comes next for a connection;
 * it may free it. It never runs inside proto->parse: finish only marks the
 * connection dirty.
 */
#include "lookup/net/conn.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/net/conn_impl.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct conn *
conn_check(void *arg)
{
    struct conn *c = arg;

    CHECK(c->magic == CONN_MAGIC);
    return c;
}

void
conn_close(struct conn *c, enum net_closed why)
{
    struct conn_group *g = c->group;

    CHECK(!c->in_parse);
    event_free(c->readable);
    event_free(c->writable);
    (void)close(c->fd);
    counter_add(&g->stats->closed[why], 1);
    if (c->is_dirty) {
        TAILQ_REMOVE(&g->dirty, c, dirty);
    }
    TAILQ_REMOVE(&g->all, c, all);
    g->n--;
    line_fini(&c->line);
    buf_pool_give(&g->bufs, &c->in);
    c->magic = 0;
    free(c);
}

static void
watch_readable(struct conn *c, bool on)
{
    if (c->reading != on) {
        CHECK((on ? event_add(c->readable, NULL) : event_del(c->readable)) ==
              0);
        c->reading = on;
    }
}

static void
wait_writable(struct conn *c)
{
    struct buf *out = &c->line.out;

    if (c->sent_bytes > out->len / 2) {
        buf_drop(out, c->sent_bytes);
        c->sent_bytes = 0;
    }
    CHECK(event_add(c->writable, NULL) == 0);
    c->blocked = true;
    c->since_ns = c->group->now_ns;
}

/* False: the connection is gone. */
static bool
write_out(struct conn *c)
{
    struct buf *out = &c->line.out;
    size_t n = out->len - c->sent_bytes;
    ssize_t sent;

    if (out->failed || c->in.failed) {
        conn_close(c, NET_CLOSED_MEMORY);
        return false;
    }
    if (n == 0 || c->blocked) {
        return true;
    }
    net_stats_settle(c->group->stats);
    sent = send(c->fd, out->p + c->sent_bytes, n, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        conn_close(c, NET_CLOSED_ERROR);
        return false;
    }
    if (sent > 0) {
        counter_add(&c->group->stats->sent_bytes, (uint64_t)sent);
        c->sent_bytes += (size_t)sent;
    }
    if (c->sent_bytes < out->len) {
        wait_writable(c);
    } else {
        c->sent_bytes = 0;
        buf_pool_give(&c->group->bufs, out);
    }
    return true;
}

/* Nobody waits for an answer, and no byte of one is left. */
static bool
is_answered(const struct conn *c)
{
    return c->line.n == 0 && c->line.out.len == 0;
}

/* Nothing more will be asked or answered: say so, or be gone. */
static void
finish(struct conn *c)
{
    if (c->eof || shutdown(c->fd, SHUT_WR) != 0) {
        conn_close(c, c->stopped ? c->why : NET_CLOSED_CLIENT);
        return;
    }
    c->lingering = true;
    c->since_ns = c->group->now_ns;
    watch_readable(c, true);
}

/* Others are served first: one client's pipeline may be long, and costly. */
static void
go_on_later(struct conn *c)
{
    const struct timeval at_once = {0, 0};

    conn_mark_dirty(c);
    CHECK(event_add(c->group->again, &at_once) == 0);
}

void
conn_settle(struct conn *c)
{
    if (c->lingering) {
        return;
    }
    if (conn_can_go_on(c)) {
        conn_input_again(c);
    }
    if (!write_out(c)) {
        return;
    }
    if (conn_can_go_on(c)) {
        go_on_later(c);
    }
    if (c->group->draining && is_answered(c) && c->in.len == 0) {
        conn_stop(c, NET_CLOSED_DRAIN);
    }
    if (is_answered(c) && (c->stopped || (c->eof && !c->held_back))) {
        finish(c);
        return;
    }
    watch_readable(c, !c->eof && !c->stopped && !c->held_back);
    if (c->held_back && c->line.pool->used == c->line.pool->limit) {
        conn_mark_dirty(c); /* nobody would tell us when there are turns */
    }
}

static void
linger(struct conn *c, ssize_t n)
{
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        conn_close(c, c->why);
    }
}

void
conn_receive(struct conn *c)
{
    struct conn_group *g = c->group;
    ssize_t n = recv(c->fd, g->scratch, sizeof(g->scratch), 0);

    g->now_ns = clock_mono_ns();
    if (c->lingering) {
        linger(c, n);
        return;
    }
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        conn_close(c, NET_CLOSED_ERROR);
        return;
    }
    if (n == 0) {
        c->eof = true;
    } else if (n > 0) {
        counter_add(&g->stats->received_bytes, (uint64_t)n);
        conn_input(c, g->scratch, (size_t)n);
    }
    conn_settle(c);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    conn_receive(conn_check(arg));
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct conn *c = conn_check(arg);

    (void)fd, (void)what;
    c->group->now_ns = clock_mono_ns();
    c->blocked = false;
    conn_settle(c);
}

bool
conn_watch(struct conn *c)
{
    struct event_base *base = c->group->base;

    c->readable = event_new(base, c->fd, EV_READ | EV_PERSIST, on_readable, c);
    c->writable = event_new(base, c->fd, EV_WRITE, on_writable, c);
    if (c->readable != NULL && c->writable != NULL) {
        watch_readable(c, true);
        return true;
    }
    if (c->readable != NULL) {
        event_free(c->readable);
    }
    return false;
}
