/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/ranker.h"

#include "common/base/clock.h"
#include "common/model/top.h"

#include <stdlib.h>

/*
 * Every pair is a row: the items' part stands ready in `rows`, and a user's
 * values are put into a block of them at a time.
 *
 *   rows     n x nfeature   items' columns filled, users' left
 *   scratch  BLOCK x nfeature rows, BLOCK scores
 */
#define BLOCK 256

struct ranker {
    const struct scorer *scorer;
    const struct catalogue *catalogue;
    size_t nuser;     /* features of a user */
    uint32_t *column; /* of the row, for each of them */
    float *rows;
    uint64_t user_ns;
};

static enum rc
check_model(const struct model *m, const struct scorer *s, struct err *e)
{
    if (model_info(m)->nname == 0) {
        return err_set(e, RC_REFUSED,
                       "the model has no feature names, which a ranking needs "
                       "to tell users' from items'; save it with names");
    }
    if (s->noutput != 1) {
        return err_set(e, RC_REFUSED,
                       "the model has %zu outputs, a ranking needs one",
                       s->noutput);
    }
    return RC_OK;
}

/* Where each feature of a row comes from. */
static enum rc
map_columns(struct ranker *r, const struct model *m, const struct schema *users,
            struct err *e)
{
    size_t nfeature = r->scorer->nfeature;
    uint32_t n = catalogue_size(r->catalogue), item = 0;
    uint32_t nitem = catalogue_features(r->catalogue);

    for (size_t j = 0; j < nfeature; j++) {
        struct str name = model_feature_name(m, j);
        ptrdiff_t user = schema_find(users, name);

        if (user >= 0) {
            r->column[user] = (uint32_t)j;
        } else if (item == nitem) {
            return err_set(e, RC_REFUSED,
                           "feature '%.*s' is neither the users' nor the "
                           "items'",
                           STR_ARG(name));
        } else {
            const float *from = catalogue_column(r->catalogue, item++);

            for (uint32_t i = 0; i < n; i++) {
                r->rows[i * nfeature + j] = from[i];
            }
        }
    }
    if (item != nitem || nfeature - item != r->nuser) {
        return err_set(e, RC_REFUSED,
                       "users have %zu features and items %u, but the model "
                       "has %zu",
                       r->nuser, nitem, nfeature);
    }
    return RC_OK;
}

static void
measure(struct ranker *r, void *scratch)
{
    struct record_item item[1];
    float *user = calloc(r->nuser + 1, sizeof(*user));
    size_t n;

    for (int i = 0; i < 3 && user != NULL && scratch != NULL; i++) {
        uint64_t begin_ns = clock_mono_ns();

        if (ranker_top(r, user, 1, scratch, item, &n) != RC_OK) {
            break;
        }
        uint64_t took_ns = clock_mono_ns() - begin_ns;

        r->user_ns = i == 0 || took_ns < r->user_ns ? took_ns : r->user_ns;
    }
    free(user);
}

enum rc
ranker_create(struct ranker **out, const struct model *model,
              const struct scorer *scorer, const struct schema *users,
              const struct catalogue *catalogue, size_t memory_bytes,
              struct err *e)
{
    struct ranker *r = calloc(1, sizeof(*r));
    enum rc rc;

    (void)memory_bytes;
    if (r == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    r->scorer = scorer;
    r->catalogue = catalogue;
    r->nuser = schema_size(users);
    r->column = calloc(r->nuser, sizeof(*r->column));
    r->rows = calloc((size_t)catalogue_size(catalogue) * scorer->nfeature,
                     sizeof(*r->rows));
    rc = r->column == NULL || r->rows == NULL
             ? err_set(e, RC_NOMEM, "out of memory")
             : check_model(model, scorer, e);
    if (rc == RC_OK) {
        rc = map_columns(r, model, users, e);
    }
    if (rc != RC_OK) {
        ranker_destroy(&r);
        return rc;
    }
    void *scratch = aligned_alloc(64, ranker_scratch_bytes(r));

    measure(r, scratch);
    free(scratch);
    *out = r;
    return RC_OK;
}

void
ranker_destroy(struct ranker **r)
{
    if (r == NULL || *r == NULL) {
        return;
    }
    free((*r)->column);
    free((*r)->rows);
    free(*r);
    *r = NULL;
}

size_t
ranker_scratch_bytes(const struct ranker *r)
{
    size_t bytes = BLOCK * (r->scorer->nfeature + 1) * sizeof(float);

    return (bytes + 63) / 64 * 64;
}

enum rc
ranker_top(const struct ranker *r, const float *user, size_t k, void *scratch,
           struct record_item *item, size_t *n)
{
    size_t nfeature = r->scorer->nfeature;
    uint32_t total = catalogue_size(r->catalogue);
    float *x = scratch, *y = x + BLOCK * nfeature;
    struct top top = {item, k, 0};
    enum rc rc = RC_OK;

    for (uint32_t first = 0; first < total && rc == RC_OK; first += BLOCK) {
        size_t rows = total - first < BLOCK ? total - first : BLOCK;

        memcpy(x, r->rows + first * nfeature, rows * nfeature * sizeof(*x));
        for (size_t i = 0; i < rows; i++) {
            for (size_t j = 0; j < r->nuser; j++) {
                x[i * nfeature + r->column[j]] = user[j];
            }
        }
        rc = scorer_score(r->scorer, x, rows, y);
        if (rc == RC_OK) {
            top_offer(&top, first, y, rows);
        }
    }
    *n = top.n;
    return rc;
}

const char *
ranker_name(const struct ranker *r)
{
    (void)r;
    return "rows";
}

uint64_t
ranker_user_ns(const struct ranker *r)
{
    return r->user_ns;
}
