/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which request is in which dialect, as it is counted.
 */
#include "lookup/api/api.h"
#include "tests/lookup/fake_exchange.h"
#include "tests/support/fake_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* What of an answer says whose it is. */
struct asked {
    struct fake_exchange f; /* first */
    enum dialect dialect;
};

static void
note(struct exchange *x, const struct http_answer *a)
{
    ((struct asked *)x)->dialect = a->dialect;
    fake_respond(x, a);
}

static enum dialect
ask(struct api *a, struct asked *k, enum http_method method, const char *path)
{
    fake_request(&k->f, method, str_of(path), STR("{}"));
    fake_header(&k->f, "X-Amz-Target", "DynamoDB_20120810.ListTables");
    k->f.x.respond = note;
    api_handle(a, &k->f.x, &k->f.req);
    assert_int_equal(k->f.answered, 1);
    return k->dialect;
}

static void
test_dialects(void **state)
{
    static const struct {
        enum http_method method;
        const char *path;
        enum dialect dialect;
    } of[] = {
        {HTTP_GET, "/v1", DIALECT_NATIVE},
        {HTTP_GET, "/v1/t/u", DIALECT_NATIVE},
        {HTTP_POST, "/", DIALECT_DYNAMODB},
        {HTTP_GET, "/v2", DIALECT_OIP},
        {HTTP_GET, "/v2/models/t", DIALECT_OIP},
        {HTTP_GET, "/ping", DIALECT_SAGEMAKER},
        {HTTP_POST, "/invocations", DIALECT_SAGEMAKER},
        {HTTP_GET, "/nowhere", DIALECT_NATIVE},
    };
    const struct lookup_policy policy = {0};
    struct sagemaker_settings settings = {.concurrent = 1};
    struct asked *k = calloc(1, sizeof(*k));
    struct fake_store store;
    struct lookup *lookup;
    struct api *a;

    (void)state;
    assert_non_null(k);
    fake_store_init(&store);
    lookup = lookup_create(&store.base, "p", &policy, NULL, NULL);
    assert_non_null(lookup);
    a = api_create(lookup, NULL, &settings);
    assert_non_null(a);
    for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
        assert_int_equal(ask(a, k, of[i].method, of[i].path), of[i].dialect);
    }
    settings.container = true;
    assert_int_equal(ask(a, k, HTTP_GET, "/nowhere"), DIALECT_SAGEMAKER);
    assert_int_equal(ask(a, k, HTTP_GET, "/v1"), DIALECT_NATIVE);
    api_destroy(&a);
    assert_null(a);
    lookup_destroy(&lookup);
    free(k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
