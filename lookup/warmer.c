/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/warmer.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/table/snapshot.h"
#include "lookup/core/feature_rows.h"
#include "lookup/warmer_pages.h"

#include <inttypes.h>
#include <stdlib.h>

/*
 * One generation at a time is half read; another one that is worth more takes
 * its turn, and what was read is let go. used_bytes counts what is finished,
 * until warmer_forget(): memory of a generation that workers still hold is not
 * free.
 */

#define SLICE_NS      20000000ull
#define SLICE_BUCKETS 512

struct warmer {
    size_t limit_bytes;
    size_t used_bytes; /* by snapshots that are finished and not destroyed */
    /* What is being read; gen is held, and NULL if nothing is. */
    struct generation *gen;
    enum followed_slot slot;
    const char *table;
    struct snapshot *half;
    uint64_t bucket; /* the next to read */
    uint64_t begin_ns;
};

struct warmer *
warmer_create(size_t limit_bytes)
{
    struct warmer *w = calloc(1, sizeof(*w));

    if (w != NULL) {
        w->limit_bytes = limit_bytes;
    }
    return w;
}

static void
let_go(struct warmer *w)
{
    snapshot_destroy(&w->half);
    generation_release(&w->gen);
}

void
warmer_destroy(struct warmer **w)
{
    if (w == NULL || *w == NULL) {
        return;
    }
    let_go(*w);
    free(*w);
    *w = NULL;
}

bool
warmer_busy(const struct warmer *w)
{
    return w->gen != NULL;
}

bool
warmer_settled(const struct warmer *w, const struct generation *g)
{
    return w->limit_bytes == 0 || g->settled;
}

size_t
warmer_free_bytes(const struct warmer *w)
{
    /* A snapshot that fills its limit has a few bytes about it. */
    return w->used_bytes < w->limit_bytes ? w->limit_bytes - w->used_bytes : 0;
}

void
warmer_take(struct warmer *w, size_t bytes)
{
    w->used_bytes += bytes;
}

void
warmer_give(struct warmer *w, size_t bytes)
{
    w->used_bytes -= bytes;
}

bool
warmer_adopt(struct warmer *w, struct generation *g)
{
    size_t bytes = snapshot_bytes(generation_snapshot(g));

    if (bytes > warmer_free_bytes(w)) {
        return false;
    }
    warmer_take(w, bytes);
    g->settled = true;
    return true;
}

void
warmer_forget(struct warmer *w, const struct generation *g)
{
    const struct snapshot *s = generation_snapshot(g);

    if (s != NULL) {
        warmer_give(w, snapshot_bytes(s));
    }
}

/* Turn to the first generation that is not settled, in order of worth. */
static void
choose(struct warmer *w, struct followed *const *table, size_t n)
{
    static const enum followed_slot order[] = {FOLLOWED_LIVE, FOLLOWED_NEXT,
                                               FOLLOWED_PREVIOUS};

    for (size_t i = 0; i < n * FOLLOWED_SLOTS; i++) {
        enum followed_slot slot = order[i / n];
        struct generation *g = table[i % n]->held[slot];

        if (g == NULL || warmer_settled(w, g)) {
            continue;
        }
        if (g != w->gen) {
            let_go(w);
            w->gen = generation_hold(g);
            w->bucket = 0;
            w->begin_ns = clock_mono_ns();
        }
        w->slot = slot;
        w->table = table[i % n]->name;
        return;
    }
    let_go(w);
}

static size_t
record_bytes(const struct generation_info *info)
{
    return info->kind == TABLE_SCORE
               ? record_size(info->encoding, info->outputs)
               : 0;
}

