/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections are on one list from accept to close, and on a second one, the
 * dirty, while there is something to write or to go on with: the end of the
 * loop's turn settles those. Time is one timer for all, which walks the first.
 */
#include "common/base/clock.h"
#include "lookup/net/conn_impl.h"

#include <event2/event.h>
#include <stdlib.h>

#define NEVER  UINT64_MAX
#define MS     1000000ULL
#define SECOND (1000 * MS)

const struct conn_options conn_options_default = {
    .max_conns = 20000,
    .max_pipelined = 128,
    .max_turns = 16384,
    .input_bytes = 8 * 1024 * 1024,
    .output_bytes = 64 * 1024 * 1024,
    .output_pause = 256 * 1024,
    .idle_ns = 60 * SECOND,
    .head_ns = 10 * SECOND,
    .body_ns = 30 * SECOND,
    .linger_ns = 2 * SECOND,
    .drain_ns = 2 * SECOND,
};

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
static bool
start_timers(struct conn_group *g)
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

static void
free_timer(struct event *timer)
{
    if (timer != NULL) {
        event_free(timer);
    }
}

struct conn_group *
conn_group_create(struct event_base *base, const struct conn_options *o,
                  struct net_stats *stats)
{
    struct conn_group *g = calloc(1, sizeof(*g));

    if (g == NULL) {
        return NULL;
    }
    g->base = base;
    g->options = o;
    g->stats = stats;
    TAILQ_INIT(&g->all);
    TAILQ_INIT(&g->dirty);
    if (!start_timers(g)) {
        conn_group_destroy(&g);
    }
    return g;
}

void
conn_group_destroy(struct conn_group **g)
{
    if (*g == NULL) {
        return;
    }
    while (!TAILQ_EMPTY(&(*g)->all)) {
        conn_close(TAILQ_FIRST(&(*g)->all), NET_CLOSED_DRAIN);
    }
    free_timer((*g)->tick);
    free_timer((*g)->again);
    for (size_t i = 0; i < CONN_PROTO_MAX; i++) {
        turn_pool_fini(&(*g)->pool[i].turns);
    }
    buf_pool_fini(&(*g)->bufs);
    free(*g);
    *g = NULL;
}

size_t
conn_group_count(const struct conn_group *g)
{
    return g->n;
}

/* Those that become dirty meanwhile are for the next flush. */
void
conn_group_flush(struct conn_group *g)
{
    struct conn *last = TAILQ_LAST(&g->dirty, conn_list), *c = NULL;

    net_stats_settle(g->stats);
    if (last == NULL) {
        return;
    }
    g->now_ns = clock_mono_ns();
    while (c != last) {
        c = TAILQ_FIRST(&g->dirty);
        TAILQ_REMOVE(&g->dirty, c, dirty);
        c->is_dirty = false;
        conn_settle(c);
    }
}

void
conn_group_drain(struct conn_group *g)
{
    struct conn *next;

    g->draining = true;
    g->drain_since_ns = clock_mono_ns();
    for (struct conn *c = TAILQ_FIRST(&g->all); c != NULL; c = next) {
        next = TAILQ_NEXT(c, all);
        if (c->reading) {
            conn_receive(c); /* a request may be in the kernel */
        } else {
            conn_settle(c);
        }
    }
}

/* How long what c waits for may take. */
static uint64_t
patience_ns(const struct conn *c)
{
    const struct conn_options *o = c->group->options;

    if (c->lingering) {
        return o->linger_ns;
    }
    if (c->blocked) {
        return o->body_ns;
    }
    if (c->line.n > 0 || c->held_back) {
        return NEVER; /* it waits for us */
    }
    if (c->in.len > 0) {
        return c->in_body ? o->body_ns : o->head_ns;
    }
    return o->idle_ns;
}

static void
expire(struct conn *c)
{
    bool waits_for_request = !c->lingering && !c->blocked && c->in.len > 0;

    if (!waits_for_request) {
        conn_close(c, c->lingering ? c->why
                      : c->blocked ? NET_CLOSED_TIMEOUT
                                   : NET_CLOSED_IDLE);
        return;
    }
    buf_pool_give(&c->group->bufs, &c->in);
    c->proto->refuse(c->arg, CONN_TOO_SLOW, conn_interim(c));
    conn_stop(c, NET_CLOSED_TIMEOUT);
    conn_settle(c);
}

void
conn_group_expire(struct conn_group *g, uint64_t now_ns)
{
    struct conn *next;

    g->now_ns = now_ns;
    for (struct conn *c = TAILQ_FIRST(&g->all); c != NULL; c = next) {
        uint64_t patience = patience_ns(c);

        next = TAILQ_NEXT(c, all);
        if (now_ns > c->since_ns && now_ns - c->since_ns >= patience) {
            expire(c);
        }
    }
}
