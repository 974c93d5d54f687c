/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DynamoDB's operations on a ladder whose store is the test.
 */
#include "lookup/api/dynamodb.h"
#include "tests/lookup/dialect_bench.h"

#include <stdlib.h>
#include <zlib.h>

#define FACTS                                                                  \
    "\"source\":{\"S\":\"precomputed\"},\"generation\":{\"N\":\"1\"},"         \
    "\"as_of\":{\"S\":\"2026-11-22T02:00:00Z\"}"

static void
begin(struct bench *b, struct lookup_policy policy)
{
    begin_dialect(b, policy, dynamodb_handle, DIALECT_DYNAMODB);
}

static void
ask(struct bench *b, const char *operation, const char *body)
{
    char target[128];

    snprintf(target, sizeof(target), "DynamoDB_20120810.%s", operation);
    fake_request(&b->f, HTTP_POST, STR("/"), str_of(body));
    fake_header(&b->f, "X-Amz-Target", target);
    assert_true(dynamodb_speaks(&b->f.req));
    dynamodb_handle(&b->desk, &b->f.x, &b->f.req);
    (void)lookup_flush(b->ladder.lookup);
}

/* The answer as it is, with what clients check. */
static void
expect(struct bench *b, const char *body)
{
    const char *crc = strstr(b->f.headers, "x-amz-crc32: ");

    assert_int_equal(b->f.answered, 1);
    assert_int_equal(b->f.status, 200);
    assert_string_equal(b->f.body, body);
    assert_non_null(strstr(b->f.headers, "x-amzn-RequestId: "));
    assert_non_null(crc);
    assert_int_equal(
        strtoul(crc + strlen("x-amz-crc32: "), NULL, 10),
        crc32(0, (const Bytef *)b->f.body, (uInt)strlen(b->f.body)));
}

static void
expect_error(struct bench *b, int status, const char *type)
{
    char begins[128];

    snprintf(begins, sizeof(begins),
             "{\"__type\":\"com.amazonaws.dynamodb.v20120810#%s\","
             "\"message\":\"",
             type);
    if (b->f.answered != 1 || b->f.status != status ||
        strncmp(b->f.body, begins, strlen(begins)) != 0) {
        fail_msg("%d %s is not %d %s", b->f.status, b->f.body, status, type);
    }
    assert_non_null(strstr(b->f.headers, "x-amzn-RequestId: "));
}

static void
test_who_is_spoken_to(void **state)
{
    struct bench *b = *state;

    fake_request(&b->f, HTTP_POST, STR("/"), NO_BODY);
    assert_false(dynamodb_speaks(&b->f.req));
    fake_header(&b->f, "content-type", "application/x-amz-json-1.0; x");
    assert_true(dynamodb_speaks(&b->f.req));
    fake_request(&b->f, HTTP_GET, STR("/"), NO_BODY);
    fake_header(&b->f, "X-Amz-Target", "DynamoDB_20120810.GetItem");
    assert_false(dynamodb_speaks(&b->f.req));
    fake_request(&b->f, HTTP_POST, STR("/v1"), NO_BODY);
    fake_header(&b->f, "X-Amz-Target", "DynamoDB_20120810.GetItem");
    assert_false(dynamodb_speaks(&b->f.req));
}

static void
test_get_item(void **state)
{
    struct bench *b = *state;
    const float y = 0.8312f;

    begin(b, (struct lookup_policy){0});
    ask(b, "GetItem",
        "{\"TableName\":\"t\",\"Key\":{\"user_id\":{\"S\":\"u42\"}}}");
    assert_int_equal(b->ladder.store.read[0].deadline_ns, 50000000);
    answer_f32(b, 0, &y, 1);
    expect(b, "{\"Item\":{\"user_id\":{\"S\":\"u42\"}," FACTS ","
              "\"prediction\":{\"N\":\"0.8312\"}}}");

    ask(b, "GetItem",
        "{\"TableName\":\"t\",\"Key\":{\"generation\":{\"B\":\"/wA=\"}},"
        "\"ConsistentRead\":true,\"ReturnConsumedCapacity\":\"INDEXES\"}");
    assert_int_equal(b->ladder.store.read[1].asked.len, 2);
    answer_f32(b, 1, &y, 1);
    expect(b, "{\"Item\":{\"generation\":{\"B\":\"/wA=\"},"
              "\"source\":{\"S\":\"precomputed\"},"
              "\"as_of\":{\"S\":\"2026-11-22T02:00:00Z\"},"
              "\"prediction\":{\"N\":\"0.8312\"}},\"ConsumedCapacity\":"
              "{\"TableName\":\"t\",\"CapacityUnits\":1.0,"
              "\"Table\":{\"CapacityUnits\":1.0}}}");
    end(b, 2);
}

