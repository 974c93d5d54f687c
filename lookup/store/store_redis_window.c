/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_window.h"

void
redis_window_init(struct redis_window *w)
{
    w->head = w->free = NULL;
    w->tail = &w->head;
    for (size_t i = 0; i < STORE_READS_MAX; i++) {
        w->slot[i].next = w->free;
        w->free = &w->slot[i];
    }
}

static struct redis_read *
take_slot(struct redis_window *w, const struct redis_read *like)
{
    struct redis_read *r = w->free;

    w->free = r->next;
    *r = *like;
    return r;
}

struct redis_read *
redis_window_push(struct redis_window *w, const struct redis_read *like)
{
    struct redis_read *r = take_slot(w, like);

    *w->tail = r;
    w->tail = &r->next;
    return r;
}

void
redis_window_share(struct redis_window *w, struct redis_read *sent,
                   const struct redis_read *like)
{
    struct redis_read *r = take_slot(w, like);

    r->sharer = sent->sharer;
    sent->sharer = r;
}

void
redis_read_answer(struct redis_read *r, const struct store_reply *reply)
{
    store_done_fn done = r->done;

    r->done = NULL;
    if (done != NULL) {
        done(r->arg, reply);
    }
}

void
redis_window_finish(struct redis_window *w, const struct store_reply *reply)
{
    struct redis_read *r = w->head, *next;

    w->head = r->next;
    if (w->head == NULL) {
        w->tail = &w->head;
    }
    for (; r != NULL; r = next) {
        next = r->sharer;
        redis_read_answer(r, reply);
        r->next = w->free;
        w->free = r;
    }
}
