/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * progress - where a run is, for the person who waits: a bar on a terminal, a
 * line every 5 s elsewhere, on stderr. A thread of its own shows it, and is
 * also the one that hears SIGINT and SIGTERM.
 */
#include "batchgen/spent.h"
#include "batchgen/stop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum progress_phase {
    PROGRESS_BEGIN,
    PROGRESS_SCORE,
    PROGRESS_WRITE,
    PROGRESS_VERIFY,
    PROGRESS_PUBLISH,
};

struct progress {
    _Atomic int phase;
    _Atomic uint64_t phase_ns; /* when it began */
    _Atomic uint64_t size;     /* of all input in bytes, 0: not known */
    _Atomic uint64_t bytes;    /* of input, scored */
    _Atomic uint64_t read;
    _Atomic uint64_t rejected;
    _Atomic uint64_t rows; /* that are to be written */
    _Atomic uint64_t written;
    _Atomic size_t scorers; /* threads that score */
    struct spent spent;

    /* Private. */
    struct stop *stop;
    uint64_t shown_ns;
    uint64_t seen[SPENT_COUNT]; /* spent, when it was last shown */
    bool terminal;
    bool running;
    pthread_t thread;
};

/*
 * Hold SIGINT and SIGTERM back until the thread runs. To be called before
 * anything starts threads (libxgboost does), as they inherit what is blocked.
 */
void progress_hold_signals(void);

/*
 * Let them end the process again while it waits for input and has begun
 * nothing; hold them again before it goes on.
 */
void progress_let_signals(void);

/*
 * Start the thread; p is zero but for what was spent. From here on SIGINT and
 * SIGTERM only tell `stop`; a second one ends the process at once.
 */
MUST_USE enum rc progress_start(struct progress *p, struct stop *stop,
                                struct err *e);

/* From here on the run does this. */
void progress_enter(struct progress *p, enum progress_phase phase);

/* Ends the thread and the line it drew. Fine if it was never started. */
void progress_end(struct progress *p);
