/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/number.h"
#include "common/base/number_pow10.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NRANDOM 1000000

/* The contract itself: "%.{p}g" with the least p that strtof reads back. */
static void
format_slowly(float v, char *out, size_t cap)
{
    for (int p = 1; p <= 9; p++) {
        snprintf(out, cap, "%.*g", p, (double)v);
        if (strtof(out, NULL) == v) {
            break;
        }
    }
}

static void
assert_text(float v, const char *want)
{
    char got[NUMBER_F32_MAX + 1] = {0};
    size_t n = number_format_f32(v, got);

    if (n != strlen(want) || memcmp(got, want, n) != 0) {
        fail_msg("%a: got %s, want %s", (double)v, got, want);
    }
}

static void
check_bits(uint32_t bits)
{
    char want[32];
    float v;

    memcpy(&v, &bits, sizeof(v));
    if (isfinite(v) && v != 0) {
        format_slowly(v, want, sizeof(want));
        assert_text(v, want);
    }
}

/* xorshift64: the same numbers in every run. */
static uint32_t
next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 16);
}

static void
test_examples(void **state)
{
    (void)state;
    assert_text(0.1f, "0.1");
    assert_text(1e-5f, "1e-05");
    assert_text(0.0001f, "0.0001");
    assert_text(100, "1e+02");
    assert_text(120, "1.2e+02");
    assert_text(123, "123");
    assert_text(16777216, "16777216");
    assert_text(0.8312f, "0.8312");
    assert_text(-1.17549435e-38f, "-1.1754944e-38");
    assert_text(3.40282347e38f, "3.4028235e+38");
    assert_text(1.4e-45f, "1e-45");
    assert_text(0, "0");
    assert_text(-0.0f, "-0.0");
    assert_text(INFINITY, "inf");
    assert_text(-INFINITY, "-inf");
    assert_text(NAN, "nan");
    assert_text(-NAN, "nan");
}

static void
test_powers_of_two_and_their_neighbours(void **state)
{
    (void)state;
    for (uint32_t exponent = 0; exponent < 256; exponent++) {
        for (uint32_t near = 0; near < 8; near++) {
            check_bits((exponent << 23) + near - 4);
        }
    }
}

static void
test_the_smallest_floats(void **state)
{
    (void)state;
    for (uint32_t bits = 1; bits < 20000; bits++) {
        check_bits(bits);
    }
}

static void
test_random_bits(void **state)
{
    uint64_t seed = 42;

    (void)state;
    for (int i = 0; i < NRANDOM; i++) {
        check_bits(next_random(&seed));
    }
}

static void
test_short_decimals_and_large_integers(void **state)
{
    uint64_t seed = 43;

    (void)state;
    for (int i = 0; i < NRANDOM / 10; i++) {
        float cents = (float)(next_random(&seed) % 100000) / 100;
        float whole = (float)next_random(&seed);
        uint32_t bits;

        memcpy(&bits, &cents, sizeof(bits));
        check_bits(bits);
        memcpy(&bits, &whole, sizeof(bits));
        check_bits(bits);
    }
}

/* strtold rounds to 64 bits or more where the table cuts off. */
static void
test_the_powers_of_ten(void **state)
{
    (void)state;
    for (int k = NUMBER_POW10_MIN; k <= NUMBER_POW10_MAX; k++) {
        uint64_t have = number_pow10[k - NUMBER_POW10_MIN];
        char text[16];
        long double above;

        snprintf(text, sizeof(text), "1e%d", k);
        above = ldexpl(strtold(text, NULL), -number_pow10_exp(k)) - have;
        assert_true(have >> 63 == 1);
        assert_true(above == 0 || (above > 0 && above <= 1));
        assert_true(above == 0 || k < 0 || k > 27);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_powers_of_two_and_their_neighbours),
        cmocka_unit_test(test_the_smallest_floats),
        cmocka_unit_test(test_random_bits),
        cmocka_unit_test(test_short_decimals_and_large_integers),
        cmocka_unit_test(test_the_powers_of_ten),
    };

    return cmocka_run_group_tests_name("number_format", tests, NULL, NULL);
}
