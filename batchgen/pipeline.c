/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caller takes chunks in the order of their seq; one that comes early
 * waits in the ring. A failure anywhere asks for a stop: the reader reads no
 * more, what is on its way is dropped.
 */
#include "batchgen/pipeline_ring.h"

#include "common/base/check.h"
#include "common/base/clock.h"

#include <stdlib.h>
#include <unistd.h>

struct scorer_arg {
    struct pipeline_ring *ring;
    struct rows *rows;
};

static void *
score_all(void *arg)
{
    struct scorer_arg *a = arg;
    struct pipeline_ring *r = a->ring;
    struct rows *rows = a->rows;
    struct chunk *c;

    free(a);
    while ((c = queue_pop(r->cut)) != NULL) {
        c->rc = RC_OK;
        if (!stop_asked(r->p->stop)) {
            c->rc = rows_of_chunk(rows, c, &c->err);
        }
        CHECK(queue_try_push(r->done, c) == RC_OK);
    }
    if (atomic_fetch_sub(&r->scoring, 1) == 1) {
        queue_close(r->done);
    }
    return NULL;
}

static void
count_time(struct spent *s, const struct chunk *c)
{
    spent_add(s, SPENT_READ, c->read_ns);
    spent_add(s, SPENT_PARSE, c->parse_ns);
    spent_add(s, SPENT_SCORE, c->score_ns);
    spent_add(s, SPENT_PACK, c->pack_ns);
}

static enum rc
take_chunk(struct pipeline_ring *r, struct chunk *c, struct err *e)
{
    struct pipeline *p = r->p;
    uint64_t begin_ns = clock_mono_ns();
    enum rc rc = c->rc;

    if (rc != RC_OK) {
        return err_set(e, rc, "%s", c->err.text);
    }
    p->read += c->read;
    p->rejects += c->rejected;
    p->skipped += c->skipped;
    p->longest_id =
        c->longest_id > p->longest_id ? c->longest_id : p->longest_id;
    atomic_fetch_add(&p->progress->bytes, c->data.len);
    atomic_fetch_add(&p->progress->read, c->read);
    atomic_fetch_add(&p->progress->rejected, c->rejected);
    count_time(&p->progress->spent, c);
    rc = rejected_add(p->rejected, c, e);
    if (rc == RC_OK) {
        rc = p->sink->ops->take(p->sink, c, e);
    }
    spent_lap(&p->progress->spent, p->taking, begin_ns);
    return rc;
}

/* Take what is next in order, give the chunks back. */
static enum rc
take_in_order(struct pipeline_ring *r, struct err *e)
{
    struct chunk **place = &r->early[r->next % r->nchunk];
    enum rc rc = RC_OK;

    while (rc == RC_OK && *place != NULL) {
        struct chunk *c = *place;

        *place = NULL;
        rc = take_chunk(r, c, e);
        CHECK(queue_try_push(r->spare, c) == RC_OK);
        r->next++;
        place = &r->early[r->next % r->nchunk];
    }
    return rc;
}

static enum rc
take_all(struct pipeline_ring *r, struct err *e)
{
    enum rc rc = RC_OK;
    struct chunk *c;

    while ((c = queue_pop(r->done)) != NULL) {
        if (rc != RC_OK || stop_asked(r->p->stop)) {
            CHECK(queue_try_push(r->spare, c) == RC_OK);
            continue;
        }
        r->early[c->seq % r->nchunk] = c;
        rc = take_in_order(r, e);
        if (rc != RC_OK) {
            stop_ask(r->p->stop, STOP_FAILED);
        }
    }
    return rc;
}

static enum rc
start_scorer(struct pipeline_ring *r, struct err *e)
{
    struct scorer_arg *a = malloc(sizeof(*a));
    size_t i = r->nscorer;

    r->rows[i] = rows_create(r->p->recipe);
    if (a == NULL || r->rows[i] == NULL) {
        free(a);
        return err_set(e, RC_NOMEM, "out of memory");
    }
    *a = (struct scorer_arg){r, r->rows[i]};
    if (pthread_create(&r->scorer[i], NULL, score_all, a) != 0) {
        free(a);
        return err_set(e, RC_FAILED,
                       "cannot start %zu threads: give fewer "
                       "with --threads",
                       r->p->threads);
    }
    r->nscorer++;
    return RC_OK;
}

static enum rc
start_threads(struct pipeline_ring *r, struct err *e)
{
    enum rc rc = RC_OK;

    r->scoring = r->p->threads;
    while (rc == RC_OK && r->nscorer < r->p->threads) {
        rc = start_scorer(r, e);
    }
    if (rc == RC_OK &&
        pthread_create(&r->reader, NULL, pipeline_read, r) != 0) {
        rc = err_set(e, RC_FAILED, "cannot start a thread");
    }
    r->reading = rc == RC_OK;
    if (rc != RC_OK) {
        queue_close(r->cut);
    }
    return rc;
}

static void
end_threads(struct pipeline_ring *r)
{
    if (r->reading) {
        pthread_join(r->reader, NULL);
    }
    for (size_t i = 0; i < r->nscorer; i++) {
        pthread_join(r->scorer[i], NULL);
    }
    for (size_t i = 0; i < PIPELINE_THREADS_MAX; i++) {
        rows_destroy(&r->rows[i]);
    }
}

static size_t
ncore(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1                      ? 1
           : n > PIPELINE_THREADS_MAX ? PIPELINE_THREADS_MAX
                                      : (size_t)n;
}

enum rc
pipeline_run(struct pipeline *p, struct err *e)
{
    struct pipeline_ring r = {.p = p};
    enum rc rc;

    p->threads = p->threads == 0 ? ncore() : p->threads;
    CHECK(p->threads <= PIPELINE_THREADS_MAX);
    p->progress->scorers = p->threads;
    rc = pipeline_ring_init(&r, e);
    if (rc == RC_OK) {
        rc = start_threads(&r, e);
    }
    if (rc == RC_OK) {
        rc = take_all(&r, e);
    }
    end_threads(&r);
    pipeline_ring_fini(&r);
    if (rc == RC_OK && r.read_rc != RC_OK) {
        rc = err_set(e, r.read_rc, "%s", r.read_err.text);
    }
    return rc == RC_OK ? stop_check(p->stop, e) : rc;
}
