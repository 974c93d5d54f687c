/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   parse -> serve -> handler ... respond -> answer        a request's way
 *        \-> refuse_request --------------/                what is none
 *
 * A turn keeps what its answer will depend on; the date is the second's, and
 * rendered once in it.
 */
#include "lookup/net/http.h"

#include "common/base/clock.h"
#include "lookup/net/http_parse.h"
#include "lookup/net/http_render.h"

#include <stdlib.h>

const struct http_limits http_limits_default = {
    .head_bytes = 16 * 1024,
    .target_bytes = 8 * 1024,
    .body_bytes = 6 * 1024 * 1024,
};

struct http {
    const struct http_limits *limits;
    http_handler_fn handler;
    void *arg;
    struct net_stats *stats;
    uint64_t date_until_ns; /* when `date` is no longer the second's */
    char date[CLOCK_ISO_MAX];
};

struct http_conn {
    struct http_parse parse;
    bool continued; /* the 100 of the message being read was sent */
};

struct http_turn {
    struct turn turn;
    struct http *http;
    uint64_t arrived_ns;
    struct http_reply reply;
    char request_id[HTTP_REQUEST_ID_MAX];
    struct exchange x;
};

struct http *
http_create(const struct http_limits *limits, http_handler_fn handler,
            void *arg, struct net_stats *stats)
{
    struct http *h = calloc(1, sizeof(*h));

    if (h != NULL) {
        h->limits = limits;
        h->handler = handler;
        h->arg = arg;
        h->stats = stats;
    }
    return h;
}

void
http_destroy(struct http **h)
{
    free(*h);
    *h = NULL;
}

/* Answers */

static void
renew_date(struct http *h, uint64_t now_ns)
{
    uint64_t wall_us = clock_wall_us();

    clock_format_http(wall_us, h->date);
    h->date_until_ns = now_ns + (1000000 - wall_us % 1000000) * 1000;
}

static void
answer(struct http_turn *t, const struct http_answer *a)
{
    struct http *h = t->http;
    uint64_t now_ns = clock_mono_ns();

    if (now_ns >= h->date_until_ns) {
        renew_date(h, now_ns);
    }
    if (conn_is_leaving(&t->turn)) {
        t->reply.keep_alive = false;
    }
    http_render(conn_answer(&t->turn), &t->reply, a);
    net_stats_request(h->stats, a->dialect, a->status, t->x.about,
                      t->arrived_ns);
    conn_finish(&t->turn);
}

static void
on_respond(struct exchange *x, const struct http_answer *a)
{
    answer((struct http_turn *)((char *)x - offsetof(struct http_turn, x)), a);
}

static void
refuse(void *arg, enum conn_refusal why, struct buf *out)
{
    struct http *h = arg;
    const struct http_reply closing = {.date = h->date};
    uint64_t now_ns = clock_mono_ns();
    struct http_answer a;
    char body[HTTP_ERROR_MAX];

    if (why == CONN_TOO_SLOW) {
        a = http_render_error(408, "the request did not arrive in time",
                              "send it whole, or on a new connection", body);
    } else {
        a = http_render_error(503, "too many connections",
                              "use fewer, kept alive, or try again", body);
        a.headers = STR("Retry-After: 1\r\n");
    }
    renew_date(h, now_ns);
    http_render(out, &closing, &a);
    net_stats_request(h->stats, a.dialect, a.status, (struct about){0, 0},
                      now_ns);
}

/* Requests */

static struct http_turn *
begin(struct conn *c)
{
    struct http_conn *s = conn_state(c);
    struct http_turn *t = (struct http_turn *)conn_begin(c);

    if (t != NULL) {
        t->http = conn_arg(c);
        t->arrived_ns = conn_now_ns(c);
        t->reply = (struct http_reply){
            .http_1_0 = s->parse.head.http_1_0,
            .keep_alive = s->parse.head.keep_alive,
            .date = t->http->date,
        };
        t->x.respond = on_respond;
        t->x.about = (struct about){0, 0};
    }
    return t;
}

static void
keep_request_id(struct http_turn *t, struct str id)
{
    bool is_visible = id.len > 0 && id.len <= HTTP_REQUEST_ID_MAX;

    for (size_t i = 0; is_visible && i < id.len; i++) {
        is_visible = id.p[i] > 0x20 && id.p[i] < 0x7f;
    }
    if (is_visible) {
        memcpy(t->request_id, id.p, id.len);
        t->reply.request_id = (struct str){t->request_id, id.len};
    }
}

/* is_last: nothing is behind it in what was read. */
static void
serve(struct conn *c, struct http_request *req, bool is_last)
{
    struct http_conn *s = conn_state(c);
    struct http_turn *t = begin(c);

    s->continued = false;
    if (t == NULL) {
        return;
    }
    if (is_last && conn_is_draining(c)) {
        t->reply.keep_alive = false;
    }
    if (!t->reply.keep_alive) {
        conn_stop(c, NET_CLOSED_SERVER);
    }
    t->reply.is_head = req->method == HTTP_HEAD;
    keep_request_id(t, http_request_header(req, STR("X-Request-Id")));
    req->arrived_ns = t->arrived_ns;
    t->http->handler(t->http->arg, &t->x, req);
}

static void
refuse_request(struct conn *c)
{
    struct http_conn *s = conn_state(c);
    struct http_turn *t = begin(c);
    struct http_answer a;
    char body[HTTP_ERROR_MAX];

    conn_stop(c, NET_CLOSED_BROKEN);
    if (t != NULL) {
        t->reply.keep_alive = false;
        a = http_render_error(s->parse.head.status, s->parse.head.why,
                              "this connection is closed, see RFC 9112", body);
        answer(t, &a);
    }
}

/* The message is incomplete: help it along. */
static void
await_rest(struct conn *c)
{
    struct http_conn *s = conn_state(c);
    struct buf *out;

    if (!s->parse.in_body) {
        return;
    }
    conn_expect_body(c);
    if (s->parse.head.expects_continue && !s->continued) {
        out = conn_interim(c);
        if (out != NULL) {
            buf_str(out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
            s->continued = true;
        }
    }
}

static size_t
parse(struct conn *c, char *p, size_t *len)
{
    const struct http_limits *limits = ((struct http *)conn_arg(c))->limits;
    struct http_conn *s = conn_state(c);
    struct http_request req;
    size_t done = 0;

    while (done < *len && conn_room(c)) {
        size_t n = *len - done;
        ssize_t taken = http_parse(&s->parse, limits, p + done, &n, &req);

        *len = done + n;
        if (taken == PARSE_MORE) {
            await_rest(c);
            break;
        }
        if (taken == PARSE_BROKEN) {
            refuse_request(c);
            break;
        }
        done += (size_t)taken;
        serve(c, &req, done == *len);
    }
    return done;
}

const struct proto proto_http = {
    .name = "http",
    .conn_bytes = sizeof(struct http_conn),
    .turn_bytes = sizeof(struct http_turn),
    .parse = parse,
    .refuse = refuse,
};
