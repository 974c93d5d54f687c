/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's environment, and the folder with its model.
 */
#include "lookup/container.h"

#include "lookup/config.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const names[] = {
    "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT",
    "SAGEMAKER_INFERENCE_OUTPUT",
    "SAGEMAKER_BATCH",
    "MAX_CONTENT_LENGTH",
    "SM_MODEL_DIR",
};

static int
clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(unsetenv(names[i]), 0);
    }
    return 0;
}

static enum rc
read_with(const char *name, const char *value, struct sagemaker_settings *s)
{
    struct err e = {""};
    enum rc rc;

    assert_int_equal(setenv(name, value, 1), 0);
    rc = container_settings(s, &e);
    assert_int_equal(unsetenv(name), 0);
    assert_true(rc == RC_OK || strstr(e.text, name) != NULL);
    return rc;
}

static void
test_settings(void **state)
{
    struct sagemaker_settings s;

    (void)state;
    assert_int_equal(read_with("SAGEMAKER_BATCH", "", &s), RC_OK);
    assert_false(s.batch || s.container);
    assert_int_equal(s.by_default, SAGEMAKER_TO_CSV);
    assert_int_equal(s.max_payload_bytes, 6 * 1024 * 1024);
    assert_int_equal(s.selection.n, 0);
    assert_true(s.concurrent >= 1);
    assert_int_equal(read_with("SAGEMAKER_BATCH", "true", &s), RC_OK);
    assert_true(s.batch);
    assert_int_equal(read_with(names[0], "application/json", &s), RC_OK);
    assert_int_equal(s.by_default, SAGEMAKER_TO_JSON);
    assert_int_equal(read_with(names[1], "labels,raw_score", &s), RC_OK);
    assert_int_equal(s.selection.n, 2);
    assert_int_equal(read_with("MAX_CONTENT_LENGTH", "20971520", &s), RC_OK);
    assert_int_equal(s.max_payload_bytes, 20 * 1024 * 1024);
}

static void
test_bad_settings(void **state)
{
    struct sagemaker_settings s;

    (void)state;
    assert_int_equal(read_with(names[0], "*/*", &s), RC_INVAL);
    assert_int_equal(read_with("MAX_CONTENT_LENGTH", "0", &s), RC_INVAL);
    assert_int_equal(read_with("MAX_CONTENT_LENGTH", "1e6", &s), RC_INVAL);
    assert_int_equal(read_with("MAX_CONTENT_LENGTH", "67108865", &s), RC_INVAL);
}

/* `lookup serve` with that folder: what is wrong with it is said. */
static enum rc
serve_from(const char *path, struct config *c, struct err *e)
{
    char lookup[] = "lookup", serve[] = "serve", *argv[] = {lookup, serve};

    e->text[0] = '\0';
    assert_int_equal(setenv("SM_MODEL_DIR", path, 1), 0);
    enum rc rc = config_read(c, 2, argv, e);

    assert_int_equal(unsetenv("SM_MODEL_DIR"), 0);
    return rc;
}

static void
check_no_model(const char *path, const char *why)
{
    struct config c;
    struct err e;

    assert_int_equal(serve_from(path, &c, &e), RC_INVAL);
    assert_non_null(strstr(e.text, path));
    assert_non_null(strstr(e.text, why));
    assert_non_null(strstr(e.text, "--model"));
    config_free(&c);
}

static void
test_folder(void **state)
{
    struct folder f;
    struct config c;
    struct err e;
    char *one, *two;

    (void)state;
    check_no_model("/nonexistent", "No such file");
    folder_init(&f);
    free(folder_file(&f, ".hidden", STR("")));
    check_no_model(f.path, "is empty");
    one = folder_file(&f, "model", STR(""));
    assert_int_equal(serve_from(f.path, &c, &e), RC_OK);
    assert_true(c.sagemaker.container);
    assert_string_equal(c.options.model, one);
    config_free(&c);
    two = folder_file(&f, "other", STR(""));
    check_no_model(f.path, "has 2 files");
    free(one);
    free(two);
    folder_fini(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_bad_settings),
        cmocka_unit_test(test_folder),
    };

    return cmocka_run_group_tests(tests, clear, NULL);
}
