/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/model_config.h"

#include "common/base/number.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

static char *
dup_member(const cJSON *in, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(in, key));

    return text == NULL ? NULL : str_dup(str_of(text));
}

/* A number that XGBoost wrote as a JSON string; 0 when it is not there. */
static size_t
count_member(const cJSON *in, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(in, key));
    uint64_t n = 0;

    if (text == NULL || !number_parse_u64(str_of(text), &n)) {
        return 0;
    }
    return (size_t)n;
}

static size_t
count_outputs(const char *objective, const cJSON *param)
{
    size_t nclass = count_member(param, "num_class");
    size_t ntarget = count_member(param, "num_target");
    size_t n = nclass > ntarget ? nclass : ntarget;

    if (strcmp(objective, "multi:softmax") == 0 || n == 0) {
        return 1;
    }
    return n;
}

/* dart keeps its trees in a gbtree inside. */
static size_t
count_parallel(const cJSON *gbm)
{
    const cJSON *inner = cJSON_GetObjectItem(gbm, "gbtree");
    const cJSON *tree = inner == NULL ? gbm : inner;
    size_t n = count_member(cJSON_GetObjectItem(tree, "gbtree_model_param"),
                            "num_parallel_tree");

    return n == 0 ? 1 : n;
}

enum rc
model_config_read(struct model_config *c, struct str json, struct err *e)
{
    cJSON *config = cJSON_ParseWithLength(json.p, json.len);
    const cJSON *learner = cJSON_GetObjectItem(config, "learner");
    const cJSON *gbm = cJSON_GetObjectItem(learner, "gradient_booster");
    const cJSON *param = cJSON_GetObjectItem(learner, "learner_model_param");

    c->objective =
        dup_member(cJSON_GetObjectItem(learner, "objective"), "name");
    c->booster = dup_member(gbm, "name");
    c->parallel_trees = (uint32_t)count_parallel(gbm);
    if (c->objective != NULL) {
        c->noutput = count_outputs(c->objective, param);
        c->nclass = count_member(param, "num_class");
    }
    cJSON_Delete(config);
    if (c->objective == NULL || c->booster == NULL) {
        return err_set(e, RC_REFUSED,
                       "the model names no objective or booster");
    }
    return RC_OK;
}

void
model_config_fini(struct model_config *c)
{
    free(c->objective);
    free(c->booster);
}
