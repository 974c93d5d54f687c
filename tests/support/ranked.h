/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ranked - a generation that ranks a few items by their price for users of an
 * hour and an age, as a loader would build it.
 */
#include "common/base/hash.h"
#include "common/base/queue.h"
#include "lookup/core/generation.h"
#include "tests/support/train.h"

#define RANKED_ITEMS  5
#define RANKED_USER   2 /* floats: hour, age */
#define RANKED_TOP    3
#define RANKED_SCHEMA "[\"hour\",\"age\"]"

/* The model's features, in its order, which is not the schema's. */
#define RANKED_FEATURES 3

struct ranked {
    char *model;
    size_t len;
    struct queue *graveyard;
};

static inline void
ranked_init(struct ranked *r)
{
    static const char *const name[RANKED_FEATURES] = {"age", "price", "hour"};
    const struct train t = {
        .objective = "binary:logistic",
        .rounds = 12,
        .depth = 4,
        .nfeature = RANKED_FEATURES,
        .nrow = 500,
        .name = name,
    };

    r->model = train_model(&t, &r->len);
    r->graveyard = queue_create(8);
    CHECK(r->graveyard != NULL);
}

static inline void
ranked_fini(struct ranked *r)
{
    queue_destroy(&r->graveyard);
    free(r->model);
}

/* Items "i0", "i1"... with f columns of prices; the caller owns it. */
static inline struct catalogue *
ranked_catalogue(uint32_t f)
{
    static const struct str id[RANKED_ITEMS] = {STR("i0"), STR("i1"), STR("i2"),
                                                STR("i3"), STR("i4")};
    struct catalogue *c;
    float *value;

    CHECK(catalogue_create(&c, id, RANKED_ITEMS, f, &value, NULL) == RC_OK);
    for (uint32_t i = 0; i < f * RANKED_ITEMS; i++) {
        value[i] = 0.4f * (float)i - 0.8f;
    }
    return c;
}

/* What it says of itself; the caller owns it. */
static inline struct generation_info
ranked_info(const struct ranked *r)
{
    struct generation_info info = {
        .format = MANIFEST_FORMAT,
        .uid = "00000000000000b1",
        .ready = true,
        .kind = TABLE_RANKING,
        .rows = 40,
        .buckets = 1,
        .encoding = RECORD_TOPK_U16,
        .top = RANKED_TOP,
        .objective = "binary:logistic",
        .iterations = "all",
        .schema = strdup(RANKED_SCHEMA),
        .as_of_us = 1,
    };
    struct schema *schema;

    CHECK(schema_from_json(&schema, str_of(info.schema), NULL) == RC_OK);
    memcpy(info.schema_id, schema_id(schema), sizeof(info.schema_id));
    schema_destroy(&schema);
    hash_sha256((struct str){r->model, r->len}, info.model_sha256);
    return info;
}

/* The catalogue, which may be NULL, is taken over. */
MUST_USE static inline enum rc
ranked_create(const struct ranked *r, struct catalogue *c,
              struct generation **out, struct err *e)
{
    struct generation_info info = ranked_info(r);
    char *copy = malloc(r->len);

    CHECK(copy != NULL);
    memcpy(copy, r->model, r->len);
    return generation_create(out, 1, &info, copy, r->len, c, r->graveyard, e);
}
