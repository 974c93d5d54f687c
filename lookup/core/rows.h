/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rows - feature rows of nobody in particular, all scored live by one
 * generation as one piece of work.
 */
#include "lookup/core/lookup.h"

/* Rows at once at most. */
#define ROWS_MAX 1000

struct rows;

/* RC_OK, RC_TIMEOUT or RC_FULL (too costly), else the model rejects a row. */
typedef void (*rows_done_fn)(void *arg, const struct rows *r, enum rc rc);

struct rows {
    struct lookup *lookup;
    const struct table_view *view; /* in tables */
    struct tables *tables;         /* held */
    struct generation *gen;        /* the view's */
    size_t n, ncol;
    float *x;              /* n rows of ncol floats, all missing at first */
    struct prediction out; /* n predictions, behind one another */
    struct scoring_job job;
    enum dialect dialect; /* the caller's to set, as are those below */
    uint64_t deadline_ns;
    rows_done_fn done;
    void *arg;
};

/*
 * Room for n rows, 1 to ROWS_MAX. view is one of lookup_tables() whose live
 * generation scores live. NULL when out of memory.
 */
struct rows *rows_create(struct lookup *l, const struct table_view *view,
                         size_t n);

/*
 * Score. done is called once, possibly before this returns; the rows are dead
 * then. Each is counted.
 */
void rows_run(struct rows *r);

/* For the counters: rc is what done was told. */
struct about rows_about(const struct rows *r, enum rc rc);

/* Give up rows that were not run; counts nothing. Frees and nulls. */
void rows_destroy(struct rows **r);
