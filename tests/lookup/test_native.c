/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native dialect on a ladder whose store is the test: what is asked of it
 * for a request, and what is answered.
 */
#include "lookup/api/native.h"
#include "tests/lookup/native_bench.h"

/* ----------------------------------------------------------- predictions */

static void
test_precomputed(void **state)
{
    struct bench *b = *state;
    const float y = 0.8312f;

    for (int head = 0; head < 2; head++) {
        begin(b, (struct lookup_policy){0});
        send(b, head ? HTTP_HEAD : HTTP_GET, STR("/v1/t/u42"), NO_BODY);
        assert_int_equal(b->f.answered, 0);
        assert_int_equal(b->ladder.store.read[0].deadline_ns, 50000000);
        answer_f32(b, 0, &y, 1);
        assert_int_equal(b->f.answered, 1);
        assert_int_equal(b->f.status, 200);
        assert_string_equal(
            b->f.body,
            "{\"table\":\"t\",\"user\":\"u42\",\"source\":\"precomputed\","
            "\"generation\":1,\"as_of\":\"2026-11-22T02:00:00Z\","
            "\"prediction\":0.8312}\n");
        assert_true(fake_has_header(&b->f, "X-Lookup-Source: precomputed"));
        assert_true(fake_has_header(&b->f, "X-Lookup-Generation: 1"));
        assert_true(fake_has_header(&b->f, "Cache-Control: no-cache"));
        assert_non_null(strstr(b->f.headers, "Age: "));
        assert_non_null(strstr(b->f.headers, "ETag: \"00000000000000a1-"));
        end(b, 1);
    }
}

