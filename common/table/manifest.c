/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both hashes are tables of (field, type, where it goes). One setter reads a
 * value by its type, one getter writes it, from the same table: what is written
 * is what is read. A field that is in no table is ignored, so that a newer
 * writer may add one; `format` is raised when it may not be.
 *
 * `state` is read by the table and never written by it: whether a generation
 * is ready is for the step that writes the hash to say.
 */
#include "common/table/manifest.h"

#include "common/base/number.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>

enum field_type {
    FIELD_U64,
    FIELD_TEXT, /* fixed room in the struct */
    FIELD_HEAP, /* char *, owned */
    FIELD_STATE,
    FIELD_KIND,
    FIELD_ENCODING,
};

struct field {
    const char *name;
    enum field_type type;
    size_t offset;
    size_t size;
};

#define AT(in, member)                                                         \
    offsetof(struct in, member), sizeof(((struct in *)0)->member)

static const struct field manifest_fields[] = {
    {"live", FIELD_U64, AT(manifest, live)},
    {"live_uid", FIELD_TEXT, AT(manifest, live_uid)},
    {"previous", FIELD_U64, AT(manifest, previous)},
    {"previous_uid", FIELD_TEXT, AT(manifest, previous_uid)},
    {"last", FIELD_U64, AT(manifest, last)},
    {"seq", FIELD_U64, AT(manifest, seq)},
    {"bad", FIELD_TEXT, AT(manifest, bad)},
    {"left", FIELD_TEXT, AT(manifest, left)},
    {"writer", FIELD_TEXT, AT(manifest, writer)},
    {"writer_until_ms", FIELD_U64, AT(manifest, writer_until_ms)},
};

