/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/clock.h"
#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOON_US UINT64_C(1795348800000000) /* 2026-11-22T12:00:00Z */

static void
test_iso_there_and_back(void **state)
{
    static const struct {
        uint64_t us;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},
        {NOON_US, "2026-11-22T12:00:00Z"},
        {NOON_US + 1, "2026-11-22T12:00:00.000001Z"},
        {NOON_US + 250000, "2026-11-22T12:00:00.250000Z"},
        {UINT64_C(1709164800000000), "2024-02-29T00:00:00Z"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[CLOCK_ISO_MAX];
        uint64_t us;

        assert_int_equal(clock_format_iso(cases[i].us, text),
                         strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
        assert_int_equal(clock_parse_iso(str_of(text), &us), RC_OK);
        assert_int_equal(us, cases[i].us);
    }
}

static void
test_parse_takes_short_fractions_and_stamps(void **state)
{
    uint64_t us;

    (void)state;
    assert_int_equal(clock_parse_iso(STR("2026-11-22T12:00:00.5Z"), &us),
                     RC_OK);
    assert_int_equal(us, NOON_US + 500000);
    assert_int_equal(clock_parse_iso(STR("@1795348800000000"), &us), RC_OK);
    assert_int_equal(us, NOON_US);
}

static void
test_parse_refuses_the_rest(void **state)
{
    static const char *const bad[] = {
        "",
        "@",
        "@-1",
        "2026-11-22",
        "2026-11-22T12:00:00",
        "2026-11-22 12:00:00Z",
        "2026-13-22T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T12:60:00Z",
        "2026-11-22T12:00:60Z",
        "2026-11-22T12:00:00.Z",
        "2026-11-22T12:00:00.1234567Z",
        "2026-11-22T12:00:00.1x3Z",
        "2026-11-22T12:00:00+01:00",
        "1969-12-31T23:59:59Z",
        "2O26-11-22T12:00:00Z",
    };
    uint64_t us;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(clock_parse_iso(str_of(bad[i]), &us), RC_INVAL);
    }
}

static void
test_a_cut_stamp_is_refused(void **state)
{
    const struct str text = STR("2026-11-22T12:00:00.123456Z");
    struct guarded g;
    uint64_t us;

    (void)state;
    guarded_init(&g, text.len);
    for (size_t n = 0; n < text.len; n++) {
        struct str cut = guarded_copy(&g, (struct str){text.p, n});

        assert_int_equal(clock_parse_iso(cut, &us), RC_INVAL);
    }
    guarded_fini(&g);
}

static void
test_http_date(void **state)
{
    char text[CLOCK_ISO_MAX];

    (void)state;
    clock_format_http(NOON_US - UINT64_C(36000000000), text);
    assert_string_equal(text, "Sun, 22 Nov 2026 02:00:00 GMT");
    clock_format_http(UINT64_MAX, text);
    assert_string_equal(text, "Fri, 31 Dec 9999 23:59:59 GMT");
}

static void
test_clocks_go_forward(void **state)
{
    uint64_t before = clock_mono_ns();

    (void)state;
    assert_true(clock_mono_ns() >= before);
    assert_true(clock_wall_us() > UINT64_C(1500000000000000));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_iso_there_and_back),
        cmocka_unit_test(test_parse_takes_short_fractions_and_stamps),
        cmocka_unit_test(test_parse_refuses_the_rest),
        cmocka_unit_test(test_a_cut_stamp_is_refused),
        cmocka_unit_test(test_http_date),
        cmocka_unit_test(test_clocks_go_forward),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
