/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A model's row has the features of users and of items mixed as it was
 * trained; a table knows the users' by name. What is not theirs are the
 * items', in order:
 *
 *   model   age  price  income  stock
 *   users   0           1              column       {0, 2}
 *   items        0              1      item_column  {1, 3}
 *
 * A user alone is ranked a few times at creation: servers estimate by that
 * what a ranking will take.
 */
#include "common/model/ranker.h"

#include "common/base/clock.h"
#include "common/model/ranking.h"

#include <stdlib.h>

#define MEASURED 3 /* rankings of which the fastest counts */

struct ranker {
    struct ranking *ranking;
    size_t nfeature;       /* of the model */
    size_t nuser;          /* features of a user */
    size_t nitem;          /* items */
    uint32_t *column;      /* of the model, for each feature of a user */
    uint32_t *item_column; /* ... of an item */
    uint64_t user_ns;
};

/* The items as rows; NULL when out of memory. */
static float *
rows_of(const struct catalogue *c)
{
    size_t n = catalogue_size(c), f = catalogue_features(c);
    float *x = calloc(n * f + 1, sizeof(*x));

    for (size_t j = 0; x != NULL && j < f; j++) {
        const float *from = catalogue_column(c, (uint32_t)j);

        for (size_t i = 0; i < n; i++) {
            x[i * f + j] = from[i];
        }
    }
    return x;
}

/* A model's feature is the users' by its name, else the items' next one. */
static enum rc
map_columns(struct ranker *r, const struct model *m, const struct schema *users,
            uint32_t nitem_column, struct err *e)
{
    uint32_t item = 0, user = 0;

    for (size_t j = 0; j < r->nfeature; j++) {
        struct str name = model_feature_name(m, j);
        ptrdiff_t i = schema_find(users, name);

        if (i >= 0) {
            r->column[i] = (uint32_t)j;
            user++;
        } else if (item == nitem_column) {
            return err_set(e, RC_REFUSED,
                           "feature '%.*s' is neither the users' nor the "
                           "items'",
                           STR_ARG(name));
        } else {
            r->item_column[item++] = (uint32_t)j;
        }
    }
    if (item != nitem_column || user != r->nuser) {
        return err_set(e, RC_REFUSED,
                       "users have %zu features and items %u, the model %zu",
                       r->nuser, nitem_column, r->nfeature);
    }
    return RC_OK;
}

static enum rc
measure(struct ranker *r)
{
    struct record_item item;
    float *user = calloc(r->nuser + 1, sizeof(*user));
    enum rc rc = user == NULL ? RC_NOMEM : RC_OK;

    r->user_ns = UINT64_MAX;
    for (int i = 0; i < MEASURED && rc == RC_OK; i++) {
        uint64_t begin_ns = clock_mono_ns();

        rc = ranker_top(r, user, 1, 1, &item);

        uint64_t took_ns = clock_mono_ns() - begin_ns;

        r->user_ns = took_ns < r->user_ns ? took_ns : r->user_ns;
    }
    free(user);
    return rc;
}

static enum rc
build(struct ranker *r, const struct model *model, const struct scorer *scorer,
      const struct schema *users, const struct catalogue *c, size_t limit_bytes,
      struct err *e)
{
    float *x = rows_of(c);
    enum rc rc;

    if (x == NULL || r->column == NULL || r->item_column == NULL) {
        rc = err_set(e, RC_NOMEM, "out of memory");
    } else {
        rc = map_columns(r, model, users, catalogue_features(c), e);
    }
    if (rc == RC_OK) {
        struct ranking_catalogue rows = {x, catalogue_size(c), r->item_column,
                                         catalogue_features(c)};

        rc = ranking_create(&r->ranking, scorer, &rows, ranking_isa_best(),
                            limit_bytes, e);
    }
    free(x);
    return rc;
}

enum rc
ranker_create(struct ranker **out, const struct model *model,
              const struct scorer *scorer, const struct schema *users,
              const struct catalogue *catalogue, size_t limit_bytes,
              struct err *e)
{
    struct ranker *r;
    enum rc rc;

    if (model_info(model)->nname == 0) {
        return err_set(e, RC_REFUSED,
                       "the model has no feature names, which tell users' "
                       "features from items'; save it with names");
    }
    r = calloc(1, sizeof(*r));
    if (r == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    r->nfeature = model_info(model)->nfeature;
    r->nuser = schema_size(users);
    r->nitem = catalogue_size(catalogue);
    r->column = calloc(r->nuser, sizeof(*r->column));
    r->item_column =
        calloc(catalogue_features(catalogue) + 1, sizeof(*r->item_column));
    rc = build(r, model, scorer, users, catalogue, limit_bytes, e);
    if (rc == RC_OK && measure(r) != RC_OK) {
        rc = err_set(e, RC_FAILED, "an all-zero user cannot be ranked");
    }
    if (rc != RC_OK) {
        ranker_destroy(&r);
        return rc;
    }
    *out = r;
    return RC_OK;
}

void
ranker_destroy(struct ranker **r)
{
    if (r == NULL || *r == NULL) {
        return;
    }
    ranking_destroy(&(*r)->ranking);
    free((*r)->column);
    free((*r)->item_column);
    free(*r);
    *r = NULL;
}

size_t
ranker_kept(const struct ranker *r, size_t k)
{
    return k < r->nitem ? k : r->nitem;
}

/* A user's features at their columns of a model's row. */
static void
put_row(const struct ranker *r, const float *user, float *row)
{
    for (size_t i = 0; i < r->nuser; i++) {
        row[r->column[i]] = user[i];
    }
}

enum rc
ranker_top(const struct ranker *r, const float *user, size_t nuser, size_t k,
           struct record_item *item)
{
    float *row = calloc(nuser * r->nfeature + 1, sizeof(*row));
    enum rc rc;

    if (row == NULL) {
        return RC_NOMEM;
    }
    for (size_t u = 0; u < nuser; u++) {
        put_row(r, user + u * r->nuser, row + u * r->nfeature);
    }
    rc = ranking_top(r->ranking, row, nuser, ranker_kept(r, k), item);
    free(row);
    return rc;
}

void
ranker_row(const struct ranker *r, const struct catalogue *c, const float *user,
           uint32_t item, float *row)
{
    for (uint32_t j = 0; j < catalogue_features(c); j++) {
        row[r->item_column[j]] = catalogue_column(c, j)[item];
    }
    put_row(r, user, row);
}

const char *
ranker_name(const struct ranker *r)
{
    return ranking_is_shared(r->ranking) ? "forest, items share their work"
                                         : "item by item";
}

uint64_t
ranker_user_ns(const struct ranker *r)
{
    return r->user_ns;
}
