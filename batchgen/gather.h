/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * gather - run the pipeline over all input, and judge what was rejected.
 */
#include "batchgen/intake.h"
#include "batchgen/progress.h"
#include "batchgen/ranked.h"
#include "batchgen/rejected.h"
#include "batchgen/report.h"
#include "batchgen/sink_candidates.h"
#include "batchgen/sink_keep.h"
#include "batchgen/stop.h"
#include "common/base/option.h"

/* The options of it. */
#define GATHER_OPTION(X)                                                       \
    INTAKE_OPTION(X)                                                           \
    X(as_of, TEXT, NULL, "DATE", 0, 0,                                         \
      "when the data was cut: 2026-11-22T02:00:00Z (else the oldest input's "  \
      "mtime - 1 s)")                                                          \
    X(rejected, TEXT, NULL, "FILE", 0, 0,                                      \
      "where rejected rows go (else TABLE.rejected.csv, if there are any)")    \
    X(max_rejected, TEXT, "1%", "N|N%", 0, 0,                                  \
      "change nothing when more rows are rejected")                            \
    X(users, TEXT, NULL, "FILE", 0, 0,                                         \
      "take the rows of these users only, an id on each line")                 \
    X(threads, UINT, "0", "", 0, 256, "that score; 0: one per core")           \
    X(memory, SIZE, "2GiB", "", 0, 0,                                          \
      "rows past it wait in a temporary file (TMPDIR)")

struct gather {
    const char *table;
    const char *rejected; /* --rejected, or NULL */
    const char *max_rejected;
    const char *users_path;      /* --users, or NULL */
    uint64_t threads;            /* 0: one per core */
    uint64_t memory;             /* bytes of rows held in it */
    const struct scorer *scorer; /* NULL: feature rows only */
    struct ranked *ranked; /* NULL: scores; gets the items of candidates */
    bool with_features;
    uint64_t stamp_us; /* of the feature rows */
    struct stop *stop;
    struct progress *progress;
    struct rejected_limit limit; /* of max_rejected */

    /* Results. */
    struct sink_keep sink;
    struct sink_candidates candidates;
    char *rejected_path;
    struct users *users;
    size_t longest_id;
    size_t longest_record;
};

/*
 * Read the options, make the sink. RC_INVAL: a bad one, or rejected rows
 * would go over an input. gather_fini in any case.
 */
MUST_USE enum rc gather_prepare(struct gather *g, const struct intake *in,
                                struct err *e);

/*
 * Fill g->sink.keep, and read, rejected and skipped of the report; of
 * candidates users, written and duplicate too. RC_REFUSED: too many rows were
 * rejected, or there is no candidate.
 */
MUST_USE enum rc gather_run(struct gather *g, struct intake *in,
                            struct report *report, struct err *e);
void gather_fini(struct gather *g);
