/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/scoring.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "common/base/queue.h"
#include "lookup/store/mailbox.h"

#include <pthread.h>
#include <stdlib.h>

#define WAITING_MAX 1024

/* A busy machine scores slower than the idle one that the estimate is of. */
#define COST_FACTOR 2

struct scoring {
    struct queue *queue;
    _Atomic uint64_t backlog_ns; /* estimated for the jobs not yet done */
    size_t nthread;              /* started */
    pthread_t thread[];
};

static uint64_t
cost_ns(const struct scoring_job *job)
{
    return job->nrow * generation_score_ns(job->gen);
}

static bool
do_in_time(struct scoring_job *job)
{
    if (clock_mono_ns() + cost_ns(job) > job->deadline_ns) {
        job->rc = RC_TIMEOUT;
        return true;
    }
    return scoring_do(job);
}

/* To its end, or a piece of it: then it waits for its next turn. */
static bool
finish(struct scoring *s, struct scoring_job *job)
{
    while (!do_in_time(job)) {
        if (queue_try_push(s->queue, job) == RC_OK) {
            return false;
        }
    }
    return true;
}

static void *
run(void *arg)
{
    struct scoring *s = arg;
    struct scoring_job *job;

    while ((job = queue_pop(s->queue)) != NULL) {
        if (!finish(s, job)) {
            continue;
        }
        s->backlog_ns -= cost_ns(job);
        /* A worker's mailbox has room for every job there can be. */
        CHECK(mailbox_post(job->reply, job) == RC_OK);
    }
    return NULL;
}

enum rc
scoring_create(struct scoring **out, size_t nthread, struct err *e)
{
    struct scoring *s = calloc(1, sizeof(*s) + nthread * sizeof(s->thread[0]));

    if (s != NULL) {
        s->queue = queue_create(WAITING_MAX);
    }
    while (s != NULL && s->queue != NULL && s->nthread < nthread &&
           pthread_create(&s->thread[s->nthread], NULL, run, s) == 0) {
        s->nthread++;
    }
    if (s == NULL || s->nthread < nthread) {
        scoring_destroy(&s);
        return err_set(e, RC_NOMEM, "cannot start the scoring threads");
    }
    *out = s;
    return RC_OK;
}

/* Whether a job is likely to be done in time, behind those that wait. */
static bool
in_time(const struct scoring *s, const struct scoring_job *job)
{
    uint64_t wait_ns = COST_FACTOR * (s->backlog_ns / s->nthread);

    return clock_mono_ns() + wait_ns + cost_ns(job) <= job->deadline_ns;
}

enum rc
scoring_submit(struct scoring *s, struct scoring_job *job)
{
    uint64_t cost = cost_ns(job);
    enum rc rc;

    if (!in_time(s, job)) {
        return RC_TIMEOUT;
    }
    s->backlog_ns += cost;
    rc = queue_try_push(s->queue, job);
    if (rc != RC_OK) {
        s->backlog_ns -= cost;
    }
    return rc;
}

void
scoring_destroy(struct scoring **out)
{
    struct scoring *s = *out;

    if (s == NULL) {
        return;
    }
    if (s->queue != NULL) {
        queue_close(s->queue);
    }
    for (size_t i = 0; i < s->nthread; i++) {
        CHECK(pthread_join(s->thread[i], NULL) == 0);
    }
    queue_destroy(&s->queue);
    free(s);
    *out = NULL;
}
