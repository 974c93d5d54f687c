/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/shelf_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
test_paths(void **state)
{
    struct shelf_names s;
    char path[SHELF_PATH_SIZE];

    (void)state;
    assert_int_equal(shelf_names_init(&s, "/d", "p", "redis/0"), RC_OK);
    assert_ptr_equal(
        strstr(shelf_names_snapshot(&s, "t", "0123", path), "/d/p:t:0123."),
        path);
    assert_ptr_equal(strstr(shelf_names_manifest(&s, "t", path), "/d/p:t."),
                     path);
    assert_string_equal(shelf_names_path(&s, "x", path), "/d/x");
}

static void
test_names_are_taken_apart(void **state)
{
    struct shelf_names s, other;
    char path[SHELF_PATH_SIZE];
    const char *name = path + strlen("/d/");

    (void)state;
    assert_int_equal(shelf_names_init(&s, "/d", "p", "redis/0"), RC_OK);
    assert_int_equal(shelf_names_init(&other, "/d", "p", "redis/1"), RC_OK);
    shelf_names_snapshot(&s, "t.1", "0123", path);
    assert_true(
        str_eq(shelf_names_inner(&s, name, s.snapshot), STR("t.1:0123")));
    assert_null(shelf_names_inner(&s, name, s.manifest).p);
    assert_null(shelf_names_inner(&other, name, other.snapshot).p);
    shelf_names_manifest(&s, "t.1", path);
    assert_true(str_eq(shelf_names_inner(&s, name, s.manifest), STR("t.1")));
    assert_null(shelf_names_inner(&s, "q:t", s.manifest).p);
    assert_null(shelf_names_inner(&s, "p", s.manifest).p);
}

static void
test_no_such_directory(void **state)
{
    static char dir[SHELF_DIR_SIZE + 1];
    struct shelf_names s;

    (void)state;
    memset(dir, 'd', SHELF_DIR_SIZE);
    assert_int_equal(shelf_names_init(&s, dir, "p", "redis/0"), RC_INVAL);
    assert_int_equal(shelf_names_init(&s, "", "p", "redis/0"), RC_INVAL);
    dir[SHELF_DIR_SIZE - 1] = '\0';
    assert_int_equal(shelf_names_init(&s, dir, "p", "redis/0"), RC_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_names_are_taken_apart),
        cmocka_unit_test(test_no_such_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
