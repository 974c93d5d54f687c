/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol's paths on a ladder whose store is the test.
 */
#include "common/base/number.h"
#include "lookup/api/oip.h"
#include "tests/lookup/dialect_bench.h"

#define INFER "/v2/models/t/infer"

static void
begin(struct bench *b, struct lookup_policy policy)
{
    begin_dialect(b, policy, oip_handle, DIALECT_OIP);
}

static void
expect(struct bench *b, const char *body)
{
    assert_int_equal(b->f.answered, 1);
    assert_int_equal(b->f.status, 200);
    assert_string_equal(b->f.body, body);
}

static void
expect_error(struct bench *b, int status)
{
    if (b->f.answered != 1 || b->f.status != status ||
        strncmp(b->f.body, "{\"error\":\"", 10) != 0) {
        fail_msg("%d %s is not %d", b->f.status, b->f.body, status);
    }
    assert_int_equal(fake_has_header(&b->f, "Retry-After: 1"), status == 503);
}

static void
test_paths(void **state)
{
    static const struct {
        enum http_method method;
        struct str path;
        int status;
    } cases[] = {
        {HTTP_GET, STR("/v2"), 200},
        {HTTP_HEAD, STR("/v2"), 200},
        {HTTP_POST, STR("/v2"), 405},
        {HTTP_GET, STR("/v2/health/live"), 200},
        {HTTP_GET, STR("/v2/health/ready"), 200},
        {HTTP_GET, STR("/v2/health/x"), 404},
        {HTTP_GET, STR("/v2/health"), 404},
        {HTTP_POST, STR("/v2/health/live"), 405},
        {HTTP_GET, STR("/v2/models"), 404},
        {HTTP_GET, STR("/v2/models/t"), 200},
        {HTTP_PUT, STR("/v2/models/t"), 405},
        {HTTP_GET, STR("/v2/models/%74/ready"), 200},
        {HTTP_GET, STR("/v2/models/%/ready"), 404},
        {HTTP_GET, STR("/v2/models/x"), 404},
        {HTTP_GET, STR("/v2/models/x/ready"), 404},
        {HTTP_GET, STR("/v2/models/t/more"), 404},
        {HTTP_GET, STR("/v2/models/t/versions"), 404},
        {HTTP_GET, STR("/v2/models/t/versions/1"), 200},
        {HTTP_GET, STR("/v2/models/t/versions/1/ready"), 200},
        {HTTP_GET, STR("/v2/models/t/versions/2/ready"), 404},
        {HTTP_GET, STR("/v2/models/t/versions/0"), 404},
        {HTTP_GET, STR("/v2/models/t/versions/1/ready/x"), 404},
        {HTTP_GET, STR("/v2/models/t/versions/1/ready/x/y"), 404},
        {HTTP_GET, STR(INFER), 405},
    };
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        send(b, cases[i].method, cases[i].path, NO_BODY);
        assert_true(oip_speaks(&b->f.req));
        if (b->f.status != cases[i].status) {
            fail_msg("%.*s: %d", STR_ARG(cases[i].path), b->f.status);
        }
    }
    assert_true(fake_has_header(&b->f, "Allow: POST"));
    fake_request(&b->f, HTTP_GET, STR("/v20"), NO_BODY);
    assert_false(oip_speaks(&b->f.req));
    end(b, 0);
}

static void
test_metadata(void **state)
{
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    send(b, HTTP_GET, STR("/v2/models/t"), NO_BODY);
    expect(b, "{\"name\":\"t\",\"versions\":[\"1\"],\"platform\":\"xgboost\","
              "\"inputs\":[{\"name\":\"input__0\",\"datatype\":\"FP32\","
              "\"shape\":[-1,3]},{\"name\":\"user_id\",\"datatype\":\"BYTES\","
              "\"shape\":[-1]}],\"outputs\":[{\"name\":\"predict\","
              "\"datatype\":\"FP32\",\"shape\":[-1]},{\"name\":\"source\","
              "\"datatype\":\"BYTES\",\"shape\":[-1]}]}\n");
    lookup_set_tables(b->ladder.lookup, sample_tables("t", 1, NULL));
    send(b, HTTP_GET, STR("/v2/models/t/ready"), NO_BODY);
    expect_error(b, 503);
    send(b, HTTP_GET, STR("/v2/health/ready"), NO_BODY);
    assert_int_equal(b->f.status, 503);
    lookup_set_tables(b->ladder.lookup, NULL);
    send(b, HTTP_GET, STR("/v2/models/x/ready"), NO_BODY);
    expect_error(b, 503);
    send(b, HTTP_GET, STR("/v2/health/ready"), NO_BODY);
    assert_int_equal(b->f.status, 503);
    send(b, HTTP_GET, STR("/v2/health/live"), NO_BODY);
    assert_int_equal(b->f.status, 200);
    end(b, 0);
}

