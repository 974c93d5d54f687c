/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   flights[hash of the row] -> leader -> leader -> ...      (by next)
 *                                 |
 *                             followers -> query -> ...      (by next)
 *
 * The first follower has the latest deadline of all. So whoever takes over
 * from a leader that had no time left has more time than the others, and at
 * most two rows are handed to the threads for nothing.
 */
#include "lookup/core/flight.h"

#include "common/base/clock.h"
#include "common/base/hash.h"
#include "lookup/core/answer.h"
#include "lookup/core/lookup_impl.h"

static struct query **
chain_of(const struct query *q)
{
    return &q->lookup->flights[q->row_hash % FLIGHT_CHAINS];
}

static bool
is_same_row(const struct query *a, const struct query *b)
{
    return a->row_hash == b->row_hash && a->gen == b->gen &&
           memcmp(a->x, b->x, a->ncol * sizeof(*a->x)) == 0;
}

static void
follow(struct query *leader, struct query *q)
{
    struct lookup *l = q->lookup;
    struct query **at = &leader->followers;

    if (*at != NULL && (*at)->deadline_ns > q->deadline_ns) {
        at = &(*at)->next;
    }
    q->next = *at;
    *at = q;
    if (l->nfollower++ == 0 || q->deadline_ns < l->followers_due_ns) {
        l->followers_due_ns = q->deadline_ns;
    }
    counter_add(&l->stats.coalesced, 1);
}

/* False: nobody has q's row under way, and q leads from now on. */
static bool
join(struct query *q)
{
    struct query **chain, *leader;

    q->row_hash = hash_key(
        (struct str){(const char *)query_row(q), q->ncol * sizeof(*q->x)});
    chain = chain_of(q);
    for (leader = *chain; leader != NULL; leader = leader->next) {
        if (is_same_row(leader, q)) {
            follow(leader, q);
            return true;
        }
    }
    q->next = *chain;
    *chain = q;
    return false;
}

/* q leads no more; who followed it is the caller's. */
static struct query *
land(struct query *q)
{
    struct query **at = chain_of(q), *followers = q->followers;

    while (*at != NULL && *at != q) {
        at = &(*at)->next;
    }
    if (*at == q) {
        *at = q->next;
    }
    q->followers = NULL;
    return followers;
}

static void
answer_scored(struct query *q, enum rc rc)
{
    if (rc == RC_TIMEOUT || rc == RC_FULL) {
        answer_error(q, ANSWER_TOO_COSTLY);
    } else if (rc != RC_OK) {
        answer_bad_record(q);
    } else {
        answer_prediction(q, OUTCOME_LIVE, (struct str){NULL, 0});
    }
}

static void
copy_prediction(struct query *to, const struct query *from)
{
    size_t n = from->prediction.n;

    to->prediction.n = n;
    if (from->gen->ranker != NULL) {
        memcpy(to->prediction.item, from->prediction.item,
               n * sizeof(*to->prediction.item));
    } else {
        memcpy(to->prediction.y, from->prediction.y,
               n * sizeof(*to->prediction.y));
    }
}

static void
on_scored(struct scoring_job *job)
{
    struct query *q = job->arg;
    struct query *follower = land(q);
    struct lookup *l = q->lookup;

    if (job->rc != RC_TIMEOUT && job->rc != RC_FULL) {
        hist_record(&l->stats.scoring, clock_mono_ns() - job->begin_ns);
    }
    while (follower != NULL) {
        struct query *f = follower;

        follower = f->next;
        l->nfollower--;
        if (job->rc == RC_TIMEOUT && f->deadline_ns > q->deadline_ns) {
            flight_begin(f);
            continue;
        }
        if (job->rc == RC_OK) {
            copy_prediction(f, q);
        }
        answer_scored(f, job->rc);
    }
    answer_scored(q, job->rc);
}

void
flight_begin(struct query *q)
{
    q->followers = NULL;
    if (lookup_is_costly(q->lookup, q->gen, 1) && join(q)) {
        return;
    }
    q->job = (struct scoring_job){
        .gen = q->gen,
        .x = query_row(q),
        .nrow = 1,
        .out = &q->prediction,
        .deadline_ns = q->deadline_ns,
        .done = on_scored,
        .arg = q,
    };
    lookup_score(q->lookup, &q->job);
}

/* Move the followers that are late to *late, and see when the next will be. */
static void
take_late(struct query *leader, uint64_t now_ns, struct query **late)
{
    struct lookup *l = leader->lookup;
    struct query **at = &leader->followers;

    while (*at != NULL) {
        struct query *f = *at;

        if (f->deadline_ns <= now_ns) {
            *at = f->next;
            f->next = *late;
            *late = f;
            l->nfollower--;
            continue;
        }
        if (f->deadline_ns < l->followers_due_ns) {
            l->followers_due_ns = f->deadline_ns;
        }
        at = &f->next;
    }
}

bool
flight_tick(struct lookup *l, uint64_t now_ns)
{
    struct query *late = NULL;

    if (l->nfollower == 0 || now_ns < l->followers_due_ns) {
        return l->nfollower > 0;
    }
    l->followers_due_ns = UINT64_MAX;
    for (size_t i = 0; i < FLIGHT_CHAINS; i++) {
        for (struct query *q = l->flights[i]; q != NULL; q = q->next) {
            take_late(q, now_ns, &late);
        }
    }
    while (late != NULL) {
        struct query *q = late;

        late = q->next;
        answer_error(q, ANSWER_TOO_COSTLY);
    }
    return l->nfollower > 0;
}
