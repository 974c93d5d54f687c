/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/session.h"

#include "tests/batchgen/fake_redis.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct fake_answer nothing[] = {{"", ""}};

/* Where it goes; the socket's path of a unix: URL says which URL it was. */
static enum rc
open_session(const struct session_where *where, bool table_needed,
             struct topology *t, struct err *e)
{
    struct session s;
    struct redis r;
    enum rc rc;

    FAKE_REDIS(&r, nothing);
    rc = session_init(&s, where, table_needed, e);
    if (rc == RC_OK) {
        assert_ptr_equal(s.table.redis, &r);
        assert_ptr_equal(s.table.name, where->table);
        *t = s.topology;
    }
    session_fini(&s);
    fake_redis_fini(&r);
    return rc;
}

static void
test_the_option_goes_before_the_environment(void **state)
{
    struct session_where where = {.table = "t", .prefix = "p"};
    struct topology t;
    struct err e;

    (void)state;
    assert_int_equal(setenv("LOOKUP_REDIS_URL", "unix:/environment", 1), 0);
    assert_int_equal(open_session(&where, true, &t, &e), RC_OK);
    assert_string_equal(t.path, "/environment");
    where.redis = "unix:/option";
    assert_int_equal(open_session(&where, true, &t, &e), RC_OK);
    assert_string_equal(t.path, "/option");
    where.redis = "ftp://x";
    assert_int_equal(open_session(&where, true, &t, &e), RC_INVAL);
    where.redis = NULL;
    assert_int_equal(setenv("LOOKUP_REDIS_URL", "", 1), 0);
    assert_int_equal(open_session(&where, true, &t, &e), RC_OK);
    assert_string_equal(t.path, "");
    assert_string_equal(t.host, "127.0.0.1");
    assert_int_equal(t.port, 6379);
}

static void
test_a_table_is_asked_for_where_it_is_needed(void **state)
{
    struct session_where where = {.prefix = "p", .redis = "unix:/x"};
    struct topology t;
    struct err e;

    (void)state;
    assert_int_equal(open_session(&where, false, &t, &e), RC_OK);
    assert_int_equal(open_session(&where, true, &t, &e), RC_INVAL);
    assert_string_equal(e.text, "--table is missing");
    where.table = ":";
    assert_int_equal(open_session(&where, false, &t, &e), RC_INVAL);
    where = (struct session_where){.prefix = "", .redis = "unix:/x"};
    assert_int_equal(open_session(&where, false, &t, &e), RC_INVAL);
    assert_non_null(strstr(e.text, "--prefix"));
}

static void
test_the_password_may_be_in_a_file(void **state)
{
    struct session_where where = {
        .table = "t", .prefix = "p", .redis = "unix:/x"};
    struct folder folder;
    struct topology t;
    struct err e;
    char *path;

    (void)state;
    folder_init(&folder);
    path = folder_file(&folder, "secret", STR("s3cret\nmore\n"));
    where.redis_password_file = path;
    assert_int_equal(open_session(&where, true, &t, &e), RC_OK);
    assert_string_equal(t.password, "s3cret");
    where.redis_password_file = "/no/such/file";
    assert_int_not_equal(open_session(&where, true, &t, &e), RC_OK);
    free(path);
    folder_fini(&folder);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_option_goes_before_the_environment),
        cmocka_unit_test(test_a_table_is_asked_for_where_it_is_needed),
        cmocka_unit_test(test_the_password_may_be_in_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