/* A key that is not there, after the second look. */
static void
answer_absent(struct bench *b, size_t i)
{
    struct fake_store *s = &b->ladder.store;
    size_t second = s->n;

    fake_store_nil(s, i);
    fake_store_bytes(s, second, STR("7"));
    fake_store_integer(s, second + 1, 1);
    fake_store_nil(s, second + 2);
}

static void
test_absent(void **state)
{
    struct bench *b = *state;
    const char *body = "{\"TableName\":\"t\",\"Key\":{\"k\":{\"N\":\"7\"}},"
                       "\"ReturnConsumedCapacity\":\"TOTAL\"}";

    begin(b, (struct lookup_policy){0});
    ask(b, "GetItem", body);
    answer_absent(b, 0);
    expect(b, "{\"ConsumedCapacity\":"
              "{\"TableName\":\"t\",\"CapacityUnits\":0.5}}");
    end(b, 1);
}

static void
test_what_is_no_number(void **state)
{
    struct bench *b = *state;
    const float y = NAN;

    begin(b, (struct lookup_policy){0});
    ask(b, "GetItem",
        "{\"TableName\":\"t\",\"Key\":{\"k\":{\"S\":\"u\"}},"
        "\"ProjectionExpression\":\" prediction \"}");
    answer_f32(b, 0, &y, 1);
    expect(b, "{\"Item\":{\"prediction\":{\"NULL\":true}}}");
    end(b, 1);
}

static void
test_batch(void **state)
{
    struct bench *b = *state;
    const float y[2] = {0.25f, 0.5f};

    begin(b, (struct lookup_policy){0});
    ask(b, "BatchGetItem",
        "{\"RequestItems\":{\"t\":{\"Keys\":[{\"k\":{\"S\":\"a\"}},"
        "{\"k\":{\"S\":\"b\"}},{\"k\":{\"N\":\"3\"}},{\"k\":{\"B\":\"/w==\"}}],"
        "\"ProjectionExpression\":\"#p,k\",\"ConsistentRead\":true,"
        "\"ExpressionAttributeNames\":{\"#p\":\"prediction\"}}},"
        "\"ReturnConsumedCapacity\":\"TOTAL\"}");
    answer_f32(b, 1, &y[1], 1);
    answer_f32(b, 0, &y[0], 1);
    fake_store_silence(&b->ladder.store, 2, RC_TIMEOUT);
    fake_store_silence(&b->ladder.store, 3, RC_TIMEOUT);
    expect(b, "{\"Responses\":{\"t\":["
              "{\"k\":{\"S\":\"a\"},\"prediction\":{\"N\":\"0.25\"}},"
              "{\"k\":{\"S\":\"b\"},\"prediction\":{\"N\":\"0.5\"}}]},"
              "\"UnprocessedKeys\":{\"t\":{\"Keys\":[{\"k\":{\"N\":\"3\"}},"
              "{\"k\":{\"B\":\"/w==\"}}],\"ProjectionExpression\":\"#p,k\","
              "\"ConsistentRead\":true,"
              "\"ExpressionAttributeNames\":{\"#p\":\"prediction\"}}},"
              "\"ConsumedCapacity\":[{\"TableName\":\"t\","
              "\"CapacityUnits\":4.0}]}");
    end(b, 4);
}

static void
test_store_errors(void **state)
{
    struct bench *b = *state;
    const char *body = "{\"TableName\":\"t\",\"Key\":{\"k\":{\"S\":\"u\"}}}";

    begin(b, (struct lookup_policy){0});
    ask(b, "GetItem", body);
    fake_store_silence(&b->ladder.store, 0, RC_TIMEOUT);
    expect_error(b, 500, "InternalServerError");
    ask(b, "GetItem", body);
    fake_store_bytes(&b->ladder.store, 1, STR("123"));
    expect_error(b, 500, "InternalServerError");
    end(b, 2);
}

