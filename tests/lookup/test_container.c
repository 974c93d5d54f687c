/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's environment, and the folder with its model.
 */
#include "lookup/container.h"

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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_bad_settings),
    };

    return cmocka_run_group_tests(tests, clear, NULL);
}
