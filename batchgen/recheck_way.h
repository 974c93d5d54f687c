/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * recheck_way - what recheck.c does for either way of scoring again,
 * recheck_features.c and recheck_input.c; nobody else looks inside.
 */
#include "batchgen/gather.h"
#include "batchgen/recheck.h"

#define RECHECK_MEMORY ((uint64_t)2 << 30) /* of each keep; the rest spills */

struct recheck {
    const struct table *table;
    uint64_t gen;
    struct generation_info *info;
    struct rescore *rescore;
    struct recheck_result result;

    /* Side by side: result.found has views of both. */
    struct keep *stored;
    struct keep *again;   /* from feature rows */
    struct gather gather; /* from an input: its sink's keep */
    struct intake intake;
    struct progress progress;
};

/* All records of the generation, into a new keep. As records_load. */
MUST_USE enum rc recheck_load(const struct recheck *r, struct keep **out,
                              struct err *e);

/*
 * r->stored and what was made again, both still to be grouped. RC_FAILED: the
 * latter is empty.
 */
MUST_USE enum rc recheck_compare(struct recheck *r, struct keep *again,
                                 struct err *e);
