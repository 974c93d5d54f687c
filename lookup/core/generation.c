/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/generation.h"

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/base/queue.h"
#include "common/table/sealed.h"
#include "common/table/snapshot.h"
#include "lookup/core/dialect.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Made in order, each step of what the one before it gave: the bytes are those
 * whose sha256 the generation names -> schema -> model -> which iterations ->
 * scorer -> do they fit each other -> ranker -> the answer for an all-missing
 * row. All but the snapshot is fixed from then on, and shared without a lock.
 *
 * The last holder may be a worker, which must not wait: it sends the dead to
 * the graveyard, and the loader buries them.
 */

/* What items may share in memory, per generation. */
#define RANKING_MEMORY (256u * 1024 * 1024)

static enum rc
check_bytes(const struct generation *g, struct str bytes, struct err *e)
{
    char sha[SHA256_HEX];

    hash_sha256(bytes, sha);
    if (strcmp(sha, g->info.model_sha256) != 0) {
        return err_set(e, RC_INVAL,
                       "the stored model's bytes are not those of "
                       "generation %" PRIu64 " (sha256 %.12s..., not %.12s...)",
                       g->number, sha, g->info.model_sha256);
    }
    return RC_OK;
}

static enum rc
check_shape(const struct generation *g, struct err *e)
{
    if (strcmp(schema_id(g->schema), g->info.schema_id) != 0) {
        return err_set(e, RC_INVAL, "the schema's names do not give its id");
    }
    if (g->info.kind == TABLE_SCORE &&
        g->scorer->nfeature != schema_size(g->schema)) {
        return err_set(e, RC_INVAL,
                       "the model has %zu features, the schema %zu",
                       g->scorer->nfeature, schema_size(g->schema));
    }
    if (g->info.kind == TABLE_SCORE && g->scorer->noutput != g->info.outputs) {
        return err_set(e, RC_INVAL,
                       "the model has %zu outputs, the records %" PRIu64,
                       g->scorer->noutput, g->info.outputs);
    }
    return RC_OK;
}

/* The answer for an all-missing row, computed once. */
static enum rc
score_fallback(struct generation *g, struct err *e)
{
    size_t n = schema_size(g->schema), room = generation_room(g);
    float *x = malloc(n * sizeof(*x));
    bool ranks = g->ranker != NULL;
    enum rc rc = RC_NOMEM;

    if (ranks) {
        g->fallback.item = calloc(room, sizeof(*g->fallback.item));
    } else {
        g->fallback.y = calloc(room, sizeof(*g->fallback.y));
    }
    if (x != NULL &&
        (ranks ? g->fallback.item != NULL : g->fallback.y != NULL)) {
        for (size_t i = 0; i < n; i++) {
            x[i] = NAN;
        }
        rc = generation_score(g, x, 1, &g->fallback);
    }
    free(x);
    return rc == RC_OK ? RC_OK
                       : err_set(e, rc, "an all-missing row is not scored");
}

/* Candidates have ids only: nothing to rank another user's items by. */
static enum rc
build_ranker(struct generation *g, struct err *e)
{
    if (g->info.kind != TABLE_RANKING) {
        return RC_OK;
    }
    if (g->catalogue == NULL) {
        return err_set(e, RC_INVAL, "the ranking's catalogue is gone");
    }
    if (catalogue_features(g->catalogue) == 0) {
        return RC_OK;
    }
    return ranker_create(&g->ranker, g->model, g->scorer, g->schema,
                         g->catalogue, RANKING_MEMORY, e);
}

static enum rc
build(struct generation *g, struct str bytes, struct err *e)
{
    uint32_t begin, end;
    char text[32];
    enum rc rc = generation_info_check(&g->info, e);

    if (rc == RC_OK && !g->info.ready) {
        rc = err_set(e, RC_INVAL, "generation %" PRIu64 " is not ready",
                     g->number);
    }
    if (rc == RC_OK) {
        rc = check_bytes(g, bytes, e);
    }
    if (rc == RC_OK) {
        rc = schema_from_json(&g->schema, str_of(g->info.schema), e);
    }
    if (rc == RC_OK) {
        rc = model_load(&g->model, bytes, false, e);
    }
    if (rc == RC_OK) {
        rc = model_iterations(g->model, g->info.iterations, &begin, &end, text,
                              e);
    }
    if (rc == RC_OK) {
        rc = scorer_create(&g->scorer, g->model, begin, end, SCORER_VALUE, e);
    }
    if (rc == RC_OK) {
        rc = check_shape(g, e);
    }
    if (rc == RC_OK) {
        rc = build_ranker(g, e);
    }
    return rc == RC_OK && generation_is_live(g) ? score_fallback(g, e) : rc;
}

