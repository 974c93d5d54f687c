/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * recheck - a generation's records made once more and compared, bit by bit,
 * with those that are stored: from the feature rows the batch stored, or from
 * the input it was made of. For one thread; blocks until it is done.
 */
#include "batchgen/compare.h"
#include "batchgen/intake.h"
#include "batchgen/rescore.h"
#include "batchgen/stop.h"
#include "batchgen/table.h"

#define RECHECK_ALL UINT64_MAX

struct recheck;

struct recheck_result {
    uint64_t checked;      /* users whose record was made again */
    uint64_t unchecked;    /* users that could not be, of those asked for */
    uint64_t rejected;     /* rows of an input */
    struct compared found; /* was: as stored; added: they should be stored */
};

/*
 * Of a whole generation and what it was scored with; all of them must outlive
 * the recheck. info->rows: becomes as records_load leaves it. rescore->schema
 * is taken by recheck_input. NULL: out of memory.
 */
struct recheck *recheck_create(const struct table *t, uint64_t gen,
                               struct generation_info *info,
                               struct rescore *rescore);

/* Frees and nulls; NULL is fine. */
void recheck_destroy(struct recheck **r);

/*
 * Once, either of these.
 *
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

/* Users in it are views of r. */
const struct recheck_result *recheck_result(const struct recheck *r);
