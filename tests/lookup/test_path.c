/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/path.h"
#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void
test_split(void **state)
{
    static const struct {
        struct str path;
        size_t n;
        const char *segment[4];
    } t[] = {
        {STR("/"), 1, {""}},
        {STR("/v1"), 1, {"v1"}},
        {STR("/v1/"), 2, {"v1", ""}},
        {STR("/v1/a//"), 4, {"v1", "a", "", ""}},
        {STR("//"), 2, {"", ""}},
        {STR("/a%2Fb/c"), 2, {"a%2Fb", "c"}},
        {STR("/1/2/3/4/5/6"), 6, {"1", "2", "3", "4"}},
        {STR("*"), 1, {""}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct str segment[4];

        assert_int_equal(path_split(t[i].path, segment, 4), t[i].n);
        for (size_t k = 0; k < t[i].n && k < 4; k++) {
            assert_true(str_eq(segment[k], str_of(t[i].segment[k])));
        }
    }
}

static void
test_decode(void **state)
{
    static const struct {
        struct str raw, want;
    } t[] = {
        {STR(""), STR("")},
        {STR("abc"), STR("abc")},
        {STR("a+b"), STR("a+b")},
        {STR("%41%5a%5A%00%ff"), STR("AZZ\0\xff")},
        {STR("%2525"), STR("%25")},
        {STR("%2F"), STR("/")},
        {STR("\x80\xff"), STR("\x80\xff")},
    };
    char out[8];
    size_t len;

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        assert_int_equal(path_decode(t[i].raw, out, sizeof(out), &len), RC_OK);
        assert_true(str_eq((struct str){out, len}, t[i].want));
    }
}

/* Of all 65,536 pairs behind a percent sign, those of two hex digits. */
static void
test_every_escape(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 65536; i++) {
        const char raw[3] = {'%', (char)(i >> 8), (char)i};
        const char *digits = "0123456789abcdefABCDEF";
        char out[3], want[3] = {raw[1], raw[2]};
        size_t len;
        bool good = i >> 8 != 0 && (i & 255) != 0 && strspn(want, digits) == 2;
        enum rc rc = path_decode((struct str){raw, 3}, out, 3, &len);

        assert_int_equal(rc, good ? RC_OK : RC_INVAL);
        if (good) {
            unsigned byte;

            assert_int_equal(sscanf(want, "%x", &byte), 1);
            assert_int_equal(len, 1);
            assert_int_equal((unsigned char)out[0], byte);
        }
    }
}

static void
test_room(void **state)
{
    char out[4];
    size_t len;

    (void)state;
    assert_int_equal(path_decode(STR("%61bcd"), out, 4, &len), RC_OK);
    assert_int_equal(len, 4);
    assert_int_equal(path_decode(STR("%61bcde"), out, 4, &len), RC_FULL);
    assert_int_equal(path_decode(STR("abcd%"), out, 4, &len), RC_INVAL);
}

static void
test_cut_at_every_byte(void **state)
{
    const struct str whole = STR("/v1/t%C3%A9/%00+%ff/");
    struct guarded g;

    (void)state;
    guarded_init(&g, whole.len);
    for (size_t len = 1; len <= whole.len; len++) {
        struct str cut = guarded_copy(&g, (struct str){whole.p, len});
        struct str segment[8];
        char out[32];
        size_t n = path_split(cut, segment, 8), decoded;

        for (size_t i = 0; i < n; i++) {
            struct str s = segment[i];
            bool broken = (s.len >= 1 && s.p[s.len - 1] == '%') ||
                          (s.len >= 2 && s.p[s.len - 2] == '%');

            assert_int_equal(path_decode(s, out, 32, &decoded),
                             broken ? RC_INVAL : RC_OK);
        }
    }
    guarded_fini(&g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_every_escape),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_cut_at_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
