/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * recheck - a generation's records made once more and compared, bit by bit,
 * with those that are stored.
 */
#include "batchgen/compare.h"
#include "batchgen/gather.h"
#include "batchgen/rescore.h"

#define RECHECK_ALL UINT64_MAX

struct recheck {
    const struct table *table;
    uint64_t gen;
    struct generation_info *info; /* rows: as records_load leaves it */
    struct rescore *rescore;

    /* Results. */
    uint64_t checked;      /* users whose record was made again */
    uint64_t unchecked;    /* users that could not be, of those asked for */
    uint64_t rejected;     /* rows of an input */
    struct compared found; /* was: as stored; added: they should be stored */

    /* Private. */
    struct keep *stored, *again;
    struct intake intake;
    struct gather gather;
    struct progress progress;
};

/*
 * From the feature rows the batch stored, of `sample` users (evenly among
 * all; or RECHECK_ALL). Users whose row is not that of the batch, because it
 * is not there or newer, are unchecked. RC_FAILED: nobody could be checked.
 */
MUST_USE enum rc recheck_features(struct recheck *r, uint64_t sample,
                                  struct err *e);

/*
 * From the input it was made of, or a part of that: all users in it. RC_FAILED
 * as above; else as for a batch.
 */
MUST_USE enum rc recheck_input(struct recheck *r, const struct intake_how *how,
                               struct stop *stop, struct err *e);

/* After either, whatever it returned. */
void recheck_fini(struct recheck *r);
