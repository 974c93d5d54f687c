/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/sagemaker_media.h"

#include "common/base/number.h"

/*
 * What a body is, by its Content-Type, and what the answer is to be, by Accept:
 * two tables, and the container's words for what is not in them.
 */

#define ACCEPTED_TYPES                                                         \
    "csv, libsvm, parquet, recordio-protobuf, text/csv, text/libsvm, "         \
    "text/x-libsvm, application/x-parquet, application/x-recordio-protobuf"

enum known {
    KNOWN_FORM,     /* one of ours */
    KNOWN_NOTHING,  /* no body */
    KNOWN_RECORDIO, /* the container's, not ours */
    KNOWN_PARQUET,  /* nobody's */
};

static const struct {
    const char *name;
    enum known known;
    enum sagemaker_form form;
} types[] = {
    {"text/csv", KNOWN_FORM, SAGEMAKER_CSV},
    {"csv", KNOWN_FORM, SAGEMAKER_CSV},
    {"text/libsvm", KNOWN_FORM, SAGEMAKER_LIBSVM},
    {"text/x-libsvm", KNOWN_FORM, SAGEMAKER_LIBSVM},
    {"libsvm", KNOWN_FORM, SAGEMAKER_LIBSVM},
    {"application/json", KNOWN_FORM, SAGEMAKER_JSON},
    {"application/jsonlines", KNOWN_FORM, SAGEMAKER_JSONL},
    {"application/x-www-form-urlencoded", KNOWN_NOTHING, SAGEMAKER_CSV},
    {"application/x-recordio-protobuf", KNOWN_RECORDIO, SAGEMAKER_CSV},
    {"recordio-protobuf", KNOWN_RECORDIO, SAGEMAKER_CSV},
    {"application/x-parquet", KNOWN_PARQUET, SAGEMAKER_CSV},
    {"parquet", KNOWN_PARQUET, SAGEMAKER_CSV},
};

static const struct {
    const char *name;
    const char *wildcard;
    const char *content_type;
} outputs[] = {
    [SAGEMAKER_TO_CSV] = {"text/csv", "text/*", "text/csv; charset=utf-8"},
    [SAGEMAKER_TO_JSON] = {"application/json", "application/*",
                           "application/json"},
    [SAGEMAKER_TO_JSONL] = {"application/jsonlines", "application/jsonlines",
                            "application/jsonlines"},
};

#define NOUTPUT (sizeof(outputs) / sizeof(outputs[0]))

static enum rc
refuse(struct sagemaker_fault *fault, int status, struct str what,
       const char *text)
{
    fault->status = status;
    return err_set(&fault->why, RC_REFUSED, "%.*s%s",
                   what.len > 200 ? 200 : (int)what.len, what.p, text);
}

/* Value of a parameter, without quotes; p == NULL: it is not there. */
static struct str
find_parameter(struct str parameters, struct str name)
{
    while (parameters.p != NULL) {
        struct str value = str_trim(str_cut(&parameters, ';'));
        struct str key = str_trim(str_cut(&value, '='));

        if (value.p != NULL && str_eq_nocase(key, name)) {
            value = str_trim(value);
            if (value.len > 1 && value.p[0] == '"') {
                value = (struct str){value.p + 1, value.len - 2};
            }
            return value;
        }
    }
    return (struct str){NULL, 0};
}

/* Of label_size 1 is the container's word, 0 the truth. */
static enum rc
check_csv(struct str given, struct str parameters,
          struct sagemaker_fault *fault)
{
    struct str size = find_parameter(parameters, STR("label_size"));

    if (size.p == NULL || str_eq(size, STR("1")) || str_eq(size, STR("0"))) {
        return RC_OK;
    }
    return refuse(fault, 415, given,
                  " is not an accepted csv ContentType. Optional parameter "
                  "label_size must be equal to 1");
}

enum rc
sagemaker_media_type(const struct http_request *req, enum sagemaker_form *form,
                     struct sagemaker_fault *fault)
{
    struct str given = http_request_header(req, STR("content-type"));
    struct str parameters = given;
    struct str media = str_trim(str_cut(&parameters, ';'));
    size_t i = 0;

    *form = SAGEMAKER_LIBSVM;
    if (given.len == 0) {
        return RC_OK;
    }
    while (i < sizeof(types) / sizeof(types[0]) &&
           !str_eq_nocase(media, str_of(types[i].name))) {
        i++;
    }
    if (i == sizeof(types) / sizeof(types[0])) {
        return refuse(fault, 415, given,
                      " is not an accepted ContentType: " ACCEPTED_TYPES
                      ", application/json, application/jsonlines.");
    }
    *form = types[i].form;
    switch (types[i].known) {
    case KNOWN_NOTHING:
        return RC_NOT_FOUND;
    case KNOWN_RECORDIO:
        return refuse(fault, 415, STR("Content-type "),
                      "application/x-recordio-protobuf is not supported here; "
                      "send text/csv, text/libsvm, application/json or "
                      "application/jsonlines.");
    case KNOWN_PARQUET:
        return refuse(fault, 415, STR("Content-type "),
                      "application/x-parquet is not supported.");
    case KNOWN_FORM:
        break;
    }
    return *form == SAGEMAKER_CSV ? check_csv(given, parameters, fault) : RC_OK;
}

/* What one range of an Accept header is; NOUTPUT: nothing that we give. */
static size_t
find_output(struct str media, enum sagemaker_output by_default)
{
    if (str_eq(media, STR("*/*"))) {
        return by_default;
    }
    for (size_t i = 0; i < NOUTPUT; i++) {
        if (str_eq_nocase(media, str_of(outputs[i].name)) ||
            str_eq_nocase(media, str_of(outputs[i].wildcard))) {
            return i;
        }
    }
    return NOUTPUT;
}

static float
weight_of(struct str parameters)
{
    struct str text = find_parameter(parameters, STR("q"));
    float q = 1;

    return text.p == NULL || number_parse_f32(text, &q) ? q : 0;
}

enum rc
sagemaker_media_accept(const struct http_request *req,
                       enum sagemaker_output by_default,
                       enum sagemaker_output *output,
                       struct sagemaker_fault *fault)
{
    struct str given = http_request_header(req, STR("accept"));
    struct str rest = given.len == 0 ? STR("*/*") : given;
    size_t best = NOUTPUT;
    float best_weight = 0;

    while (rest.p != NULL) {
        struct str parameters = str_cut(&rest, ',');
        struct str media = str_trim(str_cut(&parameters, ';'));
        size_t found = find_output(media, by_default);
        float weight = weight_of(parameters);

        if (found < NOUTPUT && weight > best_weight) {
            best = found;
            best_weight = weight;
        }
    }
    if (best == NOUTPUT) {
        fault->status = 406;
        return err_set(&fault->why, RC_REFUSED,
                       "Accept type %.*s is not supported. Please use "
                       "supported accept types: ['application/json', "
                       "'application/jsonlines', 'text/csv'].",
                       given.len > 200 ? 200 : (int)given.len, given.p);
    }
    *output = (enum sagemaker_output)best;
    return RC_OK;
}

enum rc
sagemaker_media_named(const char *name, enum sagemaker_output *output)
{
    for (size_t i = 0; i < NOUTPUT; i++) {
        if (str_eq_nocase(str_of(name), str_of(outputs[i].name))) {
            *output = (enum sagemaker_output)i;
            return RC_OK;
        }
    }
    return RC_INVAL;
}

const char *
sagemaker_media_of(enum sagemaker_output output)
{
    return outputs[output].content_type;
}
