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

#define MS     1000000ULL
#define SECOND (1000 * MS)

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

/* The turns of that protocol, shared by all its connections. */
static struct turn_pool *
turns_of(struct conn_group *g, const struct proto *proto)
{
    size_t i = 0;

    while (g->pool[i].proto != NULL && g->pool[i].proto != proto) {
        CHECK(++i < CONN_PROTO_MAX);
    }
    g->pool[i].proto = proto;
    g->pool[i].turns.turn_bytes = proto->turn_bytes;
    g->pool[i].turns.held_max = g->options->output_bytes;
    g->pool[i].turns.limit = g->options->max_turns;
    g->pool[i].turns.bufs = &g->bufs;
    return &g->pool[i].turns;
}

/* What the client sent already is read, lest the kernel send RST at once. */
static void
refuse(struct conn_group *g, int fd, const struct proto *proto, void *arg)
{
    struct buf out;

    buf_init(&out, g->options->output_bytes);
    buf_pool_take(&g->bufs, &out);
    proto->refuse(arg, CONN_TOO_MANY, &out);
    if (recv(fd, g->scratch, sizeof(g->scratch), 0) != 0 && out.len > 0 &&
        send(fd, out.p, out.len, MSG_NOSIGNAL) > 0) {
        counter_add(&g->stats->sent_bytes, out.len);
    }
    buf_pool_give(&g->bufs, &out);
    counter_add(&g->stats->closed[NET_CLOSED_REFUSED], 1);
    (void)close(fd);
}

static struct conn *
create(struct conn_group *g, int fd, const struct proto *proto, void *arg)
{
    struct conn *c = calloc(1, sizeof(*c) + proto->conn_bytes);

    if (c == NULL) {
        return NULL;
    }
    c->readable = event_new(g->base, fd, EV_READ | EV_PERSIST, on_readable, c);
    c->writable = event_new(g->base, fd, EV_WRITE, on_writable, c);
    if (c->readable == NULL || c->writable == NULL) {
        goto fail;
    }
    c->magic = CONN_MAGIC;
    c->fd = fd;
    c->group = g;
    c->proto = proto;
    c->arg = arg;
    c->since_ns = g->now_ns = clock_mono_ns();
    buf_init(&c->in, g->options->input_bytes);
    line_init(&c->line, turns_of(g, proto));
    return c;

fail:
    if (c->readable != NULL) {
        event_free(c->readable);
    }
    free(c);
    return NULL;
}

void
conn_open(struct conn_group *g, int fd, const struct proto *proto, void *arg)
{
    struct conn *c = NULL;

    counter_add(&g->stats->accepted, 1);
    if (g->n < g->options->max_conns) {
        c = create(g, fd, proto, arg);
    }
    if (c == NULL) {
        refuse(g, fd, proto, arg);
        return;
    }
    TAILQ_INSERT_TAIL(&g->all, c, all);
    g->n++;
    watch_readable(c, true);
}

/* The timer of all connections */

static uint64_t
least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    conn_group_expire(arg, clock_mono_ns());
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg; /* conn_group_flush does the work */
}

/* Look often enough to be at most a quarter late. */
bool
conn_tick_start(struct conn_group *g)
{
    const struct conn_options *o = g->options;
    uint64_t ns =
        least(least(o->idle_ns, o->head_ns), least(o->body_ns, o->linger_ns)) /
        4;
    struct timeval tv = {0};

    ns = ns < 10 * MS ? 10 * MS : least(ns, SECOND);
    tv.tv_sec = (time_t)(ns / SECOND);
    tv.tv_usec = (suseconds_t)(ns % SECOND / 1000);
    g->tick = event_new(g->base, -1, EV_PERSIST, on_tick, g);
    g->again = event_new(g->base, -1, 0, on_again, g);
    return g->tick != NULL && g->again != NULL && event_add(g->tick, &tv) == 0;
}

void
conn_tick_stop(struct conn_group *g)
{
    struct event **timer[] = {&g->tick, &g->again};

    for (size_t i = 0; i < 2; i++) {
        if (*timer[i] != NULL) {
            event_free(*timer[i]);
            *timer[i] = NULL;
        }
    }
}
