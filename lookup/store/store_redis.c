/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/table/keyspace.h"
#include "lookup/store/store_redis_link.h"

#include <event2/event.h>
#include <stdlib.h>

/*
 * Reads under way stand in the order they were sent, which is the order of
 * the replies:
 *
 *   head -> read -> read -> ... -> tail          free -> read -> ...
 *
 * A read whose deadline passed was answered (done is NULL) and stays in its
 * place until its reply has come.
 */
#define TICK_US 1000

struct pending {
    struct pending *next;
    struct store_redis *owner;
    uint64_t deadline_ns;
    uint64_t sent_ns;
    store_done_fn done; /* NULL: answered already */
    void *arg;
};

struct store_redis {
    struct store base;
    struct redis_link *link;
    struct event *tick; /* armed while reads are under way */
    struct pending *head, **tail, *free;
    uint64_t heard_ns; /* last reply */
    uint64_t probe_ns; /* while the breaker is open: when the next may go */
    bool breaker_open;
    struct pending slot[STORE_READS_MAX];
};

static void
open_breaker(struct store_redis *s, uint64_t now_ns)
{
    if (!s->breaker_open) {
        s->breaker_open = true;
        s->probe_ns = now_ns + STORE_PROBE_NS;
    }
}

/* May a read be sent now? Taking a probe's turn counts as sending. */
static bool
pass_breaker(struct store_redis *s, uint64_t now_ns)
{
    if (!s->breaker_open) {
        return true;
    }
    if (now_ns < s->probe_ns) {
        return false;
    }
    s->probe_ns = now_ns + STORE_PROBE_NS;
    return true;
}

static void
answer(struct pending *p, const struct store_reply *reply)
{
    store_done_fn done = p->done;

    p->done = NULL;
    if (done != NULL) {
        done(p->arg, reply);
    }
}

static void
read_reply(const redisReply *r, struct store_reply *out)
{
    switch (r->type) {
    case REDIS_REPLY_STRING:
        out->kind = STORE_BYTES;
        out->bytes = (struct str){r->str, (size_t)r->len};
        break;
    case REDIS_REPLY_INTEGER:
        out->kind = STORE_INTEGER;
        out->integer = r->integer;
        break;
    case REDIS_REPLY_NIL:
        out->kind = STORE_NIL;
        break;
    default:
        out->rc = RC_UNAVAIL;
        break;
    }
}

static void
on_reply(redisAsyncContext *ac, void *data, void *arg)
{
    struct pending *p = arg;
    struct store_redis *s = p->owner;
    struct store_reply reply = {.rc = RC_OK};

    (void)ac;
    CHECK(s->head == p);
    s->head = p->next;
    if (s->head == NULL) {
        s->tail = &s->head;
    }
    if (data == NULL) {
        reply.rc = RC_UNAVAIL;
    } else {
        s->heard_ns = clock_mono_ns();
        read_reply(data, &reply);
        s->breaker_open = s->breaker_open && p->done == NULL &&
                          s->heard_ns >= p->sent_ns + s->base.patience_ns;
    }
    counter_add(&s->base.stats.errors, reply.rc != RC_OK);
    answer(p, &reply);
    p->next = s->free;
    s->free = p;
}

/* Answers what is overdue; true if the connection has been silent too long. */
static bool
expire(struct store_redis *s, uint64_t now_ns)
{
    const struct store_reply late = {.rc = RC_TIMEOUT};

    for (struct pending *p = s->head; p != NULL; p = p->next) {
        bool is_late = p->deadline_ns <= now_ns;

        if (is_late && now_ns >= p->sent_ns + s->base.patience_ns) {
            open_breaker(s, now_ns);
        }
        if (is_late && p->done != NULL) {
            counter_add(&s->base.stats.timeouts, 1);
            answer(p, &late);
        }
    }
    return s->head != NULL && now_ns > s->heard_ns + STORE_SILENCE_NS &&
           now_ns > s->head->sent_ns + STORE_SILENCE_NS;
}

static void
arm_tick(struct store_redis *s)
{
    struct timeval tv = {0, TICK_US};

    if (!evtimer_pending(s->tick, NULL)) {
        CHECK(evtimer_add(s->tick, &tv) == 0);
    }
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct store_redis *s = arg;

    (void)fd, (void)what;
    if (expire(s, clock_mono_ns())) {
        redis_link_reset(s->link);
    }
    if (s->head != NULL) {
        arm_tick(s);
    }
}

static void
on_up(void *arg)
{
    struct store_redis *s = arg;

    counter_add(&s->base.stats.connects, 1);
    s->heard_ns = clock_mono_ns();
    s->breaker_open = false;
}

static char *
put_bulk(char *at, struct str s)
{
    *at++ = '$';
    at += number_format_u64(s.len, at);
    *at++ = '\r';
    *at++ = '\n';
    memcpy(at, s.p, s.len);
    at += s.len;
    *at++ = '\r';
    *at++ = '\n';
    return at;
}

