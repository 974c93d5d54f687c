/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread, one epoll. Request i is due at begin + i / rate. Each turn sends
 * what is due over free connections, waits for an event or the next due time,
 * and reads what came.
 *
 *   DOWN -> CONNECTING -> FREE <-> BUSY       any failure leads to DOWN, and
 *     ^_________|___________|______|          from there to the next attempt
 */
#include "tests/support/steady/client.h"

#include "common/base/buf.h"
#include "common/base/check.h"
#include "common/base/clock.h"
#include "tests/support/steady/answer.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_MAX      65536
#define EVENTS         64
#define RETRY_NS       10000000ull
#define TICK_NS        1000000ull
#define COMPLAINTS_MAX 10

enum conn_state {
    CONN_DOWN,
    CONN_CONNECTING,
    CONN_FREE,
    CONN_BUSY
};

struct conn {
    enum conn_state state;
    int fd;
    uint64_t retry_ns;    /* DOWN: not before */
    uint64_t due_ns;      /* BUSY: when the request was due */
    uint64_t deadline_ns; /* BUSY: when it has failed */
    size_t user;
    size_t nin;
    char in[INPUT_MAX];
};

struct client {
    const struct client_plan *plan;
    const struct expect *expect;
    struct tally *tally;
    struct conn *conn;
    size_t cursor; /* where to look for a free connection */
    int epoll;
    uint64_t begin_ns;
    uint64_t last_ns; /* what could not be sent by then is given up */
    uint64_t next;    /* request to send */
    uint64_t random;
    int complaints;
    struct buf out;
};

static uint64_t
due_of(const struct client *c, uint64_t i)
{
    return c->begin_ns + (uint64_t)((double)i * 1e9 / (double)c->plan->rate);
}

static void
conn_drop(struct conn *k, uint64_t *failure)
{
    if (k->state == CONN_BUSY) {
        (*failure)++;
    }
    close(k->fd);
    k->state = CONN_DOWN;
    k->retry_ns = clock_mono_ns() + RETRY_NS;
}

static void
conn_watch(struct client *c, struct conn *k, int op, uint32_t events)
{
    struct epoll_event ev = {.events = events, .data.ptr = k};

    CHECK(epoll_ctl(c->epoll, op, k->fd, &ev) == 0);
}

static bool
sending(const struct client *c, uint64_t now_ns)
{
    return c->next < c->plan->total && now_ns < c->last_ns;
}

/* At the start they are made again until the deadline, and not counted. */
static void
connect_failed(struct client *c, struct conn *k)
{
    if (c->begin_ns != 0) {
        c->tally->failed.connect++;
    }
    conn_drop(k, &c->tally->failed.connect);
}

static void
conn_begin(struct client *c, struct conn *k)
{
    const struct sockaddr_in *to = &c->plan->server;
    int one = 1;

    k->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    CHECK(k->fd >= 0);
    setsockopt(k->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    k->state = CONN_CONNECTING;
    k->nin = 0;
    if (connect(k->fd, (const struct sockaddr *)to, sizeof(*to)) != 0 &&
        errno != EINPROGRESS) {
        connect_failed(c, k);
        return;
    }
    conn_watch(c, k, EPOLL_CTL_ADD, EPOLLOUT);
}

static void
on_connected(struct client *c, struct conn *k)
{
    int error = 0;
    socklen_t len = sizeof(error);

    getsockopt(k->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error != 0) {
        connect_failed(c, k);
        return;
    }
    conn_watch(c, k, EPOLL_CTL_MOD, EPOLLIN);
    k->state = CONN_FREE;
}

static struct conn *
free_conn(struct client *c)
{
    for (size_t i = 0; i < c->plan->connections; i++) {
        c->cursor = (c->cursor + 1) % c->plan->connections;
        if (c->conn[c->cursor].state == CONN_FREE) {
            return &c->conn[c->cursor];
        }
    }
    return NULL;
}

static size_t
random_user(struct client *c)
{
    c->random ^= c->random << 13;
    c->random ^= c->random >> 7;
    c->random ^= c->random << 17;
    return (c->random >> 11) % expect_count(c->expect);
}

static void
put_encoded(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char byte = (unsigned char)s.p[i];

        if (isalnum(byte) || byte == '_') {
            buf_char(b, (char)byte);
        } else {
            buf_printf(b, "%%%02X", byte);
        }
    }
}

static void
send_request(struct client *c, struct conn *k, uint64_t due_ns)
{
    buf_clear(&c->out);
    k->user = random_user(c);
    buf_printf(&c->out, "GET /v1/%s/", c->plan->table);
    put_encoded(&c->out, expect_user(c->expect, k->user));
    buf_c(&c->out, " HTTP/1.1\r\nHost: lookup\r\n\r\n");
    CHECK(!buf_failed(&c->out));
    k->state = CONN_BUSY;
    k->due_ns = due_ns;
    k->deadline_ns = clock_mono_ns() + c->plan->timeout_ns;
    c->tally->sent++;
    if (send(k->fd, c->out.p, c->out.len, MSG_NOSIGNAL) !=
        (ssize_t)c->out.len) {
        conn_drop(k, &c->tally->failed.closed);
    }
}

