/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * bulk - feature rows of nobody in particular, any number of them, all scored
 * live by one generation. They are read, scored and written a block at a time;
 * many of them by the scoring threads, which do other work between two blocks.
 * So nobody waits for all of them, and memory does not grow with them.
 */
#include "lookup/core/lookup.h"

struct bulk;

/*
 * Both are called from one thread at a time, which may be a scoring thread:
 * what they work on is theirs until done is called. Anything but RC_OK ends it.
 */

/* Put up to max rows of the schema into x; *n = 0: there are no more. */
typedef enum rc (*bulk_read_fn)(void *arg, float *x, size_t max, size_t *n);

/* n predictions, behind one another. */
typedef enum rc (*bulk_write_fn)(void *arg, const struct prediction *p,
                                 size_t n);

/*
 * In the asker's thread. RC_TIMEOUT: no time left; RC_FULL: too much to do;
 * RC_INVAL: the model rejects a row; else what read or write said.
 */
typedef void (*bulk_done_fn)(void *arg, const struct bulk *b, enum rc rc);

struct bulk_setup {
    enum dialect dialect;
    uint64_t deadline_ns;
    size_t nrow; /* how many there may be, about */
    bool heavy;  /* reading them takes long already: not in this thread */
    bulk_read_fn read;
    bulk_write_fn write;
    bulk_done_fn done;
    void *arg;
};

struct bulk {
    struct lookup *lookup;
    const struct table_view *view; /* in tables */
    struct tables *tables;         /* held */
    struct generation *gen;        /* the view's */
    struct bulk_setup setup;
    size_t block; /* rows that x and out have room for */
    size_t nread; /* rows so far */
    float *x;
    struct prediction out;
    struct scoring_job job;
};

/*
 * view is one of lookup_tables() whose live generation scores live. NULL when
 * out of memory.
 */
struct bulk *bulk_create(struct lookup *l, const struct table_view *view,
                         const struct bulk_setup *setup);

/* Will bulk_run() return before the rows are read? */
bool bulk_is_heavy(const struct bulk *b);

/*
 * done is called once, possibly before this returns; b is dead then. Each row
 * that was read is counted, and one error if none was.
 */
void bulk_run(struct bulk *b);

/* For the counters: rc is what done was told. */
struct about bulk_about(const struct bulk *b, enum rc rc);

/* Give up one that was not run; counts nothing. Frees and nulls. */
void bulk_destroy(struct bulk **b);
