/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/users.h"

#include "common/base/buf.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum rc
read_users(struct users **u, struct str text, struct err *e)
{
    struct folder f;
    char *path;
    enum rc rc;

    folder_init(&f);
    path = folder_file(&f, "users", text);
    rc = users_read(u, path, e);
    free(path);
    folder_fini(&f);
    return rc;
}

static void
test_lines(void **state)
{
    struct users *u;
    struct err e;

    (void)state;
    assert_int_equal(read_users(&u, STR("a\r\n\nb b\na\nlast"), &e), RC_OK);
    assert_true(users_has(u, STR("a")));
    assert_true(users_has(u, STR("b b")));
    assert_true(users_has(u, STR("last")));
    assert_false(users_has(u, STR("b")));
    assert_false(users_has(u, STR("")));
    users_destroy(&u);
    assert_int_equal(read_users(&u, STR("\r\n\n"), &e), RC_REFUSED);
    assert_int_equal(users_read(&u, "/nowhere/users", &e), RC_IO);
}

static void
test_many(void **state)
{
    struct users *u;
    struct buf text;
    struct err e;

    (void)state;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 20000; i++) {
        buf_printf(&text, "user-%d\n", 2 * i);
    }
    assert_int_equal(read_users(&u, buf_view(&text), &e), RC_OK);
    for (int i = 0; i < 40000; i++) {
        char id[24];

        snprintf(id, sizeof(id), "user-%d", i);
        assert_int_equal(users_has(u, str_of(id)), i % 2 == 0);
    }
    users_destroy(&u);
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
