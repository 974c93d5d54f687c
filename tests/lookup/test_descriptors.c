/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/descriptors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>

#include <cmocka.h>

static void
set_limit(rlim_t soft, rlim_t hard)
{
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){soft, hard}), 0);
}

/* From high to low: a hard limit cannot be raised again. */
static void
test_what_is_left(void **state)
{
    struct rlimit r;

    (void)state;
    set_limit(100, 1000);
    assert_int_equal(descriptors_for_clients(500, 2), 500);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
    assert_int_equal(r.rlim_cur, 1000);
    assert_int_equal(descriptors_for_clients(20000, 2),
                     1000 - 64 - 2 * 10 - 125);
    set_limit(200, 200);
    assert_int_equal(descriptors_for_clients(20000, 1), 200 - 64 - 10 - 25);
    assert_int_equal(descriptors_for_clients(20000, 200), 1);
    set_limit(20, 20);
    assert_int_equal(descriptors_for_clients(20000, 1), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
