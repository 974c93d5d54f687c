/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/str.h"
#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void
test_compare(void **state)
{
    (void)state;
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a"), STR("ab")));
    assert_true(str_eq((struct str){NULL, 0}, STR("")));
    assert_true(str_eq_nocase(STR("Host"), STR("hOST")));
    assert_false(str_eq_nocase(STR("@"), STR("`")));
    assert_int_equal(str_cmp(STR("a"), STR("ab")), -1);
    assert_int_equal(str_cmp(STR("b"), STR("ab")), 1);
    assert_int_equal(str_cmp(STR("\xff"), STR("a")), 1);
    assert_int_equal(str_cmp((struct str){NULL, 0}, STR("")), 0);
}

static void
test_starts_and_ends(void **state)
{
    (void)state;
    assert_true(str_starts(STR("shop.csv"), STR("shop")));
    assert_false(str_starts(STR("sh"), STR("shop")));
    assert_true(str_ends(STR("shop.csv"), STR(".csv")));
    assert_false(str_ends(STR("csv"), STR(".csv")));
    assert_true(str_ends((struct str){NULL, 0}, STR("")));
}

static void
test_trim(void **state)
{
    (void)state;
    assert_true(str_eq(str_trim(STR(" \t a b\r\n")), STR("a b")));
    assert_int_equal(str_trim(STR(" \t\r\n")).len, 0);
    assert_int_equal(str_trim((struct str){NULL, 0}).len, 0);
}

static void
test_cut_visits_every_part(void **state)
{
    struct str rest = STR("a,,b,");
    const struct str want[] = {STR("a"), STR(""), STR("b"), STR("")};
    size_t n = 0;

    (void)state;
    while (rest.p != NULL) {
        struct str part = str_cut(&rest, ',');

        assert_true(n < 4);
        assert_true(str_eq(part, want[n]));
        n++;
    }
    assert_int_equal(n, 4);
}

static void
test_copies(void **state)
{
    char out[4];
    char *copy = str_dup(STR("a\0b"));

    (void)state;
    assert_non_null(copy);
    assert_memory_equal(copy, "a\0b", 4);
    free(copy);
    assert_true(str_copy(STR("abc"), out, sizeof(out)));
    assert_string_equal(out, "abc");
    assert_false(str_copy(STR("abcd"), out, sizeof(out)));
    assert_string_equal(out, "");
    assert_false(str_copy(STR("a\0b"), out, sizeof(out)));
    assert_string_equal(out, "");
    assert_true(str_copy((struct str){NULL, 0}, out, sizeof(out)));
}

static void
test_utf8_takes_all_of_unicode(void **state)
{
    (void)state;
    assert_true(str_is_utf8(STR("")));
    assert_true(str_is_utf8(STR("plain\0\x7f")));
    assert_true(str_is_utf8(STR("\xc2\x80 \xdf\xbf")));
    assert_true(str_is_utf8(STR("\xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80")));
    assert_true(str_is_utf8(STR("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf")));
}

static void
test_utf8_refuses_what_is_not(void **state)
{
    static const char *const bad[] = {
        "\x80",         "\xc1\xbf",         "\xc2",
        "\xc2\x41",     "\xe0\x9f\xbf",     "\xed\xa0\x80",
        "\xe2\x82",     "\xe2\x82\x41",     "\xf0\x8f\xbf\xbf",
        "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xff",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(str_is_utf8(str_of(bad[i])));
    }
}

/* Every byte at every place of every length, at the end of a page. */
static void
test_plain(void **state)
{
    struct guarded g;
    char text[20];

    (void)state;
    guarded_init(&g, sizeof(text));
    for (size_t n = 0; n <= sizeof(text); n++) {
        memset(text, 'a', n);
        assert_true(str_is_plain(guarded_copy(&g, (struct str){text, n})));
        for (size_t at = 0; at < n; at++) {
            for (int c = 0; c < 256; c++) {
                bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

                text[at] = (char)c;
                assert_int_equal(
                    str_is_plain(guarded_copy(&g, (struct str){text, n})),
                    plain);
            }
            text[at] = 'a';
        }
    }
    guarded_fini(&g);
}

static void
test_utf8_stays_inside_at_every_cut(void **state)
{
    const struct str text = STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    struct guarded g;

    (void)state;
    guarded_init(&g, text.len);
    for (size_t n = 0; n <= text.len; n++) {
        bool whole = n == 0 || n == 1 || n == 3 || n == 6 || n == 10;
        struct str cut = guarded_copy(&g, (struct str){text.p, n});

        assert_int_equal(str_is_utf8(cut), whole);
    }
    guarded_fini(&g);
}

static void
test_skip(void **state)
{
    struct str s = STR("-1"), none = {NULL, 0};

    (void)state;
    assert_true(str_skip(&s, '+', '-'));
    assert_true(str_eq(s, STR("1")));
    assert_false(str_skip(&s, '+', '-'));
    assert_true(str_eq(s, STR("1")));
    assert_false(str_skip(&none, '+', '-'));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_starts_and_ends),
        cmocka_unit_test(test_trim),
        cmocka_unit_test(test_cut_visits_every_part),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_utf8_takes_all_of_unicode),
        cmocka_unit_test(test_utf8_refuses_what_is_not),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_utf8_stays_inside_at_every_cut),
        cmocka_unit_test(test_skip),
    };

    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
