/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_request.h"

#include "common/base/number.h"
#include "lookup/api/json.h"
#include "lookup/core/rows.h"

#include <cjson/cJSON.h>

/*
 *   {"id", "parameters": {"binary_data_output"},
 *    "inputs": [{"name", "shape", "datatype", "data",
 *                "parameters": {"binary_data_size"}}],
 *    "outputs": [{"name", "parameters": {"binary_data"}}]} binary tensors
 *
 * Other members and parameters are let pass.
 */

static const cJSON *
member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* A parameter that is true or false; *out stays if there is none. */
static enum rc
read_flag(const cJSON *object, const char *name, bool *out,
          struct oip_fault *fault)
{
    const cJSON *it = member(member(object, "parameters"), name);

    if (it != NULL && !cJSON_IsBool(it)) {
        return oip_refuse(fault, 400, "the parameter %s is not true or false",
                          name);
    }
    *out = it == NULL ? *out : cJSON_IsTrue(it);
    return RC_OK;
}

static bool
read_length(const cJSON *value, size_t *out)
{
    double v = cJSON_IsNumber(value) ? value->valuedouble : 0;

    *out = v >= 1 && v <= OIP_LENGTH_MAX ? (size_t)v : 0;
    return *out != 0 && (double)*out == v;
}

static enum rc
read_shape(const cJSON *shape, struct oip_tensor *t, struct oip_fault *fault)
{
    int n = cJSON_IsArray(shape) ? cJSON_GetArraySize(shape) : 0;
    const cJSON *it = n > 0 ? shape->child : NULL;

    t->nshape = n <= OIP_SHAPE_MAX ? (size_t)n : 0;
    for (size_t i = 0; i < t->nshape; i++, it = it->next) {
        if (!read_length(it, &t->shape[i])) {
            t->nshape = 0;
        }
    }
    return t->nshape > 0
               ? RC_OK
               : oip_refuse(fault, 400,
                            "an input's shape is a list of one or two whole "
                            "numbers from 1 to %d",
                            OIP_LENGTH_MAX);
}

/* Either data in the JSON, or as many bytes behind it as are there. */
static enum rc
read_data(const cJSON *input, struct str tail, struct oip_tensor *t,
          struct oip_fault *fault)
{
    const cJSON *size = member(member(input, "parameters"), "binary_data_size");
    const cJSON *data = member(input, "data");

    if (size == NULL) {
        t->data = data;
        return cJSON_IsArray(data) && tail.len == 0
                   ? RC_OK
                   : oip_refuse(fault, 400,
                                tail.len == 0
                                    ? "an input's data is a list"
                                    : "there are bytes behind the JSON, and no "
                                      "binary_data_size");
    }
    if (data != NULL) {
        return oip_refuse(fault, 400, "an input has data and binary data");
    }
    if (!cJSON_IsNumber(size) || size->valuedouble != (double)tail.len) {
        return oip_refuse(fault, 400,
                          "binary_data_size is not the %zu bytes behind the "
                          "JSON",
                          tail.len);
    }
    t->binary = tail;
    return RC_OK;
}

static enum rc
read_kind(const cJSON *input, struct oip_request *r, struct oip_fault *fault)
{
    const cJSON *name = member(input, "name");
    const cJSON *datatype = member(input, "datatype");

    if (!cJSON_IsString(name) || !cJSON_IsString(datatype)) {
        return oip_refuse(fault, 400, "an input has a name and a datatype");
    }
    if (!oip_datatype_parse(datatype->valuestring, &r->input.datatype)) {
        return oip_refuse(fault, 400,
                          "the datatype is not FP32, FP64, INT8 to INT64, "
                          "UINT8 to UINT64 or BYTES");
    }
    r->by_user = r->input.datatype == OIP_BYTES;
    if (r->by_user && strcmp(name->valuestring, "user_id") != 0) {
        return oip_refuse(fault, 400, "an input of BYTES is named user_id");
    }
    return RC_OK;
}