/* Ids have a byte or more: what is too much even so need not be read. */
static enum rc
begin(struct warmer *w)
{
    const struct generation_info *info = &w->gen->info;
    size_t free_bytes = warmer_free_bytes(w);
    size_t least = record_bytes(info) + sizeof(uint16_t) + 1;

    if (w->half != NULL) {
        return RC_OK;
    }
    if (info->rows > free_bytes / least) {
        return RC_FULL;
    }
    w->half = snapshot_create(info->buckets, info->rows, record_bytes(info),
                              free_bytes);
    return w->half == NULL ? RC_FULL : RC_OK;
}

static enum rc
on_record(void *arg, uint64_t bucket, struct str user, struct str record)
{
    struct warmer *w = arg;

    return snapshot_add(w->half, bucket, user, record);
}

static enum rc
read_slice(struct warmer *w, struct watch *watch, struct err *e)
{
    uint64_t end_ns = clock_mono_ns() + SLICE_NS;
    uint64_t buckets = w->gen->info.buckets;
    enum rc rc = begin(w);

    while (rc == RC_OK && w->bucket < buckets && clock_mono_ns() < end_ns) {
        uint64_t end = w->bucket + SLICE_BUCKETS;

        end = end > buckets ? buckets : end;
        rc = watch_read_records(watch, w->table, w->gen->number, w->bucket, end,
                                on_record, w, e);
        w->bucket = end;
    }
    return rc;
}

static void
give_up(struct warmer *w, const char *why)
{
    log_warn("table %s: no snapshot of generation %" PRIu64 ": %s", w->table,
             w->gen->number, why);
    w->gen->settled = true;
    let_go(w);
}

static void
finish(struct warmer *w)
{
    struct snapshot *s = w->half;

    if (snapshot_users(s) != w->gen->info.rows) {
        give_up(w, "records are missing in redis");
        return;
    }
    snapshot_seal(s);
    w->half = NULL;
    warmer_take(w, snapshot_bytes(s));
    atomic_store_explicit(&w->gen->snapshot, s, memory_order_release);
    w->gen->settled = true;
    log_info("table %s: snapshot of generation %" PRIu64 " read in %" PRIu64
             " ms: %" PRIu64 " users, %zu bytes",
             w->table, w->gen->number,
             (clock_mono_ns() - w->begin_ns) / 1000000, snapshot_users(s),
             snapshot_bytes(s));
    let_go(w);
}

/* Let the feature rows of one table go. */
static bool
release_rows(struct warmer *w, struct followed *const *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct followed_rows *r = &table[i]->rows;

        if (r->rows != NULL) {
            warmer_give(w, feature_rows_bytes(r->rows));
            feature_rows_release(&r->rows);
            r->settled = true;
            return true;
        }
    }
    return false;
}

/* Let one previous generation's snapshot go, with the generation. */
static bool
release_previous(struct followed *const *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct generation **g = &table[i]->held[FOLLOWED_PREVIOUS];

        if (*g != NULL && generation_snapshot(*g) != NULL) {
            generation_release(g);
            return true;
        }
    }
    return false;
}

enum rc
warmer_turn(struct warmer *w, struct watch *watch,
            struct followed *const *table, size_t n, bool *changed,
            struct err *e)
{
    choose(w, table, n);
    if (w->gen == NULL) {
        warmer_pages_enlarge(table, n, clock_mono_ns() + SLICE_NS);
        return RC_OK;
    }
    enum rc rc = read_slice(w, watch, e);

    if (rc == RC_UNAVAIL) {
        let_go(w);
        return rc;
    }
    if (rc == RC_OK && w->bucket == w->gen->info.buckets) {
        finish(w);
    } else if ((rc == RC_FULL || rc == RC_NOMEM) &&
               w->slot != FOLLOWED_PREVIOUS &&
               (release_rows(w, table, n) || release_previous(table, n))) {
        let_go(w);
    } else if (rc == RC_FULL || rc == RC_NOMEM) {
        give_up(w, "it does not fit into --snapshot-memory");
    } else if (rc != RC_OK) {
        give_up(w, "redis holds records that are not its own");
    }
    *changed = *changed || w->gen == NULL;
    return RC_OK;
}
