/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libxgboost 1.7.4 may predict on many threads at once with one booster, as
 * long as nothing is left to configure: its result buffers and caches belong
 * to the thread. So one prediction at creation takes the configuration out of
 * the way, and there is no lock.
 *
 * Two doors lead in. gbtree takes the rows where they lie. gblinear and leaves
 * have no such door and need a DMatrix; dart has one, but it takes the base
 * score off again from every tree and rounds differently from the DMatrix
 * prediction everybody else calls the answer.
 */
#include "common/model/scorer_xgb.h"

#include "common/base/check.h"
#include "common/base/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <xgboost/c_api.h>

/* libxgboost's numbers for what is to be predicted. */
#define VALUE_TYPE         0
#define MARGIN_TYPE        1
#define CONTRIBUTIONS_TYPE 2
#define LEAF_TYPE          6

struct scorer_xgb {
    struct scorer scorer; /* first: ops see this */
    BoosterHandle booster;
    bool inplace;
    size_t skip; /* leading floats of libxgboost's row that are not ours */
    char config[160];
};

static enum rc
predict_inplace(const struct scorer_xgb *s, const float *x, size_t nrow,
                const bst_ulong **shape, bst_ulong *ndim, const float **y)
{
    char array[160];

    snprintf(array, sizeof(array),
             "{\"data\": [%zu, true], \"shape\": [%zu, %zu],"
             " \"typestr\": \"<f4\", \"version\": 3}",
             (size_t)x, nrow, s->scorer.nfeature);
    return XGBoosterPredictFromDense(s->booster, array, s->config, NULL, shape,
                                     ndim, y) == 0
               ? RC_OK
               : RC_INVAL;
}

static enum rc
predict_dmatrix(const struct scorer_xgb *s, const float *x, size_t nrow,
                const bst_ulong **shape, bst_ulong *ndim, const float **y)
{
    DMatrixHandle matrix;
    int failed;

    if (XGDMatrixCreateFromMat_omp(x, nrow, s->scorer.nfeature, NAN, &matrix,
                                   1) != 0) {
        return RC_INVAL;
    }
    failed = XGBoosterPredictFromDMatrix(s->booster, matrix, s->config, shape,
                                         ndim, y);
    CHECK(XGDMatrixFree(matrix) == 0);
    return failed ? RC_INVAL : RC_OK;
}

/* One call into libxgboost; *width is how many floats a row of *y has. */
static enum rc
predict_rows(const struct scorer_xgb *s, const float *x, size_t nrow,
             size_t *width, const float **y)
{
    const bst_ulong *shape;
    bst_ulong ndim;
    enum rc rc = s->inplace ? predict_inplace(s, x, nrow, &shape, &ndim, y)
                            : predict_dmatrix(s, x, nrow, &shape, &ndim, y);

    if (rc != RC_OK) {
        return rc;
    }
    *width = 1;
    for (bst_ulong i = 1; i < ndim; i++) {
        *width *= shape[i];
    }
    return RC_OK;
}

static enum rc
score(const struct scorer *base, const float *x, size_t nrow, float *y)
{
    const struct scorer_xgb *s = (const struct scorer_xgb *)base;
    const float *from;
    size_t width;
    enum rc rc;

    if (nrow == 0) {
        return RC_OK;
    }
    rc = predict_rows(s, x, nrow, &width, &from);
    if (rc != RC_OK) {
        return rc;
    }
    CHECK(width == s->skip + base->noutput);
    for (size_t i = 0; i < nrow; i++) {
        memcpy(y + i * base->noutput, from + i * width + s->skip,
               base->noutput * sizeof(*y));
    }
    return RC_OK;
}

static void
destroy(struct scorer *s)
{
    free(s);
}

static const struct scorer_ops ops = {
    .name = "xgb",
    .score = score,
    .destroy = destroy,
};

/*
 * libxgboost gives leaves from round 0 on only; those before begin are left
 * out here. Rounds all have the same number of trees.
 */
