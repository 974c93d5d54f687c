/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb_key.h"

#include "common/table/keyspace.h"

#include <cjson/cJSON.h>

/* -1: not a character of base64. */
static int
sextet(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/*
 * In place, as RFC 4648 has it: padded, and no bits left over, so that a key
 * can be given back as it came. False: it is not that.
 */
static bool
decode_base64(char *text, size_t *len)
{
    size_t n = *len, out = 0;
    unsigned bits = 0, nbits = 0;

    if (n % 4 != 0) {
        return false;
    }
    for (int pad = 0; pad < 2 && n > 0 && text[n - 1] == '='; pad++) {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        int six = sextet(text[i]);

        if (six < 0) {
            return false;
        }
        bits = bits << 6 | (unsigned)six;
        nbits += 6;
        if (nbits >= 8) {
            nbits -= 8;
            text[out++] = (char)(bits >> nbits & 0xff);
        }
    }
    *len = out;
    return (bits & ((1u << nbits) - 1)) == 0;
}

static enum rc
read_id(const cJSON *value, struct dynamodb_key *key,
        struct dynamodb_fault *fault)
{
    size_t len = strlen(value->valuestring);

    if (key->type == 'B' && !decode_base64(value->valuestring, &len)) {
        return dynamodb_refuse(fault, DYNAMODB_SERIALIZATION,
                               "a key of type B is not base64");
    }
    key->id = (struct str){value->valuestring, len};
    if (keyspace_user_ok(key->id)) {
        return RC_OK;
    }
    return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                           "a key has 1 to %d bytes, this one %zu", USER_MAX,
                           len);
}

enum rc
dynamodb_key_read(const cJSON *json, struct dynamodb_table *t,
                  struct dynamodb_key *key, struct dynamodb_fault *fault)
{
    const cJSON *attribute = cJSON_IsObject(json) ? json->child : NULL;
    const cJSON *value = cJSON_IsObject(attribute) ? attribute->child : NULL;

    if (attribute == NULL || attribute->next != NULL) {
        return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                               "a key is one attribute, the user's id");
    }
    if (value == NULL || value->next != NULL || strlen(value->string) != 1 ||
        memchr("SNB", value->string[0], 3) == NULL || !cJSON_IsString(value)) {
        return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                               "a key is of type S, N or B");
    }
    if (t->key_name == NULL) {
        t->key_name = attribute->string;
    } else if (strcmp(t->key_name, attribute->string) != 0) {
        return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                               "the keys of a table have one name, not '%.100s'"
                               " and '%.100s'",
                               t->key_name, attribute->string);
    }
    key->type = value->string[0];
    return read_id(value, key, fault);
}
