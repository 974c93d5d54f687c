/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/row_warmer.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/table/snapshot.h"
#include "lookup/core/feature_rows.h"

#include <inttypes.h>
#include <stdlib.h>

/*
 * feature_rows.h says when rows are current. To that end they are read after
 * the superseded users were, and are let go of by a move of the manifest,
 * another connection or another schema, half read ones too.
 */

#define SLICE_NS      20000000ull
#define SLICE_BUCKETS 512

struct row_warmer {
    struct warmer *warmer;
    /* What is being read; gen is held, and NULL if nothing is. */
    struct generation *gen;
    uint64_t moves, connects; /* when it was begun */
    uint64_t buckets, bucket;
    size_t row_bytes;
    struct snapshot *half;
    uint64_t begin_ns;
};

struct row_warmer *
row_warmer_create(struct warmer *warmer)
{
    struct row_warmer *w = calloc(1, sizeof(*w));

    if (w != NULL) {
        w->warmer = warmer;
    }
    return w;
}

static void
let_go(struct row_warmer *w)
{
    snapshot_destroy(&w->half);
    generation_release(&w->gen);
}

void
row_warmer_destroy(struct row_warmer **w)
{
    if (w == NULL || *w == NULL) {
        return;
    }
    let_go(*w);
    free(*w);
    *w = NULL;
}

bool
row_warmer_busy(const struct row_warmer *w)
{
    return w->gen != NULL;
}

static bool
is_current(const struct followed *f, const struct watch *watch)
{
    const struct generation *g = f->held[FOLLOWED_LIVE];
    const struct followed_rows *r = &f->rows;

    return g != NULL && r->moves == f->moves &&
           r->connects == watch_connects(watch) &&
           strcmp(r->schema_id, schema_id(g->schema)) == 0;
}

bool
row_warmer_void(struct row_warmer *w, struct watch *watch,
                struct followed *const *table, size_t n)
{
    bool some = false;

    for (size_t i = 0; i < n; i++) {
        struct followed_rows *r = &table[i]->rows;

        if (is_current(table[i], watch)) {
            continue;
        }
        r->settled = false;
        if (r->rows != NULL) {
            warmer_give(w->warmer, feature_rows_bytes(r->rows));
            feature_rows_release(&r->rows);
            some = true;
        }
    }
    return some;
}

/* Records come first, and news of who is superseded. */
static bool
wants_rows(const struct row_warmer *w, const struct followed *f)
{
    const struct generation *g = f->held[FOLLOWED_LIVE];

    return g != NULL && f->read && f->rows.rows == NULL && !f->rows.settled &&
           generation_is_live(g) && atomic_load(&g->feature_buckets) > 0 &&
           warmer_settled(w->warmer, g);
}

/* The table whose turn it is, begun if it is another than before; or NULL. */
static struct followed *
choose(struct row_warmer *w, struct watch *watch, struct followed *const *table,
       size_t n)
{
    struct followed *f = NULL;

    for (size_t i = 0; i < n && f == NULL; i++) {
        f = wants_rows(w, table[i]) ? table[i] : NULL;
    }
    if (f == NULL || f->held[FOLLOWED_LIVE] != w->gen || w->moves != f->moves ||
        w->connects != watch_connects(watch)) {
        let_go(w);
    }
    if (f != NULL && w->gen == NULL) {
        w->gen = generation_hold(f->held[FOLLOWED_LIVE]);
        w->moves = f->moves;
        w->connects = watch_connects(watch);
        w->buckets = atomic_load(&w->gen->feature_buckets);
        w->bucket = 0;
        w->row_bytes = sizeof(uint64_t) +
                       record_size(RECORD_F32, schema_size(w->gen->schema));
        w->begin_ns = clock_mono_ns();
    }
    return f;
}

/* A row of another length is Redis' to explain. */
static enum rc
on_row(void *arg, uint64_t bucket, struct str user, struct str row)
{
    struct row_warmer *w = arg;

    return row.len == w->row_bytes ? snapshot_add(w->half, bucket, user, row)
                                   : RC_OK;
}

static enum rc
read_slice(struct row_warmer *w, struct watch *watch, const char *table,
           struct err *e)
{
    uint64_t end_ns = clock_mono_ns() + SLICE_NS;
    enum rc rc = RC_OK;

    if (w->half == NULL) {
        w->half = snapshot_create(w->buckets, 0, w->row_bytes,
                                  warmer_free_bytes(w->warmer));
        rc = w->half == NULL ? RC_FULL : RC_OK;
    }
    while (rc == RC_OK && w->bucket < w->buckets && clock_mono_ns() < end_ns) {
        uint64_t end = w->bucket + SLICE_BUCKETS;

        end = end > w->buckets ? w->buckets : end;
        rc = watch_read_rows(watch, table, schema_id(w->gen->schema), w->bucket,
                             end, on_row, w, e);
        w->bucket = end;
    }
    return rc;
}

/* What was taken while it was read may leave less room than there was. */
static enum rc
finish(struct row_warmer *w, struct followed *f)
{
    struct followed_rows *r = &f->rows;
    struct snapshot *s = w->half;

    snapshot_seal(s);
    if (snapshot_bytes(s) > warmer_free_bytes(w->warmer)) {
        return RC_FULL;
    }
    w->half = NULL;
    r->rows = feature_rows_create(s);
    if (r->rows == NULL) {
        return RC_NOMEM;
    }
    warmer_take(w->warmer, feature_rows_bytes(r->rows));
    log_info(
        "table %s: %" PRIu64 " feature rows read in %" PRIu64 " ms, %zu bytes",
        f->name, feature_rows_users(r->rows),
        (clock_mono_ns() - w->begin_ns) / 1000000, feature_rows_bytes(r->rows));
    return RC_OK;
}

enum rc
row_warmer_turn(struct row_warmer *w, struct watch *watch,
                struct followed *const *table, size_t n, bool *changed,
                struct err *e)
{
    struct followed *f = choose(w, watch, table, n);

    if (f == NULL) {
        return RC_OK;
    }
    enum rc rc = read_slice(w, watch, f->name, e);

    if (rc == RC_UNAVAIL) {
        let_go(w);
        return rc;
    }
    if (rc == RC_OK && w->bucket < w->buckets) {
        return RC_OK;
    }
    if (rc == RC_OK && watch_connects(watch) == w->connects) {
        rc = finish(w, f);
        *changed = true;
    }
    f->rows.settled = rc != RC_OK;
    f->rows.moves = w->moves;
    f->rows.connects = w->connects;
    memcpy(f->rows.schema_id, schema_id(w->gen->schema), SCHEMA_ID_SIZE);
    if (rc != RC_OK) {
        log_warn("table %s: feature rows stay in Redis: %s", f->name,
                 rc == RC_INVAL ? "they are not in their buckets"
                                : "they do not fit into --snapshot-memory");
    }
    let_go(w);
    return RC_OK;
}