/* Ask with an If-None-Match made of `format` and the ETag of the answer. */
static int
status_if_none_match(struct bench *b, const char *before, const char *behind)
{
    const float y = 1;
    char header[700];

    send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    answer_f32(b, b->ladder.store.n - 1, &y, 1);
    const char *etag = strstr(b->f.headers, "ETag: ") + 6;

    snprintf(header, sizeof(header), "%s%.*s%s", before,
             (int)strcspn(etag, "\r"), etag, behind);
    fake_request(&b->f, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    fake_header(&b->f, "if-none-match", header);
    native_handle(&b->desk, &b->f.x, &b->f.req);
    (void)lookup_flush(b->ladder.lookup);
    answer_f32(b, b->ladder.store.n - 1, &y, 1);
    assert_int_equal(b->f.answered, 1);
    assert_true(b->f.status == 200 || !b->f.has_body);
    assert_non_null(strstr(b->f.headers, "ETag: "));
    return b->f.status;
}

static void
test_not_modified(void **state)
{
    struct bench *b = *state;
    char much[600];

    begin(b, (struct lookup_policy){0});
    assert_int_equal(status_if_none_match(b, "", ""), 304);
    assert_int_equal(status_if_none_match(b, "\"x\", ", " , \"y\""), 304);
    assert_int_equal(status_if_none_match(b, "W/", ""), 304);
    assert_int_equal(status_if_none_match(b, "*, ", ""), 304);
    assert_int_equal(status_if_none_match(b, "\"x\"", ""), 200);
    assert_int_equal(status_if_none_match(b, "x", ""), 200);
    memset(much, 'x', sizeof(much) - 1);
    much[sizeof(much) - 1] = '\0';
    assert_int_equal(status_if_none_match(b, much, ""), 200);
    end(b, 14);
}

static void
test_live_and_default_are_not_stored(void **state)
{
    struct bench *b = *state;
    char bytes[LADDER_ROW];

    for (int live = 0; live < 2; live++) {
        begin(b, (struct lookup_policy){.default_on_unknown = true});
        fake_request(&b->f, HTTP_GET, STR("/v1/t/u"), NO_BODY);
        fake_header(&b->f, "If-None-Match", "*");
        native_handle(&b->desk, &b->f.x, &b->f.req);
        (void)lookup_flush(b->ladder.lookup);
        fake_store_nil(&b->ladder.store, 0);
        fake_store_bytes(&b->ladder.store, 1, STR("7"));
        fake_store_integer(&b->ladder.store, 2, 1);
        if (live) {
            fake_store_bytes(&b->ladder.store, 3, ladder_row(bytes, 1, 2, 3));
        } else {
            fake_store_nil(&b->ladder.store, 3);
        }
        assert_int_equal(b->f.status, 200);
        assert_true(fake_has_header(&b->f, live ? "X-Lookup-Source: live"
                                                : "X-Lookup-Source: default"));
        assert_true(fake_has_header(&b->f, "Cache-Control: no-store"));
        assert_null(strstr(b->f.headers, "ETag"));
        end(b, 1);
    }
}

static void
test_post_features(void **state)
{
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    send(b, HTTP_POST, STR("/v1/t/u"),
         STR("{\"features\":{\"hour\":13,\"age\":null,\"spent\":1.5}}"));
    assert_int_equal(b->f.status, 200);
    assert_non_null(strstr(b->f.body, "\"source\":\"live\""));

    send(b, HTTP_POST, STR("/v1/t/u"), STR("{\"features\":{\"hour\":13}}"));
    fake_store_nil(&b->ladder.store, 0);
    assert_true(fake_is_error(&b->f, 400, "missing_features"));
    assert_non_null(strstr(b->f.body, "\"missing\":[\"age\",\"spent\"]"));

    send(b, HTTP_POST, STR("/v1/t/u"),
         STR("{\"partial\":true,\"features\":{}}"));
    fake_store_nil(&b->ladder.store, 1);
    assert_int_equal(b->f.status, 200);
    end(b, 3);
}

/* ---------------------------------------------------------------- errors */

struct wrong {
    enum http_method method;
    struct str path, body;
    int status;
    const char *code;
    uint64_t counted; /* as an error */
};

#define GET(path, status, code, counted)                                       \
    {                                                                          \
        HTTP_GET, STR(path), {NULL, 0}, status, code, counted                  \
    }
#define POST(body, status, code)                                               \
    {                                                                          \
        HTTP_POST, STR("/v1/t/u"), STR(body), status, code, 1                  \
    }

static const struct wrong wrongs[] = {
    GET("/", 404, "not_found", 0),
    GET("/v2", 404, "not_found", 0),
    GET("/V1/t/u", 404, "not_found", 0),
    GET("//v1/t/u", 404, "not_found", 0),
    GET("/v1/t/u/", 404, "not_found", 0),
    GET("/v1/t/u/features", 404, "not_found", 0),
    GET("/v1/", 404, "unknown_table", 0),
    GET("/v1/nope", 404, "unknown_table", 0),
    GET("/v1/nope/u", 404, "unknown_table", 1),
    GET("/v1/T/u", 404, "unknown_table", 1),
    GET("/v1/t%00/u", 404, "unknown_table", 1),
    GET("/v1/%/u", 400, "bad_path", 1),
    GET("/v1/t%zz", 400, "bad_path", 0),
    GET("/v1/t/", 400, "empty_user", 1),
    GET("/v1/t/%", 400, "bad_path", 1),
    GET("/v1/t/%4", 400, "bad_path", 1),
    GET("/v1/t/%4g", 400, "bad_path", 1),
    GET("/v1/t/.", 400, "bad_path", 1),
    GET("/v1/t/..", 400, "bad_path", 1),
    GET("/v1/t/%2e%2E", 400, "bad_path", 1),
    GET("/v1/t/u?timeout_ms=0", 400, "bad_parameter", 1),
    GET("/v1/t/u?timeout_ms=5001", 400, "bad_parameter", 1),
    GET("/v1/t/u?timeout_ms=", 400, "bad_parameter", 1),
    GET("/v1/t/u?timeout_ms", 400, "bad_parameter", 1),
    GET("/v1/t/u?timeout_ms=-1", 400, "bad_parameter", 1),
    GET("/v1/t/u?timeout_ms=5&x=1", 400, "bad_parameter", 1),
    GET("/v1/t/u?TIMEOUT_MS=5", 400, "bad_parameter", 1),
    {HTTP_POST, STR("/v1"), {NULL, 0}, 405, "method_not_allowed", 0},
    {HTTP_DELETE, STR("/v1/t"), {NULL, 0}, 405, "method_not_allowed", 0},
    {HTTP_PUT, STR("/v1/t/u"), {NULL, 0}, 405, "method_not_allowed", 0},
    {HTTP_OTHER, STR("/v1/t/u"), {NULL, 0}, 405, "method_not_allowed", 0},
    POST("", 400, "bad_json"),
    POST("{\"features\":{}", 400, "bad_json"),
    POST("{\"features\":{\"age\":1,\"age\":2}}", 400, "bad_json"),
    POST("[]", 400, "bad_field"),
    POST("{}", 400, "bad_field"),
    POST("{\"features\":[1,2,3]}", 400, "bad_field"),
    POST("{\"feature\":{}}", 400, "bad_field"),
    POST("{\"features\":{},\"partial\":1}", 400, "bad_field"),
    POST("{\"features\":{\"Age\":1}}", 400, "unknown_feature"),
    POST("{\"features\":{\"age\":\"1\"}}", 400, "bad_feature"),
    POST("{\"features\":{\"age\":true}}", 400, "bad_feature"),
    POST("{\"features\":{\"age\":1e39}}", 400, "bad_feature"),
};

static void
test_errors(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
        const struct wrong *w = &wrongs[i];

        begin(b, (struct lookup_policy){0});
        send(b, w->method, w->path, w->body);
        if (!fake_is_error(&b->f, w->status, w->code)) {
            fail_msg("%.*s %.*s: %d %s", STR_ARG(w->path), STR_ARG(w->body),
                     b->f.status, b->f.body);
        }
        assert_int_equal(b->ladder.store.calls, 0);
        assert_int_equal(strncmp(b->f.headers, "Allow: GET, HEAD", 16) == 0,
                         w->status == 405);
        end(b, w->counted);
    }
}

