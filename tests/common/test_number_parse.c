/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/number.h"
#include "tests/support/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* text, ending at a protected page, gives what strtof gives. */
static void
assert_as_strtof(struct guarded *g, const char *text)
{
    float want = strtof(text, NULL);
    float got = 0;
    bool ok = number_parse_f32(guarded_copy(g, str_of(text)), &got);

    if (ok != !isinf(want) || (ok && memcmp(&got, &want, 4) != 0)) {
        fail_msg("%s: got %d %a, want %a", text, ok, (double)got, (double)want);
    }
}

static const char *const awkward[] = {
    "0",
    "-0",
    "0.0",
    "-0.0e99",
    "0e-999999999",
    "1",
    "+1",
    "-1.5",
    ".5",
    "5.",
    "1e5",
    "1E+05",
    "1e-5",
    "00001",
    "0.1",
    "12345678",
    "123456789",
    "1234567.8",
    "0.12345",
    "16777217",
    "16777219",
    "33554433",
    "16777217.0000000000000000000001",
    "16777216.9999999999999999999999",
    "1e38",
    "3.4028235e38",
    "3.40282356e38",
    "3.402823567e38",
    "3.5e38",
    "1e39",
    "1e999999999999999999999",
    "1.17549435e-38",
    "1.17549421e-38",
    "1e-45",
    "7e-46",
    "8e-46",
    "7.0064923216240853546186479164495e-46",
    "7.0064923216240853546186479164496e-46",
    "1e-46",
    "1e-400",
    "9999999999999999999",
    "99999999999999999999",
    "18446744073709551616",
    "0.00000000000000000000000000000001",
    "100000000000000000000000000000000000000",
    "1000000000000000000000000000000000000000",
    "8589973000",
    "8589973504",
    "8589973505",
    "1234567890123456789e-30",
    "0.000000000000000000000000000000000000000000001e45",
    "123456789012345678901234567890e-29",
};

static void
test_plain_and_awkward_numbers(void **state)
{
    struct guarded g;

    (void)state;
    guarded_init(&g, 8192);
    for (size_t i = 0; i < sizeof(awkward) / sizeof(awkward[0]); i++) {
        assert_as_strtof(&g, awkward[i]);
    }
    guarded_fini(&g);
}

static void
test_what_is_not_a_number_is_refused(void **state)
{
    static const char *const text[] = {
        "",    "+",    "-",     ".",    "-.",   "e5",  "1e",    "1e+",
        "1e-", "1.2.", "1..2",  " 1",   "1 ",   "--1", "+-1",   "0x10",
        "inf", "nan",  "-inf",  "1e5.", "1e5e", "1,5", "1f",    "infinity",
        "1e ", "1e+-", "1\xc2", "NaN",  "/",    ":",   "1:",    "1/2",
        ".e1", "1-",   "1+1",   "1e1+", "\t1",  "1_0", "1e0x1", "0x",
    };
    struct guarded g;
    float v;

    (void)state;
    guarded_init(&g, 64);
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
        if (number_parse_f32(guarded_copy(&g, str_of(text[i])), &v)) {
            fail_msg("\"%s\" was taken for %a", text[i], (double)v);
        }
    }
    assert_false(number_parse_f32((struct str){NULL, 0}, &v));
    assert_false(number_parse_f32(STR("1\0"), &v));
    guarded_fini(&g);
}

static void
test_every_cut_of_a_number(void **state)
{
    const char *whole = "-12345.678901234567890123456789e-12";
    struct guarded g;
    char text[64];
    float v;

    (void)state;
    guarded_init(&g, 64);
    for (size_t n = 0; n <= strlen(whole); n++) {
        bool number = n > 1 && n != 32 && n != 33;

        snprintf(text, sizeof(text), "%.*s", (int)n, whole);
        if (number) {
            assert_as_strtof(&g, text);
        } else {
            assert_false(number_parse_f32(guarded_copy(&g, str_of(text)), &v));
        }
    }
    guarded_fini(&g);
}

/* The middle of two floats in all its digits, and one step to each side. */
static void
test_middles_of_neighbours(void **state)
{
    struct guarded g;
    char text[256];

    (void)state;
    guarded_init(&g, 256);
    for (uint32_t bits = 1; bits < 0x7f000000; bits += 0x00012345) {
        float low;
        double middle;

        memcpy(&low, &bits, sizeof(low));
        middle = ((double)low + (double)nextafterf(low, INFINITY)) / 2;
        snprintf(text, sizeof(text), "%.150e", middle);
        assert_as_strtof(&g, text);
        text[120] = '1';
        assert_as_strtof(&g, text);
        snprintf(text, sizeof(text), "%.17e", middle);
        assert_as_strtof(&g, text);
    }
    guarded_fini(&g);
}

static void
test_thousands_of_digits(void **state)
{
    enum {
        LEN = 5000
    };
    struct guarded g;
    char *text = malloc(LEN + 32);

    (void)state;
    assert_non_null(text);
    guarded_init(&g, LEN + 32);
    memset(text, '0', LEN);
    text[1] = '.';
    snprintf(text + LEN, 32, "%s", "123e5000");
    assert_as_strtof(&g, text);
    memset(text, '7', LEN);
    snprintf(text + LEN, 32, "%s", "e-4990");
    assert_as_strtof(&g, text);
    memset(text, '0', LEN);
    memcpy(text, "16777217.", 9);
    snprintf(text + LEN, 32, "%s", "1");
    assert_as_strtof(&g, text);
    snprintf(text + LEN, 32, "%s", "0");
    assert_as_strtof(&g, text);
    free(text);
    guarded_fini(&g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_and_awkward_numbers),
        cmocka_unit_test(test_what_is_not_a_number_is_refused),
        cmocka_unit_test(test_every_cut_of_a_number),
        cmocka_unit_test(test_middles_of_neighbours),
        cmocka_unit_test(test_thousands_of_digits),
    };

    return cmocka_run_group_tests_name("number_parse", tests, NULL, NULL);
}
