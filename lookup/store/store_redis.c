/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/store/store_redis_breaker.h"
#include "lookup/store/store_redis_command.h"
#include "lookup/store/store_redis_link.h"
#include "lookup/store/store_redis_window.h"

#include <event2/event.h>
#include <stdlib.h>

/*
 * What is asked goes through three steps, each of which may say no:
 *
 *   admit: deadline, connection, room, breaker -> join an equal read -> send
 *
 * and is answered by its reply, by its deadline or by the connection's loss,
 * whichever comes first.
 */
#define TICK_US     1000
#define COMMAND_MAX (512u << 20) /* Redis' own limit on a string */

struct store_redis {
    struct store base;
    struct redis_link *link;
    struct event *tick; /* armed while reads are under way */
    struct redis_breaker breaker;
    struct redis_read *shared; /* not sent yet: equal reads may join it */
    struct buf command, shared_command;
    struct redis_window window;
};

static void
finish(struct store_redis *s, const struct store_reply *reply)
{
    counter_add(&s->base.stats.errors, reply->rc != RC_OK);
    redis_window_finish(&s->window, reply);
}

static void
lose_all(struct store_redis *s)
{
    const struct store_reply lost = {.rc = RC_UNAVAIL};

    s->shared = NULL;
    while (s->window.head != NULL) {
        finish(s, &lost);
    }
}

/* Until then a missed deadline is the caller's haste. */
static uint64_t
patient_ns(const struct store_redis *s, const struct redis_read *r)
{
    return r->sent_ns + s->base.patience_ns;
}

static void
on_reply(void *arg, const struct store_reply *reply)
{
    struct store_redis *s = arg;
    const struct redis_read *r = s->window.head;

    if (reply == NULL) {
        lose_all(s);
    } else if (r == NULL) {
        redis_link_reset(s->link); /* nobody asked: that is not Redis */
    } else {
        redis_breaker_hear(&s->breaker, r->done != NULL, patient_ns(s, r),
                           redis_link_heard_ns(s->link));
        finish(s, reply);
    }
}

static void
expire_one(struct store_redis *s, struct redis_read *r, uint64_t now_ns)
{
    const struct store_reply late = {.rc = RC_TIMEOUT};

    if (r->deadline_ns > now_ns) {
        return;
    }
    redis_breaker_miss(&s->breaker, patient_ns(s, r), now_ns);
    if (r->done != NULL) {
        counter_add(&s->base.stats.timeouts, 1);
        redis_read_answer(r, &late);
    }
}

/* Answers what is overdue; true if the connection has been silent too long. */
static bool
expire(struct store_redis *s, uint64_t now_ns)
{
    const struct redis_read *head = s->window.head;

    for (struct redis_read *r = s->window.head; r != NULL; r = r->next) {
        for (struct redis_read *one = r; one != NULL; one = one->sharer) {
            expire_one(s, one, now_ns);
        }
    }
    return head != NULL &&
           now_ns > redis_link_heard_ns(s->link) + STORE_SILENCE_NS &&
           now_ns > head->sent_ns + STORE_SILENCE_NS;
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
    if (s->window.head != NULL) {
        arm_tick(s);
    }
}

static void
on_up(void *arg)
{
    struct store_redis *s = arg;

    counter_add(&s->base.stats.connects, 1);
    redis_breaker_reset(&s->breaker);
}

/* RC_OK: what it asks may be written to s->command and sent, as of now. */
static enum rc
admit(struct store_redis *s, struct redis_read *read)
{
    bool is_full = redis_window_is_full(&s->window);

    read->sent_ns = clock_mono_ns();
    if (read->deadline_ns <= read->sent_ns) {
        /* Late on arrival: that is not Redis' fault. */
        counter_add(&s->base.stats.timeouts, 1);
        return RC_TIMEOUT;
    }
    if (!redis_link_is_up(s->link) || is_full ||
        !redis_breaker_pass(&s->breaker, read->sent_ns)) {
        counter_add(&s->base.stats.shed, 1);
        return is_full ? RC_FULL : RC_UNAVAIL;
    }
    buf_clear(&s->command);
    return RC_OK;
}

/* Hand s->command to the link; NULL: it did not take it. */
static struct redis_read *
send_command(struct store_redis *s, const struct redis_read *like)
{
    if (buf_failed(&s->command) ||
        !redis_link_send(s->link, buf_view(&s->command))) {
        counter_add(&s->base.stats.errors, 1);
        return NULL;
    }
    counter_add(&s->base.stats.commands, 1);
    arm_tick(s);
    return redis_window_push(&s->window, like);
}

/* Answered by the shared read's reply, if s->command is the same. */
static bool
join(struct store_redis *s, const struct redis_read *like)
{
    if (s->shared == NULL ||
        !str_eq(buf_view(&s->command), buf_view(&s->shared_command))) {
        return false;
    }
    redis_window_share(&s->window, s->shared, like);
    return true;
}

/* Others of this turn may join it. */
static struct redis_read *
send_shared(struct store_redis *s, const struct redis_read *like)
{
    struct redis_read *r = send_command(s, like);

    if (r != NULL) {
        s->shared = r;
        buf_clear(&s->shared_command);
        buf_str(&s->shared_command, buf_view(&s->command));
    }
    return r;
}

static enum rc
read_one(struct store *base, const struct store_read *r)
{
    struct store_redis *s = (struct store_redis *)base;
    struct redis_read like = {
        .deadline_ns = r->deadline_ns, .done = r->done, .arg = r->arg};
    enum rc rc = admit(s, &like);

    if (rc != RC_OK) {
        return rc;
    }
    redis_command_read(&s->command, r);
    if (r->shared) {
        bool is_sent = join(s, &like) || send_shared(s, &like) != NULL;

        return is_sent ? RC_OK : RC_UNAVAIL;
    }
    return send_command(s, &like) == NULL ? RC_UNAVAIL : RC_OK;
}

static enum rc
run_command(struct store *base, const struct store_command *c)
{
    struct store_redis *s = (struct store_redis *)base;
    struct redis_read like = {
        .deadline_ns = c->deadline_ns, .done = c->done, .arg = c->arg};
    enum rc rc = admit(s, &like);

    if (rc != RC_OK) {
        return rc;
    }
    redis_command_words(&s->command, c);
    return send_command(s, &like) == NULL ? RC_UNAVAIL : RC_OK;
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
move(struct store *base, const char *address)
{
    redis_link_move(((struct store_redis *)base)->link, address);
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
    .move = move,
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
    buf_init(&s->command, COMMAND_MAX);
    buf_init(&s->shared_command, COMMAND_MAX);
    redis_window_init(&s->window);
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