static bool
send_read(redisAsyncContext *ac, struct pending *p, const struct store_read *r)
{
    char command[KEY_MAX + USER_MAX + 96];
    char *at = command;

    CHECK(r->key.len < KEY_MAX && r->field.len <= USER_MAX);
    if (r->field.p == NULL) {
        memcpy(at, "*2\r\n$6\r\nEXISTS\r\n", 16);
        at = put_bulk(at + 16, r->key);
    } else {
        memcpy(at, "*3\r\n$4\r\nHGET\r\n", 14);
        at = put_bulk(put_bulk(at + 14, r->key), r->field);
    }
    return redisAsyncFormattedCommand(ac, on_reply, p, command,
                                      (size_t)(at - command)) == REDIS_OK;
}

/* RC_OK: something may be sent on *ac, and is then to be enqueued. */
static enum rc
admit(struct store_redis *s, uint64_t deadline_ns, redisAsyncContext **ac)
{
    uint64_t now_ns = clock_mono_ns();

    if (deadline_ns <= now_ns) {
        /* Late on arrival: that is not Redis' fault. */
        counter_add(&s->base.stats.timeouts, 1);
        return RC_TIMEOUT;
    }
    *ac = redis_link_context(s->link);
    if (*ac == NULL || s->free == NULL || !pass_breaker(s, now_ns)) {
        counter_add(&s->base.stats.shed, 1);
        return s->free == NULL ? RC_FULL : RC_UNAVAIL;
    }
    return RC_OK;
}

/* The first free slot's command was given to hiredis, or was not. */
static enum rc
enqueue(struct store_redis *s, bool sent, uint64_t deadline_ns,
        store_done_fn done, void *arg)
{
    struct pending *p = s->free;

    if (!sent) {
        counter_add(&s->base.stats.errors, 1);
        return RC_UNAVAIL;
    }
    s->free = p->next;
    p->next = NULL;
    p->deadline_ns = deadline_ns;
    p->sent_ns = clock_mono_ns();
    p->done = done;
    p->arg = arg;
    *s->tail = p;
    s->tail = &p->next;
    counter_add(&s->base.stats.commands, 1);
    arm_tick(s);
    return RC_OK;
}

static enum rc
read_one(struct store *base, const struct store_read *r)
{
    struct store_redis *s = (struct store_redis *)base;
    redisAsyncContext *ac;
    enum rc rc = admit(s, r->deadline_ns, &ac);

    return rc != RC_OK ? rc
                       : enqueue(s, send_read(ac, s->free, r), r->deadline_ns,
                                 r->done, r->arg);
}

static bool
send_words(redisAsyncContext *ac, struct pending *p,
           const struct store_command *c)
{
    size_t room = 32;
    char *command, *at;
    bool sent;

    for (size_t i = 0; i < c->nword; i++) {
        room += c->word[i].len + 32;
    }
    command = at = malloc(room);
    if (command == NULL) {
        return false;
    }
    *at++ = '*';
    at += number_format_u64(c->nword, at);
    *at++ = '\r';
    *at++ = '\n';
    for (size_t i = 0; i < c->nword; i++) {
        at = put_bulk(at, c->word[i]);
    }
    sent = redisAsyncFormattedCommand(ac, on_reply, p, command,
                                      (size_t)(at - command)) == REDIS_OK;
    free(command);
    return sent;
}

static enum rc
run_command(struct store *base, const struct store_command *c)
{
    struct store_redis *s = (struct store_redis *)base;
    redisAsyncContext *ac;
    enum rc rc = admit(s, c->deadline_ns, &ac);

    return rc != RC_OK ? rc
                       : enqueue(s, send_words(ac, s->free, c), c->deadline_ns,
                                 c->done, c->arg);
}

static void
flush(struct store *base)
{
    redis_link_flush(((struct store_redis *)base)->link);
}

static void
destroy(struct store *base)
{
    struct store_redis *s = (struct store_redis *)base;

    redis_link_destroy(&s->link);
    if (s->tick != NULL) {
        event_free(s->tick);
    }
    free(s);
}

static const struct store_ops ops = {
    .name = "redis",
    .read = read_one,
    .command = run_command,
    .flush = flush,
    .destroy = destroy,
};

struct store *
store_redis_create(struct event_base *base, const struct topology *topology)
{
    struct store_redis *s = calloc(1, sizeof(*s));

    if (s == NULL) {
        return NULL;
    }
    s->base.ops = &ops;
    s->tail = &s->head;
    for (size_t i = 0; i < STORE_READS_MAX; i++) {
        s->slot[i].owner = s;
        s->slot[i].next = s->free;
        s->free = &s->slot[i];
    }
    s->tick = evtimer_new(base, on_tick, s);
    if (s->tick != NULL) {
        s->link = redis_link_create(base, topology, on_up, s);
    }
    if (s->link == NULL) {
        destroy(&s->base);
        return NULL;
    }
    return &s->base;
}
