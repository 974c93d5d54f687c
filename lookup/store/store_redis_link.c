/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_link.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "common/base/hash.h"
#include "common/base/number.h"
#include "lookup/store/store_redis_reply.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

/*
 *            connect_now            the last word is answered
 *   WAITING ------------> GREETING ---------------------------> UP
 *      ^                      |                                 |
 *      +-------- drop <-------+---------------------------------+
 *
 * `timer` is the pause while WAITING and the limit on GREETING, connecting
 * included: hiredis 0.14 has no time-outs of its own for that. Of a Redis that
 * is known by name only, the address is waited for without it.
 *
 * hiredis buffers and parses. Its own asynchronous half costs five mallocs a
 * command; without it, and with replies read in place, there is none.
 */
#define CONNECT_LIMIT_US 1000000
#define PAUSE_MIN_US     10000
#define PAUSE_MAX_US     1000000

struct redis_link {
    uint32_t magic;
    struct event_base *base;
    struct topology topology; /* host: "" until its address is known */
    bool named;
    redis_link_up_fn on_up;
    redis_link_reply_fn on_reply;
    void *arg;
    redisContext *c; /* NULL while waiting */
    struct event *timer;
    struct event *readable;
    struct event *writable; /* pending: what is left to write waits for it */
    uint32_t pause_us;
    unsigned greeting; /* words that have no answer yet */
    bool up;
    bool dirty; /* bytes wait for flush() */
    uint64_t heard_ns;
    struct redis_reply reply;
};

#define LINK_MAGIC 0x6c696e6bu

static struct redis_link *
link_check(void *arg)
{
    struct redis_link *l = arg;

    CHECK(l != NULL && l->magic == LINK_MAGIC);
    return l;
}

static void
set_timer(struct redis_link *l, uint32_t us)
{
    struct timeval tv = {us / 1000000, us % 1000000};

    CHECK(evtimer_add(l->timer, &tv) == 0);
}

/* Between half of the pause and all of it, so that servers do not march. */
static uint32_t
jittered(uint32_t pause_us)
{
    char uid[17];

    hash_random_uid(uid);
    return pause_us / 2 + (uint32_t)(hash_key(str_of(uid)) % (pause_us / 2));
}

/* All that was under way is lost; there may be no connection. */
static void
drop(struct redis_link *l)
{
    bool was_up = l->up;

    if (l->c != NULL) {
        event_free(l->readable);
        event_free(l->writable);
        redisFree(l->c);
    }
    l->c = NULL;
    l->readable = l->writable = NULL;
    l->up = l->dirty = false;
    l->greeting = 0;
    set_timer(l, jittered(l->pause_us));
    l->pause_us =
        l->pause_us * 2 > PAUSE_MAX_US ? PAUSE_MAX_US : l->pause_us * 2;
    if (was_up) {
        l->on_reply(l->arg, NULL);
    }
}

static void
come_up(struct redis_link *l)
{
    evtimer_del(l->timer);
    l->pause_us = PAUSE_MIN_US;
    l->up = true;
    l->on_up(l->arg);
}

static void
hear(struct redis_link *l)
{
    if (l->up) {
        l->on_reply(l->arg, &l->reply.value);
    } else if (l->greeting == 0 || !l->reply.is_status) {
        drop(l); /* wrong password, loading: the watch says so in the log */
    } else if (--l->greeting == 0) {
        come_up(l);
    }
}

/* False: there is no whole reply, or no connection any more. */
static bool
next_reply(struct redis_link *l)
{
    void *reply = NULL;

    if (l->c == NULL) {
        return false;
    }
    if (redisReaderGetReply(l->c->reader, &reply) != REDIS_OK) {
        drop(l);
    }
    return reply != NULL;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct redis_link *l = link_check(arg);

    (void)fd, (void)what;
    if (redisBufferRead(l->c) != REDIS_OK) {
        drop(l);
        return;
    }
    l->heard_ns = clock_mono_ns();
    while (next_reply(l)) {
        hear(l);
    }
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg; /* the turn ends with flush() */
}

static bool
append_words(struct redis_link *l, int n, const char **word)
{
    l->greeting++;
    return redisAppendCommandArgv(l->c, n, word, NULL) == REDIS_OK;
}

