/* SPDX-License-Identifier: Apache-2.0 */
/* The two hashes, field by field, and what makes one unfit to serve from. */
#include "common/table/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHA                                                                    \
    "0123456789abcdef0123456789abcdef"                                         \
    "0123456789abcdef0123456789abcdef"

static void
set(struct manifest *m, const char *field, const char *value)
{
    struct err e = {""};

    if (manifest_set(m, str_of(field), str_of(value), &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
}

static void
describe(struct generation_info *g, const char *field, const char *value)
{
    struct err e = {""};

    if (generation_info_set(g, str_of(field), str_of(value), &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
}

static void
manifest_is_read(void **state)
{
    struct manifest m = {0};

    (void)state;
    set(&m, "live", "3");
    set(&m, "live_uid", "00112233445566ff");
    set(&m, "previous", "2");
    set(&m, "previous_uid", "ff00112233445566");
    set(&m, "last", "18446744073709551615");
    set(&m, "seq", "7");
    set(&m, "bad", "1,4");
    set(&m, "left", "1@1700000000000");
    set(&m, "writer", "host:1:00112233445566ff");
    set(&m, "writer_until_ms", "1700000030000");
    set(&m, "of_a_later_version", "\xff");
    assert_int_equal(m.live, 3);
    assert_string_equal(m.live_uid, "00112233445566ff");
    assert_int_equal(m.previous, 2);
    assert_string_equal(m.previous_uid, "ff00112233445566");
    assert_true(m.last == UINT64_MAX);
    assert_int_equal(m.seq, 7);
    assert_string_equal(m.bad, "1,4");
    assert_string_equal(m.left, "1@1700000000000");
    assert_string_equal(m.writer, "host:1:00112233445566ff");
    assert_int_equal(m.writer_until_ms, 1700000030000);
}

static void
refuses(const char *field, struct str value)
{
    struct manifest m = {0};
    struct err e = {""};

    assert_int_equal(manifest_set(&m, str_of(field), value, &e), RC_INVAL);
    assert_non_null(strstr(e.text, field));
    assert_int_equal(manifest_set(&m, str_of(field), value, NULL), RC_INVAL);
}

static void
damaged_fields_are_named(void **state)
{
    char text[5000];

    (void)state;
    memset(text, '1', sizeof(text));
    refuses("live", STR(""));
    refuses("live", (struct str){NULL, 0});
    refuses("live", STR("-1"));
    refuses("live", STR("3 "));
    refuses("live", STR("18446744073709551616"));
    refuses("seq", STR("seven"));
    refuses("live_uid", STR("00112233445566778"));
    refuses("live_uid", STR("0011\0"
                            "2233"));
    refuses("bad", (struct str){text, sizeof(text)});
    refuses("writer", (struct str){text, WRITER_SIZE});
    refuses("writer_until_ms", (struct str){text, sizeof(text)});
}

static void
bad_list(void **state)
{
    struct manifest m = {0};

    (void)state;
    assert_false(manifest_is_bad(&m, 0));
    assert_false(manifest_is_bad(&m, 1));
    set(&m, "bad", "3,15,4");
    assert_true(manifest_is_bad(&m, 3));
    assert_true(manifest_is_bad(&m, 15));
    assert_true(manifest_is_bad(&m, 4));
    assert_false(manifest_is_bad(&m, 1));
    assert_false(manifest_is_bad(&m, 5));
    assert_false(manifest_is_bad(&m, 31));
    assert_false(manifest_is_bad(&m, 0));
    set(&m, "bad", ",x, 7,18446744073709551615,");
    assert_false(manifest_is_bad(&m, 0));
    assert_false(manifest_is_bad(&m, 7));
    assert_true(manifest_is_bad(&m, UINT64_MAX));
}

static void
left_list(void **state)
{
    struct manifest m = {0};

    (void)state;
    assert_int_equal(manifest_left_ms(&m, 1), 0);
    set(&m, "left", "2@1700000000000,13@1700000000001,3@5");
    assert_int_equal(manifest_left_ms(&m, 2), 1700000000000);
    assert_int_equal(manifest_left_ms(&m, 13), 1700000000001);
    assert_int_equal(manifest_left_ms(&m, 3), 5);
    assert_int_equal(manifest_left_ms(&m, 1), 0);
    set(&m, "left", "2,3@,4@x,5@9@9,@7,6@18446744073709551616");
    for (uint64_t gen = 0; gen < 8; gen++) {
        assert_int_equal(manifest_left_ms(&m, gen), 0);
    }
}

static const char *const score_fields[][2] = {
    {"format", "1"},
    {"uid", "00112233445566ff"},
    {"kind", "score"},
    {"rows", "12330"},
    {"buckets", "512"},
    {"encoding", "f32"},
    {"outputs", "3"},
    {"objective", "multi:softprob"},
    {"iterations", "0:100"},
    {"model_sha256", SHA},
    {"source_sha256", SHA},
    {"schema", "[\"age\"]"},
    {"schema_id", "d8dbaba34e28dbe9"},
    {"as_of_us", "1700000000000000"},
    {"created_us", "1700000000000001"},
    {"score_stats", "{\"n\":1}"},
};

static const char *const ranking_fields[][2] = {
    {"format", "1"},
    {"uid", "00112233445566ff"},
    {"kind", "ranking"},
    {"rows", "1"},
    {"buckets", "1"},
    {"encoding", "topk-u32"},
    {"top", "5"},
    {"model_sha256", SHA},
    {"schema", "[\"age\"]"},
    {"schema_id", "d8dbaba34e28dbe9"},
    {"as_of_us", "1700000000000000"},
};

static void
describe_all(struct generation_info *g, const char *const (*field)[2], size_t n)
{
    *g = (struct generation_info){0};
    for (size_t i = 0; i < n; i++) {
        describe(g, field[i][0], field[i][1]);
    }
}

static void
generation_is_read(void **state)
{
    struct generation_info g;
    struct err e = {""};

    (void)state;
    describe_all(&g, score_fields, COUNT(score_fields));
    assert_int_equal(generation_info_check(&g, &e), RC_OK);
    assert_int_equal(g.format, 1);
    assert_string_equal(g.uid, "00112233445566ff");
    assert_int_equal(g.kind, TABLE_SCORE);
    assert_int_equal(g.rows, 12330);
    assert_int_equal(g.buckets, 512);
    assert_int_equal(g.encoding, RECORD_F32);
    assert_int_equal(g.outputs, 3);
    assert_string_equal(g.objective, "multi:softprob");
    assert_string_equal(g.iterations, "0:100");
    assert_string_equal(g.model_sha256, SHA);
    assert_string_equal(g.source_sha256, SHA);
    assert_string_equal(g.schema, "[\"age\"]");
    assert_string_equal(g.schema_id, "d8dbaba34e28dbe9");
    assert_int_equal(g.as_of_us, 1700000000000000);
    assert_int_equal(g.created_us, 1700000000000001);
    assert_string_equal(g.score_stats, "{\"n\":1}");
    describe(&g, "schema", "[\"b\"]"); /* a second value replaces the first */
    assert_string_equal(g.schema, "[\"b\"]");
    generation_info_fini(&g);
    generation_info_fini(&g);
    generation_info_fini(NULL);
}

static void
only_ready_is_ready(void **state)
{
    struct generation_info g = {0};

    (void)state;
    describe(&g, "state", "ready");
    assert_true(g.ready);
    describe(&g, "state", "writing");
    assert_false(g.ready);
    describe(&g, "state", "Ready");
    assert_false(g.ready);
}

struct seen {
    const char *const (*field)[2];
    size_t n;
    size_t at;
};

static void
on_field(void *arg, struct str field, struct str value)
{
    struct seen *seen = arg;

    assert_in_range(seen->at, 0, seen->n - 1);
    assert_true(str_eq(field, str_of(seen->field[seen->at][0])));
    assert_true(str_eq(value, str_of(seen->field[seen->at][1])));
    seen->at++;
}

static void
writes_what_it_read(const char *const (*field)[2], size_t n)
{
    struct seen seen = {field, n, 0};
    struct generation_info g;

    describe_all(&g, field, n);
    generation_info_each(&g, on_field, &seen);
    assert_int_equal(seen.at, n);
    generation_info_fini(&g);
}

/* A score has no `top`, and a field without a value is not a field. */
static void
fields_are_written_as_read(void **state)
{
    (void)state;
    writes_what_it_read(score_fields, COUNT(score_fields));
    writes_what_it_read(ranking_fields, COUNT(ranking_fields));
}

static void
unfit_with(const char *const (*fields)[2], size_t n, const char *field,
           const char *value, const char *says)
{
    struct generation_info g;
    struct err e = {""};
    enum rc rc;

    describe_all(&g, fields, n);
    rc = generation_info_set(&g, str_of(field), str_of(value), &e);
    if (rc == RC_OK) {
        rc = generation_info_check(&g, &e);
    }
    assert_int_equal(rc, RC_INVAL);
    if (strstr(e.text, says) == NULL) {
        fail_msg("%s=%s: '%s' lacks '%s'", field, value, e.text, says);
    }
    generation_info_fini(&g);
}

static void
every_needed_field_is_named(void **state)
{
    static const char *const needed[] = {
        "uid",    "buckets",   "encoding", "outputs", "model_sha256",
        "schema", "schema_id", "as_of_us", "kind",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(needed); i++) {
        unfit_with(score_fields, COUNT(score_fields), needed[i], "", needed[i]);
    }
    unfit_with(ranking_fields, COUNT(ranking_fields), "top", "0", "top");
}

/* A uid becomes part of file names and ETags, a schema_id of keys. */
static void
damaged_values_are_refused(void **state)
{
    static const char *const damaged[][2] = {
        {"uid", "../../etc/passwd"},
        {"uid", "00112233445566FF"},
        {"uid", "00112233445566f"},
        {"uid", "00112233445566ff0"},
        {"schema_id", "d8dbaba34e28 be9"},
        {"model_sha256", "0123"},
        {"outputs", "0"},
        {"outputs", "4611686018427387904"},
        {"buckets", "0"},
        {"buckets", "-1"},
        {"kind", "scores"},
        {"encoding", "f64"},
        {"as_of_us", "0"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(damaged); i++) {
        unfit_with(score_fields, COUNT(score_fields), damaged[i][0],
                   damaged[i][1], damaged[i][0]);
    }
    unfit_with(ranking_fields, COUNT(ranking_fields), "top", "4294967296",
               "top");
}

static void
texts_with_a_nul_are_refused(void **state)
{
    struct generation_info g = {0};
    struct err e = {""};

    (void)state;
    assert_int_equal(
        generation_info_set(&g, STR("schema"), STR("[\"a\"]\0"), &e), RC_INVAL);
    assert_int_equal(
        generation_info_set(&g, STR("uid"), STR("0011223344556\0ff"), &e),
        RC_INVAL);
    generation_info_fini(&g);
}

static void
kind_and_encoding_belong_together(void **state)
{
    (void)state;
    unfit_with(score_fields, COUNT(score_fields), "encoding", "topk-u16",
               "topk-u16");
    unfit_with(ranking_fields, COUNT(ranking_fields), "encoding", "f32",
               "ranking");
}

static void
another_format_says_what_to_update(void **state)
{
    (void)state;
    unfit_with(score_fields, COUNT(score_fields), "format", "2", "update");
    unfit_with(score_fields, COUNT(score_fields), "format", "0", "format 0");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifest_is_read),
        cmocka_unit_test(damaged_fields_are_named),
        cmocka_unit_test(bad_list),
        cmocka_unit_test(left_list),
        cmocka_unit_test(generation_is_read),
        cmocka_unit_test(only_ready_is_ready),
        cmocka_unit_test(fields_are_written_as_read),
        cmocka_unit_test(every_needed_field_is_named),
        cmocka_unit_test(damaged_values_are_refused),
        cmocka_unit_test(texts_with_a_nul_are_refused),
        cmocka_unit_test(kind_and_encoding_belong_together),
        cmocka_unit_test(another_format_says_what_to_update),
    };

    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