static void
set_width(struct scorer_xgb *s, size_t width, uint32_t begin, uint32_t end,
          enum scorer_predict predict)
{
    if (predict == SCORER_LEAF && end > 0) {
        s->skip = width / end * begin;
    }
    s->scorer.noutput = width - s->skip;
}

/* The first prediction configures the booster and shows the shape. */
static enum rc
warm_up(struct scorer_xgb *s, uint32_t begin, uint32_t end,
        enum scorer_predict predict, float *row, struct err *e)
{
    const float *y;
    size_t width;

    for (size_t i = 0; i < s->scorer.nfeature; i++) {
        row[i] = NAN;
    }
    if (predict_rows(s, row, 1, &width, &y) != RC_OK) {
        struct str said = model_xgb_said();

        return err_set(e, RC_REFUSED,
                       "libxgboost cannot predict with this model: %.*s",
                       STR_ARG(said));
    }
    set_width(s, width, begin, end, predict);
    return RC_OK;
}

/* The least of a few runs: what a row costs when nothing else interferes. */
static uint64_t
measure_row(const struct scorer_xgb *s, const float *row)
{
    uint64_t best = UINT64_MAX;
    const float *y;
    size_t width;

    for (int i = 0; i < 5; i++) {
        uint64_t start = clock_mono_ns();
        uint64_t took;

        CHECK(predict_rows(s, row, 1, &width, &y) == RC_OK);
        took = clock_mono_ns() - start;
        best = took < best ? took : best;
    }
    return best;
}

/* gblinear has no rounds to choose from. */
static void
configure(struct scorer_xgb *s, const struct model *m, uint32_t begin,
          uint32_t end, int type)
{
    const struct model_info *info = model_info(m);
    bool linear = strcmp(info->booster, "gblinear") == 0;

    s->scorer.ops = &ops;
    s->scorer.nfeature = info->nfeature;
    s->booster = model_handle(m);
    s->inplace = strcmp(info->booster, "gbtree") == 0 &&
                 (type == VALUE_TYPE || type == MARGIN_TYPE);
    snprintf(s->config, sizeof(s->config),
             "{\"type\": %d, \"training\": false, \"iteration_begin\": %u,"
             " \"iteration_end\": %u, \"strict_shape\": true,"
             " \"missing\": NaN, \"cache_id\": 0}",
             type, type == LEAF_TYPE || linear ? 0 : begin, linear ? 0 : end);
}

enum rc
scorer_xgb_create(struct scorer **out, const struct model *m, uint32_t begin,
                  uint32_t end, enum scorer_predict predict, struct err *e)
{
    static const int types[] = {
        [SCORER_VALUE] = VALUE_TYPE,
        [SCORER_MARGIN] = MARGIN_TYPE,
        [SCORER_LEAF] = LEAF_TYPE,
    };
    struct scorer_xgb *s = calloc(1, sizeof(*s));
    float *row = calloc(model_info(m)->nfeature + 1, sizeof(*row));
    enum rc rc;

    if (s == NULL || row == NULL) {
        rc = err_set(e, RC_NOMEM, "out of memory");
        goto out;
    }
    configure(s, m, begin, end, types[predict]);
    rc = warm_up(s, begin, end, predict, row, e);
    if (rc != RC_OK) {
        goto out;
    }
    s->scorer.row_ns = measure_row(s, row);
    *out = &s->scorer;
    s = NULL;
out:
    free(row);
    free(s);
    return rc;
}

enum rc
scorer_xgb_contributions(const struct model *m, uint32_t begin, uint32_t end,
                         const float *x, float **out, size_t *noutput,
                         struct err *e)
{
    struct scorer_xgb s;
    const float *from;
    size_t width;

    configure(&s, m, begin, end, CONTRIBUTIONS_TYPE);
    if (predict_rows(&s, x, 1, &width, &from) != RC_OK) {
        struct str said = model_xgb_said();

        return err_set(e, RC_REFUSED, "libxgboost says: %.*s", STR_ARG(said));
    }
    *out = malloc(width * sizeof(**out));
    if (*out == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    memcpy(*out, from, width * sizeof(**out));
    *noutput = width / (s.scorer.nfeature + 1);
    return RC_OK;
}
