/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to explain, and what is no such request. What explanations say is
 * read by a real client in the end-to-end tests.
 */
#include "lookup/api/native_explain.h"
#include "tests/lookup/native_bench.h"

static void
explain(struct bench *b, enum http_method method, const char *path)
{
    fake_request(&b->f, method, str_of(path), NO_BODY);
    assert_true(native_explain_matches(&b->f.req));
    native_explain_handle(&b->desk, &b->f.x, &b->f.req);
}

static void
assert_contains(const struct bench *b, const char *part)
{
    if (strstr(b->f.body, part) == NULL) {
        fail_msg("no %s in %s", part, b->f.body);
    }
}

static void
test_explained(void **state)
{
    struct bench *b = *state;
    char bytes[LADDER_ROW];
    float y = 0.5f;

    begin(b, (struct lookup_policy){0});
    explain(b, HTTP_GET, "/v1/t/u?explain=1&timeout_ms=5");
    assert_int_equal(b->ladder.store.read[0].deadline_ns, 5000000);
    answer_f32(b, 0, &y, 1);
    fake_store_bytes(&b->ladder.store, 1, ladder_row(bytes, 1, NAN, -1));
    assert_int_equal(b->f.answered, 1);
    assert_int_equal(b->f.status, 200);
    assert_contains(b, "{\"table\":\"t\",\"user\":\"u\",\"generation\":1,"
                       "\"as_of\":\"2026-11-22T02:00:00Z\","
                       "\"superseded\":false,"
                       "\"rungs\":[{\"rung\":\"superseded\",\"us\":");
    assert_contains(b, "\"answer\":{\"user\":\"u\",\"source\":\"precomputed\","
                       "\"prediction\":0.5}");
    assert_contains(b, ",\"record\":{\"prediction\":0.5},\"features\":{"
                       "\"updated\":\"1970-01-01T00:00:00.000005Z\","
                       "\"values\":{\"age\":1,\"hour\":null,\"spent\":-1}},"
                       "\"live\":{\"us\":");
    assert_contains(b, "\"contributions\":{\"outputs\":[{\"margin\":");
    end(b, 0);
}

static void
test_nothing_there(void **state)
{
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    explain(b, HTTP_GET, "/v1/t/%00?explain=1");
    fake_store_silence(&b->ladder.store, 0, RC_TIMEOUT);
    fake_store_nil(&b->ladder.store, 1);
    fake_store_bytes(&b->ladder.store, 2, STR("short"));
    assert_contains(b, "\"user\":\"\\u0000\"");
    assert_contains(b,
                    "\"answer\":{\"error\":{\"code\":\"store_unavailable\"}},"
                    "\"record\":null,"
                    "\"features\":{\"error\":{\"code\":"
                    "\"table_unavailable\"}},");
    assert_contains(b, "\"contributions\":null}\n");
    end(b, 0);
}

static void
test_what_is_refused(void **state)
{
    static const struct {
        enum http_method method;
        const char *path;
        int status;
        const char *code;
    } cases[] = {
        {HTTP_GET, "/v1/t/u", 400, "bad_parameter"},
        {HTTP_GET, "/v1/t/u?explain=2", 400, "bad_parameter"},
        {HTTP_GET, "/v1/t/u?explain=1&x=1", 400, "bad_parameter"},
        {HTTP_POST, "/v1/t/u?explain=1", 405, "method_not_allowed"},
        {HTTP_GET, "/v1/x/u?explain=1", 404, "unknown_table"},
        {HTTP_GET, "/v1/t/%?explain=1", 400, "bad_path"},
        {HTTP_GET, "/v1/t/?explain=1", 400, "empty_user"},
        {HTTP_GET, "/v1/t/..?explain=1", 400, "bad_path"},
    };
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        explain(b, cases[i].method, cases[i].path);
        assert_true(fake_is_error(&b->f, cases[i].status, cases[i].code));
    }
    assert_int_equal(b->ladder.store.calls, 0);
    end(b, 0);
}

static void
test_not_by_the_public(void **state)
{
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    send(b, HTTP_GET, STR("/v1/t/u?explain=1"), NO_BODY);
    assert_true(fake_is_error(&b->f, 403, "forbidden"));
    assert_int_equal(b->ladder.store.calls, 0);
    end(b, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_explained),
        cmocka_unit_test(test_nothing_there),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_not_by_the_public),
    };

    return cmocka_run_group_tests(tests, bench_set_up, ladder_tear_down);
}