static enum rc
read_input(struct oip_request *r, struct str tail, struct oip_fault *fault)
{
    const cJSON *inputs = member(r->root, "inputs");
    const cJSON *input = cJSON_IsArray(inputs) ? inputs->child : NULL;
    enum rc rc;

    if (!cJSON_IsObject(input) || input->next != NULL) {
        return oip_refuse(fault, 400, "inputs is a list of one input");
    }
    rc = read_kind(input, r, fault);
    if (rc == RC_OK) {
        rc = read_shape(member(input, "shape"), &r->input, fault);
    }
    if (rc == RC_OK && r->input.nshape != (r->by_user ? 1 : 2)) {
        rc = oip_refuse(fault, 400,
                        "the shape is [rows, features], or [users] of BYTES");
    }
    return rc == RC_OK ? read_data(input, tail, &r->input, fault) : rc;
}

static enum rc
read_output(struct oip_request *r, const cJSON *output, struct oip_fault *fault)
{
    static const char *const names[] = OIP_OUTPUT_NAMES;
    const cJSON *name = member(output, "name");
    size_t what = 0;

    while (what < OIP_OUTPUTS &&
           (!cJSON_IsString(name) ||
            strcmp(name->valuestring, names[what]) != 0)) {
        what++;
    }
    for (size_t i = 0; i < r->nwanted; i++) {
        what = r->wanted[i].what == what ? OIP_OUTPUTS : what;
    }
    if (what == OIP_OUTPUTS) {
        return oip_refuse(fault, 400,
                          "an output is named predict, items, scores or "
                          "source, each once");
    }
    struct oip_wanted *w = &r->wanted[r->nwanted++];

    *w = (struct oip_wanted){(enum oip_output)what, r->binary};
    return read_flag(output, "binary_data", &w->binary, fault);
}

static enum rc
read_outputs(struct oip_request *r, struct oip_fault *fault)
{
    const cJSON *outputs = member(r->root, "outputs"), *it;
    enum rc rc = read_flag(r->root, "binary_data_output", &r->binary, fault);

    if (rc == RC_OK && outputs != NULL && !cJSON_IsArray(outputs)) {
        return oip_refuse(fault, 400, "outputs is not a list");
    }
    cJSON_ArrayForEach(it, outputs)
    {
        rc = rc == RC_OK ? read_output(r, it, fault) : rc;
    }
    return rc;
}

static enum rc
read_id(struct oip_request *r, struct oip_fault *fault)
{
    const cJSON *id = member(r->root, "id");

    if (id != NULL && !cJSON_IsString(id)) {
        return oip_refuse(fault, 400, "the id is not a text");
    }
    r->id = id == NULL ? NULL : id->valuestring;
    return RC_OK;
}

/* Where the JSON ends. */
static enum rc
cut(struct str body, struct str json_bytes, struct str *json, struct str *tail,
    struct oip_fault *fault)
{
    uint64_t n = body.len;

    if (json_bytes.p != NULL &&
        (!number_parse_u64(json_bytes, &n) || n > body.len)) {
        return oip_refuse(fault, 400,
                          "Inference-Header-Content-Length is not a length "
                          "within the body");
    }
    *json = (struct str){body.p, n};
    *tail = (struct str){body.p + n, body.len - n};
    return RC_OK;
}

enum rc
oip_request_read(struct oip_request *r, struct str body, struct str json_bytes,
                 size_t ncol, struct oip_fault *fault)
{
    struct str json = {NULL, 0}, tail = {NULL, 0};
    enum rc rc = cut(body, json_bytes, &json, &tail, fault);

    *r = (struct oip_request){.root = NULL};
    if (rc != RC_OK) {
        return rc;
    }
    rc = json_parse(json, JSON_VALUES + ROWS_MAX * ncol, &r->root, &fault->why);
    if (rc != RC_OK) {
        fault->status = rc == RC_NOMEM ? 503 : 400;
        return rc;
    }
    rc = read_id(r, fault);
    if (rc == RC_OK) {
        rc = read_input(r, tail, fault);
    }
    if (rc == RC_OK) {
        rc = read_outputs(r, fault);
    }
    if (rc != RC_OK) {
        oip_request_fini(r);
    }
    return rc;
}

void
oip_request_fini(struct oip_request *r)
{
    cJSON_Delete(r->root);
    r->root = NULL;
}
