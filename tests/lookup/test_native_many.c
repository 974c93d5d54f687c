/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /v1/{table}: many users or rows in one request.
 */
#include "common/base/number.h"
#include "tests/lookup/guarded_input.h"
#include "tests/lookup/native_bench.h"

#include <math.h>

static void
test_users(void **state)
{
    struct bench *b = *state;
    const float y[2] = {0.25f, 0.5f};

    begin(b, (struct lookup_policy){0});
    send(b, HTTP_POST, STR("/v1/t"), STR("{\"users\":[\"a\",\".\",\"c\"]}"));
    answer_f32(b, 1, &y[1], 1);
    answer_f32(b, 0, &y[0], 1);
    fake_store_silence(&b->ladder.store, 2, RC_TIMEOUT);
    assert_int_equal(b->f.status, 200);
    assert_string_equal(
        b->f.body,
        "{\"table\":\"t\",\"generation\":1,\"as_of\":\"2026-11-22T02:00:00Z\","
        "\"results\":[{\"user\":\"a\",\"source\":\"precomputed\","
        "\"prediction\":0.25},{\"user\":\".\",\"source\":\"precomputed\","
        "\"prediction\":0.5},{\"user\":\"c\",\"error\":"
        "{\"code\":\"store_unavailable\"}}]}\n");
    assert_true(fake_has_header(&b->f, "Cache-Control: no-store"));
    end(b, 3);
}

static void
put_number(char out[NUMBER_F32_MAX], float v)
{
    out[number_format_f32(v, out)] = '\0';
}

static void
test_instances(void **state)
{
    struct bench *b = *state;
    char want[512], text[2][NUMBER_F32_MAX];

    begin(b, (struct lookup_policy){0});
    put_number(text[0], ladder_score(&b->ladder, 31, NAN, 2.5f));
    put_number(text[1], ladder_score(&b->ladder, 1, 2, 3));
    send(b, HTTP_POST, STR("/v1/t"),
         STR("{\"instances\":[{\"hour\":null,\"age\":31,\"spent\":2.5},"
             "[1,2,3]]}"));
    assert_int_equal(b->f.status, 200);
    snprintf(want, sizeof(want),
             "\"results\":[{\"source\":\"live\",\"prediction\":%s},"
             "{\"source\":\"live\",\"prediction\":%s}]}\n",
             text[0], text[1]);
    assert_non_null(strstr(b->f.body, want));
    assert_int_equal(b->ladder.store.calls, 0);
    end(b, 2);
}

static void
test_bodies_that_are_refused(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *body;
        const char *code;
    } cases[] = {
        {"", "bad_json"},
        {"[]", "bad_field"},
        {"{}", "bad_field"},
        {"{\"users\":[]}", "bad_field"},
        {"{\"users\":\"a\"}", "bad_field"},
        {"{\"user\":[\"a\"]}", "bad_field"},
        {"{\"users\":[\"a\"],\"instances\":[[1,2,3]]}", "bad_field"},
        {"{\"users\":[\"a\",1]}", "bad_field"},
        {"{\"users\":[\"\"]}", "bad_field"},
        {"{\"instances\":[1]}", "bad_row"},
        {"{\"instances\":[[1,2]]}", "bad_row"},
        {"{\"instances\":[[1,2,3,4]]}", "bad_row"},
        {"{\"instances\":[[1,2,\"3\"]]}", "bad_feature"},
        {"{\"instances\":[[1,2,1e39]]}", "bad_feature"},
        {"{\"instances\":[{\"age\":1}]}", "missing_features"},
        {"{\"instances\":[{\"agee\":1}]}", "unknown_feature"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin(b, (struct lookup_policy){0});
        send(b, HTTP_POST, STR("/v1/t"), str_of(cases[i].body));
        if (!fake_is_error(&b->f, 400, cases[i].code)) {
            fail_msg("%s: %s", cases[i].body, b->f.body);
        }
        end(b, 1);
    }
}

/* A thousand are answered, one more is not. */
static void
test_a_thousand(void **state)
{
    struct bench *b = *state;
    static char body[32 * 1024];

    for (size_t n = 1000; n <= 1001; n++) {
        size_t at = (size_t)snprintf(body, sizeof(body), "{\"instances\":[");

        for (size_t i = 0; i < n; i++) {
            at += (size_t)snprintf(body + at, sizeof(body) - at, "%s[1,2,%zu]",
                                   i == 0 ? "" : ",", i);
        }
        snprintf(body + at, sizeof(body) - at, "]}");
        begin(b, (struct lookup_policy){0});
        send(b, HTTP_POST, STR("/v1/t"), str_of(body));
        assert_int_equal(b->f.status, n == 1000 ? 200 : 400);
        end(b, n == 1000 ? 1000 : 1);
    }
}

static void
test_cut_at_every_byte(void **state)
{
    struct bench *b = *state;
    struct str whole = STR("{\"instances\":[{\"hour\":null,\"age\":31,"
                           "\"spent\":2.5},[1,2,3e0]]}");
    struct guarded_input g = guarded_create(whole.len);

    begin(b, (struct lookup_policy){0});
    for (size_t n = 0; n <= whole.len; n++) {
        char *p = guarded_at(&g, n);

        memcpy(p, whole.p, n);
        send(b, HTTP_POST, STR("/v1/t"), (struct str){p, n});
        assert_int_equal(b->f.status, n == whole.len ? 200 : 400);
    }
    end(b, whole.len + 2);
    guarded_destroy(&g);
}

static void
test_other_refusals(void **state)
{
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    send(b, HTTP_POST, STR("/v1/x"), STR("{\"users\":[\"a\"]}"));
    assert_true(fake_is_error(&b->f, 404, "unknown_table"));
    send(b, HTTP_POST, STR("/v1/t?k=1"), STR("{\"users\":[\"a\"]}"));
    assert_true(fake_is_error(&b->f, 400, "bad_parameter"));
    send(b, HTTP_PUT, STR("/v1/t"), STR("{\"users\":[\"a\"]}"));
    assert_true(fake_is_error(&b->f, 405, "method_not_allowed"));
    assert_true(fake_has_header(&b->f, "Allow: GET, HEAD, POST"));
    end(b, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_instances),
        cmocka_unit_test(test_bodies_that_are_refused),
        cmocka_unit_test(test_a_thousand),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_other_refusals),
    };

    return cmocka_run_group_tests(tests, bench_set_up, ladder_tear_down);
}