static bool
greet(struct redis_link *l)
{
    const struct topology *t = &l->topology;
    const char *auth[] = {"AUTH", t->user, t->password}, *ping[] = {"PING"};
    const char *auth_default[] = {"AUTH", t->password};
    char db[21] = "";
    const char *select[] = {"SELECT", db};

    number_format_u64(t->db, db);
    return (t->password[0] == '\0' ||
            (t->user[0] != '\0' ? append_words(l, 3, auth)
                                : append_words(l, 2, auth_default))) &&
           (t->db == 0 || append_words(l, 2, select)) &&
           append_words(l, 1, ping);
}

/* Writable, it is connected, or the first write will say why it is not. */
static bool
attach(struct redis_link *l)
{
    int fd = l->c->fd;

    redis_reply_attach(&l->reply, l->c->reader);
    l->readable = event_new(l->base, fd, EV_READ | EV_PERSIST, on_readable, l);
    l->writable = event_new(l->base, fd, EV_WRITE, on_writable, l);
    l->dirty = true;
    return l->readable != NULL && l->writable != NULL &&
           event_add(l->readable, NULL) == 0 &&
           event_add(l->writable, NULL) == 0 && greet(l);
}

static void
connect_now(struct redis_link *l)
{
    const struct topology *t = &l->topology;

    if (l->named && t->host[0] == '\0') {
        return;
    }
    l->c = t->path[0] != '\0' ? redisConnectUnixNonBlock(t->path)
                              : redisConnectNonBlock(t->host, t->port);
    if (l->c != NULL && l->c->err != 0) {
        redisFree(l->c);
        l->c = NULL;
    }
    if (l->c == NULL) {
        drop(l);
        return;
    }
    set_timer(l, CONNECT_LIMIT_US);
    CHECK(attach(l));
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct redis_link *l = link_check(arg);

    (void)fd, (void)what;
    if (l->c == NULL) {
        connect_now(l);
    } else {
        drop(l);
    }
}

struct redis_link *
redis_link_create(struct event_base *base, const struct topology *topology,
                  redis_link_up_fn on_up, redis_link_reply_fn on_reply,
                  void *arg)
{
    struct redis_link *l = calloc(1, sizeof(*l));

    if (l == NULL) {
        return NULL;
    }
    l->magic = LINK_MAGIC;
    l->base = base;
    l->topology = *topology;
    l->named = topology_is_named(topology);
    if (l->named) {
        l->topology.host[0] = '\0';
    }
    l->on_up = on_up;
    l->on_reply = on_reply;
    l->arg = arg;
    l->pause_us = PAUSE_MIN_US;
    redis_reply_init(&l->reply);
    l->timer = evtimer_new(base, on_timer, l);
    if (l->timer == NULL) {
        free(l);
        return NULL;
    }
    connect_now(l);
    return l;
}

void
redis_link_destroy(struct redis_link **l)
{
    if (l == NULL || *l == NULL) {
        return;
    }
    drop(*l);
    event_free((*l)->timer);
    redis_reply_fini(&(*l)->reply);
    free(*l);
    *l = NULL;
}

bool
redis_link_is_up(const struct redis_link *l)
{
    return l->up;
}

uint64_t
redis_link_heard_ns(const struct redis_link *l)
{
    return l->heard_ns;
}

bool
redis_link_send(struct redis_link *l, struct str command)
{
    l->dirty = true;
    return redisAppendFormattedCommand(l->c, command.p, command.len) ==
           REDIS_OK;
}

void
redis_link_flush(struct redis_link *l)
{
    int done;

    if (!l->dirty || event_pending(l->writable, EV_WRITE, NULL)) {
        return;
    }
    if (redisBufferWrite(l->c, &done) != REDIS_OK) {
        drop(l);
        return;
    }
    l->dirty = done == 0;
    if (l->dirty) {
        CHECK(event_add(l->writable, NULL) == 0);
    }
}

void
redis_link_move(struct redis_link *l, const char *address)
{
    if (!l->named || strcmp(l->topology.host, address) == 0) {
        return;
    }
    snprintf(l->topology.host, sizeof(l->topology.host), "%s", address);
    if (l->c != NULL) {
        drop(l);
    } else {
        evtimer_del(l->timer);
        connect_now(l);
    }
}

void
redis_link_reset(struct redis_link *l)
{
    drop(l);
}
