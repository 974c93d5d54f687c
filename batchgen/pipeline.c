/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks go round in a ring, so their number bounds all memory but what the
 * sink keeps, and the three queues never overflow:
 *
 *   spare --> reader --> cut --> scorers --> done --> caller --> spare
 *
 * The caller takes chunks in the order of their seq; one that comes early
 * waits in early[seq mod number of chunks]. A failure anywhere asks for a
 * stop: the reader reads no more, what is on its way is dropped.
 */
#include "batchgen/pipeline.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "common/base/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define RANKED_CHUNK ((size_t)8 << 10) /* some 100 users to rank */
#define THREADS_MAX  256

struct ring {
    struct pipeline *p;
    struct queue *spare, *cut, *done;
    size_t nchunk;
    struct chunk **early;
    uint64_t next;          /* seq to be taken next */
    _Atomic size_t scoring; /* scorers that still run */

    pthread_t reader;
    bool reading;
    enum rc read_rc;
    struct err read_err;

    pthread_t scorer[THREADS_MAX];
    struct rows *rows[THREADS_MAX];
    size_t nscorer;
};

struct scorer_arg {
    struct ring *ring;
    struct rows *rows;
};

/* The chunk behind the last record is sent too, empty, to say so. */
static enum rc
read_source(struct ring *r, size_t index, uint64_t *seq, struct err *e)
{
    struct source *s = &r->p->sources->item[index];
    struct cutter cutter;
    bool any = true;
    enum rc rc = source_open(s, e);

    cutter_init(&cutter, s, r->p->stop);
    if (r->p->recipe->ranked != NULL) {
        cutter.size = RANKED_CHUNK;
    }
    while (rc == RC_OK && any && !stop_asked(r->p->stop)) {
        struct chunk *c = queue_pop(r->spare);
        uint64_t begin_ns = clock_mono_ns();

        if (c == NULL) {
            break;
        }
        rc = cutter_next(&cutter, c, &any, e);
        c->read_ns = clock_mono_ns() - begin_ns;
        if (rc != RC_OK) {
            CHECK(queue_try_push(r->spare, c) == RC_OK);
            break;
        }
        c->last = !any;
        c->source_index = index;
        c->seq = (*seq)++;
        CHECK(queue_try_push(r->cut, c) == RC_OK);
    }
    cutter_fini(&cutter);
    source_close(s);
    return rc;
}

static void *
read_all(void *arg)
{
    struct ring *r = arg;
    uint64_t seq = 0;

    for (size_t i = 0; r->read_rc == RC_OK && i < r->p->sources->n; i++) {
        if (!r->p->sources->item[i].skip) {
            r->read_rc = read_source(r, i, &seq, &r->read_err);
        }
    }
    if (r->read_rc != RC_OK) {
        stop_ask(r->p->stop, STOP_FAILED);
    }
    queue_close(r->cut);
    return NULL;
}

static void *
score_all(void *arg)
{
    struct scorer_arg *a = arg;
    struct ring *r = a->ring;
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
take_chunk(struct ring *r, struct chunk *c, struct err *e)
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
take_in_order(struct ring *r, struct err *e)
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
take_all(struct ring *r, struct err *e)
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
create_ring(struct ring *r, struct err *e)
{
    r->nchunk = 4 * r->p->threads + 2;
    r->spare = queue_create(r->nchunk);
    r->cut = queue_create(r->nchunk);
    r->done = queue_create(r->nchunk);
    r->early = calloc(r->nchunk, sizeof(struct chunk *));
    if (r->spare == NULL || r->cut == NULL || r->done == NULL ||
        r->early == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < r->nchunk; i++) {
        struct chunk *c = chunk_create();

        if (c == NULL) {
            return err_set(e, RC_NOMEM, "out of memory");
        }
        CHECK(queue_try_push(r->spare, c) == RC_OK);
    }
    return RC_OK;
}

static enum rc
start_scorer(struct ring *r, struct err *e)
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
start_threads(struct ring *r, struct err *e)
{
    enum rc rc = RC_OK;

    r->scoring = r->p->threads;
    while (rc == RC_OK && r->nscorer < r->p->threads) {
        rc = start_scorer(r, e);
    }
    if (rc == RC_OK && pthread_create(&r->reader, NULL, read_all, r) != 0) {
        rc = err_set(e, RC_FAILED, "cannot start a thread");
    }
    r->reading = rc == RC_OK;
    if (rc != RC_OK) {
        queue_close(r->cut);
    }
    return rc;
}

static void
drain_chunks(struct queue *q)
{
    struct chunk *c;

    while (q != NULL && (c = queue_try_pop(q)) != NULL) {
        chunk_destroy(&c);
    }
}

static void
destroy_ring(struct ring *r)
{
    if (r->reading) {
        pthread_join(r->reader, NULL);
    }
    for (size_t i = 0; i < r->nscorer; i++) {
        pthread_join(r->scorer[i], NULL);
    }
    for (size_t i = 0; i < THREADS_MAX; i++) {
        rows_destroy(&r->rows[i]);
    }
    for (size_t i = 0; r->early != NULL && i < r->nchunk; i++) {
        chunk_destroy(&r->early[i]);
    }
    free(r->early);
    drain_chunks(r->spare);
    drain_chunks(r->cut);
    drain_chunks(r->done);
    queue_destroy(&r->spare);
    queue_destroy(&r->cut);
    queue_destroy(&r->done);
}

static size_t
ncore(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (size_t)n;
}

enum rc
pipeline_run(struct pipeline *p, struct err *e)
{
    struct ring r = {.p = p};
    enum rc rc;

    p->threads = p->threads == 0 ? ncore() : p->threads;
    CHECK(p->threads <= THREADS_MAX);
    p->progress->scorers = p->threads;
    rc = create_ring(&r, e);
    if (rc == RC_OK) {
        rc = start_threads(&r, e);
    }
    if (rc == RC_OK) {
        rc = take_all(&r, e);
    }
    destroy_ring(&r);
    if (rc == RC_OK && r.read_rc != RC_OK) {
        rc = err_set(e, r.read_rc, "%s", r.read_err.text);
    }
    return rc == RC_OK ? stop_check(p->stop, e) : rc;
}
