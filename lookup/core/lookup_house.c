/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a worker's lookup holds: the tables in force, who is superseded, the
 * policy, the way to the scoring threads, and what was counted. Its queries are
 * in lookup_queries.c, what becomes of one in lookup.c.
 */
#include "lookup/core/lookup_impl.h"

#include "common/base/check.h"
#include "common/base/clock.h"

#include <stdlib.h>

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
        batch_queue_init(&l->batches);
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
