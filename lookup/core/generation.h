/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * generation - one batch of a table as a server holds it: what it says of
 * itself, its model, ready to score, and the answer for a user of whom
 * nothing is known. Immutable but for the count of its holders; any number of
 * threads may use it.
 */
#include "common/base/clock.h"
#include "common/base/rc.h"
#include "common/model/scorer.h"
#include "common/table/manifest.h"
#include "common/table/schema.h"

#include <stdatomic.h>
#include <stdint.h>

struct queue;

struct generation {
    uint64_t number;
    struct generation_info info;
    struct schema *schema;
    struct model *model;
    struct scorer *scorer;
    float *fallback;                  /* prediction for an all-missing row */
    char as_of[CLOCK_ISO_MAX];        /* info.as_of_us as text */
    _Atomic uint64_t feature_buckets; /* 0: no feature rows are stored */
    _Atomic uint32_t holders;
    struct queue *graveyard; /* where the last holder sends it */
};

/*
 * Make a generation of what was read. *info and *model_bytes (malloc'ed) are
 * taken over in any case. RC_INVAL, RC_REFUSED: the bytes are not those whose
 * sha it names, or do not fit its schema. Blocks: loads and tries the model.
 * The caller holds it; the last generation_release pushes it to graveyard, for
 * generation_destroy by the loader.
 */
MUST_USE enum rc generation_create(struct generation **out, uint64_t number,
                                   struct generation_info *info,
                                   char *model_bytes, size_t len,
                                   struct queue *graveyard, struct err *e);

void generation_destroy(struct generation **g);

static inline struct generation *
generation_hold(struct generation *g)
{
    atomic_fetch_add_explicit(&g->holders, 1, memory_order_relaxed);
    return g;
}

/* Nulls *g; NULL is fine. Any thread; never blocks. */
void generation_release(struct generation **g);
