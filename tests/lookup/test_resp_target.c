/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose answer a key asks for, and why there is none.
 */
#include "lookup/api/resp_impl.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NO_TABLE ((struct str){NULL, 0})

static struct resp_commands
commands_of(struct ladder *l, const char *default_table)
{
    ladder_begin(l, (struct lookup_policy){.timeout_ns = 1000});
    return (struct resp_commands){.lookup = l->lookup,
                                  .default_table = default_table};
}

/* "t" is live, "u" has nothing to answer from yet. */
static struct tables *
two_tables(struct ladder *l, bool store_ok)
{
    struct tables *t = tables_create(2);

    assert_non_null(t);
    t->store_ok = store_ok;
    snprintf(t->view[0].name, sizeof(t->view[0].name), "t");
    snprintf(t->view[1].name, sizeof(t->view[1].name), "u");
    t->view[0].id = 1;
    t->view[1].id = 2;
    t->view[0].live = sample_generation(&l->sample, 1);
    return t;
}

static void
expect(struct resp_target to, const char *table, const char *user)
{
    assert_non_null(to.view);
    assert_string_equal(to.view->name, table);
    assert_true(str_eq(to.user, str_of(user)));
}

static void
expect_fault(struct resp_target to, struct resp_fault have, int status,
             const char *text)
{
    assert_null(to.view);
    assert_int_equal(have.status, status);
    assert_string_equal(have.text, text);
}

static void
test_keys(void **state)
{
    struct ladder *l = *state;
    struct resp_commands r = commands_of(l, NULL);
    struct resp_fault why;

    expect(resp_target_of_key(&r, STR("t:u"), &why), "t", "u");
    expect(resp_target_of_key(&r, STR("t:u:v:"), &why), "t", "u:v:");
    expect(resp_target_of_key(&r, STR("t:"), &why), "t", "");
    expect(resp_target_of_key(&r, STR("u"), &why), "t", "u");
    expect(resp_target_of(&r, STR("t"), STR("a:b"), &why), "t", "a:b");
    ladder_end(l);
}

static void
test_default_table(void **state)
{
    struct ladder *l = *state;
    struct resp_commands r = commands_of(l, NULL);
    struct resp_fault why;

    lookup_set_tables(l->lookup, two_tables(l, true));
    expect_fault(resp_target_of_key(&r, STR("a"), &why), why, 404,
                 "no default table");
    r.default_table = "t";
    expect(resp_target_of_key(&r, STR("a"), &why), "t", "a");
    ladder_end(l);
}

/* A list that is not today's proves nothing. */
static void
test_why_there_is_none(void **state)
{
    struct ladder *l = *state;
    struct resp_commands r = commands_of(l, NULL);
    struct resp_fault why;

    for (int ok = 0; ok < 2; ok++) {
        lookup_set_tables(l->lookup, two_tables(l, ok));
        expect_fault(resp_target_of_key(&r, STR("x:a"), &why), why,
                     ok ? 404 : 503,
                     ok ? "unknown table" : "store unavailable");
        expect_fault(resp_target_of(&r, STR("u"), STR("a"), &why), why, 503,
                     ok ? "table unavailable" : "store unavailable");
        expect(resp_target_of_key(&r, STR("t:a"), &why), "t", "a");
    }
    struct tables *crowd = two_tables(l, true);

    crowd->crowded = true;
    lookup_set_tables(l->lookup, crowd);
    expect_fault(resp_target_of_key(&r, STR("x:a"), &why), why, 503,
                 "table unavailable");
    ladder_end(l);
}

static void
test_no_list_yet(void **state)
{
    struct ladder *l = *state;
    struct resp_commands r = commands_of(l, "t");
    struct resp_fault why;
    struct lookup *fresh =
        lookup_create(&l->store.base, "p", &l->policy, ladder_on_reload, l);

    assert_non_null(fresh);
    r.lookup = fresh;
    expect_fault(resp_target_of_key(&r, STR("t:a"), &why), why, 503,
                 "store unavailable");
    expect_fault(resp_target_of(&r, NO_TABLE, STR("a"), &why), why, 503,
                 "store unavailable");
    lookup_destroy(&fresh);
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_default_table),
        cmocka_unit_test(test_why_there_is_none),
        cmocka_unit_test(test_no_list_yet),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
