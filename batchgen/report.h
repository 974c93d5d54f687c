/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * report - how a run ended, for people and as JSON.
 */
#include "batchgen/estimate.h"
#include "batchgen/spent.h"
#include "common/base/rc.h"

#include <stdbool.h>
#include <stdint.h>

struct report {
    const char *table;
    const char *output;  /* folder of the files written, NULL: a table was */
    uint64_t files;      /* written */
    uint64_t files_kept; /* were there already */
    uint64_t generation; /* 0: feature rows only */
    bool live;
    bool dry; /* nothing was written */
    uint64_t read;
    uint64_t written;
    uint64_t rejected;
    uint64_t duplicate;
    uint64_t skipped;
    uint64_t buckets;
    uint64_t users;  /* of candidates: records, 0: rows are no candidates */
    uint64_t stored; /* feature rows that replaced none newer */
    const char *rejected_path;
    const char *model; /* what was scored with, NULL: nothing */
    const char *scorer;
    struct estimate estimate;
    uint64_t bytes;       /* of `estimate`, measured; 0: they were not */
    uint64_t model_bytes; /* likewise */
    const struct spent *spent;
    uint64_t begin_ns;   /* clock_mono_ns: when the run began */
    uint64_t scored_ns;  /* all rows kept */
    uint64_t written_ns; /* all in Redis */
    uint64_t end_ns;
};

/* To stdout. CHECKs read = written + rejected + duplicate + skipped. */
void report_print(const struct report *r, bool json);

/*
 * To stderr: what ids or records over `limit` bytes cost; nothing when both
 * are below.
 */
void report_listpack(uint64_t limit, uint64_t longest_id, uint64_t record_size);
