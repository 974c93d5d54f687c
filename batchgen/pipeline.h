/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * pipeline - all input goes to a sink: one thread reads and cuts, N parse and
 * score, the caller's takes, in the order of the input whatever N is.
 */
#include "batchgen/progress.h"
#include "batchgen/rejected.h"
#include "batchgen/rows.h"
#include "batchgen/sink.h"
#include "batchgen/source_list.h"
#include "batchgen/stop.h"

struct pipeline {
    struct source_list *sources;
    const struct recipe *recipe;
    size_t threads; /* that score; 0: one per core */
    struct sink *sink;
    enum spent_on taking; /* what the sink does with the time it takes */
    struct rejected *rejected;
    struct stop *stop;
    struct progress *progress;

    /* Results. */
    uint64_t read;
    uint64_t rejects;
    uint64_t skipped;
    size_t longest_id;
};

/* Blocks until all is taken, or something failed, or stop was asked. */
MUST_USE enum rc pipeline_run(struct pipeline *p, struct err *e);
