/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scoring - the threads for rows too costly to score in a worker's loop, so
 * that hits never wait behind misses. Jobs are done in the order they came;
 * one that cannot meet its deadline is not taken, or not begun.
 */
#include "common/base/rc.h"
#include "lookup/core/generation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A row estimated above this goes to the threads. */
#define SCORING_INLINE_NS 200000

/* Jobs of one lookup at a time; its mailbox has room for all of them. */
#define SCORING_JOBS_MAX 1024

struct lookup;
struct mailbox;
struct scoring;

/* It and what it points to are the thread's until it comes back. */
struct scoring_job {
    const struct generation *gen;
    const float *x; /* nrow rows of the schema */
    size_t nrow;
    struct prediction *out; /* nrow of them, written on RC_OK */
    /*
     * Instead of x and out: a piece of the work, of about nrow rows. It sets
     * unfinished if there is more; others have their turn then.
     */
    enum rc (*work)(struct scoring_job *job);
    bool unfinished;
    bool heavy; /* for the threads, whatever the estimate is */
    uint64_t deadline_ns;
    void (*done)(struct scoring_job *job); /* in the asker's thread */
    uint64_t begin_ns;                     /* when it was asked for */
    struct lookup *lookup;                 /* that asked */
    struct mailbox *reply;                 /* where the job comes back to */
    void *arg;
    enum rc rc; /* RC_TIMEOUT: not begun; else generation_score's */
};

/* The job, or a piece of it, here and now. False: it is unfinished. */
static inline bool
scoring_do(struct scoring_job *job)
{
    job->unfinished = false;
    job->rc = job->work != NULL
                  ? job->work(job)
                  : generation_score(job->gen, job->x, job->nrow, job->out);
    return !job->unfinished;
}

/* Starts nthread threads. */
MUST_USE enum rc scoring_create(struct scoring **out, size_t nthread,
                                struct err *e);

/*
 * Never waits. RC_FULL: too many wait already; RC_TIMEOUT: it would hardly be
 * done in time behind those that wait. The job is the caller's then.
 */
MUST_USE enum rc scoring_submit(struct scoring *s, struct scoring_job *job);

/* Jobs taken come back first. Frees and nulls; NULL is fine. */
void scoring_destroy(struct scoring **s);
