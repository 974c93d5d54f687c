/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * tally - what came of the requests, and the line it is reported as.
 */
#include "common/base/hist.h"
#include "tests/support/steady/expect.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define TALLY_GENERATIONS 64

/* field of struct tally, name in the report; any of them is a failure */
#define TALLY_FAILURES(X)                                                      \
    X(connect)   /* no connection could be made */                             \
    X(closed)    /* the connection went before the answer was whole */         \
    X(timeout)   /* no answer in time */                                       \
    X(status)    /* an answer, but an error */                                 \
    X(malformed) /* not HTTP, or a 200 without a JSON object */                \
    X(unsent)    /* scheduled, but no connection was free to the end */

#define TALLY_FIELD(name) uint64_t name;

struct seen {
    uint64_t generation;
    uint64_t answers;
    uint64_t first_us, last_us; /* wall clock of the arrivals */
};

struct tally {
    uint64_t sent, ok, missing, mismatched;
    struct {
        TALLY_FAILURES(TALLY_FIELD)
    } failed;
    uint64_t precomputed, live, other;
    double seconds;      /* from the first request to the last answer */
    struct hist latency; /* ns since the request was due */
    uint64_t latency_max;
    struct seen seen[TALLY_GENERATIONS];
    size_t nseen;
};

/* An answer that arrived now, latency_ns after it was due. */
void tally_answer(struct tally *t, enum verdict v, const struct prediction *p,
                  uint64_t latency_ns);

/* True if every request was answered, and rightly. */
bool tally_good(const struct tally *t);

/* One line of JSON. */
void tally_print(const struct tally *t, FILE *out);
