/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which request gets what, with a table or without any.
 */
#include "tests/lookup/sagemaker_booth.h"

#define NO_BODY ((struct str){NULL, 0})

static void
test_routes(void **state)
{
    static const struct {
        enum http_method method;
        const char *path;
        int status;
    } routes[] = {
        {HTTP_GET, "/ping", 200},
        {HTTP_HEAD, "/execution-parameters", 200},
        {HTTP_POST, "/ping", 405},
        {HTTP_GET, "/invocations", 405},
        {HTTP_PUT, "/endpoints/t/invocations", 405},
        {HTTP_POST, "/invocations", 204},
        {HTTP_POST, "/endpoints/t/invocations", 204},
        {HTTP_POST, "/endpoints/t/invocations/x", 404},
        {HTTP_POST, "/endpoints/t", 404},
        {HTTP_POST, "/models", 404},
    };
    struct booth *b = *state;

    booth_begin(b, NULL);
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        booth_ask(b, routes[i].method, routes[i].path, NO_BODY);
        assert_int_equal(b->f.status, routes[i].status);
    }
    booth_ask(b, HTTP_GET, "/execution-parameters", NO_BODY);
    assert_string_equal(b->f.body,
                        "{\"MaxConcurrentTransforms\": 3, \"BatchStrategy\": "
                        "\"MULTI_RECORD\", \"MaxPayloadInMB\": 5}");
    booth_ask(b, HTTP_GET, "/invocations", NO_BODY);
    assert_true(fake_has_header(&b->f, "Allow: POST"));
    booth_end(b, 0);
}

static void
test_speaks(void **state)
{
    static const struct {
        const char *path;
        bool always, large;
    } paths[] = {
        {"/ping", true, false},       {"/execution-parameters", true, false},
        {"/invocations", true, true}, {"/endpoints/a/invocations", true, true},
        {"/ping/", false, false},     {"/", false, false},
    };
    struct booth *b = *state;

    booth_begin(b, NULL);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        fake_request(&b->f, HTTP_POST, str_of(paths[i].path), NO_BODY);
        b->settings.container = false;
        assert_int_equal(sagemaker_speaks(b->sagemaker, &b->f.req),
                         paths[i].always);
        b->settings.container = true;
        assert_true(sagemaker_speaks(b->sagemaker, &b->f.req));
        assert_int_equal(sagemaker_is_invocation(&b->f.req), paths[i].large);
    }
    booth_end(b, 0);
}

/* Headers that come back: only what is short and visible. */
static void
test_echo(void **state)
{
    char longest[1026];
    struct booth *b = *state;

    memset(longest, 'a', sizeof(longest));
    booth_begin(b, NULL);
    for (size_t n = 1023; n < 1026; n++) {
        longest[n] = '\0';
        fake_request(&b->f, HTTP_POST, STR("/invocations"), STR("0:1"));
        fake_header(&b->f, "X-Amzn-SageMaker-Custom-Attributes", longest);
        sagemaker_handle(b->sagemaker, &b->f.x, &b->f.req);
        assert_int_equal(b->f.status, 200);
        assert_int_equal(strstr(b->f.headers, "Custom-Attributes") != NULL,
                         n <= 1024);
        longest[n] = 'a';
    }
    booth_end(b, 3);
}

static void
test_no_table(void **state)
{
    struct booth *b = *state;

    booth_begin(b, "nothing");
    booth_ask(b, HTTP_GET, "/ping", NO_BODY);
    assert_int_equal(b->f.status, 503);
    booth_ask(b, HTTP_POST, "/invocations", STR("1,2,3"));
    assert_int_equal(b->f.status, 404);
    booth_ask(b, HTTP_POST, "/endpoints/t/invocations", STR("1,2,3"));
    assert_int_equal(b->f.status, 200);
    lookup_set_tables(b->ladder.lookup, NULL);
    booth_ask(b, HTTP_POST, "/endpoints/t/invocations", STR("1,2,3"));
    assert_int_equal(b->f.status, 503);
    assert_true(fake_has_header(&b->f, "Retry-After: 1"));
    assert_true(fake_has_header(&b->f, "x-amzn-ErrorType: ServiceUnavailable"));
    booth_ask(b, HTTP_GET, "/ping", NO_BODY);
    assert_int_equal(b->f.status, 503);
    booth_end(b, 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_speaks),
        cmocka_unit_test(test_echo),
        cmocka_unit_test(test_no_table),
    };

    return cmocka_run_group_tests(tests, booth_set_up, ladder_tear_down);
}
