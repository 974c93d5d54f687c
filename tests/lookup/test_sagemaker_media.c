/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content-Type and Accept headers, taken and refused.
 */
#include "lookup/api/sagemaker_media.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct http_request
request(const char *name, const char *value)
{
    struct http_request req = {.nheader = value == NULL ? 0 : 1};

    req.header[0] = (struct http_header){str_of(name), str_of(value)};
    return req;
}

static void
test_types(void **state)
{
    static const struct {
        const char *given;
        enum rc rc;
        enum sagemaker_form form;
    } type[] = {
        {NULL, RC_OK, SAGEMAKER_LIBSVM},
        {"", RC_OK, SAGEMAKER_LIBSVM},
        {"csv", RC_OK, SAGEMAKER_CSV},
        {"TEXT/CSV; charset=utf-8", RC_OK, SAGEMAKER_CSV},
        {"text/csv;label_size=1", RC_OK, SAGEMAKER_CSV},
        {"text/csv; x=1; Label_Size=\"0\"", RC_OK, SAGEMAKER_CSV},
        {"text/csv; label_size=2", RC_REFUSED, 0},
        {"text/csv; label_size=", RC_REFUSED, 0},
        {"text/x-libsvm", RC_OK, SAGEMAKER_LIBSVM},
        {"application/json", RC_OK, SAGEMAKER_JSON},
        {"application/jsonlines", RC_OK, SAGEMAKER_JSONL},
        {"application/x-www-form-urlencoded", RC_NOT_FOUND, 0},
        {"application/x-recordio-protobuf", RC_REFUSED, 0},
        {"parquet", RC_REFUSED, 0},
        {"text/plain", RC_REFUSED, 0},
        {";", RC_REFUSED, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(type) / sizeof(type[0]); i++) {
        struct http_request req = request("content-type", type[i].given);
        struct sagemaker_fault fault = {0};
        enum sagemaker_form form;

        assert_int_equal(sagemaker_media_type(&req, &form, &fault), type[i].rc);
        if (type[i].rc == RC_OK) {
            assert_int_equal(form, type[i].form);
        }
        assert_int_equal(fault.status, type[i].rc == RC_REFUSED ? 415 : 0);
    }
}

static void
test_accept(void **state)
{
    static const struct {
        const char *given;
        enum rc rc;
        enum sagemaker_output output;
    } accept[] = {
        {NULL, RC_OK, SAGEMAKER_TO_JSONL},
        {"*/*", RC_OK, SAGEMAKER_TO_JSONL},
        {"text/csv", RC_OK, SAGEMAKER_TO_CSV},
        {"Application/JSON; verbose=True", RC_OK, SAGEMAKER_TO_JSON},
        {"application/*", RC_OK, SAGEMAKER_TO_JSON},
        {"text/*, application/json", RC_OK, SAGEMAKER_TO_CSV},
        {"text/csv;q=0.1, application/json;q=0.2", RC_OK, SAGEMAKER_TO_JSON},
        {"image/png, text/html, text/csv;q=0.01", RC_OK, SAGEMAKER_TO_CSV},
        {"text/csv;q=0", RC_REFUSED, 0},
        {"text/csv;q=x", RC_REFUSED, 0},
        {"application/x-recordio-protobuf", RC_REFUSED, 0},
        {",", RC_REFUSED, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(accept) / sizeof(accept[0]); i++) {
        struct http_request req = request("ACCEPT", accept[i].given);
        struct sagemaker_fault fault = {0};
        enum sagemaker_output output = SAGEMAKER_TO_CSV;

        assert_int_equal(
            sagemaker_media_accept(&req, SAGEMAKER_TO_JSONL, &output, &fault),
            accept[i].rc);
        if (accept[i].rc == RC_OK) {
            assert_int_equal(output, accept[i].output);
        }
        assert_int_equal(fault.status, accept[i].rc == RC_REFUSED ? 406 : 0);
    }
}

static void
test_names(void **state)
{
    enum sagemaker_output output;

    (void)state;
    assert_int_equal(sagemaker_media_named("application/json", &output), RC_OK);
    assert_int_equal(output, SAGEMAKER_TO_JSON);
    assert_string_equal(sagemaker_media_of(output), "application/json");
    assert_int_equal(sagemaker_media_named("*/*", &output), RC_INVAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_accept),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
