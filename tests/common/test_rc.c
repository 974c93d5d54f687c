/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/rc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
test_err_set_returns_rc_and_fills_the_text(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(err_set(&e, RC_INVAL, "%s:%d", "job.conf", 12), RC_INVAL);
    assert_string_equal(e.text, "job.conf:12");
    assert_int_equal(err_set(NULL, RC_IO, "lost"), RC_IO);
}

static void
test_err_set_may_quote_the_old_text(void **state)
{
    struct err e;

    (void)state;
    err_set(&e, RC_IO, "no such file");
    err_set(&e, RC_IO, "model.json: %s", e.text);
    assert_string_equal(e.text, "model.json: no such file");
}

static void
test_err_set_cuts_what_is_too_long(void **state)
{
    struct err e;

    (void)state;
    err_set(&e, RC_IO, "%2000s", "x");
    assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

static void
test_err_set_makes_it_printable(void **state)
{
    struct err e;

    (void)state;
    err_set(&e, RC_IO, "a\nb\x01\x1b[31m %s", "caf\xc3\xa9");
    assert_string_equal(e.text, "a?b??[31m caf\xc3\xa9");
    err_set(&e, RC_IO, "raw \xff caf\xc3\xa9");
    assert_string_equal(e.text, "raw ? caf??");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_err_set_returns_rc_and_fills_the_text),
        cmocka_unit_test(test_err_set_may_quote_the_old_text),
        cmocka_unit_test(test_err_set_cuts_what_is_too_long),
        cmocka_unit_test(test_err_set_makes_it_printable),
    };

    return cmocka_run_group_tests_name("rc", tests, NULL, NULL);
}