/* What its answers have in common. */
static void
write_constants(struct generation *g)
{
    static const char *const source[] = OUTCOME_NAMES;

    clock_format_iso(g->info.as_of_us, g->as_of);
    g->stamp_len = (size_t)snprintf(
        g->stamp, sizeof(g->stamp),
        "\"generation\":%" PRIu64 ",\"as_of\":\"%s\"", g->number, g->as_of);
    g->stored_len = (size_t)snprintf(
        g->stored, sizeof(g->stored),
        ",\"source\":\"%s\",%s,\"%s\":", source[OUTCOME_PRECOMPUTED], g->stamp,
        g->info.kind == TABLE_RANKING ? "items" : "prediction");
}

enum rc
generation_create(struct generation **out, uint64_t number,
                  struct generation_info *info, char *model_bytes, size_t len,
                  struct catalogue *catalogue, struct queue *graveyard,
                  struct err *e)
{
    struct generation *g = calloc(1, sizeof(*g));
    enum rc rc;

    if (g == NULL) {
        generation_info_fini(info);
        catalogue_destroy(&catalogue);
        free(model_bytes);
        return err_set(e, RC_NOMEM, "out of memory");
    }
    g->number = number;
    g->info = *info;
    g->catalogue = catalogue;
    g->graveyard = graveyard;
    atomic_init(&g->holders, 1);
    write_constants(g);
    rc = build(g, (struct str){model_bytes, len}, e);
    free(model_bytes);
    if (rc != RC_OK) {
        generation_destroy(&g);
        return rc;
    }
    *out = g;
    return RC_OK;
}

void
generation_drop_snapshot(struct generation *g)
{
    struct snapshot *snapshot = atomic_exchange(&g->snapshot, NULL);

    snapshot_destroy(&snapshot);
    sealed_close(&g->sealed);
}

void
generation_destroy(struct generation **g)
{
    if (g == NULL || *g == NULL) {
        return;
    }
    generation_drop_snapshot(*g);
    ranker_destroy(&(*g)->ranker);
    catalogue_destroy(&(*g)->catalogue);
    scorer_destroy(&(*g)->scorer);
    model_destroy(&(*g)->model);
    schema_destroy(&(*g)->schema);
    generation_info_fini(&(*g)->info);
    free((*g)->fallback.y);
    free((*g)->fallback.item);
    free(*g);
    *g = NULL;
}

enum rc
generation_decode(const struct generation *g, struct str record,
                  struct prediction *out)
{
    const struct generation_info *info = &g->info;

    if (info->kind == TABLE_SCORE) {
        out->n = info->outputs;
        return record_get_f32(record, out->y, out->n);
    }
    return record_get_items(info->encoding, record, out->item, info->top,
                            catalogue_size(g->catalogue), &out->n);
}

enum rc
generation_score(const struct generation *g, const float *x, size_t nrow,
                 struct prediction *out)
{
    if (g->ranker != NULL) {
        out->n = ranker_kept(g->ranker, g->info.top);
        return ranker_top(g->ranker, x, nrow, g->info.top, out->item);
    }
    out->n = g->scorer->noutput;
    return scorer_score(g->scorer, x, nrow, out->y);
}

uint64_t
generation_score_ns(const struct generation *g)
{
    return g->ranker != NULL ? ranker_user_ns(g->ranker)
                             : scorer_row_ns(g->scorer);
}

void
generation_release(struct generation **g)
{
    struct generation *dead = *g;

    *g = NULL;
    if (dead != NULL && atomic_fetch_sub_explicit(&dead->holders, 1,
                                                  memory_order_acq_rel) == 1) {
        CHECK(queue_try_push(dead->graveyard, dead) == RC_OK);
    }
}
