/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One setter reads a value by its type, one getter writes it: what is written
 * is what is read. A field that is in no table is ignored, so that a newer
 * writer may add one; `format` is raised when it may not be.
 *
 * `state` is read by the table and never written by it: whether a generation
 * is ready is for the step that writes the hash to say.
 */
#include "common/table/manifest_field.h"

#include "common/base/number.h"
#include "common/table/manifest.h"

#include <stdlib.h>

const char *const manifest_kinds[] = {"score", "ranking"};

static bool
parse_kind(struct str s, enum table_kind *kind)
{
    for (size_t i = 0; i < MANIFEST_COUNT(manifest_kinds); i++) {
        if (str_eq(s, str_of(manifest_kinds[i]))) {
            *kind = (enum table_kind)i;
            return true;
        }
    }
    return false;
}

static bool
set_heap(char **at, struct str value)
{
    free(*at);
    *at = str_dup(value);
    return *at != NULL && strlen(*at) == value.len;
}

static bool
set_value(const struct manifest_field *f, void *at, struct str value)
{
    switch (f->type) {
    case MANIFEST_U64:
        return number_parse_u64(value, at);
    case MANIFEST_TEXT:
        return str_copy(value, at, f->size);
    case MANIFEST_HEAP:
        return set_heap(at, value);
    case MANIFEST_STATE:
        *(bool *)at = str_eq(value, STR("ready"));
        return true;
    case MANIFEST_KIND:
        return parse_kind(value, at);
    case MANIFEST_ENCODING:
        return record_encoding_parse(value, at);
    }
    return false;
}

enum rc
manifest_field_set(const struct manifest_field *f, size_t n, void *into,
                   const char *what, struct str name, struct str value,
                   struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(name, str_of(f[i].name))) {
            continue;
        }
        if (set_value(&f[i], (char *)into + f[i].offset, value)) {
            return RC_OK;
        }
        return err_set(e, RC_INVAL, "%s: field %s has the value '%.*s'", what,
                       f[i].name, value.len > 60 ? 60 : (int)value.len,
                       value.p);
    }
    return RC_OK;
}

static struct str
u64_text(uint64_t n, char number[MANIFEST_NUMBER])
{
    return (struct str){number, n == 0 ? 0 : number_format_u64(n, number)};
}

struct str
manifest_field_text(const struct manifest_field *f, const void *from,
                    char number[MANIFEST_NUMBER])
{
    const void *at = (const char *)from + f->offset;

    switch (f->type) {
    case MANIFEST_U64:
        return u64_text(*(const uint64_t *)at, number);
    case MANIFEST_TEXT:
        return str_of(at);
    case MANIFEST_HEAP:
        return str_of(*(char *const *)at);
    case MANIFEST_KIND:
        return str_of(manifest_kinds[*(const enum table_kind *)at]);
    case MANIFEST_ENCODING:
        return str_of(record_encoding_name(*(const enum record_encoding *)at));
    case MANIFEST_STATE:
        break;
    }
    return (struct str){NULL, 0};
}
