/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/tables.h"

#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_find(void **state)
{
    static const char *const names[] = {"A", "a", "a.b", "ab", "b-1", "recs"};
    struct tables *t = tables_create(6);

    (void)state;
    assert_non_null(t);
    for (size_t i = 0; i < 6; i++) {
        snprintf(t->view[i].name, sizeof(t->view[i].name), "%s", names[i]);
    }
    for (size_t i = 0; i < 6; i++) {
        assert_ptr_equal(tables_find(t, str_of(names[i])), &t->view[i]);
    }
    assert_null(tables_find(t, STR("")));
    assert_null(tables_find(t, STR("a.")));
    assert_null(tables_find(t, STR("a\0")));
    assert_null(tables_find(t, STR("z")));
    tables_release(&t);
    assert_null(t);

    t = tables_create(0);
    assert_null(tables_find(t, STR("a")));
    tables_release(&t);
    tables_release(&t);
}

static void
test_last_holder_lets_go(void **state)
{
    struct sample s;
    struct tables *first, *second;

    (void)state;
    sample_init(&s, 1);
    first = sample_tables("t", 1, sample_generation(&s, 1));
    second = tables_hold(first);
    assert_ptr_equal(first, second);
    tables_release(&first);
    assert_int_equal(sample_bury(&s), 0);
    assert_non_null(tables_find(second, STR("t"))->live);
    tables_release(&second);
    assert_int_equal(sample_bury(&s), 1);
    sample_fini(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_last_holder_lets_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