static const struct field generation_fields[] = {
    {"format", FIELD_U64, AT(generation_info, format)},
    {"uid", FIELD_TEXT, AT(generation_info, uid)},
    {"state", FIELD_STATE, AT(generation_info, ready)},
    {"appending", FIELD_TEXT, AT(generation_info, appending)},
    {"kind", FIELD_KIND, AT(generation_info, kind)},
    {"rows", FIELD_U64, AT(generation_info, rows)},
    {"buckets", FIELD_U64, AT(generation_info, buckets)},
    {"encoding", FIELD_ENCODING, AT(generation_info, encoding)},
    {"outputs", FIELD_U64, AT(generation_info, outputs)},
    {"top", FIELD_U64, AT(generation_info, top)},
    {"objective", FIELD_TEXT, AT(generation_info, objective)},
    {"iterations", FIELD_TEXT, AT(generation_info, iterations)},
    {"model_sha256", FIELD_TEXT, AT(generation_info, model_sha256)},
    {"source_sha256", FIELD_TEXT, AT(generation_info, source_sha256)},
    {"items_sha256", FIELD_TEXT, AT(generation_info, items_sha256)},
    {"schema", FIELD_HEAP, AT(generation_info, schema)},
    {"schema_id", FIELD_TEXT, AT(generation_info, schema_id)},
    {"as_of_us", FIELD_U64, AT(generation_info, as_of_us)},
    {"created_us", FIELD_U64, AT(generation_info, created_us)},
    {"score_stats", FIELD_HEAP, AT(generation_info, score_stats)},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const kinds[] = {"score", "ranking"};

static bool
parse_kind(struct str s, enum table_kind *kind)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (str_eq(s, str_of(kinds[i]))) {
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
set_value(const struct field *f, void *at, struct str value)
{
    switch (f->type) {
    case FIELD_U64:
        return number_parse_u64(value, at);
    case FIELD_TEXT:
        return str_copy(value, at, f->size);
    case FIELD_HEAP:
        return set_heap(at, value);
    case FIELD_STATE:
        *(bool *)at = str_eq(value, STR("ready"));
        return true;
    case FIELD_KIND:
        return parse_kind(value, at);
    case FIELD_ENCODING:
        return record_encoding_parse(value, at);
    }
    return false;
}

static enum rc
set_field(const struct field *f, size_t n, void *into, const char *what,
          struct str name, struct str value, struct err *e)
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

enum rc
manifest_set(struct manifest *m, struct str field, struct str value,
             struct err *e)
{
    return set_field(manifest_fields, COUNT(manifest_fields), m, "manifest",
                     field, value, e);
}

/* The entry of list "a,b@x,c" whose number is gen; p is NULL if none. */
static struct str
find_in_list(const char *list, uint64_t gen)
{
    struct str rest = str_of(list);

    while (rest.p != NULL) {
        struct str entry = str_cut(&rest, ',');
        struct str tail = entry;
        uint64_t n;

        if (number_parse_u64(str_cut(&tail, '@'), &n) && n == gen) {
            return entry;
        }
    }
    return (struct str){NULL, 0};
}

bool
manifest_is_bad(const struct manifest *m, uint64_t gen)
{
    return find_in_list(m->bad, gen).p != NULL;
}

uint64_t
manifest_left_ms(const struct manifest *m, uint64_t gen)
{
    struct str entry = find_in_list(m->left, gen);
    uint64_t ms = 0;

    if (entry.p != NULL) {
        (void)str_cut(&entry, '@');
        if (entry.p != NULL && !number_parse_u64(entry, &ms)) {
            ms = 0;
        }
    }
    return ms;
}

enum rc
generation_info_set(struct generation_info *g, struct str field,
                    struct str value, struct err *e)
{
    return set_field(generation_fields, COUNT(generation_fields), g,
                     "generation", field, value, e);
}

static bool
is_hex(const char *s, size_t n)
{
    return strspn(s, "0123456789abcdef") == n && s[n] == '\0';
}

/* The first field that is not what it must be, NULL if all are. */
static const char *
unfit_field(const struct generation_info *g)
{
    bool is_score = g->kind == TABLE_SCORE;
    uint64_t width = is_score ? g->outputs : g->top;

    if (!is_hex(g->uid, UID_SIZE - 1)) {
        return "uid";
    }
    if (g->buckets == 0) {
        return "buckets";
    }
    if (!is_hex(g->model_sha256, sizeof(g->model_sha256) - 1)) {
        return "model_sha256";
    }
    if (g->schema == NULL || g->schema[0] == '\0') {
        return "schema";
    }
    if (!is_hex(g->schema_id, sizeof(g->schema_id) - 1)) {
        return "schema_id";
    }
    if (g->as_of_us == 0) {
        return "as_of_us";
    }
    /* Above, the bytes of a record could not be counted without wrapping. */
    if (width == 0 || width > UINT32_MAX) {
        return is_score ? "outputs" : "top";
    }
    return NULL;
}

enum rc
generation_info_check(const struct generation_info *g, struct err *e)
{
    if (g->format != MANIFEST_FORMAT) {
        return err_set(e, RC_INVAL,
                       "generation has format %" PRIu64 ", this program reads "
                       "%d: update the older of batchgen and lookup",
                       g->format, MANIFEST_FORMAT);
    }
    const char *field = unfit_field(g);

    if (field != NULL) {
        return err_set(e, RC_INVAL,
                       "generation: field %s is missing or damaged", field);
    }
    if ((g->kind == TABLE_SCORE) != (g->encoding == RECORD_F32)) {
        return err_set(e, RC_INVAL, "generation of kind %s is encoded as %s",
                       kinds[g->kind], record_encoding_name(g->encoding));
    }
    return RC_OK;
}

void
generation_info_fini(struct generation_info *g)
{
    if (g == NULL) {
        return;
    }
    free(g->schema);
    free(g->score_stats);
    g->schema = NULL;
    g->score_stats = NULL;
}

static struct str
u64_text(uint64_t n, char number[20])
{
    return (struct str){number, n == 0 ? 0 : number_format_u64(n, number)};
}

/* Text of a field, empty if it has no value; number is room for one. */
static struct str
field_text(const struct field *f, const void *at, char number[20])
{
    switch (f->type) {
    case FIELD_U64:
        return u64_text(*(const uint64_t *)at, number);
    case FIELD_TEXT:
        return str_of(at);
    case FIELD_HEAP:
        return str_of(*(char *const *)at);
    case FIELD_KIND:
        return str_of(kinds[*(const enum table_kind *)at]);
    case FIELD_ENCODING:
        return str_of(record_encoding_name(*(const enum record_encoding *)at));
    case FIELD_STATE:
        break;
    }
    return (struct str){NULL, 0};
}

void
generation_info_each(const struct generation_info *g, generation_field_fn fn,
                     void *arg)
{
    for (size_t i = 0; i < COUNT(generation_fields); i++) {
        const struct field *f = &generation_fields[i];
        char number[20];
        struct str text = field_text(f, (const char *)g + f->offset, number);

        if (text.len > 0) {
            fn(arg, str_of(f->name), text);
        }
    }
}