static void
send_due(struct client *c)
{
    uint64_t now = clock_mono_ns();
    struct conn *k;

    while (sending(c, now) && due_of(c, c->next) <= now &&
           (k = free_conn(c)) != NULL) {
        send_request(c, k, due_of(c, c->next));
        c->next++;
    }
}

static void
complain(struct client *c, const struct conn *k, const struct answer *a)
{
    if (c->complaints++ < COMPLAINTS_MAX) {
        fprintf(stderr, "steady: user \"%.*s\": %d %.*s\n",
                STR_ARG(expect_user(c->expect, k->user)), a->status,
                (int)(a->body.len < 400 ? a->body.len : 400), a->body.p);
    }
}

static void
take_answer(struct client *c, struct conn *k, const struct answer *a)
{
    struct prediction p;
    enum verdict v = expect_judge(c->expect, k->user, a, &p);

    tally_answer(c->tally, v, &p, clock_mono_ns() - k->due_ns);
    if (v != VERDICT_OK) {
        complain(c, k, a);
    }
    k->state = CONN_FREE;
    k->nin = 0;
    if (a->closes) {
        conn_drop(k, &c->tally->failed.closed);
    }
}

static void
on_readable(struct client *c, struct conn *k)
{
    ssize_t n = recv(k->fd, k->in + k->nin, INPUT_MAX - k->nin, 0);
    struct answer a;
    ssize_t took;

    if (n < 0 && errno == EAGAIN) {
        return;
    }
    if (n <= 0) {
        conn_drop(k, &c->tally->failed.closed);
        return;
    }
    k->nin += (size_t)n;
    took = answer_parse(k->in, k->nin, &a);
    if (took == -2 && k->nin < INPUT_MAX) {
        return;
    }
    if (k->state != CONN_BUSY || took != (ssize_t)k->nin) {
        c->tally->failed.malformed++;
        k->state = CONN_FREE;
        conn_drop(k, &c->tally->failed.malformed);
        return;
    }
    take_answer(c, k, &a);
}

static void
on_event(struct client *c, struct conn *k)
{
    if (k->state == CONN_CONNECTING) {
        on_connected(c, k);
    } else if (k->state != CONN_DOWN) {
        on_readable(c, k);
    }
}

static void
wait_events(struct client *c, uint64_t until_ns)
{
    struct epoll_event ev[EVENTS];
    uint64_t now = clock_mono_ns();
    uint64_t ns = until_ns > now ? until_ns - now : 0;
    struct timespec t = {0, (long)(ns < TICK_NS ? ns : TICK_NS)};
    int n = epoll_pwait2(c->epoll, ev, EVENTS, &t, NULL);

    CHECK(n >= 0 || errno == EINTR);
    for (int i = 0; i < n; i++) {
        on_event(c, ev[i].data.ptr);
    }
}

/* Time-outs and new attempts. Returns how many connections have the state. */
static size_t
look_after(struct client *c, enum conn_state counted)
{
    uint64_t now = clock_mono_ns();
    size_t n = 0;

    for (size_t i = 0; i < c->plan->connections; i++) {
        struct conn *k = &c->conn[i];

        if (k->state == CONN_BUSY && k->deadline_ns <= now) {
            conn_drop(k, &c->tally->failed.timeout);
        } else if (k->state == CONN_DOWN && k->retry_ns <= now) {
            conn_begin(c, k);
        }
        n += k->state == counted;
    }
    return n;
}

static enum rc
connect_all(struct client *c, struct err *e)
{
    uint64_t deadline_ns = clock_mono_ns() + c->plan->timeout_ns;

    while (look_after(c, CONN_FREE) < c->plan->connections) {
        if (clock_mono_ns() >= deadline_ns) {
            return err_set(e, RC_UNAVAIL, "cannot connect to port %d",
                           ntohs(c->plan->server.sin_port));
        }
        wait_events(c, deadline_ns);
    }
    return RC_OK;
}

static void
run(struct client *c)
{
    c->begin_ns = clock_mono_ns();
    c->last_ns = due_of(c, c->plan->total) + c->plan->timeout_ns;
    while (look_after(c, CONN_BUSY) > 0 || sending(c, clock_mono_ns())) {
        send_due(c);
        wait_events(c, due_of(c, c->next));
    }
    c->tally->failed.unsent = c->plan->total - c->next;
    c->tally->seconds = (double)(clock_mono_ns() - c->begin_ns) / 1e9;
}

enum rc
client_run(const struct client_plan *plan, const struct expect *x,
           struct tally *t, struct err *e)
{
    struct client c = {.plan = plan, .expect = x, .tally = t};
    enum rc rc;

    c.random = plan->seed * 0x9e3779b97f4a7c15 + 1;
    c.conn = calloc(plan->connections, sizeof(*c.conn));
    c.epoll = epoll_create1(EPOLL_CLOEXEC);
    buf_init(&c.out, 8192);
    CHECK(c.conn != NULL && c.epoll >= 0);
    prctl(PR_SET_TIMERSLACK, 1);
    rc = connect_all(&c, e);
    if (rc == RC_OK) {
        run(&c);
    }
    for (size_t i = 0; i < plan->connections; i++) {
        if (c.conn[i].state != CONN_DOWN) {
            close(c.conn[i].fd);
        }
    }
    buf_fini(&c.out);
    close(c.epoll);
    free(c.conn);
    return rc;
}