static void
test_rows(void **state)
{
    struct bench *b = *state;
    char want[512], text[2][NUMBER_F32_MAX];

    begin(b, (struct lookup_policy){0});
    text[0][number_format_f32(ladder_score(&b->ladder, 31, NAN, 2.5f),
                              text[0])] = '\0';
    text[1][number_format_f32(ladder_score(&b->ladder, 1, 2, 3), text[1])] =
        '\0';
    send(b, HTTP_POST, STR(INFER),
         STR("{\"id\":\"42\",\"inputs\":[{\"name\":\"x\",\"shape\":[2,3],"
             "\"datatype\":\"FP32\",\"data\":[31,null,2.5,1,2,3]}]}"));
    snprintf(want, sizeof(want),
             "{\"model_name\":\"t\",\"model_version\":\"1\",\"id\":\"42\","
             "\"parameters\":{\"as_of\":\"2026-11-22T02:00:00Z\"},"
             "\"outputs\":[{\"name\":\"predict\",\"datatype\":\"FP32\","
             "\"shape\":[2],\"data\":[%s,%s]}]}",
             text[0], text[1]);
    expect(b, want);
    assert_int_equal(b->ladder.store.calls, 0);
    end(b, 2);
}

#define USERS(list, n)                                                         \
    "{\"inputs\":[{\"name\":\"user_id\",\"shape\":[" n "],\"datatype\":"       \
    "\"BYTES\",\"data\":" list "}]}"

static void
test_users(void **state)
{
    struct bench *b = *state;
    const float y = 0.25f;

    begin(b, (struct lookup_policy){.max_age_us = 1});
    send(b, HTTP_POST, STR("/v2/models/t/versions/1/infer"),
         STR(USERS("[\"a\",\"b\"]", "2")));
    answer_f32(b, 1, &y, 1);
    fake_store_nil(&b->ladder.store, 0);
    fake_store_bytes(&b->ladder.store, 2, STR("7"));
    fake_store_integer(&b->ladder.store, 3, 1);
    fake_store_nil(&b->ladder.store, 4);
    expect(b, "{\"model_name\":\"t\",\"model_version\":\"1\",\"parameters\":"
              "{\"as_of\":\"2026-11-22T02:00:00Z\",\"stale\":true},"
              "\"outputs\":[{\"name\":\"predict\",\"datatype\":\"FP32\","
              "\"shape\":[2],\"data\":[null,0.25]},{\"name\":\"source\","
              "\"datatype\":\"BYTES\",\"shape\":[2],"
              "\"data\":[\"unknown\",\"precomputed\"]}]}");
    end(b, 2);
}

static void
test_users_without_an_answer(void **state)
{
    struct bench *b = *state;
    const float y = 0.25f;

    begin(b, (struct lookup_policy){0});
    send(b, HTTP_POST, STR(INFER), STR(USERS("[\"a\",\"b\"]", "2")));
    answer_f32(b, 1, &y, 1);
    fake_store_silence(&b->ladder.store, 0, RC_TIMEOUT);
    expect_error(b, 503);
    send(b, HTTP_POST, STR(INFER), STR(USERS("[\"a\"]", "1")));
    fake_store_bytes(&b->ladder.store, 2, STR("123"));
    expect_error(b, 503);
    end(b, 3);
}

/* A new generation while users of the old one are being asked for. */
static void
test_a_version_that_goes_away(void **state)
{
    struct bench *b = *state;
    const float y = 0.25f;

    begin(b, (struct lookup_policy){0});
    send(b, HTTP_POST, STR("/v2/models/t/versions/1/infer"),
         STR(USERS("[\"a\"]", "1")));
    ladder_publish(&b->ladder, 2, LADDER_SEQ + 1);
    fake_store_nil(&b->ladder.store, 0);
    fake_store_bytes(&b->ladder.store, 1, STR("8"));
    fake_store_integer(&b->ladder.store, 2, 0);
    fake_store_nil(&b->ladder.store, 3);
    assert_true(lookup_flush(b->ladder.lookup));
    answer_f32(b, 4, &y, 1);
    expect_error(b, 404);
    end(b, 1);
}

static void
test_refusals(void **state)
{
    static const struct {
        const char *path, *body;
        int status;
    } cases[] = {
        {INFER, "", 400},
        {INFER, "{\"id\":1}", 400},
        {INFER, USERS("[\"\"]", "1"), 400},
        {INFER, USERS("[\"a\"]", "2"), 400},
        {INFER, USERS("[\"a\"]", "1001"), 400},
        {INFER,
         "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\","
         "\"data\":[1,2]}]}",
         400},
        {INFER,
         "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,3],\"datatype\":\"FP32\","
         "\"data\":[1,2]}]}",
         400},
        {"/v2/models/x/infer", USERS("[\"a\"]", "1"), 404},
        {"/v2/models/t/versions/2/infer", USERS("[\"a\"]", "1"), 404},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin(b, (struct lookup_policy){0});
        send(b, HTTP_POST, str_of(cases[i].path), str_of(cases[i].body));
        expect_error(b, cases[i].status);
        assert_int_equal(b->ladder.store.calls, 0);
        end(b, 1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_users_without_an_answer),
        cmocka_unit_test(test_a_version_that_goes_away),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, bench_set_up, ladder_tear_down);
}
