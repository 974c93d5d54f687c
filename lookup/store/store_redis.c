/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/store/store_redis_command.h"
#include "lookup/store/store_redis_link.h"

#include <event2/event.h>
#include <stdlib.h>

/*
 * Reads under way stand in the order they were sent, which is the order of
 * the replies:
 *
 *   head -> read -> read -> ... -> tail          free -> read -> ...
 *
 *             |
 *          sharer -> sharer        answered by the same reply
 *
 * A read whose deadline passed was answered (done is NULL) and stays in its
 * place until its reply has come.
 */
#define TICK_US     1000
#define COMMAND_MAX (512u << 20) /* Redis' own limit on a string */

struct pending {
    struct pending *next, *sharer;
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
    struct pending *shared; /* not sent yet: equal reads may join it */
    struct buf command, shared_command;
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

/* The first of those under way, and who shares it, have their answer. */
static void
finish(struct store_redis *s, const struct store_reply *reply)
{
    struct pending *p = s->head, *next;

    s->head = p->next;
    if (s->head == NULL) {
        s->tail = &s->head;
    }
    counter_add(&s->base.stats.errors, reply->rc != RC_OK);
    for (; p != NULL; p = next) {
        next = p->sharer;
        answer(p, reply);
        p->next = s->free;
        s->free = p;
    }
}

static void
lose_all(struct store_redis *s)
{
    const struct store_reply lost = {.rc = RC_UNAVAIL};

    s->shared = NULL;
    while (s->head != NULL) {
        finish(s, &lost);
    }
}

static void
on_reply(void *arg, const struct store_reply *reply)
{
    struct store_redis *s = arg;

    if (reply == NULL) {
        lose_all(s);
    } else if (s->head == NULL) {
        redis_link_reset(s->link); /* nobody asked: that is not Redis */
    } else {
        s->breaker_open = s->breaker_open && s->head->done == NULL &&
                          redis_link_heard_ns(s->link) >=
                              s->head->sent_ns + s->base.patience_ns;
        finish(s, reply);
    }
}

static void
expire_one(struct store_redis *s, struct pending *p, uint64_t now_ns)
{
    const struct store_reply late = {.rc = RC_TIMEOUT};
    bool is_late = p->deadline_ns <= now_ns;

    if (is_late && now_ns >= p->sent_ns + s->base.patience_ns) {
        open_breaker(s, now_ns);
    }
    if (is_late && p->done != NULL) {
        counter_add(&s->base.stats.timeouts, 1);
        answer(p, &late);
    }
}

/* Answers what is overdue; true if the connection has been silent too long. */
static bool
expire(struct store_redis *s, uint64_t now_ns)
{
    for (struct pending *p = s->head; p != NULL; p = p->next) {
        for (struct pending *one = p; one != NULL; one = one->sharer) {
            expire_one(s, one, now_ns);
        }
    }
    return s->head != NULL &&
           now_ns > redis_link_heard_ns(s->link) + STORE_SILENCE_NS &&
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
    s->breaker_open = false;
}

/* RC_OK: a command may be sent, and its read takes the first free slot. */
static enum rc
admit(struct store_redis *s, uint64_t deadline_ns, uint64_t now_ns)
{
    if (deadline_ns <= now_ns) {
        /* Late on arrival: that is not Redis' fault. */
        counter_add(&s->base.stats.timeouts, 1);
        return RC_TIMEOUT;
    }
    if (!redis_link_is_up(s->link) || s->free == NULL ||
        !pass_breaker(s, now_ns)) {
        counter_add(&s->base.stats.shed, 1);
        return s->free == NULL ? RC_FULL : RC_UNAVAIL;
    }
    return RC_OK;
}

/* Its read, or command, is under way as `like` says. */
static struct pending *
take_slot(struct store_redis *s, const struct pending *like)
{
    struct pending *p = s->free;

    s->free = p->next;
    *p = *like;
    arm_tick(s);
    return p;
}

/* Hand s->command to the link. */
static enum rc
send_command(struct store_redis *s, const struct pending *like)
{
    if (buf_failed(&s->command) ||
        !redis_link_send(s->link, buf_view(&s->command))) {
        counter_add(&s->base.stats.errors, 1);
        return RC_UNAVAIL;
    }
    *s->tail = take_slot(s, like);
    s->tail = &(*s->tail)->next;
    counter_add(&s->base.stats.commands, 1);
    return RC_OK;
}

/* Answered by the shared read's reply, if s->command is the same. */
static bool
join(struct store_redis *s, const struct pending *like)
{
    struct pending *p;

    if (s->shared == NULL ||
        !str_eq(buf_view(&s->command), buf_view(&s->shared_command))) {
        return false;
    }
    p = take_slot(s, like);
    p->sharer = s->shared->sharer;
    s->shared->sharer = p;
    return true;
}

static enum rc
send_shared(struct store_redis *s, const struct pending *like)
{
    struct pending *p = s->free;
    enum rc rc;

    if (join(s, like)) {
        return RC_OK;
    }
    rc = send_command(s, like);
    if (rc == RC_OK) {
        s->shared = p;
        buf_clear(&s->shared_command);
        buf_str(&s->shared_command, buf_view(&s->command));
    }
    return rc;
}

static enum rc
read_one(struct store *base, const struct store_read *r)
{
    struct store_redis *s = (struct store_redis *)base;
    const struct pending like = {.deadline_ns = r->deadline_ns,
                                 .sent_ns = clock_mono_ns(),
                                 .done = r->done,
                                 .arg = r->arg};
    enum rc rc = admit(s, like.deadline_ns, like.sent_ns);

    if (rc != RC_OK) {
        return rc;
    }
    buf_clear(&s->command);
    redis_command_read(&s->command, r);
    return r->shared ? send_shared(s, &like) : send_command(s, &like);
}

static enum rc
run_command(struct store *base, const struct store_command *c)
{
    struct store_redis *s = (struct store_redis *)base;
    const struct pending like = {.deadline_ns = c->deadline_ns,
                                 .sent_ns = clock_mono_ns(),
                                 .done = c->done,
                                 .arg = c->arg};
    enum rc rc = admit(s, like.deadline_ns, like.sent_ns);

    if (rc != RC_OK) {
        return rc;
    }
    buf_clear(&s->command);
    redis_command_words(&s->command, c);
    return send_command(s, &like);
}

/* What is sent answers nobody who asks from now on. */
static void
flush(struct store *base)
{
    struct store_redis *s = (struct store_redis *)base;

    s->shared = NULL;
    redis_link_flush(s->link);
}

static void
destroy(struct store *base)
{
    struct store_redis *s = (struct store_redis *)base;

    redis_link_destroy(&s->link);
    if (s->tick != NULL) {
        event_free(s->tick);
    }
    buf_fini(&s->command);
    buf_fini(&s->shared_command);
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
    buf_init(&s->command, COMMAND_MAX);
    buf_init(&s->shared_command, COMMAND_MAX);
    for (size_t i = 0; i < STORE_READS_MAX; i++) {
        s->slot[i].next = s->free;
        s->free = &s->slot[i];
    }
    s->tick = evtimer_new(base, on_tick, s);
    if (s->tick != NULL) {
        s->link = redis_link_create(base, topology, on_up, on_reply, s);
    }
    if (s->link == NULL) {
        destroy(&s->base);
        return NULL;
    }
    return &s->base;
}
