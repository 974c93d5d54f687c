/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request bodies by RFC 8259, cut at every byte, and numbers to the float
 * nearest to their text.
 */
#include "lookup/api/json.h"

#include "common/base/number.h"
#include "tests/support/guarded.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static enum rc
parse(struct str text, struct err *e)
{
    cJSON *root = NULL;
    enum rc rc = json_parse(text, JSON_VALUES, &root, e);

    cJSON_Delete(root);
    return rc;
}

static const struct str good[] = {
    STR("0"),
    STR("-0"),
    STR("-1.5e+3"),
    STR("1E-2"),
    STR("12345678901234567890"),
    STR("\"\""),
    STR("null"),
    STR(" \t\r\n true \n"),
    STR("[]"),
    STR("[ ]"),
    STR("{}"),
    STR("{ }"),
    STR("[1,[2,{\"a\":[]}],\"x\"]"),
    STR("{\"a\":1,\"A\":2,\"\":3,\"a \":4}"),
    STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\""),
    STR("\"\x7f\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""),
    STR("[{\"a\":1},{\"a\":1}]"),
    STR("{\"a\":{\"a\":{\"a\":1}}}"),
};

static const struct str bad[] = {
    /* numbers */
    STR("01"),
    STR("-"),
    STR("-01"),
    STR("+1"),
    STR(".5"),
    STR("1."),
    STR("1.e3"),
    STR("1e"),
    STR("1e+"),
    STR("0x10"),
    STR("1_000"),
    STR("NaN"),
    STR("Infinity"),
    STR("-Infinity"),
    STR("nan"),
    STR("1,5"),
    /* words and blanks */
    STR(""),
    STR(" "),
    STR("True"),
    STR("nul"),
    STR("nulll"),
    STR("tru"),
    STR("\v1"),
    STR("\f1"),
    STR("\xc2\xa0"),
    STR("'a'"),
    STR("undefined"),
    STR("\xef\xbb\xbf{}"),
    STR("/**/1"),
    STR("1 //"),
    /* lists */
    STR("["),
    STR("]"),
    STR("[1,]"),
    STR("[,1]"),
    STR("[1 2]"),
    STR("[1}"),
    STR("{"),
    STR("}"),
    STR("{\"a\"}"),
    STR("{\"a\":}"),
    STR("{\"a\":1,}"),
    STR("{a:1}"),
    STR("{1:1}"),
    STR("{\"a\" 1}"),
    STR("{\"a\":1 \"b\":2}"),
    STR("{\"a\":1]"),
    STR("{,}"),
    STR("{\"a\"::1}"),
    STR("{null:1}"),
    /* bytes behind */
    STR("1 2"),
    STR("{}{}"),
    STR("[]]"),
    STR("{}\0"),
    STR("1\0"),
    STR("null,"),
    /* strings */
    STR("\""),
    STR("\"a"),
    STR("\"\\\""),
    STR("\"\\x\""),
    STR("\"\\'\""),
    STR("\"\\u12\""),
    STR("\"\\u12g4\""),
    STR("\"\\U0041\""),
    STR("\"\n\""),
    STR("\"\t\""),
    STR("\"\x1f\""),
    STR("\"\0\""),
    STR("\"\\u0000\""),
    STR("\"a\\u0000b\""),
    STR("{\"a\\u0000\":1}"),
    /* surrogates */
    STR("\"\\uD800\""),
    STR("\"\\uDC00\""),
    STR("\"\\uD800\\u0041\""),
    STR("\"\\uD800\\uD800\""),
    STR("\"\\uDC00\\uD800\""),
    STR("\"\\uD83Dx\""),
    /* not UTF-8 */
    STR("\"\xff\""),
    STR("\"\xc3\""),
    STR("\"\xc0\x80\""),
    STR("\"\xed\xa0\x80\""),
    STR("\"\xf4\x90\x80\x80\""),
    STR("\x80"),
    STR("{\"\xe9\":1}"),
    /* repeated names, however they are written */
    STR("{\"a\":1,\"a\":1}"),
    STR("{\"a\":1,\"b\":2,\"\\u0061\":3}"),
    STR("{\"\":1,\"\":2}"),
    STR("[{\"x\":{\"k\":1,\"j\":2,\"k\":3}}]"),
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_accepts(void **state)
{
    struct err e;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        if (parse(good[i], &e) != RC_OK) {
            fail_msg("%.*s: %s", STR_ARG(good[i]), e.text);
        }
    }
}

static void
test_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct err e = {""};

        if (parse(bad[i], &e) != RC_INVAL || e.text[0] == '\0') {
            fail_msg("%.*s is accepted", STR_ARG(bad[i]));
        }
    }
    assert_int_equal(parse((struct str){NULL, 0}, NULL), RC_INVAL);
}

static void
test_says_where(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(parse(STR("{\"a\":01}"), &e), RC_INVAL);
    assert_string_equal(e.text, "byte 7: not a JSON number");
    assert_int_equal(parse(STR("{\"age\":1,\"age\":2}"), &e), RC_INVAL);
    assert_string_equal(e.text, "the name 'age' is repeated");
}

static void
test_depth(void **state)
{
    char text[2 * (JSON_DEPTH_MAX + 1)];

    (void)state;
    for (size_t depth = 1; depth <= JSON_DEPTH_MAX + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        assert_int_equal(parse((struct str){text, 2 * depth}, NULL),
                         depth <= JSON_DEPTH_MAX ? RC_OK : RC_INVAL);
    }
}

static const char whole[] =
    " {\"features\":{\"age\":-1.5e+3,\"\\u00e9\xc3\xa9\":null,\"b\":[true,"
    "false,{\"x\":\"\\uD83D\\uDE00\\n\"}]},\"partial\":true} ";

