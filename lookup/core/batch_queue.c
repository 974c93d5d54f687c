/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/batch_queue.h"

#include "lookup/core/batch_impl.h"
#include "lookup/core/lookup_impl.h"

#define SHORT_USERS 32   /* of a short batch, at most */
#define TURN_USERS  1000 /* of each kind: one batch may be answered at once */

/*
 * Three reads of a user may be under way, in its second look; the store takes
 * 1,024 of all queries.
 */
#define PLACES 256

/* Of one batch under way: its misses shall not fill the scoring queue. */
#define WINDOW 128

void
batch_queue_init(struct batch_queue *q)
{
    TAILQ_INIT(&q->kind[0].list);
    TAILQ_INIT(&q->kind[1].list);
}

static struct batch_list *
list_of(struct batch_queue *q, const struct batch *b)
{
    return &q->kind[b->n > SHORT_USERS].list;
}

void
batch_queue_push(struct batch_queue *q, struct batch *b)
{
    TAILQ_INSERT_TAIL(list_of(q, b), b, waiting);
}

void
batch_queue_take_place(struct query *q)
{
    q->has_place = true;
    q->lookup->batches.places++;
}

void
batch_queue_give_place(struct query *q)
{
    q->lookup->batches.places -= q->has_place;
    q->has_place = false;
}

/* What is late gets no room of the store, which refuses it at once. */
static bool
may_ask(const struct lookup *l, const struct batch *b)
{
    return b->begun - b->answered < WINDOW &&
           (l->batches.places < PLACES || b->setup.deadline_ns <= l->now_ns);
}

/* The next user is the last one: b leaves the queue before it may end. */
static bool
leave_with_last(struct batch_queue *q, struct batch *b)
{
    bool is_last = b->begun + 1 == b->n;

    if (is_last) {
        TAILQ_REMOVE(list_of(q, b), b, waiting);
    }
    return is_last;
}

/* Up to max users; how many. b may be dead then. */
static size_t
ask_some(struct lookup *l, struct batch *b, size_t max)
{
    bool was_last = false;
    size_t n = 0;

    while (n < max && !was_last && may_ask(l, b)) {
        was_last = leave_with_last(&l->batches, b);
        batch_ask_next(b);
        n++;
    }
    return n;
}

bool
batch_queue_feed(struct lookup *l)
{
    size_t before, sum = 0;

    for (int i = 0; i < 2; i++) {
        size_t *asked = &l->batches.kind[i].asked;
        struct batch *b = TAILQ_FIRST(&l->batches.kind[i].list), *next;

        for (before = *asked; b != NULL && *asked < TURN_USERS; b = next) {
            next = TAILQ_NEXT(b, waiting);
            *asked += ask_some(l, b, TURN_USERS - *asked);
        }
        sum += *asked - before;
    }
    return sum > 0;
}

void
batch_queue_end_turn(struct batch_queue *q)
{
    q->has_more = false;
    for (int i = 0; i < 2; i++) {
        q->has_more |=
            q->kind[i].asked == TURN_USERS && !TAILQ_EMPTY(&q->kind[i].list);
        q->kind[i].asked = 0;
    }
}

bool
batch_queue_is_empty(const struct batch_queue *q)
{
    return TAILQ_EMPTY(&q->kind[0].list) && TAILQ_EMPTY(&q->kind[1].list);
}

/* One that is asked again comes back to the end of its list. */
void
batch_queue_fail(struct batch_queue *q)
{
    struct batch *b;

    for (int i = 0; i < 2; i++) {
        while ((b = TAILQ_FIRST(&q->kind[i].list)) != NULL) {
            (void)leave_with_last(q, b);
            batch_fail_next(b);
        }
    }
}
