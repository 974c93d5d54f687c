/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dynamodb_body - the bodies of GetItem and BatchGetItem: which keys of which
 * tables, and which of their attributes.
 */
#include "lookup/api/dynamodb_reply.h"

#define DYNAMODB_KEYS_MAX 100

/* What an item may have, in this order. */
enum dynamodb_attribute {
    ATTRIBUTE_KEY, /* named by the request */
    ATTRIBUTE_SOURCE,
    ATTRIBUTE_GENERATION,
    ATTRIBUTE_AS_OF,
    ATTRIBUTE_PREDICTION,
    ATTRIBUTE_ITEMS,
    ATTRIBUTE_STALE,
    ATTRIBUTE_DEGRADED,
    ATTRIBUTE_COUNT,
};

#define DYNAMODB_ATTRIBUTE_NAMES                                               \
    {                                                                          \
        NULL, "source", "generation", "as_of", "prediction", "items", "stale", \
            "degraded"                                                         \
    }

enum dynamodb_capacity {
    CAPACITY_NONE,
    CAPACITY_TOTAL,
    CAPACITY_INDEXES,
};

struct cJSON;

struct dynamodb_key {
    char type;     /* 'S', 'N' or 'B' */
    struct str id; /* of the user: 1 to 512 bytes */
};

struct dynamodb_table {
    const char *name;
    const char *key_name;        /* the attribute, of all its keys */
    const struct cJSON *request; /* what was said of this table */
    size_t nkey;
    unsigned wanted; /* a bit for each enum dynamodb_attribute */
    bool consistent;
};

/* What it points to is in root. */
struct dynamodb_read {
    struct cJSON *root;
    enum dynamodb_capacity capacity;
    size_t ntable, nkey;
    struct dynamodb_table table[DYNAMODB_KEYS_MAX];
    struct dynamodb_key key[DYNAMODB_KEYS_MAX]; /* table by table */
};

/* One table and one of its keys, or many. Anything else fills fault. */
MUST_USE enum rc dynamodb_read_item(struct dynamodb_read **out, struct str body,
                                    struct dynamodb_fault *fault);
MUST_USE enum rc dynamodb_read_batch(struct dynamodb_read **out,
                                     struct str body,
                                     struct dynamodb_fault *fault);

/* Frees and nulls; NULL is fine. */
void dynamodb_read_destroy(struct dynamodb_read **r);

/* An object, to be cJSON_Deleted, from the body of any operation. */
MUST_USE enum rc dynamodb_object(struct cJSON **out, struct str body,
                                 struct dynamodb_fault *fault);

/* A member that is a text; *text is NULL if there is none. */
MUST_USE enum rc dynamodb_text(const struct cJSON *object, const char *name,
                               const char **text, struct dynamodb_fault *fault);

/* A TableName, which must be there. */
MUST_USE enum rc dynamodb_table_name(const struct cJSON *object,
                                     const char **name,
                                     struct dynamodb_fault *fault);
