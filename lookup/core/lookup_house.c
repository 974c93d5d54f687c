/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/lookup_impl.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/core/flight.h"

#include <stdlib.h>

/*
 * Where queries are while the ladder does not run them:
 *
 *   pool       answered; the generation stays pinned while the list is the same
 *   started    until lookup_flush(), to be run together
 *   parked     wait for the loader, until lookup_tick() finds them late
 */

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

bool
lookup_flush(struct lookup *l)
{
    struct query *first = l->started;

    l->started = NULL;
    l->nstarted = 0;
    run_all(first);
    return first != NULL;
}

void
lookup_start(struct query *q)
{
    struct lookup *l = q->lookup;

    *(l->nstarted == 0 ? &l->started : &l->last_started->next) = q;
    l->last_started = q;
    if (++l->nstarted == STARTED_MAX) {
        (void)lookup_flush(l);
    }
}

void
lookup_drop(struct query *q)
{
    struct lookup *l = q->lookup;

    /* Kept, the next one of that table is spared pinning it; but not beyond
       the list it is of, and a batch's may be of an older one. */
    if (q->moves != l->moves || q->of_batch) {
        generation_release(&q->gen);
    }
    q->next = l->pool;
    l->pool = q;
    l->busy--;
}

void
lookup_count_many(struct lookup *l, const struct table_view *view,
                  enum dialect dialect, enum outcome outcome, uint64_t n)
{
    uint16_t id = view == NULL ? 0 : view->id;

    counter_add(&l->stats.answers[id][dialect][outcome], n);
}

void
lookup_count(struct lookup *l, const struct table_view *view,
             enum dialect dialect, enum outcome outcome)
{
    lookup_count_many(l, view, dialect, outcome, 1);
}

/* The table is gone, and another one may get its id. */
static void
forget_table(struct lookup *l, uint16_t id)
{
    counter *answers = &l->stats.answers[id][0][0];

    for (size_t i = 0; i < DIALECT_COUNT * (size_t)OUTCOME_COUNT; i++) {
        atomic_store(&answers[i], 0);
    }
    atomic_store(&l->stats.superseded[id], 0);
    superseded_destroy(&l->superseded[id]);
}

static void
forget_dropped(struct lookup *l, const struct tables *t)
{
    for (size_t i = 0; l->tables != NULL && t != NULL && i < l->tables->n;
         i++) {
        const struct table_view *view = &l->tables->view[i];

        if (!tables_keep(t, view)) {
            forget_table(l, view->id);
        }
    }
}

static void
unpin_pool(struct lookup *l)
{
    for (struct query *q = l->pool; q != NULL; q = q->next) {
        generation_release(&q->gen);
    }
}

void
lookup_set_tables(struct lookup *l, struct tables *t)
{
    struct query *q = l->parked;

    forget_dropped(l, t);
    unpin_pool(l);
    tables_release(&l->tables);
    l->tables = t;
    l->moves++;
    atomic_store(&l->stats.tables_serial, t == NULL ? 0 : t->serial);
    l->parked = NULL;
    while (q != NULL) {
        struct query *next = q->next;

        lookup_retry(q);
        q = next;
    }
}

void
lookup_supersede(struct lookup *l, struct superseded_news *n)
{
    uint16_t id = superseded_news_table(n);
    struct superseded **s = &l->superseded[id];

    if (*s == NULL) {
        *s = superseded_create();
    }
    /* Forgetting one would give an old answer: better to end. */
    CHECK(*s != NULL && superseded_apply(*s, n) == RC_OK);
    atomic_store(&l->stats.superseded[id], superseded_size(*s));
    superseded_news_release(&n);
}

bool
lookup_tick(struct lookup *l, uint64_t now_ns)
{
    struct query **at = &l->parked;

    while (*at != NULL) {
        struct query *q = *at;

        if (q->deadline_ns <= now_ns) {
            *at = q->next;
            lookup_expire(q);
        } else {
            at = &q->next;
        }
    }
    return flight_tick(l, now_ns) || l->parked != NULL;
}

struct lookup *
lookup_create(struct store *store, const char *prefix,
              const struct lookup_policy *policy, lookup_reload_fn reload,
              void *reload_arg)
{
    struct lookup *l = calloc(1, sizeof(*l));

    if (l != NULL) {
        l->store = store;
        l->prefix = prefix;
        l->policy = *policy;
        l->reload = reload;
        l->reload_arg = reload_arg;
    }
    return l;
}

void
lookup_destroy(struct lookup **l)
{
    struct query *q;

    if (l == NULL || *l == NULL) {
        return;
    }
    CHECK((*l)->busy == 0);
    while ((q = (*l)->pool) != NULL) {
        (*l)->pool = q->next;
        query_fini(q);
        free(q);
    }
    tables_release(&(*l)->tables);
    for (size_t i = 0; i <= TABLES_MAX; i++) {
        superseded_destroy(&(*l)->superseded[i]);
    }
    free(*l);
    *l = NULL;
}

void
lookup_set_scoring(struct lookup *l, struct scoring *scoring,
                   struct mailbox *reply)
{
    l->scoring = scoring;
    l->scored = reply;
}

bool
lookup_is_costly(const struct lookup *l, const struct generation *gen,
                 size_t nrow)
{
    return l->scoring != NULL &&
           nrow * generation_score_ns(gen) > SCORING_INLINE_NS;
}

void
lookup_score(struct lookup *l, struct scoring_job *job)
{
    job->lookup = l;
    job->reply = l->scored;
    job->begin_ns = clock_mono_ns();
    if (!job->heavy &&
        (job->work != NULL || !lookup_is_costly(l, job->gen, job->nrow))) {
        while (!scoring_do(job)) {
        }
        job->done(job);
    } else if (l->at_scoring == SCORING_JOBS_MAX ||
               scoring_submit(l->scoring, job) != RC_OK) {
        job->rc = RC_FULL;
        job->done(job);
    } else {
        l->at_scoring++;
    }
}

void
lookup_scored(struct scoring_job *job)
{
    job->lookup->at_scoring--;
    job->done(job);
}

void
lookup_set_policy(struct lookup *l, const struct lookup_policy *policy)
{
    l->policy = *policy;
}

const struct lookup_policy *
lookup_policy(const struct lookup *l)
{
    return &l->policy;
}

const struct tables *
lookup_tables(const struct lookup *l)
{
    return l->tables;
}

struct tables *
lookup_hold_tables(const struct lookup *l)
{
    return tables_hold(l->tables);
}

size_t
lookup_busy(const struct lookup *l)
{
    return l->busy;
}

const struct lookup_stats *
lookup_stats(const struct lookup *l)
{
    return &l->stats;
}
