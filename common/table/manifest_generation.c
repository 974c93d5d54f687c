/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a generation says of itself.
 */
#include "common/table/manifest.h"

#include "common/table/manifest_field.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct manifest_field fields[] = {
    {"format", MANIFEST_U64, MANIFEST_AT(generation_info, format)},
    {"uid", MANIFEST_TEXT, MANIFEST_AT(generation_info, uid)},
    {"state", MANIFEST_STATE, MANIFEST_AT(generation_info, ready)},
    {"appending", MANIFEST_TEXT, MANIFEST_AT(generation_info, appending)},
    {"kind", MANIFEST_KIND, MANIFEST_AT(generation_info, kind)},
    {"rows", MANIFEST_U64, MANIFEST_AT(generation_info, rows)},
    {"buckets", MANIFEST_U64, MANIFEST_AT(generation_info, buckets)},
    {"encoding", MANIFEST_ENCODING, MANIFEST_AT(generation_info, encoding)},
    {"outputs", MANIFEST_U64, MANIFEST_AT(generation_info, outputs)},
    {"top", MANIFEST_U64, MANIFEST_AT(generation_info, top)},
    {"objective", MANIFEST_TEXT, MANIFEST_AT(generation_info, objective)},
    {"iterations", MANIFEST_TEXT, MANIFEST_AT(generation_info, iterations)},
    {"model_sha256", MANIFEST_TEXT, MANIFEST_AT(generation_info, model_sha256)},
    {"source_sha256", MANIFEST_TEXT,
     MANIFEST_AT(generation_info, source_sha256)},
    {"items_sha256", MANIFEST_TEXT, MANIFEST_AT(generation_info, items_sha256)},
    {"schema", MANIFEST_HEAP, MANIFEST_AT(generation_info, schema)},
    {"schema_id", MANIFEST_TEXT, MANIFEST_AT(generation_info, schema_id)},
    {"as_of_us", MANIFEST_U64, MANIFEST_AT(generation_info, as_of_us)},
    {"created_us", MANIFEST_U64, MANIFEST_AT(generation_info, created_us)},
    {"score_stats", MANIFEST_HEAP, MANIFEST_AT(generation_info, score_stats)},
};

enum rc
generation_info_set(struct generation_info *g, struct str field,
                    struct str value, struct err *e)
{
    return manifest_field_set(fields, MANIFEST_COUNT(fields), g, "generation",
                              field, value, e);
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
                       manifest_kinds[g->kind],
                       record_encoding_name(g->encoding));
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

void
generation_info_each(const struct generation_info *g, generation_field_fn fn,
                     void *arg)
{
    for (size_t i = 0; i < MANIFEST_COUNT(fields); i++) {
        char number[MANIFEST_NUMBER];
        struct str text = manifest_field_text(&fields[i], g, number);

        if (text.len > 0) {
            fn(arg, str_of(fields[i].name), text);
        }
    }
}