static void
test_tables(void **state)
{
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    ask(b, "ListTables", "{}");
    expect(b, "{\"TableNames\":[\"t\"]}");
    ask(b, "ListTables", "{\"ExclusiveStartTableName\":\"t\",\"Limit\":100}");
    expect(b, "{\"TableNames\":[]}");
    ask(b, "ListTables", "{\"ExclusiveStartTableName\":\"s\",\"Limit\":1}");
    expect(b, "{\"TableNames\":[\"t\"]}");
    ask(b, "DescribeTable", "{\"TableName\":\"t\"}");
    assert_int_equal(b->f.status, 200);
    assert_non_null(strstr(b->f.body, "\"TableStatus\":\"ACTIVE\""));
    assert_non_null(
        strstr(b->f.body, "\"ItemCount\":40,\"TableSizeBytes\":160"));
    lookup_set_tables(b->ladder.lookup, sample_tables("t", 1, NULL));
    ask(b, "DescribeTable", "{\"TableName\":\"t\"}");
    assert_non_null(strstr(b->f.body, "\"TableStatus\":\"CREATING\""));
    ask(b, "GetItem", "{\"TableName\":\"t\",\"Key\":{\"k\":{\"S\":\"u\"}}}");
    expect_error(b, 500, "InternalServerError");
    lookup_set_tables(b->ladder.lookup, NULL);
    ask(b, "ListTables", "{}");
    expect_error(b, 500, "InternalServerError");
    ask(b, "BatchGetItem",
        "{\"RequestItems\":{\"t\":{\"Keys\":[{\"k\":{\"S\":\"u\"}}]}}}");
    expect_error(b, 500, "InternalServerError");
    end(b, 2);
}

static const struct {
    const char *operation, *body, *type;
    uint64_t counted;
} wrongs[] = {
    {"ListTables", "", "SerializationException", 0},
    {"ListTables", "{\"Limit\":0}", "ValidationException", 0},
    {"ListTables", "{\"Limit\":1.5}", "ValidationException", 0},
    {"ListTables", "{\"Limit\":101}", "ValidationException", 0},
    {"ListTables", "{\"Limit\":\"1\"}", "ValidationException", 0},
    {"DescribeTable", "{}", "ValidationException", 0},
    {"DescribeTable", "{\"TableName\":\"x\"}", "ResourceNotFoundException", 0},
    {"GetItem", "{\"TableName\":\"x\",\"Key\":{\"k\":{\"S\":\"u\"}}}",
     "ResourceNotFoundException", 1},
    {"GetItem", "{}", "ValidationException", 1},
    {"BatchGetItem",
     "{\"RequestItems\":{\"t\":{\"Keys\":[{\"k\":{\"S\":\"u\"}}]},"
     "\"x\":{\"Keys\":[{\"k\":{\"S\":\"u\"}}]}}}",
     "ResourceNotFoundException", 1},
    {"PutItem", "{}", "ValidationException", 0},
    {"TransactWriteItems", "", "ValidationException", 0},
    {"Query", "{}", "UnknownOperationException", 0},
    {"getitem", "{}", "UnknownOperationException", 0},
    {"", "{}", "UnknownOperationException", 0},
};

static void
test_errors(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
        begin(b, (struct lookup_policy){0});
        ask(b, wrongs[i].operation, wrongs[i].body);
        expect_error(b, 400, wrongs[i].type);
        assert_int_equal(b->ladder.store.calls, 0);
        end(b, wrongs[i].counted);
    }
}

/* What a message quotes of a request may be cut within a character. */
static void
test_messages_are_text(void **state)
{
    struct bench *b = *state;
    char name[512] = "", body[1024];

    for (size_t i = 0; i + 2 < sizeof(name); i += 2) {
        memcpy(name + i, "\xc3\xa9", 3);
    }
    begin(b, (struct lookup_policy){0});
    for (size_t skip = 0; skip < 2; skip++) {
        snprintf(body, sizeof(body), "{\"TableName\":\"%s%s\"}",
                 skip == 0 ? "" : "x", name);
        ask(b, "DescribeTable", body);
        expect_error(b, 400, "ResourceNotFoundException");
        assert_true(str_is_utf8(str_of(b->f.body)));
    }
    end(b, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_spoken_to),
        cmocka_unit_test(test_get_item),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_what_is_no_number),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_store_errors),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_messages_are_text),
    };

    return cmocka_run_group_tests(tests, bench_set_up, ladder_tear_down);
}
