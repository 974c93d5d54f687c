/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_none.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
on_done(void *arg, const struct store_reply *reply)
{
    (void)arg, (void)reply;
    fail_msg("a refused read is not answered as well");
}

static void
test_everything_is_refused(void **state)
{
    struct store *s = store_none_create();
    const struct store_read r = {.key = STR("k"), .done = on_done};
    const struct str word = STR("PING");
    const struct store_command c = {.word = &word, .nword = 1, .done = on_done};

    (void)state;
    assert_non_null(s);
    assert_string_equal(s->ops->name, "none");
    assert_int_equal(store_read(s, &r), RC_UNAVAIL);
    assert_int_equal(store_command(s, &c), RC_UNAVAIL);
    store_flush(s);
    assert_int_equal(counter_get(&s->stats.commands), 0);
    store_destroy(&s);
    assert_null(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