static void
test_media_types(void **state)
{
    static const struct {
        const char *type;
        bool taken;
    } t[] = {
        {"application/json", true},
        {"Application/JSON ; charset=utf-8", true},
        {"application/x-www-form-urlencoded", true},
        {"", true},
        {"text/csv", false},
        {"application/jsonl", false},
    };
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        fake_request(&b->f, HTTP_POST, STR("/v1/t/u"),
                     STR("{\"features\":{\"age\":1,\"hour\":2,\"spent\":3}}"));
        fake_header(&b->f, "Content-Type", t[i].type);
        native_handle(&b->desk, &b->f.x, &b->f.req);
        (void)lookup_flush(b->ladder.lookup);
        if (t[i].taken) {
            assert_int_equal(b->f.status, 200);
        } else {
            assert_true(fake_is_error(&b->f, 415, "unsupported_media_type"));
        }
    }
    end(b, 6);
}

static void
test_store_and_table_errors(void **state)
{
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    send(b, HTTP_GET, STR("/v1/t/u?timeout_ms=5000"), NO_BODY);
    assert_int_equal(b->ladder.store.read[0].deadline_ns, 5000000000);
    fake_store_silence(&b->ladder.store, 0, RC_TIMEOUT);
    assert_true(fake_is_error(&b->f, 503, "store_unavailable"));

    send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    fake_store_bytes(&b->ladder.store, 1, STR("123"));
    assert_true(fake_is_error(&b->f, 503, "table_unavailable"));

    send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    fake_store_nil(&b->ladder.store, 2);
    fake_store_bytes(&b->ladder.store, 3, STR("7"));
    fake_store_integer(&b->ladder.store, 4, 1);
    fake_store_nil(&b->ladder.store, 5);
    assert_true(fake_is_error(&b->f, 404, "unknown_user"));
    end(b, 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precomputed),
        cmocka_unit_test(test_not_modified),
        cmocka_unit_test(test_live_and_default_are_not_stored),
        cmocka_unit_test(test_post_features),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_media_types),
        cmocka_unit_test(test_store_and_table_errors),
    };

    return cmocka_run_group_tests(tests, bench_set_up, ladder_tear_down);
}
