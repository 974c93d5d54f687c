/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table that a request means, and why it cannot answer.
 */
#include "lookup/api/desk.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NO_NAME ((struct str){NULL, 0})

struct office {
    struct fake_store store;
    struct lookup *lookup;
    struct desk desk;
};

static void
open_office(struct office *o, const char *default_table)
{
    const struct lookup_policy policy = {0};

    fake_store_init(&o->store);
    o->lookup = lookup_create(&o->store.base, "p", &policy, NULL, NULL);
    assert_non_null(o->lookup);
    desk_init(&o->desk, o->lookup, default_table);
}

/* Tables a, b, ... of which none has a live generation. */
static void
set_tables(struct office *o, size_t n, bool store_ok)
{
    struct tables *t = tables_create(n);

    assert_non_null(t);
    t->store_ok = store_ok;
    for (size_t i = 0; i < n; i++) {
        t->view[i].name[0] = (char)('a' + i);
    }
    lookup_set_tables(o->lookup, t);
}

static void
close_office(struct office *o)
{
    desk_fini(&o->desk);
    lookup_destroy(&o->lookup);
}

static void
test_faults(void **state)
{
    struct table_fault fault;
    struct tables *t;
    struct office o;

    (void)state;
    open_office(&o, NULL);
    assert_null(desk_live_table(&o.desk, STR("a"), &fault));
    assert_int_equal(fault.error, REPLY_STORE);
    assert_null(desk_live_table(&o.desk, NO_NAME, &fault));
    assert_int_equal(fault.error, REPLY_STORE);

    set_tables(&o, 2, true);
    assert_null(desk_live_table(&o.desk, STR("c"), &fault));
    assert_int_equal(fault.error, REPLY_UNKNOWN_TABLE);
    assert_string_equal(desk_live_table(&o.desk, STR("b"), &fault)->name, "b");
    assert_int_equal(fault.error, REPLY_TABLE);
    assert_string_equal(fault.text, "no generation is live yet");

    set_tables(&o, 2, false);
    assert_null(desk_live_table(&o.desk, STR("c"), &fault));
    assert_int_equal(fault.error, REPLY_STORE);

    set_tables(&o, 2, true);
    t = lookup_hold_tables(o.lookup);
    t->crowded = true;
    tables_release(&t);
    assert_null(desk_live_table(&o.desk, STR("c"), &fault));
    assert_int_equal(fault.error, REPLY_STORE);
    assert_non_null(strstr(fault.text, "more tables"));
    close_office(&o);
}

static void
test_list(void **state)
{
    struct table_fault fault;
    struct office o;

    (void)state;
    open_office(&o, NULL);
    assert_null(desk_tables(&o.desk, &fault));
    assert_int_equal(fault.error, REPLY_STORE);
    set_tables(&o, 0, false);
    assert_null(desk_tables(&o.desk, &fault));
    assert_int_equal(fault.error, REPLY_STORE);
    set_tables(&o, 0, true);
    assert_int_equal(desk_tables(&o.desk, &fault)->n, 0);
    set_tables(&o, 2, false);
    assert_int_equal(desk_tables(&o.desk, &fault)->n, 2);
    close_office(&o);
}

static void
test_default(void **state)
{
    struct table_fault fault;
    struct office o;

    (void)state;
    open_office(&o, NULL);
    set_tables(&o, 1, true);
    assert_string_equal(desk_live_table(&o.desk, NO_NAME, &fault)->name, "a");
    set_tables(&o, 2, true);
    assert_null(desk_live_table(&o.desk, NO_NAME, &fault));
    assert_int_equal(fault.error, REPLY_UNKNOWN_TABLE);
    close_office(&o);

    open_office(&o, "b");
    set_tables(&o, 2, true);
    assert_string_equal(desk_live_table(&o.desk, NO_NAME, &fault)->name, "b");
    set_tables(&o, 1, true);
    assert_null(desk_live_table(&o.desk, NO_NAME, &fault));
    close_office(&o);
}

static void
test_live(void **state)
{
    struct ladder *l = calloc(1, sizeof(*l));
    const struct table_view *view;
    struct table_fault fault = {REPLY_MEMORY, ""};
    struct desk d;

    (void)state;
    assert_non_null(l);
    sample_init(&l->sample, 1);
    ladder_begin(l, (struct lookup_policy){0});
    desk_init(&d, l->lookup, NULL);
    view = desk_live_table(&d, STR("t"), &fault);
    assert_ptr_equal(view->live, l->live);
    assert_ptr_equal(desk_live_table(&d, NO_NAME, &fault), view);
    assert_int_equal(fault.error, REPLY_MEMORY);
    desk_fini(&d);
    ladder_end(l);
    sample_fini(&l->sample);
    free(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_default),
        cmocka_unit_test(test_live),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
