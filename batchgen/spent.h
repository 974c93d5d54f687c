/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * spent - where the time of a run goes: nanoseconds in which a thread was
 * busy with something, or waited for Redis. Threads that work at once all
 * count, so the sum may be more than the run took. Measured a chunk or a
 * block of rows at a time, so that it costs a row nothing.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum spent_on {
    SPENT_MODEL,
    SPENT_BEGIN,
    SPENT_READ,
    SPENT_PARSE,
    SPENT_SCORE,
    SPENT_PACK,
    SPENT_KEEP,
    SPENT_SORT,
    SPENT_WRITE,
    SPENT_RATE,
    SPENT_VERIFY,
    SPENT_WARM,
    SPENT_PUBLISH,
    SPENT_COUNT,
};

/* Any thread adds, any thread reads. */
struct spent {
    _Atomic uint64_t ns[SPENT_COUNT];
};

/* "model", "begin" ... : the keys of --json. */
const char *spent_name(enum spent_on what);
void spent_add(struct spent *s, enum spent_on what, uint64_t ns);

/* Add what passed since; returns now, from where the next lap begins. */
uint64_t spent_lap(struct spent *s, enum spent_on what, uint64_t since_ns);

/* So much of `from` was in truth `to`. */
void spent_move(struct spent *s, enum spent_on from, enum spent_on to,
                uint64_t ns);

/* A reading, and the sum of it. */
uint64_t spent_read(const struct spent *s, uint64_t ns[SPENT_COUNT]);

/*
 * Who was busiest between two readings, and so keeps the others waiting:
 * "reader", "scorers" (nscorer threads share their work) or "writer"; NULL
 * when nobody did anything.
 */
const char *spent_busiest(const uint64_t before[SPENT_COUNT],
                          const uint64_t now[SPENT_COUNT], size_t nscorer);
