/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb_project.h"

#include <cjson/cJSON.h>

/* Bytes, as DynamoDB has it. */
#define EXPRESSION_MAX 4096

/* Each is looked for among the names that are defined: few, as are our own. */
#define EXPRESSION_NAMES_MAX 100

/* The bit of an attribute, 0 if items have none of that name. */
static unsigned
bit_of(const struct dynamodb_table *t, struct str name)
{
    static const char *const names[] = DYNAMODB_ATTRIBUTE_NAMES;

    if (str_eq(name, str_of(t->key_name))) {
        return 1u << ATTRIBUTE_KEY;
    }
    for (unsigned i = ATTRIBUTE_SOURCE; i < ATTRIBUTE_COUNT; i++) {
        if (str_eq(name, str_of(names[i]))) {
            return 1u << i;
        }
    }
    return 0;
}

/* All but the one of ours that is named as the key is. */
static unsigned
all_bits(const struct dynamodb_table *t)
{
    static const char *const names[] = DYNAMODB_ATTRIBUTE_NAMES;
    unsigned all = 1u << ATTRIBUTE_KEY;

    for (unsigned i = ATTRIBUTE_SOURCE; i < ATTRIBUTE_COUNT; i++) {
        all |= bit_of(t, str_of(names[i])) == 1u << i ? 1u << i : 0;
    }
    return all;
}

static enum rc
project_list(struct dynamodb_table *t, const cJSON *list,
             struct dynamodb_fault *fault)
{
    const cJSON *it;

    if (!cJSON_IsArray(list) || list->child == NULL) {
        return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                               "AttributesToGet is not a list of names");
    }
    cJSON_ArrayForEach(it, list)
    {
        if (!cJSON_IsString(it)) {
            return dynamodb_refuse(fault, DYNAMODB_SERIALIZATION,
                                   "a name in AttributesToGet is not a text");
        }
        t->wanted |= bit_of(t, str_of(it->valuestring));
    }
    return RC_OK;
}

static bool
is_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
            !(c >= '0' && c <= '9') && c != '_') {
            return false;
        }
    }
    return s.len > 0;
}

/* What a #name of an expression stands for, or NULL. */
static const char *
placeholder(const cJSON *names, struct str name)
{
    const cJSON *it;

    cJSON_ArrayForEach(it, names)
    {
        if (str_eq(str_of(it->string), name)) {
            return cJSON_IsString(it) ? it->valuestring : NULL;
        }
    }
    return NULL;
}

static size_t
count_parts(struct str expression)
{
    size_t n = 0;

    for (; expression.p != NULL; n++) {
        (void)str_cut(&expression, ',');
    }
    return n;
}

static enum rc
check_size(struct str expression, const cJSON *names,
           struct dynamodb_fault *fault)
{
    size_t nname = count_parts(expression);

    if (expression.len > EXPRESSION_MAX || nname > EXPRESSION_NAMES_MAX) {
        return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                               "a ProjectionExpression has at most %d bytes "
                               "and %d attributes",
                               EXPRESSION_MAX, EXPRESSION_NAMES_MAX);
    }
    return (size_t)cJSON_GetArraySize(names) <= nname
               ? RC_OK
               : dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                                 "ExpressionAttributeNames defines a name that "
                                 "the ProjectionExpression does not use");
}

static enum rc
project_expression(struct dynamodb_table *t, const char *expression,
                   const cJSON *names, struct dynamodb_fault *fault)
{
    struct str rest = str_of(expression);
    enum rc rc = check_size(rest, names, fault);

    if (rc != RC_OK) {
        return rc;
    }
    do {
        struct str name = str_trim(str_cut(&rest, ','));

        if (name.len > 0 && name.p[0] == '#') {
            const char *real = placeholder(names, name);

            if (real == NULL) {
                return dynamodb_refuse(
                    fault, DYNAMODB_VALIDATION,
                    "ExpressionAttributeNames does not define a name of the "
                    "ProjectionExpression");
            }
            name = str_of(real);
        } else if (!is_name(name)) {
            return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                                   "ProjectionExpression is not a list of "
                                   "names of whole attributes");
        }
        t->wanted |= bit_of(t, name);
    } while (rest.p != NULL);
    return RC_OK;
}

enum rc
dynamodb_project(struct dynamodb_table *t, struct dynamodb_fault *fault)
{
    const cJSON *list =
        cJSON_GetObjectItemCaseSensitive(t->request, "AttributesToGet");
    const cJSON *names = cJSON_GetObjectItemCaseSensitive(
        t->request, "ExpressionAttributeNames");
    const char *expression;
    enum rc rc =
        dynamodb_text(t->request, "ProjectionExpression", &expression, fault);

    if (rc != RC_OK) {
        return rc;
    }
    if (expression != NULL) {
        return list == NULL
                   ? project_expression(t, expression, names, fault)
                   : dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                                     "AttributesToGet and ProjectionExpression "
                                     "exclude each other");
    }
    if (names != NULL) {
        return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                               "ExpressionAttributeNames without a "
                               "ProjectionExpression");
    }
    if (list != NULL) {
        return project_list(t, list, fault);
    }
    t->wanted = all_bits(t);
    return RC_OK;
}
