/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 8259, accepted and refused, cut at every byte.
 */
#include "lookup/api/json_grammar.h"

#include "tests/lookup/json_texts.h"
#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define VALUES 1000

static enum rc
check(struct str text, struct err *e)
{
    size_t widest;

    return json_grammar_check(text, VALUES, &widest, e);
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
    /* what is wrong with these is not the grammar */
    STR("{\"a\":1,\"a\":1}"),
    STR("\"\\uD800\""),
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
    /* not UTF-8 */
    STR("\"\xff\""),
    STR("\"\xc3\""),
    STR("\"\xc0\x80\""),
    STR("\"\xed\xa0\x80\""),
    STR("\"\xf4\x90\x80\x80\""),
    STR("\x80"),
    STR("{\"\xe9\":1}"),
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_accepts(void **state)
{
    (void)state;
    json_texts_taken(check, good, COUNT(good));
}

static void
test_refuses(void **state)
{
    (void)state;
    json_texts_refused(check, bad, COUNT(bad));
    assert_int_equal(check((struct str){NULL, 0}, NULL), RC_INVAL);
}

static void
test_says_where(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(check(STR("{\"a\":01}"), &e), RC_INVAL);
    assert_string_equal(e.text, "byte 7: not a JSON number");
}

static void
test_depth(void **state)
{
    char text[2 * (JSON_DEPTH_MAX + 1)];

    (void)state;
    for (size_t depth = 1; depth <= JSON_DEPTH_MAX + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        assert_int_equal(check((struct str){text, 2 * depth}, NULL),
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

        assert_int_equal(check(text, NULL),
                         len >= sizeof(whole) - 2 ? RC_OK : RC_INVAL);
    }
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_int_equal(check(guarded_copy(&g, good[i]), NULL), RC_OK);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(check(guarded_copy(&g, bad[i]), NULL), RC_INVAL);
    }
    guarded_fini(&g);
}

/* Lists, objects and what is in them; names are not counted. */
static void
test_as_many_values_as_allowed(void **state)
{
    const struct str text = STR("{\"a\":[1,\"b\",{}],\"c\":null}");
    size_t widest;
    struct err e;

    (void)state;
    for (size_t max = 0; max <= 7; max++) {
        assert_int_equal(json_grammar_check(text, max, &widest, &e),
                         max < 6 ? RC_INVAL : RC_OK);
    }
    assert_int_equal(json_grammar_check(text, 5, &widest, &e), RC_INVAL);
    assert_string_equal(e.text,
                        "byte 20: more values than can be asked for here");
}

/* Of objects only, wherever they stand. */
static void
test_widest(void **state)
{
    static const struct {
        struct str text;
        size_t widest;
    } t[] = {
        {STR("1"), 0},
        {STR("{}"), 0},
        {STR("[1,2,3]"), 0},
        {STR("{\"a\":1}"), 1},
        {STR("{\"a\":[1,2,3],\"b\":{\"c\":1}}"), 2},
        {STR("[{\"a\":{\"b\":1,\"c\":2,\"d\":3}},{\"e\":4}]"), 3},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(t); i++) {
        size_t widest = SIZE_MAX;

        assert_int_equal(json_grammar_check(t[i].text, VALUES, &widest, NULL),
                         RC_OK);
        assert_int_equal(widest, t[i].widest);
    }
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
    assert_int_equal(check((struct str){text, 65}, &e), RC_OK);
    text[64] = '3';
    text[65] = ']';
    assert_int_equal(check((struct str){text, 66}, &e), RC_INVAL);
    assert_string_equal(e.text, "byte 65: a number has more than 63 "
                                "characters");
    text[0] = ' ';
    assert_int_equal(check((struct str){text, 65}, &e), RC_INVAL);
}

/* Digits in strings are none. */
static void
test_next_number(void **state)
{
    static const char *const want[] = {"7", "-1.5e+3", "0", "20"};
    struct str rest =
        STR("{\"1\":[7,\"2 \\\" -3\",null,-1.5e+3],\"a\":[[0],{\"4\":20}]}");

    (void)state;
    for (size_t i = 0; i < COUNT(want); i++) {
        struct str number = json_grammar_next_number(&rest);

        assert_true(str_eq(number, str_of(want[i])));
    }
    assert_true(str_eq(rest, STR("}]}")));
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
        cmocka_unit_test(test_widest),
        cmocka_unit_test(test_long_numbers),
        cmocka_unit_test(test_next_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
