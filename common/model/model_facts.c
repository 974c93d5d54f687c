/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/model_facts.h"

#include "common/base/number.h"
#include <stdlib.h>

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

enum rc
model_xgb_failed(struct err *e, const char *doing)
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
read_config(struct model_facts *f, BoosterHandle b, struct err *e)
{
    const char *text;
    bst_ulong len;
    enum rc rc;

    if (XGBoosterSaveJsonConfig(b, &len, &text) != 0) {
        return model_xgb_failed(e, "configure");
    }
    rc = model_config_read(&f->config, (struct str){text, len}, e);
    if (rc == RC_OK) {
        f->info.objective = f->config.objective;
        f->info.booster = f->config.booster;
        f->info.parallel_trees = f->config.parallel_trees;
        f->info.noutput = f->config.noutput;
        f->info.nclass = f->config.nclass;
    }
    return rc;
}

/* A number among the attributes, else what the pickle around it said. */
static int64_t
read_attribute(BoosterHandle b, const char *key, int64_t other)
{
    const char *text;
    int success;
    uint64_t n;

    if (XGBoosterGetAttr(b, key, &text, &success) != 0 || success == 0 ||
        !number_parse_u64(str_of(text), &n) || n > INT32_MAX) {
        return other;
    }
    return (int64_t)n;
}

static enum rc
read_names(struct model_facts *f, BoosterHandle b, struct err *e)
{
    const char **name;
    bst_ulong n;

    if (XGBoosterGetStrFeatureInfo(b, "feature_name", &n, &name) != 0) {
        return model_xgb_failed(e, "read the feature names of");
    }
    if (n == 0) {
        return RC_OK;
    }
    if (n != f->info.nfeature) {
        return err_set(e, RC_REFUSED,
                       "the model has %zu features but %zu feature names",
                       f->info.nfeature, (size_t)n);
    }
    f->name = calloc(n, sizeof(*f->name));
    if (f->name == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        f->name[i] = str_dup(str_of(name[i]));
        if (f->name[i] == NULL) {
            return err_set(e, RC_NOMEM, "out of memory");
        }
        f->info.nname = i + 1;
    }
    return RC_OK;
}

/*
 * Before 1.4 a file has no names of features, but the pickle around it may;
 * where it has none itself, the booster takes those over.
 */
static enum rc
adopt_names(const struct model_facts *f, BoosterHandle b,
            const struct pickle_booster *p, struct err *e)
{
    const char **name;
    const char *next = p->names.p;
    bst_ulong n;
    int failed;

    if (XGBoosterGetStrFeatureInfo(b, "feature_name", &n, &name) != 0) {
        return model_xgb_failed(e, "read the feature names of");
    }
    if (n > 0 || p->nname == 0 || p->nname != f->info.nfeature) {
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
    failed = XGBoosterSetStrFeatureInfo(b, "feature_name", name, p->nname);
    free(name);
    return failed ? model_xgb_failed(e, "name the features of") : RC_OK;
}

enum rc
model_facts_read(struct model_facts *f, BoosterHandle b,
                 const struct pickle_booster *p, struct err *e)
{
    bst_ulong nfeature;
    int rounds;
    enum rc rc;

    if (XGBoosterGetNumFeature(b, &nfeature) != 0 ||
        XGBoosterBoostedRounds(b, &rounds) != 0) {
        return model_xgb_failed(e, "configure");
    }
    f->info.nfeature = nfeature;
    f->info.rounds = rounds < 0 ? 0 : (uint32_t)rounds;
    rc = read_config(f, b, e);
    if (rc != RC_OK) {
        return rc;
    }
    f->info.best_iteration =
        read_attribute(b, "best_iteration", p->best_iteration);
    f->info.best_ntree_limit =
        read_attribute(b, "best_ntree_limit", p->best_ntree_limit);
    rc = adopt_names(f, b, p, e);
    return rc == RC_OK ? read_names(f, b, e) : rc;
}

void
model_facts_fini(struct model_facts *f)
{
    for (size_t i = 0; i < f->info.nname; i++) {
        free(f->name[i]);
    }
    free(f->name);
    model_config_fini(&f->config);
}
