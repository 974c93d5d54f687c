/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ring under one lock, the only one there is besides libraries' own.
 * Conditions wake one thread for each thing that comes or goes, which is
 * enough: whoever is woken and finds it gone waits again.
 *
 *   slot   . . c d e . .      first = 2, len = 3, wrapping at limit
 *
 * Closing wakes all. What is in the queue by then is still taken out.
 */
#include "common/base/queue.h"

#include "common/base/check.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_S 1000000000u

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t not_empty;
    pthread_cond_t not_full;
    bool closed;
    size_t limit;
    size_t first;
    size_t len;
    void *slot[];
};

/* Deadlines are CLOCK_MONOTONIC, which a condition must be told. */
static bool
init_cond(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    bool ok;

    if (pthread_condattr_init(&attr) != 0) {
        return false;
    }
    ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
         pthread_cond_init(cond, &attr) == 0;
    pthread_condattr_destroy(&attr);
    return ok;
}

struct queue *
queue_create(size_t limit)
{
    struct queue *q;

    CHECK(limit > 0 && limit < SIZE_MAX / sizeof(void *) / 2);
    q = calloc(1, sizeof(*q) + limit * sizeof(q->slot[0]));
    if (q == NULL) {
        return NULL;
    }
    q->limit = limit;
    if (pthread_mutex_init(&q->lock, NULL) != 0) {
        goto fail;
    }
    if (!init_cond(&q->not_empty)) {
        goto fail_lock;
    }
    if (!init_cond(&q->not_full)) {
        goto fail_not_empty;
    }
    return q;

fail_not_empty:
    pthread_cond_destroy(&q->not_empty);
fail_lock:
    pthread_mutex_destroy(&q->lock);
fail:
    free(q);
    return NULL;
}

void
queue_destroy(struct queue **q)
{
    if (q == NULL || *q == NULL) {
        return;
    }
    pthread_cond_destroy(&(*q)->not_full);
    pthread_cond_destroy(&(*q)->not_empty);
    pthread_mutex_destroy(&(*q)->lock);
    free(*q);
    *q = NULL;
}

static void
lock(struct queue *q)
{
    CHECK(pthread_mutex_lock(&q->lock) == 0);
}

static void
unlock(struct queue *q)
{
    CHECK(pthread_mutex_unlock(&q->lock) == 0);
}

/* Locked. */
static enum rc
put(struct queue *q, void *thing)
{
    CHECK(thing != NULL);
    if (q->closed) {
        return RC_CONFLICT;
    }
    if (q->len == q->limit) {
        return RC_FULL;
    }
    q->slot[(q->first + q->len) % q->limit] = thing;
    q->len++;
    pthread_cond_signal(&q->not_empty);
    return RC_OK;
}

/* Locked. NULL when empty. */
static void *
get(struct queue *q)
{
    void *thing;

    if (q->len == 0) {
        return NULL;
    }
    thing = q->slot[q->first];
    q->first = (q->first + 1) % q->limit;
    q->len--;
    pthread_cond_signal(&q->not_full);
    return thing;
}

enum rc
queue_push(struct queue *q, void *thing)
{
    enum rc rc;

    lock(q);
    while ((rc = put(q, thing)) == RC_FULL) {
        pthread_cond_wait(&q->not_full, &q->lock);
    }
    unlock(q);
    return rc;
}

enum rc
queue_try_push(struct queue *q, void *thing)
{
    enum rc rc;

    lock(q);
    rc = put(q, thing);
    unlock(q);
    return rc;
}

void *
queue_pop(struct queue *q)
{
    void *thing;

    lock(q);
    while ((thing = get(q)) == NULL && !q->closed) {
        pthread_cond_wait(&q->not_empty, &q->lock);
    }
    unlock(q);
    return thing;
}

void *
queue_try_pop(struct queue *q)
{
    void *thing;

    lock(q);
    thing = get(q);
    unlock(q);
    return thing;
}

void *
queue_pop_until(struct queue *q, unsigned long long deadline_ns)
{
    struct timespec until = {.tv_sec = (time_t)(deadline_ns / NS_PER_S),
                             .tv_nsec = (long)(deadline_ns % NS_PER_S)};
    int late = 0;
    void *thing;

    lock(q);
    while ((thing = get(q)) == NULL && !q->closed && late != ETIMEDOUT) {
        late = pthread_cond_timedwait(&q->not_empty, &q->lock, &until);
    }
    unlock(q);
    return thing;
}

void
queue_close(struct queue *q)
{
    lock(q);
    q->closed = true;
    pthread_cond_broadcast(&q->not_empty);
    pthread_cond_broadcast(&q->not_full);
    unlock(q);
}
