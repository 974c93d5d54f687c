/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/aligned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void
test_begins_at_a_line_and_is_zero(void **state)
{
    (void)state;
    for (size_t n = 0; n < 200; n++) {
        float *p = aligned_zeroed(n, sizeof(*p));

        assert_non_null(p);
        assert_int_equal((uintptr_t)p % ALIGNED_BYTES, 0);
        for (size_t i = 0; i < n; i++) {
            assert_true(p[i] == 0);
        }
        free(p);
    }
}

static void
test_is_usable_up_to_a_whole_line(void **state)
{
    unsigned char *p = aligned_zeroed(1, 1);

    (void)state;
    assert_non_null(p);
    for (size_t i = 0; i < ALIGNED_BYTES; i++) {
        assert_int_equal(p[i]++, 0);
    }
    free(p);
}

static void
test_too_much_is_null(void **state)
{
    (void)state;
    assert_null(aligned_zeroed(SIZE_MAX, 2));
    assert_null(aligned_zeroed(SIZE_MAX, 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_begins_at_a_line_and_is_zero),
        cmocka_unit_test(test_is_usable_up_to_a_whole_line),
        cmocka_unit_test(test_too_much_is_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
