/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where queries are while the ladder does not run them:
 *
 *   pool       answered; the generation stays pinned while the list is the same
 *   started    until lookup_flush(), to be run together
 *   parked     wait for the loader, until lookup_tick() finds them late
 *
 * Those of batches are begun by lookup_flush(), when others were run.
 */
#include "lookup/core/lookup_impl.h"

#include "lookup/core/flight.h"

#include <stdlib.h>

#define AHEAD       8
#define STARTED_MAX 128 /* of which the caches still hold the first */

struct query *
lookup_begin(struct lookup *l, const struct table_view *view)
{
    struct query *q = l->pool;

    if (q != NULL) {
        l->pool = q->next;
    } else if ((q = calloc(1, sizeof(*q))) == NULL) {
        return NULL;
    }
    l->busy++;
    q->lookup = l;
    q->next = NULL;
    q->user_len = 0;
    q->live = q->partial = q->retried = q->superseded = false;
    q->probe = q->of_batch = false;
    q->trace = NULL;
    q->k = view->live->info.top;
    q->table_id = view->id;
    q->seq = view->seq;
    q->unread = view->unread;
    q->moves = l->moves;
    if (q->gen != view->live) {
        memcpy(q->table, view->name, sizeof(q->table));
    }
    if (query_pin(q, view->live) != RC_OK) {
        generation_release(&q->gen);
        lookup_drop(q);
        return NULL;
    }
    return q;
}

/*
 * In the order they were started. The buckets of the next AHEAD are on their
 * way while one is run: fewer would come too late, more would drive each other
 * out of the nearest cache.
 */
static void
run_all(struct query *first)
{
    struct query *ahead = first, *next;

    for (int i = 0; i < AHEAD && ahead != NULL; i++) {
        query_prefetch(ahead);
        ahead = ahead->next;
    }
    for (struct query *q = first; q != NULL; q = next) {
        next = q->next; /* once answered, q is the pool's */
        if (ahead != NULL) {
            query_prefetch(ahead);
            ahead = ahead->next;
        }
        lookup_run(q);
    }
}

static void
run_started(struct lookup *l)
{
    struct query *first = l->started;

    l->started = NULL;
    l->nstarted = 0;
    l->has_run |= first != NULL;
    run_all(first);
}

/* Who asks for one user goes first. */
bool
lookup_flush(struct lookup *l)
{
    bool has_run;

    run_started(l);
    while (batch_queue_feed(l)) {
        l->has_run = true;
        run_started(l);
    }
    has_run = l->has_run;
    l->has_run = false;
    if (!has_run) {
        batch_queue_end_turn(&l->batches);
    }
    return has_run;
}

void
lookup_start(struct query *q)
{
    struct lookup *l = q->lookup;

    *(l->nstarted == 0 ? &l->started : &l->last_started->next) = q;
    l->last_started = q;
    if (++l->nstarted == STARTED_MAX) {
        run_started(l);
    }
}

void
lookup_drop(struct query *q)
{
    struct lookup *l = q->lookup;

    /* Kept, the next one of that table is spared pinning it; but not beyond
       the list it is of, and a batch's may be of an older one. */
    if (q->moves != l->moves || q->of_batch) {
        batch_queue_give_place(q);
        generation_release(&q->gen);
    }
    q->next = l->pool;
    l->pool = q;
    l->busy--;
}

bool
lookup_tick(struct lookup *l, uint64_t now_ns)
{
    struct query **at = &l->parked;

    l->now_ns = now_ns;
    while (*at != NULL) {
        struct query *q = *at;

        if (q->deadline_ns <= now_ns) {
            *at = q->next;
            lookup_expire(q);
        } else {
            at = &q->next;
        }
    }
    return flight_tick(l, now_ns) || l->parked != NULL ||
           !batch_queue_is_empty(&l->batches);
}

bool
lookup_has_more(const struct lookup *l)
{
    return l->batches.has_more;
}

void
lookup_end(struct lookup *l)
{
    (void)lookup_tick(l, UINT64_MAX);
    batch_queue_fail(&l->batches);
}
