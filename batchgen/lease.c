/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   run     take ------------- work ------------- give
 *   keeper       renew ... 10 s ... renew ... 10 s
 *
 * The keeper is a thread, since a run may score for minutes without a word to
 * Redis, with a connection of its own, since the run's has commands under way.
 * A lease outlasts two renewals that failed, so a Redis that is away for some
 * seconds ends nothing.
 *
 * It is not the keeper that makes writing safe: the scripts that make a
 * generation live look at the lease themselves, by Redis' clock, in the step
 * that moves it. The keeper spares a run the work that would be refused then.
 */
#include "batchgen/lease.h"

#include "batchgen/script.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/queue.h"

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define RENEW_NS   10000000000ULL
#define WAIT_MS    500
#define ANSWER_MAX 512
#define HOST_MAX   64

struct lease {
    char writer[WRITER_SIZE];
    struct stop *stop;
    const struct topology *topology;
    const char *prefix;
    const char *table;
    struct queue *end; /* something in it ends the keeper */
    pthread_t keeper;
    bool keeping;
};

void
lease_name(const char *uid, char out[WRITER_SIZE])
{
    char host[HOST_MAX + 1] = "";

    if (gethostname(host, HOST_MAX) != 0 || host[0] == '\0') {
        snprintf(host, sizeof(host), "unknown");
    }
    snprintf(out, WRITER_SIZE, "%s:%ld:%s", host, (long)getpid(), uid);
}

enum rc
lease_held(const struct table *t, struct str answer, struct err *e)
{
    uint64_t left_ms = 0;
    struct str ms;

    str_cut(&answer, ' ');
    ms = str_cut(&answer, ' ');
    if (!number_parse_u64(ms, &left_ms)) {
        return err_set(e, RC_FAILED, "table '%s' is held by another run",
                       t->name);
    }
    return err_set(e, RC_CONFLICT,
                   "table '%s' is being written by %.*s, whose lease runs for "
                   "another %" PRIu64 " s: wait for it (--wait) or end it",
                   t->name, STR_ARG(answer), (left_ms + 999) / 1000);
}

/* RC_CONFLICT: held. *number is written when a number was asked for. */
static enum rc
try_take(struct lease *l, const struct table *t, uint64_t *number,
         struct err *e)
{
    struct buf answer;
    struct str text;
    uint64_t n = 0;
    enum rc rc;

    buf_init(&answer, ANSWER_MAX);
    rc = script_run(t, script_lease,
                    SCRIPT_ARGS(str_of(l->writer), LEASE_MS,
                                number == NULL ? STR("0") : STR("1")),
                    &answer, e);
    text = buf_view(&answer);
    if (rc == RC_OK && str_starts(text, STR("held "))) {
        rc = lease_held(t, text, e);
    } else if (rc == RC_OK) {
        str_cut(&text, ' ');
        if (!number_parse_u64(text, &n)) {
            rc = err_set(e, RC_FAILED, "Redis gave no generation number");
        }
    }
    if (rc == RC_OK && number != NULL) {
        *number = n;
    }
    buf_fini(&answer);
    return rc;
}

enum rc
lease_renew(const struct lease *l, const struct table *t, struct err *e)
{
    struct buf answer;
    enum rc rc;

    buf_init(&answer, ANSWER_MAX);
    rc = script_run(t, script_renew, SCRIPT_ARGS(str_of(l->writer), LEASE_MS),
                    &answer, e);
    if (rc == RC_OK && str_eq(buf_view(&answer), STR("lost"))) {
        rc = err_set(e, RC_CONFLICT,
                     "the lease on table '%s' is gone: Redis lost its data, "
                     "the table was dropped, or this run was cut off for over "
                     "30 s; nothing was published",
                     t->name);
    }
    buf_fini(&answer);
    return rc;
}

/* An unreachable Redis is not a lost lease: the next turn connects anew. */
static void *
keep(void *arg)
{
    struct lease *l = arg;
    struct table t = {.prefix = l->prefix, .name = l->table};
    struct err ignored;

    while (queue_pop_until(l->end, clock_mono_ns() + RENEW_NS) == NULL) {
        enum rc rc = RC_OK;

        if (t.redis == NULL) {
            rc = redis_open(&t.redis, l->topology, &ignored);
        }
        if (rc == RC_OK) {
            rc = lease_renew(l, &t, &ignored);
        }
        if (rc == RC_CONFLICT) {
            stop_ask(l->stop, STOP_LEASE);
            break;
        }
        if (rc != RC_OK) {
            redis_close(&t.redis);
        }
    }
    redis_close(&t.redis);
    return NULL;
}

static enum rc
start_keeping(struct lease *l, struct err *e)
{
    l->end = queue_create(1);
    if (l->end == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    if (pthread_create(&l->keeper, NULL, keep, l) != 0) {
        return err_set(e, RC_FAILED, "cannot start a thread for the lease");
    }
    l->keeping = true;
    return RC_OK;
}

enum rc
lease_take(struct lease **out, const struct table *t, const char *uid,
           uint64_t *number, bool wait, struct stop *stop, struct err *e)
{
    struct lease *l = calloc(1, sizeof(*l));
    enum rc rc;

    *out = NULL;
    if (l == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    lease_name(uid, l->writer);
    l->stop = stop;
    l->topology = redis_topology(t->redis);
    l->prefix = t->prefix;
    l->table = t->name;
    rc = try_take(l, t, number, e);
    if (rc == RC_CONFLICT && wait) {
        fprintf(stderr, "waiting: %s\n", e->text);
    }
    while (rc == RC_CONFLICT && wait && !stop_asked(stop)) {
        poll(NULL, 0, WAIT_MS);
        rc = try_take(l, t, number, e);
    }
    if (rc != RC_OK) {
        free(l);
        return rc;
    }
    rc = start_keeping(l, e);
    if (rc != RC_OK) {
        lease_give(&l, t);
        return rc;
    }
    *out = l;
    return RC_OK;
}

struct str
lease_writer(const struct lease *l)
{
    return str_of(l->writer);
}

void
lease_give(struct lease **lease, const struct table *t)
{
    struct lease *l = *lease;
    struct buf answer;

    if (l == NULL) {
        return;
    }
    if (l->keeping) {
        while (queue_try_push(l->end, l) != RC_OK) {
            /* one place, and nobody else pushes: it is free at once */
        }
        pthread_join(l->keeper, NULL);
        while (queue_try_pop(l->end) != NULL) {
            /* the keeper may have ended by itself */
        }
    }
    queue_destroy(&l->end);
    buf_init(&answer, ANSWER_MAX);
    if (t != NULL &&
        script_run(t, script_release, SCRIPT_ARGS(str_of(l->writer)), &answer,
                   NULL) != RC_OK) {
        fprintf(stderr,
                "the lease on '%s' could not be given back, it runs "
                "out by itself within 30 s\n",
                t->name);
    }
    buf_fini(&answer);
    free(l);
    *lease = NULL;
}
