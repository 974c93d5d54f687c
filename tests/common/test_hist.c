/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/hist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void
test_every_value_is_known_to_a_sixteenth(void **state)
{
    (void)state;
    for (uint64_t ns = 1; ns < UINT64_C(1) << 40; ns += ns / 7 + 1) {
        struct hist h = {0};
        uint64_t bound;

        hist_record(&h, ns);
        bound = hist_quantile(&h, 1);
        assert_true(bound >= ns);
        assert_true(bound - ns <= ns / 16);
        assert_int_equal(hist_count_le(&h, ns), 1);
        assert_int_equal(hist_count_le(&h, ns - ns / 16 - 1), 0);
    }
}

static void
test_large_values_count_in_the_last_cell(void **state)
{
    struct hist h = {0};

    (void)state;
    hist_record(&h, UINT64_MAX);
    hist_record(&h, UINT64_C(1) << 40);
    hist_record(&h, (UINT64_C(1) << 40) - 1);
    assert_int_equal(h.cell[HIST_CELLS - 1], 3);
    assert_int_equal(hist_quantile(&h, 0.5), (UINT64_C(1) << 40) - 1);
}

static void
test_quantiles(void **state)
{
    struct hist h = {0};

    (void)state;
    assert_int_equal(hist_quantile(&h, 0.5), 0);
    for (uint64_t i = 1; i <= 10; i++) {
        hist_record(&h, i);
    }
    assert_int_equal(hist_count(&h), 10);
    assert_int_equal(hist_quantile(&h, 0), 1);
    assert_int_equal(hist_quantile(&h, 0.5), 5);
    assert_int_equal(hist_quantile(&h, 0.51), 6);
    assert_int_equal(hist_quantile(&h, 1), 10);
    assert_int_equal(hist_count_le(&h, 3), 3);
}

static void
test_add_sums_cells(void **state)
{
    struct hist a = {0};
    struct hist b = {0};

    (void)state;
    hist_record(&a, 5);
    hist_record(&b, 5);
    hist_record(&b, 1000000);
    hist_add(&a, &b);
    assert_int_equal(hist_count(&a), 3);
    assert_int_equal(hist_count_le(&a, 5), 2);
    assert_int_equal(a.sum, 1000010);
    hist_clear(&a);
    assert_int_equal(hist_count(&a), 0);
    assert_int_equal(a.sum, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_value_is_known_to_a_sixteenth),
        cmocka_unit_test(test_large_values_count_in_the_last_cell),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_add_sums_cells),
    };

    return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
