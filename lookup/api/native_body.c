/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_body.h"

#include "lookup/api/json.h"

#include <cjson/cJSON.h>
#include <math.h>

static enum rc __attribute__((format(printf, 3, 0)))
refuse(struct body_fault *fault, enum reply_error error, const char *fmt,
       const char *name)
{
    fault->error = error;
    return err_set(&fault->why, RC_INVAL, fmt, name);
}

bool
native_body_number(const cJSON *value, float *out)
{
    if (cJSON_IsNull(value)) {
        *out = NAN;
        return true;
    }
    *out = (float)value->valuedouble;
    return cJSON_IsNumber(value) && isfinite(*out);
}

static enum rc
read_features(const cJSON *features, struct query *q, struct body_fault *fault)
{
    const cJSON *it;

    if (!cJSON_IsObject(features)) {
        return refuse(fault, REPLY_FIELD, "\"%s\" is not an object",
                      "features");
    }
    cJSON_ArrayForEach(it, features)
    {
        float v;

        if (!native_body_number(it, &v)) {
            return refuse(fault, REPLY_BAD_FEATURE,
                          "feature '%.200s' is not a number", it->string);
        }
        if (query_set_feature(q, str_of(it->string), v) != RC_OK) {
            return refuse(fault, REPLY_UNKNOWN_FEATURE,
                          "the model has no feature '%.200s'", it->string);
        }
    }
    return RC_OK;
}

static enum rc
read_members(const cJSON *root, struct query *q, struct body_fault *fault)
{
    const cJSON *it, *features = NULL;

    if (!cJSON_IsObject(root)) {
        return refuse(fault, REPLY_FIELD, "%s", "the body is not an object");
    }
    cJSON_ArrayForEach(it, root)
    {
        if (strcmp(it->string, "features") == 0) {
            features = it;
        } else if (strcmp(it->string, "partial") != 0) {
            return refuse(fault, REPLY_FIELD, "unknown field '%.200s'",
                          it->string);
        } else if (!cJSON_IsBool(it)) {
            return refuse(fault, REPLY_FIELD, "\"%s\" is not true or false",
                          it->string);
        } else {
            q->partial = cJSON_IsTrue(it);
        }
    }
    if (features == NULL) {
        return refuse(fault, REPLY_FIELD, "the body has no \"%s\"", "features");
    }
    return read_features(features, q, fault);
}

enum rc
native_body_read(struct str body, struct query *q, struct body_fault *fault)
{
    cJSON *root;
    enum rc rc = json_parse(body, JSON_VALUES + q->ncol, &root, &fault->why);

    if (rc != RC_OK) {
        fault->error = rc == RC_NOMEM ? REPLY_MEMORY : REPLY_JSON;
        return rc;
    }
    rc = read_members(root, q, fault);
    cJSON_Delete(root);
    return rc;
}
