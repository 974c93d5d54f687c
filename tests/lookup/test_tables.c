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

/* How many reasons there are, of which one is `why` (if it is not NULL). */
static size_t
count_reasons(const struct tables *t, const char *why)
{
    struct buf out;
    size_t n = 0;

    buf_init(&out, 4096);
    tables_reasons(t, &out);
    for (size_t i = 0; i < out.len; i++) {
        n += out.p[i] == '\n';
    }
    buf_char(&out, '\0');
    assert_true(why == NULL || strstr(out.p, why) != NULL);
    buf_fini(&out);
    return n;
}

static void
test_reasons(void **state)
{
    struct sample s;
    struct tables *t = sample_tables("t", 1, NULL);

    (void)state;
    assert_int_equal(count_reasons(NULL, "not been read"), 1);
    assert_false(tables_any_live(t));
    assert_int_equal(count_reasons(t, "no table has a live"), 1);
    t->view[0].warming = true;
    snprintf(t->view[0].problem, sizeof(t->view[0].problem), "broken");
    assert_int_equal(count_reasons(t, "table t: broken\n"), 3);
    tables_release(&t);

    sample_init(&s, 1);
    t = sample_tables("t", 1, sample_generation(&s, 1));
    assert_true(tables_any_live(t));
    assert_int_equal(count_reasons(t, NULL), 0);
    t->store_ok = false;
    snprintf(t->problem, sizeof(t->problem), "redis is away");
    assert_int_equal(count_reasons(t, "redis is away\n"), 1);
    tables_release(&t);
    sample_fini(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_last_holder_lets_go),
        cmocka_unit_test(test_reasons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
