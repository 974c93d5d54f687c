/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   text  age\0income\0tenure\0        names one behind another
 *   name  |    |       |               views of text, in the model's order
 *   slot  0 2 0 0 1 0 3 0              name + 1 by hash, 0 is free; at most
 *                                      half full, so that a search ends
 *
 * A model is matched to its columns by name, for every file and every request:
 * finding one takes constant time. Names that could be taken for another
 * (empty, repeated, with a NUL in them, not UTF-8) make no schema.
 */
#include "common/table/schema.h"

#include "common/base/hash.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>

struct schema {
    size_t n;
    struct str *name;
    char *text;
    uint32_t *slot;
    size_t nslot; /* a power of two */
    char id[SCHEMA_ID_SIZE];
};

/* The slot that holds the name, or the free one where it belongs. */
static uint32_t *
find_slot(const struct schema *s, struct str name)
{
    size_t i = hash_key(name) & (s->nslot - 1);

    while (s->slot[i] != 0 && !str_eq(s->name[s->slot[i] - 1], name)) {
        i = (i + 1) & (s->nslot - 1);
    }
    return &s->slot[i];
}

static struct schema *
allocate(const struct str *name, size_t n)
{
    struct schema *s = calloc(1, sizeof(*s));
    size_t bytes = 0;

    if (s == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        bytes += name[i].len + 1;
    }
    for (s->nslot = 2; s->nslot < 2 * n; s->nslot *= 2) {
    }
    s->n = n;
    s->name = calloc(n, sizeof(*s->name));
    s->text = malloc(bytes);
    s->slot = calloc(s->nslot, sizeof(*s->slot));
    if (s->name == NULL || s->text == NULL || s->slot == NULL) {
        schema_destroy(&s);
    }
    return s;
}

static enum rc
add_name(struct schema *s, size_t i, struct str name, char *text, struct err *e)
{
    if (name.len == 0) {
        return err_set(e, RC_INVAL, "feature %zu has no name", i);
    }
    if (memchr(name.p, '\0', name.len) != NULL || !str_is_utf8(name)) {
        return err_set(e, RC_INVAL, "the name of feature %zu is not UTF-8", i);
    }
    uint32_t *slot = find_slot(s, name);

    if (*slot != 0) {
        return err_set(e, RC_INVAL, "feature '%.*s' is named twice",
                       STR_ARG(name));
    }
    memcpy(text, name.p, name.len);
    text[name.len] = '\0';
    s->name[i] = (struct str){text, name.len};
    *slot = (uint32_t)i + 1;
    return RC_OK;
}

static enum rc
compute_id(struct schema *s, struct err *e)
{
    struct buf all;
    char hex[SHA256_HEX];

    buf_init(&all, SIZE_MAX / 2);
    for (size_t i = 0; i < s->n; i++) {
        uint32_t len = (uint32_t)s->name[i].len;

        buf_put(&all, &len, sizeof(len));
        buf_str(&all, s->name[i]);
    }
    bool failed = buf_failed(&all);

    if (!failed) {
        hash_sha256(buf_view(&all), hex);
        memcpy(s->id, hex, SCHEMA_ID_SIZE - 1);
    }
    buf_fini(&all);
    return failed ? err_set(e, RC_NOMEM, "out of memory") : RC_OK;
}

enum rc
schema_create(struct schema **out, const struct str *name, size_t n,
              struct err *e)
{
    if (n == 0 || n >= UINT32_MAX / 4) {
        return err_set(e, RC_INVAL, "%s",
                       n == 0 ? "a schema needs at least one feature"
                              : "a schema of too many features");
    }
    struct schema *s = allocate(name, n);

    if (s == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    enum rc rc = RC_OK;
    char *text = s->text;

    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        rc = add_name(s, i, name[i], text, e);
        text += name[i].len + 1;
    }
    if (rc == RC_OK) {
        rc = compute_id(s, e);
    }
    if (rc != RC_OK) {
        schema_destroy(&s);
        return rc;
    }
    *out = s;
    return RC_OK;
}

/* A NUL, or the escape of one: cJSON would end the name there. */
static bool
has_nul(struct str json)
{
    for (size_t i = 0; i < json.len; i++) {
        struct str rest = {json.p + i, json.len - i};

        if (json.p[i] == '\0' || str_starts(rest, STR("\\u0000"))) {
            return true;
        }
        i += json.p[i] == '\\';
    }
    return false;
}

/* NULL unless all of the text is one JSON value. */
static cJSON *
parse_whole(struct str json)
{
    const char *end = NULL;
    cJSON *value = has_nul(json) ? NULL
                                 : cJSON_ParseWithLengthOpts(json.p, json.len,
                                                             &end, false);

    if (value != NULL &&
        str_trim((struct str){end, json.len - (size_t)(end - json.p)}).len >
            0) {
        cJSON_Delete(value);
        return NULL;
    }
    return value;
}

static enum rc
names_from_list(const cJSON *list, struct str *name, struct err *e)
{
    const cJSON *it;
    size_t i = 0;

    cJSON_ArrayForEach(it, list)
    {
        if (!cJSON_IsString(it)) {
            return err_set(e, RC_INVAL, "schema: entry %zu is not a name", i);
        }
        name[i++] = str_of(it->valuestring);
    }
    return RC_OK;
}

enum rc
schema_from_json(struct schema **out, struct str json, struct err *e)
{
    cJSON *list = parse_whole(json);
    size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    struct str *name = calloc(n + 1, sizeof(*name));
    enum rc rc;

    if (name == NULL) {
        rc = err_set(e, RC_NOMEM, "out of memory");
    } else if (!cJSON_IsArray(list)) {
        rc = err_set(e, RC_INVAL, "schema is not a JSON list of names");
    } else {
        rc = names_from_list(list, name, e);
    }
    if (rc == RC_OK) {
        rc = schema_create(out, name, n, e);
    }
    free(name);
    cJSON_Delete(list);
    return rc;
}

void
schema_destroy(struct schema **s)
{
    if (s == NULL || *s == NULL) {
        return;
    }
    free((*s)->name);
    free((*s)->text);
    free((*s)->slot);
    free(*s);
    *s = NULL;
}

size_t
schema_size(const struct schema *s)
{
    return s->n;
}

struct str
schema_name(const struct schema *s, size_t i)
{
    return s->name[i];
}

ptrdiff_t
schema_find(const struct schema *s, struct str name)
{
    return (ptrdiff_t)*find_slot(s, name) - 1;
}

const char *
schema_id(const struct schema *s)
{
    return s->id;
}

void
schema_to_json(const struct schema *s, struct buf *out)
{
    for (size_t i = 0; i < s->n; i++) {
        buf_char(out, i == 0 ? '[' : ',');
        buf_json_str(out, s->name[i]);
    }
    buf_char(out, ']');
}
