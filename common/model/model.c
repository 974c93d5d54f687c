/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/model.h"

#include "common/base/check.h"
#include "common/base/number.h"
#include "common/model/model_config.h"
#include "common/model/model_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <xgboost/c_api.h>

struct model {
    BoosterHandle booster;
    struct model_info info;
    char *bytes;
    size_t len;
    struct model_config config;
    char *saved_by;
    char *repaired;
    char **name; /* info.nname of them */
};

struct str
model_xgb_said(void)
{
    struct str said = str_of(XGBGetLastError());
    struct str line = str_cut(&said, '\n');
    const char *colon = memmem(line.p, line.len, ": ", 2);

    /* "[12:00:00] ./src/file.cc:12: what happened" */
    if (line.len > 0 && line.p[0] == '[' && colon != NULL) {
        line = (struct str){colon + 2, line.len - (size_t)(colon + 2 - line.p)};
    }
    return str_trim(line);
}

static enum rc
xgb_failed(struct err *e, const char *doing)
{
    struct str said = model_xgb_said();

    if (str_eq(said, STR("std::bad_alloc"))) {
        return err_set(e, RC_NOMEM, "out of memory for this model");
    }
    return err_set(e, RC_REFUSED, "libxgboost cannot %s this model: %.*s",
                   doing, STR_ARG(said));
}

/* What the booster is, from the configuration libxgboost gives back. */
static enum rc
read_config(struct model *m, struct err *e)
{
    const char *text;
    bst_ulong len;
    enum rc rc;

    if (XGBoosterSaveJsonConfig(m->booster, &len, &text) != 0) {
        return xgb_failed(e, "configure");
    }
    rc = model_config_read(&m->config, (struct str){text, len}, e);
    if (rc == RC_OK) {
        m->info.objective = m->config.objective;
        m->info.booster = m->config.booster;
        m->info.parallel_trees = m->config.parallel_trees;
        m->info.noutput = m->config.noutput;
        m->info.nclass = m->config.nclass;
    }
    return rc;
}

/* A number among the attributes, else what the pickle around it said. */
static int64_t
read_attribute(const struct model *m, const char *key, int64_t other)
{
    const char *text;
    int success;
    uint64_t n;

    if (XGBoosterGetAttr(m->booster, key, &text, &success) != 0 ||
        success == 0 || !number_parse_u64(str_of(text), &n) || n > INT32_MAX) {
        return other;
    }
    return (int64_t)n;
}

static enum rc
read_names(struct model *m, struct err *e)
{
    const char **name;
    bst_ulong n;

    if (XGBoosterGetStrFeatureInfo(m->booster, "feature_name", &n, &name) !=
        0) {
        return xgb_failed(e, "read the feature names of");
    }
    if (n == 0) {
        return RC_OK;
    }
    if (n != m->info.nfeature) {
        return err_set(e, RC_REFUSED,
                       "the model has %zu features but %zu feature names",
                       m->info.nfeature, (size_t)n);
    }
    m->name = calloc(n, sizeof(*m->name));
    if (m->name == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        m->name[i] = str_dup(str_of(name[i]));
        if (m->name[i] == NULL) {
            return err_set(e, RC_NOMEM, "out of memory");
        }
        m->info.nname = i + 1;
    }
    return RC_OK;
}

/*
 * Before 1.4 a file has no names of features, but the pickle around it may;
 * where it has none itself, the booster takes those over.
 */
static enum rc
adopt_names(struct model *m, const struct pickle_booster *p, struct err *e)
{
    const char **name;
    const char *next = p->names.p;
    bst_ulong n;
    int failed;

    if (XGBoosterGetStrFeatureInfo(m->booster, "feature_name", &n, &name) !=
        0) {
        return xgb_failed(e, "read the feature names of");
    }
    if (n > 0 || p->nname == 0 || p->nname != m->info.nfeature) {
        return RC_OK;
    }
    name = calloc(p->nname, sizeof(*name));
    if (name == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < p->nname; i++) {
        name[i] = next;
        next += strlen(next) + 1;
    }
    failed =
        XGBoosterSetStrFeatureInfo(m->booster, "feature_name", name, p->nname);
    free(name);
    return failed ? xgb_failed(e, "name the features of") : RC_OK;
}

static enum rc
read_facts(struct model *m, const struct pickle_booster *p, struct err *e)
{
    bst_ulong nfeature;
    int rounds;
    enum rc rc;

    if (XGBoosterGetNumFeature(m->booster, &nfeature) != 0 ||
        XGBoosterBoostedRounds(m->booster, &rounds) != 0) {
        return xgb_failed(e, "configure");
    }
    m->info.nfeature = nfeature;
    m->info.rounds = rounds < 0 ? 0 : (uint32_t)rounds;
    rc = read_config(m, e);
    if (rc != RC_OK) {
        return rc;
    }
    m->info.best_iteration =
        read_attribute(m, "best_iteration", p->best_iteration);
    m->info.best_ntree_limit =
        read_attribute(m, "best_ntree_limit", p->best_ntree_limit);
    rc = adopt_names(m, p, e);
    return rc == RC_OK ? read_names(m, e) : rc;
}

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
        return xgb_failed(e, "prepare for");
    }
    if (XGBoosterLoadModelFromBuffer(m->booster, m->bytes, m->len) != 0) {
        return xgb_failed(e, "load");
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
    m->info.format = u->format;
    m->info.saved_by = m->saved_by;
    m->info.repaired = m->repaired[0] == '\0' ? NULL : m->repaired;
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
    rc = read_facts(m, &u->pickle, e);
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
    for (size_t i = 0; i < old->info.nname; i++) {
        free(old->name[i]);
    }
    free(old->name);
    model_config_fini(&old->config);
    free(old->saved_by);
    free(old->repaired);
    free(old->bytes);
    free(old);
}

const struct model_info *
model_info(const struct model *m)
{
    return &m->info;
}

struct str
model_feature_name(const struct model *m, size_t i)
{
    CHECK(i < m->info.nname);
    return str_of(m->name[i]);
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
        (void)xgb_failed(e, "write");
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
