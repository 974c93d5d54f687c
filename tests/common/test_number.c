/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/number.h"
#include "tests/support/guarded.h"

#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void
test_u64(void **state)
{
    static const char *const bad[] = {
        "",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "0x1",
        "18446744073709551616",
        "99999999999999999999",
    };
    char text[20];
    uint64_t v;

    (void)state;
    assert_true(number_parse_u64(STR("18446744073709551615"), &v));
    assert_true(v == UINT64_MAX);
    assert_true(number_parse_u64(STR("007"), &v));
    assert_int_equal(v, 7);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(number_parse_u64(str_of(bad[i]), &v));
    }
    assert_int_equal(number_format_u64(0, text), 1);
    assert_memory_equal(text, "0", 1);
    assert_int_equal(number_format_u64(UINT64_MAX, text), 20);
    assert_memory_equal(text, "18446744073709551615", 20);
}

static void
test_sizes(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {
        {"4096", 4096},        {"64KiB", 65536},   {"64K", 65536},
        {"2GiB", 2147483648},  {"10MB", 10000000}, {"1b", 1},
        {"3t", 3298534883328}, {"1kb", 1000},
    };
    static const char *const bad[] = {
        "", "K", "1.5G", "-1K", "1 K", "1KK", "1e3", "16777216T",
    };
    uint64_t v;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(number_parse_size(str_of(good[i].text), &v));
        assert_int_equal(v, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(number_parse_size(str_of(bad[i]), &v));
    }
}

static void
test_durations(void **state)
{
    static const struct {
        const char *text;
        uint64_t ns;
    } good[] = {
        {"250ms", 250000000},
        {"5s", 5000000000},
        {"10m", 600000000000},
        {"36h", 129600000000000},
        {"7d", 604800000000000},
        {"7us", 7000},
        {"9ns", 9},
        {"50", 50000000},
    };
    static const char *const bad[] = {"", "s", "1.5s", "5 s", "5y", "300000d"};
    uint64_t v;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(number_parse_duration(str_of(good[i].text), 1000000, &v));
        assert_int_equal(v, good[i].ns);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(number_parse_duration(str_of(bad[i]), 1000000, &v));
    }
}

static void
test_hex(void **state)
{
    static const uint64_t v[] = {0,
                                 1,
                                 0x0123456789abcdef,
                                 0xfedcba9876543210,
                                 UINT64_MAX,
                                 0xa0000000f0000009};
    char have[17] = "", want[17];

    (void)state;
    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
        assert_int_equal(number_format_hex(v[i], have), 16);
        snprintf(want, sizeof(want), "%016" PRIx64, v[i]);
        assert_string_equal(have, want);
    }
}

static void
test_hex_digit(void **state)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    int n = 0;

    (void)state;
    for (int i = 0; i < 32; i++) {
        assert_int_equal(number_hex_digit(digits[i]), i % 16);
    }
    for (int c = CHAR_MIN; c <= CHAR_MAX; c++) {
        n += number_hex_digit((char)c) >= 0;
    }
    assert_int_equal(n, 10 + 6 + 6);
}

static void
test_parsers_stay_inside_at_every_cut(void **state)
{
    const struct str text = STR("123456789012KiB");
    struct guarded g;
    uint64_t v;

    (void)state;
    guarded_init(&g, text.len);
    for (size_t n = 0; n <= text.len; n++) {
        struct str cut = guarded_copy(&g, (struct str){text.p, n});

        assert_int_equal(number_parse_u64(cut, &v), n >= 1 && n <= 12);
        assert_int_equal(number_parse_size(cut, &v), n >= 1 && n != 14);
        assert_int_equal(number_parse_duration(cut, 1, &v), n >= 1 && n <= 12);
    }
    guarded_fini(&g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_u64),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_hex_digit),
        cmocka_unit_test(test_parsers_stay_inside_at_every_cut),
    };

    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
