/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/model_table.h"

#include "common/base/log.h"
#include "tests/support/model_path.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_one_table(void **state)
{
    struct sample s;
    char path[] = MODEL_PATH;
    struct model_table *m = NULL;
    struct err e;

    (void)state;
    sample_init(&s, 1);
    model_path_write(path, s.model, s.len);
    assert_int_equal(model_table_create(&m, path, "churn", "auto", &e), RC_OK);
    unlink(path);

    struct tables *t = model_table_list(m);
    const struct table_view *view = tables_find(t, STR("churn"));

    assert_int_equal(t->n, 1);
    assert_true(t->store_ok && t->storeless);
    assert_int_equal(t->serial, 1);
    assert_ptr_equal(view, &t->view[0]);
    assert_int_equal(view->id, 1);
    assert_true(view->live->storeless);
    assert_string_equal(view->problem, "");
    t = tables_hold(t);
    tables_release(&t);
    model_table_destroy(&m);
    assert_null(m);
    model_table_destroy(&m);
    sample_fini(&s);
}

static void
test_refused(void **state)
{
    struct model_table *m = NULL;
    struct err e;

    (void)state;
    assert_int_equal(model_table_create(&m, "/nonexistent/m", "t", "auto", &e),
                     RC_IO);
    assert_non_null(strstr(e.text, "/nonexistent/m"));
    assert_null(m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_table),
        cmocka_unit_test(test_refused),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
