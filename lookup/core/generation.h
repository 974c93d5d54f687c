/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * generation - one batch of a table as a server holds it: what it says of
 * itself, its model, ready to score, and the answer for a user of whom
 * nothing is known. Immutable but for the count of its holders, and for what
 * comes later and stays: its snapshot, its feature rows. Any number of threads
 * may use it.
 */
#include "common/base/clock.h"
#include "common/base/rc.h"
#include "common/model/catalogue.h"
#include "common/model/ranker.h"
#include "common/model/scorer.h"
#include "common/table/manifest.h"
#include "common/table/schema.h"

#include <stdatomic.h>
#include <stdint.h>

struct queue;
struct sealed;
struct snapshot;

/* What is predicted: floats for a score, items for a ranking. */
struct prediction {
    float *y;                 /* n outputs, or NULL */
    struct record_item *item; /* n items, best first, or NULL */
    size_t n;
};

/* Both names, a number's digits, a time. */
#define GENERATION_STAMP_MAX  (64 + CLOCK_ISO_MAX)
#define GENERATION_STORED_MAX (64 + GENERATION_STAMP_MAX)

struct generation {
    uint64_t number;
    struct generation_info info;
    struct schema *schema;
    struct model *model;
    struct scorer *scorer;
    struct catalogue *catalogue;      /* of a ranking, else NULL */
    struct ranker *ranker;            /* of a catalogue with features */
    struct prediction fallback;       /* for an all-missing row */
    char as_of[CLOCK_ISO_MAX];        /* info.as_of_us as text */
    char stamp[GENERATION_STAMP_MAX]; /* "generation":3,"as_of":"..." */
    size_t stamp_len;
    char stored[GENERATION_STORED_MAX]; /* of a stored answer: its source, the
                                           stamp, the prediction's name */
    size_t stored_len;
    _Atomic uint64_t feature_buckets;    /* 0: no feature rows are stored */
    _Atomic(struct snapshot *) snapshot; /* set once, by the loader */
    struct sealed *sealed; /* the file its snapshot lies in, or NULL */
    bool settled;   /* the loader's: the snapshot is there, or will not come */
    bool paged;     /* the loader's: and it lies on large pages */
    bool storeless; /* a model file: there is nothing stored to be asked for */
    _Atomic uint32_t holders;
    struct queue *graveyard; /* where the last holder sends it */
};

/*
 * Make a generation of what was read. *info and *model_bytes (malloc'ed) are
 * taken over in any case, as is the catalogue (NULL for scores). RC_INVAL,
 * RC_REFUSED: the bytes are not those whose sha it names, or do not fit its
 * schema. Blocks: loads and tries the model. The caller holds it; the last
 * generation_release pushes it to graveyard, for generation_destroy by the
 * loader.
 */
MUST_USE enum rc generation_create(struct generation **out, uint64_t number,
                                   struct generation_info *info,
                                   char *model_bytes, size_t len,
                                   struct catalogue *catalogue,
                                   struct queue *graveyard, struct err *e);

/* Candidates were ranked as given, and cannot be scored live. */
static inline bool
generation_is_live(const struct generation *g)
{
    return g->info.kind == TABLE_SCORE || g->ranker != NULL;
}

/* All its records, or NULL: they are in the store only. */
static inline const struct snapshot *
generation_snapshot(const struct generation *g)
{
    return atomic_load_explicit(&g->snapshot, memory_order_acquire);
}

/* Let its snapshot go; only before anybody else has the generation. */
void generation_drop_snapshot(struct generation *g);

/* Floats or items of a prediction at most. */
static inline size_t
generation_room(const struct generation *g)
{
    return g->info.kind == TABLE_SCORE ? g->scorer->noutput : g->info.top;
}

/*
 * Predict for nrow rows of schema_size floats. out has generation_room() floats
 * or items for each row; out->n is set to how many of one row were written,
 * those of the next behind them. RC_INVAL: rejected by the model. Blocks.
 */
MUST_USE enum rc generation_score(const struct generation *g, const float *x,
                                  size_t nrow, struct prediction *out);

/* A stored record, as one row. RC_INVAL: it is not of its length. */
MUST_USE enum rc generation_decode(const struct generation *g,
                                   struct str record, struct prediction *out);

/* Estimated cost of one row alone. */
uint64_t generation_score_ns(const struct generation *g);

/*
 * What the graveyard gave, and nothing else: nobody holds it. Frees and nulls;
 * NULL is fine. May take a while: megabytes are given back.
 */
void generation_destroy(struct generation **g);

static inline struct generation *
generation_hold(struct generation *g)
{
    atomic_fetch_add_explicit(&g->holders, 1, memory_order_relaxed);
    return g;
}

/* Nulls *g; NULL is fine. Any thread; never blocks. */
void generation_release(struct generation **g);
