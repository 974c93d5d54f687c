/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * pipeline_ring - the chunks of a pipeline on their way, and who moves them.
 * For pipeline*.c only.
 *
 * Chunks go round in a ring, so their number bounds all memory but what the
 * sink keeps, and the three queues never overflow:
 *
 *   spare --> reader --> cut --> scorers --> done --> caller --> spare
 */
#include "batchgen/pipeline.h"
#include "common/base/queue.h"

#include <pthread.h>

#define PIPELINE_THREADS_MAX 256

struct pipeline_ring {
    struct pipeline *p;
    struct queue *spare, *cut, *done;
    size_t nchunk;
    struct chunk **early;   /* waits at its seq mod nchunk */
    uint64_t next;          /* seq to be taken next */
    _Atomic size_t scoring; /* scorers that still run */

    pthread_t reader;
    bool reading;
    enum rc read_rc;
    struct err read_err;

    pthread_t scorer[PIPELINE_THREADS_MAX];
    struct rows *rows[PIPELINE_THREADS_MAX];
    size_t nscorer;
};

/* Make the queues and the chunks, all of them spare. Fini also on failure. */
MUST_USE enum rc pipeline_ring_init(struct pipeline_ring *r, struct err *e);

/* When no thread runs any more. */
void pipeline_ring_fini(struct pipeline_ring *r);

/*
 * The reader: sources, cut into chunks, go to `cut`, which is closed behind
 * them. arg is the ring; what went wrong is left in read_rc and read_err.
 */
void *pipeline_read(void *arg);
