/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Python's float() makes of a text.
 */
#include "common/base/number.h"
#include "tests/support/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_numbers(void **state)
{
    static const struct {
        const char *text;
        float value;
    } good[] = {
        {"1", 1},
        {" +1.5\r", 1.5f},
        {"\t\v\f\n.5 ", .5f},
        {"\x1c"
         "5.\x1f",
         5},
        {"1_0", 10},
        {"-1_000.2_5e1_0", -1000.25e10f},
        {"inf", INFINITY},
        {" -Infinity", -INFINITY},
        {"+INF", INFINITY},
        {"1e400", INFINITY},
        {"-3_5e3_8", -INFINITY},
    };
    struct guarded g;
    float v;

    (void)state;
    guarded_init(&g, 256);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct str s = guarded_copy(&g, str_of(good[i].text));

        assert_true(number_parse_python(s, &v));
        assert_true(v == good[i].value);
    }
    assert_true(number_parse_python(STR("NaN"), &v) && isnan(v));
    assert_true(number_parse_python(STR(" -nan "), &v) && isnan(v));
    guarded_fini(&g);
}

static void
test_others(void **state)
{
    static const char *const bad[] = {
        "",      " ",    "\r",   "abc",  "1 2",  "0x10", "1__0", "_1",
        "1_",    "1_.5", "1._5", "1_e5", "1e_5", "NA",   "null", "True",
        "\"1\"", "5%",   "1e",   "nan_", "in_f", "--1",  "1,5",  "\xc2\xa0x",
    };
    float v;
    char much[512];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(number_parse_python(str_of(bad[i]), &v));
    }
    memset(much, '1', sizeof(much));
    much[1] = '_';
    assert_false(number_parse_python((struct str){much, sizeof(much)}, &v));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
