/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/line.h"

#include "common/base/check.h"

#include <stdlib.h>

#define TURN_MAGIC 0x7475726e

void
turn_pool_fini(struct turn_pool *pool)
{
    while (pool != NULL && pool->spare != NULL) {
        struct turn *t = pool->spare;

        pool->spare = t->next;
        free(t);
    }
}

static struct turn *
take_turn(struct turn_pool *pool)
{
    struct turn *t = pool->spare;

    if (pool->used == pool->limit) {
        return NULL;
    }
    if (t != NULL) {
        pool->spare = t->next;
    } else {
        t = malloc(pool->turn_bytes);
        if (t == NULL) {
            return NULL;
        }
        buf_init(&t->held, pool->held_max);
    }
    pool->used++;
    t->magic = TURN_MAGIC;
    t->done = false;
    t->pool = pool;
    t->next = NULL;
    return t;
}

static void
give_turn(struct turn *t)
{
    struct turn_pool *pool = t->pool;

    if (t->held.cap > 0) {
        buf_pool_give(pool->bufs, &t->held);
    }
    t->magic = 0;
    t->next = pool->spare;
    pool->spare = t;
    pool->used--;
}

void
line_init(struct line *l, struct turn_pool *pool)
{
    *l = (struct line){.pool = pool};
    buf_init(&l->out, pool->held_max);
}

void
line_fini(struct line *l)
{
    while (l->first != NULL) {
        struct turn *t = l->first;

        l->first = t->next;
        t->line = NULL;
        if (t->done) {
            give_turn(t);
        }
    }
    buf_pool_give(l->pool->bufs, &l->out);
    l->last = NULL;
    l->n = 0;
}

struct turn *
line_begin(struct line *l)
{
    struct turn *t = take_turn(l->pool);

    if (t == NULL) {
        return NULL;
    }
    t->line = l;
    if (l->first == NULL) {
        l->first = t;
    } else {
        l->last->next = t;
    }
    l->last = t;
    l->n++;
    return t;
}

struct buf *
line_answer(struct turn *t)
{
    bool is_first = t->line != NULL && t->line->first == t;
    struct buf *b = is_first ? &t->line->out : &t->held;

    CHECK(t->magic == TURN_MAGIC && !t->done);
    buf_pool_take(t->pool->bufs, b);
    return b;
}

static void
pop_first(struct line *l)
{
    struct turn *t = l->first;

    if (t->held.failed) {
        l->out.failed = true;
    }
    if (t->held.len > 0) {
        buf_pool_take(t->pool->bufs, &l->out);
        buf_str(&l->out, buf_view(&t->held));
    }
    l->first = t->next;
    l->n--;
    give_turn(t);
}

void
line_finish(struct turn *t)
{
    struct line *l = t->line;

    CHECK(t->magic == TURN_MAGIC && !t->done);
    t->done = true;
    if (l == NULL) {
        give_turn(t);
        return;
    }
    while (l->first != NULL && l->first->done) {
        pop_first(l);
    }
}
