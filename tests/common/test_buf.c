/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void
assert_holds(struct buf *b, const char *want)
{
    assert_false(buf_failed(b));
    assert_int_equal(b->len, strlen(want));
    assert_memory_equal(b->p, want, b->len);
    buf_clear(b);
}

static void
test_appends(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    buf_c(&b, "GET ");
    buf_str(&b, STR("/v1"));
    buf_char(&b, '/');
    buf_u64(&b, UINT64_MAX);
    buf_printf(&b, " %s %d", "HTTP", 1);
    assert_holds(&b, "GET /v1/18446744073709551615 HTTP 1");
    buf_printf(&b, "%600d", 7);
    assert_int_equal(b.len, 600);
    assert_int_equal(b.p[599], '7');
    buf_fini(&b);
    buf_fini(NULL);
}

static void
test_max_is_a_wall(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 5);
    buf_c(&b, "abcde");
    assert_holds(&b, "abcde");
    buf_c(&b, "abc");
    buf_c(&b, "def");
    buf_c(&b, "g");
    assert_true(buf_failed(&b));
    assert_int_equal(b.len, 3);
    assert_null(buf_reserve(&b, 1));
    buf_clear(&b);
    buf_printf(&b, "%d", 12345);
    assert_holds(&b, "12345");
    buf_fini(&b);
}

static void
test_grows_up_to_max(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 100000);
    for (int i = 0; i < 100000; i++) {
        buf_char(&b, (char)i);
    }
    assert_false(buf_failed(&b));
    assert_int_equal(b.len, 100000);
    assert_true(b.cap <= b.max);
    assert_int_equal(b.p[777], (char)777);
    buf_char(&b, 'x');
    assert_true(buf_failed(&b));
    buf_fini(&b);
}

static void
test_drop_moves_the_rest_down(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    buf_c(&b, "abcdef");
    buf_drop(&b, 0);
    buf_drop(&b, 4);
    assert_holds(&b, "ef");
    buf_c(&b, "x");
    buf_drop(&b, 1);
    assert_holds(&b, "");
    buf_fini(&b);
}

static void
test_json_strings(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    buf_json_str(&b, STR(""));
    assert_holds(&b, "\"\"");
    buf_json_str(&b, STR("a\"b\\c/\xc3\xa9"));
    assert_holds(&b, "\"a\\\"b\\\\c/\xc3\xa9\"");
    buf_json_str(&b, STR("\b\f\n\r\t\0\x1f"));
    assert_holds(&b, "\"\\b\\f\\n\\r\\t\\u0000\\u001f\"");
    buf_fini(&b);
}

/* The examples of RFC 4648, section 10. */
static void
test_base64(void **state)
{
    static const char *const want[] = {
        "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
    };
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    for (size_t n = 0; n <= 6; n++) {
        buf_base64(&b, (struct str){"foobar", n});
        assert_int_equal(b.len, strlen(want[n]));
        assert_true(str_eq(buf_view(&b), str_of(want[n])));
        buf_clear(&b);
    }
    buf_base64(&b, STR("\xfb\xff\xfe"));
    assert_holds(&b, "+//+");
    buf_fini(&b);
}

static void
test_json_id(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    buf_json_id(&b, "id", STR("u1"));
    buf_char(&b, ' ');
    buf_json_id(&b, "id", STR("\"\xc3\xa9"));
    buf_char(&b, ' ');
    buf_json_id(&b, "id", STR("\xfb\xff\xfe"));
    assert_holds(&b, "\"id\":\"u1\" \"id\":\"\\\"\xc3\xa9\" "
                     "\"id_b64\":\"+//+\"");
    buf_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends),
        cmocka_unit_test(test_max_is_a_wall),
        cmocka_unit_test(test_grows_up_to_max),
        cmocka_unit_test(test_drop_moves_the_rest_down),
        cmocka_unit_test(test_json_strings),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_json_id),
    };

    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
