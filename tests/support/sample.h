/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sample - a generation of a tiny model, as a loader would build it, and the
 * list of tables that says it is live.
 */
#include "common/base/hash.h"
#include "common/base/queue.h"
#include "lookup/core/generation.h"
#include "lookup/core/tables.h"
#include "tests/support/train.h"

#define SAMPLE_FEATURES 3
#define SAMPLE_SCHEMA   "[\"age\",\"hour\",\"spent\"]"
#define SAMPLE_UID      "00000000000000a1"
#define SAMPLE_AS_OF_US 1795312800000000ull /* 2026-11-22T02:00:00Z */

struct sample {
    char *model;
    size_t len;
    size_t noutput;
    struct queue *graveyard;
};

/* noutput 1: a probability; more: a probability per class. */
static inline void
sample_init(struct sample *s, size_t noutput)
{
    const struct train t = {
        .objective = noutput == 1 ? "binary:logistic" : "multi:softprob",
        .rounds = 2,
        .depth = 2,
        .nfeature = SAMPLE_FEATURES,
        .nrow = 64,
        .nclass = noutput == 1 ? 0 : (int)noutput,
    };

    s->model = train_model(&t, &s->len);
    s->noutput = noutput;
    s->graveyard = queue_create(64);
    CHECK(s->graveyard != NULL);
}

static inline char *
sample_copy(const struct sample *s)
{
    char *copy = malloc(s->len);

    CHECK(copy != NULL);
    memcpy(copy, s->model, s->len);
    return copy;
}

/* What generation `number` says of itself; the caller owns it. */
static inline struct generation_info
sample_info(const struct sample *s)
{
    struct generation_info info = {
        .format = MANIFEST_FORMAT,
        .uid = SAMPLE_UID,
        .ready = true,
        .rows = 40,
        .buckets = 1,
        .outputs = s->noutput,
        .objective = "binary:logistic",
        .iterations = "0:2",
        .schema = strdup(SAMPLE_SCHEMA),
        .as_of_us = SAMPLE_AS_OF_US,
        .created_us = SAMPLE_AS_OF_US,
    };
    struct schema *schema;

    CHECK(schema_from_json(&schema, str_of(info.schema), NULL) == RC_OK);
    memcpy(info.schema_id, schema_id(schema), sizeof(info.schema_id));
    schema_destroy(&schema);
    hash_sha256((struct str){s->model, s->len}, info.model_sha256);
    return info;
}

static inline struct generation *
sample_generation(const struct sample *s, uint64_t number)
{
    struct generation_info info = sample_info(s);
    struct generation *g = NULL;
    struct err e = {""};

    snprintf(info.uid, sizeof(info.uid), "%016x", 0xa0 + (unsigned)number);
    if (generation_create(&g, number, &info, sample_copy(s), s->len, NULL,
                          s->graveyard, &e) != RC_OK) {
        fprintf(stderr, "%s\n", e.text);
    }
    CHECK(g != NULL);
    return g;
}

/* One table, `name`, whose live generation (may be NULL) is handed over. */
static inline struct tables *
sample_tables(const char *name, uint64_t seq, struct generation *live)
{
    struct tables *t = tables_create(1);

    CHECK(t != NULL);
    t->store_ok = true;
    snprintf(t->view[0].name, sizeof(t->view[0].name), "%s", name);
    t->view[0].id = 1;
    t->view[0].seq = seq;
    t->view[0].live = live;
    return t;
}

/* Bury what was let go; how many that were. */
static inline size_t
sample_bury(struct sample *s)
{
    struct generation *g;
    size_t n = 0;

    while ((g = queue_try_pop(s->graveyard)) != NULL) {
        generation_destroy(&g);
        n++;
    }
    return n;
}

static inline void
sample_fini(struct sample *s)
{
    sample_bury(s);
    queue_destroy(&s->graveyard);
    free(s->model);
}
