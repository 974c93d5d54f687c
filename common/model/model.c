/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/model.h"

#include "common/base/check.h"
#include "common/model/model_facts.h"
#include "common/model/model_open.h"

#include <stdlib.h>
#include <xgboost/c_api.h>

struct model {
    BoosterHandle booster;
    struct model_facts facts;
    char *bytes;
    size_t len;
    char *saved_by;
    char *repaired;
};

/*
 * Configured as if it were to be trained, the booster takes nthread over
 * before it loads: trees are loaded on so many threads, too, and OpenMP's
 * would hang in a child forked later.
 */
static enum rc
load_booster(struct model *m, struct err *e)
{
    bst_ulong unused;

    if (XGBSetGlobalConfig("{\"verbosity\": 0}") != 0 ||
        XGBoosterCreate(NULL, 0, &m->booster) != 0 ||
        XGBoosterSetParam(m->booster, "nthread", "1") != 0 ||
        XGBoosterSetParam(m->booster, "num_feature", "1") != 0 ||
        XGBoosterGetNumFeature(m->booster, &unused) != 0) {
        return model_xgb_failed(e, "prepare for");
    }
    if (XGBoosterLoadModelFromBuffer(m->booster, m->bytes, m->len) != 0) {
        return model_xgb_failed(e, "load");
    }
    return RC_OK;
}

/* What the file says of itself, beside what libxgboost makes of it. */
static enum rc
copy_file_facts(struct model *m, const struct unwrapped *u, struct err *e)
{
    m->bytes = str_dup(u->bytes);
    m->len = u->bytes.len;
    m->saved_by = str_dup(str_of(u->repair.saved_by));
    m->repaired = str_dup(str_of(u->repair.what));
    if (m->bytes == NULL || m->saved_by == NULL || m->repaired == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    m->facts.info.format = u->format;
    m->facts.info.saved_by = m->saved_by;
    m->facts.info.repaired = m->repaired[0] == '\0' ? NULL : m->repaired;
    return RC_OK;
}

enum rc
model_open(struct model **out, const struct unwrapped *u, struct err *e)
{
    struct model *m = calloc(1, sizeof(*m));
    enum rc rc;

    if (m == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    rc = copy_file_facts(m, u, e);
    if (rc != RC_OK) {
        goto fail;
    }
    rc = load_booster(m, e);
    if (rc != RC_OK) {
        goto fail;
    }
    rc = model_facts_read(&m->facts, m->booster, &u->pickle, e);
    if (rc != RC_OK) {
        goto fail;
    }
    *out = m;
    return RC_OK;

fail:
    model_destroy(&m);
    return rc;
}

void
model_destroy(struct model **m)
{
    struct model *old = *m;

    *m = NULL;
    if (old == NULL) {
        return;
    }
    if (old->booster != NULL) {
        CHECK(XGBoosterFree(old->booster) == 0);
    }
    model_facts_fini(&old->facts);
    free(old->saved_by);
    free(old->repaired);
    free(old->bytes);
    free(old);
}

const struct model_info *
model_info(const struct model *m)
{
    return &m->facts.info;
}

struct str
model_feature_name(const struct model *m, size_t i)
{
    CHECK(i < m->facts.info.nname);
    return str_of(m->facts.name[i]);
}

struct str
model_bytes(const struct model *m)
{
    return (struct str){m->bytes, m->len};
}

static enum rc
save(const struct model *m, const char *config, char **out, size_t *len,
     struct err *e)
{
    const char *bytes;
    bst_ulong n;

    if (XGBoosterSaveModelToBuffer(m->booster, config, &n, &bytes) != 0) {
        (void)model_xgb_failed(e, "write");
        return RC_FAILED;
    }
    *out = str_dup((struct str){bytes, n});
    *len = n;
    return *out == NULL ? err_set(e, RC_NOMEM, "out of memory") : RC_OK;
}

enum rc
model_json(const struct model *m, char **json, size_t *len, struct err *e)
{
    return save(m, "{\"format\": \"json\"}", json, len, e);
}

enum rc
model_ubj(const struct model *m, char **ubj, size_t *len, struct err *e)
{
    return save(m, "{\"format\": \"ubj\"}", ubj, len, e);
}

void *
model_handle(const struct model *m)
{
    return m->booster;
}
