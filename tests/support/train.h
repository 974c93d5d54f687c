/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * train - small models of any shape, made on the spot by libxgboost. The
 * same parameters give the same model.
 */
#include "common/base/check.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xgboost/c_api.h>

struct train {
    const char *objective;
    const char *booster; /* NULL: gbtree */
    const char *extra;   /* "key=value key=value", may be NULL */
    int rounds;
    int depth;
    int nfeature;
    int nrow;
    int nclass;              /* 0: not a classifier of several */
    float step;              /* features are multiples of it; 0: any float */
    const char *const *name; /* of the features; NULL: they have none */
};

static inline uint64_t
train_draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* About normal, rounded to t->step, one in ten missing. */
static inline float
train_cell(const struct train *t, uint64_t *rng)
{
    float sum = 0;

    for (int i = 0; i < 4; i++) {
        sum += (float)train_draw(rng) / 2147483648.0f - 0.5f;
    }
    if (train_draw(rng) % 10 == 0) {
        return NAN;
    }
    return t->step > 0 ? t->step * rintf(sum / t->step) : sum;
}

static inline float
train_label(const struct train *t, const float *row, uint64_t *rng)
{
    float y = 0;

    for (int i = 0; i < t->nfeature; i++) {
        float v = isnan(row[i]) ? 0.3f : row[i];

        y += (i % 3 == 0 ? 1.0f : -0.7f) * v * (i % 2 == 0 ? v : 1.0f);
    }
    y += (float)train_draw(rng) / 4294967296.0f;
    if (t->nclass > 0) {
        return (float)((int)fabsf(y * 4) % t->nclass);
    }
    return y > 0.5f ? 1.0f : 0.25f; /* legal for every objective */
}

/* nrow x nfeature floats of the model's kind; free() them. */
static inline float *
train_rows(const struct train *t, size_t nrow, uint64_t seed)
{
    float *x = malloc(nrow * (size_t)t->nfeature * sizeof(*x));

    CHECK(x != NULL);
    for (size_t i = 0; i < nrow * (size_t)t->nfeature; i++) {
        x[i] = train_cell(t, &seed);
    }
    return x;
}

static inline DMatrixHandle
train_matrix(const struct train *t)
{
    size_t nrow = (size_t)t->nrow;
    float *x = train_rows(t, nrow, 7);
    float *y = malloc(nrow * sizeof(*y));
    unsigned group = (unsigned)t->nrow;
    uint64_t rng = 11;
    DMatrixHandle d;

    CHECK(y != NULL);
    for (size_t r = 0; r < nrow; r++) {
        y[r] = train_label(t, x + r * (size_t)t->nfeature, &rng);
    }
    CHECK(XGDMatrixCreateFromMat(x, nrow, (bst_ulong)t->nfeature, NAN, &d) ==
          0);
    CHECK(XGDMatrixSetFloatInfo(d, "label", y, nrow) == 0);
    CHECK(XGDMatrixSetUIntInfo(d, "group", &group, 1) == 0);
    CHECK(XGDMatrixSetFloatInfo(d, "label_lower_bound", y, nrow) == 0);
    CHECK(XGDMatrixSetFloatInfo(d, "label_upper_bound", y, nrow) == 0);
    free(x);
    free(y);
    return d;
}

static inline void
train_number(BoosterHandle b, const char *key, int value)
{
    char text[16];

    snprintf(text, sizeof(text), "%d", value);
    CHECK(XGBoosterSetParam(b, key, text) == 0);
}

static inline void
train_configure(BoosterHandle b, const struct train *t)
{
    const char *p = t->extra;
    char key[64];
    char value[64];
    int used;

    CHECK(XGBoosterSetParam(b, "objective", t->objective) == 0);
    CHECK(XGBoosterSetParam(b, "booster",
                            t->booster == NULL ? "gbtree" : t->booster) == 0);
    CHECK(XGBoosterSetParam(b, "tree_method", "hist") == 0);
    train_number(b, "nthread", 1);
    train_number(b, "max_depth", t->depth);
    if (t->nclass > 0) {
        train_number(b, "num_class", t->nclass);
    }
    while (p != NULL && sscanf(p, " %63[^=]=%63s%n", key, value, &used) == 2) {
        CHECK(XGBoosterSetParam(b, key, value) == 0);
        p += used;
    }
}

/* The model as UBJSON; free() it. */
static inline char *
train_model(const struct train *t, size_t *len)
{
    DMatrixHandle d = train_matrix(t);
    BoosterHandle b;
    const char *bytes;
    bst_ulong n;
    char *copy;

    CHECK(XGBSetGlobalConfig("{\"verbosity\": 0}") == 0);
    CHECK(XGBoosterCreate(&d, 1, &b) == 0);
    train_configure(b, t);
    for (int i = 0; i < t->rounds; i++) {
        CHECK(XGBoosterUpdateOneIter(b, i, d) == 0);
    }
    if (t->name != NULL) {
        CHECK(XGBoosterSetStrFeatureInfo(b, "feature_name",
                                         (const char **)t->name,
                                         (bst_ulong)t->nfeature) == 0);
    }
    CHECK(XGBoosterSaveModelToBuffer(b, "{\"format\": \"ubj\"}", &n, &bytes) ==
          0);
    copy = malloc(n);
    CHECK(copy != NULL);
    memcpy(copy, bytes, n);
    *len = n;
    CHECK(XGBoosterFree(b) == 0 && XGDMatrixFree(d) == 0);
    return copy;
}
