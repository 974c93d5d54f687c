/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/card.h"

#include "common/base/clock.h"
#include "common/model/forest.h"
#include "common/model/scorer_forest.h"
#include "common/model/scorer_xgb.h"
#include "common/model/ubj.h"

#include <stdio.h>
#include <stdlib.h>

#define BULK_ROWS 2048
#define RUNS      5

/* Types lie beside the names, when the file has any. */
static enum rc
find_types(struct card *c, size_t len, struct err *e)
{
    size_t nfeature = model_info(c->model)->nfeature, n;
    struct ubj learner, list, at;

    if (!ubj_member(ubj_of((struct str){c->ubj, len}), "learner", &learner) ||
        !ubj_member(learner, "feature_types", &list) ||
        !ubj_list(list, &at, &n) || n == 0 || n != nfeature) {
        return RC_OK;
    }
    c->type = calloc(n, sizeof(*c->type));
    if (c->type == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        if (!ubj_string(at, &c->type[i]) || (i + 1 < n && !ubj_next(&at))) {
            free(c->type);
            c->type = NULL;
            break;
        }
    }
    return RC_OK;
}

static enum rc
read_booster(struct card *c, struct err *e)
{
    struct forest *f;
    struct err why;
    size_t len;
    enum rc rc = model_ubj(c->model, &c->ubj, &len, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (forest_create(&f, (struct str){c->ubj, len}, 0,
                      model_info(c->model)->rounds, &why) == RC_OK) {
        c->ntree = (int64_t)f->ntree;
        c->depth = forest_depth(f);
        forest_destroy(&f);
    }
    return find_types(c, len, e);
}

/* Rows as good as any to measure with. */
static enum rc
measure(struct card *c, const struct scorer *s, struct err *e)
{
    float *x = calloc(BULK_ROWS, (s->nfeature + 1) * sizeof(*x));
    float *y = calloc(BULK_ROWS, s->noutput * sizeof(*y));
    uint64_t best = UINT64_MAX, draw = 1;
    enum rc rc =
        x == NULL || y == NULL ? err_set(e, RC_NOMEM, "out of memory") : RC_OK;

    for (size_t i = 0; rc == RC_OK && i < BULK_ROWS * s->nfeature; i++) {
        draw = draw * 6364136223846793005u + 1442695040888963407u;
        x[i] = (float)(int64_t)draw / 9.3e18f;
    }
    for (int i = 0; rc == RC_OK && i < RUNS; i++) {
        uint64_t begin = clock_mono_ns(), took;

        rc = scorer_score(s, x, BULK_ROWS, y);
        took = clock_mono_ns() - begin;
        best = took < best ? took : best;
    }
    free(x);
    free(y);
    c->bulk_ns = (double)best / BULK_ROWS;
    return rc;
}

static enum rc
choose_scorer(struct card *c, const char *iterations, struct err *e)
{
    struct scorer *reference = NULL, *forest = NULL;
    uint32_t begin, end;
    struct err why;
    enum rc rc =
        model_iterations(c->model, iterations, &begin, &end, c->iterations, e);

    if (rc == RC_OK) {
        rc = scorer_xgb_create(&reference, c->model, begin, end, SCORER_VALUE,
                               e);
    }
    if (rc == RC_OK) {
        bool same = scorer_forest_create(&forest, c->model, reference, begin,
                                         end, SCORER_VALUE, FOREST_BULK_FASTEST,
                                         &why) == RC_OK;
        const struct scorer *s = same ? forest : reference;

        snprintf(c->check, sizeof(c->check), "%s",
                 same ? "the bits of libxgboost on every sample row"
                      : why.text);
        c->scorer = scorer_name(s);
        c->row_ns = scorer_row_ns(s);
        c->noutput = s->noutput;
        rc = measure(c, s, e);
    }
    scorer_destroy(&forest);
    scorer_destroy(&reference);
    return rc;
}

enum rc
card_init(struct card *c, const struct model *m, const char *iterations,
          struct err *e)
{
    enum rc rc;

    *c = (struct card){.model = m, .ntree = -1, .depth = -1};
    rc = read_booster(c, e);
    return rc == RC_OK ? choose_scorer(c, iterations, e) : rc;
}

void
card_fini(struct card *c)
{
    free(c->type);
    free(c->ubj);
    *c = (struct card){0};
}
