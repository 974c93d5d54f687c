/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two hashes with any values, as lines of field=value; the same bytes as a
 * schema and as records. What passes must be written as it was read.
 */
#include "common/base/check.h"
#include "common/table/manifest.h"
#include "common/table/schema.h"

#include <stdint.h>

#define MAX_ITEMS 8

static void
on_field(void *arg, struct str field, struct str value)
{
    CHECK(value.len > 0);
    CHECK(generation_info_set(arg, field, value, NULL) == RC_OK);
}

static void
write_and_read(const struct generation_info *g)
{
    struct generation_info back = {.ready = g->ready};

    generation_info_each(g, on_field, &back);
    CHECK(generation_info_check(&back, NULL) == RC_OK);
    CHECK(strcmp(back.uid, g->uid) == 0);
    CHECK(strcmp(back.schema, g->schema) == 0);
    CHECK(back.rows == g->rows && back.buckets == g->buckets);
    CHECK(back.kind == g->kind && back.encoding == g->encoding);
    CHECK(back.outputs == g->outputs && back.top == g->top);
    generation_info_fini(&back);
}

static void
try_hashes(struct str in)
{
    struct generation_info g = {0};
    struct manifest m = {0};
    struct err e = {""};

    while (in.p != NULL) {
        struct str value = str_cut(&in, '\n');
        struct str field = str_cut(&value, '=');

        if (manifest_set(&m, field, value, &e) != RC_OK ||
            generation_info_set(&g, field, value, &e) != RC_OK) {
            CHECK(e.text[0] != '\0');
        }
    }
    (void)manifest_is_bad(&m, m.live);
    (void)manifest_left_ms(&m, m.live);
    if (generation_info_check(&g, &e) == RC_OK) {
        write_and_read(&g);
    }
    generation_info_fini(&g);
}

static void
try_schema(struct str json)
{
    struct schema *s = NULL;
    struct schema *back = NULL;
    struct buf out;

    if (schema_from_json(&s, json, NULL) != RC_OK) {
        CHECK(s == NULL);
        return;
    }
    buf_init(&out, 8 * json.len + 64);
    schema_to_json(s, &out);
    CHECK(!buf_failed(&out));
    CHECK(schema_from_json(&back, buf_view(&out), NULL) == RC_OK);
    CHECK(strcmp(schema_id(back), schema_id(s)) == 0);
    for (size_t i = 0; i < schema_size(s); i++) {
        CHECK(schema_find(back, schema_name(s, i)) == (ptrdiff_t)i);
    }
    schema_destroy(&back);
    schema_destroy(&s);
    buf_fini(&out);
}

static void
try_items(enum record_encoding enc, struct str rec)
{
    struct record_item item[MAX_ITEMS];
    char out[MAX_ITEMS * 8];
    size_t n;

    if (record_get_items(enc, rec, item, MAX_ITEMS, 1000, &n) == RC_OK) {
        CHECK(record_put_items(enc, out, item, n) == rec.len);
        CHECK(rec.len == 0 || memcmp(out, rec.p, rec.len) == 0);
    }
}

static void
try_records(struct str rec)
{
    float x[MAX_ITEMS];
    uint64_t updated_us;

    try_items(RECORD_TOPK_U16, rec);
    try_items(RECORD_TOPK_U32, rec);
    for (size_t n = 1; n <= MAX_ITEMS; n++) {
        bool fits = rec.len == 4 * n;
        bool fits_row = rec.len == 8 + 4 * n;

        CHECK((record_get_f32(rec, x, n) == RC_OK) == fits);
        CHECK((record_get_features(rec, &updated_us, x, n) == RC_OK) ==
              fits_row);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str in = {(const char *)data, size};

    try_hashes(in);
    try_schema(in);
    try_records(in);
    return 0;
}
