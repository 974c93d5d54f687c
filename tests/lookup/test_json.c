/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the grammar (test_json_grammar.c) lets pass and a request may not say,
 * and numbers to the float nearest to their text.
 */
#include "lookup/api/json.h"

#include "common/base/number.h"
#include "tests/lookup/json_texts.h"

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

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct str good[] = {
    STR("{\"a\":1,\"A\":2,\"\":3,\"a \":4}"),
    STR("[{\"a\":1},{\"a\":1}]"),
    STR("{\"a\":{\"a\":{\"a\":1}}}"),
    STR("\"\\u00e9\\uD83D\\uDE00\""),
};

static const struct str bad[] = {
    STR("[1,]"),
    /* surrogates */
    STR("\"\\uD800\""),
    STR("\"\\uDC00\""),
    STR("\"\\uD800\\u0041\""),
    STR("\"\\uD800\\uD800\""),
    STR("\"\\uDC00\\uD800\""),
    STR("\"\\uD83Dx\""),
    /* repeated names, however they are written */
    STR("{\"a\":1,\"a\":1}"),
    STR("{\"a\":1,\"b\":2,\"\\u0061\":3}"),
    STR("{\"\":1,\"\":2}"),
    STR("[{\"x\":{\"k\":1,\"j\":2,\"k\":3}}]"),
};

static void
test_accepts(void **state)
{
    (void)state;
    json_texts_taken(parse, good, COUNT(good));
}

static void
test_refuses(void **state)
{
    (void)state;
    json_texts_refused(parse, bad, COUNT(bad));
}

static void
test_names_the_repeated_name(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(parse(STR("{\"age\":1,\"age\":2}"), &e), RC_INVAL);
    assert_string_equal(e.text, "the name 'age' is repeated");
}

/* The limit is the caller's. */
static void
test_as_many_values_as_allowed(void **state)
{
    cJSON *root = NULL;

    (void)state;
    assert_int_equal(json_parse(STR("[1]"), 1, &root, NULL), RC_INVAL);
    assert_null(root);
    assert_int_equal(json_parse(STR("[1]"), 2, &root, NULL), RC_OK);
    cJSON_Delete(root);
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
        cmocka_unit_test(test_names_the_repeated_name),
        cmocka_unit_test(test_as_many_values_as_allowed),
        cmocka_unit_test(test_hard_numbers),
        cmocka_unit_test(test_middles),
        cmocka_unit_test(test_numbers_in_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
