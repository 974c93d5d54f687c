/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/source_manifest.h"

#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum rc
read_text(const char *text, struct source_manifest *m, bool *is, struct err *e)
{
    struct folder f;
    char *path;
    enum rc rc;

    folder_init(&f);
    path = folder_file(&f, "m", str_of(text));
    *is = source_manifest_is(path);
    rc = source_manifest_read(m, path, e);
    free(path);
    folder_fini(&f);
    return rc;
}

static void
test_entries(void **state)
{
    struct source_manifest m;
    struct err e;
    bool is;

    (void)state;
    assert_int_equal(
        read_text(" [ {\"prefix\": \"/data/x-\"},\n \"a\", \"b/c\"]", &m, &is,
                  &e),
        RC_OK);
    assert_true(is);
    assert_int_equal(m.n, 2);
    assert_string_equal(m.path[0], "/data/x-a");
    assert_string_equal(m.path[1], "/data/x-b/c");
    source_manifest_fini(&m);
    assert_int_equal(read_text("[{\"prefix\":\"in/\"},\"a\"]", &m, &is, &e),
                     RC_OK);
    assert_true(str_ends(str_of(m.path[0]), STR("/in/a")));
    assert_true(m.path[0][0] == '/');
    source_manifest_fini(&m);
}

static void
test_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"[{\"prefix\":\"s3://bucket/\"},\"a\"]", "not local"},
        {"[{\"prefix\":7},\"a\"]", "no text"},
        {"[{\"prefix\":\"a\"},7]", "names of files"},
        {"[{\"prefix\":\"a\"},\"b\"", "not JSON"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct source_manifest m;
        struct err e = {""};
        bool is;

        assert_int_equal(read_text(bad[i].text, &m, &is, &e), RC_REFUSED);
        assert_true(is);
        assert_non_null(strstr(e.text, bad[i].says));
        source_manifest_fini(&m);
    }
}

static void
test_what_is_none(void **state)
{
    static const char *const other[] = {
        "", "[", "id,a\n", "{\"prefix\":1}", "[1,2]", "[{\"a\":1}]"};

    (void)state;
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        struct source_manifest m;
        struct err e;
        bool is;

        if (read_text(other[i], &m, &is, &e) == RC_OK) {
            assert_int_equal(m.n, 0);
        }
        source_manifest_fini(&m);
        assert_false(is);
    }
    assert_false(source_manifest_is("/nowhere"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
