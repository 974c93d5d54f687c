/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * trace - the rungs of the ladder that a query tried, and when each began; for
 * whoever wants to know how an answer came about.
 */
#include "common/base/clock.h"

#include <stddef.h>
#include <stdint.h>

enum rung {
    RUNG_SUPERSEDED,
    RUNG_SNAPSHOT,
    RUNG_RECORD,
    RUNG_SECOND_LOOK, /* with the feature row */
    RUNG_FEATURES,    /* the feature row */
    RUNG_SCORE,
};

/* As an explanation names them. */
#define RUNG_NAMES                                                             \
    {                                                                          \
        "superseded", "snapshot", "record", "second_look", "features", "score" \
    }

/* Twice down the ladder: more than a query can take. */
#define TRACE_MAX 12

struct trace_step {
    enum rung rung;
    uint64_t begin_ns;
};

struct trace {
    size_t n;
    struct trace_step step[TRACE_MAX];
};

/* A rung begins, and the one before it ends; t is NULL of most queries. */
static inline void
trace_step(struct trace *t, enum rung rung)
{
    if (t != NULL && t->n < TRACE_MAX) {
        t->step[t->n++] = (struct trace_step){rung, clock_mono_ns()};
    }
}
