/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/number.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* As Python 3 prints them. */
static void
test_as_python(void **state)
{
    static const struct {
        double v;
        const char *text;
    } known[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-12.5, "-12.5"},
        {0.1, "0.1"},
        {0.1f, "0.10000000149011612"},
        {0.9918511509895325, "0.9918511509895325"},
        {0.0001, "0.0001"},
        {0.00001, "1e-05"},
        {0.000012345, "1.2345e-05"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {9007199254740993.0, "9007199254740992.0"},
        {0x1p-44, "5.684341886080802e-14"},
        {0x1p-1074, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {-2.2250738585072014e-308, "-2.2250738585072014e-308"},
        {3.4028234663852886e38, "3.4028234663852886e+38"},
    };
    char out[NUMBER_REPR_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        size_t n = number_format_repr(known[i].v, out);

        assert_int_equal(n, strlen(known[i].text));
        assert_memory_equal(out, known[i].text, n);
    }
    assert_int_equal(number_format_repr((double)NAN, out), 3);
    assert_memory_equal(out, "nan", 3);
    assert_int_equal(number_format_repr((double)-INFINITY, out), 4);
    assert_memory_equal(out, "-inf", 4);
}

/* Any float32 widened reads back, and a digit less does not. */
static void
test_floats(void **state)
{
    uint32_t bits = 1;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        char out[NUMBER_REPR_MAX + 1];
        float f;
        double v;

        bits = bits * 1664525 + 1013904223;
        memcpy(&f, &bits, sizeof(f));
        v = (double)f;
        if (isfinite(v)) {
            out[number_format_repr(v, out)] = '\0';
            assert_true(strtod(out, NULL) == v);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_python),
        cmocka_unit_test(test_floats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
