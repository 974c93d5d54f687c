/* SPDX-License-Identifier: Apache-2.0 */
/* Names in order, their identity, and what JSON may not smuggle in. */
#include "common/table/schema.h"
#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MANY     1000

static struct schema *
must_create(const struct str *name, size_t n)
{
    struct schema *s = NULL;
    struct err e = {""};

    if (schema_create(&s, name, n, &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    return s;
}

static void
id_is(const struct str *name, size_t n, const char *expected)
{
    struct schema *s = must_create(name, n);

    assert_string_equal(schema_id(s), expected);
    schema_destroy(&s);
    assert_null(s);
}

/* The ids come from Python's hashlib. */
static void
ids_are_known(void **state)
{
    const struct str age = STR("age"), hour = STR("hour");

    (void)state;
    id_is(&age, 1, "d8dbaba34e28dbe9");
    id_is((struct str[]){age, hour}, 2, "b4400c5f04f29950");
    id_is((struct str[]){hour, age}, 2, "599f7f24ad9ad2f5");
    id_is((struct str[]){STR("agehour")}, 1, "c76d2bf21acc7889");
    id_is((struct str[]){STR("gr\xc3\xb6\xc3\x9f"
                             "e"),
                         STR("\xc3\xa9\t\"x\\")},
          2, "3d5ee2c2a4075872");
}

static void
many_names_are_found(void **state)
{
    static char text[MANY][8];
    struct str name[MANY];
    struct schema *s;

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(text[i], sizeof(text[i]), "f%zu", i);
        name[i] = str_of(text[i]);
    }
    s = must_create(name, MANY);
    memset(text, 'x', sizeof(text) / 2); /* the names were copied */
    assert_int_equal(schema_size(s), MANY);
    assert_string_equal(schema_id(s), "3a92d63083c50a3c");
    for (size_t i = 0; i < MANY; i++) {
        char expected[8];

        snprintf(expected, sizeof(expected), "f%zu", i);
        assert_string_equal(schema_name(s, i).p, expected);
        assert_int_equal(schema_name(s, i).len, strlen(expected));
        assert_int_equal(schema_find(s, str_of(expected)), i);
    }
    assert_int_equal(schema_find(s, STR("f1000")), -1);
    assert_int_equal(schema_find(s, STR("F1")), -1);
    assert_int_equal(schema_find(s, STR("f1\0")), -1);
    assert_int_equal(schema_find(s, STR("")), -1);
    assert_int_equal(schema_find(s, (struct str){NULL, 0}), -1);
    schema_destroy(&s);
}

static void
refused(const struct str *name, size_t n, const char *says)
{
    struct schema *s = NULL;
    struct err e = {""};

    assert_int_equal(schema_create(&s, name, n, &e), RC_INVAL);
    assert_null(s);
    if (strstr(e.text, says) == NULL) {
        fail_msg("'%s' lacks '%s'", e.text, says);
    }
    assert_int_equal(schema_create(&s, name, n, NULL), RC_INVAL);
}

static void
bad_names_are_refused(void **state)
{
    const struct str a = STR("a"), empty = STR("");

    (void)state;
    refused(NULL, 0, "at least one");
    refused(&a, SIZE_MAX, "too many");
    refused((struct str[]){a, empty}, 2, "feature 1 ");
    refused((struct str[]){a, STR("b"), a}, 3, "'a'");
    refused((struct str[]){a, STR("\xff")}, 2, "feature 1 ");
    refused((struct str[]){a, STR("\xed\xa0\x80")}, 2, "feature 1 ");
    refused((struct str[]){a, STR("b\0c")}, 2, "feature 1 ");
}

static void
nothing_is_destroyed_quietly(void **state)
{
    struct schema *none = NULL;

    (void)state;
    schema_destroy(NULL);
    schema_destroy(&none);
}

static void
json_round_trips(void **state)
{
    const struct str name[] = {STR("a"), STR("b\"\\/\n\x01"),
                               STR("\xf0\x9f\x98\x80"), STR("\\u0000")};
    struct schema *s = must_create(name, COUNT(name));
    struct schema *back = NULL;
    struct buf json;
    struct err e = {""};

    (void)state;
    buf_init(&json, 4096);
    schema_to_json(s, &json);
    assert_false(buf_failed(&json));
    if (schema_from_json(&back, buf_view(&json), &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    assert_string_equal(schema_id(back), schema_id(s));
    assert_int_equal(schema_size(back), COUNT(name));
    for (size_t i = 0; i < COUNT(name); i++) {
        assert_true(str_eq(schema_name(back, i), name[i]));
    }
    buf_fini(&json);
    schema_destroy(&back);
    schema_destroy(&s);
}

static void
json_is_read_leniently_in_blanks(void **state)
{
    static const char text[] = " [ \"a\" , \"\\u00e9\"\t]\r\n ";
    struct schema *s = NULL;

    (void)state;
    assert_int_equal(schema_from_json(&s, STR(text), NULL), RC_OK);
    assert_int_equal(schema_find(s, STR("\xc3\xa9")), 1);
    schema_destroy(&s);
}

static void
bad_json_is_refused(void **state)
{
    static const struct str bad[] = {
        {NULL, 0},
        {"", 0},
        {"[]", 2},
        {"{}", 2},
        {"\"a\"", 3},
        {"[1]", 3},
        {"[null]", 6},
        {"[[\"a\"]]", 7},
        {"[\"a\",]", 6},
        {"[\"\"]", 4},
        {"[\"a\",\"a\"]", 9},
        {"[\"a\",\"\\u0061\"]", 14},
        {"[\"\xff\"]", 5},
        {"[\"\\ud800\"]", 10},
        /* These cJSON would take for another list of names. */
        {"[\"a\\u0000b\"]", 12},
        {"[\"\\\\\\u0000b\"]", 13},
        {"[\"a\0b\"]", 7},
        {"[\"a\"]x", 6},
        {"[\"a\"][\"b\"]", 10},
        {"[\"a\"]\0", 6},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct schema *s = NULL;
        struct err e = {""};

        if (schema_from_json(&s, bad[i], &e) != RC_INVAL) {
            fail_msg("accepted: %.*s", STR_ARG(bad[i]));
        }
        assert_null(s);
        assert_int_not_equal(e.text[0], '\0');
    }
}

static void
json_cut_anywhere_is_refused(void **state)
{
    static const char text[] = "[\"a\",\"\\ud83d\\ude00\",\"\xc3\xa9\\n\"]";
    struct schema *s = NULL;
    struct guarded g;

    (void)state;
    guarded_init(&g, sizeof(text));
    for (size_t len = 0; len < sizeof(text) - 1; len++) {
        struct str cut = guarded_copy(&g, (struct str){text, len});

        assert_int_equal(schema_from_json(&s, cut, NULL), RC_INVAL);
    }
    assert_int_equal(schema_from_json(&s, guarded_copy(&g, STR(text)), NULL),
                     RC_OK);
    assert_int_equal(schema_find(s, STR("\xf0\x9f\x98\x80")), 1);
    schema_destroy(&s);
    guarded_fini(&g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_known),
        cmocka_unit_test(many_names_are_found),
        cmocka_unit_test(bad_names_are_refused),
        cmocka_unit_test(nothing_is_destroyed_quietly),
        cmocka_unit_test(json_round_trips),
        cmocka_unit_test(json_is_read_leniently_in_blanks),
        cmocka_unit_test(bad_json_is_refused),
        cmocka_unit_test(json_cut_anywhere_is_refused),
    };

    return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
