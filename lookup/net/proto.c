/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/proto.h"

#include "common/base/check.h"
#include "lookup/net/conn_impl.h"

static struct conn *
conn_of(struct line *l)
{
    struct conn *c = (struct conn *)((char *)l - offsetof(struct conn, line));

    CHECK(c->magic == CONN_MAGIC);
    return c;
}

void
conn_mark_dirty(struct conn *c)
{
    if (!c->is_dirty) {
        c->is_dirty = true;
        TAILQ_INSERT_TAIL(&c->group->dirty, c, dirty);
    }
}

void *
conn_state(struct conn *c)
{
    return c->state;
}

void *
conn_arg(struct conn *c)
{
    return c->arg;
}

uint64_t
conn_now_ns(const struct conn *c)
{
    return c->group->now_ns;
}

static bool
has_room(const struct conn *c)
{
    const struct conn_options *o = c->group->options;

    return c->line.n < o->max_pipelined &&
           c->line.pool->used < c->line.pool->limit &&
           c->line.out.len - c->sent_bytes < o->output_pause;
}

bool
conn_room(struct conn *c)
{
    c->held_back = !c->stopped && !has_room(c);
    return !c->stopped && !c->held_back;
}

bool
conn_can_go_on(const struct conn *c)
{
    return (c->held_back && has_room(c)) || (c->owes_word && c->line.n == 0);
}

struct turn *
conn_begin(struct conn *c)
{
    struct turn *t = line_begin(&c->line);

    if (t == NULL) {
        conn_stop(c, NET_CLOSED_MEMORY);
    }
    return t;
}

struct buf *
conn_answer(struct turn *t)
{
    return line_answer(t);
}

void
conn_finish(struct turn *t)
{
    struct line *l = t->line;

    line_finish(t);
    if (l != NULL && !conn_of(l)->in_parse) {
        conn_mark_dirty(conn_of(l));
    }
}

void
conn_expect_body(struct conn *c)
{
    c->in_body = true;
}

struct buf *
conn_interim(struct conn *c)
{
    c->owes_word = c->line.n > 0;
    if (c->owes_word) {
        return NULL;
    }
    buf_pool_take(&c->group->bufs, &c->line.out);
    return &c->line.out;
}

void
conn_stop(struct conn *c, enum net_closed why)
{
    c->stopped = true;
    c->why = why;
}

bool
conn_is_draining(const struct conn *c)
{
    return c->group->draining;
}

bool
conn_is_leaving(const struct turn *t)
{
    const struct conn *c = t->line == NULL ? NULL : conn_of(t->line);

    return c != NULL && c->group->draining && !c->in_parse &&
           c->line.last == t && c->in.len == 0;
}

/* Bytes in */

/* Who asks on and on would be cut off when the server's patience ends. */
static bool
has_drained_long(const struct conn_group *g)
{
    return g->draining && g->now_ns - g->drain_since_ns >= g->options->drain_ns;
}

/* Let the protocol take what it can of [p, p + *len). */
static size_t
feed(struct conn *c, char *p, size_t *len)
{
    bool is_new = c->in.len == 0, was_body = c->in_body;
    size_t taken;

    c->held_back = false;
    c->owes_word = false;
    c->in_body = false;
    c->in_parse = true;
    taken = c->proto->parse(c, p, len);
    c->in_parse = false;
    if (taken > 0 || is_new || c->in_body != was_body) {
        c->since_ns = c->group->now_ns;
    }
    if (taken > 0 && !c->held_back && has_drained_long(c->group)) {
        conn_stop(c, NET_CLOSED_DRAIN);
    }
    return taken;
}

void
conn_input_again(struct conn *c)
{
    size_t taken = feed(c, c->in.p, &c->in.len);

    buf_drop(&c->in, taken);
    if (c->in.len == 0 || c->stopped) {
        buf_pool_give(&c->group->bufs, &c->in);
    }
}

void
conn_input(struct conn *c, char *p, size_t n)
{
    size_t taken;

    if (c->in.len > 0) {
        buf_put(&c->in, p, n);
        conn_input_again(c);
        return;
    }
    taken = feed(c, p, &n);
    if (taken < n && !c->stopped) {
        buf_pool_take(&c->group->bufs, &c->in);
        buf_put(&c->in, p + taken, n - taken);
    }
}