static void
test_cut_at_every_byte(void **state)
{
    struct guarded g;

    (void)state;
    guarded_init(&g, sizeof(whole));
    for (size_t len = 0; len < sizeof(whole); len++) {
        struct str text = guarded_copy(&g, (struct str){whole, len});

        assert_int_equal(parse(text, NULL),
                         len >= sizeof(whole) - 2 ? RC_OK : RC_INVAL);
    }
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_int_equal(parse(guarded_copy(&g, good[i]), NULL), RC_OK);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(parse(guarded_copy(&g, bad[i]), NULL), RC_INVAL);
    }
    guarded_fini(&g);
}

/* Lists, objects and what is in them; names are not counted. */
static void
test_as_many_values_as_allowed(void **state)
{
    const struct str text = STR("{\"a\":[1,\"b\",{}],\"c\":null}");
    cJSON *root = NULL;
    struct err e;

    (void)state;
    for (size_t max = 0; max <= 7; max++) {
        enum rc rc = json_parse(text, max, &root, &e);

        assert_int_equal(rc, max < 6 ? RC_INVAL : RC_OK);
        cJSON_Delete(root);
        root = NULL;
    }
    assert_int_equal(json_parse(text, 5, &root, &e), RC_INVAL);
    assert_string_equal(e.text,
                        "byte 20: more values than can be asked for here");
}

/* cJSON reads a number's first 63 characters only. */
static void
test_long_numbers(void **state)
{
    char text[80] = "[0.";
    struct err e;

    (void)state;
    memset(text + 3, '3', 64);
    text[64] = ']';
    assert_int_equal(parse((struct str){text, 65}, &e), RC_OK);
    text[64] = '3';
    text[65] = ']';
    assert_int_equal(parse((struct str){text, 66}, &e), RC_INVAL);
    assert_string_equal(e.text, "byte 65: a number has more than 63 "
                                "characters");
    text[0] = ' ';
    assert_int_equal(parse((struct str){text, 65}, &e), RC_INVAL);
}

/* ---------------------------------------------- numbers, rounded once */

static void
check_float(const char *text)
{
    float want;
    bool fits = number_parse_f32(str_of(text), &want);
    cJSON *root;

    assert_int_equal(json_parse(str_of(text), JSON_VALUES, &root, NULL), RC_OK);
    float got = (float)root->valuedouble;

    cJSON_Delete(root);
    if (fits ? memcmp(&got, &want, sizeof(got)) != 0 : isfinite(got)) {
        fail_msg("%s is read as %.9g, not %.9g", text, (double)got,
                 (double)want);
    }
}

static void
test_hard_numbers(void **state)
{
    static const char *const hard[] = {
        /* next to the middle of two floats, and of a double's reach */
        "1.00000005960464477539062500000000000000000001",
        "1.00000005960464477539062499999999999999999999",
        "1.000000059604644775390625",
        "1.00000017881393432617187500000000000000000001",
        "1.00000017881393432617187499999999999999999999",
        "-16777217.0000000000000000000000000000000001",
        "16777218.99999999999999999999999999999999999",
        /* subnormal floats have their middles elsewhere */
        "7.006492321624085354618e-46",
        "7.006492321624085354618647916449580656401309709382578858785e-46",
        "2.1019476964872256063855943749348741969203929128147736576e-45",
        "2.1019476964872256063855943749348741969203929128147736577e-45",
        "1.1754943157898259e-38",
        /* the last float, and the middle behind it */
        "340282356779733661637539395458142568447.9999999999999999999",
        "340282356779733661637539395458142568448",
        "3.4028235e38",
        "1e39",
        "1e400",
        "1e-400",
        "-0",
        "-0.0e5",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(hard); i++) {
        check_float(hard[i]);
    }
}

/* The middle of two neighbouring floats, moved by less than a double sees. */
static void
test_middles(void **state)
{
    uint64_t seed = 20261122;
    char text[96];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        float f;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint32_t bits = 0x3f000000u + (uint32_t)(seed >> 33) % 0x0b000000u;

        memcpy(&f, &bits, sizeof(f));
        double middle = ((double)f + (double)nextafterf(f, INFINITY)) / 2;
        int n = snprintf(text, sizeof(text), "%.36f", middle);

        check_float(text);
        text[n - 1] = '1';
        check_float(text);
    }
}

/* Each number gets its own text, wherever it stands. */
static void
test_numbers_in_place(void **state)
{
    cJSON *root;
    struct str text = STR(
        "{\"1.5\":[7,\"2 \\\" "
        "-3\",1.00000017881393432617187499999999999999999],"
        "\"a\":{\"b\":null,\"c\":-1.00000017881393432617187499999999999999999},"
        "\"d\":16777217}");

    (void)state;
    assert_int_equal(json_parse(text, JSON_VALUES, &root, NULL), RC_OK);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "1.5");
    const cJSON *a = cJSON_GetObjectItemCaseSensitive(root, "a");
    const cJSON *c = cJSON_GetObjectItemCaseSensitive(a, "c");
    const cJSON *d = cJSON_GetObjectItemCaseSensitive(root, "d");

    assert_true(cJSON_GetArrayItem(list, 0)->valuedouble == 7);
    assert_true(cJSON_GetArrayItem(list, 2)->valuedouble ==
                (double)1.00000011920928955f);
    assert_true(c->valuedouble == (double)-1.00000011920928955f);
    /* A double that rounds as the text does is left as it is. */
    assert_true(d->valuedouble == 16777217);
    cJSON_Delete(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_says_where),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_as_many_values_as_allowed),
        cmocka_unit_test(test_long_numbers),
        cmocka_unit_test(test_hard_numbers),
        cmocka_unit_test(test_middles),
        cmocka_unit_test(test_numbers_in_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
