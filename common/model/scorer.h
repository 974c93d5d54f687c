/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scorer - feature rows in, predictions out.
 * Immutable once created; any number of threads may share one.
 */
#include "common/base/rc.h"
#include "common/model/model.h"

#include <stddef.h>
#include <stdint.h>

struct scorer;

enum scorer_predict {
    SCORER_VALUE,  /* what the objective predicts */
    SCORER_MARGIN, /* untransformed sums */
    SCORER_LEAF,   /* leaf node ids, one per tree */
};

struct scorer_ops {
    const char *name; /* "xgb", "forest" */
    enum rc (*score)(const struct scorer *s, const float *x, size_t nrow,
                     float *y);
    void (*destroy)(struct scorer *s);
};

/* First member of every scorer's own struct. */
struct scorer {
    const struct scorer_ops *ops;
    size_t nfeature; /* floats of a row */
    size_t noutput;  /* floats of a prediction */
    uint64_t row_ns; /* one row alone, measured at creation */
};

/*
 * The scorer to use for this model and range of rounds: the fastest that
 * proved itself bit-equal to libxgboost, else libxgboost. Blocks for the
 * self-check. The model must outlive the scorer.
 */
MUST_USE enum rc scorer_create(struct scorer **out, const struct model *m,
                               uint32_t begin, uint32_t end,
                               enum scorer_predict predict, struct err *e);

/*
 * Score nrow rows. x: nrow x nfeature floats, row-major, NaN is missing.
 * y: room for nrow x noutput floats, written only on RC_OK.
 * RC_INVAL: a row the model rejects. Blocks for the whole computation.
 */
MUST_USE enum rc scorer_score(const struct scorer *s, const float *x,
                              size_t nrow, float *y);

/* Which scorer it is: "xgb", "forest". */
const char *scorer_name(const struct scorer *s);

/* Estimated cost of one row alone, measured at creation. */
uint64_t scorer_row_ns(const struct scorer *s);

/* Frees and nulls; NULL is fine. */
void scorer_destroy(struct scorer **s);
