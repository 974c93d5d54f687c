/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/fields.h"

#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct seen {
    struct buf again; /* as put once more */
    size_t n;
    size_t stop_at; /* RC_FULL is said there */
};

static enum rc
on_field(void *arg, struct str name, struct str value, struct err *e)
{
    struct seen *s = arg;

    fields_put(&s->again, name, value);
    return ++s->n == s->stop_at ? err_set(e, RC_FULL, "enough") : RC_OK;
}

static void
put_three(struct buf *b)
{
    buf_init(b, 4096);
    fields_put(b, STR("name"), STR("value"));
    fields_put(b, STR(""), STR("\0\n"));
    fields_put(b, STR("empty"), STR(""));
}

static void
test_as_put_so_read(void **state)
{
    struct seen s = {.n = 0};
    struct buf b;
    struct err e;

    (void)state;
    put_three(&b);
    buf_init(&s.again, 4096);
    assert_int_equal(fields_each(buf_view(&b), on_field, &s, &e), RC_OK);
    assert_int_equal(s.n, 3);
    assert_true(str_eq(buf_view(&s.again), buf_view(&b)));
    assert_int_equal(fields_each(STR(""), on_field, &s, &e), RC_OK);
    s.n = 0;
    s.stop_at = 2;
    assert_int_equal(fields_each(buf_view(&b), on_field, &s, &e), RC_FULL);
    assert_int_equal(s.n, 2);
    buf_fini(&s.again);
    buf_fini(&b);
}

/* Cut anywhere, it is whole at the ends of fields only. */
static void
test_cut(void **state)
{
    struct guarded g;
    struct buf b;
    struct err e;
    size_t whole = 0;

    (void)state;
    put_three(&b);
    guarded_init(&g, b.len);
    for (size_t n = 0; n <= b.len; n++) {
        struct seen s = {.n = 0};

        buf_init(&s.again, 4096);
        whole += fields_each(guarded_copy(&g, (struct str){b.p, n}), on_field,
                             &s, &e) == RC_OK;
        assert_true(s.again.len <= n);
        buf_fini(&s.again);
    }
    assert_int_equal(whole, 4);
    guarded_fini(&g);
    buf_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_put_so_read),
        cmocka_unit_test(test_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
