/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_link.h"

#include "common/base/check.h"
#include "common/base/hash.h"

#include <event2/event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/*
 *            connect_now            on_connect           on_pong
 *   WAITING ------------> CONNECTING ---------> GREETING -------> UP
 *      ^                       |                    |             |
 *      +------- retry_later <--+--------------------+-------------+
 *
 * `timer` is the pause while WAITING and the limit on everything else before
 * UP: hiredis 0.14 has no time-outs of its own, for connecting either.
 */
#define CONNECT_LIMIT_US 1000000
#define PAUSE_MIN_US     10000
#define PAUSE_MAX_US     1000000

struct redis_link {
    uint32_t magic;
    struct event_base *base;
    struct topology topology;
    redis_link_up_fn on_up;
    void *arg;
    redisAsyncContext *ac; /* NULL while waiting */
    struct event *timer;
    struct event *readable;
    struct event *writable;
    uint32_t pause_us;
    bool connected; /* the socket is; on_connect was called */
    bool up;
    bool dirty;    /* bytes wait for flush() */
    bool flushing; /* within flush(): what is left waits for EV_WRITE */
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

static void
retry_later(struct redis_link *l)
{
    l->ac = NULL;
    l->connected = l->up = l->dirty = false;
    set_timer(l, jittered(l->pause_us));
    l->pause_us =
        l->pause_us * 2 > PAUSE_MAX_US ? PAUSE_MAX_US : l->pause_us * 2;
}

/* Frees the context; its callbacks run with NULL replies. */
static void
drop(struct redis_link *l)
{
    redisAsyncContext *ac = l->ac;

    l->ac = NULL;
    l->up = false;
    if (ac != NULL) {
        ac->onDisconnect = NULL; /* retry_later is called here, once */
        redisAsyncFree(ac);
    }
    retry_later(l);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct redis_link *l = link_check(arg);

    (void)fd, (void)what;
    if (l->ac != NULL) {
        redisAsyncHandleRead(l->ac);
    }
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct redis_link *l = link_check(arg);

    (void)fd, (void)what;
    if (l->ac != NULL) {
        redisAsyncHandleWrite(l->ac);
    }
}

/* hiredis' event hooks. A hook may be called often: each must be idempotent. */
static void
add_read(void *arg)
{
    struct redis_link *l = link_check(arg);

    if (!event_pending(l->readable, EV_READ, NULL)) {
        CHECK(event_add(l->readable, NULL) == 0);
    }
}

static void
del_read(void *arg)
{
    event_del(link_check(arg)->readable);
}

static void
add_write(void *arg)
{
    struct redis_link *l = link_check(arg);

    if (l->connected && !l->flushing) {
        l->dirty = true;
    } else if (!event_pending(l->writable, EV_WRITE, NULL)) {
        CHECK(event_add(l->writable, NULL) == 0);
    }
}

static void
del_write(void *arg)
{
    struct redis_link *l = link_check(arg);

    if (event_pending(l->writable, EV_WRITE, NULL)) {
        event_del(l->writable);
    }
}

static void
cleanup(void *arg)
{
    struct redis_link *l = link_check(arg);

    event_free(l->readable);
    event_free(l->writable);
    l->readable = l->writable = NULL;
}

static void
on_disconnect(const redisAsyncContext *ac, int status)
{
    (void)status;
    retry_later(link_check(ac->data));
}

/* A word of the greeting is answered; false, and all is over, if not well. */
static bool
welcome(struct redis_link *l, const redisAsyncContext *ac, const redisReply *r)
{
    if (r == NULL || l->ac != ac) {
        return false; /* on_disconnect or drop() sees to it */
    }
    if (r->type != REDIS_REPLY_STATUS) {
        drop(l); /* wrong password, loading: the watch says so in the log */
        return false;
    }
    return true;
}

static void
on_welcome(redisAsyncContext *ac, void *reply, void *arg)
{
    (void)welcome(link_check(arg), ac, reply);
}

static void
on_pong(redisAsyncContext *ac, void *reply, void *arg)
{
    struct redis_link *l = link_check(arg);

    if (!welcome(l, ac, reply)) {
        return;
    }
    evtimer_del(l->timer);
    l->pause_us = PAUSE_MIN_US;
    l->up = true;
    l->on_up(l->arg);
}

/*
 * Called while hiredis is about to write, which sends the greeting: it may free
 * the context when a write fails, so that none may be made here.
 */
static void
greet(struct redis_link *l)
{
    const struct topology *t = &l->topology;
    const char *auth[3] = {"AUTH", t->user, t->password};

    if (t->password[0] != '\0' && t->user[0] != '\0') {
        redisAsyncCommandArgv(l->ac, on_welcome, l, 3, auth, NULL);
    } else if (t->password[0] != '\0') {
        auth[1] = t->password;
        redisAsyncCommandArgv(l->ac, on_welcome, l, 2, auth, NULL);
    }
    if (t->db != 0) {
        redisAsyncCommand(l->ac, on_welcome, l, "SELECT %u", t->db);
    }
    redisAsyncCommand(l->ac, on_pong, l, "PING");
}

static void
on_connect(const redisAsyncContext *ac, int status)
{
    struct redis_link *l = link_check(ac->data);

    if (status != REDIS_OK) {
        retry_later(l); /* hiredis frees the context itself */
        return;
    }
    l->connected = true;
    greet(l);
}

static bool
attach(struct redis_link *l)
{
    redisAsyncContext *ac = l->ac;
    int fd = ac->c.fd;

    l->readable = event_new(l->base, fd, EV_READ | EV_PERSIST, on_readable, l);
    l->writable = event_new(l->base, fd, EV_WRITE | EV_PERSIST, on_writable, l);
    CHECK(l->readable != NULL && l->writable != NULL);
    ac->data = l;
    ac->ev.data = l;
    ac->ev.addRead = add_read;
    ac->ev.delRead = del_read;
    ac->ev.addWrite = add_write;
    ac->ev.delWrite = del_write;
    ac->ev.cleanup = cleanup;
    return redisAsyncSetDisconnectCallback(ac, on_disconnect) == REDIS_OK &&
           redisAsyncSetConnectCallback(ac, on_connect) == REDIS_OK;
}

static void
connect_now(struct redis_link *l)
{
    const struct topology *t = &l->topology;

    l->ac = t->path[0] != '\0' ? redisAsyncConnectUnix(t->path)
                               : redisAsyncConnect(t->host, t->port);
    if (l->ac != NULL && l->ac->err != 0) {
        redisAsyncFree(l->ac);
        l->ac = NULL;
    }
    if (l->ac == NULL) {
        retry_later(l);
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
    if (l->ac == NULL) {
        connect_now(l);
    } else if (!l->up) {
        drop(l);
    }
}

struct redis_link *
redis_link_create(struct event_base *base, const struct topology *topology,
                  redis_link_up_fn on_up, void *arg)
{
    struct redis_link *l = calloc(1, sizeof(*l));

    if (l == NULL) {
        return NULL;
    }
    l->magic = LINK_MAGIC;
    l->base = base;
    l->topology = *topology;
    l->on_up = on_up;
    l->arg = arg;
    l->pause_us = PAUSE_MIN_US;
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
    free(*l);
    *l = NULL;
}

redisAsyncContext *
redis_link_context(const struct redis_link *l)
{
    return l->up ? l->ac : NULL;
}

void
redis_link_flush(struct redis_link *l)
{
    if (!l->dirty || l->ac == NULL) {
        return;
    }
    l->dirty = false;
    l->flushing = true;
    redisAsyncHandleWrite(l->ac);
    l->flushing = false;
}

void
redis_link_reset(struct redis_link *l)
{
    drop(l);
}
