/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb_body.h"

#include "common/table/keyspace.h"
#include "lookup/api/dynamodb_key.h"
#include "lookup/api/dynamodb_project.h"
#include "lookup/api/json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

/*
 *   GetItem        {"TableName","Key",           how to read, "Return..."}
 *   BatchGetItem   {"RequestItems":{table:{"Keys", how to read}}, "Return..."}
 *
 * The keys of all tables lie behind one another. Members that we have no use
 * for are let pass: there may be more of them tomorrow.
 */
enum rc
dynamodb_object(cJSON **out, struct str body, struct dynamodb_fault *fault)
{
    enum rc rc = json_parse(body, JSON_VALUES, out, &fault->why);

    if (rc != RC_OK) {
        fault->error =
            rc == RC_NOMEM ? DYNAMODB_THROTTLED : DYNAMODB_SERIALIZATION;
        return rc;
    }
    if (!cJSON_IsObject(*out)) {
        cJSON_Delete(*out);
        *out = NULL;
        return dynamodb_refuse(fault, DYNAMODB_SERIALIZATION,
                               "the body is not an object");
    }
    return RC_OK;
}

enum rc
dynamodb_text(const cJSON *object, const char *name, const char **text,
              struct dynamodb_fault *fault)
{
    const cJSON *it = cJSON_GetObjectItemCaseSensitive(object, name);

    *text = NULL;
    if (it != NULL && !cJSON_IsString(it)) {
        return dynamodb_refuse(fault, DYNAMODB_SERIALIZATION,
                               "%s is not a text", name);
    }
    *text = it == NULL ? NULL : it->valuestring;
    return RC_OK;
}

enum rc
dynamodb_table_name(const cJSON *object, const char **name,
                    struct dynamodb_fault *fault)
{
    enum rc rc = dynamodb_text(object, "TableName", name, fault);

    if (rc == RC_OK && *name == NULL) {
        rc =
            dynamodb_refuse(fault, DYNAMODB_VALIDATION, "TableName is missing");
    }
    return rc;
}

static enum rc
read_capacity(struct dynamodb_read *r, struct dynamodb_fault *fault)
{
    static const char *const names[] = {"NONE", "TOTAL", "INDEXES"};
    const char *text;
    enum rc rc = dynamodb_text(r->root, "ReturnConsumedCapacity", &text, fault);

    if (rc != RC_OK || text == NULL) {
        return rc;
    }
    for (int i = CAPACITY_NONE; i <= CAPACITY_INDEXES; i++) {
        if (strcmp(text, names[i]) == 0) {
            r->capacity = (enum dynamodb_capacity)i;
            return RC_OK;
        }
    }
    return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                           "ReturnConsumedCapacity is NONE, TOTAL or INDEXES");
}

static enum rc
begin_table(struct dynamodb_read *r, const char *name, const cJSON *request,
            struct dynamodb_fault *fault)
{
    const cJSON *consistent =
        cJSON_GetObjectItemCaseSensitive(request, "ConsistentRead");

    if (consistent != NULL && !cJSON_IsBool(consistent)) {
        return dynamodb_refuse(fault, DYNAMODB_SERIALIZATION,
                               "ConsistentRead is not true or false");
    }
    r->table[r->ntable++] = (struct dynamodb_table){
        .name = name,
        .request = request,
        .consistent = cJSON_IsTrue(consistent),
    };
    return RC_OK;
}

/* Of the table that was begun last. */
static enum rc
add_key(struct dynamodb_read *r, const cJSON *json,
        struct dynamodb_fault *fault)
{
    struct dynamodb_table *t = &r->table[r->ntable - 1];
    struct dynamodb_key *key = &r->key[r->nkey];

    if (r->nkey == DYNAMODB_KEYS_MAX) {
        return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                               "more than %d keys requested",
                               DYNAMODB_KEYS_MAX);
    }
    enum rc rc = dynamodb_key_read(json, t, key, fault);

    for (size_t i = 1; rc == RC_OK && i <= t->nkey; i++) {
        if (str_eq(key->id, key[-(ptrdiff_t)i].id)) {
            rc = dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                                 "the list of keys contains duplicates");
        }
    }
    t->nkey++;
    r->nkey++;
    return rc;
}

static enum rc
fill_item(struct dynamodb_read *r, struct dynamodb_fault *fault)
{
    const cJSON *key = cJSON_GetObjectItemCaseSensitive(r->root, "Key");
    const char *name;
    enum rc rc = dynamodb_table_name(r->root, &name, fault);

    if (rc == RC_OK) {
        rc = begin_table(r, name, r->root, fault);
    }
    if (rc == RC_OK) {
        rc = add_key(r, key, fault);
    }
    return rc == RC_OK ? dynamodb_project(&r->table[0], fault) : rc;
}

static enum rc
add_table(struct dynamodb_read *r, const cJSON *request,
          struct dynamodb_fault *fault)
{
    const cJSON *keys = cJSON_GetObjectItemCaseSensitive(request, "Keys"), *it;
    enum rc rc;

    if (!cJSON_IsArray(keys) || keys->child == NULL) {
        return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                               "a table's Keys is not a list of keys");
    }
    if (r->nkey == DYNAMODB_KEYS_MAX) {
        return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                               "more than %d keys requested",
                               DYNAMODB_KEYS_MAX);
    }
    rc = begin_table(r, request->string, request, fault);
    cJSON_ArrayForEach(it, keys)
    {
        rc = rc == RC_OK ? add_key(r, it, fault) : rc;
    }
    return rc == RC_OK ? dynamodb_project(&r->table[r->ntable - 1], fault) : rc;
}

static enum rc
fill_batch(struct dynamodb_read *r, struct dynamodb_fault *fault)
{
    const cJSON *items =
        cJSON_GetObjectItemCaseSensitive(r->root, "RequestItems");
    const cJSON *it;
    enum rc rc = RC_OK;

    if (!cJSON_IsObject(items) || items->child == NULL) {
        return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                               "RequestItems names no table");
    }
    cJSON_ArrayForEach(it, items)
    {
        rc = rc == RC_OK ? add_table(r, it, fault) : rc;
    }
    return rc;
}

static enum rc
read_body(struct dynamodb_read **out, struct str body,
          struct dynamodb_fault *fault,
          enum rc (*fill)(struct dynamodb_read *, struct dynamodb_fault *))
{
    struct dynamodb_read *r = malloc(sizeof(*r));
    enum rc rc;

    *out = NULL;
    if (r == NULL) {
        dynamodb_refuse(fault, DYNAMODB_THROTTLED, "out of memory");
        return RC_NOMEM;
    }
    r->root = NULL;
    r->capacity = CAPACITY_NONE;
    r->ntable = r->nkey = 0;
    rc = dynamodb_object(&r->root, body, fault);
    if (rc == RC_OK) {
        rc = read_capacity(r, fault);
    }
    if (rc == RC_OK) {
        rc = fill(r, fault);
    }
    if (rc != RC_OK) {
        dynamodb_read_destroy(&r);
    }
    *out = r;
    return rc;
}

enum rc
dynamodb_read_item(struct dynamodb_read **out, struct str body,
                   struct dynamodb_fault *fault)
{
    return read_body(out, body, fault, fill_item);
}

enum rc
dynamodb_read_batch(struct dynamodb_read **out, struct str body,
                    struct dynamodb_fault *fault)
{
    return read_body(out, body, fault, fill_batch);
}

void
dynamodb_read_destroy(struct dynamodb_read **r)
{
    if (*r != NULL) {
        cJSON_Delete((*r)->root);
        free(*r);
        *r = NULL;
    }
}
