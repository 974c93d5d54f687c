/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/model.h"

#include "common/model/categories.h"
#include "common/model/model_open.h"
#include "common/model/sandbox.h"
#include "common/model/scorer_xgb.h"
#include "common/model/structure.h"
#include "common/model/unwrap.h"

#include <math.h>
#include <stdlib.h>

#define FILE_MAX ((size_t)2 << 30)

/*
 * What libxgboost may take to load a file and to predict with it: it makes
 * up to 32 bytes of every byte of JSON.
 */
#define TRIAL_MEMORY    ((size_t)128 << 20)
#define TRIAL_FACTOR    40
#define TRIAL_CPU_S     10
#define TRIAL_BYTES_A_S ((size_t)1 << 20)
#define TRIAL_ROWS      10

/* Rows of missing values, zeros and numbers of all sizes. */
static void
fill_rows(float *x, size_t nrow, size_t ncol)
{
    for (size_t row = 0; row < nrow; row++) {
        for (size_t i = 0; i < ncol; i++) {
            size_t kind = row < 2 ? row : (i * 7 + row) % 5;
            float size = ldexpf(1.0f, (int)((i + 3 * row) % 40) - 20);

            x[row * ncol + i] = kind == 0   ? NAN
                                : kind == 1 ? 0.0f
                                : kind == 2 ? -size
                                            : size;
        }
    }
}

static enum rc
try_scoring(const struct model *m, struct err *e)
{
    const struct model_info *info = model_info(m);
    struct scorer *s;
    float *x;
    float *y;
    enum rc rc = scorer_xgb_create(&s, m, 0, info->rounds, SCORER_VALUE, e);

    if (rc != RC_OK) {
        return rc;
    }
    x = calloc(TRIAL_ROWS * info->nfeature + 1, sizeof(*x));
    y = calloc(TRIAL_ROWS * s->noutput, sizeof(*y));
    if (x == NULL || y == NULL) {
        rc = err_set(e, RC_REFUSED,
                     "%zu features are more than there is memory for",
                     info->nfeature);
    } else if (s->noutput != info->noutput) {
        rc = err_set(e, RC_REFUSED,
                     "the model says it has %zu outputs, libxgboost gives "
                     "%zu: it is damaged",
                     info->noutput, s->noutput);
    } else {
        fill_rows(x, TRIAL_ROWS, info->nfeature);
        rc = scorer_score(s, x, TRIAL_ROWS, y);
        rc = rc == RC_OK ? rc
                         : err_set(e, RC_REFUSED,
                                   "libxgboost cannot predict with this "
                                   "model: it is damaged");
    }
    free(x);
    free(y);
    scorer_destroy(&s);
    return rc;
}

/* In the child: all that libxgboost will be asked to do with the model. */
static enum rc
try_model(void *arg, struct err *e)
{
    const struct unwrapped *u = arg;
    struct model *m;
    char *json = NULL;
    size_t len;
    enum rc rc = model_open(&m, u, e);

    if (rc != RC_OK) {
        return rc;
    }
    rc = model_json(m, &json, &len, e);
    rc = rc == RC_FAILED ? RC_REFUSED : rc;
    if (rc == RC_OK) {
        rc = structure_check((struct str){json, len}, e);
    }
    if (rc == RC_OK) {
        rc = try_scoring(m, e);
    }
    free(json);
    model_destroy(&m);
    return rc;
}

static enum rc
try_in_child(struct unwrapped *u, struct err *e)
{
    struct sandbox_limit limit = {
        .memory_bytes = TRIAL_MEMORY + TRIAL_FACTOR * u->bytes.len,
        .cpu_s = TRIAL_CPU_S + (unsigned)(u->bytes.len / TRIAL_BYTES_A_S),
    };

    enum rc rc = sandbox_run(try_model, u, limit, e);

    if (rc == RC_NOMEM) {
        return err_set(e, RC_REFUSED,
                       "this model of %zu bytes asks for more than %zu MiB of "
                       "memory: it is damaged; copy or save it again",
                       u->bytes.len, limit.memory_bytes >> 20);
    }
    return rc;
}

static enum rc
try_untrusted(struct unwrapped *u, struct err *e)
{
    bool ubjson = strcmp(u->format, "ubjson") == 0;
    enum rc rc = RC_OK;

    if (ubjson || strcmp(u->format, "json") == 0) {
        rc = categories_check(u->bytes, ubjson, e);
    }
    return rc == RC_OK ? try_in_child(u, e) : rc;
}

enum rc
model_load(struct model **out, struct str bytes, bool untrusted, struct err *e)
{
    struct unwrapped u;
    enum rc rc;

    if (bytes.len > FILE_MAX) {
        return err_set(e, RC_REFUSED, "the model is larger than 2 GiB");
    }
    rc = unwrap(bytes, &u, e);
    if (rc == RC_OK && untrusted) {
        rc = try_untrusted(&u, e);
    }
    if (rc == RC_OK) {
        rc = model_open(out, &u, e);
    }
    unwrap_fini(&u);
    return rc;
}
